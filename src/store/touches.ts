/** Opens and clicks: every touch of a message is kept, and what people did with it is told as events of the contact. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import {
  believed,
  CANARY,
  judge,
  rejudge,
  SETTLES_AFTER,
  type Fetch,
  type JudgedTouch,
} from '../core/messages/machine.ts';
import { partitionOf } from '../engine/ports.ts';
import { eventId } from './append.ts';
import type { Database, Runner } from './database.ts';
import { lockMessage, type LockedMessage } from './message-lock.ts';
import { appendOwn, ownEvent, type OwnEvent } from './own-events.ts';
import { transaction } from './transaction.ts';
import { array, iso, ms, rows, timestamp } from './values.ts';

/** Enough for whoever reads a message often; a flood is not kept. */
export const MOST_TOUCHES = 200;

/** Where a link of a message leads, as it was when the message left; undefined for a number that it does not have. */
export async function leadsTo(db: Runner, message_id: string, number: number): Promise<string | undefined> {
  const found = await db.execute<{ url: string | null }>(sql`
    select links[${number + 1}::int] as url from messages where id = ${message_id}`);
  return found.rows[0]?.url ?? undefined;
}

/**
 * Keeps a touch, judges it and, by what it gives away, those before it. The first open and the first click on each link
 * that people did become the events `message_opened` and `message_clicked`, which are decided half a minute later; as
 * long as they wait, they are taken back when they turn out to be a machine's. Tells the partition in which one was
 * added.
 */
export async function recordTouch(db: Database, fetched: Fetch): Promise<number | undefined> {
  const fetch = { ...fetched, at: Math.floor(fetched.at) };
  return transaction(db, async (tx) => {
    const message = await lockMessage(tx, fetch.message_id);
    if (!message || !hasLink(message, fetch)) return undefined;
    const touches = await keep(tx, message, fetch);
    const is_new = await tellWhatPeopleDid(tx, message, touches, fetch.at);
    return is_new ? partitionOf(message.contact_id) : undefined;
  });
}

function hasLink({ links }: LockedMessage, { link }: Fetch): boolean {
  return link === null || link === CANARY || link < (links?.length ?? 0);
}

type KeptTouch = JudgedTouch & { readonly id: number };

/** All touches of the message as they are judged now, the new one among them if there is room for it. */
async function keep(tx: Runner, message: LockedMessage, fetch: Fetch): Promise<readonly JudgedTouch[]> {
  const { sent_at, links } = message;
  const asked = { sent_at, link_count: links?.length ?? 0, canary: CANARY };
  const earlier = await touchesOf(tx, fetch.message_id);
  const touch = { ...fetch, id: 0, ...judge(fetch, { ...asked, earlier }) };
  const changed = rejudge([...earlier, touch], asked).filter(({ id }) => id !== 0);
  await rewrite(tx, changed);
  const now = earlier.map((one) => changed.find(({ id }) => id === one.id) ?? one);
  return (await makeRoom(tx, now, touch)) ? [...now, await insert(tx, touch)] : now;
}

async function touchesOf(tx: Runner, message_id: string): Promise<readonly KeptTouch[]> {
  const found = await tx.execute<Omit<KeptTouch, 'id'> & { id: string }>(sql`
    select id, message_id, kind, link, ${ms('at')} as at, ip, user_agent, machine, sign
    from touches where message_id = ${message_id} order by id`);
  return found.rows.map((row) => ({ ...row, id: Number(row.id) }));
}

async function rewrite(tx: Runner, changed: readonly KeptTouch[]): Promise<void> {
  if (changed.length === 0) return;
  const list = changed.map(({ id, machine, sign }) => ({ id, machine, sign }));
  await tx.execute(sql`
    update touches t set machine = n.machine, sign = n.sign
    from json_to_recordset(${rows(list)}) as n (id bigint, machine text, sign text) where t.id = n.id`);
}

/** Where there are as many as are kept, a person's touch takes the place of a machine's, and a machine's is not kept. */
async function makeRoom(tx: Runner, kept: readonly KeptTouch[], touch: JudgedTouch): Promise<boolean> {
  if (kept.length < MOST_TOUCHES) return true;
  const least = kept.find(({ machine }) => machine !== 'no');
  if (touch.machine !== 'no' || !least) return false;
  await tx.execute(sql`delete from touches where id = ${least.id}`);
  return true;
}

async function insert(tx: Runner, touch: JudgedTouch): Promise<JudgedTouch> {
  const { message_id, kind, link, at, ip, user_agent, machine, sign } = touch;
  await tx.execute(sql`
    insert into touches (message_id, kind, link, at, ip, user_agent, machine, sign)
    values (${message_id}, ${kind}, ${link}, ${timestamp(at)}, ${ip}, ${user_agent}, ${machine}, ${sign})`);
  return touch;
}

