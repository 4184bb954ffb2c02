import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/**
 * As JSON text: what comes back from it is a deep copy of nothing but plain data; functions, symbols and prototypes are
 * left behind.
 * @throws when the context runs in a circle.
 */
export function writeContext(context: unknown): string {
  return JSON.stringify(context) ?? 'null';
}

/** @throws when the context is not an object. */
export function readContext(text: string): JsonObject {
  const copy = JSON.parse(text) as Json;
  if (!isJsonObject(copy)) throw new TypeError('The context of a message must be an object.');
  return copy;
}
