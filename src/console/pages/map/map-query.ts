import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { JourneyMap, MapDays } from '../../../api/map/shapes.ts';
import { apiGet, type Query } from '../../app/client.ts';
import type { Search } from '../../app/search.ts';

export const PERIODS = [7, 30, 90] as const;
const USUAL_DAYS = 30;

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

export type Fact = 'people' | 'moves' | 'events' | 'feeling' | 'messages' | 'orders';

export interface DaysAsked {
  readonly fact: Fact;
  readonly stage: string;
  /** The event or the workflow. */
  readonly key?: string;
}

/** The same figure, day by day, for the same people. */
export function useMapDays(search: Search, { fact, stage, key }: DaysAsked): UseQueryResult<MapDays> {
  const { compare_from: _from, compare_to: _to, ...filters } = askedOf(search);
  const asked: Query = { ...filters, fact, stage, key };
  return useQuery({
    queryKey: ['map', 'days', asked],
    queryFn: () => apiGet<MapDays>('/v1/map/days', asked),
  });
}

export function periodOf({ from, to, days }: Search): Period {
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  const today = dayOf(new Date());
  return { from: addDays(today, 1 - daysOf(days)), to: today };
}

export function daysOf(text: string | undefined): number {
  return PERIODS.find((days) => String(days) === text) ?? USUAL_DAYS;
}

export function comparisonOf({ compare }: Search): Comparison {
  return compare === 'before' || compare === 'plan' ? compare : 'nothing';
}

function askedOf(search: Search): Query {
  const { from, to } = periodOf(search);
  const { persona, segment, language } = search;
  const asked = { from, to, persona, segment, language };
  if (comparisonOf(search) !== 'before') return asked;
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  return { ...asked, compare_from: addDays(from, -length), compare_to: addDays(from, -1) };
}

const DAY = 24 * 60 * 60 * 1000;

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
