/** Why promotions do not leave for the time being: who holds them back, since when, and how many wait for it. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { EVERY_CHANNEL, type SendingStop, type StopBook, type StopCause } from '../engine/stops.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { ms, timestamp } from './values.ts';

export function openStopBook(db: Database): StopBook {
  return {
    open: () => openStops(db),
    begin: (stop) => begin(db, stop),
    end: (channel, cause, at) => end(db, channel, cause, at),
    held: (stop) => countHeld(db, stop),
  };
}

async function openStops(db: Runner): Promise<readonly SendingStop[]> {
  const found = await db.execute<SendingStop & Record<string, unknown>>(sql`
    select channel, cause, because, ${ms('since')} as since from sending_stops where ended_at is null order by id`);
  return found.rows;
}

/** Of several processes that find the same at once, one begins it. */
async function begin(db: Database, { channel, cause, because, since }: SendingStop): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockStops(tx);
    const written = await tx.execute(sql`
      insert into sending_stops (channel, cause, because, since)
      select ${channel}, ${cause}, ${JSON.stringify(because)}::jsonb, ${timestamp(since)}
      where not exists (select from sending_stops where channel = ${channel} and cause = ${cause} and ended_at is null)`);
    return written.rowCount === 1;
  });
}

/** What waited for it is due at once. */
async function end(
  db: Database,
  channel: string,
  cause: StopCause,
  at: Instant,
): Promise<number | undefined> {
  return transaction(db, async (tx) => {
    await lockStops(tx);
    const ended = await tx.execute<Pick<SendingStop, 'because'> & Record<string, unknown>>(sql`
      update sending_stops set ended_at = ${timestamp(at)}
      where channel = ${channel} and cause = ${cause} and ended_at is null returning because`);
    const [stop] = ended.rows;
    if (!stop) return undefined;
    const released = await tx.execute(sql`
      update messages set due_at = ${timestamp(at)} where ${heldBy({ channel, because: stop.because })}`);
    return released.rowCount ?? 0;
  });
}

async function countHeld(db: Runner, stop: SendingStop): Promise<number> {
  const found = await db.execute<{ held: number }>(sql`
    select count(*)::int as held from messages where ${heldBy(stop)}`);
  return found.rows[0]?.held ?? 0;
}

/** Each tells its own reason to what it holds back. */
function heldBy({ channel, because }: Pick<SendingStop, 'channel' | 'because'>) {
  const on_it = channel === EVERY_CHANNEL ? sql`true` : sql`channel = ${channel}`;
  return sql`state = 'deferred' and ${on_it} and held_because @> ${JSON.stringify(because)}::jsonb`;
}

async function lockStops(tx: Runner): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sending_stops'))`);
}
