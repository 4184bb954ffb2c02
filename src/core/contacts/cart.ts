import { readCart, readProduct, type Product } from '../events/commerce.ts';
import type { Event, Instant } from '../events/event.ts';
import { own } from '../json.ts';

/**
 * The cart, kept as what was done to it since the last order. Keeping the doings and not the sum is what
 * lets a late event take its right place: the same doings give the same cart in whatever order they came.
 */
export interface Cart {
  readonly changes: readonly CartChange[];
}

export interface CartChange {
  readonly id: string;
  readonly at: Instant;
  readonly kind: 'add' | 'remove' | 'replace';
  readonly products: readonly Product[];
  readonly url?: string;
  readonly currency?: string;
}

export const emptyCart: Cart = { changes: [] };

/** Oldest changes are forgotten beyond this many; a cart that busy without an order is no person's. */
const MOST_CHANGES = 200;

export function foldCart(cart: Cart, event: Event, last_ordered_at: Instant): Cart {
  const change = changeOf(event);
  const changes = change ? insert(cart.changes, change) : cart.changes;
  return sinceLastOrder(changes, last_ordered_at, cart);
}

export function mergeCarts(a: Cart, b: Cart, last_ordered_at: Instant): Cart {
  return sinceLastOrder(b.changes.reduce(insert, a.changes), last_ordered_at, a);
}

/** What conditions and templates may ask of the cart. Prices are in the cart's currency. */
export interface CartView {
  readonly items: readonly Product[];
  /** Pieces in all. */
  readonly count: number;
  readonly value: number;
  readonly currency: string | undefined;
  readonly url: string | undefined;
  readonly updated_at: Instant | undefined;
}

export function cartView(cart: Cart): CartView {
  const known = views.get(cart);
  if (known) return known;
  const items = new Map<string, Product>();
  for (const change of cart.changes) apply(items, change);
  const list = [...items.values()];
  const newest = <K extends 'url' | 'currency'>(key: K) =>
    cart.changes.findLast((change) => change[key])?.[key];
  const view: CartView = {
    items: list,
    count: list.reduce((sum, item) => sum + item.quantity, 0),
    value: Math.round(list.reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0) * 100) / 100,
    currency: newest('currency'),
    url: newest('url'),
    updated_at: cart.changes.at(-1)?.at,
  };
  views.set(cart, view);
  return view;
}

const views = new WeakMap<Cart, CartView>();

function changeOf(event: Event): CartChange | undefined {
  const kind = own(KINDS, event.name);
  if (!kind) return undefined;
  const { products, url, currency } = readCart(event.properties);
  const single = kind === 'replace' ? undefined : readProduct(event.properties);
  const touched = single ? [single] : products;
  if (touched.length === 0 && (kind !== 'replace' || event.name === 'checkout_started')) return undefined;
  return {
    id: event.id,
    at: event.occurred_at,
    kind,
    products: touched,
    ...(url === undefined ? {} : { url }),
    ...(currency === undefined ? {} : { currency }),
  };
}

const KINDS: Readonly<Record<string, CartChange['kind']>> = {
  product_added: 'add',
  wishlist_product_added_to_cart: 'add',
  product_removed: 'remove',
  cart_viewed: 'replace',
  checkout_started: 'replace',
};

function insert(changes: readonly CartChange[], change: CartChange): readonly CartChange[] {
  if (changes.some((known) => known.id === change.id)) return changes;
  const place = changes.findLastIndex((known) => isBefore(known, change)) + 1;
  const more = changes.toSpliced(place, 0, change);
  return more.length > MOST_CHANGES ? more.slice(-MOST_CHANGES) : more;
}

/** At one instant adding comes before removing before replacing: the snapshot knows the most. */
function isBefore(a: CartChange, b: CartChange): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.kind !== b.kind) return a.kind < b.kind;
  return a.id < b.id;
}

/** What was done at the very moment of the order belongs to the order. */
function sinceLastOrder(changes: readonly CartChange[], ordered_at: Instant, before: Cart): Cart {
  const isAllSince = (changes[0]?.at ?? Infinity) > ordered_at;
  const kept = isAllSince ? changes : changes.filter((change) => change.at > ordered_at);
  return kept === before.changes ? before : { changes: kept };
}

function apply(items: Map<string, Product>, change: CartChange): void {
  if (change.kind === 'replace') items.clear();
  for (const product of change.products) {
    const known = items.get(product.product_id);
    const quantity =
      (known?.quantity ?? 0) + (change.kind === 'remove' ? -product.quantity : product.quantity);
    if (quantity <= 0) items.delete(product.product_id);
    else if (!known) items.set(product.product_id, product);
    else items.set(product.product_id, { ...known, ...product, quantity });
  }
}
