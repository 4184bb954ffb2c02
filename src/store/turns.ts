import { sql, type SQL } from 'drizzle-orm';
import type { Contact, Profile } from '../core/contacts/contact.ts';
import type { Event, EventType, Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Run } from '../core/workflows/run.ts';
import {
  LeaseLost,
  type Asking,
  type Batch,
  type Lease,
  type StoredContact,
  type StoredHappening,
  type TurnBook,
} from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { holds, owesNothing } from './partitions.ts';
import { transaction } from './transaction.ts';
import { writeTurn } from './turn-writes.ts';
import { array, ms, timestamp } from './values.ts';

/** One transaction in which a batch of contacts is read, locked, decided and written, under a lease that must stand. */
export async function turn<T>(db: Database, lease: Lease, work: (book: TurnBook) => Promise<T>): Promise<T> {
  return transaction(db, async (tx) => {
    const result = await work({
      read: (asking) => read(tx, lease.partition, asking),
      history: (ids, until) => history(tx, ids, until),
      write: (writes) => writeTurn(tx, writes),
    });
    if (!(await holds(tx, lease)))
      throw new LeaseLost(`partition ${lease.partition} is held by somebody else`);
    return result;
  });
}

async function read(tx: Runner, partition: number, asking: Asking): Promise<Batch> {
  const inbox = await readHappenings(tx, partition, asking);
  const due = await readDue(tx, partition, asking);
  const gone = inbox.rows.flatMap((row) => row.gone_id ?? []);
  const ids = new Set([...inbox.rows.map((row) => row.contact_id), ...due, ...gone]);
  const contacts = ids.size === 0 ? new Map() : await readContacts(tx, [...ids]);
  return {
    contacts,
    happenings: byContact(inbox.rows),
    cut: inbox.cut,
    next_after: inbox.next_after,
    more: inbox.next_after !== '' || due.length === asking.due,
  };
}

type HappeningRow = {
  contact_id: string;
  id: string;
  due_at: number;
  gone_id: string | null;
  event_id: string | null;
  type: EventType;
  name: string;
  properties: JsonObject;
  occurred_at: number;
};

interface Inbox {
  readonly rows: readonly HappeningRow[];
  readonly cut: Batch['cut'];
  readonly next_after: string;
}

/** Contact by contact. A contact whose happenings were cut by the limit is left for the next batch, if it is not the only one. */
async function readHappenings(tx: Runner, partition: number, asking: Asking): Promise<Inbox> {
  const { now, after, happenings } = asking;
  const from = after === '' ? sql`true` : sql`h.contact_id > ${after}`;
  const found = await tx.execute<HappeningRow>(sql`
    select h.contact_id, h.id, ${ms('h.due_at')} as due_at, h.gone_id, h.event_id, e.type, e.name, e.properties,
      ${ms('e.occurred_at')} as occurred_at
    from (
      select * from happenings h where h.partition = ${partition} and h.due_at <= ${timestamp(now)} and ${from}
        and ${owesNothing(sql`h.contact_id`, now, asking.skip_owing)}
      order by h.contact_id, h.due_at, h.id limit ${happenings}
    ) h left join events e on e.id = h.event_id
    order by h.contact_id, h.due_at, h.id`);
  const last = found.rows.at(-1);
  if (found.rows.length < happenings || !last) return { rows: found.rows, cut: null, next_after: '' };
  const whole = found.rows.filter((row) => row.contact_id !== last.contact_id);
  const next_after = whole.at(-1)?.contact_id;
  if (next_after !== undefined) return { rows: whole, cut: null, next_after };
  return { rows: found.rows, cut: { id: last.contact_id, at: last.due_at }, next_after: last.contact_id };
}

function byContact(found: readonly HappeningRow[]): Map<string, StoredHappening[]> {
  const grouped = new Map<string, StoredHappening[]>();
  for (const row of found) {
    const list = grouped.get(row.contact_id);
    if (list) list.push(happeningOf(row));
    else grouped.set(row.contact_id, [happeningOf(row)]);
  }
  return grouped;
}

function happeningOf(row: HappeningRow): StoredHappening {
  const base = { id: Number(row.id), due_at: row.due_at };
  if (row.gone_id !== null) return { ...base, kind: 'merge', gone_id: row.gone_id };
  return { ...base, kind: 'event', event: eventOf({ ...row, id: row.event_id ?? '' }) };
}

function eventOf({
  id,
  type,
  name,
  properties,
  occurred_at,
}: Omit<HappeningRow, 'id'> & { id: string }): Event {
  return { id, type, name, properties, occurred_at };
}

