import { sql, type SQL } from 'drizzle-orm';
import type { Event, Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { MessageState } from '../core/messages/message.ts';
import type { Reason } from '../core/reason.ts';
import type { Run } from '../core/workflows/run.ts';
import type { Reader, RecordedMessage, StoredContact } from '../engine/ports.ts';
import type { Database } from './database.ts';
import { ACTIVE_RUNS, CONTACT_COLUMNS, contactOf, type ContactRow } from './turns.ts';
import { array, ms, timestamp } from './values.ts';

/** Questions to the book that change nothing. */
export function createReader(db: Database): Reader {
  return {
    contacts: (options) => readContacts(db, options),
    findContact: (who) => findContact(db, who),
    eventsOf: (ids, until) => eventsOf(db, ids, until),
    stageMoves: (id, until) => stageMoves(db, id, until),
    segmentMoves: (id, until) => segmentMoves(db, id, until),
    runs: (id, until) => runsOf(db, id, until),
    messages: (id, until) => messagesOf(db, id, until),
    identities: (id) => identitiesOf(db, id),
    runCounts: () => runCounts(db),
    countContacts: () => countContacts(db),
    countEvents: (until) => countEvents(db, until),
  };
}

const BATCH = 1000;

async function* readContacts(
  db: Database,
  { share = 1 }: { readonly share?: number },
): AsyncGenerator<readonly StoredContact[]> {
  // The first hexadecimal digits of an id tell its time; those before the last byte are chance.
  const chosen =
    share >= 1 ? sql`true` : sql`abs(hashtext(c.id::text)) % 100000 < ${Math.ceil(share * 100_000)}`;
  for (let after = ''; ;) {
    const from: SQL = after === '' ? sql`true` : sql`c.id > ${after}`;
    const found = await db.execute<ContactRow>(sql`
      select ${CONTACT_COLUMNS}, ${ACTIVE_RUNS} as runs from contacts c
      where ${from} and ${chosen} and c.merged_into is null order by c.id limit ${BATCH}`);
    if (found.rows.length > 0) yield found.rows.map(storedOf);
    if (found.rows.length < BATCH) return;
    after = found.rows.at(-1)?.id ?? '';
  }
}

function storedOf(row: ContactRow): StoredContact {
  return { contact: contactOf(row), shape: row.shape, merged_into: row.merged_into };
}

/** By its id, by an id of the shop, or by its e-mail address; whoever it was merged into. */
async function findContact(db: Database, who: string): Promise<StoredContact | undefined> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(who);
  const ours = isId ? sql`id = ${who}::uuid` : sql`false`;
  const found = await db.execute<ContactRow>(sql`
    with wanted as (
      select coalesce(merged_into, id) as id, 1 as rank from contacts where ${ours}
      union all select contact_id, 2 from identities where kind in ('user', 'anonymous') and value = ${who}
      union all select id, 3 from contacts
        where merged_into is null and lower(profile #>> '{fields,email,value}') = lower(${who})
    )
    select ${CONTACT_COLUMNS}, ${ACTIVE_RUNS} as runs from wanted w join contacts c on c.id = w.id
    order by w.rank, c.created_at limit 1`);
  return found.rows[0] && storedOf(found.rows[0]);
}

async function eventsOf(
  db: Database,
  ids: readonly string[],
  until: Instant,
): Promise<ReadonlyMap<string, readonly Event[]>> {
  const found = await db.execute<Event & { contact_id: string } & Record<string, unknown>>(sql`
    select id, contact_id, type, name, properties, ${ms('occurred_at')} as occurred_at from events
    where contact_id = any(${array(ids, 'uuid')}) and occurred_at <= ${timestamp(until)}
    order by contact_id, occurred_at, id`);
  const all = new Map<string, Event[]>(ids.map((id) => [id, []]));
  for (const { contact_id, id, type, name, properties, occurred_at } of found.rows) {
    all.get(contact_id)?.push({ id, type, name, properties, occurred_at });
  }
  return all;
}

async function stageMoves(db: Database, id: string, until: Instant) {
  const found = await db.execute<{ from: string; to: string; at: number; because: Reason }>(sql`
    select "from", "to", ${ms('at')} as at, because from stage_moves
    where contact_id = ${id} and at <= ${timestamp(until)} order by at`);
  return found.rows;
}

async function segmentMoves(db: Database, id: string, until: Instant) {
  const found = await db.execute<{
    segment: string;
    way: 'enters' | 'leaves';
    at: number;
    because: Reason;
  }>(sql`
    select segment, way, ${ms('at')} as at, because from segment_moves
    where contact_id = ${id} and at <= ${timestamp(until)} order by at`);
  return found.rows;
}

async function runsOf(db: Database, id: string, until: Instant): Promise<readonly Run[]> {
  const found = await db.execute<Run & Record<string, unknown>>(sql`
    select workflow, version, number, ${ms('entered_at')} as entered_at, event, key, held_out, variants, because, step,
      visit, ${ms('arrived_at')} as arrived_at, ${ms('due_at')} as due_at, ${ms('ended_at')} as ended_at, outcome,
      ended_because
    from runs where contact_id = ${id} and entered_at <= ${timestamp(until)} order by entered_at, workflow`);
  return found.rows;
}

type MessageRow = {
  id: string;
  workflow: string;
  run: number;
  step: string;
  message: string;
  channel: string;
  purpose: 'promotion' | 'service';
  state: MessageState;
  owed_at: number;
  sent_at: number | null;
  due_at: number | null;
  stage: string;
  language: string;
  tone: string;
  because: Reason;
  held_because: Reason | null;
  subject: string | null;
  response: string | null;
  event: JsonObject;
};

/** Of a row of `messages`: that it has not come to its end. */
export const WAITS: SQL = sql`state in ('owed', 'claimed', 'handing_over', 'deferred')`;

async function messagesOf(db: Database, id: string, until: Instant): Promise<readonly RecordedMessage[]> {
  const found = await db.execute<MessageRow>(sql`
    select id, workflow, run, step, message, channel, purpose, state, ${ms('owed_at')} as owed_at,
      ${ms('sent_at')} as sent_at, case when ${WAITS} then ${ms('due_at')} end as due_at, stage, language, tone, because, held_because, subject, response, event
    from messages where contact_id = ${id} and owed_at <= ${timestamp(until)} order by owed_at, id`);
  return found.rows;
}

async function identitiesOf(db: Database, id: string) {
  const found = await db.execute<{ kind: string; value: string }>(sql`
    select kind, value from identities where contact_id = ${id} order by kind desc, value`);
  return found.rows;
}

async function runCounts(db: Database) {
  const found = await db.execute<{ workflow: string; version: string; step: string; runs: number }>(sql`
    select workflow, version, step, count(*)::int as runs from runs where ended_at is null
    group by workflow, version, step order by workflow, version, step`);
  return found.rows;
}

async function countContacts(db: Database): Promise<number> {
  const found = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from contacts where merged_into is null`);
  return found.rows[0]?.count ?? 0;
}

async function countEvents(db: Database, until: Instant): Promise<number> {
  const found = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from events where occurred_at <= ${timestamp(until)}`);
  return found.rows[0]?.count ?? 0;
}
