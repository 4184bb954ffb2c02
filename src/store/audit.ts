/** Who changed what: rows are added, read, and deleted by their age alone. */
import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Runner } from './database.ts';
import { ms, timestamp } from './values.ts';

export interface AuditEntry {
  /** `user:` or `key:` with an id, `command line`, or `nobody`. */
  readonly actor: string;
  /** Method and route, or the command. */
  readonly action: string;
  /** The ids that it was about; never an address. */
  readonly subject?: string | undefined;
  readonly detail?: JsonObject | undefined;
  readonly ip?: string | undefined;
}

export interface WrittenEntry {
  readonly id: number;
  readonly at: Instant;
  readonly actor: string;
  /** What the user or key is called; null where it is gone. */
  readonly actor_name: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: JsonObject;
  readonly ip: string | null;
}

export interface AuditAsked {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: Instant | undefined;
  /** Not in it. */
  readonly to?: Instant | undefined;
  readonly after: readonly [at: Instant, id: number] | null;
  readonly limit: number;
}

export interface AuditLog {
  write(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  page(asked: AuditAsked): Promise<readonly WrittenEntry[]>;
}

export function openAuditLog(db: Runner): AuditLog {
  return { write: (entry) => write(db, entry), page: (asked) => readPage(db, asked) };
}

async function write(db: Runner, { actor, action, subject, detail = {}, ip }: AuditEntry): Promise<void> {
  await db.execute(sql`
    insert into audit_log (at, actor, action, subject, detail, ip)
    values (now(), ${actor}, ${action}, ${subject ?? null}, ${JSON.stringify(detail)}::jsonb, ${ip ?? null})`);
}

async function readPage(db: Runner, asked: AuditAsked): Promise<readonly WrittenEntry[]> {
  const { actor, action, from, to, after, limit } = asked;
  const wanted: SQL[] = [sql`true`];
  if (actor !== undefined) wanted.push(sql`a.actor = ${actor}`);
  if (action !== undefined) wanted.push(sql`a.action = ${action}`);
  if (from !== undefined) wanted.push(sql`a.at >= ${timestamp(from)}`);
  if (to !== undefined) wanted.push(sql`a.at < ${timestamp(to)}`);
  if (after) wanted.push(sql`(a.at, a.id) < (${timestamp(after[0])}, ${after[1]}::bigint)`);
  const found = await db.execute<WrittenEntry & Record<string, unknown>>(sql`
    select a.id::float8 as id, ${ms('a.at')} as at, a.actor, coalesce(u.name, k.name) as actor_name, a.action, a.subject,
      a.detail, a.ip
    from audit_log a left join users u on 'user:' || u.id = a.actor left join write_keys k on 'key:' || k.id = a.actor
    where ${sql.join(wanted, sql` and `)} order by a.at desc, a.id desc limit ${limit}`);
  return found.rows;
}
