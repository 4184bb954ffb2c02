/**
 * Asks of whole days, by the calendar on the contact's wall: of a date that a field holds, of its anniversaries, and of
 * today. 29 February is kept on 28 February in years without one; a date comes round from the year that it names.
 */
import { z } from 'zod';
import type { Json } from '../../json.ts';
import { reason, type Reason } from '../../reason.ts';
import { inQuotes, oneOrMany } from '../../schema.ts';
import { readMonthDay, yearlyOf, type Yearly } from '../../time/anniversary.ts';
import { dateOf, dayOf, WEEKDAYS, weekdayOf } from '../../time/date.ts';
import { dayAt, onDays } from '../../time/days.ts';
import { durationSchema, durationWords, type Duration } from '../../time/duration.ts';
import { dayIn, readMoment } from '../../time/moment.ts';
import { always, type Facts, type Question } from '../answer.ts';
import { show } from '../operators.ts';
import {
  anniversaries,
  answerOn,
  fixed,
  NEAR_DAYS,
  pointOf,
  testsOf,
  TODAY,
  type About,
  type Point,
} from './date-spans.ts';
import { fieldReader, fieldValue, looksAtField } from './field.ts';

const NEAR_WORDS = Object.keys(NEAR_DAYS);

/** An anniversary is never farther away than this, so asking for more would always be answered with yes. */
const LONGEST_OF_YEAR: Readonly<Record<string, number>> = { day: 364, week: 52, month: 11, year: 0 };

function daySchema(words: readonly string[], mend: string) {
  const notADay = (input: unknown) => `${inQuotes(String(input))} is not a day; ${mend}`;
  return z
    .string({ error: (issue) => (issue.input === undefined ? undefined : notADay(issue.input)) })
    .superRefine((text, context) => {
      if (words.includes(text) || dayOf(text) !== undefined) return;
      const params = { kind: 'unknown_value', value: text, known: words };
      context.addIssue({ code: 'custom', message: notADay(text), params });
    })
    .meta({ examples: ['2026-12-24', ...words] });
}

const boundSchema = daySchema(NEAR_WORDS, 'write a date like 2026-12-24, or today, tomorrow or yesterday');
const isSchema = daySchema(
  [...NEAR_WORDS, ...WEEKDAYS],
  'write a date like 2026-12-24, today, tomorrow, yesterday, or a day of the week like saturday',
);
const lengthSchema = durationSchema.refine(({ unit }) => Object.hasOwn(LONGEST_OF_YEAR, unit), {
  error: 'dates are counted in days; write it like "7 days", "2 weeks" or "1 month"',
});

interface Rule {
  readonly path: string;
  readonly message: string;
  isBroken(condition: DateCondition): boolean;
}

const RULES: readonly Rule[] = [
  {
    path: 'date',
    message:
      'say what the date must be, for example "is: today", "before: 2026-12-24" or "within_next: 7 days"',
    isBroken: ({ date: _date, every: _every, ...asked }) =>
      Object.values(asked).every((value) => value === undefined),
  },
  {
    path: 'date',
    message:
      'today does not come round and is never ahead; ask of it with "is", "before", "after" or "between"',
    isBroken: ({ date, every, within, not_within, within_next }) =>
      date === 'today' && [every, within, not_within, within_next].some((value) => value !== undefined),
  },
  {
    path: 'date',
    message: 'today is always today; compare it with dates such as 2026-12-24, or with days of the week',
    isBroken: (condition) => condition.date === 'today' && daysIn(condition).some(isRelative),
  },
  {
    path: 'every',
    message:
      'what comes round every year is asked with "is: today" (or tomorrow, yesterday), "within", "not_within" or "within_next"',
    isBroken: ({ every, is = [], before, after, between }) =>
      every !== undefined &&
      (!is.every(isRelative) || [before, after, between].some((value) => value !== undefined)),
  },
  {
    path: 'every',
    message:
      'what comes round every year is never a whole year away; write at most "11 months" or "364 days"',
    isBroken: ({ every, within, not_within, within_next }) =>
      every !== undefined &&
      [within, not_within, within_next].some((length) => length && isYearOrMore(length)),
  },
  {
    path: 'between',
    message: 'the first day of "between" is after the second; write the earlier one first',
    isBroken: ({ between }) => between !== undefined && isBackwards(between),
  },
];

export const dateConditionSchema = z
  .strictObject({
    /** A field that holds a date, or `today`. */
    date: z.string().min(1),
    /** Asks of the days on which the date is kept, in its own year and in all that follow. */
    every: z.enum(['year']).optional(),
    /** `today`, `tomorrow`, `yesterday`, a date, or days of the week; one of several. */
    is: oneOrMany(isSchema).optional(),
    before: boundSchema.optional(),
    after: boundSchema.optional(),
    /** Both days are part of it. */
    between: z.tuple([boundSchema, boundSchema]).optional(),
    /** It was today, or so many days ago or fewer. */
    within: lengthSchema.optional(),
    /** It was longer ago, or has yet to come. */
    not_within: lengthSchema.optional(),
    /** It is today, or so many days ahead or fewer. */
    within_next: lengthSchema.optional(),
  })
  // A misspelt word is told as such, and not again as a missing one.
  .superRefine(refuseNonsense, { when: ({ issues }) => issues.length === 0 });
export type DateCondition = z.infer<typeof dateConditionSchema>;

function refuseNonsense(condition: DateCondition, context: z.RefinementCtx): void {
  const broken = RULES.find((rule) => rule.isBroken(condition));
  if (broken) context.addIssue({ code: 'custom', path: [broken.path], message: broken.message });
}

