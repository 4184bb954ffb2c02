import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { readEventsFile, type Mapping } from '../../src/cli/replay-file.ts';
import type { IncomingEvent } from '../../src/core/events/event.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { backends } from '../support/database.ts';
import { projectFiles } from '../support/projects.ts';

const DATA = new URL('../../../shared/data/rees46-electronics-sample/', import.meta.url).pathname;
const present = existsSync(DATA);
if (!present)
  process.stderr.write('SKIPPED: the REES46 sample is not here; replays of real data are left out\n');

const MAPPING: Mapping = {
  columns: { user_id: 'user_id', event: 'event_type', at: 'event_time' },
  events: { view: 'product_viewed', cart: 'product_added', purchase: 'order_completed' },
};

const DAY = 24 * 60 * 60 * 1000;

/** Enter at the first cart event when outside; a purchase converts; 24 hours after the entry abandoned. */
const CART_JOURNEY = projectFiles({
  'workflows/cart_journey.yaml': `version: 1
workflow: cart_journey
purpose: promotion
enter_when: { event: product_added }
re_enter: always
goal: { event: order_completed }
steps:
  - wait: 24 hours
  - exit: abandoned
`,
});

let test: TestApp | undefined;
afterEach(async () => {
  await test?.close();
  test = undefined;
});

async function replay(
  events: readonly IncomingEvent[],
  backend: 'postgres' | 'redis',
  step: number,
): Promise<TestApp> {
  const first = Math.min(...events.map((event) => event.occurred_at));
  const last = Math.max(...events.map((event) => event.occurred_at));
  test = await openTestApp({ files: CART_JOURNEY, backend, start: first });
  await test.live(events, last + DAY, step);
  return test;
}

async function outcomes({ app }: TestApp): Promise<Record<string, number>> {
  const { rows } = await app.db.execute<{ outcome: string; n: number }>(sql`
    select coalesce(outcome || ' ' || case when outcome = 'completed' then ended_because ->> 'en' else '' end, 'open') as outcome,
      count(*)::int as n from runs group by 1`);
  return Object.fromEntries(rows.map((row) => [row.outcome.trim(), row.n]));
}

describe.skipIf(!present).each(backends())(
  'five shoppers of an electronics shop, replayed over %s',
  (backend) => {
    it.each([
      ['in the order of the file', (events: readonly IncomingEvent[]) => events, 365 * DAY],
      [
        'in the order of time',
        (events: readonly IncomingEvent[]) => events.toSorted((a, b) => a.occurred_at - b.occurred_at),
        DAY,
      ],
    ])('%s: 44 journeys, 37 converted, 7 abandoned', async (_name, order, step) => {
      const { events } = await readEventsFile(`${DATA}test_df.csv`, MAPPING);
      expect(events).toHaveLength(851);
      const replayed = await replay(order(events), backend, step);
      expect(await outcomes(replayed)).toEqual({ converted: 37, 'completed abandoned': 7 });
    });

    it('keeps 629 distinct events of a file with duplicates that is sent twice', async () => {
      const { events } = await readEventsFile(`${DATA}duplicates.csv`, MAPPING);
      expect(events).toHaveLength(1284);
      const replayed = await replay([...events, ...events], backend, 365 * DAY);
      const { rows } = await replayed.app.db.execute(sql`select count(*)::int as n from events`);
      expect(rows).toEqual([{ n: 629 }]);
    });
  },
);
