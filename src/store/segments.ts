/** Who is in which segment, and what kinds of customers there are. */
import { sql } from 'drizzle-orm';
import type { Condition } from '../core/conditions/condition.ts';
import type { Instant } from '../core/events/event.ts';
import { DAY } from '../core/time/date.ts';
import type { LoadedProject } from '../project/load.ts';
import { previewAudience, type AudiencePreview } from './audience.ts';
import type { Written } from './conditions/condition-sql.ts';
import type { Database } from './database.ts';
import { ms, timestamp } from './values.ts';

export interface SegmentCount {
  readonly segment: string;
  readonly people: number;
  /** In the last seven days. Who came and went counts in both. */
  readonly entered: number;
  readonly left: number;
}

export interface PersonaCount {
  /** Null: none that is written fits. */
  readonly persona: string | null;
  readonly people: number;
}

export interface SegmentMember {
  readonly id: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly stage: string;
  readonly since: Instant;
}

export interface SegmentCounts {
  /** Only those that somebody is in, came into or left; the same goes for personas. */
  readonly segments: readonly SegmentCount[];
  readonly personas: readonly PersonaCount[];
  readonly contacts: number;
}

export interface Segments {
  counts(now: Instant): Promise<SegmentCounts>;
  /** In batches, those that came into being first before others. */
  members(segment: string): AsyncIterable<readonly SegmentMember[]>;
  /** Whom a condition would find that need not be deployed, among the words of this project. */
  tryOut(condition: Condition, loaded: LoadedProject, now: Instant, limit: number): Promise<AudiencePreview>;
}

export function openSegments(db: Database): Segments {
  return {
    counts: (now) => countAll(db, now),
    members: (segment) => readMembers(db, segment),
    tryOut: (condition, loaded, now, limit) => previewAudience(db, condition, writtenIn(loaded), now, limit),
  };
}

const LATELY = 7 * DAY;

async function countAll(db: Database, now: Instant): Promise<SegmentCounts> {
  const segments = await db.execute<{ [key: string]: unknown } & SegmentCount>(sql`
    with members as (select segment, count(*)::int as people from segment_members group by segment),
    moves as (
      select segment, (count(*) filter (where way = 'enters'))::int as entered,
        (count(*) filter (where way = 'leaves'))::int as "left"
      from segment_moves where at > ${timestamp(now - LATELY)} and at <= ${timestamp(now)} group by segment
    )
    select segment, coalesce(people, 0) as people, coalesce(entered, 0) as entered, coalesce("left", 0) as "left"
    from members full join moves using (segment) order by segment`);
  const personas = await db.execute<{ [key: string]: unknown } & PersonaCount>(sql`
    select persona, count(*)::int as people from contacts where merged_into is null group by persona order by persona`);
  const contacts = personas.rows.reduce((sum, { people }) => sum + people, 0);
  return { segments: segments.rows, personas: personas.rows, contacts };
}

const BATCH = 1000;

async function* readMembers(db: Database, segment: string): AsyncGenerator<readonly SegmentMember[]> {
  for (let after: string | undefined; ;) {
    const from = after === undefined ? sql`true` : sql`m.contact_id > ${after}`;
    const found = await db.execute<{ [key: string]: unknown } & SegmentMember>(sql`
      select c.id, c.profile #>> '{fields,email,value}' as email, c.profile #>> '{fields,first_name,value}' as first_name,
        c.stage, ${ms('m.since')} as since
      from segment_members m join contacts c on c.id = m.contact_id
      where m.segment = ${segment} and ${from} order by m.contact_id limit ${BATCH}`);
    if (found.rows.length > 0) yield found.rows;
    after = found.rows.at(-1)?.id;
    if (found.rows.length < BATCH) return;
  }
}

/** What conditions may refer to, as the project has it. */
export function writtenIn({ settings, tone, segments, map }: LoadedProject): Written {
  return {
    time_zone: settings.time_zone,
    moods: tone.moods.map((mood) =>
      'otherwise' in mood
        ? { id: mood.otherwise, when: null, ends_when: null }
        : { id: mood.id, when: mood.when, ends_when: mood.ends_when ?? null },
    ),
    segments: Object.fromEntries(Object.entries(segments.segments).map(([id, { when }]) => [id, when])),
    personas: map.personas.map(({ id, when }) => ({ id, when: when ?? null })),
  };
}