/** Whoever there is news about comes with the news, in this batch or in one of the next. */
async function readDue(tx: Runner, partition: number, { now, due, skip_owing }: Asking): Promise<string[]> {
  const found = await tx.execute<{ id: string }>(sql`
    select id from contacts where partition = ${partition} and next_due_at <= ${timestamp(now)}
      and not exists (select from happenings h where h.partition = ${partition} and h.contact_id = contacts.id
        and h.due_at <= ${timestamp(now)})
      and ${owesNothing(sql`contacts.id`, now, skip_owing)}
    order by next_due_at limit ${due}`);
  return found.rows.map((row) => row.id);
}

export type ContactRow = {
  id: string;
  profile: Profile;
  shape: string;
  entries: Contact['entries'];
  sent: Contact['sent'];
  stage: string;
  stage_since: number;
  stages_left: Contact['stages_left'];
  segments: Contact['segments'];
  persona: string | null;
  rules: string;
  decided_at: number | null;
  settled_until: number | null;
  merged_into: string | null;
  runs?: RunRow[] | null;
};

/** Locked in the order of their ids, so that turns which meet at a merge wait for each other and never in a circle. */
async function readContacts(tx: Runner, ids: readonly string[]): Promise<Map<string, StoredContact>> {
  const wanted = array(ids, 'uuid');
  // In a statement of its own: one that waits for a lock goes on to read the runs as they were before the wait.
  await tx.execute(sql`select from contacts where id = any(${wanted}) order by id for update`);
  const found = await tx.execute<ContactRow>(sql`
    select ${CONTACT_COLUMNS}, ${ACTIVE_RUNS} as runs from contacts c where c.id = any(${wanted}) order by c.id`);
  return new Map(
    found.rows.map((row) => [
      row.id,
      { contact: contactOf(row), shape: row.shape, merged_into: row.merged_into },
    ]),
  );
}

/** What a contact is made of, but for its runs, from a table called `c`. */
export const CONTACT_COLUMNS: SQL = sql`c.id, c.profile, c.shape, c.entries, c.sent, c.stage,
  ${ms('c.stage_since')} as stage_since, c.stages_left, c.segments, c.persona, c.rules, ${ms('c.decided_at')} as decided_at, ${ms('c.settled_until')} as settled_until,
  c.merged_into`;

/** The runs of a contact `c` that have not ended, as JSON. */
export const ACTIVE_RUNS: SQL = sql`
  (select json_agg(json_build_object(
      'workflow', r.workflow, 'version', r.version, 'number', r.number, 'entered_at', ${ms('r.entered_at')},
      'event', r.event, 'key', r.key, 'held_out', r.held_out, 'variants', r.variants, 'because', r.because, 'step', r.step, 'visit', r.visit, 'arrived_at', ${ms('r.arrived_at')},
      'due_at', ${ms('r.due_at')}, 'held_before', r.held_before) order by r.entered_at, r.workflow)
    from runs r where r.contact_id = c.id and r.ended_at is null)`;

type RunRow = Omit<Run, 'ended_at' | 'outcome' | 'ended_because' | 'held_before'> & {
  readonly held_before: string | null;
};

export function contactOf(row: ContactRow): Contact {
  const { id, profile, entries, sent, stage, stage_since, decided_at, settled_until } = row;
  return {
    id,
    profile,
    stage,
    stage_since,
    stages_left: row.stages_left,
    segments: row.segments,
    persona: row.persona,
    rules: row.rules,
    decided_at,
    settled_until: settled_until ?? Infinity,
    entries,
    sent,
    runs: (row.runs ?? []).map(({ held_before, ...run }): Run => ({
      ...run,
      ...(held_before === null ? {} : { held_before }),
      ended_at: null,
      outcome: null,
      ended_because: null,
    })),
  };
}

async function history(
  tx: Runner,
  contact_ids: readonly string[],
  until: Instant,
): Promise<ReadonlyMap<string, readonly Event[]>> {
  const found = await tx.execute<Omit<HappeningRow, 'id'> & { id: string }>(sql`
    select id, contact_id, type, name, properties, ${ms('occurred_at')} as occurred_at from events
    where contact_id = any(${array(contact_ids, 'uuid')}) and occurred_at <= ${timestamp(until)}
      and not exists (select from happenings h where h.event_id = events.id and h.contact_id = events.contact_id)`);
  const histories = new Map<string, Event[]>(contact_ids.map((id) => [id, []]));
  for (const row of found.rows) histories.get(row.contact_id)?.push(eventOf(row));
  return histories;
}
