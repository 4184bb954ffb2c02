import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { addressOf } from '../core/messages/address-of.ts';
import type { Instant } from '../core/events/event.ts';
import { storable } from '../core/events/segment/plain-json.ts';
import { reason } from '../core/reason.ts';
import type { Claim, ClaimedMark, ClaimedMessage, Telling } from '../engine/ports.ts';
import { consentsOf } from './consent-rows.ts';
import type { Database, Runner } from './database.ts';
import { transaction } from './transaction.ts';
import { CONTACT_COLUMNS, contactOf, type ContactRow } from './turns.ts';
import { ADDRESS_SECRETS, suppressionKeys, wasErased } from './address-keys.ts';
import { keepErasureOut } from './erasure-lock.ts';
import { hasEnded, standsStill } from './instance.ts';
import { executePrepared, type Client } from './prepared.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { countingOutcomes } from './map-counts.ts';
import { NOT_HELD } from './recoveries.ts';
import { iso, ms, rows, timestamp } from './values.ts';

/** From the claim to the handing over: rendering, and waiting for a free connection. */
const CLAIM_SECONDS = 60;
/** Longer than a mail server may take to answer the final dot. */
const HANDING_OVER_SECONDS = 120;

type ClaimedRow = ContactRow &
  Omit<ClaimedMessage, 'id' | 'contact' | 'stage' | 'suppressed'> & {
    message_id: string;
    owed_stage: string;
  };

/**
 * Takes messages that are due, so that no other process hands them over. Consent and suppression are read in the same
 * statement, and again in the one that hands a message over: whoever said no before that is not written to.
 */
export async function claim(db: Runner, now: Instant, limit: number, claimed_by: number): Promise<Claim> {
  const token = randomUUID();
  const found = await db.execute<ClaimedRow & { now: number; secrets: string[] | null }>(sql`
    with picked as (
      select id from messages where state in ('owed', 'deferred') and due_at <= ${timestamp(now)} and ${NOT_HELD}
      order by due_at limit ${limit} for update skip locked
    ), claimed as (
      update messages m set state = 'claimed', claim = ${token}, claimed_by = ${claimed_by}, attempts = attempts + 1,
        lease_until = now() + ${CLAIM_SECONDS} * interval '1 second'
      from picked where m.id = picked.id returning m.*
    )
    select m.id as message_id, m.workflow, m.message, m.channel, m.purpose, ${ms('m.owed_at')} as owed_at,
      m.stage as owed_stage, m.language, m.event, m.attempts, m.held_because is not null as uncertain_before,
      (${consentsOf(sql`m.contact_id`, sql`m.channel`)}) as consents, ${ms('now()')} as now,
      ${ADDRESS_SECRETS} as secrets, ${CONTACT_COLUMNS}
    from claimed m join contacts c on c.id = m.contact_id
    order by m.owed_at, m.id`);
  const suppressed = await readSuppressed(db, found.rows, found.rows[0]?.secrets ?? []);
  return {
    token,
    database_now: found.rows[0]?.now ?? 0,
    messages: found.rows.map((row) => claimedOf(row, suppressed)),
  };
}

function claimedOf(row: ClaimedRow, suppressed: ReadonlyMap<string, string>): ClaimedMessage {
  const contact = contactOf(row);
  const {
    workflow,
    message,
    channel,
    purpose,
    owed_at,
    language,
    event,
    attempts,
    uncertain_before,
    consents,
  } = row;
  return {
    id: row.message_id,
    contact,
    workflow,
    message,
    channel,
    purpose,
    owed_at,
    stage: row.owed_stage,
    language,
    event,
    attempts,
    uncertain_before,
    consents,
    suppressed: suppressed.get(suppressionKey(channel, addressOf(contact, channel), purpose)) ?? null,
  };
}

