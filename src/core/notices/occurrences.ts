/** The times at which a notice is on: read from its calendar or its dates, and from the commands that began and ended it. */
import type { Instant } from '../events/event.ts';
import type { Text } from '../schema.ts';
import { nextOpen, weekOf, type Calendar } from '../time/calendar.ts';
import { DAY, dateOf, dayOf, MINUTE, weekdayOf } from '../time/date.ts';
import { dayAt } from '../time/days.ts';
import type { OpenHours } from '../time/hours.ts';
import { firstInstantFrom, instantAt } from '../time/zone.ts';
import type { Incident, Occurrence } from './notice.ts';
import type { NoticeSource } from './source.ts';

/** What they are read among. */
interface Around {
  /** With the public holidays that close them. */
  readonly calendars: Readonly<Record<string, Calendar>>;
  readonly zone: string;
  readonly incidents: readonly Incident[];
}

export function occurrencesOf(
  source: NoticeSource,
  { calendars, zone, incidents }: Around,
): readonly Occurrence[] {
  const commands = incidents.filter(({ notice }) => notice === source.id);
  const calendar = source.calendar === undefined ? undefined : calendars[source.calendar];
  const written = calendar ? calendarOccurrences(calendar, zone) : datedOccurrences(source, zone);
  return [
    ...written.flatMap((one) => cutShort(one, commands)),
    ...commands.flatMap((one) => begunByCommand(one, zone)),
  ].sort((a, b) => a.from - b.from);
}

/** A command that ends a notice ends what stood in the file for these days. */
function cutShort(occurrence: Occurrence, commands: readonly Incident[]): readonly Occurrence[] {
  const { from, to } = occurrence;
  const ends = commands.flatMap(({ ended_at }) =>
    ended_at !== null && ended_at >= from && ended_at < to ? [ended_at] : [],
  );
  const end = Math.min(to, ...ends);
  return end > from ? [{ ...occurrence, to: end }] : [];
}

function begunByCommand({ started_at, until, ended_at }: Incident, zone: string): readonly Occurrence[] {
  const to = Math.min(ended_at ?? Infinity, until ?? Infinity);
  if (to <= started_at) return [];
  const last = until === null ? null : dayAt(until - 1, zone);
  return [
    {
      ...BARE,
      key: new Date(started_at).toISOString(),
      from: started_at,
      to,
      first: dayAt(started_at, zone),
      last,
    },
  ];
}

const BARE = { name: null, hours: null, next_open: null } as const;

function datedOccurrences({ from, to = from }: NoticeSource, zone: string): readonly Occurrence[] {
  if (from === undefined || to === undefined) return [];
  return [{ ...BARE, ...spanOf(knownDay(from), knownDay(to), zone) }];
}

function spanOf(
  first: number,
  last: number,
  zone: string,
): Pick<Occurrence, 'key' | 'first' | 'last' | 'from' | 'to'> {
  const begins = (day: number): Instant => firstInstantFrom(day * DAY, zone);
  return { key: dateOf(first), first, last, from: begins(first), to: begins(last + 1) };
}

function calendarOccurrences(calendar: Calendar, zone: string): readonly Occurrence[] {
  return stretchesOf(calendar).map(({ first, last, hours, names }) => {
    // After the last closing time of the last day, which need not be its end.
    const closes = instantAt(last * DAY + (hours.at(-1)?.to ?? 0) * MINUTE, zone);
    const next_open = nextOpen(calendar, zone, closes) ?? null;
    return { ...spanOf(first, last, zone), name: joined(names), hours, next_open };
  });
}

interface SpecialDay {
  readonly day: number;
  readonly hours: readonly OpenHours[];
  readonly name: Text | undefined;
  /** Which entry of the file it comes from; days of one entry belong together. */
  readonly entry: object;
}

interface Stretch {
  readonly first: number;
  last: number;
  readonly hours: readonly OpenHours[];
  readonly entry: object;
  readonly names: Text[];
}

/** Days that are closed anyway join those on both sides of them. */
function stretchesOf(calendar: Calendar): readonly Stretch[] {
  const week = weekOf(calendar);
  const isClosed = (day: number): boolean => week[weekdayOf(day)]?.length === 0;
  const stretches: Stretch[] = [];
  for (const { day, hours, name, entry } of specialDays(calendar)) {
    const open = stretches.at(-1);
    const before = open && daysBetween(open.last, day).every(isClosed) ? open : undefined;
    const belongs = before && (before.entry === entry || (before.hours.length === 0 && hours.length === 0));
    const stretch = belongs ? before : { first: day, last: day, hours, entry, names: [] };
    if (!belongs) stretches.push(stretch);
    stretch.last = day;
    if (name !== undefined && !stretch.names.includes(name)) stretch.names.push(name);
  }
  return stretches;
}

function daysBetween(one: number, other: number): number[] {
  return Array.from({ length: other - one - 1 }, (_, index) => one + 1 + index);
}

/** In order, without those whose hours are as on any other such day. A special day wins over a holiday. */
function specialDays(calendar: Calendar): readonly SpecialDay[] {
  const { public_holidays = [], special_days = [] } = calendar;
  const days = new Map<number, SpecialDay>();
  for (const entry of public_holidays) {
    const day = knownDay(entry.date);
    days.set(day, { day, hours: [], name: entry.name, entry });
  }
  for (const entry of special_days) {
    const { from, to = from, hours, name } = entry;
    for (let day = knownDay(from); day <= knownDay(to); day++)
      days.set(day, { day, hours, name: name as Text | undefined, entry });
  }
  const week = weekOf(calendar);
  return [...days.values()]
    .filter(({ day, hours }) => !isSame(hours, week[weekdayOf(day)] ?? []))
    .sort((a, b) => a.day - b.day);
}

function isSame(one: readonly OpenHours[], other: readonly OpenHours[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ from, to }, index) => other[index]?.from === from && other[index].to === to)
  );
}

/** `Christmas Day, Saint Stephen` in each language that one of them has. */
function joined(names: readonly Text[]): Text | null {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return first ?? null;
  const languages = names.flatMap((name) => (typeof name === 'string' ? [] : Object.keys(name)));
  if (languages.length === 0) return names.join(', ');
  const inLanguage = (language: string): string =>
    names
      .flatMap((name) =>
        typeof name === 'string' ? [name] : (name[language] ?? Object.values(name)[0] ?? []),
      )
      .join(', ');
  return Object.fromEntries([...new Set(languages)].map((language) => [language, inLanguage(language)]));
}

/** Only for dates that the schema has let through. */
function knownDay(date: string): number {
  return dayOf(date) ?? Number.NaN;
}
