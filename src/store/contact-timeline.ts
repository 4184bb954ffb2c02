/** Everything that is recorded of one contact in one list, newest first: a few rows of each table, put in order. */
import { sql, type SQL } from 'drizzle-orm';
import type { TimelineKind } from '../core/contacts/timeline.ts';
import type { Instant } from '../core/events/event.ts';
import type { TimelineEntry } from '../engine/contact-timeline.ts';
import type { Runner } from './database.ts';
import { ms, timestamp } from './values.ts';

/** The moment and the key of the last one that was read. */
export type TimelinePlace = readonly [at: Instant, key: string];

export interface TimelineAsked {
  readonly kinds: readonly TimelineKind[];
  readonly after: TimelinePlace | null;
  readonly limit: number;
}

export interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  readonly next: TimelinePlace | null;
}

export async function timelinePage(
  db: Runner,
  contact_id: string,
  { kinds, after, limit }: TimelineAsked,
): Promise<TimelinePage> {
  const parts = SOURCES.filter(({ kind }) => kinds.includes(kind)).map((source) =>
    partOf(source, contact_id, after, limit + 1),
  );
  const found = await db.execute<Record<string, unknown> & TimelineEntry>(sql`
    select kind, ${ms('at')} as at, key, about from (${sql.join(parts, sql` union all `)}) entries
    order by entries.at desc, key collate "C" desc limit ${limit + 1}`);
  const entries = found.rows.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: last && found.rows.length > limit ? [last.at, last.key] : null };
}

/** The newest of one source. `at` alone bounds what is read by the index; the key tells apart what happened at one moment. */
function partOf(source: Source, contact_id: string, after: TimelinePlace | null, most: number): SQL {
  const { kind, at, key, about, from, whose, only } = source;
  const name = sql`(${`${kind}/`}::text || ${key})`;
  const earlier = after
    ? sql`${at} <= ${timestamp(after[0])} and (${at} < ${timestamp(after[0])} or ${name} collate "C" < ${after[1]})`
    : sql`true`;
  return sql`(select ${kind}::text as kind, ${at} as at, ${name} as key, json_build_object(${about}) as about
    from ${from} where ${whose} = ${contact_id}::uuid and ${only ?? sql`true`} and ${earlier}
    order by ${at} desc, ${name} collate "C" desc limit ${most})`;
}

interface Source {
  readonly kind: TimelineKind;
  readonly at: SQL;
  /** Unique among those of the contact. */
  readonly key: SQL;
  /** Names and values of what is told. */
  readonly about: SQL;
  readonly from: SQL;
  /** The column that says whose it is. */
  readonly whose: SQL;
  readonly only?: SQL;
}

const RUN_OF_MESSAGE = sql`messages m left join runs r on r.contact_id = m.contact_id and r.workflow = m.workflow
  and r.number = m.run`;

const SOURCES: readonly Source[] = [
  {
    kind: 'event',
    at: sql`e.occurred_at`,
    key: sql`e.id::text`,
    about: sql`'name', e.name, 'type', e.type, 'properties', e.properties, 'source', e.source`,
    from: sql`events e`,
    whose: sql`e.contact_id`,
    // What became of a message stands beside the message.
    only: sql`not (e.source = 'etapa' and e.name like 'message\\_%')`,
  },
  {
    kind: 'stage',
    at: sql`m.at`,
    key: sql`m."from" || '/' || m."to"`,
    about: sql`'from', m."from", 'to', m."to", 'because', m.because`,
    from: sql`stage_moves m`,
    whose: sql`m.contact_id`,
  },
  {
    kind: 'segment',
    at: sql`m.at`,
    key: sql`m.segment || '/' || m.way`,
    about: sql`'segment', m.segment, 'way', m.way, 'because', m.because`,
    from: sql`segment_moves m`,
    whose: sql`m.contact_id`,
  },
  {
    kind: 'run_began',
    at: sql`r.entered_at`,
    key: sql`r.workflow || '/' || r.number`,
    about: sql`'workflow', r.workflow, 'run', r.number, 'held_out', r.held_out, 'event', r.event ->> 'name',
      'because', r.because`,
    from: sql`runs r`,
    whose: sql`r.contact_id`,
  },
  {
    kind: 'run_ended',
    at: sql`r.ended_at`,
    key: sql`r.workflow || '/' || r.number`,
    about: sql`'workflow', r.workflow, 'run', r.number, 'outcome', r.outcome, 'because', r.ended_because`,
    from: sql`runs r`,
    whose: sql`r.contact_id`,
    only: sql`r.ended_at is not null`,
  },
  {
    kind: 'message',
    at: sql`coalesce(m.sent_at, m.owed_at)`,
    key: sql`m.id::text`,
    about: sql`'message_id', m.id, 'message', m.message, 'subject', m.subject, 'workflow', m.workflow, 'run', m.run,
      'step', m.step, 'channel', m.channel, 'purpose', m.purpose, 'state', m.state, 'tone', m.tone,
      'tone_because', m.because, 'held_because', m.held_because, 'run_because', r.because, 'response', m.response`,
    from: RUN_OF_MESSAGE,
    whose: sql`m.contact_id`,
  },
  {
    kind: 'response',
    at: sql`t.at`,
    key: sql`'touch/' || t.id`,
    about: sql`'what', t.kind, 'message_id', t.message_id, 'message', m.message, 'url', m.links[t.link + 1],
      'machine', t.machine, 'sign', t.sign, 'fault', null, 'diagnostic', null`,
    from: sql`messages m join touches t on t.message_id = m.id`,
    whose: sql`m.contact_id`,
  },
  {
    kind: 'response',
    at: sql`p.at`,
    key: sql`'report/' || p.id`,
    about: sql`'what', p.kind, 'message_id', p.message_id, 'message', m.message, 'url', null, 'machine', null,
      'sign', null, 'fault', p.class, 'diagnostic', p.diagnostic`,
    from: sql`messages m join reports p on p.message_id = m.id`,
    whose: sql`m.contact_id`,
  },
  {
    kind: 'call',
    at: sql`k.owed_at`,
    key: sql`k.id::text`,
    about: sql`'workflow', k.workflow, 'run', k.run, 'step', k.step, 'what', k.spec ->> 'kind', 'state', k.state,
      'response', k.response`,
    from: sql`calls k`,
    whose: sql`k.contact_id`,
  },
  {
    kind: 'consent',
    at: sql`s.at`,
    key: sql`s.id::text`,
    about: sql`'channel', s.channel, 'topic', s.topic, 'said', s.said, 'source', s.source,
      'text_version', s.text_version, 'ip', s.ip, 'user_agent', s.user_agent`,
    from: sql`consent_records s`,
    whose: sql`s.contact_id`,
  },
];
