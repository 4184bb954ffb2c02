/** The questions that can be asked of one value: a field of the contact, a property of an event. */
import { z } from 'zod';
import type { Json } from '../json.ts';
import { reason, type Reason } from '../reason.ts';
import { onOneLine } from '../schema.ts';
import { compareMoments, readMoment } from '../time/moment.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const ordered = z.union([z.number(), z.string()]);
const word = z.union([z.string().min(1), z.number()]);

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
  /** An entry of a list, or a piece of a text. */
  contains: word.optional(),
  not_contains: word.optional(),
  contains_any: z.array(word).min(1).optional(),
  contains_all: z.array(word).min(1).optional(),
  starts_with: word.optional(),
  ends_with: word.optional(),
  exists: z.boolean().optional(),
};

/** All that are written must be answered with yes. */
export const operatorsSchema = z.strictObject(operatorShape);
export type Operators = z.infer<typeof operatorsSchema>;
export { operatorShape };

/** One value, and the zone whose days are meant. */
export type Test = (value: Json | undefined, zone?: string) => boolean;
type Wanted = string | number | boolean;
type Makers = { readonly [K in keyof Operators]-?: (wanted: NonNullable<Operators[K]>) => Test };

const makers: Makers = {
  is: equals,
  is_not: (wanted) => not(equals(wanted)),
  in: (wanted) => someOf(wanted.map(equals)),
  not_in: (wanted) => not(someOf(wanted.map(equals))),
  at_least: (wanted) => inOrder(wanted, (order) => order >= 0),
  at_most: (wanted) => inOrder(wanted, (order) => order <= 0),
  more_than: (wanted) => inOrder(wanted, (order) => order > 0),
  less_than: (wanted) => inOrder(wanted, (order) => order < 0),
  between: ([from, to]) =>
    everyOf([inOrder(from, (order) => order >= 0), inOrder(to, (order) => order <= 0)]),
  contains,
  not_contains: (wanted) => not(contains(wanted)),
  contains_any: (wanted) => someOf(wanted.map(contains)),
  contains_all: (wanted) => everyOf(wanted.map(contains)),
  starts_with: (wanted) => ofText(wanted, (text, start) => text.startsWith(start)),
  ends_with: (wanted) => ofText(wanted, (text, end) => text.endsWith(end)),
  exists: (wanted) => (value) => (value !== undefined && value !== null && value !== '') === wanted,
};

/**
 * A value that is not there answers no to everything but `is_not`, `not_in`, `not_contains` and `exists: false`. Text is
 * compared without regard to case, and with regard to accents. With a zone, wanted dates (`2026-12-01`) are compared as
 * dates with what holds a date or a moment. What is wanted is read once, not with every value.
 */
export function testOf(operators: Operators): Test {
  const parts = Object.entries(operators).flatMap(([name, wanted]) => {
    const make = makers[name as keyof Operators] as (wanted: unknown) => Test;
    return wanted === undefined ? [] : [make(wanted)];
  });
  return everyOf(parts);
}

function not(test: Test): Test {
  return (value, zone) => !test(value, zone);
}

function everyOf(parts: readonly Test[]): Test {
  const [only] = parts;
  if (!only) return () => true;
  if (parts.length === 1) return only;
  return (value, zone) => parts.every((test) => test(value, zone));
}

function someOf(parts: readonly Test[]): Test {
  return (value, zone) => parts.some((test) => test(value, zone));
}

/** A number sent as text ("89.90") is still that number. A list is equal to nothing: it contains. */
function equals(wanted: Wanted): Test {
  if (typeof wanted === 'boolean') return (value) => value === wanted;
  if (typeof wanted === 'number') return (value) => numberOf(value) === wanted;
  const sought = wanted.toLowerCase();
  return orOfDates(
    wanted,
    (order) => order === 0,
    (value) => textOf(value) === sought,
  );
}

