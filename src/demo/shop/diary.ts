import type { EventType, IncomingEvent, Instant } from '../../core/events/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { CART_URL, CURRENCY, productUrl, type ShopProduct } from './catalogue.ts';
import type { Device, Person } from './people.ts';
import type { Dice } from './random.ts';

/** What one person did in the shop so far, and what the shop did for them. */
export interface Diary {
  readonly person: Person;
  readonly dice: Dice;
  readonly seed: number;
  /** Nothing later than this is written down. */
  readonly ends_at: Instant;
  readonly entries: IncomingEvent[];
  /** Where the shop knows who this is: events from these devices carry both ids. */
  readonly known_on: Set<Device>;
  readonly cart: Map<string, CartLine>;
  cart_number: number;
  cart_touched_at: Instant;
  /** Where the cart was touched last; a stranger sees it nowhere else. */
  cart_device: Device;
  order_number: number;
  /** The last visit ended here; the next one begins later. */
  busy_until: Instant;
}

export interface CartLine {
  readonly product: ShopProduct;
  readonly quantity: number;
}

/** An event without the parts that the diary adds by itself. */
interface Entry {
  readonly type: EventType;
  readonly name: string;
  readonly at: Instant;
  readonly properties: JsonObject;
  /** Where it was seen; absent when the shop's own systems tell it. */
  readonly device?: Device;
}

export function openDiary(person: Person, dice: Dice, seed: number, ends_at: Instant): Diary {
  return {
    person,
    dice,
    seed,
    ends_at,
    entries: [],
    known_on: new Set(),
    cart: new Map(),
    cart_number: 1,
    cart_touched_at: -Infinity,
    cart_device: person.devices[0],
    order_number: 0,
    busy_until: -Infinity,
  };
}

export function write(diary: Diary, { type, name, at, properties, device }: Entry): void {
  if (at > diary.ends_at) return;
  diary.entries.push({
    message_id: messageId(diary),
    type,
    name,
    occurred_at: at,
    received_at: at,
    properties,
    ...(device && { anonymous_id: device.anonymous_id }),
    ...((!device || diary.known_on.has(device)) && { user_id: diary.person.user_id }),
  });
}

/** Something that the shop's own systems report about a customer whom they know. */
export function writeFromShop(diary: Diary, name: string, at: Instant, properties: JsonObject): void {
  write(diary, { type: 'track', name, at, properties });
}

export function isKnown(diary: Diary): boolean {
  return diary.known_on.size > 0;
}

export function cartId({ person, cart_number }: Diary): string {
  return `cart-${person.number}-${cart_number}`;
}

/** A line of the cart or of an order, as the events carry it. */
export function lineProperties({ person }: Diary, { product, quantity }: CartLine): JsonObject {
  return { ...productProperties(person, product), quantity };
}

export function productProperties({ language, sizes }: Person, product: ShopProduct): JsonObject {
  const { product_id, name, price, category } = product;
  const shown = { product_id, name: name[language], price, currency: CURRENCY, category };
  const variant = variantOf(product, sizes);
  return { ...shown, url: productUrl(product), ...(variant !== undefined && { variant }) };
}

/** Everything in the cart with its worth, as Cart Viewed and Checkout Started tell it. */
export function cartProperties(diary: Diary): JsonObject {
  const lines = [...diary.cart.values()];
  return {
    cart_id: cartId(diary),
    cart_url: CART_URL,
    value: worth(lines),
    currency: CURRENCY,
    products: lines.map((line) => lineProperties(diary, line)),
  };
}

export function worth(lines: readonly CartLine[]): number {
  return inCents(lines.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0));
}

/** Rounded to whole cents. */
export function inCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function messageId({ seed, person, entries }: Diary): string {
  return `lumbre-${seed}-${person.number}-${entries.length + 1}`;
}

const WORN = ['tops', 'shorts_and_tights', 'jackets'];

function variantOf({ category }: ShopProduct, sizes: Person['sizes']): string | undefined {
  if (category.endsWith('_shoes')) return sizes.shoes;
  return WORN.includes(category) ? sizes.clothes : undefined;
}
