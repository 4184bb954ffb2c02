import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { otherThan503 } from '../world/load.ts';
import type { World } from '../world/world.ts';

export const connectionsEnded: FaultCase = {
  id: 'F10a',
  name: 'pg_terminate_backend of some connection every 100 ms for 5 s',
  correct:
    'What was under way is tried again or refused with 503; no process ends, and nothing is done twice.',
  backends: 'both',
  run: (setting) => trouble(setting, endConnections),
};

export const tableLocked: FaultCase = {
  id: 'F10b',
  name: 'a table locked for 6 s',
  correct: 'Whoever needs it waits or is told to come again, and all goes on by itself.',
  backends: 'both',
  run: (setting) => trouble(setting, lockTable),
};

export const noConnectionsLeft: FaultCase = {
  id: 'F10c',
  name: 'every connection that PostgreSQL has left taken by others for 5 s, and ours ended',
  correct: 'The API answers 503 where it gets none, and all goes on by itself when there are some.',
  backends: 'both',
  run: (setting) => trouble(setting, takeConnections),
};

/** What was between the final dot and the commit that says "sent": at most the connections of two senders. */
const CLAIMS_IN_DOUBT = { twice_inside: 40, uncertain: 40 };

async function trouble(
  setting: Setting,
  make: (world: World, setting: Setting) => Promise<void>,
): Promise<Findings> {
  const world = await setting.openWorld();
  await world.flow();
  await sleep(setting.dice.whole(1000, 2500));
  await make(world, setting);
  await world.recovery();
  await world.settle();
  const found = await world.check(CLAIMS_IN_DOUBT);
  const own = { answers_503: world.load.refused['503'] ?? 0 };
  return { ...found, own, violations: [...found.violations, ...otherThan503(world.load.refused)] };
}

const OURS = `datname = current_database() and pid <> pg_backend_pid() and application_name <> 'harness'`;

async function endConnections({ query }: World, { dice }: Setting): Promise<void> {
  for (let time = 0; time < 50; time++) {
    const found = await query<{ pid: number }>(`select pid from pg_stat_activity where ${OURS}`);
    if (found.length > 0) await query('select pg_terminate_backend($1)', [dice.pick(found).pid]);
    await sleep(100);
  }
}

async function lockTable({ database_url }: World, { dice }: Setting): Promise<void> {
  const table = dice.pick(['messages', 'events', 'contacts', 'happenings', 'runs']);
  const locker = new pg.Client({ connectionString: database_url });
  await locker.connect();
  await locker.query('begin');
  await locker.query(`lock table ${table} in access exclusive mode`);
  await sleep(6000);
  await locker.end();
}

async function takeConnections({ query, database_url }: World): Promise<void> {
  const taken: pg.Client[] = [];
  const until = performance.now() + 5000;
  while (performance.now() < until) {
    const client = new pg.Client({ connectionString: database_url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch {
      // None is left: end some of ours, so that they too have to do without.
      await query(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${OURS} and pid % 3 = 0
        and not (pid = any($1))`,
        [taken.map((one) => (one as unknown as { processID: number }).processID)],
      );
      await sleep(100);
    }
  }
  await Promise.all(taken.map((client) => client.end()));
}
