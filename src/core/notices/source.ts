/** A notice as it stands in `hours.yaml`: what people should know, whom it is told, where it is shown, what rests meanwhile. */
import { z } from 'zod';
import { inQuotes, oneOrMany, snakeId, textSchema, type IssueHint } from '../schema.ts';
import { dateSchema } from '../time/calendar.ts';
import { parseDuration, type Duration } from '../time/duration.ts';
import { timeOfDaySchema } from '../workflows/triggers/clock.ts';

/** Where the text of a notice can be shown. */
export const NOTICE_PLACES = ['email_footer', 'chat', 'auto_reply'] as const;
export type NoticePlace = (typeof NOTICE_PLACES)[number];

/** What the text of a notice can speak of. All but the date are known of calendars alone. */
const WORDS = ['name', 'date', 'hours', 'next_open'] as const;
export type NoticeWord = (typeof WORDS)[number];

/** In `hold_back`, all promotions in place of the id of one message. */
export const ALL_PROMOTIONS = 'promotions';

export const AT_ONCE = 'at once';
const WHOLE_DAYS: readonly string[] = ['day', 'week', 'month', 'year'];

const noticeDate = dateSchema.optional();

const whenSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notATellingTime(issue.input)) })
  .meta({ examples: ['3 days before', AT_ONCE] })
  .transform((text, context): Duration | typeof AT_ONCE => {
    if (text === AT_ONCE) return AT_ONCE;
    const length = readBefore(text);
    if (length !== undefined) return length;
    context.issues.push({ code: 'custom', input: text, message: notATellingTime(text) });
    return z.NEVER;
  });

const showFromSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notDaysBefore(issue.input)) })
  .meta({ examples: ['7 days before'] })
  .transform((text, context): Duration => {
    const length = readBefore(text);
    if (length !== undefined) return length;
    context.issues.push({ code: 'custom', input: text, message: notDaysBefore(text) });
    return z.NEVER;
  });

const tellSchema = z.strictObject({
  segment: z.string(),
  by: z.enum(['email']).default('email'),
  template: z.string(),
  when: whenSchema,
  at: timeOfDaySchema.optional(),
});

const meanwhileSchema = z.strictObject({
  pause: oneOrMany(z.string()).optional(),
  hold_back: oneOrMany(z.string()).optional(),
});

export const noticeSchema = z
  .strictObject({
    id: snakeId,
    calendar: z.string().optional(),
    from: noticeDate,
    to: noticeDate,
    tell: tellSchema.optional(),
    show_in: oneOrMany(z.enum(NOTICE_PLACES)).optional(),
    show_from: showFromSchema.optional(),
    text: textSchema.optional(),
    meanwhile: meanwhileSchema.optional(),
  })
  .superRefine((notice, context) => {
    for (const [path, message, params] of slipsOf(notice))
      context.addIssue({ code: 'custom', path: [...path], message, ...(params ? { params } : {}) });
  });

/** Each id names one notice. */
export const noticesSchema = z.array(noticeSchema).superRefine((notices, context) => {
  notices.forEach(({ id }, index) => {
    if (notices.findIndex((other) => other.id === id) === index) return;
    const message = `another notice has the id ${inQuotes(id)} already`;
    context.addIssue({ code: 'custom', path: [index, 'id'], message });
  });
});

export type NoticeSource = z.output<typeof noticeSchema>;
type Slip = readonly [path: readonly string[], message: string, params?: IssueHint];

function slipsOf(notice: Omit<NoticeSource, 'id'>): Slip[] {
  const { calendar, from, to, tell, show_in, text, meanwhile } = notice;
  const slips: Slip[] = [];
  if (calendar !== undefined && (from ?? to) !== undefined)
    slips.push([
      ['calendar'],
      'a notice has the days of a calendar, or "from" and "to"; leave one of them out',
    ]);
  if (from === undefined && to !== undefined)
    slips.push([['to'], '"to" needs "from", the first day, beside it']);
  if (from !== undefined && to !== undefined && to < from)
    slips.push([['to'], `this notice ends on ${to}, before it begins on ${from}`]);
  if (calendar === undefined && from === undefined && tell && tell.when !== AT_ONCE)
    slips.push([['tell', 'when'], `what only a command begins can only be told "${AT_ONCE}"`]);
  if (show_in && text === undefined) slips.push([['show_in'], 'what is shown needs a "text"']);
  if (!tell && !show_in && !meanwhile)
    slips.push([[], 'this notice does nothing; give it "tell", "show_in" or "meanwhile"']);
  return [...slips, ...unknownWords(notice)];
}

function unknownWords({ text = {}, calendar }: Pick<NoticeSource, 'text' | 'calendar'>): Slip[] {
  const known = calendar === undefined ? (['date'] as const) : WORDS;
  const written = typeof text === 'string' ? [[[], text] as const] : Object.entries(text).map(inPath);
  return written.flatMap(([path, words]) =>
    [...words.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)]
      .map(([, word = '']) => word)
      .filter((word) => !known.some((one) => one === word))
      .map((word): Slip => {
        const message = `the text of ${calendar === undefined ? 'a notice without a calendar' : 'a notice'} knows no {{${word}}}`;
        return [['text', ...path], message, { kind: 'unknown_value', value: word, known }];
      }),
  );
}

function inPath([language, words]: [string, string]): readonly [readonly string[], string] {
  return [[language], words];
}

function readBefore(text: string): Duration | undefined {
  const length = parseDuration(/^(.*) before$/.exec(text)?.[1] ?? '');
  return length && WHOLE_DAYS.includes(length.unit) ? length : undefined;
}

function notATellingTime(input: unknown): string {
  return `${JSON.stringify(input)} is no time to tell it; write it like "3 days before", or "${AT_ONCE}"`;
}

function notDaysBefore(input: unknown): string {
  return `${JSON.stringify(input)} is no time before a day; write it like "7 days before"`;
}
