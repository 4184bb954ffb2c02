import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { laterMigrations } from '../../support/later-migrations.ts';
import type { FaultCase } from '../fault.ts';
import { startProbe, tooLong } from '../world/probe.ts';
import type { World } from '../world/world.ts';

const MIGRATE = fileURLToPath(new URL('../../store/migrate-child.ts', import.meta.url));
const AT_ONCE = 5;

export const migratedUnderLoad: FaultCase = {
  id: 'F21',
  name: `${AT_ONCE} processes migrate at once under load, one of them is killed, and they begin again`,
  correct:
    'No request fails and no lock is held for more than a second; the programs from before go on, and who begins again completes it.',
  backends: 'both',
  async run({ dice, openWorld }) {
    const world = await openWorld();
    const folder = await laterMigrations(LATER);
    try {
      world.load.begin();
      const probe = startProbe(world);
      await sleep(dice.whole(1000, 2500));
      const longest_lock = watchLocks(world);
      const all = Array.from({ length: AT_ONCE }, () => migrate(world, folder));
      await sleep(dice.whole(300, 2500));
      dice.pick(all).kill();
      await Promise.all(all.map(({ ended }) => ended));
      const again = await migrate(world, folder).ended;
      const locked = await longest_lock.stop();
      // An old program may also start now.
      await world.start(['engine']);
      await world.recovery();
      const wait = await probe.longestWait();
      await world.settle();
      const found = await world.check();
      const refused = Object.entries(world.load.refused).map(
        ([what, times]) => `${times} requests failed: ${what}`,
      );
      return {
        ...found,
        own: { longest_lock_wait_s: locked.toFixed(2), longest_wait_s: wait.toFixed(1) },
        violations: [
          ...found.violations,
          ...refused,
          ...(again === 0 ? [] : [`the last one to migrate ended with ${again}`]),
          ...(await incomplete(world)),
          ...tooLong('waiting for a lock', locked, LONGEST_LOCK),
          ...tooLong('an order', wait),
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** A second, and what looking takes. */
const LONGEST_LOCK = 1.5;

const LATER = {
  '9000_shop': `alter table "events" add column "shop" text default 'first' not null;`,
  '9001_score': `alter table "contacts" add column "score" integer;`,
  '9002_cost': `alter table "messages" add column "cost" integer default 0 not null;`,
  '9003_index': `-- outside a transaction
create index concurrently if not exists "events_shop" on "events" ("shop", "received_at");--> statement-breakpoint
create index concurrently if not exists "messages_cost" on "messages" ("cost");`,
  '9004_check': `alter table "messages" add constraint "messages_cost_positive" check (cost >= 0) not valid;`,
  '9005_valid': `-- outside a transaction
alter table "messages" validate constraint "messages_cost_positive";`,
};

const COUNT = Object.keys(LATER).length;

interface Migrating {
  kill(): void;
  readonly ended: Promise<number | null>;
}

function migrate({ database_url }: World, folder: string): Migrating {
  const child = spawn(process.execPath, ['--import', 'tsx', MIGRATE, database_url, folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'exit').then(([code]) => code as number | null),
  };
}

/** For how long a statement of Etapa's processes has waited for a lock that a migration holds or wants. */
function watchLocks({ query }: World): { stop(): Promise<number> } {
  let longest = 0;
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const [row] = await query<{ waited: number | null }>(`
        select max(extract(epoch from clock_timestamp() - a.query_start))::float8 as waited
        from pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) blocking
        join pg_stat_activity b on b.pid = blocking
        where a.application_name = 'etapa' and b.application_name = 'etapa migrate'`);
      longest = Math.max(longest, row?.waited ?? 0);
      await sleep(50);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return longest;
    },
  };
}

async function incomplete({ query }: World): Promise<readonly string[]> {
  const [row] = await query<{ valid: boolean; applied: number }>(`
    select bool_and(indisvalid) and count(*) = 2 as valid,
      (select count(*)::int from drizzle.__drizzle_migrations where created_at >
        (select max(created_at) - ${COUNT} from drizzle.__drizzle_migrations)) as applied
    from pg_index where indexrelid::regclass::text in ('events_shop', 'messages_cost')`);
  return [
    ...(row?.valid ? [] : ['an index is missing or useless']),
    ...(row?.applied === COUNT ? [] : [`${row?.applied} of ${COUNT} migrations are recorded`]),
  ];
}
