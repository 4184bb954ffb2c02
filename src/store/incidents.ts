/** Notices that commands began and ended. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { IncidentBook, RecordedIncident } from '../engine/notices.ts';
import type { Database, Runner } from './database.ts';
import { LOCK } from './locks.ts';
import { transaction } from './transaction.ts';
import { ms, timestamp } from './values.ts';

export function openIncidents(db: Database): IncidentBook {
  return {
    all: () => allIncidents(db),
    begin: (incident) =>
      transaction(db, async (tx) => {
        await alone(tx);
        if (await openOne(tx, incident.notice, incident.started_at)) return false;
        await add(tx, incident);
        return true;
      }),
    end: (notice, now, written) =>
      transaction(db, async (tx) => {
        await alone(tx);
        const open = await openOne(tx, notice, now);
        if (open !== undefined)
          await tx.execute(sql`update incidents set ended_at = ${timestamp(now)} where id = ${open}`);
        else if (written) await add(tx, { ...written, started_at: now, ended_at: now });
        return open !== undefined || written !== null;
      }),
  };
}

/** In the order in which they began. */
export async function allIncidents(db: Runner): Promise<RecordedIncident[]> {
  const found = await db.execute<{ [key: string]: unknown } & RecordedIncident>(sql`
    select notice, ${ms('started_at')} as started_at, ${ms('until')} as until, ${ms('ended_at')} as ended_at, started_by
    from incidents order by id`);
  return found.rows;
}

/** Two commands at once are taken one after the other. */
async function alone(tx: Runner): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.commanding})`);
}

async function openOne(tx: Runner, notice: string, now: Instant): Promise<number | undefined> {
  const found = await tx.execute<{ id: number }>(sql`
    select id from incidents where notice = ${notice} and ended_at is null and (until is null or until > ${timestamp(now)})
    order by id desc limit 1`);
  return found.rows[0]?.id;
}

async function add(tx: Runner, incident: RecordedIncident): Promise<void> {
  const { notice, started_at, until, ended_at, started_by } = incident;
  await tx.execute(sql`
    insert into incidents (notice, started_at, until, ended_at, started_by)
    values (${notice}, ${timestamp(started_at)}, ${orNull(until)}, ${orNull(ended_at)}, ${started_by})`);
}

function orNull(instant: Instant | null): ReturnType<typeof sql> {
  return instant === null ? sql`null` : timestamp(instant);
}
