import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cartView } from '../../../src/core/contacts/cart.ts';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { fold } from '../../../src/core/contacts/fold.ts';
import { emptyProfile } from '../../../src/core/contacts/contact.ts';
import { planMemory } from '../../../src/core/contacts/memory.ts';
import { mergeContacts, mergeProfiles } from '../../../src/core/contacts/merge.ts';
import type { Event } from '../../../src/core/events/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  aContact,
  anEvent,
  aProject,
  aQuestion,
  aStory,
  at,
  DAY,
  HOUR,
  MINUTE,
} from '../../support/build.ts';

const START = at('2026-03-02T12:00');
const plan = planMemory([
  ...aQuestion('{ event: product_viewed, at_least: 3, within: 14 days }').memory,
  ...aQuestion('{ event: order_completed }').memory,
]);

function profileOf(events: readonly Event[]) {
  return events.reduce((profile, event) => fold(profile, event, plan), emptyProfile());
}

describe('profiles', () => {
  const said = (name: string, minute: number, properties: JsonObject) =>
    anEvent(name, properties, START + minute * MINUTE);

  test('keep the newest of each field, all memories, one cart and all orders', () => {
    const phone = profileOf([
      said('identified', 1, { plan: 'free', city: 'Lima' }),
      said('product_viewed', 2, {}),
      said('product_added', 3, { product_id: 'a' }),
      said('product_added', 9, { product_id: 'b' }),
    ]);
    const laptop = profileOf([
      said('identified', 5, { plan: 'club' }),
      said('product_viewed', 1, {}),
      said('order_completed', 6, { order_id: 'o1', revenue: 5 }),
    ]);
    const merged = mergeProfiles(phone, laptop, plan);
    expect(merged.fields).toEqual({
      plan: { value: 'club', at: START + 5 * MINUTE },
      city: { value: 'Lima', at: START + MINUTE },
    });
    expect(merged.memory.product_viewed).toMatchObject({
      count: 2,
      times: [START + MINUTE, START + 2 * MINUTE],
    });
    expect(cartView(merged.cart).items.map(({ product_id }) => product_id)).toEqual(['b']);
    expect(merged.orders.list).toHaveLength(1);
  });

  test.each([
    ['yes and no', true, 5, false, 1, { granted: false, at: START + MINUTE }],
    ['no and a later yes', false, 1, true, 5, { granted: false, at: START + MINUTE }],
    ['two times yes', true, 1, true, 5, { granted: true, at: START + 5 * MINUTE }],
    ['two times no', false, 9, false, 5, { granted: false, at: START + 9 * MINUTE }],
  ])('take the strictest consent of %s', (_name, one, at_one, other, at_other, consent) => {
    const word = (granted: boolean, minute: number) =>
      profileOf([said(granted ? 'consent_given' : 'unsubscribed', minute, {})]);
    const [a, b] = [word(one, at_one), word(other, at_other)];
    expect(mergeProfiles(a, b, plan).consent).toMatchObject({ email: consent });
    expect(mergeProfiles(b, a, plan).consent).toMatchObject({ email: consent });
  });

  test('come out as if everything had happened to one contact, whichever goes into the other', () => {
    const happened = fc.record({
      name: fc.constantFrom(
        'identified',
        'product_viewed',
        'product_added',
        'order_completed',
        'order_refunded',
      ),
      minute: fc.integer({ min: 0, max: 6 }),
      id: fc.constantFrom('x', 'y'),
      amount: fc.integer({ min: 1, max: 3 }),
      first: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(happened, { maxLength: 14 }), (list) => {
        const all = list.map(({ name, minute, id, amount, first }) => {
          const properties = {
            product_id: id,
            order_id: id,
            quantity: amount,
            revenue: amount,
            [id]: amount,
          };
          return { event: said(name, minute, properties), first };
        });
        const one = profileOf(all.filter(({ first }) => first).map(({ event }) => event));
        const other = profileOf(all.filter(({ first }) => !first).map(({ event }) => event));
        const together = profileOf(all.map(({ event }) => event));
        expect(mergeProfiles(one, other, plan)).toEqual(together);
        expect(mergeProfiles(other, one, plan)).toEqual(together);
      }),
      { numRuns: 200 },
    );
  });
});

