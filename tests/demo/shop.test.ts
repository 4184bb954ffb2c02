import { fc, test } from '@fast-check/vitest';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { IncomingEvent } from '../../src/core/events/event.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { byContact, shopHistory, summary } from '../../src/demo/shop.ts';
import { PRODUCTS } from '../../src/demo/shop/catalogue.ts';
import { makePeople } from '../../src/demo/shop/people.ts';

const DAY = 86_400_000;
const ENDS_AT = Date.UTC(2026, 10, 22, 10);
const DEMO = { seed: 7, ends_at: ENDS_AT, days: 60, people: 320 };

const deliveries = shopHistory(DEMO);
const events = withoutRepeats(deliveries);
const figures = summary(deliveries);

describe('the history of the demo shop', () => {
  it('is the same for the same seed and another for another', () => {
    expect(shopHistory(DEMO)).toEqual(deliveries);
    expect(shopHistory({ ...DEMO, seed: 8 })).not.toEqual(deliveries);
  });

  it('moves with the moment at which it ends, for an unchanged set of people', () => {
    const later = summary(shopHistory({ ...DEMO, ends_at: ENDS_AT + 7 * DAY }));
    expect(later.last_at).toBeGreaterThan(ENDS_AT);
    expect(later.last_at).toBeLessThanOrEqual(ENDS_AT + 7 * DAY);
  });

  it('has 8,000 to 12,000 events, the old customers before the season', () => {
    expect(figures.events).toBeGreaterThan(8_000);
    expect(figures.events).toBeLessThan(12_000);
    expect(figures.first_at).toBeLessThan(ENDS_AT - 60 * DAY);
    expect(figures.first_at).toBeGreaterThanOrEqual(ENDS_AT - 120 * DAY);
  });

  it('has known people and strangers', () => {
    expect(figures.contacts).toBeGreaterThan(320);
    expect(figures.known_contacts / 320).toBeGreaterThan(0.55);
    expect(figures.known_contacts / 320).toBeLessThan(0.85);
  });

  it('counts in its summary what is in it', () => {
    const own = deliveries.slice(0, 500);
    const repeated = summary([...own, ...own]);
    expect(repeated).toEqual({
      ...summary(own),
      deliveries: 1000,
      repeats: 1000 - summary(own).events,
    });
  });

  it('is empty without people', () => {
    expect(shopHistory({ ...DEMO, people: 0 })).toEqual([]);
  });
});

describe('the people of the demo shop', () => {
  it('have addresses under .example, each their own', () => {
    const addresses = makePeople(7, 2_000, ENDS_AT).map(({ email }) => email);
    expect(new Set(addresses).size).toBe(2_000);
    for (const address of addresses) expect(address).toMatch(/^[a-z]+\.[a-z]+[\d.]*@[a-z]+\.example$/);
  });

  it('live in zones that exist, near and far', () => {
    const zones = new Set(texts(identifies(events), 'time_zone'));
    for (const zone of zones) expect(() => Temporal.Now.zonedDateTimeISO(zone)).not.toThrow();
    for (const zone of ['Europe/Madrid', 'America/Mexico_City', 'America/Bogota', 'Atlantic/Canary'])
      expect(zones).toContain(zone);
    expect(zones.size).toBeGreaterThan(7);
  });

  it('read Spanish or English, keep their accents, and have birthdays, some of them soon', () => {
    expect(new Set(texts(identifies(events), 'language'))).toEqual(new Set(['es', 'en']));
    expect(texts(identifies(events), 'last_name').some((name) => /[áéíóúñ]/.test(name))).toBe(true);
    const birthdays = texts(identifies(events), 'birthday').map((day) => Temporal.PlainDate.from(day));
    const end = Temporal.PlainDate.from('2026-11-22');
    const soon = birthdays.filter((day) => isWithin(end.until(day.with({ year: 2026 })).days, 0, 12));
    expect(soon.length).toBeGreaterThanOrEqual(3);
  });

  it('allow promotions in about three cases of four', () => {
    const granting = identifies(events).filter(({ properties }) => properties.consent !== undefined);
    const share = new Set(granting.map(({ user_id }) => user_id)).size / figures.known_contacts;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
  });

  it('shop in the evening rather than before dawn, by their own clocks, and most of all on weekends', () => {
    const zones = new Map(
      identifies(events).flatMap(({ user_id, properties }) =>
        typeof properties.time_zone === 'string' ? [[user_id, properties.time_zone] as const] : [],
      ),
    );
    const local = events.flatMap(({ user_id, anonymous_id, occurred_at }) => {
      const zone = zones.get(user_id);
      const at = Temporal.Instant.fromEpochMilliseconds(occurred_at);
      return zone !== undefined && anonymous_id !== undefined ? [at.toZonedDateTimeISO(zone)] : [];
    });
    const between = (from: number, to: number): number =>
      local.filter(({ hour }) => isWithin(hour, from, to)).length / local.length;
    expect(between(19, 22)).toBeGreaterThan(5 * between(2, 5));
    const weekend = local.filter(({ dayOfWeek }) => dayOfWeek >= 6).length / local.length;
    expect(weekend).toBeGreaterThan(2 / 7);
  });
});

