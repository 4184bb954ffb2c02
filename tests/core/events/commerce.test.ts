import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import {
  COMMERCE_RANK,
  readCart,
  readOrder,
  readProduct,
  readProducts,
} from '../../../src/core/events/commerce.ts';
import type { Product } from '../../../src/core/events/commerce.ts';
import type { Json } from '../../../src/core/json.ts';

describe('readProduct', () => {
  it('reads every field, numbers written as texts too', () => {
    const product = {
      product_id: 'p-1',
      name: 'Kettle',
      price: '19.90',
      quantity: '2',
      variant: 'red',
      url: 'https://shop.example/kettle',
      image_url: '//cdn.example/kettle.jpg',
      category: 'Kitchen',
      brand: 'Acme',
      sku: 'K-1',
      currency: 'eur',
    };
    expect(readProduct(product)).toStrictEqual({
      ...product,
      price: 19.9,
      quantity: 2,
      image_url: 'https://cdn.example/kettle.jpg',
      currency: 'EUR',
    });
  });

  it('reads camelCase as well as snake_case', () => {
    expect(readProduct({ productId: 7, imageUrl: 'https://cdn.example/7.jpg' })).toStrictEqual({
      product_id: '7',
      quantity: 1,
      image_url: 'https://cdn.example/7.jpg',
    });
  });

  test.each<[Json, string]>([
    [{ product_id: 'p', sku: 's', id: 'i', name: 'n' }, 'p'],
    [{ product_id: '', sku: 's', id: 'i', name: 'n' }, 's'],
    [{ id: 12, name: 'n' }, '12'],
    [{ name: 'n' }, 'n'],
  ])('goes by the best name of %j', (properties, id) => {
    expect(readProduct(properties)?.product_id).toBe(id);
  });

  test.each<[keyof Product, Json, Json | undefined]>([
    ['price', '1,299', undefined],
    ['price', 'free', undefined],
    ['price', '', undefined],
    ['price', true, undefined],
    ['price', { amount: 3 }, undefined],
    ['quantity', -2, 1],
    ['quantity', 'many', 1],
    ['quantity', 0, 0],
    ['url', 'javascript:alert(1)', undefined],
    ['url', '/kettle', undefined],
    ['url', 'https://shop.example/a b', undefined],
    ['currency', 'euros', undefined],
    ['name', ['Kettle'], undefined],
  ])('reads %s %j as %j', (field, value, expected) => {
    expect(readProduct({ product_id: 'p', [field]: value })?.[field]).toBe(expected);
  });

  test.each<[Json | undefined]>([[undefined], [null], ['p-1'], [[]], [{}], [{ price: 3 }]])(
    'finds no product in %j',
    (properties) => {
      expect(readProduct(properties)).toBeUndefined();
    },
  );

  it('does not take what every object inherits for a field', () => {
    expect(readProduct(JSON.parse('{"__proto__": {"product_id": "p"}}') as Json)).toBeUndefined();
  });
});

describe('readProducts', () => {
  it('keeps what can be read and leaves the rest out', () => {
    const ids = readProducts([{ product_id: 'a' }, null, 'b', {}, { sku: 'c' }]).map(
      (item) => item.product_id,
    );
    expect(ids).toEqual(['a', 'c']);
  });

  it('is empty for what is no list', () => {
    expect(readProducts({ product_id: 'a' })).toEqual([]);
  });
});

describe('readOrder', () => {
  test.each<[Json, number | undefined]>([
    [{ revenue: 1, total: 2, value: 3, subtotal: 4 }, 1],
    [{ total: '2', value: 3, subtotal: 4 }, 2],
    [{ revenue: 'n/a', value: 3, subtotal: 4 }, 3],
    [{ subtotal: 4 }, 4],
    [{}, undefined],
  ])('takes the revenue of %j to be %j', (properties, revenue) => {
    expect(readOrder(properties).revenue).toBe(revenue);
  });

  it('reads the order of the specification', () => {
    const order = {
      orderId: 50314,
      revenue: 25,
      currency: 'USD',
      coupon: 'hasbros',
      products: [{ sku: '45' }],
    };
    expect(readOrder(order)).toStrictEqual({
      order_id: '50314',
      revenue: 25,
      currency: 'USD',
      coupon: 'hasbros',
      products: [{ product_id: '45', sku: '45', quantity: 1 }],
    });
  });
});

describe('readCart', () => {
  test.each<[Json, string | undefined]>([
    [{ cart_url: 'https://s.example/c', url: 'https://s.example/u' }, 'https://s.example/c'],
    [{ url: 'https://s.example/u', checkout_url: 'https://s.example/k' }, 'https://s.example/u'],
    [{ checkoutUrl: 'https://s.example/k' }, 'https://s.example/k'],
    [{ cart_url: 'nowhere', url: 'https://s.example/u' }, 'https://s.example/u'],
    [{}, undefined],
  ])('finds the way back of %j', (properties, url) => {
    expect(readCart(properties).url).toBe(url);
  });

  it('reads id, value, currency and products', () => {
    const cart = {
      cart_id: 'c-1',
      value: '30.5',
      currency: 'EUR',
      products: [{ product_id: 'a', price: 30.5 }],
    };
    expect(readCart(cart)).toStrictEqual({
      cart_id: 'c-1',
      value: 30.5,
      currency: 'EUR',
      products: [{ product_id: 'a', price: 30.5, quantity: 1 }],
    });
  });
});

describe('COMMERCE_RANK', () => {
  it('puts looking before filling the cart, before checking out, before ordering', () => {
    const names = ['order_completed', 'checkout_started', 'product_viewed', 'product_added'];
    const sorted = names.toSorted((a, b) => (COMMERCE_RANK[a] ?? 0) - (COMMERCE_RANK[b] ?? 0));
    expect(sorted).toEqual(['product_viewed', 'product_added', 'checkout_started', 'order_completed']);
  });

  it('has no rank for names that every object inherits', () => {
    expect(COMMERCE_RANK['constructor']).toBeUndefined();
    expect(COMMERCE_RANK['toString']).toBeUndefined();
  });
});

property.prop([fc.jsonValue()])('nothing that a shop can send makes a reader throw', (value) => {
  const properties = value as Json;
  readProduct(properties);
  readProducts(properties);
  expect(Array.isArray(readOrder(properties).products)).toBe(true);
  expect(Array.isArray(readCart({ products: properties, value: properties, url: properties }).products)).toBe(
    true,
  );
});
