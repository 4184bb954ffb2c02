/** How much a contact got lately, against what it may get: what went out, what was held back and why, what waits. */
import type { Facts } from '../../core/conditions/answer.ts';
import type { Instant } from '../../core/events/event.ts';
import type { MessageState } from '../../core/messages/message.ts';
import type { Limit } from '../../core/messages/may-send.ts';
import type { Project } from '../../core/project.ts';
import { DAY } from '../../core/time/date.ts';
import { after, before, type Duration } from '../../core/time/duration.ts';
import type { RecordedMessage } from '../ports.ts';

export interface Week {
  readonly since: Instant;
  readonly limits: readonly LimitStanding[];
  readonly sent: readonly RecordedMessage[];
  readonly held_back: readonly RecordedMessage[];
  /** Refused by the other side, or in doubt. */
  readonly failed: readonly RecordedMessage[];
  /** However long they have waited. */
  readonly waiting: readonly RecordedMessage[];
}

export interface LimitStanding {
  readonly counts: 'promotions' | 'any';
  readonly messages: number;
  readonly per: Duration;
  /** How many were owed within that time; one that was refused later has been counted. */
  readonly used: number;
  /** When the next one may be owed; null: now. */
  readonly free_at: Instant | null;
}

const WAITING: readonly MessageState[] = ['owed', 'claimed', 'handing_over', 'deferred'];

export function weekOf(messages: readonly RecordedMessage[], project: Project, facts: Facts): Week {
  const since = facts.now - 7 * DAY;
  const lately = messages.filter(({ owed_at, sent_at }) => (sent_at ?? owed_at) > since);
  const inState = (...states: MessageState[]) => lately.filter(({ state }) => states.includes(state));
  return {
    since,
    limits: limitStandings(project, facts),
    sent: inState('sent'),
    held_back: inState('suppressed'),
    failed: inState('refused', 'uncertain'),
    waiting: messages.filter(({ state }) => WAITING.includes(state)),
  };
}

function limitStandings({ limits }: Project, { contact, now, zone }: Facts): readonly LimitStanding[] {
  const standing = (counts: LimitStanding['counts'], limit: Limit | null): readonly LimitStanding[] => {
    if (!limit) return [];
    const { messages, per } = limit;
    const from = before(now, per, zone);
    const counted = contact.sent
      .filter(({ at, purpose }) => at > from && (counts === 'any' || purpose === 'promotion'))
      .map(({ at }) => at)
      .sort((a, b) => b - a);
    // As soon as this one is too old to count, there is room.
    const last = counted[messages - 1];
    const free_at = last === undefined ? null : after(last, per, zone);
    return [{ counts, messages, per, used: counted.length, free_at }];
  };
  return [...standing('promotions', limits.promotions), ...standing('any', limits.any)];
}