/** Brings the events about the message in line with what its touches say by now; whether there is a new one. */
async function tellWhatPeopleDid(
  tx: Runner,
  message: LockedMessage,
  touches: readonly JudgedTouch[],
  now: Instant,
): Promise<boolean> {
  const wanted = eventsOf(message, touches);
  const told = await toldOf(tx, message, touches);
  const is_right = ({ id, at }: Told): boolean => wanted.some((event) => event.id === id && event.at === at);
  const early = told.filter((one) => isWaiting(one, now) && !is_right(one));
  await takeBack(tx, message.contact_id, early);
  const standing = told.filter((one) => !early.includes(one));
  await doubt(
    tx,
    standing.filter(({ id }) => !wanted.some((event) => event.id === id)),
    true,
  );
  await doubt(
    tx,
    standing.filter(({ id }) => wanted.some((event) => event.id === id)),
    false,
  );
  const fresh = wanted.filter(({ id }) => !standing.some((one) => one.id === id));
  await appendOwn(tx, fresh);
  await letSettle(tx, message.contact_id, fresh);
  return fresh.length > 0;
}

/** What people did, as it should be told. */
function eventsOf(message: LockedMessage, touches: readonly JudgedTouch[]): readonly OwnEvent[] {
  const { id, contact_id, workflow, run, step, links } = message;
  const about = { workflow, run, step, message: message.message };
  const { opened_at, clicked_at } = believed(touches);
  const opened =
    opened_at === undefined
      ? []
      : [{ ...ownEvent(openedId(id), 'message_opened', contact_id, opened_at), properties: about }];
  const clicked = [...clicked_at].map(([link, at]) => ({
    ...ownEvent(clickedId(id, link), 'message_clicked', contact_id, at),
    properties: { ...about, url: links?.[link] ?? '' },
  }));
  return [...opened, ...clicked];
}

const openedId = (message_id: string): string => `message:${message_id}:opened`;
const clickedId = (message_id: string, link: number): string => `message:${message_id}:clicked:${link}`;

/** An event that was told already. */
type Told = {
  id: string;
  at: number;
  doubted: boolean;
  /** When it is to be decided; null once it is. */
  due_at: number | null;
};

async function toldOf(
  tx: Runner,
  { id, contact_id }: LockedMessage,
  touches: readonly JudgedTouch[],
): Promise<readonly Told[]> {
  const links = new Set(touches.flatMap(({ link }) => link ?? []));
  const told_as = [openedId(id), ...[...links].map((link) => clickedId(id, link))];
  const found = await tx.execute<Told>(sql`
    select e.id, ${ms('e.occurred_at')} as at, e.properties @> '{"machine": true}' as doubted, ${ms('h.due_at')} as due_at
    from events e left join happenings h on h.partition = ${partitionOf(contact_id)}
      and h.contact_id = ${contact_id} and h.event_id = e.id
    where e.id = any(${array(told_as.map(eventId), 'uuid')})`);
  return found.rows;
}

/** So near to its moment a turn may have read it by another clock. */
const TOO_LATE = 1000;

function isWaiting({ due_at }: Told, now: Instant): boolean {
  return due_at !== null && due_at > now + TOO_LATE;
}

/** Nobody has heard of these yet. */
async function takeBack(tx: Runner, contact_id: string, early: readonly Told[]): Promise<void> {
  if (early.length === 0) return;
  const ids = array(
    early.map(({ id }) => id),
    'uuid',
  );
  await tx.execute(sql`
    delete from happenings where partition = ${partitionOf(contact_id)} and contact_id = ${contact_id}
      and event_id = any(${ids})`);
  await tx.execute(sql`delete from events where id = any(${ids})`);
}

/** What has been decided stays in the history, but is not counted any more; or again, once a person did it after all. */
async function doubt(tx: Runner, decided: readonly Told[], doubted: boolean): Promise<void> {
  const ids = decided.filter((one) => one.doubted !== doubted).map(({ id }) => id);
  if (ids.length === 0) return;
  await tx.execute(sql`
    update events set properties = (properties - 'machine') || ${doubted ? '{"machine": true}' : '{}'}::jsonb
    where id = any(${array(ids, 'uuid')})`);
}

async function letSettle(tx: Runner, contact_id: string, fresh: readonly OwnEvent[]): Promise<void> {
  if (fresh.length === 0) return;
  const list = fresh.map(({ id, at }) => ({ id, due_at: iso(at + SETTLES_AFTER) }));
  await tx.execute(sql`
    update happenings h set due_at = n.due_at
    from json_to_recordset(${rows(list)}) as n (id uuid, due_at timestamptz)
    where h.partition = ${partitionOf(contact_id)} and h.contact_id = ${contact_id} and h.event_id = n.id`);
}
