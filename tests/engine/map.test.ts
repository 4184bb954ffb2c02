import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OTHER_EVENTS } from '../../src/core/map/plan.ts';
import type { JourneyMap, MapStage } from '../../src/core/map/shapes.ts';
import { shopHistory } from '../../src/demo/shop.ts';
import type { MapAsked } from '../../src/engine/map.ts';
import { openTestApp, type TestApp } from '../support/app.ts';
import { shippedWithoutChance } from '../support/shipped.ts';

const ENDS_AT = Date.UTC(2026, 10, 22, 10);
const ZONE = 'Europe/Madrid';
/** All that there ever was: customers of old have ordered long before the season. */
const WHOLE: MapAsked = { from: '2026-01-01', to: '2026-11-22' };
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let world: TestApp;

beforeAll(async () => {
  const history = shopHistory({ seed: 7, ends_at: ENDS_AT, days: 20, people: 60 });
  const start = Math.min(...history.map(({ received_at }) => received_at));
  world = await openTestApp({ files: await shippedWithoutChance(), backend: 'postgres', start });
  await world.live(history, ENDS_AT);
});
afterAll(() => world.close());

const draw = (asked: MapAsked = WHOLE): Promise<JourneyMap> => world.app.map.draw(asked);

async function ask<T extends Record<string, unknown>>(query: SQL): Promise<T[]> {
  return (await world.app.db.execute(query)).rows as T[];
}

/** By the stage, what is not zero. */
function byStage(map: JourneyMap, figure: (stage: MapStage) => number): Record<string, number> {
  const all = map.stages.map((stage) => [stage.stage, figure(stage)] as const);
  return Object.fromEntries(all.filter(([, n]) => n !== 0));
}

async function standing(where: SQL = sql`true`): Promise<Record<string, number>> {
  const rows = await ask<{ stage: string; n: number }>(sql`
    select stage, count(*)::int as n from contacts c where merged_into is null and ${where} group by stage`);
  return Object.fromEntries(rows.map(({ stage, n }) => [stage, n]));
}

function added<T>(
  list: readonly T[],
  keyOf: (one: T) => string,
  n: (one: T) => number,
): Record<string, number> {
  const all: Record<string, number> = {};
  for (const one of list) all[keyOf(one)] = (all[keyOf(one)] ?? 0) + n(one);
  return all;
}