describe('contacts', () => {
  const ORDER = ['awareness', 'decision'];
  const merge = (kept: Contact, gone: Contact) => mergeContacts(kept, gone, plan, ORDER, START);

  test('stand at the further of the two stages until the rules decide anew', () => {
    const near = aContact({ id: 'near', stage: 'awareness', since: START - DAY });
    const far = aContact({ id: 'far', stage: 'decision', since: START - HOUR });
    for (const { contact } of [merge(near, far), merge(far, near)])
      expect(contact).toMatchObject({ stage: 'decision', stage_since: START - HOUR, settled_until: START });
    expect(merge(near, far).contact.id).toBe('near');
  });

  test('of one stage have stood there since the earlier of the two', () => {
    const early = aContact({ since: START - DAY });
    const late = aContact({ since: START - HOUR });
    for (const { contact } of [merge(early, late), merge(late, early)])
      expect(contact.stage_since).toBe(START - DAY);
  });

  test('join what was sent, in order, so that limits count for the person', () => {
    const sent = (...hours: number[]) => ({
      ...aContact(),
      sent: hours.map((hour) => ({ at: START + hour * HOUR, purpose: 'promotion' as const })),
    });
    const { contact } = merge(sent(1, 5), sent(3));
    expect(contact.sent.map((mark) => (mark.at - START) / HOUR)).toEqual([1, 3, 5]);
  });
});

describe('runs', () => {
  const project = aProject({
    workflows: {
      cart: 'enter_when: { event: product_added }\nre_enter: always\nexit_when: { event: order_completed }\nsteps: [{ wait: 9 days }, { send_email: reminder }]',
      welcome: 'enter_when: { event: joined }\nsteps: [{ wait: 9 days }]',
      quiet:
        'enter_when: { field: orders.last, not_within: 60 days }\nre_enter: always\nsteps: [{ wait: 1 day }]',
    },
  });
  const happened = (id: string, ...list: readonly (readonly [string, number])[]) => {
    const story = aStory(project, aContact({ id }));
    for (const [name, hour] of list)
      story.tell(
        START + hour * HOUR,
        anEvent(name, { product_id: 'a', order_id: `${id}${hour}` }, START + hour * HOUR),
      );
    return story;
  };

  test('of the contact that goes away go on, numbered after those of the one that stays', () => {
    const kept = happened('k', ['product_added', 0], ['order_completed', 1]);
    const gone = happened('g', ['joined', 1], ['product_added', 2]);
    const { runs } = kept.merge(START + 5 * HOUR, gone.contact);
    expect(runs.map(({ workflow, number }) => `${workflow}#${number}`).sort()).toEqual([
      'cart#2',
      'welcome#1',
    ]);
    expect(kept.contact.entries).toMatchObject({ cart: { count: 2 }, welcome: { count: 1 } });
    const { next_due_at } = kept.tell(START + 6 * HOUR);
    expect(next_due_at).toBe(START + HOUR + 9 * DAY);
  });

  test.each([
    [0, 2],
    [2, 0],
  ])('of one workflow: entered after %i and %i hours, the earlier goes on', (mine, theirs) => {
    const kept = happened('k', ['product_added', mine]);
    kept.merge(START + 5 * HOUR, happened('g', ['product_added', theirs]).contact);
    expect(kept.contact.runs).toMatchObject([{ entered_at: START }]);
    const ended = kept.runs.find(({ outcome }) => outcome === 'merged');
    expect(ended).toMatchObject({
      entered_at: START + 2 * HOUR,
      ended_at: START + 5 * HOUR,
      ended_because: { en: 'two contacts became one, and the other run of this workflow goes on' },
    });
    kept.tell(START + 30 * DAY);
    expect(kept.messages).toHaveLength(1);
  });

  test('of one contact end by what the other one did', () => {
    const kept = happened('k', ['product_added', 0]);
    const gone = happened('g', ['order_completed', 1]);
    kept.merge(START + 5 * HOUR, gone.contact);
    expect(kept.runs.map(({ outcome }) => outcome)).toEqual(['exited']);
    expect(kept.contact.stage).toBe('awareness');
  });

  test('do not begin for a condition that held already for one of the two', () => {
    const customer = () => {
      const story = happened('customer', ['order_completed', 0]);
      story.tell(START + 70 * DAY);
      return story;
    };
    const visitor = () => {
      const story = aStory(project, aContact({ id: 'visitor' }));
      story.tell(START + 69 * DAY, anEvent('page_viewed', {}, START + 69 * DAY));
      return story;
    };
    for (const [kept, gone] of [
      [customer(), visitor()],
      [visitor(), customer()],
    ] as const) {
      const { contact } = kept.merge(START + 71 * DAY, gone.contact);
      expect(contact.entries.quiet).toMatchObject({ count: 1, held: true });
    }
  });

  test('keep apart when three contacts become one at the same moment', () => {
    const kept = happened('k', ['product_added', 0]);
    const goners = [happened('g', ['product_added', 1]), happened('h', ['product_added', 2])];
    for (const gone of goners) kept.merge(START + 5 * HOUR, gone.contact);
    expect(kept.runs.map(({ number, outcome }) => [number, outcome])).toEqual([
      [1, null],
      [2, 'merged'],
      [3, 'merged'],
    ]);
  });
});
