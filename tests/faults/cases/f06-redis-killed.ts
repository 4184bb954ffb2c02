import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import type { RedisProcess } from '../world/redis.ts';

const base = {
  correct: 'The API goes on accepting, and the work is taken up again.',
  backends: 'both',
} as const;

export const redisKilled: FaultCase = {
  ...base,
  id: 'F6a',
  name: 'kill -9 of Redis, started again 2 to 5 s later and empty',
  not_on: { postgres: 'no Redis' },
  run: (setting) => killRedis(setting, false, () => Promise.resolve()),
};

export const redisFileCut: FaultCase = {
  ...base,
  id: 'F6b',
  name: 'kill -9 of Redis, the end of its append-only file cut off',
  not_on: { postgres: 'no Redis' },
  run: (setting) => killRedis(setting, true, (redis) => cutFile(redis, setting.dice.whole(1, 400))),
};

export const redisFileGone: FaultCase = {
  ...base,
  id: 'F6c',
  name: 'kill -9 of Redis, its append-only file removed',
  not_on: { postgres: 'no Redis' },
  run: (setting) => killRedis(setting, true, ({ folder }) => rm(join(folder, FILES), { recursive: true })),
};

const FILES = 'appendonlydir';

async function killRedis(
  { dice, openWorld }: Setting,
  redis_keeps_writes: boolean,
  spoil: (redis: RedisProcess) => Promise<void>,
): Promise<Findings> {
  const world = await openWorld({ redis_keeps_writes });
  const { load, redis } = world;
  await world.flow();
  await sleep(dice.whole(1000, 2500));
  await redis.kill();
  const before = load.acknowledged;
  await sleep(dice.whole(2000, 5000));
  const while_away = load.acknowledged - before;
  await spoil(redis);
  await redis.start();
  await world.recovery();
  await world.settle();
  const found = await world.check();
  const deaf = while_away > 0 ? [] : ['nothing was accepted while Redis was away'];
  return { ...found, own: { accepted_meanwhile: while_away }, violations: [...found.violations, ...deaf] };
}

async function cutFile({ folder }: RedisProcess, bytes: number): Promise<void> {
  const files = await readdir(join(folder, FILES));
  const last = join(folder, FILES, files.find((name) => name.endsWith('.incr.aof')) ?? '');
  const { size } = await stat(last);
  await truncate(last, Math.max(0, size - bytes));
}
