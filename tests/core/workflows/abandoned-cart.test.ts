/** The workflow that everybody knows, through one contact's days. */
import { describe, expect, test } from 'vitest';
import { aContact, anEvent, aProject, aStory, type Story } from '../../support/build.ts';

const WORKFLOW = `
enter_when:
  event: [product_added, checkout_started]
only_if:
  - field: cart.value
    more_than: 0
re_enter: { after: 7 days }
exit_when:
  - event: order_completed
  - field: cart.items
    is: 0
goal: { event: order_completed, within: 7 days }
steps:
  - wait: 1 hour
    since: last_event
  - wait_until: { hours: sending }
  - send_email: reminder_1
  - wait: 22 hours
  - wait_until: { hours: sending }
  - send_email: reminder_2
  - wait: 2 days
  - branch:
      - name: Big cart
        when: { field: cart.value, at_least: 100 }
        steps:
          - send_email: reminder_3_free_shipping
      - otherwise:
          - send_email: reminder_3
  - wait_for: { event: order_completed }
    up_to: 3 days
    if_not:
      - update_contact: { lost_cart: true }
  - exit: three reminders sent
`;
const project = aProject({
  hours: `calendars:
  sending:
    title: When we may write
    open: { weekdays: 09:00-20:00, weekends: 10:00-18:00 }
`,
  workflows: { abandoned_cart: WORKFLOW },
});

/** Mexico City, six hours behind UTC all year: all moments below are written so. */
const mexican = (when: string) => `${when}-06:00`;
const add = (when: string, price = 89) =>
  anEvent('product_added', { product_id: 's1', price }, mexican(when));
const remove = (when: string) => anEvent('product_removed', { product_id: 's1' }, mexican(when));
const order = (when: string, order_id = 'o1') =>
  anEvent('order_completed', { order_id, revenue: 89 }, mexican(when));

function ana(): Story {
  return aStory(project, aContact({ fields: { time_zone: 'America/Mexico_City' } }));
}

function ending(story: Story, number = 1) {
  const run = story.runs.find((one) => one.number === number);
  return run && [run.outcome, run.ended_because?.en];
}

