import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type SQL } from 'drizzle-orm';
import pg from 'pg';
import { instanceName } from './schema-floor.ts';
import { LOCK } from './locks.ts';

/**
 * A running process, as the database sees it. It holds an advisory lock on a connection of its own for as long as it
 * lives, and asks something on it every few seconds. When it ends, however it ends, PostgreSQL lets go of the lock, and
 * others see at once that what it held is free; when it stands still, or is cut off, its questions cease, and they see
 * that too. Leases bound the cases in which neither is noticed.
 */
export interface Instance {
  readonly id: number;
  close(): Promise<void>;
}

const RETRY_EVERY = 250;

/** In milliseconds. */
interface Pulse {
  /** How often it shows that it lives. */
  readonly every: number;
  /** A connection that leaves a question open for so long is given up, and another one made. */
  readonly patience: number;
}

const PULSE: Pulse = { every: 3000, patience: 10_000 };

/** @param known the newest migration that this program knows. */
export async function openInstance(
  url: string,
  known: number,
  { every, patience }: Pulse = PULSE,
): Promise<Instance> {
  const id = randomInt(1, 2 ** 31 - 1);
  let closing = false;
  let client = await connect();
  let asking = false;
  const pulse = setInterval(() => void ask(), every);

  async function ask(): Promise<void> {
    if (asking) return;
    asking = true;
    const asked = client;
    // `end` breaks off a connection on which a question is still open.
    await asked.query('select').catch(() => void asked.end().catch(() => undefined));
    asking = false;
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: instanceName(id, known),
      keepAlive: true,
      connectionTimeoutMillis: patience,
      query_timeout: patience,
    });
    fresh.on('error', () => undefined);
    await fresh.connect();
    try {
      // Shared with our own last connection, which PostgreSQL may not have missed yet.
      await fresh.query('select pg_advisory_lock_shared($1, $2)', [LOCK.instance, id]);
    } catch (error) {
      void fresh.end().catch(() => undefined);
      throw error;
    }
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
      clearInterval(pulse);
      await client.end();
    },
  };
}

const HELD_LOCKS = sql.raw(`from pg_locks l join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.classid = ${LOCK.instance} and l.granted
    and l.database = (select oid from pg_database where datname = current_database())`);

/** The ids of all living instances on this database. */
export const LIVING: SQL = sql`select distinct l.objid::bigint ${HELD_LOCKS}`;

/** Whether an instance has ended. */
export function hasEnded(instance: SQL): SQL {
  return isMissing(instance, LIVING);
}

/** Five questions in a row that did not come, in seconds: short beside all leases, long beside what a busy process takes. */
const STALE_AFTER = 15;

/**
 * Whether an instance has ended or was not heard of for so many seconds. Where PostgreSQL does not tell when a session
 * asked last, as of sessions of other users, it counts as just heard of.
 */
export function standsStill(instance: SQL, seconds = STALE_AFTER): SQL {
  const since = sql.raw(`now() - ${seconds} * interval '1 second'`);
  return isMissing(instance, sql`${LIVING} and coalesce(a.query_start > ${since}, true)`);
}

/** Not known while PostgreSQL itself has just begun: those who are missing are about to come back. */
function isMissing(instance: SQL, known: SQL): SQL {
  return sql`(${instance} not in (${known}) and pg_postmaster_start_time() < now() - interval '3 seconds')`;
}
