import { sql } from 'drizzle-orm';
import type { Runner } from './database.ts';
import { NOT_ERASED } from './erasure-lock.ts';
import { ms } from './values.ts';

/** Of a message, what those need to know who add something to its story. */
export type LockedMessage = {
  readonly id: string;
  readonly contact_id: string;
  readonly channel: string;
  readonly address: string | null;
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly message: string;
  readonly sent_at: number | null;
  readonly links: readonly string[] | null;
};

/**
 * Holds a message until the end of the transaction; undefined where there is none, or nobody any more to whom it went.
 * A merge that is just moving it to another contact is waited for, and comes after us if it is later; so is an erasure.
 */
export async function lockMessage(tx: Runner, id: string): Promise<LockedMessage | undefined> {
  const found = await tx.execute<LockedMessage>(sql`
    select id, contact_id, channel, address, workflow, run, step, message, ${ms('sent_at')} as sent_at, links
    from messages where id = ${id} and ${NOT_ERASED} for update`);
  return found.rows[0];
}

/** Whether there was somebody to whom it went who has been erased. */
export async function isOfErased(tx: Runner, id: string): Promise<boolean> {
  const found = await tx.execute(sql`select from messages where id = ${id} and not (${NOT_ERASED})`);
  return found.rowCount === 1;
}
