import { sql } from 'drizzle-orm';
import { derivedValues } from '../core/conditions/subjects/field.ts';
import { partitionOf, type ContactChange, type MergeDone, type TurnWrites } from '../engine/ports.ts';
import { joinConsents, recordConsents, writeConsents } from './consent-rows.ts';
import type { Runner } from './database.ts';
import { writeFacts } from './map-counts.ts';
import { putAside, takeBack } from './put-aside.ts';
import { recomputeLatecomers } from './recomputations.ts';
import { joinHolds } from './recoveries.ts';
import { array, iso, rows } from './values.ts';

/** Writes a whole turn with a handful of statements, however many contacts it holds. */
export async function writeTurn(tx: Runner, writes: TurnWrites): Promise<void> {
  for (const merge of writes.merges) await joinRows(tx, merge);
  const { changes } = writes;
  const [first] = changes;
  // On one connection they go out one behind the other, and are waited for together.
  await Promise.all([
    writeContacts(tx, changes, writes.shape),
    first ? recomputeLatecomers(tx, first.contact.rules) : undefined,
    writeFacts(tx, writes.facts),
    writeMoves(tx, changes),
    writeSegmentMoves(tx, changes),
    writeRuns(tx, changes),
    writeMessages(tx, changes),
    writeCalls(tx, changes),
    writeConsents(
      tx,
      changes.map(({ contact, consents }) => ({ contact_id: contact.id, consents })),
      'event',
    ),
    recordConsents(
      tx,
      changes.flatMap(({ contact, consents_said }) =>
        consents_said.map((said) => ({ ...said, contact_id: contact.id })),
      ),
    ),
    consume(tx, writes.consumed),
    putAside(tx, writes.troubles),
    takeBack(tx, writes.taken_back),
  ]);
  for (const { from, to } of writes.forwards) await forward(tx, from, to);
  for (const { kept_id, gone_id } of writes.remerges) {
    await tx.execute(sql`
      insert into happenings (partition, contact_id, gone_id, due_at)
      values (${partitionOf(kept_id)}, ${kept_id}, ${gone_id}, now())`);
  }
}

async function writeContacts(tx: Runner, changes: readonly ContactChange[], shape: string): Promise<void> {
  if (changes.length === 0) return;
  const list = changes.map(({ contact, next_due_at }) => ({
    id: contact.id,
    profile: contact.profile,
    entries: contact.entries,
    sent: contact.sent,
    stage: contact.stage,
    stage_since: iso(contact.stage_since),
    stages_left: contact.stages_left,
    segments: contact.segments,
    persona: contact.persona,
    rules: contact.rules,
    derived: derivedValues(contact.profile),
    decided_at: iso(contact.decided_at),
    settled_until: iso(contact.settled_until),
    next_due_at: iso(next_due_at),
  }));
  await tx.execute(sql`
    update contacts c set profile = n.profile, shape = ${shape}, entries = n.entries, sent = n.sent, stage = n.stage,
      stage_since = n.stage_since, stages_left = n.stages_left, segments = n.segments, persona = n.persona,
      rules = n.rules, derived = n.derived, decided_at = n.decided_at, settled_until = n.settled_until, next_due_at = n.next_due_at
    from json_to_recordset(${rows(list)}) as n (id uuid, profile jsonb, entries jsonb, sent jsonb, stage text,
      stage_since timestamptz, stages_left jsonb, segments jsonb, persona text, rules text, derived jsonb, decided_at timestamptz, settled_until timestamptz, next_due_at timestamptz)
    where c.id = n.id`);
}

async function writeMoves(tx: Runner, changes: readonly ContactChange[]): Promise<void> {
  const list = changes.flatMap(({ contact, moves }) =>
    moves.map((move) => ({ ...move, contact_id: contact.id, at: iso(move.at) })),
  );
  if (list.length === 0) return;
  await tx.execute(sql`
    insert into stage_moves (contact_id, at, "from", "to", because)
    select contact_id, at, "from", "to", because
    from json_to_recordset(${rows(list)}) as m (contact_id uuid, at timestamptz, "from" text, "to" text, because jsonb)`);
}

