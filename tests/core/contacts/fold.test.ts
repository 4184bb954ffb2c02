import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byOccurrence, fold } from '../../../src/core/contacts/fold.ts';
import { emptyProfile, type Profile } from '../../../src/core/contacts/contact.ts';
import { planMemory } from '../../../src/core/contacts/memory.ts';
import { decide } from '../../../src/core/decide.ts';
import type { Event } from '../../../src/core/events/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { aContact, anEvent, aProject, aQuestion, at, DAY, MINUTE } from '../../support/build.ts';

const START = at('2026-03-01T00:00');

const properties: Record<string, fc.Arbitrary<JsonObject>> = {
  identified: fc.record({
    plan: fc.constantFrom('free', 'club', null),
    address: fc.constantFrom<JsonObject>(
      { city: 'Madrid', zip: '28004' },
      { zip: '28004', city: 'Madrid' },
      {},
    ),
    consent: fc.constantFrom<readonly string[]>([], ['email'], ['email', 'sms']),
  }),
  product_viewed: fc.constant({}),
  product_added: fc.record({
    product_id: fc.constantFrom('p1', 'p2'),
    price: fc.constantFrom(10, 25.5),
    quantity: fc.integer({ min: 1, max: 3 }),
  }),
  product_removed: fc.record({
    product_id: fc.constantFrom('p1', 'p2'),
    quantity: fc.integer({ min: 1, max: 2 }),
  }),
  cart_viewed: fc.record({ products: fc.constantFrom([], [{ product_id: 'p3', price: 5, quantity: 2 }]) }),
  order_completed: fc.record({ order_id: fc.constantFrom('o1', 'o2'), revenue: fc.constantFrom(50, 60) }),
  order_cancelled: fc.record({ order_id: fc.constantFrom('o1', 'o2') }),
  order_refunded: fc.record({ order_id: fc.constantFrom('o1', 'o2'), total: fc.constantFrom(5, 8) }),
  consent_given: fc.record({ channel: fc.constantFrom('email', 'sms') }),
  consent_confirmed: fc.record({ topic: fc.constantFrom('tips', 'offers') }),
  consent_withdrawn: fc.record({
    topic: fc.constantFrom<string | readonly string[]>('tips', ['tips', 'offers']),
  }),
  unsubscribed: fc.record({ channel: fc.constantFrom('email', 'sms') }),
  complaint_opened: fc.constant({}),
};

/** Days apart, and quite often at the same moment. */
const happened = fc.constantFrom(...Object.keys(properties)).chain((name) =>
  fc.record({
    name: fc.constant(name),
    day: fc.integer({ min: 0, max: 12 }),
    properties: properties[name] as fc.Arbitrary<JsonObject>,
  }),
);
const history = fc
  .array(happened, { maxLength: 14 })
  .map((list) =>
    list.map((one, index) => anEvent(one.name, one.properties, START + one.day * DAY, `e${index}`)),
  );

/** A history, the same in another order, and where to cut that one into batches. */
const told = history.chain((events) =>
  fc.record({
    events: fc.constant(events),
    shuffled: fc.shuffledSubarray(events, { minLength: events.length }),
    cuts: fc.array(fc.integer({ min: 0, max: events.length }), { maxLength: 3 }),
  }),
);

function batchesOf(events: readonly Event[], cuts: readonly number[]): Event[][] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), events.length];
  return places.slice(1).map((end, index) => events.slice(places[index], end));
}

const plan = planMemory([
  ...aQuestion('{ event: product_viewed, at_least: 2, within: 5 days }').memory,
  ...aQuestion('{ event: [product_added, product_viewed], times: 1, within: 3 days }').memory,
  ...aQuestion('{ event: order_completed }').memory,
]);

/** As it comes back from a database, whose keys stand in an order of its own. */
function stored(profile: Profile): Profile {
  return JSON.parse(JSON.stringify(profile), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? 1 : -1)))
      : value,
  ) as Profile;
}

describe('any order of arrival', () => {
  test('folds into the same profile, also when it rests in the database in between', () => {
    fc.assert(
      fc.property(told, ({ events, shuffled }) => {
        const one = events.reduce((profile, event) => fold(profile, event, plan), emptyProfile());
        const other = shuffled.reduce((profile, event) => stored(fold(profile, event, plan)), emptyProfile());
        expect(other).toEqual(stored(one));
      }),
      { numRuns: 500 },
    );
  });

  const project = aProject({
    stages: `stages:
  - { id: awareness, start_here: true }
  - { id: consideration, enter_when: { event: product_viewed, at_least: 2, within: 5 days } }
  - { id: decision, enter_when: [{ field: cart.value, more_than: 0 }, { field: cart.updated, within: 4 days }] }
  - { id: experience, enter_when: { field: orders.count, at_least: 1 } }
  - id: loyalty
    enter_when:
      - { field: orders.value, at_least: 60 }
      - { none: [{ event: complaint_opened, within: 6 days }] }
`,
  });

  test('in any batches ends in the same profile and the same stage', () => {
    fc.assert(
      fc.property(told, fc.integer({ min: 12, max: 20 }), ({ events, shuffled, cuts }, day) => {
        const now = START + day * DAY;
        const tell = (contact: ReturnType<typeof aContact>, list: readonly Event[]) =>
          decide(
            contact,
            list.map((event) => ({ kind: 'event', event })),
            project,
            now,
          ).contact;
        const one = tell(aContact(), events);
        const other = batchesOf(shuffled, cuts).reduce(tell, aContact());
        expect(other.profile).toEqual(one.profile);
        expect(other.stage).toBe(one.stage);
      }),
      { numRuns: 300 },
    );
  });

  test('things of one moment are folded in the order in which people do them', () => {
    const names = ['order_completed', 'product_viewed', 'checkout_started', 'product_added'];
    const sorted = names.map((name) => anEvent(name, {}, START)).sort(byOccurrence);
    expect(sorted.map(({ name }) => name)).toEqual(names.toReversed().toSorted((a, b) => rank(a) - rank(b)));
    function rank(name: string): number {
      return ['product_viewed', 'product_added', 'checkout_started', 'order_completed'].indexOf(name);
    }
  });
});