describe('an abandoned cart', () => {
  test('gets three reminders, in the contact’s own hours, and then none', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T16:30'), add('2026-11-20T16:30')); // a Friday
    story.tell('2027-01-01T00:00');
    expect(story.messages).toEqual([
      '2026-11-20T23:30 reminder_1', // 17:30 in Mexico
      '2026-11-21T21:30 reminder_2', // 15:30 the day after
      '2026-11-23T21:30 reminder_3',
    ]);
    expect(story.runs).toHaveLength(1);
    expect(ending(story)).toEqual(['completed', 'three reminders sent']);
    expect(story.contact.profile.fields.lost_cart?.value).toBe(true);
  });

  test('is never reminded at night', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T23:30'), add('2026-11-20T23:30', 150));
    story.tell('2027-01-01T00:00');
    expect(story.messages).toEqual([
      '2026-11-21T16:00 reminder_1', // Saturday opens at 10
      '2026-11-22T16:00 reminder_2',
      '2026-11-24T16:00 reminder_3_free_shipping',
    ]);
  });

  test('waits one hour anew with each thing put into it', () => {
    const story = ana();
    for (const when of ['2026-11-20T12:00', '2026-11-20T12:50', '2026-11-20T13:30'])
      story.tell(mexican(when), add(when));
    expect(story.messages).toEqual([]);
    story.tell(mexican('2026-11-20T15:00'));
    expect(story.messages).toEqual(['2026-11-20T20:30 reminder_1']);
  });

  test('is not put off by an older event that is told late', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-20T12:00'));
    const { next_due_at } = story.tell(mexican('2026-11-20T12:30'), add('2026-11-20T11:50'));
    expect(next_due_at).toBe(Date.parse(mexican('2026-11-20T13:00')));
  });

  test('that is bought gets no further reminder, and counts as won', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-20T12:00'));
    story.tell(mexican('2026-11-20T14:00'), order('2026-11-20T14:00'));
    story.tell('2027-01-01T00:00');
    expect(story.messages).toEqual(['2026-11-20T19:00 reminder_1']);
    expect(ending(story)).toEqual(['converted', 'order_completed happened once']);
  });

  test('that is emptied is left alone', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-20T12:00'));
    story.tell(mexican('2026-11-20T12:10'), remove('2026-11-20T12:10'));
    story.tell('2027-01-01T00:00');
    expect(story.messages).toEqual([]);
    expect(ending(story)).toEqual(['exited', 'cart.items is 0 (asked: is 0)']);
  });

  test('ends by an order that happened before the entry and is told after it', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-20T12:00'));
    story.tell(mexican('2026-11-20T12:30'), order('2026-11-20T11:59'));
    expect(ending(story)).toEqual(['exited', 'order_completed happened once']);
    story.tell('2027-01-01T00:00');
    expect(story.messages).toEqual([]);
  });

  test('does not begin where the order is known already when the cart is told late', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T13:00'), order('2026-11-20T13:00'));
    story.tell(mexican('2026-11-20T13:05'), add('2026-11-20T12:00'));
    expect(story.runs).toEqual([]);
  });

  test('after an outage is reminded once, in hours by the clock', () => {
    const story = ana();
    story.tell(mexican('2026-11-16T12:00'), add('2026-11-16T12:00')); // a Monday
    story.tellAfterOutage(mexican('2026-11-18T22:00')); // two days later, at night
    expect(story.messages).toEqual([]);
    story.tell('2027-01-01T00:00');
    expect(story.messages.slice(0, 2)).toEqual([
      '2026-11-19T15:00 reminder_1',
      '2026-11-20T15:00 reminder_2',
    ]);
  });

  test('after an outage by day is reminded at once, and once', () => {
    const story = ana();
    story.tell(mexican('2026-11-16T12:00'), add('2026-11-16T12:00'));
    story.tellAfterOutage(mexican('2026-11-19T12:00'));
    story.tellAfterOutage(mexican('2026-11-19T12:01'));
    expect(story.messages).toEqual(['2026-11-19T18:00 reminder_1']);
  });

  test('that was bought during an outage is not reminded after it', () => {
    const story = ana();
    story.tell(mexican('2026-11-16T12:00'), add('2026-11-16T12:00'));
    story.tellAfterOutage(mexican('2026-11-19T12:00'), order('2026-11-17T09:00'));
    expect(story.messages).toEqual([]);
    expect(ending(story)?.[0]).toBe('converted');
  });

  test('older than a day when it is told starts nothing, and is in the profile all the same', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-19T11:59'));
    expect(story.runs).toEqual([]);
    expect(story.contact.profile.cart.changes).toHaveLength(1);
  });

  test('of exactly one day ago still starts', () => {
    const story = ana();
    story.tell(mexican('2026-11-20T12:00'), add('2026-11-19T12:00'));
    expect(story.runs).toHaveLength(1);
  });

  test('counts again only 7 days after the last run has ended', () => {
    const story = ana();
    story.tell(mexican('2026-11-02T12:00'), add('2026-11-02T12:00'));
    story.tell(mexican('2026-11-02T12:30'), order('2026-11-02T12:30'));
    story.tell(mexican('2026-11-09T12:29'), add('2026-11-09T12:29'));
    expect(story.runs).toHaveLength(1);
    story.tell(mexican('2026-11-09T12:30'), add('2026-11-09T12:30'));
    expect(story.runs.map(({ number }) => number)).toEqual([1, 2]);
    expect(story.contact.entries.abandoned_cart?.count).toBe(2);
  });

  test('without anything in it is no cart', () => {
    const story = ana();
    const when = '2026-11-20T12:00';
    story.tell(mexican(when), anEvent('checkout_started', { value: 30 }, mexican(when)));
    expect(story.runs).toEqual([]);
  });

  test('tells the same story whether the engine woke at each moment or was told of everything at the end', () => {
    const events = [add('2026-11-20T12:00'), remove('2026-11-20T12:20'), order('2026-11-20T12:40')];
    const awake = ana();
    for (const event of events) awake.tell(event.occurred_at, event);
    const late = ana();
    late.tellAfterOutage(mexican('2026-11-20T13:30'), ...events.toReversed());
    expect(late.runs.map(({ ended_at, outcome }) => [ended_at, outcome])).toEqual(
      awake.runs.map(({ ended_at, outcome }) => [ended_at, outcome]),
    );
    expect(late.contact.profile).toEqual(awake.contact.profile);
  });
});
