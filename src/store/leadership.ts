/** Of all processes with the role `chores`, the one that does what is done once for the whole installation. */
import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { LeadershipLost, type Leadership } from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { hasEnded } from './instance.ts';
import { transaction } from './transaction.ts';

/** Renewed every second; who stands still for so long leads no more. */
const LEASE_SECONDS = 8;

export async function makeLeadership(db: Runner): Promise<void> {
  await db.execute(sql`insert into leadership (role) values ('chores') on conflict do nothing`);
}

/**
 * Keeps the lead, or takes it if nobody has it: because its holder resigned, has ended (its advisory lock is gone) or was
 * not heard of for too long. Undefined while another process leads.
 */
export async function lead(
  db: Runner,
  owner: number,
  held: Leadership | undefined,
): Promise<Leadership | undefined> {
  if (held && (await renew(db, held))) return held;
  const taken = await db.execute<{ fence: string }>(sql`
    update leadership set owner = ${owner}, fence = fence + 1, since = now(),
      lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
    where role = 'chores' and (lease_until is null or lease_until < now() or ${hasEnded(sql`owner`)})
    returning fence`);
  const row = taken.rows[0];
  return row && { fence: Number(row.fence) };
}

export async function resign(db: Runner, { fence }: Leadership): Promise<void> {
  await db.execute(
    sql`update leadership set owner = null, lease_until = null where role = 'chores' and fence = ${fence}`,
  );
}

async function renew(db: Runner, { fence }: Leadership): Promise<boolean> {
  const renewed = await db.execute(sql`
    update leadership set lease_until = now() + ${LEASE_SECONDS} * interval '1 second'
    where role = 'chores' and fence = ${fence} and owner is not null`);
  return renewed.rowCount === 1;
}

export type Duty = <T>(work: (tx: NodePgDatabase) => Promise<T>) => Promise<T>;

/** A transaction, which under a leadership commits only if that still stands; throws `LeadershipLost` if not. */
export function duty(db: Database, held: Leadership | undefined): Duty {
  if (!held) return (work) => transaction(db, work);
  return (work) =>
    transaction(db, async (tx) => {
      // A leader that is stopped in the midst of it holds up nobody for longer.
      await tx.execute(sql`set local idle_in_transaction_session_timeout = '5s'`);
      const result = await work(tx);
      if (!(await renew(tx, held))) throw new LeadershipLost('another process leads by now');
      return result;
    });
}
