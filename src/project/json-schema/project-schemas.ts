/**
 * JSON Schemas of one project, from which editors complete its own stages, events and messages, explain each key, and
 * underline mistakes while somebody types. They never refuse what `etapa check` accepts; `etapa check` knows more.
 */
import { z } from 'zod';
import { conditionSchema } from '../../core/conditions/condition.ts';
import { stepListSchema } from '../../core/workflows/steps/index.ts';
import type { Known } from '../references.ts';
import { dress } from './dress.ts';
import { FORMATS } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';
import { FILE_SCHEMAS } from './kinds.ts';

/**
 * By kind of file. Ids that could not be read are left open: whatever stands there is fine. `tests` is the schema of
 * the files of `workflows/tests/`, which this room does not know.
 */
export function projectSchemas(known: Known, tests?: z.ZodType): Readonly<Record<string, JsonSchema>> {
  const schemas: Readonly<Record<string, z.ZodType>> = { ...FILE_SCHEMAS, ...(tests && { tests }) };
  const ids = { ...known, events: orAny(known.events), fields: orAny(known.fields) };
  return Object.fromEntries(
    Object.entries(schemas).map(([kind, schema]) => [kind, dress(plainSchema(schema), kind, ids)]),
  );
}

/** Beside those of the project there are events and fields of Etapa's own, which alone would be too few. */
function orAny(ids: readonly string[] | null): readonly string[] | null {
  return ids === null || ids.length === 0 ? null : ids;
}

/** What zod makes of a schema, with the forms of texts that it cannot see, such as those of lengths of time. */
function plainSchema(schema: z.ZodType): JsonSchema {
  const plain = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const name = NAMES.get(zodSchema);
      if (name !== undefined) jsonSchema.title = name;
      Object.assign(jsonSchema, FORMATS.get(zodSchema));
      // A default is what the reader makes of it, which is not how people write it.
      if (typeof jsonSchema.default === 'object') delete jsonSchema.default;
    },
  });
  return plain as JsonSchema;
}

/** The schemas that hold themselves: what the definitions of them are called. */
const NAMES: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [conditionSchema, 'condition'],
  [stepListSchema, 'steps'],
]);
