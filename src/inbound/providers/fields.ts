/** Reading JSON whose shape and words nobody vouches for. */
import { isIP } from 'node:net';
import type { Instant } from '../../core/events/event.ts';
import { storable } from '../../core/events/segment/plain-json.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Of whatever is not an object: none. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** JSON within JSON; of whatever is not an object: no fields. */
export function fieldsWithin(value: unknown): Fields {
  if (typeof value !== 'string') return fieldsOf(value);
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return {};
  }
}

/** Numbers as they are written; empty for all that is neither text nor number. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

/** One storable line, cut to `longest` characters; null where nothing is left. */
export function lineOf(value: unknown, longest: number): string | null {
  // Cut first, so that a long text costs no more than a short one.
  const line = storable(
    textOf(value)
      .slice(0, longest * 2)
      .replace(UNSEEN, ' ')
      .replace(/ {2,}/g, ' '),
  );
  return storable(line.trim().slice(0, longest)) || null;
}

/** The address within `Name <address>`, in lower case; empty where there is none. */
export function addressOf(value: unknown): string {
  const line = lineOf(value, LONGEST_ADDRESS * 2) ?? '';
  const address = (/<([^<>]*)>$/.exec(line)?.[1] ?? line).toLowerCase();
  return address.length <= LONGEST_ADDRESS && /^[^\s@]+@[^\s@]+$/.test(address) ? address : '';
}

export function ipOf(value: unknown): string {
  const ip = textOf(value);
  return isIP(ip) === 0 ? '' : ip;
}

/** Of a date as ISO 8601 writes it. */
export function instantOf(value: unknown): Instant | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? likely(Date.parse(value)) : undefined;
}

/** Of seconds since the epoch, as a number or written. */
export function instantOfSeconds(value: unknown): Instant | undefined {
  const text = textOf(value);
  return /^\d{1,12}(?:\.\d+)?$/.test(text) ? likely(Math.floor(Number(text) * 1000)) : undefined;
}

/** Controls, ends of lines and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** RFC 5321, 4.5.3.1: 64 octets, the `@`, 255 octets. */
const LONGEST_ADDRESS = 320;

function likely(at: number): Instant | undefined {
  return at >= YEAR_2000 && at < YEAR_2100 ? at : undefined;
}

const YEAR_2000 = 946_684_800_000;
const YEAR_2100 = 4_102_444_800_000;
