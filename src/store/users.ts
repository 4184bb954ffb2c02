/** Who may sign in to the console, with links that let choose a password and tries that failed. */
import { sql, type SQL } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { KnownPassword, User, UserBook, UserChange } from '../engine/accounts.ts';
import type { Database, Runner } from './database.ts';
import { LOCK } from './locks.ts';
import { endSessionsOf } from './sessions.ts';
import { hashOfToken, newToken } from './tokens.ts';
import { transaction, type Transaction } from './transaction.ts';
import { ms } from './values.ts';

export function openUserBook(db: Database): UserBook {
  return {
    hasAny: () => hasAny(db),
    page: (after, limit) => readPage(db, after, limit),
    find: (id) => findUser(db, id),
    passwordOf: (who) => passwordOf(db, who),
    add: (user) => addUser(db, { ...user, password_hash: null }),
    change: (id, change) => transaction(db, (tx) => changeUser(tx, id, change)),
    remove: (id) => transaction(db, (tx) => removeUser(tx, id)),
    setPassword: (id, hash) => transaction(db, (tx) => setPassword(tx, id, hash)),
    makeLink: (user_id, hours) => makeLink(db, user_id, hours),
    findLink: (token) => findLink(db, token),
    addFirst: (token, owner) => transaction(db, (tx) => addFirst(tx, token, owner)),
    takeUp: (token, given) => transaction(db, (tx) => takeUp(tx, token, given)),
    admitTry: (of) => transaction(db, (tx) => admitTry(tx, of)),
    forgetTries: (account) => forgetTries(db, account),
  };
}

async function hasAny(db: Runner): Promise<boolean> {
  return (await db.execute(sql`select from users limit 1`)).rowCount === 1;
}

type UserRow = User & Record<string, unknown>;

const COLUMNS = sql`u.id, u.email, u.name, u.role,
  case when u.disabled_at is not null then 'disabled' when u.password_hash is null then 'invited' else 'active' end as state,
  ${ms('u.created_at')} as created_at,
  (select ${ms('max(s.last_seen_at)')} from sessions s where s.user_id = u.id) as last_seen_at`;

async function readPage(db: Runner, after: string | null, limit: number): Promise<readonly User[]> {
  const found = await db.execute<UserRow>(sql`
    select ${COLUMNS} from users u where u.email > ${after ?? ''} order by u.email limit ${limit}`);
  return found.rows;
}

async function findUser(db: Runner, id: string): Promise<User | undefined> {
  return (await db.execute<UserRow>(sql`select ${COLUMNS} from users u where u.id = ${id}`)).rows[0];
}

async function passwordOf(
  db: Runner,
  who: Parameters<UserBook['passwordOf']>[0],
): Promise<KnownPassword | undefined> {
  const is = 'id' in who ? sql`id = ${who.id}` : sql`email = ${who.email}`;
  const found = await db.execute<KnownPassword & Record<string, unknown>>(sql`
    select id, email, name, password_hash from users
    where ${is} and password_hash is not null and disabled_at is null`);
  return found.rows[0];
}

type NewUser = Parameters<UserBook['add']>[0] & { readonly password_hash: string | null };

async function addUser(db: Runner, { email, name, role, password_hash }: NewUser): Promise<User | undefined> {
  const id = uuidv7();
  const added = await db.execute(sql`
    insert into users (id, email, name, role, password_hash, created_at)
    values (${id}, ${email}, ${name}, ${role}, ${password_hash}, now()) on conflict (email) do nothing`);
  return added.rowCount === 1 ? findUser(db, id) : undefined;
}

async function changeUser(tx: Transaction, id: string, change: UserChange): ReturnType<UserBook['change']> {
  const user = await lockedUser(tx, id);
  if (!user) return 'unknown';
  const { name, role, disabled } = change;
  const steps_down = (role !== undefined && role !== 'owner') || disabled === true;
  if (steps_down && (await isLastOwner(tx, user))) return 'last_owner';
  const sets: SQL[] = [];
  if (name !== undefined) sets.push(sql`name = ${name}`);
  if (role !== undefined) sets.push(sql`role = ${role}`);
  if (disabled !== undefined)
    sets.push(disabled ? sql`disabled_at = coalesce(disabled_at, now())` : sql`disabled_at = null`);
  if (sets.length > 0) await tx.execute(sql`update users set ${sql.join(sets, sql`, `)} where id = ${id}`);
  if (disabled === true) await endAllOf(tx, id);
  return (await findUser(tx, id)) ?? 'unknown';
}

async function removeUser(tx: Transaction, id: string): ReturnType<UserBook['remove']> {
  const user = await lockedUser(tx, id);
  if (!user) return 'unknown';
  if (await isLastOwner(tx, user)) return 'last_owner';
  await endAllOf(tx, id);
  await tx.execute(sql`delete from users where id = ${id}`);
  return 'removed';
}

