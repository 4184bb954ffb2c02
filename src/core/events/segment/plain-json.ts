/**
 * Makes plain, bounded JSON of whatever a client sent, so that everything behind it may trust its shape:
 * it can be stored as PostgreSQL jsonb, walked without overflowing the stack, and copied without touching a prototype.
 */
import type { Json, JsonObject } from '../../json.ts';
import { Refusal, pointTo } from './refusal.ts';

const MOST_KEYS = 256;
const LONGEST_STRING_BYTES = 64 * 1024;
/** Keys that reach an object's prototype when somebody later copies them carelessly. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A copy of `value` that is plain JSON. Unsafe keys are left out, and so are characters that jsonb refuses.
 * Refused: more than 256 keys in an object, more than `depth` levels of nesting, a string over 64 KiB,
 * a number that is not finite (`1e400`), anything that JSON has no word for.
 */
export function plainJson(value: unknown, pointer: string, depth: number): Json {
  if (typeof value === 'string') return plainString(value, pointer);
  if (typeof value === 'number') return finiteNumber(value, pointer);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object' || !isPlain(value)) {
    throw new Refusal('not_plain_json', pointer, 'Only plain JSON can be taken here.');
  }
  if (depth === 0) throw new Refusal('too_deep', pointer, 'This is nested too deeply; flatten it.');
  return Array.isArray(value) ? plainList(value, pointer, depth) : plainObject(value, pointer, depth);
}

/** Pairs as an object; the last of equal keys wins, unsafe keys are left out. */
export function safeObject(pairs: Iterable<readonly [string, Json]>): JsonObject {
  // fromEntries defines own properties and never calls the `__proto__` setter, as assignment would.
  return Object.fromEntries([...pairs].filter(([key]) => !UNSAFE_KEYS.has(key)));
}

/** Whether the JSON of this takes more bytes than so many in UTF-8. */
export function isLongerThan(value: Json, bytes: number): boolean {
  return isTextLongerThan(JSON.stringify(value), bytes);
}

/** One UTF-16 unit is one to three bytes, so most texts need no counting. */
function isTextLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && utf8Bytes(text) > bytes;
}

/** Without NUL and without halves of a surrogate pair: PostgreSQL's jsonb refuses both. */
export function storable(text: string): string {
  // Looking for any surrogate, paired or not, is much cheaper, and most texts have none.
  return /[\0\ud800-\udfff]/.test(text) ? text.replace(/\0|\p{Surrogate}/gu, '') : text;
}

function plainList(list: readonly unknown[], pointer: string, depth: number): Json {
  return list.map((item, index) => plainJson(item, pointTo(pointer, index), depth - 1));
}

function plainObject(object: object, pointer: string, depth: number): Json {
  const keys = Object.keys(object).filter((key) => !UNSAFE_KEYS.has(key));
  if (keys.length > MOST_KEYS) {
    throw new Refusal(
      'too_many_keys',
      pointer,
      `An object may have ${MOST_KEYS} keys; this has ${keys.length}.`,
    );
  }
  // Written into one object, key by key: this runs for every object of every event.
  const plain: Record<string, Json> = {};
  for (const key of keys) {
    const value = plainJson((object as Record<string, unknown>)[key], pointTo(pointer, key), depth - 1);
    const name = storable(key);
    if (!UNSAFE_KEYS.has(name)) plain[name] = value;
  }
  return plain;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function plainString(text: string, pointer: string): string {
  const plain = storable(text);
  if (isTextLongerThan(plain, LONGEST_STRING_BYTES)) {
    throw new Refusal('string_too_long', pointer, 'A text may have 64 KiB at most; shorten this one.');
  }
  return plain;
}

function finiteNumber(number: number, pointer: string): number {
  // JSON writes -0 as 0; what is kept in memory must be what is read back.
  if (Number.isFinite(number)) return number === 0 ? 0 : number;
  throw new Refusal(
    'number_not_finite',
    pointer,
    'This number is too large to be stored; send a smaller one.',
  );
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // A pair of surrogates takes four bytes, hence two for each half.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
