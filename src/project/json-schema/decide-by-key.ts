import type { JsonSchema } from './json-schema.ts';
import { snippetsFor } from './snippets.ts';

/**
 * A union of maps that each begin with a key of their own (`wait: …`, `branch: …`) becomes a row of decisions: who has
 * written `wait` is offered and told only what belongs to `wait`, and who has written nothing yet the keys to begin
 * with. What else is in the union stays beside them.
 */
export function decideByKey(schema: JsonSchema, kind: string): JsonSchema {
  const { anyOf = [], ...rest } = schema;
  const maps = anyOf.filter(hasFirstKey);
  if (maps.length < 2) return schema;
  const others = anyOf.filter((option) => !maps.includes(option));
  const decided = decisions(maps, kind);
  return others.length === 0 ? { ...rest, ...decided } : { ...rest, anyOf: [...others, decided] };
}

function hasFirstKey({ type, properties, required = [] }: JsonSchema): boolean {
  const [first] = Object.keys(properties ?? {});
  return type === 'object' && first !== undefined && required.includes(first);
}

function decisions(options: readonly JsonSchema[], kind: string): JsonSchema {
  return options.reduceRight<JsonSchema>(
    (others, option) => {
      const key = firstKey(option);
      const isWritten = { type: 'object', required: [key] };
      return { type: 'object', if: isWritten, then: { ...option, title: key }, else: others };
    },
    toBeginWith(options, kind),
  );
}

/** What a map may hold while none of the keys that decide is written. */
function toBeginWith(options: readonly JsonSchema[], kind: string): JsonSchema {
  const first = options.map((option): [string, JsonSchema] => {
    const key = firstKey(option);
    return [key, option.properties?.[key] ?? {}];
  });
  const common = Object.entries(options[0]?.properties ?? {}).filter(([key]) =>
    options.every(({ properties }) => properties && Object.hasOwn(properties, key)),
  );
  return {
    type: 'object',
    properties: Object.fromEntries([...first, ...common]),
    additionalProperties: false,
    defaultSnippets: snippetsFor(
      kind,
      first.map(([key]) => key),
    ),
  };
}

function firstKey({ properties }: JsonSchema): string {
  return Object.keys(properties ?? {})[0] ?? '';
}
