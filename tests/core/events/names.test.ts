import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { CALL_NAMES, eventName, fieldName, propertyName } from '../../../src/core/events/names.ts';

describe('eventName', () => {
  test.each([
    ['Product Added', 'product_added'],
    ['product_added', 'product_added'],
    ['productAdded', 'product_added'],
    ['PRODUCT ADDED', 'product_added'],
    ['  Product -- Added! ', 'product_added'],
    ['HTMLPage Viewed', 'html_page_viewed'],
    ['Order2Completed', 'order2_completed'],
    ['Artículo Añadido', 'articulo_anadido'],
    ['Größe gewählt', 'grosse_gewahlt'],
    ['Ǣ', 'ae'],
    ["Didn't Buy", 'didnt_buy'],
    ['購入 完了', '購入_完了'],
    ['__proto__', 'proto'],
  ])('writes %j as %j', (text, name) => {
    expect(eventName(text)).toBe(name);
  });

  test.each([
    ['Viewed Product', 'product_viewed'],
    ['Added Product', 'product_added'],
    ['Removed Product', 'product_removed'],
    ['Viewed Product Category', 'product_list_viewed'],
    ['Clicked Promotion', 'promotion_clicked'],
    ['Completed Order', 'order_completed'],
    ['completedOrder', 'order_completed'],
    ['Order Canceled', 'order_cancelled'],
  ])('knows %j of the first specification as %j', (text, name) => {
    expect(eventName(text)).toBe(name);
  });

  test.each(['', ' ', '!!!', '___', '\u0000', '\ud800'])('gives %j a name all the same', (text) => {
    expect(eventName(text)).toBe('unnamed');
  });

  it('cuts a long name at 100 characters and never in the middle of a character', () => {
    expect(eventName('a'.repeat(5000))).toBe('a'.repeat(100));
    expect(eventName('a' + '𐐨'.repeat(80))).toBe('a' + '𐐨'.repeat(49));
  });

  property.prop([fc.oneof(fc.string({ unit: 'binary', maxLength: 150 }), fc.string({ unit: 'grapheme' }))])(
    'is stable, bounded, and never empty for any text',
    (text) => {
      const name = eventName(text);
      expect(eventName(name)).toBe(name);
      expect(name.length).toBeGreaterThan(0);
      expect(name.length).toBeLessThanOrEqual(100);
      expect(name).not.toMatch(/[^\p{L}\p{M}\p{N}_]|[A-Z]/u);
    },
  );
});

describe('fieldName and propertyName', () => {
  test.each([
    ['firstName', 'first_name'],
    ['firstname', 'first_name'],
    ['first_name', 'first_name'],
    ['createdAt', 'created_at'],
    ['timezone', 'time_zone'],
    ['timeZone', 'time_zone'],
    ['total billed', 'total_billed'],
    ['postalCode', 'postal_code'],
  ])('calls the trait %j the field %j', (trait, field) => {
    expect(fieldName(trait)).toBe(field);
  });

  test.each([
    ['productId', 'product_id'],
    ['productIDs', 'product_ids'],
    ['imageURL', 'image_url'],
    ['Feed Type', 'feed_type'],
    ['timezone', 'timezone'],
  ])('calls the property %j %j', (key, name) => {
    expect(propertyName(key)).toBe(name);
  });
});

it('names the calls that carry no event name', () => {
  expect(CALL_NAMES).toEqual({
    identify: 'identified',
    page: 'page_viewed',
    screen: 'screen_viewed',
    group: 'group_joined',
    alias: 'aliased',
  });
});
