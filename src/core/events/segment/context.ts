/** What is kept of a call's `context`: where the person came from and on what, never who or at which address. */
import { at, isJsonObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { safeObject } from './plain-json.ts';

const KEPT: readonly (readonly [string, readonly string[]])[] = [
  ['page', ['url', 'referrer', 'path']],
  ['device', ['type']],
  ['library', ['name']],
];

/** The part of a context worth keeping; undefined when there is none. */
export function keptContext(context: JsonObject): JsonObject | undefined {
  if (Object.keys(context).length === 0) return undefined;
  const kept = safeObject([
    ...(isJsonObject(context['campaign']) ? [['campaign', context['campaign']] as const] : []),
    ...KEPT.flatMap(([part, fields]) => keptPart(context, part, fields)),
    ...['locale', 'timezone'].flatMap((field) => keptValue(context, field)),
  ]);
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function keptPart(context: JsonObject, part: string, fields: readonly string[]): (readonly [string, Json])[] {
  const outer = context[part];
  if (!isJsonObject(outer)) return [];
  const kept = fields.flatMap((field) => keptValue(outer, field));
  return kept.length === 0 ? [] : [[part, safeObject(kept)]];
}

function keptValue(object: JsonObject, field: string): (readonly [string, Json])[] {
  const value = at(object, field);
  return typeof value === 'string' || typeof value === 'number' ? [[field, value]] : [];
}
