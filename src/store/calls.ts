import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { CALL_ANSWERED, type CallAnswer, type CallSpec } from '../core/workflows/step.ts';
import { partitionOf, type CallClaim, type CallMark, type ClaimedCall } from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { hasEnded } from './instance.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { transaction } from './transaction.ts';
import { CONTACT_COLUMNS, contactOf, type ContactRow } from './turns.ts';
import { iso, ms, timestamp } from './values.ts';

/** From the claim to the call: its words are rendered meanwhile. */
const CLAIM_SECONDS = 60;
/** Longer than a mail server or another system is waited for. */
const CALL_SECONDS = 130;

type ClaimedRow = ContactRow &
  Omit<ClaimedCall, 'id' | 'contact' | 'user_ids'> & {
    call_id: string;
    user_ids: string[] | null;
    spec: CallSpec;
  };

/** Takes calls that are due, so that no other process makes them. */
export async function claimCalls(
  db: Runner,
  now: Instant,
  limit: number,
  claimed_by: number,
): Promise<CallClaim> {
  const token = randomUUID();
  const found = await db.execute<ClaimedRow & { now: number }>(sql`
    with picked as (
      select id from calls where state = 'owed' and due_at <= ${timestamp(now)}
      order by due_at limit ${limit} for update skip locked
    ), claimed as (
      update calls k set state = 'claimed', claim = ${token}, claimed_by = ${claimed_by}, attempts = attempts + 1,
        lease_until = now() + ${CLAIM_SECONDS} * interval '1 second'
      from picked where k.id = picked.id returning k.*
    )
    select k.id as call_id, k.workflow, k.run, k.step, k.spec, k.event, ${ms('k.owed_at')} as owed_at, k.attempts,
      (select array_agg(i.value order by i.value) from identities i
        where i.contact_id = k.contact_id and i.kind = 'user') as user_ids,
      ${ms('now()')} as now, ${CONTACT_COLUMNS}
    from claimed k join contacts c on c.id = k.contact_id
    order by k.owed_at, k.id`);
  return { token, database_now: found.rows[0]?.now ?? 0, calls: found.rows.map(claimedOf) };
}

function claimedOf(row: ClaimedRow): ClaimedCall {
  const { call_id, user_ids, workflow, run, step, spec, event, owed_at, attempts } = row;
  return {
    id: call_id,
    contact: contactOf(row),
    user_ids: user_ids ?? [],
    workflow,
    run,
    step,
    spec,
    event,
    owed_at,
    attempts,
  };
}

export async function holdCall(db: Runner, token: string, id: string): Promise<boolean> {
  const held = await db.execute(sql`
    update calls set lease_until = now() + ${CALL_SECONDS} * interval '1 second'
    where id = ${id} and claim = ${token} and state = 'claimed'`);
  return held.rowCount === 1;
}

type Written = {
  contact_id: string;
  workflow: string;
  run: number;
  step: string;
  visit: number;
  kind: CallSpec['kind'];
};

/** Writes what became of a call, unless somebody else holds it by now, and what its run waits for. */
export async function markCall(
  db: Database,
  token: string,
  mark: CallMark,
): Promise<readonly number[] | undefined> {
  return transaction(db, async (tx) => {
    const written = await writeMark(tx, token, mark);
    if (!written) return undefined;
    const { contact_id, kind, ...visit } = written;
    if (kind !== 'webhook' || mark.state === 'owed') return [];
    const event = ownEvent(`call:${mark.id}`, CALL_ANSWERED, contact_id, mark.at);
    const properties: CallAnswer = { ...visit, ...outcomeOf(mark) };
    await appendOwn(tx, [{ ...event, properties: { ...properties } }]);
    return [partitionOf(contact_id)];
  });
}

async function writeMark(tx: Runner, token: string, mark: CallMark): Promise<Written | undefined> {
  const { id, state, at, response } = mark;
  const written = await tx.execute<Written>(sql`
    update calls set state = ${state}, response = ${response.slice(0, 500)}, claim = null, claimed_by = null,
      lease_until = null, due_at = coalesce(${state === 'owed' ? iso(mark.due_at) : null}::timestamptz, due_at),
      finished_at = ${state === 'owed' ? null : iso(at)}::timestamptz
    where id = ${id} and claim = ${token} and state = 'claimed'
    returning contact_id, workflow, run, step, visit, spec ->> 'kind' as kind`);
  return written.rows[0];
}

type Outcome = Pick<CallAnswer, 'ok' | 'answer' | 'failure'>;

function outcomeOf(mark: Exclude<CallMark, { state: 'owed' }>): Outcome {
  return mark.state === 'done'
    ? { ok: true, answer: mark.answer, failure: '' }
    : { ok: false, answer: null, failure: mark.response };
}

/**
 * Calls whose lease ran out, or whose process has ended, are owed again. Whether they had been made, nobody can know:
 * they carry the same id, by which the other side can tell a repeat.
 */
export async function recoverCalls(db: Runner): Promise<void> {
  await db.execute(sql`
    update calls set state = 'owed', claim = null, claimed_by = null, lease_until = null
    where id in (
      select id from calls where state = 'claimed' and (lease_until < now() or ${hasEnded(sql`claimed_by`)})
      for update skip locked)`);
}

export async function hasOwedCalls(db: Runner, now: Instant): Promise<boolean> {
  const found = await db.execute(sql`
    select from calls where state = 'owed' and due_at <= ${timestamp(now)} limit 1`);
  return found.rowCount === 1;
}