/** One change of users at a time: two owners who remove each other at once must not both succeed. */
async function lockedUser(tx: Transaction, id: string): Promise<User | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.users})`);
  return findUser(tx, id);
}

/** Whether nobody else is an owner who can sign in. */
async function isLastOwner(tx: Transaction, { id, role, state }: User): Promise<boolean> {
  if (role !== 'owner' || state !== 'active') return false;
  const others = await tx.execute(sql`
    select from users where role = 'owner' and id <> ${id} and password_hash is not null and disabled_at is null limit 1`);
  return others.rowCount === 0;
}

async function endAllOf(tx: Transaction, id: string): Promise<void> {
  await endSessionsOf(tx, id);
  await tx.execute(sql`delete from invitations where user_id = ${id}`);
}

async function setPassword(tx: Transaction, id: string, password_hash: string): Promise<void> {
  await tx.execute(sql`update users set password_hash = ${password_hash} where id = ${id}`);
  await endAllOf(tx, id);
}

async function makeLink(db: Runner, user_id: string | null, hours: number): ReturnType<UserBook['makeLink']> {
  const token = newToken();
  const made = await db.execute<{ expires_at: number }>(sql`
    insert into invitations (hash, user_id, created_at, expires_at)
    values (${hashOfToken(token)}, ${user_id}, now(), now() + ${hours} * interval '1 hour')
    returning ${ms('expires_at')} as expires_at`);
  return { token, expires_at: made.rows[0]?.expires_at ?? 0 };
}

/** Links of users who were disabled are gone, and none can be made for them that leads anywhere. */
const IS_GOOD = sql`i.expires_at > now() and (i.user_id is null or u.disabled_at is null)`;

async function findLink(db: Runner, token: string): ReturnType<UserBook['findLink']> {
  const found = await db.execute<{ user_id: string | null; expires_at: number }>(sql`
    select i.user_id, ${ms('i.expires_at')} as expires_at from invitations i left join users u on u.id = i.user_id
    where i.hash = ${hashOfToken(token)} and ${IS_GOOD}`);
  const [link] = found.rows;
  if (!link) return undefined;
  const user = link.user_id === null ? null : await findUser(db, link.user_id);
  return user === undefined ? undefined : { user, expires_at: link.expires_at };
}

async function addFirst(
  tx: Transaction,
  token: string,
  owner: Parameters<UserBook['addFirst']>[1],
): Promise<User | undefined> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.users})`);
  if (await hasAny(tx)) return undefined;
  const used = await tx.execute(sql`
    delete from invitations where hash = ${hashOfToken(token)} and user_id is null and expires_at > now()`);
  if (used.rowCount !== 1) return undefined;
  await tx.execute(sql`delete from invitations where user_id is null`);
  return addUser(tx, { ...owner, role: 'owner' });
}

async function takeUp(
  tx: Transaction,
  token: string,
  { name, password_hash }: Parameters<UserBook['takeUp']>[1],
): Promise<User | undefined> {
  const used = await tx.execute<{ user_id: string }>(sql`
    delete from invitations i using users u
    where i.hash = ${hashOfToken(token)} and u.id = i.user_id and ${IS_GOOD} returning i.user_id`);
  const id = used.rows[0]?.user_id;
  if (id === undefined) return undefined;
  await tx.execute(sql`update users set name = ${name} where id = ${id}`);
  await setPassword(tx, id, password_hash);
  return findUser(tx, id);
}

const WITHIN = sql`interval '15 minutes'`;
const MOST_OF_ACCOUNT = 10;
const MOST_OF_ADDRESS = 30;

/** In all processes one after the other, so that many at once are counted as they are. */
async function admitTry(
  tx: Transaction,
  { account, ip }: Parameters<UserBook['admitTry']>[0],
): Promise<number> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK.signing_in})`);
  const found = await tx.execute<{ seconds: number }>(sql`
    select greatest(0, ${untilFewer(sql`account = ${account}`, MOST_OF_ACCOUNT)},
      ${untilFewer(sql`ip = ${ip}`, MOST_OF_ADDRESS)})::float8 as seconds`);
  const seconds = Math.ceil(found.rows[0]?.seconds ?? 0);
  if (seconds === 0)
    await tx.execute(
      sql`insert into sign_in_tries (account, ip, at) values (${account}, ${ip}, clock_timestamp())`,
    );
  return seconds;
}

/** In how many seconds the oldest of the latest few is so old that there may be another one; null where there were fewer. */
function untilFewer(of: SQL, most: number): SQL {
  return sql`(select extract(epoch from at + ${WITHIN} - clock_timestamp()) from sign_in_tries
    where ${of} and at > clock_timestamp() - ${WITHIN} order by at desc offset ${most - 1} limit 1)`;
}

async function forgetTries(db: Runner, account: string): Promise<void> {
  await db.execute(sql`delete from sign_in_tries where account = ${account}`);
}
