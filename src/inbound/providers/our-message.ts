/** Finding our own id of a message in what a provider hands back of the metadata that went out with it. */
import { MESSAGE_TAG } from '../../core/messages/message.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';

/** The header of a message that holds its id; providers that tell headers tell this one. */
const HEADER = 'x-etapa-message';

/** The first of these that is one of our ids; null where none is. */
export function messageIdAmong(...values: readonly unknown[]): string | null {
  const found = values.map(textOf).find((text) => UUID.test(text));
  return found?.toLowerCase() ?? null;
}

/** The value of our header in a list of `{ name, value }`. */
export function headerAmong(headers: unknown): unknown {
  return named(headers).find(({ name }) => textOf(name).toLowerCase() === HEADER)?.value;
}

/** The value of our tag in `{ tag: value }`, `{ tag: [value] }` or a list of `{ name, value }`. */
export function tagAmong(tags: unknown): unknown {
  if (Array.isArray(tags)) return named(tags).find(({ name }) => name === MESSAGE_TAG)?.value;
  const value = fieldsOf(tags)[MESSAGE_TAG];
  return Array.isArray(value) ? listOf(value)[0] : value;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function named(list: unknown): readonly Fields[] {
  return listOf(list).map(fieldsOf);
}
