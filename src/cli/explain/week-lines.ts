/** The section on the last seven days. */
import colors from 'picocolors';
import { show } from '../../core/conditions/operators.ts';
import type { Instant } from '../../core/events/event.ts';
import { durationWords } from '../../core/time/duration.ts';
import type { LimitStanding, Week } from '../../engine/explain/week.ts';
import type { RecordedMessage } from '../../engine/ports.ts';
import type { Language } from './times.ts';
import { WORDS } from './words.ts';

/** `when` words a moment for the reader of the page. */
export function weekLines(week: Week, language: Language, when: (at: Instant) => string): readonly string[] {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];

  const limitLine = ({ counts, messages, per, used, free_at }: LimitStanding): string => {
    const word = say(counts === 'promotions' ? 'promotions' : 'all_messages');
    const room = free_at === null ? '' : `  ${colors.yellow(`${say('room_from')} ${when(free_at)}`)}`;
    return `${colors.dim(word)} ${used} ${say('of')} ${messages} ${say('within')} ${durationWords(per, language)}${room}`;
  };

  const messageLines = (one: RecordedMessage): readonly string[] => {
    const { sent_at, owed_at, due_at, message, subject, held_because } = one;
    const next =
      due_at !== null && due_at > owed_at ? `  ${colors.dim(say('not_before'))} ${when(due_at)}` : '';
    return [
      `  ${when(sent_at ?? owed_at)}  ${colors.cyan(message)}${subject === null ? '' : `  ${show(subject)}`}${next}`,
      ...(held_because ? [`    ${colors.dim(say('because'))} ${held_because[language]}`] : []),
    ];
  };

  const group = (word: keyof typeof WORDS, list: readonly RecordedMessage[]): readonly string[] =>
    list.length === 0 ? [] : [`${say(word)}: ${list.length}`, ...list.toReversed().flatMap(messageLines)];

  return [
    ...week.limits.map(limitLine),
    ...group('sent', week.sent),
    ...group('suppressed', week.held_back),
    ...group('failed', week.failed),
    ...group('waiting', week.waiting),
  ];
}
