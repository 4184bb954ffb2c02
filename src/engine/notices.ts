/** Notices by command: beginning and ending them, and which are on. */
import type { Instant } from '../core/events/event.ts';
import { occurrenceAt, occurrenceShown, type Incident, type Notice } from '../core/notices/notice.ts';
import { AT_ONCE, type NoticeSource } from '../core/notices/source.ts';
import { DAY, dayOf } from '../core/time/date.ts';
import { firstInstantFrom } from '../core/time/zone.ts';
import { UserError } from '../errors.ts';
import type { Live } from './live-project.ts';

export interface RecordedIncident extends Incident {
  /** Who or what gave the command. */
  readonly started_by: string;
}

/** Where commands are kept. */
export interface IncidentBook {
  all(): Promise<readonly RecordedIncident[]>;
  /** False where one is on already. */
  begin(incident: RecordedIncident): Promise<boolean>;
  /** Ends the one that is on; else, where `written` is given, what stands in the file from now on. False where neither is. */
  end(notice: string, now: Instant, written: RecordedIncident | null): Promise<boolean>;
}

/** How a notice stands. */
export interface NoticeStanding {
  readonly id: string;
  readonly is_on: boolean;
  readonly is_shown: boolean;
  /** Of the time that is on, else of the next one; null where there is none or nobody knows. */
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** Who began it by command. */
  readonly started_by: string | null;
}

export interface NoticeDesk {
  list(): Promise<readonly NoticeStanding[]>;
  /**
   * Begins a notice now, until it is ended or the day `until` (`2026-12-05`, by the clock of the brand) is over.
   * @throws UserError where it cannot be begun.
   */
  start(id: string, until: string | null, by: string): Promise<NoticeStanding>;
  /** Ends a notice that is on. @throws UserError where it is not. */
  end(id: string, by: string): Promise<NoticeStanding>;
}

export interface NoticeParts {
  readonly book: IncidentBook;
  readonly live: Live;
  /** In whole milliseconds: what is begun now is on now, also once it has been read back. */
  now(): Promise<Instant>;
  /** Takes up in this process what a command has changed; others do so by themselves. */
  refresh(): Promise<void>;
}

export function createNoticeDesk({ book, live, now: ask, refresh }: NoticeParts): NoticeDesk {
  async function standing(id: string, now: Instant): Promise<NoticeStanding> {
    return standingOf(findNotice(live, id).notice, await book.all(), now);
  }

  return {
    async list() {
      await refresh();
      const [now, incidents] = [await ask(), await book.all()];
      return live().project.notices.map((notice) => standingOf(notice, incidents, now));
    },
    async start(id, until, by) {
      await refresh();
      const now = await ask();
      const { notice, source } = findNotice(live, id);
      refuseWhatTheFileBegins(source);
      const end = until === null ? null : endOfDay(until, notice.zone, now);
      const incident = { notice: id, started_at: now, until: end, ended_at: null, started_by: by };
      if (occurrenceAt(notice, now) || !(await book.begin(incident))) throw isOnAlready(id);
      await refresh();
      return standing(id, now);
    },
    async end(id, by) {
      await refresh();
      const now = await ask();
      const { notice } = findNotice(live, id);
      const command = { notice: id, started_at: now, until: null, ended_at: now, started_by: by };
      if (!(await book.end(id, now, occurrenceAt(notice, now) ? command : null))) throw isNotOn(id);
      await refresh();
      return standing(id, now);
    },
  };
}

function standingOf(notice: Notice, incidents: readonly RecordedIncident[], now: Instant): NoticeStanding {
  const on = occurrenceAt(notice, now);
  const next = on ?? notice.occurrences.find(({ from }) => from > now);
  const command = incidents.find((one) => one.notice === notice.id && one.started_at === on?.from);
  return {
    id: notice.id,
    is_on: on !== undefined,
    is_shown: notice.show_in.length > 0 && occurrenceShown(notice, now) !== undefined,
    from: next?.from ?? null,
    to: next === undefined || next.to === Infinity ? null : next.to,
    started_by: command?.started_by ?? null,
  };
}

function findNotice(live: Live, id: string): { readonly notice: Notice; readonly source: NoticeSource } {
  const { project, hours } = live();
  const notice = project.notices.find((one) => one.id === id);
  const source = hours.notices?.find((one) => one.id === id);
  if (notice && source) return { notice, source };
  const known = project.notices.map((one) => one.id);
  const mend =
    known.length === 0
      ? 'write it under "notices" in workflows/journey/hours.yaml'
      : `known here: ${known.join(', ')}`;
  throw new UserError('no_such_notice', `There is no notice called "${id}"; ${mend}.`);
}

function refuseWhatTheFileBegins({ id, calendar, tell }: NoticeSource): void {
  if (calendar !== undefined) {
    const sentence = `"${id}" is about the days of the calendar "${calendar}"; change the special days there instead.`;
    throw new UserError('notice_of_a_calendar', sentence);
  }
  if (tell && tell.when !== AT_ONCE) {
    const sentence = `"${id}" is told some days before; only what is told "${AT_ONCE}" can be begun by a command.`;
    throw new UserError('notice_told_before', sentence);
  }
}

/** The last day is part of it. */
function endOfDay(date: string, zone: string, now: Instant): Instant {
  const day = dayOf(date);
  if (day === undefined)
    throw new UserError('not_a_date', `"${date}" is not a date; write it like "2026-12-24".`);
  const end = firstInstantFrom((day + 1) * DAY, zone);
  if (end > now) return end;
  throw new UserError('date_is_over', `${date} is over; write the last day on which the notice is on.`);
}

function isOnAlready(id: string): UserError {
  return new UserError('notice_is_on', `"${id}" is on already; end it first with "etapa notice end ${id}".`);
}

function isNotOn(id: string): UserError {
  return new UserError('notice_is_not_on', `"${id}" is not on; see "etapa notice list".`);
}
