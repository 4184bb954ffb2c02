/** Histories for the benches that need no database. */
import type { IncomingEvent } from '../src/core/events/event.ts';
import { shopHistory } from '../src/demo/shop.ts';
import { gatherPeople, type Person } from '../src/simulate/people.ts';
import {
  isOnlineRetailHere,
  orderCompleted,
  ordersOf,
  productOf,
  readSales,
  type Order,
} from '../tests/support/online-retail.ts';

export interface World {
  readonly name: string;
  readonly people: readonly Person[];
}

/**
 * A year of a real shop, told line by line: of every two products of an invoice one was looked at and one put into the
 * cart, twenty seconds apart, before it was ordered; buyers sign up a minute before they begin. Where the set is not
 * here, the season of the demo's shop, with more people.
 */
export async function readWorld(): Promise<World> {
  if (!isOnlineRetailHere)
    return { name: 'Lumbre, the shop of the demo', people: gatherPeople(demoEvents()) };
  const orders = ordersOf(await readSales());
  const known = new Set<string>();
  const events = orders.flatMap((order) => {
    const visit = visitOf(order);
    if (known.has(order.customer)) return visit;
    known.add(order.customer);
    return [signUp(order.customer, (visit[0]?.occurred_at ?? order.at) - 60_000), ...visit];
  });
  return { name: 'Online Retail, line by line', people: gatherPeople(inTime(events)) };
}

function demoEvents(): readonly IncomingEvent[] {
  return shopHistory({ seed: 7, ends_at: Date.UTC(2026, 0, 31), days: 60, people: 20_000 });
}

/** Of two visits that overlap, as of somebody with two invoices within minutes, each step comes at its time. */
function inTime(events: IncomingEvent[]): readonly IncomingEvent[] {
  return events.sort((a, b) => a.occurred_at - b.occurred_at);
}

const BETWEEN_PRODUCTS = 20_000;

function visitOf(order: Order): readonly IncomingEvent[] {
  const { sales, customer, at, invoice } = order;
  const looks = sales.map((sale, index): IncomingEvent => {
    const when = at - (sales.length - index) * BETWEEN_PRODUCTS;
    return {
      message_id: `${invoice}-${index}`,
      user_id: customer,
      type: 'track',
      name: index % 2 === 0 ? 'product_viewed' : 'product_added',
      occurred_at: when,
      received_at: when,
      properties: productOf(sale),
    };
  });
  return [...looks, orderCompleted(order)];
}

function signUp(customer: string, when: number): IncomingEvent {
  return {
    message_id: `sign-up-${customer}`,
    user_id: customer,
    type: 'identify',
    name: 'identified',
    occurred_at: when,
    received_at: when,
    properties: { email: `c${customer}@people.example`, consent: ['email'] },
  };
}
