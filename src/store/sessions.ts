/** Who is signed in. Each question is asked of the table, so that a session that was ended is refused at once, everywhere. */
import { sql, type SQL } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { SignedIn } from '../core/access/user.ts';
import type { Instant } from '../core/events/event.ts';
import type { Database, Runner } from './database.ts';
import { hashOfToken, newToken } from './tokens.ts';
import { ms, timestamp } from './values.ts';

/** From where somebody signs in. */
export interface Visitor {
  readonly user_agent: string;
  readonly ip: string;
}

export interface OpenSession {
  readonly id: string;
  readonly user: SignedIn;
}

export interface ListedSession extends Visitor {
  readonly id: string;
  readonly user_id: string;
  readonly user_name: string;
  readonly created_at: Instant;
  readonly last_seen_at: Instant;
  readonly expires_at: Instant;
}

export interface SessionsAsked {
  /** Absent: of everybody. */
  readonly user_id?: string | undefined;
  readonly after: readonly [created_at: Instant, id: string] | null;
  readonly limit: number;
}

export interface Sessions {
  /** The token is told once, and kept as a hash. */
  open(user_id: string, visitor: Visitor): Promise<{ readonly id: string; readonly token: string }>;
  /** Undefined where it has ended, was long unused, or its user may not sign in any more. */
  find(token: string): Promise<OpenSession | undefined>;
  /** Those that are open, newest first. */
  page(asked: SessionsAsked): Promise<readonly ListedSession[]>;
  /** False where there is none, or it is not of that user. */
  end(id: string, user_id?: string): Promise<boolean>;
  endAllOf(user_id: string): Promise<void>;
}

export function openSessions(db: Database): Sessions {
  return {
    open: (user_id, visitor) => open(db, user_id, visitor),
    find: (token) => find(db, token),
    page: (asked) => readPage(db, asked),
    end: (id, user_id) => end(db, id, user_id),
    endAllOf: (user_id) => endSessionsOf(db, user_id),
  };
}

const LONGEST = sql`interval '30 days'`;
const LONGEST_IDLE = sql`interval '12 hours'`;
/** Exact to this much, so that not every question writes. */
const SEEN_EVERY = sql`interval '1 minute'`;

async function open(db: Runner, user_id: string, { user_agent, ip }: Visitor): ReturnType<Sessions['open']> {
  const [id, token] = [uuidv7(), newToken()];
  await db.execute(sql`
    insert into sessions (hash, id, user_id, created_at, last_seen_at, expires_at, user_agent, ip)
    values (${hashOfToken(token)}, ${id}, ${user_id}, now(), now(), now() + ${LONGEST}, ${user_agent}, ${ip})`);
  return { id, token };
}

const IS_OPEN = sql`s.expires_at > now() and s.last_seen_at > now() - ${LONGEST_IDLE} and u.disabled_at is null`;

type Found = SignedIn & { readonly session: string; readonly is_stale: boolean } & Record<string, unknown>;

async function find(db: Runner, token: string): Promise<OpenSession | undefined> {
  const hash = hashOfToken(token);
  const found = await db.execute<Found>(sql`
    select s.id as session, u.id, u.email, u.name, u.role, s.last_seen_at < now() - ${SEEN_EVERY} as is_stale
    from sessions s join users u on u.id = s.user_id where s.hash = ${hash} and ${IS_OPEN}`);
  const [row] = found.rows;
  if (!row) return undefined;
  const { session, is_stale, ...user } = row;
  if (is_stale) await db.execute(sql`update sessions set last_seen_at = now() where hash = ${hash}`);
  return { id: session, user };
}

async function readPage(
  db: Runner,
  { user_id, after, limit }: SessionsAsked,
): Promise<readonly ListedSession[]> {
  const wanted: SQL[] = [IS_OPEN];
  if (user_id !== undefined) wanted.push(sql`s.user_id = ${user_id}`);
  if (after) wanted.push(sql`(s.created_at, s.id) < (${timestamp(after[0])}, ${after[1]}::uuid)`);
  const found = await db.execute<ListedSession & Record<string, unknown>>(sql`
    select s.id, s.user_id, u.name as user_name, ${ms('s.created_at')} as created_at,
      ${ms('s.last_seen_at')} as last_seen_at, ${ms('s.expires_at')} as expires_at, s.user_agent, s.ip
    from sessions s join users u on u.id = s.user_id where ${sql.join(wanted, sql` and `)}
    order by s.created_at desc, s.id desc limit ${limit}`);
  return found.rows;
}

async function end(db: Runner, id: string, user_id: string | undefined): Promise<boolean> {
  const of = user_id === undefined ? sql`true` : sql`user_id = ${user_id}`;
  const ended = await db.execute(sql`delete from sessions where id = ${id} and ${of}`);
  return ended.rowCount === 1;
}

export async function endSessionsOf(db: Runner, user_id: string): Promise<void> {
  await db.execute(sql`delete from sessions where user_id = ${user_id}`);
}
