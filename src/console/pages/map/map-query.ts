import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { JourneyMap, MapDays } from '../../../api/map/shapes.ts';
import { apiGet, type Query } from '../../app/client.ts';
import { DAY } from '../../app/format.ts';
import type { Search } from '../../app/search.ts';

export const PERIODS = [7, 30, 90] as const;
const USUAL_DAYS = 30;

/** So many days up to today, or the month that is not over. */
type Length = (typeof PERIODS)[number] | 'month';

export type Comparison = 'nothing' | 'before' | 'plan';

export interface Period {
  readonly from: string;
  readonly to: string;
}

/** The map as the address asks for it. What was shown stays until the new one is there. */
export function useMap(search: Search): UseQueryResult<JourneyMap> {
  const asked = askedOf(search);
  return useQuery({
    queryKey: ['map', asked],
    queryFn: () => apiGet<JourneyMap>('/v1/map', asked),
    placeholderData: keepPreviousData,
  });
}

export type Fact = 'people' | 'move' | 'event' | 'feeling' | 'message' | 'order';

export interface DaysAsked {
  readonly fact: Fact;
  readonly stage: string;
  /** The events, or what was sent how; added up day by day. Empty: all of this fact. */
  readonly keys: readonly string[];
}

/** The same figure, day by day, for the same people. */
export function useMapDays(search: Search, { fact, stage, keys }: DaysAsked): UseQueryResult<MapDays> {
  const { compare_from: _from, compare_to: _to, ...filters } = askedOf(search);
  const asked: Query = { ...filters, fact, stage };
  return useQuery({
    queryKey: ['map', 'days', asked, keys],
    queryFn: async () => {
      const wanted: readonly Query[] = keys.length === 0 ? [asked] : keys.map((key) => ({ ...asked, key }));
      return added(await Promise.all(wanted.map((one) => apiGet<MapDays>('/v1/map/days', one))));
    },
  });
}

/** Means cannot be added up: they stay where there is one list alone. */
function added([first, ...others]: readonly MapDays[]): MapDays {
  if (!first || others.length === 0) return first ?? { days: [] };
  return {
    days: first.days.map(({ day, n }, place) => ({
      day,
      n: others.reduce((sum, { days }) => sum + (days[place]?.n ?? 0), n),
      mean: null,
    })),
  };
}

export function periodOf(search: Search): Period {
  const chosen = chosenPeriod(search);
  if (chosen) return chosen;
  const length = lengthOf(search);
  const today = dayOf(new Date());
  return { from: length === 'month' ? firstOfMonth(today) : addDays(today, 1 - length), to: today };
}

/** The days that somebody chose one by one, where they did. */
function chosenPeriod({ from, to }: Search): Period | undefined {
  return isDay(from) && isDay(to) && from <= to ? { from, to } : undefined;
}

export function lengthOf({ days }: Search): Length {
  return days === 'month' ? days : (PERIODS.find((length) => String(length) === days) ?? USUAL_DAYS);
}

export function comparisonOf({ compare }: Search): Comparison {
  return compare === 'before' || compare === 'plan' ? compare : 'nothing';
}

function askedOf(search: Search): Query {
  const period = periodOf(search);
  const { persona, segment, language } = search;
  const asked = { ...period, persona, segment, language };
  if (comparisonOf(search) !== 'before') return asked;
  const isMonth = !chosenPeriod(search) && lengthOf(search) === 'month';
  const before = isMonth ? monthBefore(period) : asLongBefore(period);
  return { ...asked, compare_from: before.from, compare_to: before.to };
}

function asLongBefore({ from, to }: Period): Period {
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  return { from: addDays(from, -length), to: addDays(from, -1) };
}

/** The month before, up to the same day of it, or to its end where it is shorter. */
function monthBefore({ from, to }: Period): Period {
  const end = addDays(from, -1);
  const same_day = `${end.slice(0, 8)}${to.slice(8)}`;
  return { from: firstOfMonth(end), to: same_day < end ? same_day : end };
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}

function isDay(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text);
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
}

/** As the calendar on the reader's wall has it. */
function dayOf(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