/** Why each address of the batch is suppressed, itself, with its whole domain, or because its owner was erased. */
async function readSuppressed(
  db: Runner,
  claimed: readonly ClaimedRow[],
  secrets: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = claimed.flatMap((row) => {
    const address = addressOf(contactOf(row), row.channel);
    if (address === undefined) return [];
    const about = { channel: row.channel, address: address.toLowerCase() };
    return suppressionKeys(address, secrets).map((key) => ({ ...about, key }));
  });
  if (wanted.length === 0) return new Map();
  const found = await db.execute<{ channel: string; address: string; scope: string; reason: string }>(sql`
    select w.channel, w.address, s.scope, s.reason
    from json_to_recordset(${rows(wanted)}) as w (channel text, address text, key text)
    join suppressions s on s.channel = w.channel and s.address = w.key`);
  return new Map(
    found.rows.flatMap(({ channel, address, scope, reason: why }) =>
      (scope === 'all' ? (['promotion', 'service'] as const) : (['promotion'] as const)).map(
        (purpose): [string, string] => [suppressionKey(channel, address, purpose), why],
      ),
    ),
  );
}

function suppressionKey(channel: string, address: string | undefined, purpose: string): string {
  return `${channel}/${purpose}/${address?.toLowerCase() ?? ''}`;
}

/**
 * Writes what became of claimed messages. Those are left alone whose claim somebody else holds by now, and those that are
 * to be handed over and must not be any more. Tells which were written, by their places in the list.
 */
export async function mark(
  db: Database,
  marks: readonly ClaimedMark[],
  { sent: tell_sent, zone }: Telling,
): Promise<ReadonlySet<number>> {
  const placesOf = (written: readonly Written[]): ReadonlySet<number> =>
    new Set(written.map(({ place }) => place));
  if (!tell_sent) return placesOf(await writeMarks(db.$client, marks, zone));
  return transaction(db, async (tx) => {
    const written = await writeMarks(tx.$client, marks, zone);
    await happenSent(tx, marks, written);
    return placesOf(written);
  });
}

async function writeMarks(
  db: Client,
  marks: readonly ClaimedMark[],
  zone: string,
): Promise<readonly Written[]> {
  const list = marks.map((one, place) => ({
    place,
    id: one.id,
    claim: one.claim,
    state: one.state,
    at: iso(one.at),
    sent_at: one.state === 'sent' ? iso(one.at) : null,
    due_at: one.due_at === undefined ? null : iso(one.due_at),
    held_because: one.because ?? null,
    response: one.response?.slice(0, 500) ?? null,
    tone: one.tone?.tone ?? null,
    because: one.tone?.because ?? null,
    subject: one.subject === undefined ? null : storable(one.subject.slice(0, 500)),
    address: one.address ?? null,
    address_keys: one.address === undefined ? [] : suppressionKeys(one.address, []),
    topic: one.topic ?? '',
    links: one.links ?? null,
  }));
  return executePrepared<Written>(
    db,
    'etapa_mark',
    sql`
    with marked as (
    update messages m set state = n.state, sent_at = coalesce(n.sent_at, m.sent_at), due_at = coalesce(n.due_at, m.due_at),
      held_because = case when n.state <> 'sent' then coalesce(n.held_because, m.held_because) end, response = coalesce(n.response, m.response),
      tone = coalesce(n.tone, m.tone), because = coalesce(n.because, m.because),
      subject = coalesce(n.subject, m.subject), address = coalesce(n.address, m.address),
      links = case when jsonb_typeof(n.links) = 'array' then array(select jsonb_array_elements_text(n.links)) else m.links end,
      claim = case when n.state in ('claimed', 'handing_over') then m.claim end,
      lease_until = case when n.state in ('claimed', 'handing_over')
        then now() + ${HANDING_OVER_SECONDS} * interval '1 second' end
    from json_to_recordset(${rows(list)}) as n (place int, id uuid, claim uuid, state text, at timestamptz, sent_at timestamptz,
      due_at timestamptz, held_because jsonb, response text, tone text, because jsonb, subject text, address text,
      address_keys jsonb, topic text, links jsonb)
    where m.id = n.id and m.claim = n.claim and m.state in ('claimed', 'handing_over')
      and (n.state <> 'handing_over' or not (${FORBIDDEN_MEANWHILE}))
    returning n.place, n.at as marked_at, m.id, m.contact_id, m.workflow, m.run, m.step, m.message, m.state, m.stage,
      m.tone, m.channel, m.language
    ), counted as (${countingOutcomes(zone)})
    select place, id, contact_id, workflow, run, step, message from marked`,
  );
}

