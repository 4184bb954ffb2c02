/** Notices made ready to ask: when each of them is on, where it is shown, and what rests meanwhile. */
import type { Instant } from '../events/event.ts';
import type { Json } from '../json.ts';
import type { Text } from '../schema.ts';
import { DAY } from '../time/date.ts';
import { before, type Duration } from '../time/duration.ts';
import type { OpenHours } from '../time/hours.ts';
import { firstInstantFrom, instantAt } from '../time/zone.ts';
import type { NoticePlace } from './source.ts';

/** One time that a notice is on: some days of a calendar, the days of the file, or from one command to another. */
export interface Occurrence {
  /** Names it among those of its notice: the first day, or the moment of the command. */
  readonly key: string;
  readonly from: Instant;
  /** Not part of it. `Infinity` while nobody knows. */
  readonly to: Instant;
  /** By the clock of the brand, since 1970-01-01. `last` is null while nobody knows. */
  readonly first: number;
  readonly last: number | null;
  /** Of days of a calendar: what they are called, and their hours. */
  readonly name: Text | null;
  readonly hours: readonly OpenHours[] | null;
  /** When the calendar opens again afterwards. */
  readonly next_open: Instant | null;
}

export interface Notice {
  readonly id: string;
  /** In the order of their beginnings. */
  readonly occurrences: readonly Occurrence[];
  readonly text: Text | null;
  readonly show_in: readonly NoticePlace[];
  readonly show_from: Duration | null;
  /** Workflows whose runs wait before their next message. */
  readonly pause: readonly string[];
  /** Messages that are not sent, or `promotions`. */
  readonly hold_back: readonly string[];
  /** Which message tells it, if any. */
  readonly message: string | null;
  /** Of the brand. */
  readonly zone: string;
}

/** A notice that was begun or ended by command. */
export interface Incident {
  readonly notice: string;
  readonly started_at: Instant;
  /** When it is thought to end; null: not known. */
  readonly until: Instant | null;
  /** Of a notice that stood in the file it is also when a command ended it. */
  readonly ended_at: Instant | null;
}

export function occurrenceAt({ occurrences }: Notice, now: Instant): Occurrence | undefined {
  return occurrences.find(({ from, to }) => from <= now && now < to);
}

/** What is shown at a moment: also some days before it begins. */
export function occurrenceShown(notice: Notice, now: Instant): Occurrence | undefined {
  return notice.occurrences.find((one) => shownFrom(notice, one) <= now && now < one.to);
}

function shownFrom({ show_from, zone }: Notice, { first, from }: Occurrence): Instant {
  return show_from === null ? from : firstInstantFrom(daysBefore(first, show_from) * DAY, zone);
}

/** When it is told by a clock: so long before the first day; null: when it begins, not before the time of day that is written. */
export function tellingMoment(
  { first, from }: Occurrence,
  length: Duration | null,
  time: number | undefined,
  zone: string,
): Instant {
  if (length !== null) return instantAt(daysBefore(first, length) * DAY + (time ?? USUAL_TIME), zone);
  return time === undefined ? from : Math.max(from, instantAt(first * DAY + time, zone));
}

const USUAL_TIME = 9 * 60 * 60 * 1000;

/** Dates have no zone, and count as those of UTC do. */
function daysBefore(day: number, length: Duration): number {
  return before(day * DAY, length, 'UTC') / DAY;
}

/** The notice and the occurrence that the event of a run names; undefined where it names none that there is. */
export function noticeOf(
  notices: readonly Notice[],
  event: Readonly<Record<string, Json>>,
): { readonly notice: Notice; readonly occurrence: Occurrence | undefined } | undefined {
  const notice = notices.find(({ id }) => id === event.notice);
  return notice && { notice, occurrence: notice.occurrences.find(({ key }) => key === event.occurrence) };
}
