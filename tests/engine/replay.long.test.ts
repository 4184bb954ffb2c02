import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { IncomingEvent, Instant } from '../../src/core/events/event.ts';
import { shopHistory } from '../../src/demo/shop.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { DAY, HOUR, MINUTE } from '../support/build.ts';
import { backends, newDatabase, queueOn } from '../support/database.ts';
import { projectFiles } from '../support/projects.ts';
import { shippedWithoutChance } from '../support/shipped.ts';
import { tracked } from '../support/traffic.ts';

const ENDS_AT = Date.UTC(2026, 10, 22, 10);
const HISTORY = shopHistory({ seed: 7, ends_at: ENDS_AT, days: 10, people: 40 });
const WHOLE = 365 * DAY;
/** Ten days take long where everything else runs beside it. */
vi.setConfig({ testTimeout: 120_000 });

let shop: ProjectFiles;
beforeAll(async () => {
  shop = await shippedWithoutChance();
});

interface Replay {
  readonly files: ProjectFiles;
  readonly events: readonly IncomingEvent[];
  readonly backend: 'postgres' | 'redis';
  readonly step: number;
  readonly until: Instant;
}

async function replay({ files, events, backend, step, until }: Replay): Promise<Outcome> {
  const start = Math.min(...events.map(({ received_at }) => received_at));
  const test = await openTestApp({ files, backend, start });
  try {
    await test.live(events, until, step);
    return await outcomeOf(test);
  } finally {
    await test.close();
  }
}

type Outcome = Record<'contacts' | 'moves' | 'runs' | 'messages' | 'consents', readonly unknown[]>;

/** What came of it, with everybody named by the shop's ids for them instead of ours. */
async function outcomeOf({ app }: TestApp): Promise<Outcome> {
  const people = sql`(
    select contact_id, string_agg(kind || ' ' || value, ', ' order by kind desc, value) as who from identities group by 1) p`;
  const all = async (query: ReturnType<typeof sql>): Promise<unknown[]> => (await app.db.execute(query)).rows;
  return {
    contacts: await all(sql`
      select who, stage, stage_since, entries, profile, sent from contacts c join ${people} on contact_id = c.id
      where merged_into is null order by who`),
    moves: await all(sql`
      select who, at, "from", "to", because from stage_moves join ${people} using (contact_id) order by who, at, "from", "to"`),
    runs: await all(sql`
      select who, workflow, number, version, entered_at, because, step, visit, arrived_at, due_at, ended_at, outcome,
        ended_because from runs join ${people} using (contact_id) order by who, workflow, number`),
    messages: await all(sql`
      select who, workflow, run, step, visit, message, state, owed_at, sent_at, stage, language, tone, because,
        held_because, subject, address, attempts from messages join ${people} using (contact_id)
      order by who, workflow, run, step, visit`),
    consents: await all(sql`
      select who, channel, granted, at from consents join ${people} using (contact_id) order by who, channel`),
  };
}

describe('ten days of the demo shop, replayed', () => {
  let whole: Outcome;
  beforeAll(async () => {
    whole = await replay({ files: shop, events: HISTORY, backend: 'postgres', step: WHOLE, until: ENDS_AT });
  });

  it('is worth comparing: people move, walk and are written to', () => {
    const { contacts, moves, runs, messages } = whole;
    process.stdout.write(
      `${HISTORY.length} deliveries: ${contacts.length} contacts, ${moves.length} moves, ${runs.length} runs, ${messages.length} messages\n`,
    );
    expect(contacts.length).toBeGreaterThan(30);
    expect([moves.length, runs.length, messages.length].map((count) => count > 20)).toEqual([
      true,
      true,
      true,
    ]);
    expect(new Set(messages.map((message) => (message as { state: string }).state))).toEqual(
      new Set(['sent', 'suppressed']),
    );
  });

  describe.each(backends())('over %s', (backend) => {
    it.each([
      ['a quarter of a day', DAY / 4],
      ['a day', DAY],
    ])('comes to the same by steps of %s', async (_name, step) => {
      const outcome = await replay({ files: shop, events: HISTORY, backend, step, until: ENDS_AT });
      for (const table of Object.keys(whole) as (keyof Outcome)[])
        expect(outcome[table], table).toEqual(whole[table]);
    });

    it('comes to the same when it is cut in the middle and begun again by another process', async () => {
      const database_url = await newDatabase();
      const queue = queueOn(backend, database_url);
      const half = ENDS_AT - 5 * DAY;
      for (const until of [half, ENDS_AT]) {
        const test = await openTestApp({
          files: shop,
          backend,
          start: 0,
          overrides: { database_url, queue },
        });
        await test.live(HISTORY, until, DAY);
        if (until === ENDS_AT) expect(await outcomeOf(test)).toEqual(whole);
        await test.close();
      }
    });
  });
});

describe('one contact with more events than one turn takes', () => {
  /** A visit lasts until an hour has passed without a look. */
  const files = projectFiles({
    'workflows/visit.yaml': `version: 1
workflow: visit
purpose: service
enter_when: { event: product_viewed }
re_enter: always
steps:
  - wait: 1 hour
    since: last_event
  - exit: gone
`,
  });
  const start = Date.UTC(2026, 0, 1);
  /** A look every ten minutes for 18 days; after each 600 looks a rest of three hours. */
  const events = Array.from({ length: 2600 }, (_, index) => {
    const at = start + index * 10 * MINUTE + Math.floor(index / 600) * 3 * HOUR;
    return tracked({ user_id: 'busy' }, 'product_viewed', {}, { at, message_id: `busy-${index}` });
  });

  it('comes to the same at once as day by day', async () => {
    const parts = { files, events, backend: 'postgres' as const, until: start + 20 * DAY };
    const by_day = await replay({ ...parts, step: DAY });
    const at_once = await replay({ ...parts, step: WHOLE });
    expect(by_day.runs).toHaveLength(5);
    expect(at_once).toEqual(by_day);
  });
});
