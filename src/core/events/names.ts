/**
 * How names arriving from outside become the snake_case names that workflows speak of.
 * All functions here are idempotent, never answer an empty text, and never more than 100 characters.
 */
import type { EventType } from './event.ts';

const LONGEST_NAME = 100;
const NAMELESS = 'unnamed';

/** The names of the calls that carry no event name of their own. */
export const CALL_NAMES = {
  identify: 'identified',
  page: 'page_viewed',
  screen: 'screen_viewed',
  group: 'group_joined',
  alias: 'aliased',
} as const satisfies Record<Exclude<EventType, 'track'>, string>;

/** "Product Added", "productAdded" and the first version's "Added Product" are all `product_added`. */
export function eventName(text: string): string {
  const name = snakeCase(text);
  return EVENT_ALIASES.get(name) ?? name;
}

/** The name of a contact's field: `firstName` → `first_name`, `timezone` → `time_zone`. */
export function fieldName(text: string): string {
  const name = snakeCase(text);
  return FIELD_ALIASES.get(name) ?? name;
}

/** The name of an event's property: `productId` → `product_id`. */
export function propertyName(text: string): string {
  return snakeCase(text);
}

/** The verb-first names of Segment's first ecommerce specification, and spellings seen in the wild. */
const EVENT_ALIASES: ReadonlyMap<string, string> = new Map([
  ['searched_products', 'products_searched'],
  ['viewed_product_category', 'product_list_viewed'],
  ['product_category_viewed', 'product_list_viewed'],
  ['viewed_product_list', 'product_list_viewed'],
  ['filtered_product_list', 'product_list_filtered'],
  ['viewed_promotion', 'promotion_viewed'],
  ['clicked_promotion', 'promotion_clicked'],
  ['clicked_product', 'product_clicked'],
  ['viewed_product', 'product_viewed'],
  ['added_product', 'product_added'],
  ['removed_product', 'product_removed'],
  ['viewed_cart', 'cart_viewed'],
  ['started_checkout', 'checkout_started'],
  ['viewed_checkout_step', 'checkout_step_viewed'],
  ['completed_checkout_step', 'checkout_step_completed'],
  ['entered_payment_info', 'payment_info_entered'],
  ['completed_order', 'order_completed'],
  ['updated_order', 'order_updated'],
  ['refunded_order', 'order_refunded'],
  ['cancelled_order', 'order_cancelled'],
  ['canceled_order', 'order_cancelled'],
  ['order_canceled', 'order_cancelled'],
]);

const FIELD_ALIASES: ReadonlyMap<string, string> = new Map([
  ['firstname', 'first_name'],
  ['lastname', 'last_name'],
  ['timezone', 'time_zone'],
]);

/** Most names arrive as they should be, and this runs for every key of every event. */
const PLAIN_NAME = /^[a-z0-9]+(_[a-z0-9]+)*$/;

function snakeCase(text: string): string {
  if (text.length <= LONGEST_NAME && PLAIN_NAME.test(text)) return text;
  const words = splitCamelCase(foldAccents(text));
  const name = words
    .toLowerCase()
    .replace(/['’]/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_');
  return shorten(trimUnderscores(name)) || NAMELESS;
}

function foldAccents(text: string): string {
  const bare = text.normalize('NFKD').replace(/[\u0300-\u036f]/gu, '');
  // Only now: some letters hide one of these under an accent.
  return bare
    .replace(/[ßæœøłđ]/giu, (letter) => PLAIN_LETTERS[letter.toLowerCase()] ?? letter)
    .normalize('NFC');
}

/** Letters that Unicode does not take apart into a plain letter and an accent. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
};

function splitCamelCase(text: string): string {
  return (
    text
      .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
      // The plural of an acronym stays whole: `productIDs` is product_ids, but `HTMLPage` is html_page.
      .replace(/(\p{Lu})(\p{Lu}(?!s(?!\p{Ll}))\p{Ll})/gu, '$1_$2')
  );
}

function shorten(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  const cut = name.slice(0, LONGEST_NAME);
  return trimUnderscores(cut.replace(/[\ud800-\udbff]$/, ''));
}

function trimUnderscores(name: string): string {
  return name.replace(/^_/, '').replace(/_$/, '');
}
