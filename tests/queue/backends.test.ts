import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { App, Role } from '../../src/app.ts';
import { databaseClock } from '../../src/engine/clocks.ts';
import { PARTITIONS } from '../../src/engine/ports.ts';
import type { Sender } from '../../src/engine/send.ts';
import type { TurnReport } from '../../src/engine/turn.ts';
import type { Turner } from '../../src/engine/turner.ts';
import { UserError } from '../../src/errors.ts';
import { openBackend, type OpenBackend, type QueueBackend } from '../../src/queue/backend.ts';
import { createBell, type ClosableBell } from '../../src/queue/bell.ts';
import { startSendWorker, startTurnWorkers, type Workers } from '../../src/queue/workers.ts';
import { openTestApp } from '../support/app.ts';
import { backends, newDatabase, queueOn } from '../support/database.ts';
import { projectFiles } from '../support/projects.ts';
import { freePort, startRedis, type RedisServer } from '../support/redis-server.ts';
import { tracked } from '../support/traffic.ts';

const installed = backends().includes('redis');

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etapa-queue-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A redis-server that this test alone uses. */
async function ownRedis(policy?: string, port?: number): Promise<RedisServer> {
  const redis = await startRedis(await newFolder(), policy, port);
  if (!redis) throw new Error('no redis-server is installed');
  onTestFinished(() => (isAlive(redis.pid) ? redis.stop() : undefined));
  return redis;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface Bells {
  readonly bell: ClosableBell;
  readonly workers: Workers;
  readonly worked: number[];
  readonly errors: unknown[];
  /** How many jobs each call added. */
  readonly added: number[];
}

/** Real queues and workers; `work` stands for the turns. */
async function openBells(
  backend: 'postgres' | 'redis',
  work: (partition: number) => Promise<void> | void = () => undefined,
): Promise<Bells> {
  const opened = await openBackend(queueOn(backend, await newDatabase()));
  const [worked, errors, added]: [number[], unknown[], number[]] = [[], [], []];
  const bell = createBell(counting(opened, added), (error) => errors.push(error));
  const turner: Turner = {
    async work(partitions) {
      for (const partition of partitions) {
        await work(partition);
        worked.push(partition);
      }
    },
    hear: (partitions) => partitions,
    stop: () => undefined,
  };
  const workers = startTurnWorkers(opened, turner, (error) => errors.push(error));
  onTestFinished(async () => {
    await workers.close();
    await bell.close();
    await opened.close();
  });
  return { bell, workers, worked, errors, added };
}

function counting(opened: OpenBackend, added: number[]): OpenBackend {
  return {
    ...opened,
    queue(name) {
      const queue = opened.queue(name);
      return {
        addBulk(jobs) {
          added.push(jobs.length);
          return queue.addBulk(jobs);
        },
        on: (event, listener) => queue.on(event, listener),
        close: () => queue.close(),
      };
    },
  };
}

/** Errors that are looked at elsewhere. */
const told = (): void => undefined;

function eightFrom(first: number): number[] {
  return Array.from({ length: 8 }, (_, index) => first + index);
}

describe.each(backends())('bells over %s', (backend) => {
  it('reach the workers, for eight partitions at a time', async () => {
    const { bell, worked, errors } = await openBells(backend);
    bell.ringTurns([17, 42]);
    const both = [...eightFrom(16), ...eightFrom(40)];
    await expect.poll(() => worked.toSorted((a, b) => a - b)).toEqual(both);
    bell.ringTurns([]);
    bell.ringTurns([3]);
    await expect.poll(() => worked.slice(both.length)).toEqual(eightFrom(0));
    expect(errors).toEqual([]);
  });

  it('that nobody answers pile up no jobs, and the first worker that comes has little to do', async () => {
    const url = await newDatabase();
    const opened = await openBackend(queueOn(backend, url));
    const bell = createBell(opened, () => undefined);
    for (let ring = 0; ring < 60; ring++) {
      bell.ringTurns(Array.from({ length: PARTITIONS }, (_, partition) => partition));
      bell.ringSends();
      await sleep(10);
    }
    let [turns, sends] = [0, 0];
    const turner = { work: () => Promise.resolve(void turns++), hear: () => [], stop: () => undefined };
    const sender = { work: () => Promise.resolve(void sends++), stop: () => undefined };
    const workers = [startTurnWorkers(opened, turner, told), startSendWorker(opened, sender, told)];
    await expect.poll(() => [turns, sends]).toEqual([8, 1]);
    await sleep(300);
    expect([turns, sends]).toEqual([8, 1]);
    await Promise.all(workers.map((worker) => worker.close()));
    await bell.close();
    await opened.close();
  });

  it('come while their partitions are worked at, and are answered by one look more', async () => {
    let begun = 0;
    const finishing: (() => void)[] = [];
    const { bell } = await openBells(backend, (partition) => {
      if (partition !== 8) return;
      begun++;
      return new Promise((resolve) => finishing.push(resolve));
    });
    // As many as a worker takes at once; the next waits.
    for (let look = 1; look <= 3; look++) {
      bell.ringTurns([8]);
      await expect.poll(() => begun).toBe(look);
    }
    for (let ring = 0; ring < 5; ring++) {
      bell.ringTurns([9]);
      await sleep(10);
    }
    const ending = setInterval(() => finishing.shift()?.(), 20);
    await expect.poll(() => begun).toBe(4);
    await sleep(300);
    clearInterval(ending);
    expect(begun).toBe(4);
  });

  it('come through although a worker that has gone never ends its job', async () => {
    let begun = 0;
    const gone = new AbortController();
    const { bell } = await openBells(backend, () => {
      if (begun++ > 0) return;
      return new Promise((resolve) => gone.signal.addEventListener('abort', () => resolve()));
    });
    bell.ringTurns([0]);
    await expect.poll(() => begun).toBe(1);
    bell.ringTurns([1]);
    await expect.poll(() => begun).toBe(9);
    gone.abort();
  });

  it('reach the sender', async () => {
    const opened = await openBackend(queueOn(backend, await newDatabase()));
    let rings = 0;
    const sender: Sender = { work: () => Promise.resolve(void rings++), stop: () => undefined };
    const bell = createBell(opened, () => undefined);
    const workers = startSendWorker(opened, sender, () => undefined);
    bell.ringSends();
    await expect.poll(() => rings).toBe(1);
    await workers.close();
    await bell.close();
    await opened.close();
  });

  it('that ring thousands of times gather into few jobs, and none is forgotten', async () => {
    const { bell, worked, added } = await openBells(backend);
    const began = performance.now();
    for (let ring = 0; ring < 5000; ring++) {
      bell.ringTurns([ring % PARTITIONS]);
      if (ring % 10 === 0) await breathe();
    }
    const last = worked.length;
    bell.ringTurns([5]);
    await expect.poll(() => worked.slice(last)).toContain(5);
    await expect.poll(() => new Set(worked).size).toBe(PARTITIONS);
    const took = performance.now() - began;
    expect(added.length).toBeLessThanOrEqual(took / 5 + 2);
    expect(added.reduce((sum, jobs) => sum + jobs, 0)).toBeLessThan(1000);
  });

  it('go on after work that throws, which is told', async () => {
    let is_broken = true;
    const { bell, worked, errors } = await openBells(backend, () => {
      if (is_broken) throw new Error('this turn broke');
    });
    bell.ringTurns([13]);
    await expect.poll(() => errors.map(String)).toEqual(['Error: this turn broke']);
    is_broken = false;
    bell.ringTurns([13]);
    await expect.poll(() => worked).toEqual(eightFrom(8));
    expect(errors).toHaveLength(1);
  });

  it('wait for the work under way when they close', async () => {
    let finish: () => void = () => undefined;
    let has_begun = false;
    const { bell, workers, worked } = await openBells(backend, (partition) => {
      if (partition !== 0) return;
      has_begun = true;
      return new Promise((resolve) => (finish = resolve));
    });
    bell.ringTurns([1]);
    await expect.poll(() => has_begun).toBe(true);
    let is_closed = false;
    const closing = workers.close().then(() => (is_closed = true));
    await sleep(200);
    expect([is_closed, worked]).toEqual([false, []]);
    finish();
    await closing;
    expect(worked).toEqual(eightFrom(0));
  });
});

it('rings that come while one is on its way go out together when it has arrived', async () => {
  const calls: (() => void)[] = [];
  const queue = {
    addBulk: () => new Promise<void>((resolve) => calls.push(resolve)),
    on: () => undefined,
    close: () => Promise.resolve(),
  };
  const bell = createBell({ queue: () => queue } as unknown as OpenBackend, () => undefined);
  bell.ringSends();
  for (let ring = 0; ring < 20; ring++) {
    await sleep(1);
    bell.ringSends();
  }
  expect(calls).toHaveLength(1);
  calls[0]?.();
  await expect.poll(() => calls.length).toBe(2);
  calls[1]?.();
  await bell.close();
  expect(calls).toHaveLength(2);
});

/** Each `asked` begins a run and ends it. */
const FILES = projectFiles({
  'workflows/answer.yaml': `version: 1
workflow: answer
purpose: service
enter_when: { event: asked }
re_enter: always
steps:
  - exit: answered
`,
});

interface Live {
  readonly app: App;
  readonly url: string;
  readonly errors: unknown[];
  readonly turns: TurnReport[];
  close(): Promise<void>;
}

async function openLive(queue: QueueBackend, roles: readonly Role[], database_url?: string): Promise<Live> {
  const url = database_url ?? (await newDatabase());
  const [errors, turns]: [unknown[], TurnReport[]] = [[], []];
  const { app } = await openTestApp({
    files: FILES,
    backend: queue.kind,
    start: 0,
    roles,
    overrides: {
      database_url: url,
      queue:
        queue.kind === 'postgres' ? { ...queue, url } : { ...queue, prefix: new URL(url).pathname.slice(1) },
      clock: databaseClock,
      onError: (error) => errors.push(error),
      onTurn: (turn) => turns.push(turn),
    },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= app.close());
  onTestFinished(close);
  return { app, url, errors, turns, close };
}

let askers = 0;
async function ask({ app }: Live, people: number, times = 1): Promise<void> {
  const names = Array.from({ length: people }, () => `asker-${++askers}`);
  for (let time = 0; time < times; time++)
    await app.receiver.receive(names.map((user_id) => tracked({ user_id }, 'asked')));
}

async function answered({ app }: Live): Promise<number> {
  const { rows } = await app.db.execute<{ n: number }>(sql`select count(*)::int as n from runs`);
  return rows[0]?.n ?? 0;
}

/** Removes every job, as an accident would. */
async function wipe({ app }: Live, queue: QueueBackend): Promise<number> {
  if (queue.kind === 'postgres')
    return (await app.db.execute(sql`delete from etapa_queue.job`)).rowCount ?? 0;
  const redis = new Redis(queue.url);
  const keys = await redis.keys('*:turns:wait');
  const lengths = await Promise.all(keys.map((key) => redis.llen(key)));
  await redis.flushall();
  redis.disconnect();
  return lengths.reduce((sum, length) => sum + length, 0);
}

async function queueOf(backend: 'postgres' | 'redis'): Promise<QueueBackend> {
  if (backend === 'postgres') return { kind: 'postgres', url: '' };
  return { kind: 'redis', url: (await ownRedis()).url };
}

describe.each(backends())('an engine over %s', (backend) => {
  it('loses nothing when all rings are lost: the sweep rings again within seconds', async () => {
    const queue = await queueOf(backend);
    const live = await openLive(queue, []);
    await ask(live, 200);
    await expect.poll(() => wipe(live, queue)).toBeGreaterThan(0);
    const began = performance.now();
    live.app.start(new Set(['engine', 'chores']));
    await expect.poll(() => answered(live), { timeout: 10_000, interval: 20 }).toBe(200);
    const took = Math.round(performance.now() - began);
    process.stdout.write(`${backend}: made up for the lost rings of 200 people in ${took} ms\n`);
    // Not quite two seconds where nothing else runs.
    expect(took).toBeLessThan(5000);
    expect(live.errors).toEqual([]);
  });

  it('hears rings again after every job was wiped under idle workers, also without a sweep', async () => {
    const queue = await queueOf(backend);
    const live = await openLive(queue, ['engine']);
    await ask(live, 10);
    await expect.poll(() => answered(live)).toBe(10);
    for (let round = 2; round < 5; round++) {
      await wipe(live, queue);
      await ask(live, 10);
      await expect.poll(() => answered(live), { timeout: 2000 }).toBe(round * 10);
    }
    // A job that is wiped just as it ends is told of, and nothing else comes of it.
    expect(live.errors.filter((error) => !String(error).includes('Missing key for job'))).toEqual([]);
  });

  it('survives the wiping of its jobs again and again while it works', async () => {
    const queue = await queueOf(backend);
    const live = await openLive(queue, ['engine', 'chores']);
    for (let round = 0; round < 10; round++) {
      await ask(live, 40);
      await wipe(live, queue);
    }
    await expect.poll(() => answered(live), { timeout: 5000 }).toBe(400);
  });

  it('shares the partitions with another process, and each event is decided once', async () => {
    const queue = await queueOf(backend);
    const first = await openLive(queue, ['engine', 'chores']);
    const second = await openLive(queue, ['engine', 'chores'], first.url);
    await Promise.all([ask(first, 300, 4), ask(second, 300, 4)]);
    await expect.poll(() => answered(first), { timeout: 10_000 }).toBe(2400);
    const decided = [first, second].map(({ turns }) => turns.reduce((sum, turn) => sum + turn.decided, 0));
    process.stdout.write(
      `${backend}: two processes decided ${decided.join(' + ')} contacts for 2,400 events\n`,
    );
    expect(Math.min(...decided)).toBeGreaterThan(0);
    const { rows } = await first.app.db.execute<{ runs: number; contacts: number }>(sql`
      select runs, count(*)::int as contacts from (select count(*)::int as runs from runs group by contact_id) r group by 1`);
    expect(rows).toEqual([{ runs: 4, contacts: 600 }]);
    expect([...first.errors, ...second.errors]).toEqual([]);
  });
});

describe.skipIf(!installed)('a Redis', () => {
  it('that may drop jobs is refused with the mend', async () => {
    const { url } = await ownRedis('allkeys-lru');
    const opening = openBackend({ kind: 'redis', url });
    await expect(opening).rejects.toBeInstanceOf(UserError);
    await expect(opening).rejects.toMatchObject({
      code: 'redis_evicts',
      message:
        'Redis would drop jobs when memory runs short: its maxmemory-policy is "allkeys-lru". Set it to "noeviction".',
    });
  });

  it('that is not there is told plainly', async () => {
    const opening = openBackend({ kind: 'redis', url: `redis://127.0.0.1:${await freePort()}` });
    await expect(opening).rejects.toMatchObject({
      code: 'redis_unreachable',
      message: expect.stringContaining('Check REDIS_URL.') as string,
    });
  });

  it('that is killed stops nobody from being received, and work goes on by itself when it is back', async () => {
    const port = await freePort();
    const killed = await ownRedis('noeviction', port);
    const back_again: RedisServer[] = [];
    onTestFinished(() => back_again[0]?.stop());
    const live = await openLive({ kind: 'redis', url: killed.url }, ['engine', 'chores']);
    await ask(live, 20);
    await expect.poll(() => answered(live), { timeout: 5000 }).toBe(20);
    await killed.stop();
    const began = performance.now();
    await ask(live, 20);
    process.stdout.write(`received without Redis in ${Math.round(performance.now() - began)} ms\n`);
    expect(performance.now() - began).toBeLessThan(1000);
    await sleep(1500);
    // Jobs that were under way end their round.
    expect(await answered(live)).toBeLessThan(40);
    expect(live.errors.length).toBeGreaterThan(0);
    const again = await startRedis(await newFolder(), 'noeviction', port);
    if (again) back_again.push(again);
    const back = performance.now();
    await expect.poll(() => answered(live), { timeout: 15_000 }).toBe(40);
    process.stdout.write(`work went on ${Math.round(performance.now() - back)} ms after Redis came back\n`);
    await ask(live, 20);
    await expect.poll(() => answered(live), { timeout: 5000 }).toBe(60);
  });

  it('that is away does not keep a process from ending', async () => {
    const killed = await ownRedis();
    const live = await openLive({ kind: 'redis', url: killed.url }, ['engine', 'sender', 'chores']);
    await ask(live, 5);
    await expect.poll(() => answered(live), { timeout: 5000 }).toBe(5);
    await killed.stop();
    const began = performance.now();
    await live.close();
    process.stdout.write(`ended without Redis in ${Math.round(performance.now() - began)} ms\n`);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
