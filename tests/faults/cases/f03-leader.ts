import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { startProbe, tooLong } from '../world/probe.ts';
import type { EtapaProcess } from '../world/processes.ts';
import type { World } from '../world/world.ts';

const base = {
  backends: 'both',
  correct: 'Another one leads within 15 s under a greater fence; what is due is rung for all the while.',
} as const;

const KILLS = 3;
const TAKE_OVER = 15;

export const leaderKilled: FaultCase = {
  ...base,
  id: 'F3a',
  name: `kill -9 of the process that leads, ${KILLS} times, of three with the role chores`,
  run: (setting) => harmLeader(setting, killLeader),
};

export const leaderFrozen: FaultCase = {
  ...base,
  id: 'F3b',
  name: 'kill -STOP of the process that leads for 25 to 40 s, then -CONT',
  correct: `${base.correct} When it goes on, it writes nothing and does not lead again.`,
  run: (setting) => harmLeader(setting, freezeLeader),
};

interface Led {
  readonly world: World;
  readonly dice: Setting['dice'];
  /** Those with the role, by the number by which the database knows them. */
  readonly chores: Map<number, EtapaProcess>;
}

interface Harm {
  readonly take_overs: readonly number[];
  readonly violations: readonly string[];
}

async function harmLeader(
  { dice, openWorld }: Setting,
  harm: (led: Led) => Promise<Harm>,
): Promise<Findings> {
  const world = await openWorld({ processes: [['api'], ['engine'], ['engine'], ['sender'], ['sender']] });
  const led: Led = { world, dice, chores: new Map() };
  for (let count = 0; count < 3; count++) await startChores(led);
  world.load.begin();
  const probe = startProbe(world);
  await sleep(dice.whole(1000, 2500));
  const { take_overs, violations } = await harm(led);
  await world.recovery();
  const wait = await probe.longestWait();
  await world.settle();
  const found = await world.check();
  const late = take_overs.flatMap((seconds) => tooLong('taking over', seconds, TAKE_OVER));
  return {
    ...found,
    own: {
      take_over_s: take_overs.map((seconds) => seconds.toFixed(1)).join(' '),
      longest_wait_s: wait.toFixed(1),
    },
    violations: [...found.violations, ...violations, ...late, ...tooLong('an order', wait)],
  };
}

async function startChores({ world, chores }: Led): Promise<void> {
  const before = new Set(await instancesOf(world));
  const started = await world.start(['chores']);
  const [id] = (await instancesOf(world)).filter((one) => !before.has(one));
  if (id === undefined) throw new Error('the process that was started is not among the instances');
  chores.set(id, started);
}

async function instancesOf({ query }: World): Promise<readonly number[]> {
  const found = await query<{ id: number }>(`
    select split_part(application_name, ' ', 3)::int as id from pg_stat_activity
    where datname = current_database() and application_name like 'etapa instance %'`);
  return found.map(({ id }) => id);
}

interface Leader {
  readonly owner: number;
  readonly fence: number;
}

async function leaderOf({ query }: World): Promise<Leader | undefined> {
  const [row] = await query<Leader>(
    'select owner, fence::int as fence from leadership where owner is not null and lease_until > now()',
  );
  return row;
}

async function leaderOrNext(world: World, before?: Leader): Promise<Leader> {
  for (;;) {
    const leader = await leaderOf(world);
    if (leader && leader.fence > (before?.fence ?? 0)) return leader;
    await sleep(50);
  }
}

function processOf({ chores }: Led, { owner }: Leader): EtapaProcess {
  const found = chores.get(owner);
  if (!found) throw new Error(`nobody has the number ${owner}`);
  return found;
}

async function killLeader(led: Led): Promise<Harm> {
  const take_overs: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const leader = await leaderOrNext(led.world);
    await processOf(led, leader).kill();
    const began = performance.now();
    await leaderOrNext(led.world, leader);
    take_overs.push((performance.now() - began) / 1000);
    await startChores(led);
    await sleep(led.dice.whole(1000, 5000));
  }
  return { take_overs, violations: [] };
}

async function freezeLeader(led: Led): Promise<Harm> {
  const { world, dice } = led;
  const leader = await leaderOrNext(world);
  const zombie = processOf(led, leader);
  zombie.freeze();
  const began = performance.now();
  const next = await leaderOrNext(world, leader);
  const took = performance.now() - began;
  await sleep(dice.whole(25_000, 40_000) - took);
  zombie.thaw();
  await sleep(3000);
  const after = await leaderOrNext(world);
  const led_again = after.owner === leader.owner ? ['the one that was stopped leads again'] : [];
  const changed = after.fence === next.fence ? [] : ['the lead changed when it went on'];
  const told = zombie.said().includes('leads by now') ? ['it told its lost lead as an error'] : [];
  return { take_overs: [took / 1000], violations: [...led_again, ...changed, ...told] };
}