/**
 * Whoever says no between the claim and the handing over is not written to either: the statement that lets the message
 * go asks once more. It is then put off, and its next claim says why it is held back.
 */
const FORBIDDEN_MEANWHILE = sql`
  (m.purpose = 'promotion' and exists (select from consents k
    where k.contact_id = m.contact_id and k.channel = m.channel and not k.granted and (k.topic = n.topic
      or k.topic = '' and not exists (select from consents t where t.contact_id = k.contact_id
        and t.channel = k.channel and t.topic = n.topic and t.granted and t.at > k.at))))
  or exists (select from suppressions s
    where s.channel = m.channel and s.address in (select jsonb_array_elements_text(n.address_keys))
      and (s.scope = 'all' or m.purpose = 'promotion'))`;

type Written = {
  /** In the list of marks. */
  place: number;
  id: string;
  contact_id: string;
  workflow: string;
  run: number;
  step: string;
  message: string;
};

/** That a message was sent is news about the contact, where the project asks for it. */
async function happenSent(
  db: Runner,
  marks: readonly ClaimedMark[],
  written: readonly Written[],
): Promise<void> {
  const list = written.flatMap(({ place, id, contact_id, ...properties }) => {
    const one = marks[place];
    return one?.state === 'sent'
      ? [{ ...ownEvent(`message:${id}:sent`, 'message_sent', contact_id, one.at), properties }]
      : [];
  });
  await appendOwn(db, list);
}

/**
 * Claims whose lease ran out, or whose process has ended. Before the handing over nothing has left the house, so the
 * message is owed again, also when its process only stands still: it can hand over nothing without its claim. After it
 * nobody can know (RFC 1047): promotions stay uncertain, service messages are tried once more, under the same Message-ID.
 */
export async function recoverClaims(db: Runner): Promise<void> {
  const because = reason(
    'the process that was handing it over ended; the receiver may or may not have it',
    'el proceso que lo entregaba terminó; quizá el destinatario lo tenga, quizá no',
  );
  await db.execute(sql`
    update messages set claim = null, claimed_by = null, lease_until = null,
      state = case when state = 'claimed' then 'owed'
        when purpose = 'service' and held_because is null then 'deferred' else 'uncertain' end,
      held_because = case when state = 'handing_over' then ${JSON.stringify(because)}::jsonb else held_because end
    where id in (
      select id from messages where state in ('claimed', 'handing_over') and (lease_until < now()
        or case when state = 'claimed' then ${standsStill(sql`claimed_by`)} else ${hasEnded(sql`claimed_by`)} end)
      for update skip locked)`);
}

export async function hasOwed(db: Runner, now: Instant): Promise<boolean> {
  const found = await db.execute(sql`
    select from messages where state in ('owed', 'deferred') and due_at <= ${timestamp(now)} and ${NOT_HELD} limit 1`);
  return found.rowCount === 1;
}

/** As `suppress`, of an address that a message just went to: nobody who was erased meanwhile is written down again. */
export async function suppressUnlessErased(
  db: Database,
  channel: string,
  address: string,
  why: string,
  at: Instant,
): Promise<void> {
  await transaction(db, async (tx) => {
    await keepErasureOut(tx);
    if (!(await wasErased(tx, channel, address))) await suppress(tx, channel, address, 'all', why, at);
  });
}

/** Nothing is sent to the address any more, or no promotions; what was refused before stays refused. */
export async function suppress(
  db: Runner,
  channel: string,
  address: string,
  scope: 'all' | 'promotion',
  why: string,
  at: Instant,
): Promise<void> {
  await db.execute(sql`
    insert into suppressions (channel, address, scope, reason, at)
    values (${channel}, ${address.toLowerCase()}, ${scope}, ${why}, ${timestamp(at)})
    on conflict (channel, address) do update set scope = excluded.scope, reason = excluded.reason, at = excluded.at
      where suppressions.scope = 'promotion' and excluded.scope = 'all'`);
}