function inOrder(wanted: string | number, accepts: (order: number) => boolean): Test {
  if (typeof wanted === 'number') return (value) => accepts(numberOf(value) - wanted);
  const asNumber = numberOf(wanted);
  const sought = wanted.toLowerCase();
  return orOfDates(wanted, accepts, (value) => {
    const number = numberOf(value) - asNumber;
    if (!Number.isNaN(number)) return accepts(number);
    return typeof value === 'string' && accepts(orderOfTexts(value.toLowerCase(), sought));
  });
}

/** Where a date is wanted and the zone is known, dates are compared; else as `otherwise` says. */
function orOfDates(wanted: string, accepts: (order: number) => boolean, otherwise: Test): Test {
  const sought = readMoment(wanted);
  if (!sought) return otherwise;
  return (value, zone) => {
    if (zone === undefined) return otherwise(value, zone);
    const moment = readMoment(value);
    return moment !== undefined && accepts(compareMoments(moment, sought, zone));
  };
}

function orderOfTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function contains(wanted: string | number): Test {
  const isIt = equals(wanted);
  const inText = ofText(wanted, (text, piece) => text.includes(piece));
  return (value, zone) =>
    Array.isArray(value) ? value.some((one: Json) => isIt(one, undefined)) : inText(value, zone);
}

function ofText(wanted: string | number, test: (text: string, wanted: string) => boolean): Test {
  const sought = String(wanted).toLowerCase();
  return (value) => {
    const text = textOf(value);
    return text !== undefined && test(text, sought);
  };
}

/** Numbers, such as a postal code that arrived as one, can be asked for as text. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' ? String(value) : undefined;
}

/** NaN, which compares to nothing, for what is not a number. */
function numberOf(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return NaN;
  const number = Number(value);
  return Number.isFinite(number) ? number : NaN;
}

/** What is asked, each in words: "at least 5", "al menos 5". */
export function operatorWords(operators: Operators): readonly Reason[] {
  return Object.entries(operators).flatMap(([name, wanted]) =>
    wanted === undefined ? [] : [wordsOf(name as keyof Operators, wanted)],
  );
}

function wordsOf(name: keyof Operators, wanted: Wanted | readonly Wanted[]): Reason {
  if (name === 'exists') return wanted === true ? KNOWN : NOT_KNOWN;
  const isDate = typeof wanted === 'string' && readMoment(wanted) !== undefined;
  const [en, es] = (isDate && OF_DATES[name]) || WORDS[name];
  const [one, other] = Array.isArray(wanted) ? (wanted as readonly Wanted[]) : [];
  if (name === 'between')
    return reason(`${en} ${show(one)} and ${show(other)}`, `${es} ${show(one)} y ${show(other)}`);
  const list = (Array.isArray(wanted) ? wanted : [wanted]).map(show).join(', ');
  return reason(`${en} ${list}`, `${es} ${list}`);
}

const KNOWN = reason('known', 'conocido');
const NOT_KNOWN = reason('not known', 'desconocido');

const WORDS: Readonly<Record<Exclude<keyof Operators, 'exists'>, readonly [en: string, es: string]>> = {
  is: ['is', 'es'],
  is_not: ['is not', 'no es'],
  in: ['one of', 'uno de'],
  not_in: ['none of', 'ninguno de'],
  at_least: ['at least', 'al menos'],
  at_most: ['at most', 'como máximo'],
  more_than: ['more than', 'más de'],
  less_than: ['less than', 'menos de'],
  between: ['between', 'entre'],
  contains: ['contains', 'contiene'],
  not_contains: ['does not contain', 'no contiene'],
  contains_any: ['contains one of', 'contiene alguno de'],
  contains_all: ['contains all of', 'contiene todos:'],
  starts_with: ['starts with', 'empieza por'],
  ends_with: ['ends with', 'termina en'],
};

const OF_DATES: Partial<typeof WORDS> = {
  at_least: ['on or after', 'desde el'],
  at_most: ['on or before', 'hasta el'],
  more_than: ['after', 'después del'],
  less_than: ['before', 'antes del'],
};

/** A value in a sentence: on one line, and not longer than one. */
export function show(value: Json | undefined): string {
  return onOneLine(typeof value === 'string' ? value : JSON.stringify(value ?? null), 80);
}
