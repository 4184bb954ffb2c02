import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type SQL } from 'drizzle-orm';
import pg from 'pg';

/**
 * A running process, as the database sees it. It holds an advisory lock on a connection of its own for as long as it
 * lives; when it ends, however it ends, PostgreSQL lets go of the lock, and others see at once that what it held is
 * free. Leases bound the cases in which that is not noticed.
 */
export interface Instance {
  readonly id: number;
  close(): Promise<void>;
}

const LOCK_CLASS = 738_420;
const RETRY_EVERY = 250;

export async function openInstance(url: string): Promise<Instance> {
  const id = randomInt(1, 2 ** 31 - 1);
  let closing = false;
  let client = await connect();

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: `etapa instance ${id}`,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    });
    fresh.on('error', () => undefined);
    await fresh.connect();
    await fresh.query('select pg_advisory_lock($1, $2)', [LOCK_CLASS, id]);
    // Not before: an attempt that fails ends a connection too, and is repeated by the loop that made it.
    fresh.on('end', () => void reconnect());
    return fresh;
  }

  /** At once: until it stands again, others take what we hold for left behind. */
  async function reconnect(): Promise<void> {
    while (!closing) {
      // While the database is away, leases hold until it is back.
      const fresh = await connect().catch(() => undefined);
      if (fresh) {
        client = fresh;
        if (closing) await fresh.end();
        return;
      }
      await sleep(RETRY_EVERY);
    }
  }

  return {
    id,
    async close() {
      closing = true;
      await client.end();
    },
  };
}

/** The ids of all living instances on this database, for `not in (…)`. */
export const LIVING: SQL = sql`select objid::bigint from pg_locks
  where locktype = 'advisory' and classid = ${sql.raw(String(LOCK_CLASS))} and granted
    and database = (select oid from pg_database where datname = current_database())`;
