import { describe, expect, test } from 'vitest';
import { cartView } from '../../../src/core/contacts/cart.ts';
import { ordersView } from '../../../src/core/contacts/orders.ts';
import type { Event } from '../../../src/core/events/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { afterEvents, anEvent, at, MINUTE } from '../../support/build.ts';

const START = at('2026-03-01T00:00');

function event(name: string, minute: number, properties: JsonObject = {}): Event {
  return anEvent(name, properties, START + minute * MINUTE);
}
const add = (minute: number, product_id: string, more: JsonObject = {}) =>
  event('product_added', minute, { product_id, price: 10, ...more });
const order = (minute: number, order_id: string, more: JsonObject = {}) =>
  event('order_completed', minute, { order_id, revenue: 50, ...more });

function cart(...events: readonly Event[]): Record<string, number> {
  const { items } = cartView(afterEvents(events, []).profile.cart);
  return Object.fromEntries(items.map(({ product_id, quantity }) => [product_id, quantity]));
}

function orders(...events: readonly Event[]) {
  return ordersView(afterEvents(events, []).profile.orders);
}

describe('the cart', () => {
  test.each<[string, Event[], Record<string, number>]>([
    ['holds what was added', [add(1, 'a'), add(2, 'b', { quantity: 3 })], { a: 1, b: 3 }],
    ['adds up the same product', [add(1, 'a'), add(2, 'a', { quantity: 2 })], { a: 3 }],
    [
      'loses what was removed',
      [add(1, 'a', { quantity: 2 }), event('product_removed', 2, { product_id: 'a' })],
      { a: 1 },
    ],
    [
      'never holds less than nothing',
      [event('product_removed', 1, { product_id: 'a' }), add(2, 'a')],
      { a: 1 },
    ],
    [
      'is replaced by what the shop shows',
      [add(1, 'a'), event('cart_viewed', 2, { products: [{ product_id: 'b', quantity: 2 }] })],
      { b: 2 },
    ],
    ['is emptied by an empty view', [add(1, 'a'), event('cart_viewed', 2, { products: [] })], {}],
    [
      'is replaced at the checkout',
      [add(1, 'a'), event('checkout_started', 2, { products: [{ product_id: 'b' }] })],
      { b: 1 },
    ],
    [
      'stays at a checkout that names no products',
      [add(1, 'a'), event('checkout_started', 2, { value: 10 })],
      { a: 1 },
    ],
    [
      'counts two lines of one product together',
      [
        event('cart_viewed', 1, {
          products: [
            { product_id: 'a', variant: 'M' },
            { product_id: 'a', variant: 'L' },
          ],
        }),
      ],
      { a: 2 },
    ],
    ['begins anew with an order', [add(1, 'a'), order(2, 'o1'), add(3, 'b')], { b: 1 }],
    ['gives what was done at the very moment of the order to the order', [add(2, 'a'), order(2, 'o1')], {}],
    ['leaves out what was done before the last order and is told late', [order(2, 'o1'), add(1, 'a')], {}],
    ['forgets what an order told late has bought', [add(1, 'a'), add(3, 'b'), order(2, 'o1')], { b: 1 }],
    [
      'begins anew with a cancelled order too',
      [add(1, 'a'), order(2, 'o1'), event('order_cancelled', 3, { order_id: 'o1' })],
      {},
    ],
    ['takes no notice of an event without a product', [event('product_added', 1, { price: 3 })], {}],
    ['takes no notice of an event called "constructor"', [event('constructor', 1, { product_id: 'a' })], {}],
  ])('%s', (_name, events, expected) => {
    expect(cart(...events)).toEqual(expected);
    expect(cart(...events.toReversed())).toEqual(expected);
  });

  test('takes what was done at one moment in the order of adding, removing, showing', () => {
    const [first, second] = [
      anEvent('product_removed', { product_id: 'a' }, START, 'a'),
      anEvent('product_added', { product_id: 'a' }, START, 'b'),
    ];
    const shown = anEvent('cart_viewed', { products: [{ product_id: 'c' }] }, START, '0');
    expect(cart(first, second)).toEqual({});
    expect(cart(shown, first, second)).toEqual({ c: 1 });
  });

  test('counts an event once, however often it is folded', () => {
    const once = add(1, 'a');
    expect(cart(once, once)).toEqual({ a: 1 });
  });

  test('knows its value, pieces, address and when it last changed', () => {
    const url = 'https://shop.example/cart/1';
    const { profile } = afterEvents(
      [
        add(1, 'a', { price: 0.1, quantity: 3 }),
        add(5, 'b', { price: '19.90', cart_url: url, currency: 'mxn' }),
      ],
      [],
    );
    expect(cartView(profile.cart)).toMatchObject({
      count: 4,
      value: 20.2,
      currency: 'MXN',
      url,
      updated_at: START + 5 * MINUTE,
    });
  });

  test('forgets the oldest of more changes than a person makes', () => {
    const many = Array.from({ length: 205 }, (_, minute) => add(minute, `p${minute}`));
    const { changes } = afterEvents(many, []).profile.cart;
    expect(changes).toHaveLength(200);
    expect(changes[0]?.products[0]?.product_id).toBe('p5');
  });
});

