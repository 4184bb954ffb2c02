/** The words of notices in one language, and which of them are shown now. */
import type { Instant } from '../events/event.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Text } from '../schema.ts';
import { DAY, dateOf } from '../time/date.ts';
import { dayAt } from '../time/days.ts';
import { timeText, type OpenHours } from '../time/hours.ts';
import { localTime } from '../time/zone.ts';
import { noticeOf, occurrenceShown, type Notice, type Occurrence } from './notice.ts';
import type { NoticePlace, NoticeWord } from './source.ts';

/** What `{{notice…}}` holds in the words of the message that tells a notice. */
export type NoticeWords = { readonly [Word in NoticeWord | 'text']: string };

/** A notice as it is shown. */
export interface ShownNotice {
  readonly id: string;
  readonly text: string;
}

/** What is shown now in one place, in the language of whom it is shown. */
export function notesShownAt(
  { notices }: { readonly notices: readonly Notice[] },
  now: Instant,
  place: NoticePlace,
  language: string,
): ShownNotice[] {
  return notices
    .filter(({ show_in }) => show_in.includes(place))
    .flatMap((notice) => {
      const occurrence = occurrenceShown(notice, now);
      return occurrence ? [{ id: notice.id, text: wordsOf(notice, occurrence, language).text }] : [];
    });
}

/**
 * The words of the notice that the event of a run names. Where it names a time that is not known, as a preview does of
 * what only a command begins, they are those of today.
 */
export function noticeWords(
  notices: readonly Notice[],
  event: Readonly<Record<string, Json>>,
  language: string,
  now: Instant,
): NoticeWords | undefined {
  const told = noticeOf(notices, event);
  return told && wordsOf(told.notice, told.occurrence ?? madeUp(told.notice, now), language);
}

/** What the event of a run would be that tells this message; undefined where no notice does. */
export function sampleOfNotice(
  notices: readonly Notice[],
  message: string,
  now: Instant,
): JsonObject | undefined {
  const notice = notices.find((one) => one.message === message);
  const next = notice?.occurrences.find(({ to }) => to > now) ?? notice?.occurrences.at(-1);
  return notice && { notice: notice.id, occurrence: next?.key ?? '' };
}

function madeUp({ zone }: Notice, now: Instant): Occurrence {
  const first = dayAt(now, zone);
  return { key: '', from: now, to: Infinity, first, last: null, name: null, hours: null, next_open: null };
}

function wordsOf(notice: Notice, occurrence: Occurrence, language: string): NoticeWords {
  const { first, last, name, hours, next_open } = occurrence;
  const said = {
    name: inLanguage(name, language),
    date: dateWords(first, last ?? first, language),
    hours: hours === null ? '' : hoursWords(hours, language),
    next_open: next_open === null ? '' : momentWords(localTime(next_open, notice.zone), language),
  };
  const text = inLanguage(notice.text, language).replace(/\{\{\s*(\w+)\s*\}\}/g, (_, word: string) =>
    Object.hasOwn(said, word) ? said[word as NoticeWord] : '',
  );
  return { ...said, text };
}

function inLanguage(text: Text | null, language: string): string {
  if (text === null || typeof text === 'string') return text ?? '';
  return text[language] ?? Object.values(text)[0] ?? '';
}

/** `Thursday 24 December`; of several days `28–30 December`. */
function dateWords(first: number, last: number, language: string): string {
  if (first === last) return dayWords(first * DAY, language);
  const day = format(language, { day: 'numeric', month: 'long' });
  const [one, other] = [day.format(first * DAY), day.format(last * DAY)];
  const is_same_month = dateOf(first).slice(0, 7) === dateOf(last).slice(0, 7);
  return is_same_month ? `${/\d+/.exec(one)?.[0] ?? ''}–${other}` : `${one} – ${other}`;
}

function dayWords(local: number, language: string): string {
  return format(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(local).replace(',', '');
}

/** A local time is written as UTC shows it. */
function momentWords(local: number, language: string): string {
  const minute = Math.floor((local % DAY) / 60_000);
  return `${dayWords(local, language)} ${language === 'es' ? 'a las' : 'at'} ${timeText(minute)}`;
}

function hoursWords(hours: readonly OpenHours[], language: string): string {
  const is_spanish = language === 'es';
  if (hours.length === 0) return is_spanish ? 'cerrado' : 'closed';
  const ranges = hours.map(({ from, to }) =>
    is_spanish ? `de ${timeText(from)} a ${timeText(to)}` : `from ${timeText(from)} to ${timeText(to)}`,
  );
  return `${is_spanish ? 'abierto' : 'open'} ${ranges.join(is_spanish ? ' y ' : ' and ')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs a hundred times more than using it. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${options.weekday ?? ''}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(language === 'es' ? 'es' : 'en-GB', { ...options, timeZone: 'UTC' });
    formats.set(key, known);
  }
  return known;
}