describe('the figures of the map equal those of independent questions to the database', () => {
  it('who stands where, of everybody, of a persona, of a segment and of a language', async () => {
    const at_end = ({ people }: MapStage): number => people.at_end;
    const everybody = byStage(await draw(), at_end);
    expect(everybody).toEqual(await standing());
    expect(Object.keys(everybody).length).toBeGreaterThan(3);
    const { personas, segments, languages } = (await draw()).choices;
    for (const { id } of personas)
      expect(byStage(await draw({ ...WHOLE, persona: id }), at_end), id).toEqual(
        await standing(sql`persona = ${id}`),
      );
    for (const { id } of segments)
      expect(byStage(await draw({ ...WHOLE, segment: id }), at_end), id).toEqual(
        await standing(
          sql`exists (select from segment_members m where m.segment = ${id} and m.contact_id = c.id)`,
        ),
      );
    for (const language of languages)
      expect(byStage(await draw({ ...WHOLE, language }), at_end), language).toEqual(
        await standing(sql`coalesce(profile #>> '{fields,language,value}', 'es') = ${language}`),
      );
  });

  it('moves from stage to stage, in all and of one week', async () => {
    const moved = (from: string, to: string) =>
      ask<{ from: string; to: string; n: number }>(sql`
        select "from", "to", count(*)::int as n from stage_moves
        where (at at time zone ${ZONE})::date between ${from}::date and ${to}::date group by 1, 2`);
    for (const [from, to] of [
      ['2026-01-01', '2026-11-22'],
      ['2026-11-09', '2026-11-15'],
    ] as const) {
      const rows = await moved(from, to);
      expect(rows.length).toBeGreaterThan(3);
      const { moves, stages } = await draw({ from, to });
      expect(moves.map(({ from: a, to: b, n }) => `${a} ${b} ${n}`).sort()).toEqual(
        rows.map((row) => `${row.from} ${row.to} ${row.n}`).sort(),
      );
      const left = added(
        rows,
        (row) => row.from,
        ({ n }) => n,
      );
      for (const { stage, people } of stages)
        expect(people.went_on + people.went_back, stage).toBe(left[stage] ?? 0);
    }
  });

  it('how long those who went on had stood there', async () => {
    const [row] = await ask<{ days: number }>(sql`
      select avg(extract(epoch from at - since) / 86400)::float8 as days from (
        select "from", "to", at, coalesce(lag(at) over (partition by contact_id order by at), created_at) as since
        from stage_moves join contacts on contacts.id = contact_id) m
      where "from" = 'consideration' and "to" in ('decision', 'experience', 'loyalty')`);
    const { stages } = await draw();
    expect(stages[1]?.people.days_until_next).toBeCloseTo(row?.days ?? NaN, 5);
  });

  it('what they did, ordered and spent', async () => {
    const named = world.app.live().project.map.events;
    const rows = await ask<{ name: string; n: number }>(
      sql`select name, count(*)::int as n from events group by 1`,
    );
    const done = (await draw()).stages.flatMap(({ doing }) => doing);
    expect(
      added(
        done,
        ({ event }) => event,
        ({ n }) => n,
      ),
    ).toEqual(
      added(
        rows,
        ({ name }) => (named.has(name) ? name : OTHER_EVENTS),
        ({ n }) => n,
      ),
    );
    const [spent] = await ask<{ orders: number; revenue: number }>(sql`
      select count(*)::int as orders, sum(revenue) filter (where currency = 'EUR')::float8 as revenue from (
        select distinct on (properties ->> 'order_id') coalesce(properties ->> 'currency', 'EUR') as currency,
          coalesce(properties ->> 'revenue', properties ->> 'total')::numeric as revenue
        from events where name = 'order_completed' order by properties ->> 'order_id', received_at) o`);
    const { stages } = await draw();
    expect(stages.reduce((sum, { orders }) => sum + orders, 0)).toBe(spent?.orders);
    expect(stages.reduce((sum, { revenue }) => sum + revenue, 0)).toBeCloseTo(spent?.revenue ?? NaN, 2);
    expect(spent?.orders).toBeGreaterThan(10);
  });

  it('what was sent and held back, by stage, workflow, tone and channel', async () => {
    const rows = await ask<{ line: string; state: string; n: number }>(sql`
      select stage || ' ' || workflow || ' ' || tone || ' ' || channel as line, state, count(*)::int as n
      from messages group by 1, 2`);
    const lines = (await draw()).stages.flatMap(({ stage, sending }) =>
      sending.map(({ workflow, tone, channel, ...rest }) => ({
        line: `${stage} ${workflow} ${tone} ${channel}`,
        ...rest,
      })),
    );
    const counted = (state: string): Record<string, number> =>
      added(
        rows.filter((row) => row.state === state),
        ({ line }) => line,
        ({ n }) => n,
      );
    const told = (figure: 'sent' | 'held_back' | 'refused'): Record<string, number> =>
      Object.fromEntries(lines.filter((line) => line[figure] > 0).map((line) => [line.line, line[figure]]));
    expect(told('sent')).toEqual(counted('sent'));
    expect(told('held_back')).toEqual(counted('suppressed'));
    expect(told('refused')).toEqual(counted('refused'));
    expect(Object.keys(told('sent')).length).toBeGreaterThan(5);
  });

  it('what they said of it', async () => {
    const [row] = await ask<{ said: number; promoters: number; answers: number }>(sql`
      select count(*)::int as said,
        (count(*) filter (where is_nps and score >= 9) - count(*) filter (where is_nps and score <= 6))::int as promoters,
        count(*) filter (where is_nps)::int as answers
      from (select name, name = 'survey_answered' and properties ->> 'survey' = 'recommend' as is_nps,
        (properties ->> 'score')::int as score from events
        where name in ('survey_answered', 'complaint_opened', 'product_reviewed')) e`);
    const { stages } = await draw();
    expect(stages.reduce((sum, { feeling }) => sum + feeling.n, 0)).toBe(row?.said);
    const score = stages.reduce(
      (sum, { feeling }) => sum + ((feeling.nps ?? 0) * feeling.nps_answers) / 100,
      0,
    );
    expect(score).toBeCloseTo(row?.promoters ?? NaN, 6);
    expect(row?.said).toBeGreaterThan(0);
  });

  it('who has stood somewhere for too long', async () => {
    for (const { stage, friction } of (await draw()).stages) {
      const [row] = await ask<{ n: number }>(sql`
        select count(*)::int as n from contacts where merged_into is null and stage = ${stage}
          and (stage_since at time zone ${ZONE})::date < date '2026-11-22' - ${friction.stalled_after_days}::int`);
      expect(friction.stalled, stage).toBe(row?.n);
    }
  });

  it('day by day: people at the end of each day, orders on each', async () => {
    const { days } = await world.app.map.days(WHOLE, 'people', 'experience', null);
    expect(days.length).toBe(326);
    expect(days.at(-1)?.n).toBe((await standing()).experience);
    const orders = await world.app.map.days(WHOLE, 'order', null, null);
    const rows = await ask<{ day: string; n: number }>(sql`
      select (min(occurred_at) at time zone ${ZONE})::date::text as day from events
      where name = 'order_completed' group by properties ->> 'order_id'`);
    const expected = added(
      rows,
      ({ day }) => day,
      () => 1,
    );
    expect(Object.fromEntries(orders.days.flatMap(({ day, n }) => (n > 0 ? [[day, n]] : [])))).toEqual(
      expected,
    );
  });
});

