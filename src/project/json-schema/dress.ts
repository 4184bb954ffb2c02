/**
 * Makes a plain JSON Schema one to write by: a description on each key, the project's ids where they are referred to,
 * and unions decided by the key that was written, so that an editor offers what belongs beside it and nothing else.
 */
import type { Path } from '../../core/schema.ts';
import type { Known } from '../references.ts';
import { decideByKey } from './decide-by-key.ts';
import { descriptionOf, keyAbove } from './descriptions.ts';
import { withIds } from './ids.ts';
import { isSchema, type JsonSchema } from './json-schema.ts';

const DEFINITION = /^#\/definitions\//;

export function dress(plain: JsonSchema, kind: string, known: Known): JsonSchema {
  const { definitions = {}, ...root } = plain;
  const dressed: Record<string, JsonSchema> = {};
  const whole = at(root, []);
  return Object.keys(dressed).length === 0 ? whole : { ...whole, definitions: dressed };

  function at(schema: JsonSchema, path: Path): JsonSchema {
    if (schema.$ref !== undefined) return { ...schema, $ref: defined(schema.$ref, path) };
    const { properties, additionalProperties, items, anyOf, allOf } = schema;
    const parts = {
      ...(properties && { properties: dressedKeys(properties, path) }),
      ...(isSchema(additionalProperties) && {
        additionalProperties: at(additionalProperties, [...path, '*']),
      }),
      ...(isSchema(items) && { items: at(items, [...path, 0]) }),
      ...(anyOf && { anyOf: anyOf.map((option) => at(option, path)) }),
      ...(allOf && { allOf: allOf.map((part) => at(part, path)) }),
    };
    return decideByKey({ ...titled(schema, path), ...parts }, kind);
  }

  function dressedKeys(properties: Readonly<Record<string, JsonSchema>>, path: Path) {
    const siblings = Object.keys(properties);
    return Object.fromEntries(
      Object.entries(properties).map(([key, inner]) => {
        const schema = withIds(at(inner, [...path, key]), { kind, key, path, siblings }, known);
        return [key, withDescription(schema, descriptionOf(kind, key, path))];
      }),
    );
  }

  /** Editors head their explanations with it, and call a map "object" that has none. */
  function titled(schema: JsonSchema, path: Path): JsonSchema {
    if (schema.type !== 'object' || schema.title !== undefined) return schema;
    return { title: keyAbove(path) ?? kind, ...schema };
  }

  /** A definition is dressed for the place at which it is met first: all others are like it. */
  function defined(ref: string, path: Path): string {
    const definition = definitions[ref.replace(DEFINITION, '')] ?? {};
    const name = definition.title ?? ref.replace(DEFINITION, '');
    if (!(name in dressed)) {
      dressed[name] = {};
      dressed[name] = at(definition, path);
    }
    return `#/definitions/${name}`;
  }
}

function withDescription(schema: JsonSchema, description: string | undefined): JsonSchema {
  return description === undefined ? schema : { description, ...schema };
}
