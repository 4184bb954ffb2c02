/**
 * Public holidays by country and region. The package that knows them takes a second to load and milliseconds to ask,
 * so it is loaded when the first file asks for holidays, and each country and region is asked once.
 */
import { createRequire } from 'node:module';
import type Package from 'date-holidays';
import type { HolidaysTypes } from 'date-holidays';
import type { Instant } from '../core/events/event.ts';
import type { Jurisdiction } from '../core/messages/jurisdiction.ts';
import { jurisdictionOf } from '../core/messages/jurisdictions/index.ts';
import { closeOnHolidays, type Calendar, type Holiday } from '../core/time/calendar.ts';
import { DAY, HOUR, dateOf, dayOf } from '../core/time/date.ts';
import { inQuotes } from '../core/schema.ts';
import type { HoursFile } from './files/hours-file.ts';
import { countryNames, orMeantCode } from './countries.ts';
import type { Problem } from './problem.ts';
import type { ReadFile } from './references.ts';

const YEARS_BEFORE = 1;
const YEARS_AFTER = 3;

/** The calendars with the days that their `holidays` mean, from the year before `now` to three years after. */
export function expandHolidays(
  calendars: HoursFile['calendars'],
  now: Instant,
): Readonly<Record<string, Calendar>> {
  return Object.fromEntries(
    Object.entries(calendars).map(([id, calendar]) => {
      const { holidays } = calendar;
      if (!holidays) return [id, calendar];
      return [id, closeOnHolidays(calendar, publicHolidays(holidays.country, holidays.region, now))];
    }),
  );
}

/** The jurisdictions that etapa.yaml names, with the holidays that close them. */
export function expandJurisdictions(codes: readonly string[], now: Instant): readonly Jurisdiction[] {
  return [...new Set(codes)].map(jurisdictionOf).map((one) => {
    const { hours, closed_on_holidays_of: country } = one;
    if (country === null) return one;
    return { ...one, hours: closeOnHolidays(hours, publicHolidays(country, undefined, now)) };
  });
}

const tables = new Map<string, readonly Holiday[]>();

/** From the year before `now` to three years after, in order, each day once. Places that are not known have none. */
export function publicHolidays(
  country: string,
  region: string | undefined,
  now: Instant,
): readonly Holiday[] {
  const year = new Date(now).getUTCFullYear();
  const key = `${country}/${region ?? ''}/${year}`;
  const known = tables.get(key);
  if (known) return known;
  const years = Array.from(
    { length: YEARS_BEFORE + 1 + YEARS_AFTER },
    (_, index) => year - YEARS_BEFORE + index,
  );
  const table = readTable(country, region, years);
  tables.set(key, table);
  return table;
}

function readTable(
  country: string,
  region: string | undefined,
  years: readonly number[],
): readonly Holiday[] {
  const spanish = readIn('es');
  const days = new Map<string, Holiday>();
  for (const [key, { holiday, name: en }] of readIn('en')) {
    const name = { en, es: spanish.get(key)?.name ?? en };
    for (const date of datesOf(holiday)) if (!days.has(date)) days.set(date, { date, name });
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));

  /** What has no name in this language has its English one, else that of the country. */
  function readIn(language: string): Map<string, { holiday: HolidaysTypes.Holiday; name: string }> {
    const [state = '', part = ''] = (region ?? '').split(DEEPER);
    const languages = [language, 'en'];
    const source = new (library())(country, state, part, { types: ['public'], languages });
    const list = years.flatMap((year) => source.getHolidays(year));
    return new Map(
      list.map((holiday) => [`${holiday.date} ${holiday.rule}`, { holiday, name: holiday.name }]),
    );
  }
}

/** The whole days of it. Half days, which begin or end at noon, are left to special days. */
function datesOf({ date, start, end }: HolidaysTypes.Holiday): readonly string[] {
  const first = dayOf(date.slice(0, 10)) ?? Number.NaN;
  // A day on which the clocks go forward is short.
  const length = Math.floor((end.getTime() - start.getTime() + 2 * HOUR) / DAY);
  return Array.from({ length }, (_, index) => dateOf(first + index));
}

