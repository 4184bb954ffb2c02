/** Properties and traits under the names that workflows speak of. */
import { isJsonObject } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { fieldName, propertyName } from '../names.ts';
import { keptContext } from './context.ts';
import { safeObject } from './plain-json.ts';

/** A track, page or screen call's properties in snake_case, with what is kept of its context under `context`. */
export function storedProperties(properties: JsonObject, context: JsonObject): JsonObject {
  const named = rename(properties, propertyName);
  const kept = keptContext(context);
  const products = Array.isArray(named['products']) ? { products: nameProducts(named['products']) } : {};
  return { ...named, ...products, ...(kept === undefined ? {} : { context: kept }) };
}

/** A group's traits in snake_case. */
export function groupTraits(traits: JsonObject): JsonObject {
  return rename(traits, fieldName);
}

/**
 * A person's traits as fields: snake_case, with `language` out of a locale, `time_zone`, and the country and city
 * of the address at the top too. What the traits say wins over what the context says.
 */
export function contactFields(traits: JsonObject, context: JsonObject): JsonObject {
  const { locale, ...fields } = rename(traits, fieldName);
  const address = isJsonObject(fields['address']) ? fields['address'] : {};
  const said = languageOf(fields['language']);
  return withDefaults(said === undefined ? fields : { ...fields, language: said }, {
    language: languageOf(locale) ?? languageOf(context['locale']),
    time_zone: wordsOf(context['timezone']),
    country: wordsOf(address['country']),
    city: wordsOf(address['city']),
  });
}

function withDefaults(
  fields: JsonObject,
  defaults: { readonly [field: string]: string | undefined },
): JsonObject {
  const missing = Object.entries(defaults).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !Object.hasOwn(fields, pair[0]),
  );
  return safeObject([...Object.entries(fields), ...missing]);
}

function nameProducts(products: readonly Json[]): Json {
  return products.map((product) => (isJsonObject(product) ? rename(product, propertyName) : product));
}

/** Of two keys that come to the same name, the one that was written so already wins. */
function rename(object: JsonObject, nameOf: (key: string) => string): JsonObject {
  // As most arrive.
  if (Object.keys(object).every((key) => nameOf(key) === key)) return object;
  const pairs = Object.entries(object).map(([key, value]) => ({ key, name: nameOf(key), value }));
  const exactLast = [
    ...pairs.filter(({ key, name }) => key !== name),
    ...pairs.filter(({ key, name }) => key === name),
  ];
  return safeObject(exactLast.map(({ name, value }) => [name, value] as const));
}

/** `es` of es-MX. None of a three-letter language: the first two letters of fil-PH (Filipino) mean Finnish. */
function languageOf(locale: Json | undefined): string | undefined {
  if (typeof locale !== 'string') return undefined;
  return /^\s*([a-z]{2})(?![a-z])/i.exec(locale)?.[1]?.toLowerCase();
}

function wordsOf(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}
