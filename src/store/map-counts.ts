/** What the journey map adds up: written by turns and senders, summed up by the leader. */
import { sql, type SQL } from 'drizzle-orm';
import { MESSAGE_OUTCOMES, type Fact } from '../core/map/fact.ts';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import type { Runner } from './database.ts';
import { array, rows, timestamp } from './values.ts';

export async function writeFacts(tx: Runner, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await tx.execute(sql`
    insert into map_deltas (day, fact, stage, key, persona, language, segment, n, total)
    select day, fact, stage, key, persona, language, segment, n, total
    from json_to_recordset(${rows(facts)}) as f (day date, fact text, stage text, key text, persona text,
      language text, segment text, n int, total float8)`);
}

/** As a further part of a statement whose part `marked` has the messages with their new states. */
export function countingOutcomes(zone: string): SQL {
  const outcomes = sql.raw(MESSAGE_OUTCOMES.map((outcome) => `'${outcome}'`).join(', '));
  return sql`
    insert into map_deltas (day, fact, stage, key, persona, language, segment, n, total)
    select (m.marked_at at time zone ${zone}::text)::date, 'message', m.stage,
      m.workflow || '/' || m.tone || '/' || m.channel || '/' || m.state, coalesce(c.persona, ''), m.language, s.segment,
      count(*), 0
    from marked m join contacts c on c.id = m.contact_id
      cross join lateral (select '' as segment union all select jsonb_object_keys(c.segments)) s
    where m.state in (${outcomes})
    group by 1, 3, 4, 5, 6, 7`;
}

const MOST_FOLDED = 5_000;

/** One process at a time. @returns whether there is more. */
export async function foldFacts(tx: Runner): Promise<boolean> {
  const folded = await tx.execute<{ rows: number }>(sql`
    with taken as (
      delete from map_deltas where id in (select id from map_deltas order by id limit ${MOST_FOLDED})
      returning day, fact, stage, key, persona, language, segment, n, total
    ), added as (
      insert into map_counts (day, fact, stage, key, persona, language, segment, n, total)
      select day, fact, stage, key, persona, language, segment, sum(n), sum(total) from taken
      group by day, fact, stage, key, persona, language, segment
      on conflict (segment, fact, day, stage, key, persona, language) do update
        set n = map_counts.n + excluded.n, total = map_counts.total + excluded.total
    )
    select count(*)::int as rows from taken`);
  return folded.rows[0]?.rows === MOST_FOLDED;
}

/**
 * Counts who stands where where the kept counts are wrong: after an update from a version that kept none, and as a mend of
 * whatever went wrong. @returns whether they were.
 */
export async function recountPeople(tx: Runner, project: Recounted, now: Instant): Promise<boolean> {
  const wrong = await countsDiffer(tx, project.stages.start);
  if (wrong) await addDifferences(tx, project, now);
  return wrong;
}

type Recounted = Pick<Project, 'languages' | 'time_zone' | 'stages'>;

/** Counted by an index alone, which does not know who was never decided: those stand in the first stage, without a persona. */
async function countsDiffer(tx: Runner, start: string): Promise<boolean> {
  const found = await tx.execute<{ wrong: boolean }>(sql`
    with kept as (
      select stage, persona, sum(n) as n from (${ALL_FACTS}) f where fact = 'people' and segment = ''
      group by 1, 2 having sum(n) <> 0
    ), actual as (
      select stage, coalesce(persona, '') as persona, count(*) as n from contacts where merged_into is null group by 1, 2
    )
    select exists (
      select from actual full join kept using (stage, persona)
      where coalesce(actual.n, 0) <> coalesce(kept.n, 0) and (stage <> ${start} or persona <> '' or actual.n < kept.n)
    ) or (exists (select from contacts where decided_at is not null) and not exists (select from kept)) as wrong`);
  return found.rows[0]?.wrong ?? false;
}

/** One statement sees contacts and counts as of one moment, so that turns which are under way change nothing of it. */
async function addDifferences(tx: Runner, { languages, time_zone }: Recounted, now: Instant): Promise<void> {
  await tx.execute(sql`
    with standing as (
      select c.stage, c.stage_since, coalesce(c.persona, '') as persona, s.segment,
        case when c.profile #>> '{fields,language,value}' = any(${array(languages, 'text')})
          then c.profile #>> '{fields,language,value}' else ${languages[0] ?? 'en'} end as language
      from contacts c cross join lateral (select '' as segment union all select jsonb_object_keys(c.segments)) s
      where c.merged_into is null and c.decided_at is not null
    ), actual as (
      select 'people' as fact, null::date as day, stage, persona, language, segment, count(*) as n
      from standing group by 3, 4, 5, 6
      union all
      select 'since', (stage_since at time zone ${time_zone}::text)::date, stage, persona, language, segment, count(*)
      from standing group by 2, 3, 4, 5, 6
    ), kept as (
      select fact, case fact when 'since' then day end as day, stage, persona, language, segment, sum(n) as n
      from (${ALL_FACTS}) f where fact in ('people', 'since') group by 1, 2, 3, 4, 5, 6
    ), differing as (
      select fact, day, stage, persona, language, segment, sum(n) as n
      from (select * from actual union all select fact, day, stage, persona, language, segment, -n from kept) d
      group by 1, 2, 3, 4, 5, 6
    )
    insert into map_deltas (day, fact, stage, key, persona, language, segment, n, total)
    select coalesce(day, (${timestamp(now)} at time zone ${time_zone}::text)::date), fact, stage, '', persona, language,
      segment, n, 0
    from differing where n <> 0`);
}

/** Sums and what is not yet in them, as rows of one shape. */
export const ALL_FACTS: SQL = sql`
  select day, fact, stage, key, persona, language, segment, n, total from map_counts
  union all select day, fact, stage, key, persona, language, segment, n, total from map_deltas`;
