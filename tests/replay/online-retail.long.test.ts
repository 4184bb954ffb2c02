import { sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { IncomingEvent, Instant } from '../../src/core/events/event.ts';
import { ordersView } from '../../src/core/contacts/orders.ts';
import { loadProject } from '../../src/project/load.ts';
import { gatherPeople, type Person } from '../../src/simulate/people.ts';
import { liveAgain, simulate } from '../../src/simulate/simulate.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { at, DAY } from '../support/build.ts';
import { backends } from '../support/database.ts';
import {
  isOnlineRetailHere,
  orderCompleted,
  ordersOf,
  readSales,
  type Order,
} from '../support/online-retail.ts';
import { projectFiles } from '../support/projects.ts';

if (!isOnlineRetailHere)
  process.stderr.write(
    'SKIPPED: the UCI set "Online Retail" is not here; a year of real orders is left out\n',
  );

/**
 * What is known of this year: 4,338 buyers, 1,493 of them with one single order, and 1,449 whose last order lies more
 * than 90 days back on 2011-12-10, the day after the last sale, at 00:00. It comes out for the lines with a customer,
 * no cancellation (`C…`), at least one piece and a price above zero (with free ones it would be 4,339), an order being
 * one invoice at the minute of its first line. Cancellations carry numbers of their own and no order's, so they cancel
 * none. Times count as UTC; by the clocks of London it is the same, as nobody bought around midnight.
 */
const KNOWN = { buyers: 4338, with_one_order: 1493, silent: 1449 };
const END = at('2011-12-10T00:00Z');

const FILES = projectFiles({
  'workflows/journey/stages.yaml': `version: 1
stages:
  - { id: awareness, start_here: true }
  - { id: experience, enter_when: { field: orders.count, at_least: 1 } }
  - { id: loyalty, enter_when: { field: orders.count, at_least: 2 } }
`,
  'workflows/journey/segments.yaml': `version: 1
segments:
  silent_90_days: { when: { field: orders.last, not_within: 90 days } }
`,
});

/** Where somebody stands at the end. */
interface Standing {
  readonly stage: string;
  readonly stage_since: Instant;
  readonly segments: Readonly<Record<string, Instant>>;
}

type Standings = Record<string, Standing>;

describe.skipIf(!isOnlineRetailHere)('A year of orders of 4,338 customers', () => {
  let orders: readonly Order[] = [];
  let events: readonly IncomingEvent[] = [];
  let people: readonly Person[] = [];
  let expected: Standings = {};
  let test: TestApp | undefined;

  beforeAll(async () => {
    orders = ordersOf(await readSales());
    events = orders.map(orderCompleted);
    people = gatherPeople(events);
    expected = byHand(orders);
  });

  afterEach(async () => {
    await test?.close();
    test = undefined;
  });

  it('is the year that is known', () => {
    const all = Object.values(expected);
    expect(all).toHaveLength(KNOWN.buyers);
    expect(all.filter(({ stage }) => stage === 'experience')).toHaveLength(KNOWN.with_one_order);
    expect(all.filter(({ segments }) => 'silent_90_days' in segments)).toHaveLength(KNOWN.silent);
  });

  it('lived again in virtual time, puts everybody where they belong, since the very minute', async () => {
    const { project } = loadProject(FILES).loaded ?? {};
    if (!project) throw new Error('the project must load');
    const lived: Standings = {};
    let revenue = 0;
    for (const person of people) {
      const { contact } = liveAgain(person, project, { until: END }) ?? {};
      if (!contact) continue;
      const { stage, stage_since, segments } = contact;
      lived[person.contact_id] = { stage, stage_since, segments };
      revenue += ordersView(contact.profile.orders).value;
    }
    expect(lived).toEqual(expected);
    expect(Math.round(revenue)).toBe(8_911_408);

    const simulation = await simulate(project, people, { until: END });
    expect(simulation).toMatchObject({
      people: KNOWN.buyers,
      events: 18_532,
      stages: {
        awareness: 0,
        experience: KNOWN.with_one_order,
        loyalty: KNOWN.buyers - KNOWN.with_one_order,
      },
      segments: { silent_90_days: KNOWN.silent },
    });
  });

  it.each(backends())(
    'replayed by the engine over %s, does the same, row by row',
    async (backend) => {
      test = await openTestApp({ files: FILES, backend, start: orders[0]?.at ?? END, roles: ['engine'] });
      await test.live(events, END, 400 * DAY);
      const { rows } = await test.app.db.execute<
        Standing & { user_id: string } & Record<string, unknown>
      >(sql`
        select i.value as user_id, c.stage, (extract(epoch from c.stage_since) * 1000)::float8 as stage_since, c.segments
        from identities i join contacts c on c.id = i.contact_id`);
      const stored = rows.map(({ user_id, ...standing }): [string, Standing] => [user_id, standing]);
      expect(Object.fromEntries(stored)).toEqual(expected);
    },
    60_000,
  );
});

/** The same without any of Etapa's rules. */
function byHand(orders: readonly Order[]): Standings {
  const times = new Map<string, Instant[]>();
  for (const { customer, at: when } of orders) times.set(customer, [...(times.get(customer) ?? []), when]);
  return Object.fromEntries([...times].map(([customer, list]) => [customer, standingOf(list)]));
}

function standingOf(times: readonly Instant[]): Standing {
  const [first = END, second] = times;
  const silent_90_days = (times.at(-1) ?? END) + 90 * DAY;
  return {
    stage: second === undefined ? 'experience' : 'loyalty',
    stage_since: second ?? first,
    segments: silent_90_days <= END ? { silent_90_days } : {},
  };
}
