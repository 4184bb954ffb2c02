/** What is told of a year: opening hours, holidays, notices, campaigns and quiet hours. */
import { z } from 'zod';

const words = z.object({ en: z.string(), es: z.string() });
const moment = z.iso.datetime();
const date = z.string().describe('A day by the clock of the brand, like "2026-12-24".');
const hours = z.array(z.object({ from: z.string(), to: z.string() })).describe('None: closed.');

const openDays = {
  week: z.array(hours).describe('The hours of each weekday, Monday first, where nothing else is said.'),
  exceptions: z
    .array(
      z.object({
        date,
        kind: z.enum(['special', 'holiday']),
        name: words.nullable(),
        hours,
      }),
    )
    .describe('Days of this year with other hours.'),
};

const notice = z.object({
  id: z.string(),
  text: words.nullable(),
  calendar: z.string().nullable().describe('About whose special days and holidays it tells.'),
  tell: z.object({ segment: z.string(), message: z.string(), when: words }).nullable(),
  show_in: z.array(z.string()),
  pause: z.array(z.string()).describe('Workflows whose runs wait meanwhile.'),
  hold_back: z.array(z.string()).describe('Messages that are not sent meanwhile, or `promotions`.'),
  can_be_begun: z.boolean().describe('Whether it can be begun and ended by hand.'),
  is_on: z.boolean(),
  started_by: z.string().nullable().describe('Who began it by hand.'),
  occurrences: z.array(
    z.object({
      from: moment,
      to: moment.nullable().describe('Null while nobody knows.'),
      told_at: moment.nullable(),
      name: words.nullable(),
    }),
  ),
});

const campaign = z.object({
  workflow: z.string(),
  title: words,
  status: z.string(),
  when: words,
  date_field: z
    .string()
    .nullable()
    .describe('The field of the contact whose date starts it; null: a schedule does.'),
  every_day: z.boolean(),
  times: z.array(moment).describe('Of a schedule that is not for every day.'),
});

export const calendarYear = z.object({
  year: z.number().int(),
  zone: z.string().describe('By this clock days begin.'),
  today: date,
  calendars: z.array(
    z.object({
      id: z.string(),
      title: words,
      country: z.string().nullable(),
      region: z.string().nullable(),
      ...openDays,
    }),
  ),
  notices: z.array(notice),
  campaigns: z.array(campaign),
  quiet_hours: z
    .array(z.object({ code: z.string(), rule: words, ...openDays }))
    .describe('When promotions may go, by jurisdiction.'),
});

export const noticeReach = z.object({
  told: z.object({ segment: z.string(), people: z.number().int() }).nullable(),
  paused: z.array(z.object({ workflow: z.string(), runs: z.number().int() })),
  counted_to: z.number().int().describe('A count of so many means: so many or more.'),
});

export type CalendarYear = z.infer<typeof calendarYear>;
export type NoticeReach = z.infer<typeof noticeReach>;