async function writeSegmentMoves(tx: Runner, changes: readonly ContactChange[]): Promise<void> {
  const list = changes.flatMap(({ contact, segment_moves }) =>
    segment_moves.map((move) => ({ ...move, contact_id: contact.id, at: iso(move.at) })),
  );
  if (list.length === 0) return;
  const moves = tx.execute(sql`
    insert into segment_moves (contact_id, at, segment, way, because)
    select contact_id, at, segment, way, because
    from json_to_recordset(${rows(list)}) as m (contact_id uuid, at timestamptz, segment text, way text, because jsonb)`);
  // Of several moves of one turn the last one stands.
  const last = new Map(list.map((move) => [`${move.contact_id} ${move.segment}`, move]));
  const moved = rows([...last.values()]);
  const left = tx.execute(sql`
    delete from segment_members m using json_to_recordset(${moved}) as l (contact_id uuid, segment text, way text)
    where l.way = 'leaves' and m.segment = l.segment and m.contact_id = l.contact_id`);
  const entered = tx.execute(sql`
    insert into segment_members (segment, contact_id, since)
    select segment, contact_id, at from json_to_recordset(${moved}) as l (contact_id uuid, segment text, way text, at timestamptz)
    where way = 'enters' on conflict (segment, contact_id) do update set since = excluded.since`);
  await Promise.all([moves, left, entered]);
}

async function writeRuns(tx: Runner, changes: readonly ContactChange[]): Promise<void> {
  const list = changes.flatMap(({ contact, runs }) =>
    runs.map((run) => ({
      ...run,
      contact_id: contact.id,
      entered_at: iso(run.entered_at),
      arrived_at: iso(run.arrived_at),
      due_at: iso(run.due_at),
      ended_at: iso(run.ended_at),
    })),
  );
  if (list.length === 0) return;
  await tx.execute(sql`
    insert into runs (contact_id, workflow, number, version, entered_at, event, key, held_out, variants, because, step, visit, arrived_at,
      due_at, held_before, ended_at, outcome, ended_because)
    select contact_id, workflow, number, version, entered_at, event, key, held_out, variants, because, step, visit, arrived_at,
      due_at, held_before, ended_at, outcome, ended_because
    from json_to_recordset(${rows(list)}) as r (contact_id uuid, workflow text, number int, version text,
      entered_at timestamptz, event jsonb, key text, held_out boolean, variants jsonb, because jsonb, step text, visit int, arrived_at timestamptz,
      due_at timestamptz, held_before text, ended_at timestamptz, outcome text, ended_because jsonb)
    on conflict (contact_id, workflow, number) do update set version = excluded.version,
      variants = excluded.variants, step = excluded.step, visit = excluded.visit,
      arrived_at = excluded.arrived_at, due_at = excluded.due_at, held_before = excluded.held_before, ended_at = excluded.ended_at,
      outcome = excluded.outcome, ended_because = excluded.ended_because`);
}