describe('what they do', () => {
  it('abandons 40 to 80 percent of the carts', () => {
    const share = figures.abandoned_carts / figures.carts;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.8);
  });

  it('is told late in a few cases, several events of one phone at once', () => {
    expect(figures.late / figures.events).toBeGreaterThan(0.01);
    expect(figures.late / figures.events).toBeLessThan(0.06);
    const late = events.filter((event) => event.received_at > event.occurred_at);
    expect(new Set(late.map(({ received_at }) => received_at)).size).toBeLessThan(late.length);
    const delays = late.map((event) => event.received_at - event.occurred_at);
    expect(Math.max(...delays)).toBeGreaterThan(DAY / 12);
  });

  it('is told twice in about one case of a hundred, word for word', () => {
    expect(figures.repeats / figures.deliveries).toBeGreaterThan(0.005);
    expect(figures.repeats / figures.deliveries).toBeLessThan(0.015);
    const firsts = new Map(events.map((event) => [event.message_id, event]));
    for (const event of deliveries) {
      const first = firsts.get(event.message_id);
      expect({ ...event, received_at: 0 }).toEqual({ ...first, received_at: 0 });
    }
  });

  it('fills every stage of the journey at the end', () => {
    const stages = [...byContact(events).values()].map(stageAtTheEnd);
    for (const stage of ['awareness', 'consideration', 'decision', 'experience', 'loyalty'])
      expect(stages.filter((one) => one === stage).length, stage).toBeGreaterThanOrEqual(20);
  });

  it('leaves some upset as it ends, with something in the cart, and some delighted', () => {
    const contacts = [...byContact(events).values()];
    const upset = contacts.filter(isUpsetAtTheEnd);
    expect(upset.length).toBeGreaterThanOrEqual(5);
    expect(upset.filter((own) => cartAtTheEnd(own).size > 0).length).toBeGreaterThanOrEqual(2);
    const recommends = (event: IncomingEvent): boolean => numberOf(event.properties.score) >= 9;
    expect(contacts.filter((own) => own.some(recommends)).length).toBeGreaterThanOrEqual(5);
  });

  it('solves some complaints, and loses some readers', () => {
    expect(figures.names.complaint_solved).toBeGreaterThan(2);
    expect(figures.names.complaint_opened).toBeGreaterThan(figures.names.complaint_solved ?? 0);
    const lost = (figures.names.unsubscribed ?? 0) + (figures.names.consent_withdrawn ?? 0);
    expect(lost).toBeGreaterThanOrEqual(3);
  });
});

describe('in a shop of any seed, size and season', () => {
  const options = fc.record({
    seed: fc.maxSafeNat(),
    ends_at: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 11) }),
    days: fc.integer({ min: 1, max: 90 }),
    people: fc.integer({ min: 1, max: 30 }),
  });

  test.prop([options], { numRuns: 25 })(
    'the invariants hold',
    (chosen) => {
      const all = shopHistory(chosen);
      const once = withoutRepeats(all);
      expectSoundTimes(all, chosen.ends_at - 2 * chosen.days * DAY, chosen.ends_at);
      expectSoundIdentities(once);
      expectSoundProducts(once);
      for (const own of byContact(once).values()) expectSoundCarts(own);
    },
    60_000,
  );
});

function expectSoundTimes(all: readonly IncomingEvent[], from: number, to: number): void {
  let before = -Infinity;
  for (const { occurred_at, received_at } of all) {
    expect(Number.isSafeInteger(occurred_at) && Number.isSafeInteger(received_at)).toBe(true);
    expect(occurred_at).toBeGreaterThanOrEqual(from);
    expect(received_at).toBeGreaterThanOrEqual(occurred_at);
    expect(received_at).toBeLessThanOrEqual(to);
    expect(received_at).toBeGreaterThanOrEqual(before);
    before = received_at;
  }
}

/** A device belongs to one person, and nobody has a user id who did not say who they are. */
function expectSoundIdentities(once: readonly IncomingEvent[]): void {
  const owners = new Map<string, string>();
  for (const { anonymous_id, user_id, message_id, type } of once) {
    expect(anonymous_id ?? user_id).toBeDefined();
    expect(message_id.length).toBeLessThanOrEqual(100);
    if (type === 'identify') expect(anonymous_id && user_id).toBeTruthy();
    if (anonymous_id === undefined || user_id === undefined) continue;
    expect(owners.get(anonymous_id) ?? user_id).toBe(user_id);
    owners.set(anonymous_id, user_id);
  }
  const introduced = new Set(identifies(once).map(({ user_id }) => user_id));
  for (const { user_id } of once) if (user_id !== undefined) expect(introduced).toContain(user_id);
}