describe('fields', () => {
  const told = (...events: Event[]) =>
    events.reduce((profile, event) => fold(profile, event, plan), emptyProfile()).fields;

  test('come from identify calls alone, and the latest moment wins', () => {
    const late = anEvent('identified', { plan: 'free', city: 'Quito' }, START);
    const fields = told(
      anEvent('identified', { plan: 'club' }, START + 1),
      late,
      anEvent('page_viewed', { plan: 'x' }, START + 2),
    );
    expect(fields).toEqual({ plan: { value: 'club', at: START + 1 }, city: { value: 'Quito', at: START } });
  });

  test('may be called like anything that every object has', () => {
    const fields = told(
      anEvent('identified', JSON.parse('{"constructor":"a","__proto__":"b","toString":"c"}'), START),
    );
    expect(Object.keys(fields).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as Record<string, unknown>).value).toBeUndefined();
  });
});

describe('consent', () => {
  const consents = (...events: Event[]) =>
    events.reduce((profile, event) => fold(profile, event, plan), emptyProfile()).consent;
  const given = (when: number, properties: JsonObject = {}) =>
    anEvent('consent_given', properties, START + when);
  const taken = (name: string, when: number, properties: JsonObject = {}) =>
    anEvent(name, properties, START + when);

  test.each([
    ['is absent until somebody says something', [], undefined],
    ['is given for e-mail unless another channel is named', [given(1)], true],
    ['is taken back by "consent_withdrawn"', [given(1), taken('consent_withdrawn', 2)], false],
    ['is taken back by "unsubscribed"', [given(1), taken('unsubscribed', 2)], false],
    ['can be given again', [taken('unsubscribed', 1), given(2)], true],
    ['stays taken back when the earlier yes arrives late', [taken('unsubscribed', 2), given(1)], false],
    ['of one and the same moment is no', [given(1), taken('unsubscribed', 1)], false],
    [
      'of one and the same moment is no, told the other way round',
      [taken('unsubscribed', 1), given(1)],
      false,
    ],
    [
      'is taken back in whatever letters',
      [given(1), taken('unsubscribed', 2, { channel: ' EMAIL ' })],
      false,
    ],
    [
      'is taken back where the channel cannot be read',
      [given(1), taken('unsubscribed', 2, { channel: '<?>' })],
      false,
    ],
    ['is not given where the channel cannot be read', [given(1, { channel: '<?>' })], undefined],
    ['comes with an identify call', [anEvent('identified', { consent: ['email'] }, START)], true],
    [
      'is not touched by an identify call without the channel',
      [given(1), anEvent('identified', { consent: ['sms'] }, START + 2)],
      true,
    ],
    [
      'is not given by an event called like what every object has',
      [anEvent('constructor', {}, START)],
      undefined,
    ],
  ])('%s', (_name, events, granted) => {
    expect(consents(...events).email?.granted).toBe(granted);
  });

  test('is kept per channel', () => {
    expect(
      consents(given(1, { channel: ['email', 'sms'] }), taken('unsubscribed', 2, { channel: 'sms' })),
    ).toEqual({
      email: { granted: true, at: START + 1 },
      sms: { granted: false, at: START + 2, refused_at: START + 2 },
    });
  });
});

describe('memory', () => {
  test('keeps the latest times, counts all, and takes the most that any condition asks for', () => {
    const views = [5, 1, 9, 3, 9].map((minute) => anEvent('product_viewed', {}, START + minute * MINUTE));
    const { memory } = views.reduce((profile, event) => fold(profile, event, plan), emptyProfile());
    expect(memory.product_viewed).toEqual({
      times: [9, 9].map((minute) => START + minute * MINUTE),
      count: 5,
      first: START + MINUTE,
    });
  });

  test('has another shape when a condition asks for more, and the same for the same conditions', () => {
    const shape = (...conditions: string[]) =>
      planMemory(conditions.flatMap((one) => aQuestion(one).memory)).shape;
    const two = '{ event: a, at_least: 2, within: 1 day }';
    const three = '{ event: a, at_least: 3, within: 9 days }';
    expect(shape(two, three)).toBe(shape(three));
    expect(shape(two)).not.toBe(shape(three));
    expect(shape(two, '{ event: b }')).toBe(shape('{ event: b }', two));
    expect(shape('{ event: a, where: { n: 1 } }')).not.toBe(shape('{ event: a, where: { n: 2 } }'));
  });
});