describe('the kept sums', () => {
  it('tell the same when they have been added up, and the count of everybody finds nothing to mend', async () => {
    const before = [await draw(), await draw({ ...WHOLE, segment: 'silent_60_days' })];
    const { store } = world.app;
    while (await store.foldFacts());
    expect(await ask(sql`select from map_deltas`)).toEqual([]);
    expect([await draw(), await draw({ ...WHOLE, segment: 'silent_60_days' })]).toEqual(before);
    expect(await store.recountPeople(world.app.live().project, ENDS_AT)).toBe(false);
    expect(await ask(sql`select * from map_deltas`)).toEqual([]);
  });

  it('are mended where they were lost, as after an update from a version that kept none', async () => {
    const { store } = world.app;
    const before = byStage(await draw(), ({ people }) => people.at_end);
    const stalled = byStage(await draw(), ({ friction }) => friction.stalled);
    await world.app.db.execute(sql`delete from map_counts where fact in ('people', 'since')`);
    expect(byStage(await draw(), ({ people }) => people.at_end)).toEqual({});
    expect(await store.recountPeople(world.app.live().project, ENDS_AT)).toBe(true);
    expect(byStage(await draw(), ({ people }) => people.at_end)).toEqual(before);
    expect(await store.recountPeople(world.app.live().project, ENDS_AT)).toBe(false);
    expect(byStage(await draw(), ({ friction }) => friction.stalled)).toEqual(stalled);
  });

  it('let go of whoever is erased', async () => {
    const { store } = world.app;
    await store.foldFacts();
    const [someone] = await ask<{ id: string }>(sql`
      select id from contacts where merged_into is null and stage = 'loyalty' order by id limit 1`);
    await world.app.people.erase({ contact_id: someone?.id ?? '', source: 'test', at: ENDS_AT });
    expect(byStage(await draw(), ({ people }) => people.at_end)).toEqual(await standing());
    await store.foldFacts();
    expect(await store.recountPeople(world.app.live().project, ENDS_AT)).toBe(false);
  });
});

describe('opportunities', () => {
  it('say in both languages what was seen, about whom and how sure it is, the worst first', async () => {
    const { opportunities } = await draw();
    expect(opportunities.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['leak', 'silent_stage']));
    for (const { words, people, sure } of opportunities) {
      expect(words.en).not.toMatch(/undefined|NaN|null/);
      expect(words.es).not.toMatch(/undefined|NaN|null/);
      expect(people).toBeGreaterThanOrEqual(0);
      expect(['no_data', 'little', 'enough']).toContain(sure);
    }
    const money = opportunities.flatMap((one) => one.money ?? []);
    expect(money).toEqual([...money].sort((a, b) => b - a));
    process.stdout.write(`${opportunities.map(({ kind, words }) => `${kind}: ${words.en}`).join('\n')}\n`);
  });

  it('a period is compared with another one', async () => {
    const { stages, compared } = await draw({
      ...{ from: '2026-11-09', to: '2026-11-22' },
      ...{ compare_from: '2026-10-26', compare_to: '2026-11-08' },
    });
    expect(compared).toEqual({ from: '2026-10-26', to: '2026-11-08', days: 14 });
    const [first] = stages;
    expect(first?.before?.people.at_end).toBe(first?.people.at_begin);
  });
});
