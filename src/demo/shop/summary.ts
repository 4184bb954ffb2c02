import type { IncomingEvent, Instant } from '../../core/events/event.ts';

/** What a history holds, in figures. Repeats of a message are counted as such and nowhere else. */
export interface ShopSummary {
  /** Deliveries, repeats included. */
  readonly deliveries: number;
  readonly events: number;
  readonly repeats: number;
  /** Events that were received later than they happened. */
  readonly late: number;
  /** More than the people there are: a stranger with two devices is two. */
  readonly contacts: number;
  /** Contacts who said who they are. */
  readonly known_contacts: number;
  readonly carts: number;
  /** Carts that did not become an order. */
  readonly abandoned_carts: number;
  readonly orders: number;
  /** In euros. */
  readonly revenue: number;
  readonly names: Readonly<Record<string, number>>;
  readonly first_at: Instant;
  readonly last_at: Instant;
}

export function summary(deliveries: readonly IncomingEvent[]): ShopSummary {
  const events = firstDeliveries(deliveries);
  const contacts = [...byContact(events).values()];
  const orders = events.filter(({ name }) => name === 'order_completed');
  const ordered = textsOf(orders, 'cart_id');
  const carts = textsOf(named(events, 'product_added'), 'cart_id');
  return {
    deliveries: deliveries.length,
    events: events.length,
    repeats: deliveries.length - events.length,
    late: events.filter((event) => event.received_at > event.occurred_at).length,
    contacts: contacts.length,
    known_contacts: contacts.filter((own) => own.some(({ user_id }) => user_id !== undefined)).length,
    carts: carts.size,
    abandoned_carts: [...carts].filter((cart) => !ordered.has(cart)).length,
    orders: orders.length,
    revenue: orders.reduce((sum, { properties }) => sum + Number(properties.revenue), 0),
    names: countNames(events),
    first_at: events.reduce((first, { occurred_at }) => Math.min(first, occurred_at), Infinity),
    last_at: events.reduce((last, { occurred_at }) => Math.max(last, occurred_at), -Infinity),
  };
}

/** The events of each person, their anonymous visits joined in, in order of time. */
export function byContact(events: readonly IncomingEvent[]): Map<string, IncomingEvent[]> {
  const owners = ownersOfDevices(events);
  const contacts = new Map<string, IncomingEvent[]>();
  for (const event of events.toSorted((a, b) => a.occurred_at - b.occurred_at)) {
    const device = event.anonymous_id ?? '';
    const key = event.user_id ?? owners.get(device) ?? device;
    const own = contacts.get(key) ?? [];
    own.push(event);
    contacts.set(key, own);
  }
  return contacts;
}

function firstDeliveries(deliveries: readonly IncomingEvent[]): IncomingEvent[] {
  const seen = new Set<string>();
  return deliveries.filter(({ message_id }) => !seen.has(message_id) && seen.add(message_id));
}

function ownersOfDevices(events: readonly IncomingEvent[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { anonymous_id, user_id } of events) {
    if (anonymous_id !== undefined && user_id !== undefined) owners.set(anonymous_id, user_id);
  }
  return owners;
}

function named(events: readonly IncomingEvent[], wanted: string): IncomingEvent[] {
  return events.filter(({ name }) => name === wanted);
}

function textsOf(events: readonly IncomingEvent[], property: string): Set<string> {
  return new Set(events.map(({ properties }) => String(properties[property])));
}

function countNames(events: readonly IncomingEvent[]): Record<string, number> {
  const names: Record<string, number> = {};
  for (const { name } of events) names[name] = (names[name] ?? 0) + 1;
  return names;
}
