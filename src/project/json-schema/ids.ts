/** Where a key refers to something of the project, the ids that there are take the place of "any text". */
import { own } from '../../core/json.ts';
import type { Path } from '../../core/schema.ts';
import { isReference, REFERENCES, type Known, type Reference } from '../references.ts';
import { isSchema, type JsonSchema } from './json-schema.ts';

/** A key of a map, and where that map stands in its file. */
export interface Place {
  /** Of the file: the name of its JSON Schema. */
  readonly kind: string;
  readonly key: string;
  readonly path: Path;
  /** The keys that the map may hold. */
  readonly siblings: readonly string[];
}

/** The schema of a key's value, with the ids that may stand there; the same where the key refers to nothing. */
export function withIds(schema: JsonSchema, place: Place, known: Known): JsonSchema {
  const inKeys = own(REFERS_BY_KEYS, `${place.kind}.${place.key}`);
  const reference = inKeys === undefined ? referenceAt(place) : REFERENCES[inKeys];
  const list = reference?.among(known) ?? [];
  // What could not be read, or is yet to be written, must not be refused.
  if (!reference || list.length === 0) return schema;
  return inKeys === undefined
    ? among(schema, oneOf(list, reference))
    : amongKeys(schema, list, roots(list, reference));
}

/** Maps whose keys are ids, by kind of file and key: of the same things as the key on the right refers to. */
const REFERS_BY_KEYS: Readonly<Record<string, keyof typeof REFERENCES>> = {
  'workflow.update_contact': 'field',
  'message.subject': 'tone',
  'tests.update': 'field',
};

function referenceAt({ kind, key, path, siblings }: Place): Reference | undefined {
  const inTests = kind === 'tests' ? own(ONLY_IN_TESTS, key) : undefined;
  if (inTests !== undefined) return REFERENCES[inTests];
  return isReference(key, path, siblings) ? own(REFERENCES, key) : undefined;
}

/** Keys of tests, and the key of the project's own files that refers to the same things. */
const ONLY_IN_TESTS: Readonly<Record<string, keyof typeof REFERENCES>> = {
  email: 'message',
  sms: 'message',
  chat: 'message',
  held_back: 'message',
  started: 'workflow',
  opened: 'message',
  clicked: 'message',
  bounced: 'message',
  complained: 'message',
  workflow: 'workflow',
  tone: 'tone',
  hours: 'hours',
};

/** Any text becomes one of the ids, also in lists and where a text is one of several forms. */
function among(schema: JsonSchema, ids: JsonSchema): JsonSchema {
  const { anyOf, items } = schema;
  if (anyOf) return { ...schema, anyOf: anyOf.map((option) => among(option, ids)) };
  if (isSchema(items)) return { ...schema, items: among(items, ids) };
  const isAnyText = schema.type === 'string' && !schema.enum && schema.const === undefined;
  return isAnyText ? ids : schema;
}

/** What Etapa works out by itself (`cart.value`), and what looks into a field, is accepted without being offered. */
function amongKeys(schema: JsonSchema, list: readonly string[], rootsOfMore: readonly string[]): JsonSchema {
  const value = isSchema(schema.additionalProperties) ? schema.additionalProperties : {};
  const patterns = [
    ...list.filter((id) => id.includes('.')).map((id) => `^${escaped(id)}$`),
    ...below(rootsOfMore),
  ];
  return {
    ...schema,
    properties: valueOf(
      list.filter((id) => !id.includes('.')),
      value,
    ),
    ...(patterns.length > 0 && { patternProperties: valueOf(patterns, value) }),
    additionalProperties: false,
  };
}

function valueOf(names: readonly string[], value: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** A word that is as good as a date of the contact. */
const TODAY = 'today';

function oneOf(list: readonly string[], reference: Reference): JsonSchema {
  const words = reference.alsoFine?.(TODAY, list) ? [TODAY, ...list] : list;
  const ids: JsonSchema = { type: 'string', enum: [...new Set(words)] };
  const more = below(roots(list, reference)).map((pattern): JsonSchema => ({ type: 'string', pattern }));
  return more.length === 0 ? ids : { anyOf: [ids, ...more] };
}

/** The ids that may be followed by more, as `address.city` looks into the field `address`. */
function roots(list: readonly string[], { alsoFine }: Reference): string[] {
  return list.filter((id) => alsoFine?.(`${id}.part`, list));
}

/** A pattern for what follows these; none where there are none. */
function below(ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`^(?:${ids.map(escaped).join('|')})\\.`];
}

/** Ids of a project that is not checked yet can be any text. */
function escaped(id: string): string {
  return id.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
