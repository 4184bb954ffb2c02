/** One year as the project's calendars have it: opening hours, holidays, notices, campaigns and quiet hours. */
import { newContact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import { tellingMoment, type Notice } from '../core/notices/notice.ts';
import { AT_ONCE, type NoticeSource } from '../core/notices/source.ts';
import { inBoth, reason, type Reason } from '../core/reason.ts';
import { weekOf, type Calendar } from '../core/time/calendar.ts';
import { DAY, dateOf, dayOf, MINUTE } from '../core/time/date.ts';
import { durationWords, type Duration } from '../core/time/duration.ts';
import { timeText, type OpenHours } from '../core/time/hours.ts';
import { firstInstantFrom, localDate } from '../core/time/zone.ts';
import type { WorkflowSource } from '../core/workflows/compile.ts';
import type { LiveProject } from './live-project.ts';

/** `09:00` to `14:00`. */
export interface ClockHours {
  readonly from: string;
  readonly to: string;
}

/** A day whose hours are not those of its weekday. */
export interface ExceptionalDay {
  readonly date: string;
  readonly kind: 'special' | 'holiday';
  readonly name: Reason | null;
  readonly hours: readonly ClockHours[];
}

interface OpenDays {
  /** Monday first. */
  readonly week: readonly (readonly ClockHours[])[];
  readonly exceptions: readonly ExceptionalDay[];
}

export interface CalendarInYear extends OpenDays {
  readonly id: string;
  readonly title: Reason;
  /** Whose public holidays close it. */
  readonly country: string | null;
  readonly region: string | null;
}

export interface NoticeInYear {
  readonly id: string;
  readonly text: Reason | null;
  readonly calendar: string | null;
  readonly tell: { readonly segment: string; readonly message: string; readonly when: Reason } | null;
  readonly show_in: readonly string[];
  /** Workflows whose runs wait meanwhile. */
  readonly pause: readonly string[];
  /** Messages that are not sent meanwhile, or `promotions`. */
  readonly hold_back: readonly string[];
  /** Whether a command may begin it. */
  readonly can_be_begun: boolean;
  readonly occurrences: readonly {
    readonly from: Instant;
    /** Null while nobody knows. */
    readonly to: Instant | null;
    /** When it is told; null where it is told to nobody. */
    readonly told_at: Instant | null;
    readonly name: Reason | null;
  }[];
}

/** A workflow that the calendar starts. */
export interface Campaign {
  readonly workflow: string;
  readonly title: Reason;
  readonly status: string;
  /** When, in words. */
  readonly when: Reason;
  /** The field of the contact whose date starts it; null: a schedule does. */
  readonly date_field: string | null;
  readonly every_day: boolean;
  /** Of a schedule that is not for every day, by the clock of the brand. */
  readonly times: readonly Instant[];
}

export interface QuietHoursInYear extends OpenDays {
  readonly code: string;
  readonly rule: Reason;
}

export interface CalendarYear {
  readonly year: number;
  readonly zone: string;
  readonly today: string;
  readonly calendars: readonly CalendarInYear[];
  readonly notices: readonly NoticeInYear[];
  readonly campaigns: readonly Campaign[];
  readonly quiet_hours: readonly QuietHoursInYear[];
}

export function calendarYear(live: LiveProject, year: number, now: Instant): CalendarYear {
  const { project, hours } = live;
  const zone = project.time_zone;
  const period = {
    from: firstInstantFrom(Date.UTC(year, 0, 1), zone),
    to: firstInstantFrom(Date.UTC(year + 1, 0, 1), zone),
  };
  const sources = hours.notices ?? [];
  return {
    year,
    zone,
    today: localDate(now, zone),
    calendars: Object.entries(hours.calendars).map(([id, calendar]) => calendarInYear(id, calendar, year)),
    notices: project.notices.flatMap((notice) => {
      const source = sources.find(({ id }) => id === notice.id);
      return source ? [noticeInYear(notice, source, period)] : [];
    }),
    campaigns: campaignsIn(live, period),
    quiet_hours: project.jurisdictions.map(({ code, rule, hours: open }) => ({
      code,
      rule,
      ...openDays(open, year),
    })),
  };
}

function calendarInYear(id: string, calendar: Calendar, year: number): CalendarInYear {
  const { title, holidays } = calendar;
  return {
    id,
    title: inBoth(title, id),
    country: holidays?.country ?? null,
    region: holidays?.region ?? null,
    ...openDays(calendar, year),
  };
}

/** A special day wins over a public holiday. */
function openDays(calendar: Calendar, year: number): OpenDays {
  const days = new Map<string, ExceptionalDay>();
  for (const { date, name } of calendar.public_holidays ?? [])
    days.set(date, { date, kind: 'holiday', name, hours: [] });
  for (const { from, to = from, hours, name } of calendar.special_days ?? [])
    for (let day = dayOf(from) ?? Infinity; day <= (dayOf(to) ?? -Infinity); day++) {
      const date = dateOf(day);
      const said = name === undefined ? null : inBoth(name, date);
      days.set(date, { date, kind: 'special', name: said, hours: hours.map(clockHours) });
    }
  const exceptions = [...days.values()].filter(({ date }) => date.startsWith(`${year}-`));
  return {
    week: weekOf(calendar).map((hours) => hours.map(clockHours)),
    exceptions: exceptions.sort((a, b) => (a.date < b.date ? -1 : 1)),
  };
}

function clockHours({ from, to }: OpenHours): ClockHours {
  return { from: timeText(from), to: timeText(to) };
}

interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

function noticeInYear(notice: Notice, source: NoticeSource, period: Period): NoticeInYear {
  const { id, text, show_in, pause, hold_back, occurrences } = notice;
  const { tell, calendar } = source;
  return {
    ...{ id, show_in, pause, hold_back },
    text: text === null ? null : inBoth(text, id),
    calendar: calendar ?? null,
    tell: tell ? { segment: tell.segment, message: tell.template, when: whenWords(tell.when) } : null,
    can_be_begun: calendar === undefined && (tell === undefined || tell.when === AT_ONCE),
    occurrences: occurrences
      .filter(({ from, to }) => from < period.to && to > period.from)
      .map((one) => ({
        from: one.from,
        to: one.to === Infinity ? null : one.to,
        told_at: toldAt(notice, source, one),
        name: one.name === null ? null : inBoth(one.name, id),
      })),
  };
}

function toldAt(
  { zone }: Notice,
  { tell }: NoticeSource,
  one: Notice['occurrences'][number],
): Instant | null {
  if (!tell) return null;
  return tellingMoment(one, tell.when === AT_ONCE ? null : tell.when, tell.at, zone);
}

function whenWords(when: Duration | typeof AT_ONCE): Reason {
  if (when === AT_ONCE) return reason('at once', 'en cuanto empieza');
  return reason(`${durationWords(when, 'en')} before`, `${durationWords(when, 'es')} antes`);
}

type Trigger = WorkflowSource['enter_when'];

function campaignsIn(live: LiveProject, period: Period): readonly Campaign[] {
  return live.workflow_sources.flatMap(({ id, source }): Campaign[] => {
    const { enter_when, title, status } = source;
    if (enter_when.by !== 'schedule' && enter_when.by !== 'date') return [];
    const every_day = isDaily(enter_when);
    const times = enter_when.by === 'schedule' && !every_day ? scheduledTimes(live, id, period) : [];
    return [
      {
        ...{ workflow: id, status, every_day, times },
        title: inBoth(title, id),
        when: campaignWords(enter_when),
        date_field: enter_when.by === 'date' ? enter_when.date : null,
      },
    ];
  });
}

/** A mark on every day would tell nothing. */
function isDaily(trigger: Trigger): boolean {
  return (
    trigger.by === 'schedule' &&
    trigger.every.some(({ days }) => 'weekdays' in days && days.weekdays.length === 7)
  );
}

/** The moments at which a workflow is started by its schedule, by the clock of the brand. */
export function scheduledTimes(
  live: LiveProject,
  workflow: string,
  { from, to }: Period,
): readonly Instant[] {
  const { project } = live;
  const trigger = project.workflows.get(workflow)?.trigger;
  if (trigger?.by !== 'moment') return [];
  const nobody = newContact('nobody', project.stages.start, from);
  const facts = { contact: nobody, now: from, zone: project.time_zone };
  const times: Instant[] = [];
  for (let at = trigger.next(facts, from - 1); at !== undefined && at < to; at = trigger.next(facts, at)) {
    times.push(at);
    if (times.length === MOST_TIMES) break;
  }
  return times;
}

/** Several times on each day of a year. */
const MOST_TIMES = 2000;

function campaignWords(trigger: Extract<Trigger, { by: 'schedule' | 'date' }>): Reason {
  if (trigger.by === 'schedule') return scheduleWords(trigger.every);
  const { date, every, offset, at } = trigger;
  const time = timeText(at / MINUTE);
  const way = offset && {
    en: `${durationWords(offset.length, 'en')} ${offset.way} `,
    es: `${durationWords(offset.length, 'es')} ${offset.way === 'before' ? 'antes de' : 'después de'} `,
  };
  return reason(
    `${way?.en ?? 'on '}the date "${date}" of each person${every ? ', every year' : ''}, at ${time}`,
    `${way?.es ?? 'en '}la fecha «${date}» de cada persona${every ? ', cada año' : ''}, a las ${time}`,
  );
}

type Schedule = Extract<Trigger, { by: 'schedule' }>['every'];

function scheduleWords(every: Schedule): Reason {
  const said = every.map(({ days, at }) => {
    const time = timeText(at / MINUTE);
    const [en, es] = dayWords(days);
    return reason(`${en} at ${time}`, `${es} a las ${time}`);
  });
  return reason(said.map(({ en }) => en).join(', '), said.map(({ es }) => es).join(', '));
}

function dayWords(days: Schedule[number]['days']): readonly [en: string, es: string] {
  if ('day_of_month' in days)
    return days.day_of_month === 31
      ? ['on the last day of the month', 'el último día del mes']
      : [`on day ${days.day_of_month} of the month`, `el día ${days.day_of_month} del mes`];
  if (days.weekdays.length === 7) return ['every day', 'cada día'];
  return [`every ${namesIn('en-GB', days.weekdays)}`, `cada ${namesIn('es', days.weekdays)}`];
}

/** 5 January 1970 was a Monday. */
function namesIn(locale: string, weekdays: readonly number[]): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  return weekdays.map((weekday) => format.format((4 + weekday) * DAY)).join(', ');
}
