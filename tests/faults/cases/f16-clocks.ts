import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../../src/app.ts';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { wrongClock } from '../world/preload.ts';
import { USUAL, type World } from '../world/world.ts';

const HOUR = 3_600_000;
const WRONG = [HOUR, -HOUR, 60_000];
const base = {
  backends: 'both',
  correct:
    'Only the clock of the database counts: nothing is early, late or sent twice, and no lease is lost.',
} as const;

export const clocksWrong: FaultCase = {
  ...base,
  id: 'F16a',
  name: 'the clock of each process an hour ahead, an hour behind, or a minute ahead',
  in_smoke: true,
  run: (setting) => runWith(setting, () => 0),
};

export const clocksJump: FaultCase = {
  ...base,
  id: 'F16b',
  name: 'the clock of each process jumps by an hour, either way, in the midst of its work',
  run: (setting) => runWith(setting, () => setting.dice.whole(4000, 9000)),
};

async function runWith({ dice, openWorld }: Setting, jumpsAfter: () => number): Promise<Findings> {
  const world = await openWorld({ processes: [] });
  const [shift = 0, ...others] = dice.shuffle(WRONG);
  const all = [shift, ...others];
  await Promise.all(
    USUAL.map((roles: readonly Role[], index) =>
      world.start(roles, wrongClock(all[index % all.length] ?? 0, jumpsAfter())),
    ),
  );
  const began = Date.now();
  world.load.begin();
  await sleep(12_000);
  await world.recovery();
  await world.settle();
  const found = await world.check();
  const moments = await wrongMoments(world, began);
  return { ...found, own: await latenessOf(world), violations: [...found.violations, ...moments] };
}

/** What a clock may be apart from that of the harness, and what rounding takes, in milliseconds. */
const NEAR = 1000;
const LONGEST = 30_000;

async function wrongMoments({ query, smtp }: World, began: number): Promise<readonly string[]> {
  const from = new Date(began - NEAR).toISOString();
  const until = new Date(Date.now() + NEAR).toISOString();
  const [events] = await query<{ n: number }>(
    `select count(*)::int as n from events where name not like '%:%'
      and (received_at not between $1 and $2 or occurred_at not between $1 and $2)`,
    [from, until],
  );
  const offers = await query<{ id: string; asked: number }>(`
    select m.id, (extract(epoch from r.entered_at) * 1000)::float8 as asked from messages m
    join runs r on r.contact_id = m.contact_id and r.workflow = m.workflow and r.number = m.run
    where m.workflow = 'offering'`);
  const taken = new Map((await smtp.taken()).map(({ id, at }) => [id, at]));
  const waits = offers.flatMap(({ id, asked }) => {
    const at = taken.get(id);
    return at === undefined ? [] : [at - asked];
  });
  const early = waits.filter((wait) => wait < 1000).length;
  const late = waits.filter((wait) => wait > LONGEST).length;
  return [
    ...(events && events.n > 0 ? [`${events.n} events carry a time that is not the database's`] : []),
    ...(early > 0 ? [`${early} offers went out before their second was over`] : []),
    ...(late > 0 ? [`${late} offers went out more than ${LONGEST / 1000} s late`] : []),
    ...(waits.length === 0 ? ['no offer went out, so nothing was shown'] : []),
  ];
}

async function latenessOf({ query }: World): Promise<Record<string, string>> {
  const [row] = await query<{ latest: number; lease: number }>(`
    select max(extract(epoch from sent_at - owed_at))::float8 as latest from messages where state = 'sent'`);
  return { latest_after_owed_s: (row?.latest ?? 0).toFixed(1) };
}
