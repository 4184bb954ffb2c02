import { existsSync, readFileSync } from 'node:fs';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import type { IncomingEvent } from '../../../src/core/events/event.ts';
import { readCalls } from '../../../src/core/events/segment.ts';
import type { Endpoint, Rejected } from '../../../src/core/events/segment.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const ada = { userId: 'ada' };
const view = { ...ada, event: 'Product Viewed' };

function read(body: unknown, endpoint: Endpoint = 'track') {
  let last = 0;
  return readCalls(body, endpoint, { received_at: NOW, new_id: () => `new-${++last}` });
}

function accept(body: unknown, endpoint: Endpoint = 'track'): IncomingEvent {
  const { accepted, rejected } = read(body, endpoint);
  expect(rejected).toEqual([]);
  return accepted[0]!;
}

function refuse(body: unknown, endpoint: Endpoint = 'track'): Rejected {
  const { accepted, rejected } = read(body, endpoint);
  expect(accepted).toEqual([]);
  expect(rejected).toHaveLength(1);
  return rejected[0]!;
}

const track = (fields: object) => accept({ ...view, ...fields });
const properties = (value: unknown) => track({ properties: value }).properties;
const traits = (value: unknown, more: object = {}) =>
  accept({ ...ada, traits: value, ...more }, 'identify').properties;

describe('each kind of call', () => {
  it('reads a track call', () => {
    const call = { ...view, anonymousId: 'a-1', messageId: 'm-1', properties: { productId: 'p' } };
    expect(accept(call)).toStrictEqual({
      message_id: 'm-1',
      type: 'track',
      name: 'product_viewed',
      user_id: 'ada',
      anonymous_id: 'a-1',
      occurred_at: NOW,
      received_at: NOW,
      properties: { product_id: 'p' },
    });
  });

  it('reads an alias call', () => {
    expect(accept({ previousId: 'a-1', userId: 'ada' }, 'alias')).toStrictEqual({
      message_id: 'new-1',
      type: 'alias',
      name: 'aliased',
      user_id: 'ada',
      previous_id: 'a-1',
      occurred_at: NOW,
      received_at: NOW,
      properties: {},
    });
  });

  test.each<[Endpoint, object, string, object]>([
    ['identify', { traits: { firstName: 'Ada' } }, 'identified', { first_name: 'Ada' }],
    ['page', { name: 'Home', properties: { URL: 'x' } }, 'page_viewed', { name: 'Home', url: 'x' }],
    ['page', { name: 'Home', properties: { name: 'Start' } }, 'page_viewed', { name: 'Start' }],
    ['page', { category: 'Docs' }, 'page_viewed', { category: 'Docs' }],
    ['screen', { name: 'Cart' }, 'screen_viewed', { name: 'Cart' }],
    ['group', { groupId: 5, traits: { planName: 'x' } }, 'group_joined', { group_id: '5', plan_name: 'x' }],
  ])('stores %s %j as %s with %j', (endpoint, fields, name, stored) => {
    const event = accept({ ...ada, ...fields }, endpoint);
    expect([event.type, event.name, event.properties]).toStrictEqual([endpoint, name, stored]);
  });

  it('goes by the path and not by "type" in a single call', () => {
    expect(track({ type: 'identify' }).type).toBe('track');
  });
});

