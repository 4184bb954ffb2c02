/** What is too old is deleted, what is still asked for is not, and proofs of consent never are. */
import { LOCK } from '../../src/store/locks.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cleanings, startCleaning } from '../../src/engine/retention.ts';
import { loadProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { openRetentionBook } from '../../src/store/retention.ts';
import { aLoadedProject, at, projectFiles } from '../support/build.ts';
import { newDatabase } from '../support/database.ts';

const NOW = at('2026-11-22T12:00');

let database: OpenDatabase;
beforeAll(async () => {
  database = openDatabase(await newDatabase());
});
afterAll(() => database.close());

const TABLES = [
  'events',
  'messages',
  'stage_moves',
  'segment_moves',
  'runs',
  'calls',
  'touches',
  'reports',
  'rejected_events',
  'audit_log',
  'sessions',
  'invitations',
  'sign_in_tries',
];

beforeEach(async () => {
  await database.db.execute(sql.raw(`truncate ${TABLES.join(', ')}, happenings, consent_records`));
  for (const years of [1, 3]) await insertAged(`timestamptz '2026-11-21' - interval '${years} years'`, years);
});

/** One of each, that came to its end, and one that did not. */
async function insertAged(age: string, years: number): Promise<void> {
  const id = `'00000000-0000-0000-0000-00000000000${years}'::uuid`;
  await database.db.execute(
    sql.raw(`
    insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
    select gen_random_uuid(), ${id}, name || ${years}, 'track', name, '{}', ${age}, ${age}, 't'
    from unnest(array['seen', 'ever_asked', 'asked_within', 'waiting']) as name;
    insert into happenings (partition, contact_id, event_id, due_at)
    select 0, contact_id, id, received_at from events where message_id = 'waiting' || ${years};
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at, stage,
      language, tone, formality, because, event, sent_at)
    select gen_random_uuid(), ${id}, 'w', 1, state, 1, 'm', 'email', 'promotion', state, ${age}, ${age}, 's', 'en', 't', '{}', '{}', '{}',
      case state when 'sent' then ${age} end from unnest(array['sent', 'owed', 'handing_over']) as state;
    insert into stage_moves values (${id}, ${age}, 'a', 'b', '{}');
    insert into segment_moves values (${id}, ${age}, 's', 'enters', '{}');
    insert into runs (contact_id, workflow, number, version, entered_at, because, step, visit, arrived_at, ended_at)
    select ${id}, 'w', n, 'v', ${age}, '{}', 's', 1, ${age}, case n when 1 then ${age} end from generate_series(1, 2) as n;
    insert into calls (id, contact_id, workflow, run, step, visit, spec, event, state, owed_at, due_at, finished_at)
    select gen_random_uuid(), ${id}, 'w', 1, state, 1, '{}', '{}', state, ${age}, ${age}, case state when 'done' then ${age} end
    from unnest(array['done', 'owed']) as state;
    insert into touches (message_id, kind, at, ip, user_agent, machine, sign) values (${id}, 'open', ${age}, '', '', 'none', '');
    insert into reports (id, channel, address, kind, source, at) values ('r${years}', 'email', '', 'bounced', 't', ${age});
    insert into rejected_events (source, code, message, pointer, received_at) values ('t', 'c', 'm', '/', ${age});
    insert into audit_log (at, actor, action) values (${age}, 'user:x', 'PATCH /v1/users/:id');
    insert into sessions (hash, id, user_id, created_at, last_seen_at, expires_at, user_agent, ip)
    select state || ${years}, gen_random_uuid(), ${id}, ${age}, ${age}, case state when 'ended' then ${age} else now() + interval '1 day' end, '', ''
    from unnest(array['ended', 'open']) as state;
    insert into invitations (hash, created_at, expires_at)
    select state || ${years}, ${age}, case state when 'ended' then ${age} else now() + interval '1 day' end
    from unnest(array['ended', 'open']) as state;
    insert into sign_in_tries (account, ip, at) values ('a', '', ${age}), ('a', '', now());
    insert into consent_records (contact_id, channel, said, at, source) values (${id}, 'email', 'given', ${age}, 't')`),
  );
}

async function count(table: string, where = 'true'): Promise<number> {
  const { rows } = await database.db.execute<{ n: number }>(
    sql.raw(`select count(*)::int as n from ${table} where ${where}`),
  );
  return rows[0]?.n ?? 0;
}

/** Asks of one event how often it ever happened, of another when it happened last. */
function project(keep = '') {
  return aLoadedProject({
    settings: keep,
    segments: `segments:
  old_hands: { when: { event: ever_asked, at_least: 3 } }
  new_hands: { when: { event: asked_within, within: 90 days } }
`,
  });
}

async function cleanAll({
  settings,
  project: { memory },
}: ReturnType<typeof project>): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  const book = openRetentionBook(database.db);
  for (const cleaning of cleanings(settings.keep, memory, NOW)) {
    for (let rows = 1; rows > 0; deleted[cleaning.table] = (deleted[cleaning.table] ?? 0) + rows)
      rows = await book.clean(cleaning, 1);
  }
  return deleted;
}

