/**
 * The semantic commerce events (Segment's ecommerce specification, version 2) read out of an event's properties.
 * Shops send numbers as texts, camelCase, and half of the fields: what cannot be read is left out, nothing throws.
 */
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

export interface Product {
  /** The shop's product id; where it sends none its sku, `id` or name. */
  readonly product_id: string;
  readonly name?: string;
  /** Of one piece, in `currency`. */
  readonly price?: number;
  readonly quantity: number;
  readonly variant?: string;
  readonly url?: string;
  readonly image_url?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly sku?: string;
  /** ISO 4217, upper case. */
  readonly currency?: string;
}

export interface Order {
  readonly order_id?: string;
  /** `revenue`; where that is absent `total`, `value` or `subtotal`, in this order. */
  readonly revenue?: number;
  readonly currency?: string;
  readonly products: readonly Product[];
  readonly coupon?: string;
}

export interface Cart {
  readonly cart_id?: string;
  /** Where the customer finds this cart again. */
  readonly url?: string;
  readonly products: readonly Product[];
  readonly value?: number;
  readonly currency?: string;
}

/** The product of Product Viewed, Product Added, … or one item of `products`; undefined when it has no name to go by. */
export function readProduct(properties: Json | undefined): Product | undefined {
  const product_id = readText(properties, 'product_id', 'sku', 'id', 'name');
  if (product_id === undefined) return undefined;
  return withoutAbsent({
    product_id,
    name: readText(properties, 'name'),
    price: readNumber(properties, 'price'),
    quantity: readQuantity(properties),
    variant: readText(properties, 'variant'),
    url: readUrl(properties, 'url'),
    image_url: readUrl(properties, 'image_url'),
    category: readText(properties, 'category'),
    brand: readText(properties, 'brand'),
    sku: readText(properties, 'sku'),
    currency: readCurrency(properties),
  });
}

/** The readable items of a `products` list; empty when it is no list. */
export function readProducts(products: Json | undefined): readonly Product[] {
  if (!Array.isArray(products)) return [];
  return (products as readonly Json[]).map(readProduct).filter((product) => product !== undefined);
}

/** The order of Order Completed, Updated, Refunded or Cancelled. */
export function readOrder(properties: Json | undefined): Order {
  return withoutAbsent({
    order_id: readText(properties, 'order_id'),
    revenue: readNumber(properties, 'revenue', 'total', 'value', 'subtotal'),
    currency: readCurrency(properties),
    products: readProducts(readProperty(properties, 'products')),
    coupon: readText(properties, 'coupon'),
  });
}

/** The cart of Cart Viewed, Checkout Started and the events that carry a `cart_id`. */
export function readCart(properties: Json | undefined): Cart {
  return withoutAbsent({
    cart_id: readText(properties, 'cart_id'),
    url: readUrl(properties, 'cart_url', 'url', 'checkout_url'),
    products: readProducts(readProperty(properties, 'products')),
    value: readNumber(properties, 'value', 'total', 'revenue', 'subtotal'),
    currency: readCurrency(properties),
  });
}

/**
 * Which of two events of the same instant is folded first (the lower one): one looks, then fills the cart,
 * then checks out, then has ordered. Names that are not here have rank 0. It has no prototype, so any name may be looked up.
 */
export const COMMERCE_RANK: { readonly [name: string]: number | undefined } = Object.freeze(
  Object.assign(Object.create(null) as Record<string, number>, {
    products_searched: 0,
    product_list_viewed: 0,
    product_list_filtered: 0,
    promotion_viewed: 0,
    promotion_clicked: 0,
    product_clicked: 0,
    product_viewed: 0,
    product_added: 1,
    product_removed: 1,
    cart_viewed: 1,
    checkout_started: 2,
    checkout_step_viewed: 2,
    checkout_step_completed: 2,
    payment_info_entered: 2,
    order_completed: 3,
    order_updated: 3,
    order_refunded: 3,
    order_cancelled: 3,
  }),
);

function readQuantity(properties: Json | undefined): number {
  const quantity = readNumber(properties, 'quantity');
  return quantity === undefined || quantity < 0 ? 1 : quantity;
}

function readCurrency(properties: Json | undefined): string | undefined {
  const currency = readText(properties, 'currency')?.toUpperCase();
  return currency !== undefined && /^[A-Z]{3}$/.test(currency) ? currency : undefined;
}

/** Only web addresses: they end as links in messages, where `javascript:` must not. */
function readUrl(properties: Json | undefined, ...names: readonly string[]): string | undefined {
  return firstReadable(properties, names, asUrl);
}

function readText(properties: Json | undefined, ...names: readonly string[]): string | undefined {
  return firstReadable(properties, names, asText);
}

/** The first of these that is a number, or a text of one. */
export function readNumber(properties: Json | undefined, ...names: readonly string[]): number | undefined {
  return firstReadable(properties, names, asNumber);
}

function firstReadable<Value>(
  properties: Json | undefined,
  names: readonly string[],
  read: (value: Json | undefined) => Value | undefined,
): Value | undefined {
  for (const name of names) {
    const value = read(readProperty(properties, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function readProperty(properties: Json | undefined, name: string): Json | undefined {
  if (!isJsonObject(properties)) return undefined;
  return ownValue(properties, name) ?? ownValue(properties, camelCase(name));
}

function ownValue(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function camelCase(name: string): string {
  let text = camels.get(name);
  if (text === undefined) {
    text = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    camels.set(name, text);
  }
  return text;
}

/** Of the few names that are read here. */
const camels = new Map<string, string>();

function asUrl(value: Json | undefined): string | undefined {
  const text = asText(value);
  if (text === undefined || !/^(https?:)?\/\/[^\s/]\S*$/i.test(text)) return undefined;
  // Shops write addresses of images without the scheme, which no mail program resolves.
  return text.startsWith('//') ? `https:${text}` : text;
}

function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

/** A number or a plain decimal written as text. "1,299" is left out: half of the world reads it as 1.299. */
function asNumber(value: Json | undefined): number | undefined {
  if (typeof value === 'string' && !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

type Present<Fields> = {
  [Key in keyof Fields as undefined extends Fields[Key] ? never : Key]: Fields[Key];
} & {
  [Key in keyof Fields as undefined extends Fields[Key] ? Key : never]?: Exclude<Fields[Key], undefined>;
};

function withoutAbsent<Fields extends object>(fields: Fields): Present<Fields> {
  const present: Partial<Fields> = {};
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key];
  return present as unknown as Present<Fields>;
}