describe('ids', () => {
  test.each([
    [7, '7'],
    [0, '0'],
    ['  ada ', 'ada'],
    ['a\u0000da', 'ada'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('takes the user id %j as %j', (userId, id) => {
    expect(track({ userId }).user_id).toBe(id);
  });

  it('takes an empty id for none', () => {
    expect(track({ userId: ' ', anonymousId: 'a' })).not.toHaveProperty('user_id');
  });

  test.each<[object, string, string, Endpoint?]>([
    [{ userId: undefined }, 'not_plain_json', '/userId'],
    [{ userId: '' }, 'no_user_anon_id', '/userId'],
    [{ userId: null }, 'no_user_anon_id', '/userId'],
    [{ userId: '', anonymousId: '  ' }, 'no_user_anon_id', '/userId'],
    [{ userId: 'x'.repeat(256) }, 'id_too_long', '/userId'],
    [{ anonymousId: 'x'.repeat(256) }, 'id_too_long', '/anonymousId'],
    [{ userId: { id: 1 } }, 'id_unreadable', '/userId'],
    [{ userId: true }, 'id_unreadable', '/userId'],
    [{ messageId: 'm'.repeat(101) }, 'id_too_long', '/messageId'],
    [{ event: '' }, 'event_missing', '/event'],
    [{ event: 3 }, 'event_missing', '/event'],
    [{ event: null }, 'event_missing', '/event'],
    [{}, 'previous_id_missing', '/previousId', 'alias'],
    [{ userId: '', anonymousId: 'a', previousId: 'p' }, 'user_id_missing', '/userId', 'alias'],
    [{}, 'group_id_missing', '/groupId', 'group'],
    [{ traits: 'vip' }, 'not_an_object', '/traits', 'identify'],
    [{ properties: ['a'] }, 'not_an_object', '/properties'],
  ])('refuses %j with %s at %s', (fields, code, pointer, endpoint = 'track') => {
    expect(refuse({ ...view, ...fields }, endpoint)).toMatchObject({ index: 0, code, pointer });
  });

  test.each([null, 3, 'text', [], undefined])('refuses the body %j', (body) => {
    expect(refuse(body).pointer).toBe('');
    expect(refuse(body, 'batch').code).toBe('batch_missing');
  });

  it('makes a message id where there is none, and keeps one of 100 characters', () => {
    expect(track({}).message_id).toBe('new-1');
    expect(track({ messageId: '' }).message_id).toBe('new-1');
    expect(track({ messageId: 'm'.repeat(100) }).message_id).toBe('m'.repeat(100));
  });

  it('hands the message id back with the refusal', () => {
    expect(refuse({ ...ada, messageId: 'm-7' })).toMatchObject({ message_id: 'm-7', code: 'event_missing' });
    expect(refuse({ ...view, messageId: 'm'.repeat(5000) }).message_id).toHaveLength(100);
  });
});

describe('time', () => {
  const MINUTE = 60_000;
  test.each<[string, object, number]>([
    ['no time at all is the arrival', {}, NOW],
    ['a time alone is taken as sent', { timestamp: '2026-02-01T10:00:00Z' }, Date.UTC(2026, 1, 1, 10)],
    ['null is no time', { timestamp: null, sentAt: null }, NOW],
    ['sentAt alone is the arrival', { sentAt: '2020-01-01T00:00:00Z' }, NOW],
    [
      'a clock 6 years slow is taken out',
      { timestamp: '2020-01-01T00:00:00Z', sentAt: '2020-01-01T00:05:00Z' },
      NOW - 5 * MINUTE,
    ],
    [
      'a clock that woke up in 1970 is taken out',
      { timestamp: '1970-01-01T00:00:10Z', sentAt: '1970-01-01T00:01:10Z' },
      NOW - MINUTE,
    ],
    [
      'a clock 6 years fast is taken out',
      { timestamp: '2032-01-01T00:00:00Z', sentAt: '2032-01-01T00:05:00Z' },
      NOW - 5 * MINUTE,
    ],
    [
      'originalTimestamp is the one as sent',
      {
        timestamp: '2026-02-28T00:00:00Z',
        originalTimestamp: '2026-01-01T00:00:00Z',
        sentAt: '2026-01-01T00:02:00Z',
      },
      NOW - 2 * MINUTE,
    ],
    ['the future is the arrival', { timestamp: '2030-01-01T00:00:00Z' }, NOW],
    ['sent before it happened is the arrival', { timestamp: '2026-02-02', sentAt: '2026-02-01' }, NOW],
    ['an offset counts', { timestamp: '2026-02-01T10:00:00+02:00' }, Date.UTC(2026, 1, 1, 8)],
    [
      'an offset without colon counts',
      { timestamp: '2026-02-01T10:00:00-0530' },
      Date.UTC(2026, 1, 1, 15, 30),
    ],
    ['no zone is UTC', { timestamp: '2026-02-01 10:00' }, Date.UTC(2026, 1, 1, 10)],
    [
      'nanoseconds are cut',
      { timestamp: '2026-02-01T10:00:00.123999999Z' },
      Date.UTC(2026, 1, 1, 10, 0, 0, 123),
    ],
    [
      '.29 is 290 milliseconds',
      { timestamp: '2026-02-01T10:00:00.29Z' },
      Date.UTC(2026, 1, 1, 10, 0, 0, 290),
    ],
    ['the first moment of 2000 is taken', { timestamp: '2000-01-01T00:00:00Z' }, Date.UTC(2000, 0, 1)],
  ])('%s', (_, fields, occurredAt) => {
    expect(track(fields).occurred_at).toBe(occurredAt);
  });

  test.each<[object, string, string]>([
    [{ timestamp: 'yesterday' }, 'time_unreadable', '/timestamp'],
    [{ timestamp: 1_700_000_000_000 }, 'time_unreadable', '/timestamp'],
    [{ timestamp: '2026-02-30T00:00:00Z' }, 'time_unreadable', '/timestamp'],
    [{ timestamp: '2026-13-01T00:00:00Z' }, 'time_unreadable', '/timestamp'],
    [{ timestamp: '2026-01-01T25:00:00Z' }, 'time_unreadable', '/timestamp'],
    [{ timestamp: '+275760-09-13T00:00:00Z' }, 'time_unreadable', '/timestamp'],
    [{ timestamp: '2026-01-01', sentAt: 'now' }, 'time_unreadable', '/sentAt'],
    [{ originalTimestamp: {} }, 'time_unreadable', '/originalTimestamp'],
    [{ timestamp: '1999-12-31T23:59:59Z' }, 'time_too_early', '/timestamp'],
    [{ timestamp: '1970-01-01T00:00:00Z', sentAt: '2026-03-01T12:00:00Z' }, 'time_too_early', '/timestamp'],
  ])('refuses %j with %s at %s', (fields, code, pointer) => {
    expect(refuse({ ...view, ...fields })).toMatchObject({ code, pointer });
  });
});

describe('batches', () => {
  it('takes the good calls and says which are not', () => {
    const batch = [
      { ...view, type: 'track' },
      { type: 'track', ...ada },
      { ...ada, type: 'identify' },
    ];
    const { accepted, rejected } = read({ batch }, 'batch');
    expect(accepted.map((event) => event.name)).toEqual(['product_viewed', 'identified']);
    expect(rejected).toMatchObject([{ index: 1, code: 'event_missing', pointer: '/batch/1/event' }]);
  });

  test.each([undefined, 'Track', 'purchase', 3])('refuses a call of type %j', (type) => {
    const call = type === undefined ? view : { ...view, type };
    expect(refuse({ batch: [call] }, 'batch')).toMatchObject({
      code: 'type_unknown',
      pointer: '/batch/0/type',
    });
  });

  it('reads the old name "import" the same way', () => {
    expect(read({ batch: [{ ...view, type: 'track' }] }, 'import').accepted).toHaveLength(1);
  });

  it('takes 2500 calls and refuses 2501 as a whole', () => {
    const calls = Array.from({ length: 2501 }, () => ({ ...view, type: 'track' }));
    expect(read({ batch: calls.slice(1) }, 'batch').accepted).toHaveLength(2500);
    expect(refuse({ batch: calls }, 'batch')).toMatchObject({ code: 'batch_too_long', pointer: '/batch' });
  });

  it('is content with an empty batch', () => {
    expect(read({ batch: [] }, 'batch')).toEqual({ accepted: [], rejected: [] });
  });

  it("applies the batch's sentAt to each call, unless the call says its own", () => {
    const timestamp = '2020-01-01T00:00:00Z';
    const batch = [
      { ...view, type: 'track', timestamp },
      { ...view, type: 'track', timestamp, sentAt: '2020-01-01T00:00:03Z' },
    ];
    const { accepted } = read({ batch, sentAt: '2020-01-01T00:00:07Z' }, 'batch');
    expect(accepted.map((event) => NOW - event.occurred_at)).toEqual([7000, 3000]);
  });

  it('refuses a batch whose sentAt cannot be read', () => {
    const batch = [{ ...view, type: 'track' }];
    expect(refuse({ batch, sentAt: 'soon' }, 'batch')).toMatchObject({
      code: 'time_unreadable',
      pointer: '/sentAt',
    });
  });

  it("merges the batch's context into each call, whose own wins", () => {
    const batch = [
      { ...ada, type: 'identify' },
      { ...ada, type: 'identify', context: { locale: 'de-DE' } },
    ];
    const { accepted } = read({ batch, context: { locale: 'es-MX', timezone: 'Europe/Madrid' } }, 'batch');
    expect(accepted.map((event) => event.properties)).toEqual([
      { language: 'es', time_zone: 'Europe/Madrid' },
      { language: 'de', time_zone: 'Europe/Madrid' },
    ]);
  });

  it('refuses a hostile context of the batch as a whole', () => {
    const batch = [{ ...view, type: 'track' }];
    const context = nested(40);
    expect(refuse({ batch, context }, 'batch').code).toBe('too_deep');
  });
});

describe('traits', () => {
  test.each<[object, object]>([
    [{ timezone: 'Europe/Madrid' }, { time_zone: 'Europe/Madrid' }],
    [{ timeZone: 'Europe/Madrid' }, { time_zone: 'Europe/Madrid' }],
    [{ locale: 'ES-mx' }, { language: 'es' }],
    [{ locale: 'pt_BR' }, { language: 'pt' }],
    [{ locale: 'fil-PH' }, {}],
    [{ locale: 'en', language: 'es-ES' }, { language: 'es' }],
    [{ language: 'English' }, { language: 'English' }],
    [{ firstname: 'A', first_name: 'B', firstName: 'C' }, { first_name: 'B' }],
    [{ first_name: 'B', firstName: 'C' }, { first_name: 'B' }],
    [{ createdAt: 'x' }, { created_at: 'x' }],
    [
      { address: { country: 'ES', city: 'Jaca', postalCode: '22700' } },
      { address: { country: 'ES', city: 'Jaca', postalCode: '22700' }, country: 'ES', city: 'Jaca' },
    ],
    [
      { address: { country: 'ES' }, country: 'FR' },
      { address: { country: 'ES' }, country: 'FR' },
    ],
    [{ address: 'Main St 1' }, { address: 'Main St 1' }],
    [{ email: null }, { email: null }],
  ])('reads %j as the fields %j', (given, fields) => {
    expect(traits(given)).toStrictEqual(fields);
  });

  it('fills language and time zone from the context, if the traits do not say them', () => {
    const context = { locale: 'es-ES', timezone: 'Europe/Madrid', ip: '8.8.8.8' };
    expect(traits({}, { context })).toStrictEqual({ language: 'es', time_zone: 'Europe/Madrid' });
    expect(traits({ locale: 'fr', timeZone: 'Europe/Paris' }, { context })).toStrictEqual({
      language: 'fr',
      time_zone: 'Europe/Paris',
    });
  });
});

describe('properties', () => {
  it('writes keys in snake_case at the top and in products, and leaves deeper data alone', () => {
    const given = {
      productId: 'p',
      products: [{ productId: 'a', options: { giftWrap: true } }, 'b'],
      cartData: { aB: 1 },
    };
    expect(properties(given)).toStrictEqual({
      product_id: 'p',
      products: [{ product_id: 'a', options: { giftWrap: true } }, 'b'],
      cart_data: { aB: 1 },
    });
  });

  it('keeps of the context what is worth keeping, and never the address or the traits', () => {
    const context = {
      ip: '8.8.8.8',
      userAgent: 'x',
      traits: { email: 'a@example.org' },
      campaign: { name: 'spring', source: 'mail' },
      page: {
        url: 'https://s.example/',
        referrer: 'https://g.example/',
        path: '/',
        title: 'Home',
        search: '?token=1',
      },
      device: { type: 'ios', advertisingId: '123' },
      library: { name: 'analytics.js', version: '1' },
      locale: 'es-ES',
      timezone: 'Europe/Madrid',
    };
    expect(track({ context }).properties).toStrictEqual({
      context: {
        campaign: { name: 'spring', source: 'mail' },
        page: { url: 'https://s.example/', referrer: 'https://g.example/', path: '/' },
        device: { type: 'ios' },
        library: { name: 'analytics.js' },
        locale: 'es-ES',
        timezone: 'Europe/Madrid',
      },
    });
  });

  test.each([{}, { ip: '8.8.8.8' }, { page: 'x', device: [], campaign: 3 }, null, 'x'])(
    'stores no context for %j',
    (context) => {
      expect(track({ context }).properties).toStrictEqual({});
    },
  );
});

describe('hostile data', () => {
  it('never pollutes a prototype and drops the keys that could', () => {
    const call = JSON.parse(
      `{"userId": "ada", "event": "x", "properties": {"__proto__": {"polluted": 1}, "Constructor": 2,
        "constructor": {"prototype": {"polluted": 1}}, "a": [{"__proto__": {"polluted": 1}, "prototype": 3, "b": 4}],
        "__pro\\u0000to__": {"polluted": 1}, "toString": "kept"},
        "context": {"__proto__": {"polluted": 1}, "campaign": {"__proto__": {"polluted": 1}, "name": "n"}}}`,
    ) as unknown;
    const stored = accept(call).properties;
    expect(JSON.stringify(stored)).not.toContain('polluted');
    expect(stored).toStrictEqual({ a: [{ b: 4 }], to_string: 'kept', context: { campaign: { name: 'n' } } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((stored['a'] as unknown as Record<string, unknown>[])[0]!['polluted']).toBeUndefined();
  });

  it('removes what PostgreSQL cannot store from values and keys', () => {
    expect(properties({ 'a\u0000b': 'x\u0000y\ud800z', pair: '😀' })).toStrictEqual({
      ab: 'xyz',
      pair: '😀',
    });
  });

  test.each<[string, unknown, string, string]>([
    ['a number beyond double', JSON.parse('{"n": {"x": 1e400}}'), 'number_not_finite', '/properties/n/x'],
    ['33 levels', nested(33), 'too_deep', '/properties' + '/a'.repeat(32)],
    ['257 keys', { deep: keys(257) }, 'too_many_keys', '/properties/deep'],
    [
      'a string of 64 KiB and more',
      { 'a/b': 'é'.repeat(32 * 1024 + 1) },
      'string_too_long',
      '/properties/a~1b',
    ],
    ['a date object', { at: new Date(0) }, 'not_plain_json', '/properties/at'],
    ['a function', { f: () => 1 }, 'not_plain_json', '/properties/f'],
    ['a hole', { list: [undefined] }, 'not_plain_json', '/properties/list/0'],
    ['33 KB', { a: 'x'.repeat(33 * 1024) }, 'too_large', ''],
  ])('refuses %s', (_, given, code, pointer) => {
    expect(refuse({ ...view, properties: given })).toMatchObject({ code, pointer });
  });

  it('takes 32 levels and 256 keys', () => {
    expect(track({ properties: nested(32) }).name).toBe('product_viewed');
    expect(Object.keys(properties(keys(256)))).toHaveLength(256);
  });

  it('counts bytes and not characters', () => {
    expect(track({ properties: { a: 'x'.repeat(32 * 1024 - 100) } }).name).toBe('product_viewed');
    expect(refuse({ ...view, properties: { a: '€'.repeat(11 * 1024) } }).code).toBe('too_large');
  });

  it('refuses a call nested 200 000 levels without overflowing', () => {
    const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)) as unknown;
    expect(refuse({ ...view, properties: { deep } }).code).toBe('too_deep');
    expect(refuse({ ...view, context: { deep } }).code).toBe('too_deep');
  });

  property.prop([fc.anything(), fc.constantFrom<Endpoint[]>('track', 'identify', 'alias', 'batch')])(
    'any value at all is either taken or refused',
    (body, endpoint) => {
      for (const call of [body, { ...ada, event: 'x', properties: body, traits: body, batch: [body] }]) {
        const { accepted, rejected } = read(call, endpoint);
        expect(accepted.length + rejected.length).toBeLessThanOrEqual(1);
      }
    },
  );

  property.prop([fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())])(
    'what is taken is JSON that PostgreSQL stores',
    (given) => {
      for (const event of read({ ...view, properties: given }).accepted) {
        const json = JSON.stringify(event.properties);
        expect(JSON.parse(json)).toEqual(event.properties);
        // Without backslashes that stand for themselves, what is left of \\u is an escape.
        expect(json.replaceAll('\\\\', '')).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }
    },
  );
});

const PAYLOADS = '../shared/data/segment-spec-events/payloads.jsonl';

describe.skipIf(!existsSync(PAYLOADS))(
  `the examples of the specification (skipped without ${PAYLOADS})`,
  () => {
    const payloads = existsSync(PAYLOADS) ? readPayloads() : [];

    it('are 75, of which the specification prints 10 without any id', () => {
      expect(payloads).toHaveLength(75);
      expect(payloads.filter(isNameless)).toHaveLength(10);
    });

    it('are all taken, once each says whom it speaks of', () => {
      const rejected = payloads.flatMap((payload) => {
        const named = isNameless(payload) ? { ...payload, anonymousId: 'a-1' } : payload;
        return read(named, endpointOf(payload)).rejected;
      });
      expect(rejected).toEqual([]);
    });

    it('are refused only for the id that is missing', () => {
      const codes = payloads.filter(isNameless).map((payload) => refuse(payload, endpointOf(payload)).code);
      expect(new Set(codes)).toEqual(new Set(['no_user_anon_id']));
    });

    it('are all taken as one batch', () => {
      const batch = payloads.map((payload) => ({
        anonymousId: 'a-1',
        ...payload,
        type: endpointOf(payload),
      }));
      expect(read({ batch }, 'batch').accepted).toHaveLength(75);
    });
  },
);

type Payload = Readonly<Record<string, unknown>>;

function readPayloads(): Payload[] {
  const lines = readFileSync(PAYLOADS, 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { payload: Payload }).payload);
}

function endpointOf(payload: Payload): Endpoint {
  return (payload['type'] as Endpoint | undefined) ?? 'track';
}

function isNameless(payload: Payload): boolean {
  return payload['userId'] === undefined && payload['anonymousId'] === undefined;
}

/** Objects within objects: `levels` of them. */
function nested(levels: number): object {
  return levels === 1 ? {} : { a: nested(levels - 1) };
}

function keys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}