/** Kept for 25 months, and what is of no use to anybody when it has ended. */
const ENDED = { audit_log: 1, sessions: 2, invitations: 2, sign_in_tries: 2 };

const ALL =
  'keep: { events: 25 months, messages: 25 months, moves: 25 months, runs: 25 months, reports: 25 months }\n';

describe('what is older than keep says', () => {
  test('is deleted in batches, but for what has not come to its end and what rules may still ask about', async () => {
    expect(await cleanAll(project(ALL))).toEqual({
      ...{
        events: 1,
        messages: 1,
        stage_moves: 1,
        segment_moves: 1,
        runs: 1,
        calls: 1,
        touches: 1,
        reports: 1,
      },
      rejected_events: 2,
      ...ENDED,
    });
    const names = await database.db.execute<{ message_id: string }>(
      sql`select message_id from events order by 1`,
    );
    expect(names.rows.map(({ message_id }) => message_id)).toEqual([
      ...['asked_within1', 'asked_within3', 'ever_asked1', 'ever_asked3', 'seen1', 'waiting1', 'waiting3'],
    ]);
    expect(await count('messages', "state <> 'sent'")).toBe(4);
    expect(await count('runs', 'ended_at is null')).toBe(2);
    expect(await count('calls', "state = 'owed'")).toBe(2);
    for (const table of ['sessions', 'invitations', 'sign_in_tries'])
      expect(await count(table), table).toBe(2);
    expect(await count('consent_records')).toBe(2);
  });

  test('is only what nobody needs where nothing is said', async () => {
    expect(await cleanAll(project())).toEqual({ calls: 1, touches: 1, rejected_events: 2, ...ENDED });
  });

  test('is deleted by one process at a time', async () => {
    const loaded = project(ALL);
    const other = await database.pool.connect();
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock($1)', [LOCK.cleaning]);
    const deleted = await cleanAll(loaded);
    await other.query('rollback');
    other.release();
    expect(Object.keys(deleted)).toHaveLength(TABLES.length);
    expect(new Set(Object.values(deleted))).toEqual(new Set([0]));
  });
});

test('the cleaner tells what it deleted, and stops at once', async () => {
  const loaded = project(ALL);
  const deleted: string[] = [];
  let tell: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (tell = resolve));
  const cleaner = startCleaning({
    book: openRetentionBook(database.db),
    live: () => ({ ...loaded, emails: new Map() }),
    now: () => Promise.resolve(NOW),
    onError: (error) => {
      deleted.push(String(error));
      tell();
    },
    onCleaned(table, rows) {
      deleted.push(`${table} ${rows}`);
      if (table === 'sign_in_tries') tell();
    },
  });
  await all;
  await cleaner.stop();
  expect(deleted).toEqual([
    ...[
      'events 1',
      'messages 1',
      'stage_moves 1',
      'segment_moves 1',
      'runs 1',
      'calls 1',
      'touches 1',
      'reports 1',
    ],
    ...['rejected_events 2', 'audit_log 1', 'sessions 2', 'invitations 2', 'sign_in_tries 2'],
  ]);
});

test('a length that is too short is refused with the shortest', () => {
  const { problems } = loadProject(
    projectFiles({ settings: 'keep: { events: 90 days, touches: 31 days }\n' }),
  );
  expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([
    expect.stringMatching(
      /^etapa\.yaml:\d+:\d+ .*must be at least 13 months; what is younger is still needed/,
    ) as string,
  ]);
});
