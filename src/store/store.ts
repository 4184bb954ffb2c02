import { sql } from 'drizzle-orm';
import type { Store } from '../engine/ports.ts';
import { append } from './append.ts';
import { claimCalls, hasOwedCalls, holdCall, markCall, recoverCalls } from './calls.ts';
import { openDatabase, type Database } from './database.ts';
import { openInstance } from './instance.ts';
import { claim, hasOwed, mark, recoverClaims, suppressUnlessErased } from './messages.ts';
import {
  lease,
  makePartitions,
  nextDue,
  nextMerge,
  partitionsWithWork,
  recoverPartitions,
  release,
  unfinished,
} from './partitions.ts';
import { recompute } from './recomputations.ts';
import { turn } from './turns.ts';
import { iso, ms, rows } from './values.ts';

/** The book, kept in PostgreSQL. */
export async function openStore(db: Database, url: string): Promise<Store> {
  const instance = await openInstance(url);
  const quick = openDatabase(url, { max: 4, durable: false });
  await makePartitions(db);
  return {
    append: (events, appending) => append(db, events, appending),
    async reject(list, source, at) {
      const given = list.map((row) => ({ ...row, source, received_at: iso(at) }));
      await db.execute(sql`
        insert into rejected_events (source, code, message, pointer, message_id, received_at)
        select source, code, message, pointer, message_id, received_at
        from json_to_recordset(${rows(given)}) as r (source text, code text, message text, pointer text,
          message_id text, received_at timestamptz)`);
    },
    lease: (partition) => lease(quick.db, partition, instance.id),
    release: (held) => release(quick.db, held),
    turn: (held, work) => turn(db, held, work),
    partitionsWithWork: (now, skip_owing) => partitionsWithWork(db, now, skip_owing),
    unfinished: (now) => unfinished(db, now),
    nextDue: (after) => nextDue(db, after),
    nextMerge: () => nextMerge(db),
    recompute: (now, most, rules) => recompute(db, now, most, rules),
    async databaseNow() {
      const found = await db.execute<{ now: number }>(sql`select ${ms('now()')} as now`);
      return found.rows[0]?.now ?? 0;
    },
    claim: (now, limit) => claim(quick.db, now, limit, instance.id),
    mark: (token, marks, tell_sent) => mark(db, token, marks, tell_sent),
    suppress: (channel, address, why, at) => suppressUnlessErased(db, channel, address, why, at),
    claimCalls: (now, limit) => claimCalls(quick.db, now, limit, instance.id),
    holdCall: (token, id) => holdCall(quick.db, token, id),
    markCall: (token, one) => markCall(db, token, one),
    async recover() {
      await recoverPartitions(db);
      await recoverClaims(db);
      await recoverCalls(db);
    },
    hasOwed: async (now) => (await hasOwed(db, now)) || hasOwedCalls(db, now),
    async close() {
      await quick.close();
      await instance.close();
    },
  };
}
