import { sql } from 'drizzle-orm';
import type { Store } from '../engine/ports.ts';
import { append } from './append.ts';
import { claimCalls, hasOwedCalls, holdCall, markCall, recoverCalls } from './calls.ts';
import { openDatabase, type Database } from './database.ts';
import { openInstance } from './instance.ts';
import { duty, lead, makeLeadership, resign } from './leadership.ts';
import { foldFacts, recountPeople } from './map-counts.ts';
import { claim, hasOwed, mark, recoverClaims, suppressUnlessErased } from './messages.ts';
import { knownSchema } from './migration-files.ts';
import { nextDue, nextMerge, partitionsWithWork, unfinished } from './partitions.ts';
import { recompute } from './recomputations.ts';
import { refuseNewerSchema } from './schema-floor.ts';
import { turn } from './turns.ts';
import { iso, ms, rows } from './values.ts';

/** The book, kept in PostgreSQL. */
export async function openStore(db: Database, url: string): Promise<Store> {
  const known = await knownSchema();
  const instance = await openInstance(url, known);
  try {
    await refuseNewerSchema(db, known);
  } catch (error) {
    await instance.close();
    throw error;
  }
  const quick = openDatabase(url, { max: 4, durable: false });
  const marks = openDatabase(url, { max: 2, by_index: true });
  await makeLeadership(db);
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
    turn: (partitions, work) => turn(db, partitions, work),
    partitionsWithWork: (now, skip_owing) => partitionsWithWork(db, now, skip_owing),
    unfinished: (now) => unfinished(db, now),
    nextDue: (after) => nextDue(db, after),
    nextMerge: () => nextMerge(db),
    recompute: (now, most, rules, under) => recompute(db, now, most, rules, duty(db, under)),
    async databaseNow() {
      const found = await db.execute<{ now: number }>(sql`select ${ms('now()')} as now`);
      return found.rows[0]?.now ?? 0;
    },
    claim: (now, limit) => claim(quick.db, now, limit, instance.id),
    mark: (list, telling) => mark(marks.db, list, telling),
    suppress: (channel, address, why, at) => suppressUnlessErased(db, channel, address, why, at),
    claimCalls: (now, limit) => claimCalls(quick.db, now, limit, instance.id),
    holdCall: (token, id) => holdCall(quick.db, token, id),
    markCall: (token, one) => markCall(db, token, one),
    async recover(under) {
      await duty(
        db,
        under,
      )(async (tx) => {
        await recoverClaims(tx);
        await recoverCalls(tx);
      });
    },
    foldFacts: (under) => duty(db, under)(foldFacts),
    recountPeople: (project, now, under) => duty(db, under)((tx) => recountPeople(tx, project, now)),
    lead: (held) => lead(quick.db, instance.id, held),
    resign: (held) => resign(quick.db, held),
    hasOwed: async (now) => (await hasOwed(db, now)) || hasOwedCalls(db, now),
    async close() {
      await Promise.all([quick.close(), marks.close()]);
      await instance.close();
    },
  };
}
