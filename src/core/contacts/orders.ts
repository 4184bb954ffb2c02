import { readOrder } from '../events/commerce.ts';
import type { Event, Instant } from '../events/event.ts';
import { joinBy, own } from '../json.ts';

export interface Order {
  readonly id: string;
  readonly at: Instant;
  readonly revenue: number;
  readonly currency?: string;
  readonly product_ids: readonly string[];
}

/** A contact's orders, oldest first, and those that were cancelled since. */
export interface Orders {
  readonly list: readonly Order[];
  readonly cancelled: Readonly<Record<string, Instant>>;
  readonly refunded: Readonly<Record<string, number>>;
  /** When an order was last told, for the first time or again; absent where none was. */
  readonly told_at?: Instant;
}

export const noOrders: Orders = { list: [], cancelled: {}, refunded: {} };

export function foldOrder(orders: Orders, event: Event): Orders {
  switch (event.name) {
    case 'order_completed':
      return told(withOrder(orders, orderOf(event)), event.occurred_at);
    case 'order_cancelled':
      return withCancelled(orders, event);
    case 'order_refunded':
      return withRefunded(orders, event);
    default:
      return orders;
  }
}

function withCancelled(orders: Orders, { properties, occurred_at }: Event): Orders {
  const id = readOrder(properties).order_id;
  if (id === undefined) return orders;
  const known = own(orders.cancelled, id) ?? Infinity;
  return { ...orders, cancelled: { ...orders.cancelled, [id]: Math.min(known, occurred_at) } };
}

function withRefunded(orders: Orders, { properties }: Event): Orders {
  const { order_id: id, revenue = 0 } = readOrder(properties);
  if (id === undefined) return orders;
  const known = own(orders.refunded, id) ?? 0;
  return { ...orders, refunded: { ...orders.refunded, [id]: Math.max(known, Math.abs(revenue)) } };
}

export function mergeOrders(a: Orders, b: Orders): Orders {
  const joined = b.list.reduce(withOrder, a);
  const cancelled = joinBy(Math.min, a.cancelled, b.cancelled);
  const refunded = joinBy(Math.max, a.refunded, b.refunded);
  return told({ list: joined.list, cancelled, refunded }, Math.max(lastOrderedAt(a), lastOrderedAt(b)));
}

/** What conditions and templates may ask of the orders. Cancelled ones do not count; refunds lessen the value. */
export interface OrdersView {
  readonly count: number;
  readonly value: number;
  readonly first: Instant | undefined;
  readonly last: Instant | undefined;
  readonly last_id: string | undefined;
}

export function ordersView(orders: Orders): OrdersView {
  const known = views.get(orders);
  if (known) return known;
  const kept = orders.list.filter((order) => !Object.hasOwn(orders.cancelled, order.id));
  const last = kept.at(-1);
  const view: OrdersView = {
    count: kept.length,
    value: round(kept.reduce((sum, order) => sum + order.revenue - (own(orders.refunded, order.id) ?? 0), 0)),
    first: kept[0]?.at,
    last: last?.at,
    last_id: last?.id,
  };
  views.set(orders, view);
  return view;
}

/**
 * When anything was last ordered, cancelled or not: the cart begins anew from there. An order that is told twice
 * counts from its later telling, because what the cart forgot then cannot come back when the earlier one arrives late.
 */
export function lastOrderedAt(orders: Orders): Instant {
  return orders.told_at ?? -Infinity;
}

function told(orders: Orders, at: Instant): Orders {
  return at > lastOrderedAt(orders) ? { ...orders, told_at: at } : orders;
}

const views = new WeakMap<Orders, OrdersView>();

function orderOf(event: Event): Order {
  const { order_id, revenue, currency, products } = readOrder(event.properties);
  return {
    id: order_id ?? event.id,
    at: event.occurred_at,
    revenue: revenue ?? 0,
    ...(currency === undefined ? {} : { currency }),
    product_ids: products.map((product) => product.product_id),
  };
}

/** One order per id: told twice (by the shop and by the browser), the earlier telling stays. */
function withOrder(orders: Orders, order: Order): Orders {
  const known = orders.list.find((other) => other.id === order.id);
  if (known && !isBefore(order, known)) return orders;
  const others = orders.list.filter((other) => other.id !== order.id);
  const list = [...others, order].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  return { ...orders, list };
}

/** A total order, so that two tellings of one moment are settled the same way whichever came first. */
function isBefore(a: Order, b: Order): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.id !== b.id) return a.id < b.id;
  return contentOf(a) < contentOf(b);
}

function contentOf({ revenue, currency, product_ids }: Order): string {
  return JSON.stringify([revenue, currency, product_ids]);
}

function round(amount: number): number {
  return Math.round(amount * 100) / 100;
}