function expectSoundProducts(once: readonly IncomingEvent[]): void {
  const prices = new Map(PRODUCTS.map(({ product_id, price }) => [product_id, price]));
  for (const { properties } of once) {
    const lines = [properties, ...linesOf(properties)].filter((line) => line.price !== undefined);
    for (const line of lines) {
      expect(line.price).toBe(prices.get(String(line.product_id)));
      expect(line.currency).toBe('EUR');
      expect(String(line.url)).toMatch(/^https:\/\/lumbre\.example\/p\/[a-z0-9-]+$/);
    }
  }
}

/** Orders, tills and looks into the cart hold what was put in and not taken out since the last order. */
function expectSoundCarts(own: readonly IncomingEvent[]): void {
  let cart = new Map<string, number>();
  for (const { name, properties } of own) {
    cart = changeCart(cart, name, properties);
    if (!['cart_viewed', 'checkout_started', 'order_completed'].includes(name)) continue;
    const told = linesOf(properties).map(
      (line) => [String(line.product_id), numberOf(line.quantity)] as const,
    );
    expect(new Map(told)).toEqual(cart);
    expect(cart.size).toBeGreaterThan(0);
    expectSoundMoney(properties);
    if (name === 'order_completed') cart = new Map();
  }
}

function expectSoundMoney(properties: JsonObject): void {
  const worth = linesOf(properties).reduce(
    (sum, line) => sum + numberOf(line.price) * numberOf(line.quantity),
    0,
  );
  expect(numberOf(properties.revenue ?? properties.value)).toBeCloseTo(worth, 2);
  if (properties.total === undefined) return;
  expect(numberOf(properties.total)).toBeCloseTo(worth + numberOf(properties.shipping), 2);
}

function changeCart(
  cart: ReadonlyMap<string, number>,
  name: string,
  properties: JsonObject,
): Map<string, number> {
  const next = new Map(cart);
  const id = String(properties.product_id);
  const sign = name === 'product_added' ? 1 : name === 'product_removed' ? -1 : 0;
  if (sign === 0) return next;
  const quantity = (next.get(id) ?? 0) + sign * numberOf(properties.quantity);
  expect(quantity).toBeGreaterThanOrEqual(0);
  if (quantity === 0) next.delete(id);
  else next.set(id, quantity);
  return next;
}

function cartAtTheEnd(own: readonly IncomingEvent[]): Map<string, number> {
  return own.reduce(
    (cart, { name, properties }) =>
      name === 'order_completed' ? new Map<string, number>() : changeCart(cart, name, properties),
    new Map<string, number>(),
  );
}

/** The furthest stage whose rule holds, by the rules that the demo's stages are written in. */
function stageAtTheEnd(own: readonly IncomingEvent[]): string {
  const count = (name: string, days: number): number => lately(own, name, days).length;
  const orders = count('order_completed', 365);
  if (orders >= 2 && count('order_completed', 180) > 0 && count('complaint_opened', 30) === 0)
    return 'loyalty';
  if (orders >= 1) return 'experience';
  if (cartAtTheEnd(own).size > 0 || count('checkout_started', 7) > 0) return 'decision';
  return count('product_viewed', 14) >= 3 || count('pricing_viewed', 30) > 0 ? 'consideration' : 'awareness';
}

function isUpsetAtTheEnd(own: readonly IncomingEvent[]): boolean {
  const solved_at = lately(own, 'complaint_solved', 365).at(-1)?.occurred_at ?? -Infinity;
  const causes = [...lately(own, 'complaint_opened', 14), ...lately(own, 'order_late', 7)];
  return causes.some(({ occurred_at }) => occurred_at > solved_at);
}

function lately(own: readonly IncomingEvent[], wanted: string, days: number): IncomingEvent[] {
  return own.filter(({ name, occurred_at }) => name === wanted && ENDS_AT - occurred_at < days * DAY);
}

function withoutRepeats(all: readonly IncomingEvent[]): IncomingEvent[] {
  return [...new Map(all.toReversed().map((event) => [event.message_id, event])).values()].reverse();
}

function identifies(all: readonly IncomingEvent[]): IncomingEvent[] {
  return all.filter(({ type }) => type === 'identify');
}

function texts(all: readonly IncomingEvent[], property: string): string[] {
  return all.map(({ properties }) => properties[property]).filter((value) => typeof value === 'string');
}

function linesOf(properties: JsonObject): readonly JsonObject[] {
  return (properties.products ?? []) as readonly JsonObject[];
}

function numberOf(value: Json | undefined): number {
  return Number(value ?? 0);
}

function isWithin(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}