/** A step's visit owes each message once: a turn that is done again after all finds it there. */
async function writeMessages(tx: Runner, changes: readonly ContactChange[]): Promise<void> {
  const list = changes.flatMap(({ contact, messages }) =>
    messages.map((message) => ({
      ...message,
      contact_id: contact.id,
      state: message.held_back ? 'suppressed' : 'owed',
      owed_at: iso(message.owed_at),
    })),
  );
  if (list.length === 0) return;
  await tx.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      stage, language, tone, formality, because, held_because, event)
    select id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, owed_at,
      stage, language, tone, formality, because, held_back, event
    from json_to_recordset(${rows(list)}) as m (id uuid, contact_id uuid, workflow text, run int, step text, visit int,
      message text, channel text, purpose text, state text, owed_at timestamptz, stage text, language text, tone text,
      formality jsonb, because jsonb, held_back jsonb, event jsonb)
    on conflict (contact_id, workflow, run, step, visit) do nothing`);
}

async function writeCalls(tx: Runner, changes: readonly ContactChange[]): Promise<void> {
  const list = changes.flatMap(({ contact, calls }) =>
    calls.map((call) => ({ ...call, contact_id: contact.id, owed_at: iso(call.owed_at) })),
  );
  if (list.length === 0) return;
  await tx.execute(sql`
    insert into calls (id, contact_id, workflow, run, step, visit, spec, event, state, owed_at, due_at)
    select id, contact_id, workflow, run, step, visit, spec, event, 'owed', owed_at, owed_at
    from json_to_recordset(${rows(list)}) as c (id uuid, contact_id uuid, workflow text, run int, step text, visit int,
      spec jsonb, event jsonb, owed_at timestamptz)
    on conflict (contact_id, workflow, run, step, visit) do nothing`);
}

async function consume(tx: Runner, consumed: TurnWrites['consumed']): Promise<void> {
  if (consumed.length === 0) return;
  const contact_ids = consumed.map(({ contact_id }) => contact_id);
  await tx.execute(sql`
    delete from happenings h using unnest(
      ${array(contact_ids.map(partitionOf), 'smallint')}, ${array(contact_ids, 'uuid')},
      ${array(
        consumed.map(({ id }) => id),
        'bigint',
      )}) as done (partition, contact_id, id)
    where h.partition = done.partition and h.contact_id = done.contact_id and h.id = done.id`);
}

/** Moves everything of the contact that goes away to the one that stays, and leaves a redirect. */
async function joinRows(tx: Runner, { kept_id, gone_id, renumber }: MergeDone): Promise<void> {
  const moved = Object.entries(renumber).map(([workflow, by]) => ({ workflow, by }));
  const numbers = sql`json_to_recordset(${rows(moved)}) as moved (workflow text, by int)`;
  await tx.execute(sql`
    update runs set contact_id = ${kept_id}, number = number + moved.by from ${numbers}
    where contact_id = ${gone_id} and runs.workflow = moved.workflow`);
  await tx.execute(sql`
    update messages set contact_id = ${kept_id}, run = run + moved.by from ${numbers}
    where contact_id = ${gone_id} and messages.workflow = moved.workflow`);
  await tx.execute(sql`
    update calls set contact_id = ${kept_id}, run = run + moved.by from ${numbers}
    where contact_id = ${gone_id} and calls.workflow = moved.workflow`);
  await tx.execute(sql`update events set contact_id = ${kept_id} where contact_id = ${gone_id}`);
  await tx.execute(sql`update segment_moves set contact_id = ${kept_id} where contact_id = ${gone_id}`);
  await tx.execute(sql`
    insert into segment_members (segment, contact_id, since)
    select segment, ${kept_id}, since from segment_members where contact_id = ${gone_id}
    on conflict (segment, contact_id) do update set since = least(segment_members.since, excluded.since)`);
  await tx.execute(sql`delete from segment_members where contact_id = ${gone_id}`);
  await tx.execute(sql`update stage_moves set contact_id = ${kept_id} where contact_id = ${gone_id}`);
  await tx.execute(sql`update identities set contact_id = ${kept_id} where contact_id = ${gone_id}`);
  await joinConsents(tx, kept_id, gone_id);
  await joinHolds(tx, kept_id, gone_id);
  await takeBack(tx, [gone_id]);
  await tx.execute(sql`
    update contacts set merged_into = ${kept_id}, profile = '{}', entries = '{}', sent = '[]', segments = '{}',
      derived = '{}', next_due_at = null
    where id = ${gone_id}`);
  await tx.execute(sql`update contacts set merged_into = ${kept_id} where merged_into = ${gone_id}`);
  // After the contact, whom an entry that is just being kept holds.
  await tx.execute(sql`update chat_entries set contact_id = ${kept_id} where contact_id = ${gone_id}`);
  await forward(tx, gone_id, kept_id);
}

async function forward(tx: Runner, from: string, to: string): Promise<void> {
  await tx.execute(sql`
    update events set contact_id = ${to} where contact_id = ${from}`);
  await tx.execute(sql`
    update happenings set contact_id = ${to}, partition = ${partitionOf(to)}
    where partition = ${partitionOf(from)} and contact_id = ${from}`);
}