/** What is wrong with the countries, regions and exceptions of hours.yaml, each at its place. */
export function checkHolidays(
  { calendars }: HoursFile,
  files: readonly ReadFile[],
  now: Instant,
): readonly Problem[] {
  const read = files.find(({ file }) => file.endsWith('/hours.yaml'));
  if (!read) return [];
  return Object.entries(calendars).flatMap(([id, { holidays }]) => {
    const slips = holidays ? slipsIn(holidays, now) : [];
    return slips.map(({ at, message, severity }) => {
      const position = read.yaml.positionOf(['calendars', id, 'holidays', ...at]);
      return { file: read.file, ...position, message, severity };
    });
  });
}

interface Slip {
  readonly at: readonly (string | number)[];
  readonly message: string;
  readonly severity: Problem['severity'];
}

type Holidays = NonNullable<HoursFile['calendars'][string]['holidays']>;

function slipsIn({ country, region, except = [] }: Holidays, now: Instant): readonly Slip[] {
  const wrong = wrongCountry(country) ?? (region === undefined ? undefined : wrongRegion(country, region));
  if (wrong) return [wrong];
  return except.flatMap((date, index) => idleException(date, index, { country, region }, now) ?? []);
}

function wrongCountry(country: string): Slip | undefined {
  const codes = Object.keys(nowhere().getCountries('en'));
  if (codes.includes(country)) return undefined;
  const meant = orMeantCode(country, codes, countryNames(codes));
  const mend = meant === '' ? '; write its two letters, like "ES"' : meant;
  return { at: ['country'], message: `no country ${inQuotes(country)} is known${mend}`, severity: 'error' };
}

function wrongRegion(country: string, region: string): Slip | undefined {
  const names = regionNames(country);
  const codes = [...new Set(names.values())];
  if (codes.includes(region)) return undefined;
  return { at: ['region'], message: `${country} has ${regionMend(region, codes, names)}`, severity: 'error' };
}

function regionMend(region: string, codes: readonly string[], names: ReadonlyMap<string, string>): string {
  if (codes.length === 0) return 'the same holidays everywhere; delete "region"';
  const regions = codes.filter((code) => !code.includes(DEEPER)).join(', ');
  return `no region ${inQuotes(region)}${orMeantCode(region, codes, names) || `; known here: ${regions}`}`;
}

/** Between a region and a part of it with holidays of its own: `BY-A` is Augsburg in Bavaria. */
const DEEPER = '-';

/** Names in the country's own language, English and Spanish, each with the code of its region. */
function regionNames(country: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const language of [undefined, 'en', 'es']) {
    for (const [state, name] of entries(nowhere().getStates(country, language))) {
      names.set(name, state);
      for (const [part, inPart] of entries(nowhere().getRegions(country, state, language)))
        names.set(inPart, `${state}${DEEPER}${part}`);
    }
  }
  return names;
}

/** The package answers nothing, against its types, where there are none. */
function entries(names: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(names ?? {});
}

function idleException(
  date: string,
  index: number,
  { country, region }: Pick<Holidays, 'country' | 'region'>,
  now: Instant,
): Slip | undefined {
  const table = publicHolidays(country, region, now);
  const isInTable = date >= (table[0]?.date ?? '') && date <= (table.at(-1)?.date ?? '');
  if (!isInTable || table.some((one) => one.date === date)) return undefined;
  const place = region === undefined ? country : `${country}-${region}`;
  const message = `${date} is no public holiday of ${place}, so there is nothing to except; delete it`;
  return { at: ['except', index], message, severity: 'warning' };
}

type Library = typeof Package;

/** Asked in the same step as files are read, so it cannot be awaited. */
function library(): Library {
  return createRequire(import.meta.url)('date-holidays') as Library;
}

let asked: Package | undefined;

/** For questions about the places that there are. */
function nowhere(): Package {
  asked ??= new (library())();
  return asked;
}