/** A field that holds no date answers no to every question. */
export function dateQuestion(condition: DateCondition): Question {
  const tests = testsOf(condition);
  const words = wordsOf(condition);
  const valueOf = fieldReader(condition.date);
  return {
    answer(facts) {
      const about = aboutOf(condition, valueOf(facts.contact.profile), facts);
      return about ? onDays((today) => answerOn(tests, about, today), facts.now, facts.zone) : always(false);
    },
    because: (facts) => explain(condition, words, facts),
    memory: [],
    looks_at: condition.date === 'today' ? 0 : looksAtField(condition.date),
  };
}

function daysIn({ is = [], before, after, between }: DateCondition): readonly string[] {
  return [...is, before, after, ...(between ?? [])].filter((day) => day !== undefined);
}

function isRelative(day: string): boolean {
  return Object.hasOwn(NEAR_DAYS, day);
}

function isYearOrMore({ amount, unit }: Duration): boolean {
  return amount > (LONGEST_OF_YEAR[unit] ?? 0);
}

function isBackwards([from, to]: readonly [string, string]): boolean {
  const [one, other] = [pointOf(from), pointOf(to)];
  return one.moves === other.moves && one.at > other.at;
}

function aboutOf(
  { date, every }: DateCondition,
  value: Json | undefined,
  { zone }: Facts,
): About | undefined {
  if (date === 'today') return TODAY;
  return every ? readYearly(value, zone) : readDay(value, zone);
}

function readDay(value: Json | undefined, zone: string): Point | undefined {
  const moment = readMoment(value);
  return moment && fixed(dayIn(moment, zone));
}

function readYearly(value: Json | undefined, zone: string): Yearly | undefined {
  const withoutYear = typeof value === 'string' ? readMonthDay(value) : undefined;
  const day = withoutYear ? undefined : readDay(value, zone);
  return day ? yearlyOf(day.at) : withoutYear;
}

const NEAR_ES: Readonly<Record<string, string>> = { yesterday: 'ayer', today: 'hoy', tomorrow: 'mañana' };
const WEEKDAYS_ES = ['lunes', 'martes', 'miércoles', 'jueves', 'viernes', 'sábado', 'domingo'];

/** What is asked, in words. */
function wordsOf({ is, before, after, between, within, not_within, within_next }: DateCondition): Reason {
  const words: Reason[] = [];
  const add = (en: string, es: string): number => words.push(reason(en, es));
  if (is) add(is.join(' or '), is.map(inSpanish).join(' o '));
  if (before) add(`before ${before}`, `antes de ${inSpanish(before)}`);
  if (after) add(`after ${after}`, `después de ${inSpanish(after)}`);
  if (between) {
    const [from, to] = between;
    add(`between ${from} and ${to}`, `entre ${inSpanish(from)} y ${inSpanish(to)}`);
  }
  if (within) add(`within ${durationWords(within, 'en')}`, `hace ${durationWords(within, 'es')} o menos`);
  if (not_within)
    add(
      `not within ${durationWords(not_within, 'en')}`,
      `no hace ${durationWords(not_within, 'es')} o menos`,
    );
  if (within_next)
    add(
      `within the next ${durationWords(within_next, 'en')}`,
      `dentro de ${durationWords(within_next, 'es')} o antes`,
    );
  return reason(words.map(({ en }) => en).join(', '), words.map(({ es }) => es).join(', '));
}

function inSpanish(day: string): string {
  return NEAR_ES[day] ?? WEEKDAYS_ES[WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])] ?? day;
}

function explain(condition: DateCondition, asked: Reason, facts: Facts): Reason {
  const { en, es } = isWhat(condition, facts);
  return reason(`${en} (asked: ${asked.en})`, `${es} (se pide: ${asked.es})`);
}

function isWhat(condition: DateCondition, facts: Facts): Reason {
  const { date } = condition;
  const today = dayAt(facts.now, facts.zone);
  const value = fieldValue(facts.contact, date);
  const about = aboutOf(condition, value, facts);
  if (about === TODAY) return reason(`today is ${weekday(today, 'en')}`, `hoy es ${weekday(today, 'es')}`);
  if (value === undefined || value === null) return reason(`${date} is not known`, `${date} no se conoce`);
  if (!about)
    return reason(
      `${date} is ${show(value)}, which is no date`,
      `${date} es ${show(value)}, que no es una fecha`,
    );
  if (!('since' in about)) return reason(`${date} is ${dateOf(about.at)}`, `${date} es ${dateOf(about.at)}`);
  return keptWhen(condition, about, today);
}

function weekday(day: number, language: 'en' | 'es'): string {
  const name = (language === 'en' ? WEEKDAYS : WEEKDAYS_ES)[weekdayOf(day)];
  return `${name}, ${dateOf(day)}`;
}

function keptWhen({ date, is, within, not_within }: DateCondition, about: Yearly, today: number): Reason {
  const looksBack = within !== undefined || not_within !== undefined || is?.includes('yesterday');
  const days = anniversaries(about, today).map(({ at }) => at);
  const last = looksBack ? days.findLast((day) => day <= today) : undefined;
  if (last !== undefined) return reason(`${date} was on ${dateOf(last)}`, `${date} fue el ${dateOf(last)}`);
  const next = days.find((day) => day >= today) ?? today;
  return reason(`${date} is next on ${dateOf(next)}`, `${date} cae la próxima vez el ${dateOf(next)}`);
}
