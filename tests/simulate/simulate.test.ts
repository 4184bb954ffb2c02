import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/events/event.ts';
import { compare } from '../../src/simulate/compare.ts';
import type { Person } from '../../src/simulate/people.ts';
import { simulate, type MessageRow } from '../../src/simulate/simulate.ts';
import { anEvent, aProject, at, type ProjectParts } from '../support/build.ts';

const JOURNEY: ProjectParts = {
  stages:
    'stages:\n  - { id: awareness, start_here: true }\n  - { id: experience, enter_when: { field: orders.count, at_least: 1 } }\n',
  workflows: {
    cart: `
enter_when: { event: product_added }
re_enter: always
goal: { event: order_completed }
steps:
  - wait: 1 hour
  - send_email: reminder
`,
  },
};

function with_(wait: string): ProjectParts {
  return { ...JOURNEY, workflows: { cart: (JOURNEY.workflows?.cart ?? '').replace('1 hour', wait) } };
}

function person(contact_id: string, consent: readonly string[], ...events: readonly Event[]): Person {
  const who = anEvent('identified', { email: `${contact_id}@example.com`, consent }, '2026-01-05T08:00');
  return { contact_id, events: [who, ...events] };
}

const added = (when: string): Event => anEvent('product_added', { product_id: 's1', price: 10 }, when);
const ordered = (when: string): Event => anEvent('order_completed', { order_id: 'o1' }, when);

/** One is reminded, one buys before, one never allowed it. */
const PEOPLE: readonly Person[] = [
  person('ana', ['email'], added('2026-01-05T22:30')),
  person('luis', ['email'], added('2026-01-05T09:00'), ordered('2026-01-05T09:50')),
  person('eva', [], added('2026-01-05T09:00')),
];
const until = at('2026-01-06T08:00');

describe('A simulation', () => {
  test('counts what came of every workflow, message and person', async () => {
    const rows: MessageRow[] = [];
    const simulation = await simulate(aProject(JOURNEY), PEOPLE, {
      until,
      onMessage: (row) => void rows.push(row),
    });
    expect(simulation).toMatchObject({
      people: 3,
      events: 7,
      contact_days: 3,
      stages: { awareness: 2, experience: 1 },
      workflows: {
        cart: { entered: 3, converted: 1, completed: 2, exited: 0, inside: 0, held_out: 0, sent: 1 },
      },
      messages: { reminder: { sent: { plain: 1 }, held_back: 1 } },
    });
    expect(simulation.workflows.cart?.held_back).toEqual({ 'never allowed promotions by email': 1 });
    // In Madrid the reminder of 23:30 UTC is one of the day after.
    expect(simulation.calendar).toEqual({ cart: { '2026-01-06': 1 } });
    expect(rows.map(({ contact, held_back }) => [contact, held_back?.en ?? null])).toEqual([
      ['ana', null],
      ['eva', 'never allowed promotions by email'],
    ]);
  });

  test('takes people from whatever brings them, also one by one', async () => {
    async function* oneByOne(): AsyncGenerator<Person> {
      for (const one of PEOPLE) yield await Promise.resolve(one);
    }
    const project = aProject(JOURNEY);
    expect(await simulate(project, oneByOne(), { until })).toEqual(
      await simulate(project, PEOPLE, { until }),
    );
  });

  test('leaves out whoever is not there yet', async () => {
    const simulation = await simulate(aProject(JOURNEY), PEOPLE, { until: at('2026-01-05T07:00') });
    expect(simulation).toMatchObject({ people: 0, events: 0, contact_days: 0 });
  });

  test('counts who is held out apart, and whether they bought all the same', async () => {
    const held = `holdout: 50\n${JOURNEY.workflows?.cart ?? ''}`;
    const project = aProject({ ...JOURNEY, workflows: { cart: held } });
    const many = Array.from({ length: 200 }, (_, index) =>
      person(`p${index}`, ['email'], added('2026-01-05T09:00'), ordered('2026-01-05T13:00')),
    );
    const { cart } = (await simulate(project, many, { until })).workflows;
    expect(cart?.entered).toBe(200);
    expect(cart?.held_out).toBeGreaterThan(60);
    expect(cart?.held_out).toBeLessThan(140);
    expect(cart?.held_out_converted).toBe(cart?.held_out);
    expect(cart?.sent).toBe(200 - (cart?.held_out ?? 0));
  });
});

describe('A comparison of two versions', () => {
  test('finds who would get something else, and what', async () => {
    const found = await compare(aProject(JOURNEY), aProject(with_('30 minutes')), PEOPLE, { until });
    expect(found).toMatchObject({ people_affected: 2, only_before: 1, only_after: 2 });
    expect(found.before.workflows.cart?.sent).toBe(1);
    expect(found.after.workflows.cart?.sent).toBe(2);
    const times = found.examples.map(({ contact, only_before, only_after }) => [
      contact,
      only_before.map((row) => new Date(row.at).toISOString().slice(11, 16)),
      only_after.map((row) => new Date(row.at).toISOString().slice(11, 16)),
    ]);
    expect(times).toEqual([
      ['ana', ['23:30'], ['23:00']],
      ['luis', [], ['09:30']],
    ]);
  });

  test('of a version with itself finds nothing', async () => {
    const project = aProject(JOURNEY);
    const found = await compare(project, aProject(JOURNEY), PEOPLE, { until });
    expect(found).toMatchObject({
      people_affected: 0,
      only_before: 0,
      only_after: 0,
      stage_changes: {},
      examples: [],
    });
    expect(found.after).toEqual(found.before);
  });

  test('tells who would stand in another stage at the end', async () => {
    const other = (JOURNEY.stages ?? '').replace('orders.count, at_least: 1', 'cart.count, at_least: 1');
    const found = await compare(aProject(JOURNEY), aProject({ ...JOURNEY, stages: other }), PEOPLE, {
      until,
    });
    expect(found.stage_changes).toEqual({ 'awareness → experience': 2, 'experience → awareness': 1 });
  });
});
