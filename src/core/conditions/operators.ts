import { z } from 'zod';
import type { Json } from '../json.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const ordered = z.union([z.number(), z.string()]);

const operatorShape = {
  is: scalar.optional(),
  is_not: scalar.optional(),
  in: z.array(scalar).min(1).optional(),
  not_in: z.array(scalar).min(1).optional(),
  at_least: ordered.optional(),
  at_most: ordered.optional(),
  more_than: ordered.optional(),
  less_than: ordered.optional(),
  between: z.tuple([ordered, ordered]).optional(),
  contains: z.string().optional(),
  exists: z.boolean().optional(),
};

/** The questions that can be asked of a value; all that are written must be answered with yes. */
export const operatorsSchema = z.strictObject(operatorShape);
export type Operators = z.infer<typeof operatorsSchema>;
export { operatorShape };

/** A value that is not there answers no to everything but `is_not`, `not_in` and `exists: false`. */
export function compare(value: Json | undefined, operators: Operators): boolean {
  for (const [name, wanted] of Object.entries(operators)) {
    if (wanted === undefined) continue;
    const test = TESTS[name as keyof Operators] as (value: Json | undefined, wanted: unknown) => boolean;
    if (!test(value, wanted)) return false;
  }
  return true;
}

type Tests = { [K in keyof Required<Operators>]: (value: Json | undefined, wanted: never) => boolean };

const TESTS: Tests = {
  is: (value, wanted: Json) => same(value, wanted),
  is_not: (value, wanted: Json) => !same(value, wanted),
  in: (value, wanted: readonly Json[]) => wanted.some((one) => same(value, one)),
  not_in: (value, wanted: readonly Json[]) => !wanted.some((one) => same(value, one)),
  at_least: (value, wanted: string | number) => order(value, wanted) >= 0,
  at_most: (value, wanted: string | number) => order(value, wanted) <= 0,
  more_than: (value, wanted: string | number) => order(value, wanted) > 0,
  less_than: (value, wanted: string | number) => order(value, wanted) < 0,
  between: (value, [from, to]: [string | number, string | number]) =>
    order(value, from) >= 0 && order(value, to) <= 0,
  contains: (value, wanted: string) => contains(value, wanted),
  exists: (value, wanted: boolean) => (value !== undefined && value !== null && value !== '') === wanted,
};

/** A number sent as text ("89.90") is still that number; text is compared without regard to case. */
function same(value: Json | undefined, wanted: Json): boolean {
  if (typeof wanted === 'number') return Number.isFinite(numberOf(value)) && numberOf(value) === wanted;
  if (typeof wanted === 'string' && typeof value === 'string')
    return value.toLowerCase() === wanted.toLowerCase();
  if (typeof wanted === 'string' && typeof value === 'number') return String(value) === wanted;
  return value === wanted;
}

/** Below, at or above zero; NaN, so no comparison holds, where the two cannot be compared. */
function order(value: Json | undefined, wanted: string | number): number {
  if (typeof wanted === 'number') return numberOf(value) - wanted;
  if (typeof value !== 'string') return NaN;
  return value < wanted ? -1 : value > wanted ? 1 : 0;
}

function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
}

function contains(value: Json | undefined, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((one: Json) => same(one, wanted));
  return typeof value === 'string' && value.toLowerCase().includes(wanted.toLowerCase());
}
