import { sql, type SQL } from 'drizzle-orm';
import type { Contact, Profile } from '../core/contacts/contact.ts';
import type { Event, EventType, Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Run } from '../core/workflows/run.ts';
import {
  Unwritable,
  type Asking,
  type Batch,
  type Places,
  type StoredContact,
  type StoredHappening,
  type TurnBook,
} from '../engine/ports.ts';
import type { Database, Runner } from './database.ts';
import { holding, owesNothing } from './partitions.ts';
import { isNotAside, WAS_ASIDE } from './put-aside.ts';
import { errorCode } from './races.ts';
import { transaction } from './transaction.ts';
import { writeTurn } from './turn-writes.ts';
import { array, ms, timestamp } from './values.ts';

/** One transaction in which a batch of contacts is read, locked, decided and written. */
export function turn<T>(
  db: Database,
  partitions: readonly number[],
  work: (book: TurnBook) => Promise<T>,
): Promise<T> {
  return transaction(
    db,
    (tx, first) =>
      work({
        ...(first as Pick<TurnBook, 'held' | 'database_now'>),
        read: (asking) => read(tx, asking),
        history: (ids, until) => history(tx, ids, until),
        write: (writes) => writeTurn(tx, writes).catch(tellUnwritable),
      }),
    holding(partitions),
  );
}

/**
 * Of the given data (classes 22 and 23), or of its size (class 54): https://www.postgresql.org/docs/current/errcodes-appendix.html.
 * What is thrown before anything reaches the database is about the data as well.
 */
function tellUnwritable(error: unknown): never {
  const code = errorCode(error);
  const isOfData =
    /^(22|23|54)/.test(code ?? '') || error instanceof RangeError || error instanceof TypeError;
  throw isOfData ? new Unwritable((error as Error).message, { cause: error }) : error;
}

async function read(tx: Runner, asking: Asking): Promise<Batch> {
  if (asking.from.size === 0) return NOTHING;
  const [inbox, due] = await Promise.all([readHappenings(tx, asking), readDue(tx, asking)]);
  const gone = inbox.rows.flatMap((row) => row.gone_id ?? []);
  const ids = new Set([...inbox.rows.map((row) => row.contact_id), ...due.ids, ...gone]);
  const contacts = ids.size === 0 ? new Map() : await readContacts(tx, [...ids]);
  return {
    contacts,
    happenings: byContact(inbox.rows),
    cut: inbox.cut,
    rest: new Map([...due.rest, ...inbox.rest]),
  };
}

const NOTHING: Batch = { contacts: new Map(), happenings: new Map(), cut: new Map(), rest: new Map() };

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
  readonly rest: Places;
}

/** The partitions that are asked, as a table `p` with the columns `id` and `after`. */
function asked(from: Places): SQL {
  const after = [...from.values()].map((id) => (id === '' ? BEFORE_ALL : id));
  return sql`unnest(${array([...from.keys()], 'smallint')}, ${array(after, 'uuid')}) p (id, after)`;
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** What a limit on a whole turn leaves for each partition. */
function share(limit: number, from: Places): number {
  return Math.ceil(limit / from.size);
}

function isWanted(contact_id: SQL, { only }: Asking): SQL {
  return only ? sql`${contact_id} = any(${array(only, 'uuid')})` : sql`true`;
}

async function readHappenings(tx: Runner, asking: Asking): Promise<Inbox> {
  const { now, from } = asking;
  const limit = share(asking.happenings, from);
  const found = await tx.execute<HappeningRow & { partition: number }>(sql`
    select h.partition, h.contact_id, h.id, ${ms('h.due_at')} as due_at, h.gone_id, h.event_id, e.type, e.name, e.properties,
      ${ms('e.occurred_at')} as occurred_at
    from ${asked(from)} cross join lateral (
      select * from happenings h where h.partition = p.id and h.contact_id > p.after and h.due_at <= ${timestamp(now)}
        and ${isWanted(sql`h.contact_id`, asking)} and ${isNotAside(sql`h.contact_id`)} and ${owesNothing(sql`h.contact_id`, now, asking.skip_owing)}
      order by h.contact_id, h.due_at, h.id limit ${limit}
    ) h left join events e on e.id = h.event_id
    order by h.partition, h.contact_id, h.due_at, h.id`);
  const parts = [...from.keys()].map((partition) =>
    wholeContacts(
      found.rows.filter((row) => row.partition === partition),
      limit,
    ),
  );
  return {
    rows: parts.flatMap(({ rows }) => rows),
    cut: new Map(parts.flatMap(({ cut }) => (cut ? [cut] : []))),
    rest: new Map(
      [...from.keys()].flatMap((partition, index) => {
        const next_after = parts[index]?.next_after ?? '';
        return next_after === '' ? [] : [[partition, next_after] as const];
      }),
    ),
  };
}

/** A contact whose happenings were cut by the limit is left for the next batch, if it is not the only one. */
function wholeContacts(
  rows: readonly HappeningRow[],
  limit: number,
): { rows: readonly HappeningRow[]; cut?: readonly [string, Instant]; next_after: string } {
  const last = rows.at(-1);
  if (rows.length < limit || !last) return { rows, next_after: '' };
  const whole = rows.filter((row) => row.contact_id !== last.contact_id);
  const next_after = whole.at(-1)?.contact_id;
  if (next_after !== undefined) return { rows: whole, next_after };
  return { rows, cut: [last.contact_id, last.due_at], next_after: last.contact_id };
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
async function readDue(
  tx: Runner,
  asking: Asking,
): Promise<{ readonly ids: readonly string[]; readonly rest: Places }> {
  const { now, from, skip_owing } = asking;
  const limit = share(asking.due, from);
  const found = await tx.execute<{ id: string; partition: number }>(sql`
    select d.id, d.partition from ${asked(from)} cross join lateral (
      select c.id, c.partition from contacts c where c.partition = p.id and c.next_due_at <= ${timestamp(now)}
        and not exists (select from happenings h where h.partition = p.id and h.contact_id = c.id
          and h.due_at <= ${timestamp(now)})
        and ${isWanted(sql`c.id`, asking)} and ${isNotAside(sql`c.id`)} and ${owesNothing(sql`c.id`, now, skip_owing)}
      order by c.next_due_at limit ${limit}) d`);
  const count = (partition: number): number => found.rows.filter((row) => row.partition === partition).length;
  const full = [...from].filter(([partition]) => count(partition) === limit);
  return { ids: found.rows.map((row) => row.id), rest: new Map(full.map(([partition]) => [partition, ''])) };
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
  const [, found] = await Promise.all([
    tx.execute(sql`select from contacts where id = any(${wanted}) order by id for update`),
    tx.execute<ContactRow & { was_aside: boolean }>(sql`
      select ${CONTACT_COLUMNS}, ${ACTIVE_RUNS} as runs, ${WAS_ASIDE} as was_aside from contacts c where c.id = any(${wanted}) order by c.id`),
  ]);
  return new Map(
    found.rows.map((row) => [
      row.id,
      {
        contact: contactOf(row),
        shape: row.shape,
        merged_into: row.merged_into,
        was_aside: row.was_aside,
      },
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
