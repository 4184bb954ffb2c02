/** What is kept of a contact beside what decides about it: consents with their proof, what is refused, what holds it up. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { ConsentWord } from '../core/contacts/consent.ts';
import type { Runner } from './database.ts';
import { suppressionsOf } from './person-export.ts';
import { everyContactOf } from './same-person.ts';
import { ms } from './values.ts';

export interface ContactFacts {
  /** How many; the first and the last of them. */
  readonly events: number;
  readonly first_seen: Instant | null;
  readonly last_seen: Instant | null;
  readonly consents: readonly KeptConsent[];
  /** The newest of what was said of any of them. */
  readonly proofs: readonly ConsentProof[];
  readonly suppressions: readonly object[];
  /** Null where it is decided like anybody else. */
  readonly put_aside: {
    readonly because: string;
    readonly attempts: number;
    readonly since: Instant;
    readonly retry_at: Instant | null;
  } | null;
  /** Since a restore from a backup nothing goes to it until it is known what was sent. */
  readonly held_after_restore: boolean;
  /** Contacts that turned out to be this one. */
  readonly merged: readonly string[];
}

export interface KeptConsent {
  readonly channel: string;
  /** Empty: all that comes by this channel. */
  readonly topic: string;
  readonly granted: boolean;
  readonly at: Instant;
  readonly confirmed_at: Instant | null;
  readonly refused_at: Instant | null;
  readonly source: string;
}

export interface ConsentProof {
  readonly channel: string;
  readonly topic: string;
  readonly said: ConsentWord;
  readonly at: Instant;
  readonly source: string;
  readonly text_version: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

export async function contactFacts(db: Runner, contact_id: string): Promise<ContactFacts> {
  const ids = await everyContactOf(db, [contact_id]);
  const [seen, consents, proofs, suppressions, holds] = await Promise.all([
    seenOf(db, contact_id),
    consentsOf(db, contact_id),
    proofsOf(db, contact_id),
    suppressionsOf(db, ids),
    holdsOf(db, contact_id),
  ]);
  const merged = ids.filter((id) => id !== contact_id);
  return { ...seen, consents, proofs, suppressions, ...holds, merged };
}

type Seen = Pick<ContactFacts, 'events' | 'first_seen' | 'last_seen'>;

async function seenOf(db: Runner, contact_id: string): Promise<Seen> {
  const found = await db.execute<Record<string, unknown> & Seen>(sql`
    select count(*)::int as events, ${ms('min(occurred_at)')} as first_seen, ${ms('max(occurred_at)')} as last_seen
    from events where contact_id = ${contact_id}`);
  return found.rows[0] ?? { events: 0, first_seen: null, last_seen: null };
}

async function consentsOf(db: Runner, contact_id: string): Promise<readonly KeptConsent[]> {
  const found = await db.execute<Record<string, unknown> & KeptConsent>(sql`
    select channel, topic, granted, ${ms('at')} as at, ${ms('confirmed_at')} as confirmed_at,
      ${ms('refused_at')} as refused_at, source
    from consents where contact_id = ${contact_id} order by channel, topic`);
  return found.rows;
}

const MOST_PROOFS = 50;

async function proofsOf(db: Runner, contact_id: string): Promise<readonly ConsentProof[]> {
  const found = await db.execute<Record<string, unknown> & ConsentProof>(sql`
    select channel, topic, said, ${ms('at')} as at, source, text_version, ip, user_agent
    from consent_records r where contact_id = ${contact_id} order by r.at desc, id desc limit ${MOST_PROOFS}`);
  return found.rows;
}

type Holds = Pick<ContactFacts, 'put_aside' | 'held_after_restore'>;

async function holdsOf(db: Runner, contact_id: string): Promise<Holds> {
  const found = await db.execute<Record<string, unknown> & Holds>(sql`
    select (select json_build_object('because', because, 'attempts', attempts, 'since', ${ms('since')},
        'retry_at', ${ms('retry_at')}) from put_aside where contact_id = ${contact_id}) as put_aside,
      exists (select from recovery_contacts where contact_id = ${contact_id}) as held_after_restore`);
  return found.rows[0] ?? { put_aside: null, held_after_restore: false };
}