describe('orders', () => {
  test('that are told twice count once, from the earlier telling', () => {
    const twice = [order(1, 'o1', { revenue: 50 }), order(3, 'o1', { revenue: 55 })];
    for (const events of [twice, twice.toReversed()])
      expect(orders(...events)).toMatchObject({ count: 1, value: 50, last: START + MINUTE });
  });

  test('that are told twice empty the cart up to the later telling, in whatever order they arrive', () => {
    const events = [order(1, 'o1'), add(2, 'a'), order(3, 'o1'), add(4, 'b')];
    const [first, between, second, last] = events as [Event, Event, Event, Event];
    expect(cart(first, between, second, last)).toEqual({ b: 1 });
    expect(cart(last, second, between, first)).toEqual({ b: 1 });
  });

  test('of one id told at one moment with different sums are settled the same way round', () => {
    const [one, other] = [order(1, 'o1', { revenue: 50 }), order(1, 'o1', { revenue: 60 })];
    expect(orders(one, other)).toEqual(orders(other, one));
  });

  test('without an id count by the event', () => {
    expect(
      orders(event('order_completed', 1, { revenue: 5 }), event('order_completed', 1, { revenue: 5 })).count,
    ).toBe(2);
  });

  test('that are cancelled do not count, in whatever order that is told', () => {
    const events = [
      order(1, 'o1'),
      order(2, 'o2', { revenue: 7 }),
      event('order_cancelled', 3, { order_id: 'o2' }),
    ];
    for (const list of [events, events.toReversed()])
      expect(orders(...list)).toEqual({
        count: 1,
        value: 50,
        first: START + MINUTE,
        last: START + MINUTE,
        last_id: 'o1',
      });
  });

  test('that are refunded are worth less; the same refund told twice is one', () => {
    const refund = (minute: number) => event('order_refunded', minute, { order_id: 'o1', total: 20 });
    for (const list of [
      [order(1, 'o1'), refund(2), refund(3)],
      [refund(2), order(1, 'o1')],
    ])
      expect(orders(...list)).toMatchObject({ count: 1, value: 30 });
  });

  test('may have ids like what every object has', () => {
    for (const order_id of ['constructor', '__proto__', 'toString']) {
      const events = [order(1, order_id), event('order_refunded', 2, { order_id, total: 20 })];
      expect(orders(...events)).toMatchObject({ count: 1, value: 30 });
      expect(orders(...events, event('order_cancelled', 3, { order_id })).count).toBe(0);
    }
  });

  test('are none for somebody who has not bought', () => {
    expect(orders()).toEqual({ count: 0, value: 0, first: undefined, last: undefined, last_id: undefined });
  });
});
