import { setTimeout as sleep } from 'node:timers/promises';
import type { Role } from '../../../src/app.ts';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { blocksOnSignal, runsOutOfMemory } from '../world/preload.ts';
import { startProbe, tooLong } from '../world/probe.ts';
import type { EtapaProcess } from '../world/processes.ts';
import type { World } from '../world/world.ts';

const base = {
  backends: 'both',
  correct:
    'Others take over what it had claimed, nothing stops for more than 30 s, and what it writes afterwards comes to nothing.',
} as const;

export const engineFrozen: FaultCase = {
  ...base,
  id: 'F24a',
  name: 'kill -STOP of an engine for 25 to 40 s, then -CONT',
  run: (setting) => standStill(setting, ['engine'], freeze),
};

export const senderFrozen: FaultCase = {
  ...base,
  id: 'F24b',
  name: 'kill -STOP of a sender for 25 to 40 s, then -CONT',
  run: (setting) => standStill(setting, ['sender'], freeze),
};

export const loopBlocked: FaultCase = {
  ...base,
  id: 'F24c',
  name: 'the event loop of an engine and sender blocked for 25 s',
  run: (setting) => standStill(setting, ['engine', 'sender'], block, blocksOnSignal(BLOCKED)),
};

export const memoryGone: FaultCase = {
  ...base,
  id: 'F24d',
  name: 'an engine and sender that runs out of memory (--max-old-space-size) and dies of it',
  correct: 'Others go on at once; what it was handing over is in doubt, all else is done once.',
  run: (setting) => standStill(setting, ['engine', 'sender'], exhaust, runsOutOfMemory(128)),
};

const BLOCKED = 25_000;

interface Harm {
  /** Whether it is gone, and what it was handing over in doubt. */
  readonly died: boolean;
}

/** Beside one of each, the victim; all of them at work. */
async function standStill(
  { dice, openWorld }: Setting,
  roles: readonly Role[],
  harm: (victim: EtapaProcess, dice: Setting['dice']) => Promise<Harm>,
  env: Readonly<Record<string, string>> = {},
): Promise<Findings> {
  const world = await openWorld({ processes: [['api'], ['engine', 'chores'], ['sender']] });
  const victim = await world.start(roles, env);
  world.load.begin();
  const probe = startProbe(world);
  await sleep(dice.whole(2000, 4000));
  const { died } = await harm(victim, dice);
  await world.recovery();
  const wait = await probe.longestWait();
  await world.settle(150);
  const held = died ? HANDED_OVER_AT_ONCE : 0;
  const found = await world.check({ twice_inside: held, uncertain: held });
  const own = { longest_wait_s: wait.toFixed(1), by_victim: await sentBy(world, victim) };
  return { ...found, own, violations: [...found.violations, ...tooLong('an order', wait)] };
}

/** As many as a sender has under way. */
const HANDED_OVER_AT_ONCE = 40;

async function freeze(victim: EtapaProcess, dice: Setting['dice']): Promise<Harm> {
  victim.freeze();
  await sleep(dice.whole(25_000, 40_000));
  victim.thaw();
  return { died: false };
}

async function block({ pid }: EtapaProcess): Promise<Harm> {
  process.kill(pid, 'SIGWINCH');
  await sleep(BLOCKED);
  return { died: false };
}

async function exhaust(victim: EtapaProcess): Promise<Harm> {
  process.kill(victim.pid, 'SIGWINCH');
  await victim.says('heap out of memory');
  // It ends by itself, and that is as it should be.
  await victim.kill();
  return { died: true };
}

async function sentBy({ smtp }: World, { name }: EtapaProcess): Promise<number> {
  return (await smtp.taken()).filter(({ by }) => by === name || by.startsWith(`${name}.`)).length;
}
