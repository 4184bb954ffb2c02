/** Keeps what is said of a person and her erasure apart: one comes wholly before the other. */
import { sql, type SQL } from 'drizzle-orm';
import { reason } from '../core/reason.ts';
import type { Runner } from './database.ts';
import { LOCK } from './locks.ts';

/**
 * Taken by a transaction before it looks up whom something is about, or writes an address down. Many hold it at the
 * same time; an erasure waits for them, and they for it. Rows are locked before, never after.
 */
export async function keepErasureOut(tx: Runner): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${LOCK.erasure})`);
}

/** Taken by an erasure, before the names are deleted by which a person is found. */
export async function keepEverybodyOut(tx: Runner): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.erasure})`);
}

/** Stands where the reasons of a message stood whose person was erased. */
export const ERASED: SQL = sql`${JSON.stringify({
  ...reason('the person was erased', 'se borraron los datos de la persona'),
  erased: true,
})}::jsonb`;

/** Of a row of `messages`: that nobody was erased to whom it went. */
export const NOT_ERASED: SQL = sql`messages.because ->> 'erased' is null`;
