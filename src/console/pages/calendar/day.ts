import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { DAY } from '../../app/format.ts';

type Calendar = CalendarYear['calendars'][number];
type OpenDays = Pick<Calendar, 'week' | 'exceptions'>;
export type Hours = Calendar['week'][number];
export type Notice = CalendarYear['notices'][number];
export type Campaign = CalendarYear['campaigns'][number];

/** What there is to know of one day. */
export interface Day {
  readonly date: string;
  /** Public holidays and special days, of all calendars; each name once. */
  readonly names: readonly { readonly en: string; readonly es: string }[];
  readonly special: boolean;
  /** No calendar is open. */
  readonly closed: boolean;
  readonly notices: readonly Notice[];
  /** Campaigns that begin, but for those of every day. */
  readonly campaigns: readonly Campaign[];
}

/** All days of a year, by date. */
export function daysOf(year: CalendarYear): ReadonlyMap<string, Day> {
  const days = new Map<string, Day>();
  const last = Date.UTC(year.year, 11, 31);
  const marks = marksOf(year);
  for (let at = Date.UTC(year.year, 0, 1); at <= last; at += DAY) {
    const date = new Date(at).toISOString().slice(0, 10);
    days.set(date, dayOf(date, year, marks));
  }
  return days;
}

interface Marks {
  readonly campaigns: ReadonlyMap<string, readonly Campaign[]>;
  readonly notices: readonly { readonly notice: Notice; readonly first: string; readonly last: string }[];
}

function marksOf({ campaigns, notices, zone }: CalendarYear): Marks {
  const by_day = new Map<string, Campaign[]>();
  for (const campaign of campaigns)
    for (const time of campaign.times) {
      const date = dateIn(zone, time);
      by_day.set(date, [...(by_day.get(date) ?? []), campaign]);
    }
  const spans = notices.flatMap((notice) =>
    notice.occurrences.map(({ from, to }) => ({
      notice,
      first: dateIn(zone, from),
      last: to === null ? '9999-12-31' : dateIn(zone, new Date(Date.parse(to) - 1).toISOString()),
    })),
  );
  return { campaigns: by_day, notices: spans };
}

function dayOf(date: string, { calendars }: CalendarYear, { campaigns, notices }: Marks): Day {
  const exceptions = calendars.flatMap(({ exceptions: all }) => all.filter((one) => one.date === date));
  const names = exceptions.flatMap(({ name }) => name ?? []);
  return {
    date,
    names: names.filter(({ en }, index) => names.findIndex((other) => other.en === en) === index),
    special: exceptions.length > 0,
    closed: calendars.length > 0 && calendars.every((calendar) => hoursOn(calendar, date).length === 0),
    notices: notices.filter(({ first, last }) => first <= date && date <= last).map(({ notice }) => notice),
    campaigns: campaigns.get(date) ?? [],
  };
}

export function hoursOn({ week, exceptions }: OpenDays, date: string): Hours {
  return exceptions.find((one) => one.date === date)?.hours ?? week[weekdayOf(date)] ?? [];
}

/** 0 for Monday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day that a clock of the zone shows at this moment. */
export function dateIn(zone: string, moment: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
    formats.set(zone, format);
  }
  return format.format(new Date(moment));
}
