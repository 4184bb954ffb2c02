/** Waits until the work flows again after a fault, and until all of it has been done. */
import { LOCK } from '../../../src/store/locks.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Query } from './check.ts';
import type { Load } from './load.ts';
import type { TakenMail } from './smtp-words.ts';

interface Parts {
  readonly query: Query;
  readonly load: Load;
  taken(): Promise<readonly TakenMail[]>;
}

const LOOK_EVERY = 100;

export interface Recovery {
  readonly seconds: number;
  /** What it waited for last, in words for whoever looks for the cause. */
  readonly waited_for: string;
}

/**
 * Until all that was new, due or under way when it was called has come to its end, and the receipt of an order that came since has been
 * taken. What waits for a later attempt is not counted: it rests by rule.
 *
 * @returns the seconds since the call; those of the patience where it did not come to that.
 */
export async function awaitRecovery(parts: Parts, patience_seconds: number): Promise<Recovery> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const receipt = parts.load.order();
  const mark = await now(parts.query);
  let waited_for = 'nothing';
  while (seconds() < patience_seconds) {
    await sleep(LOOK_EVERY);
    const left = await parts.query<{ what: string }>(LEFT_SINCE, [mark]);
    if (left.length === 0) break;
    waited_for = left.map(({ what }) => what).join(', ');
  }
  while (seconds() < patience_seconds) {
    const address = await Promise.race([receipt, sleep(LOOK_EVERY, '')]);
    if ((await parts.taken()).some(({ to }) => to === address)) break;
    waited_for = address === '' ? 'an order that is not acknowledged' : `the receipt to ${address}`;
    await sleep(LOOK_EVERY);
  }
  return { seconds: seconds(), waited_for };
}

async function now(query: Query): Promise<string> {
  const [row] = await query<{ now: string }>('select now()::text as now');
  return row?.now ?? '';
}

const LEFT_SINCE = `
  select count(*) || ' happenings, ' || count(distinct h.partition) || ' partitions: ' ||
    string_agg(distinct h.partition || case when l.pid is null then ' free' else ' held' end, ', ') as what
  from happenings h left join pg_locks l on l.locktype = 'advisory' and l.classid = ${LOCK.turn} and l.granted
    and l.objid = h.partition and l.database = (select oid from pg_database where datname = current_database())
  where h.due_at <= $1::timestamptz having count(*) > 0
  union all select count(*) || ' contacts' from contacts where next_due_at <= $1::timestamptz having count(*) > 0
  union all select count(*) || ' messages ' || state from messages
  where state in ('owed', 'claimed', 'handing_over') and owed_at <= $1::timestamptz group by state`;

/** Until nothing is new, owed or under way. What rests for a while is brought forward: nobody waits for a minute here. */
export async function awaitRest(query: Query, patience_seconds: number): Promise<void> {
  const began = performance.now();
  while (performance.now() - began < patience_seconds * 1000) {
    await query(`update messages set due_at = now() where state = 'deferred' and due_at > now()`);
    await query('update happenings set due_at = now() where due_at > now()');
    const [left] = await query<{ some: boolean }>(LEFT);
    if (!left?.some) return;
    await sleep(LOOK_EVERY);
  }
}

const LEFT = `select exists (select from happenings) or exists (select from runs where ended_at is null)
  or exists (select from messages where state in ('owed', 'claimed', 'handing_over', 'deferred')) as some`;
