/** When a call happened, by a client's clock that may be wrong (Segment's common fields, "Timestamps"). */
import type { JsonObject } from '../../json.ts';
import type { Instant } from '../event.ts';
import { MINUTE } from '../../time/date.ts';
import { Refusal } from './refusal.ts';

const EARLIEST: Instant = Date.UTC(2000, 0, 1);

/**
 * `received_at − (sentAt − originalTimestamp)` when the client says both, which takes a wrong clock out;
 * its own `timestamp` when it does not say `sentAt`; else `received_at`. Never later than `received_at`.
 */
export function callTime(call: JsonObject, batchSentAt: Instant | undefined, receivedAt: Instant): Instant {
  const field = isAbsent(call['originalTimestamp']) ? 'timestamp' : 'originalTimestamp';
  const original = readTime(call[field], `/${field}`);
  const sentAt = readTime(call['sentAt'], '/sentAt') ?? batchSentAt;
  if (original === undefined) return receivedAt;
  const happened = sentAt === undefined ? original : receivedAt - (sentAt - original);
  if (happened < EARLIEST) {
    throw new Refusal(
      'time_too_early',
      `/${field}`,
      'This is before the year 2000; send the date it happened on.',
    );
  }
  return Math.min(happened, receivedAt);
}

/** The moment that an ISO 8601 text names; undefined when there is none; refused when it cannot be read. */
export function readTime(value: unknown, pointer: string): Instant | undefined {
  if (isAbsent(value)) return undefined;
  const time = typeof value === 'string' ? parseIso(value.trim()) : undefined;
  if (time !== undefined) return time;
  throw new Refusal('time_unreadable', pointer, 'Write a time as ISO 8601 says, like 2026-03-01T09:30:00Z.');
}

function isAbsent(value: unknown): value is null | undefined | '' {
  return value === undefined || value === null || value === '';
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(?:Z|([+-])(\d\d):?(\d\d)?)?)?$/i;

/** ISO 8601; a time without a zone is UTC. Date.parse would take it for the server's zone, and 30 February for March. */
function parseIso(text: string): Instant | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const [hour, minute, second] = [part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 60 || part(9) > 23 || part(10) > 59) return undefined;
  const day = Date.UTC(part(1), part(2) - 1, part(3));
  if (new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined;
  const milliseconds = Math.floor(Number(`0.${match[7] ?? 0}`) * 1000);
  const offset = (part(9) * 60 + part(10)) * (match[8] === '-' ? -1 : 1);
  return day + (hour * 60 + minute - offset) * MINUTE + second * 1000 + milliseconds;
}
