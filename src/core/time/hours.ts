/** The hours of one day as people write them: `09:00-14:00, 16:00-19:00` or `closed`. */
import { z } from 'zod';

/** Minutes since local midnight. `to` is not part of it, and at most 1440 (24:00). */
export interface OpenHours {
  readonly from: number;
  readonly to: number;
}

/** A day's hours in a project's file: text in, the open hours in order out; none when closed. */
export const hoursSchema = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : notHours(issue.input)) })
  .meta({ examples: ['09:00-14:00, 16:00-19:00', '09:00-24:00', 'closed'] })
  .transform((text, context): readonly OpenHours[] => {
    const hours = text === 'closed' ? [] : text.split(',').map((range) => readRange(range.trim()));
    const problem = hours.find((range) => typeof range === 'string') ?? findOverlap(hours.filter(isRead));
    if (problem === undefined) return hours.filter(isRead).sort((a, b) => a.from - b.from);
    context.issues.push({ code: 'custom', input: text, message: problem });
    return z.NEVER;
  });

/** The hours, or a sentence that tells what is wrong with them. */
function readRange(text: string): OpenHours | string {
  const found = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text);
  const from = readTime(found?.[1]);
  const to = readTime(found?.[2]);
  if (from === undefined || to === undefined) return notHours(text);
  if (from === to)
    return `"${text}" is no time at all; for the whole day write "00:00-24:00", for none "closed"`;
  if (from > to) return `"${text}" goes past midnight; write ${twoDays(text)} of the next`;
  return { from, to };
}

function readTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minute = Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return Number(text.slice(3)) < 60 && minute <= 1440 ? minute : undefined;
}

function twoDays(range: string): string {
  const [from, to] = range.split('-');
  return `"${from}-24:00" in the hours of this day and "00:00-${to}" in those`;
}

function findOverlap(hours: readonly OpenHours[]): string | undefined {
  const sorted = hours.toSorted((a, b) => a.from - b.from);
  const second = sorted.findIndex((range, index) => range.from < (sorted[index - 1]?.to ?? 0));
  const [one, other] = [sorted[second - 1], sorted[second]];
  if (one === undefined || other === undefined) return undefined;
  return `"${rangeText(one)}" and "${rangeText(other)}" overlap; join them into one or move one of them`;
}

function isRead(range: OpenHours | string): range is OpenHours {
  return typeof range !== 'string';
}

function rangeText(range: OpenHours): string {
  return `${timeText(range.from)}-${timeText(range.to)}`;
}

/** `09:00`, of minutes since midnight. */
export function timeText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

function notHours(input: unknown): string {
  return `${JSON.stringify(input)} is not a day's hours; write them like "09:00-14:00, 16:00-19:00", or "closed"`;
}
