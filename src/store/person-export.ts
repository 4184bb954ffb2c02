/** All that is kept of a person, as one JSON document (GDPR art. 15 and 20, Chile's Ley 21.719). */
import { sql, type SQL } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import { spelled } from '../core/messages/address-of.ts';
import { ADDRESS_FIELDS, ADDRESS_SECRETS, suppressionKeys } from './address-keys.ts';
import type { Runner } from './database.ts';
import { everyContactOf } from './same-person.ts';
import { array, ms, rows, timestamp } from './values.ts';

/**
 * Written piece by piece, each list in batches, so that a history of any length takes little memory and holds no
 * transaction open for as long as its reader takes.
 */
export async function* exportPerson(db: Runner, contact_id: string, at: Instant): AsyncGenerator<string> {
  const ids = await everyContactOf(db, [contact_id]);
  yield `{\n"format": "etapa-person-1",\n"exported_at": ${JSON.stringify(new Date(at).toISOString())}`;
  for (const list of LISTS) {
    yield `,\n${JSON.stringify(list.name)}: [`;
    let lead = '\n';
    for await (const row of rowsOf(db, list, ids)) {
      yield lead + row;
      lead = ',\n';
    }
    yield ']';
  }
  yield `,\n"suppressions": ${JSON.stringify(await suppressionsOf(db, ids))}\n}\n`;
}

interface List {
  readonly name: string;
  /** As they are called in the document; moments are ISO 8601 texts. */
  readonly columns: SQL;
  readonly from: SQL;
  /** The column that says whose it is. */
  readonly contact_id: SQL;
  /** A moment and a text by which rows are put in order, and found again. */
  readonly order: readonly [at: SQL, key: SQL];
}

const BATCH = 200;

async function* rowsOf(db: Runner, list: List, ids: readonly string[]): AsyncGenerator<string> {
  const { columns, from, contact_id, order } = list;
  const [at, key] = order;
  let after: { at: number; key: string } | undefined;
  do {
    const later = after ? sql`(${at}, ${key}) > (${timestamp(after.at)}, ${after.key})` : sql`true`;
    const found = await db.execute<{ row: string; at: number; key: string }>(sql`
      select row_to_json(shown)::text as row, ${ms(at)} as at, ${key} as key
      from ${from} cross join lateral (select ${columns}) shown
      where ${contact_id} = any(${array(ids, 'uuid')}) and ${later} order by ${at}, ${key} limit ${BATCH}`);
    for (const { row } of found.rows) yield row;
    after = found.rows.length === BATCH ? found.rows.at(-1) : undefined;
  } while (after);
}

/** A moment as ISO 8601 text, whatever the time zone of the connection. */
function time(column: string): SQL {
  const name = sql.raw(column.slice(column.indexOf('.') + 1));
  return sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ${name}`;
}

const LISTS: readonly List[] = [
  {
    name: 'contacts',
    columns: sql`c.id, c.merged_into, ${time('c.created_at')}, c.stage, ${time('c.stage_since')}, c.segments, c.persona,
      c.profile, c.derived, ${time('c.decided_at')}, ${time('c.next_due_at')}`,
    from: sql`contacts c`,
    contact_id: sql`c.id`,
    order: [sql`c.created_at`, sql`c.id::text`],
  },
  {
    name: 'identities',
    columns: sql`i.kind, i.value`,
    from: sql`identities i`,
    contact_id: sql`i.contact_id`,
    order: [sql`'epoch'::timestamptz`, sql`i.kind || ' ' || i.value`],
  },
  {
    name: 'consents',
    columns: sql`s.channel, s.topic, s.granted, ${time('s.at')}, ${time('s.confirmed_at')}, ${time('s.refused_at')}, s.source`,
    from: sql`consents s`,
    contact_id: sql`s.contact_id`,
    order: [sql`s.at`, sql`s.contact_id || s.channel || ' ' || s.topic`],
  },
  {
    name: 'consent_records',
    columns: sql`r.channel, r.topic, r.said, ${time('r.at')}, r.source, r.text_version, r.ip, r.user_agent, r.event_id`,
    from: sql`consent_records r`,
    contact_id: sql`r.contact_id`,
    order: [sql`r.at`, sql`r.id::text`],
  },
  {
    name: 'events',
    columns: sql`e.id, e.message_id, e.type, e.name, e.properties, ${time('e.occurred_at')}, ${time('e.received_at')}, e.source`,
    from: sql`events e`,
    contact_id: sql`e.contact_id`,
    order: [sql`e.occurred_at`, sql`e.id::text`],
  },
  {
    name: 'stage_moves',
    columns: sql`${time('m.at')}, m."from", m."to", m.because`,
    from: sql`stage_moves m`,
    contact_id: sql`m.contact_id`,
    order: [sql`m.at`, sql`m.contact_id || m."from" || ' ' || m."to"`],
  },
  {
    name: 'segment_moves',
    columns: sql`${time('m.at')}, m.segment, m.way, m.because`,
    from: sql`segment_moves m`,
    contact_id: sql`m.contact_id`,
    order: [sql`m.at`, sql`m.contact_id || m.segment || ' ' || m.way`],
  },
  {
    name: 'runs',
    columns: sql`r.workflow, r.number, r.version, ${time('r.entered_at')}, r.event, r.key, r.held_out, r.variants,
      r.because, r.step, r.visit, ${time('r.arrived_at')}, ${time('r.due_at')}, ${time('r.ended_at')}, r.outcome, r.ended_because`,
    from: sql`runs r`,
    contact_id: sql`r.contact_id`,
    order: [sql`r.entered_at`, sql`r.contact_id || r.workflow || ' ' || r.number`],
  },
  {
    name: 'messages',
    columns: sql`m.id, m.workflow, m.run, m.step, m.visit, m.message, m.channel, m.purpose, m.state, ${time('m.owed_at')},
      ${time('m.due_at')}, ${time('m.sent_at')}, m.stage, m.language, m.tone, m.formality, m.because, m.held_because, m.event, m.attempts,
      m.address, m.subject, m.response, m.links`,
    from: sql`messages m`,
    contact_id: sql`m.contact_id`,
    order: [sql`m.owed_at`, sql`m.id::text`],
  },
  {
    name: 'reports',
    columns: sql`r.message_id, r.channel, r.address, r.kind, r.class, r.status, r.diagnostic, r.source, ${time('r.at')}`,
    from: sql`reports r join messages m on m.id = r.message_id`,
    contact_id: sql`m.contact_id`,
    order: [sql`r.at`, sql`r.id`],
  },
  {
    name: 'touches',
    columns: sql`t.message_id, t.kind, t.link, ${time('t.at')}, t.ip, t.user_agent, t.machine, t.sign`,
    from: sql`touches t join messages m on m.id = t.message_id`,
    contact_id: sql`m.contact_id`,
    order: [sql`t.at`, sql`t.id::text`],
  },
  {
    name: 'calls',
    columns: sql`k.id, k.workflow, k.run, k.step, k.visit, k.spec, k.event, k.state, ${time('k.owed_at')}, ${time('k.due_at')},
      k.attempts, k.response, ${time('k.finished_at')}`,
    from: sql`calls k`,
    contact_id: sql`k.contact_id`,
    order: [sql`k.owed_at`, sql`k.id::text`],
  },
  {
    name: 'chat',
    columns: sql`t.id, t.written_by, t.text, ${time('t.at')}, ${time('t.read_at')}`,
    from: sql`chat_entries t`,
    contact_id: sql`t.contact_id`,
    order: [sql`t.at`, sql`t.id::text`],
  },
];

/** Of the addresses that she has, and of those that she was written to at. */
export async function suppressionsOf(db: Runner, ids: readonly string[]): Promise<readonly object[]> {
  const hers = array(ids, 'uuid');
  const found = await db.execute<{ channel: string; address: string; secrets: string[] | null }>(sql`
    select channel, address, ${ADDRESS_SECRETS} as secrets from (
      select channel, profile #>> array['fields', field, 'value'] as address
      from contacts cross join ${ADDRESS_FIELDS} where id = any(${hers})
      union select channel, address from messages where contact_id = any(${hers})
    ) known where address is not null and address <> ''`);
  const wanted = found.rows.flatMap(({ channel, address: written, secrets }) => {
    const address = spelled(channel, written);
    return suppressionKeys(address, secrets ?? []).map((key) => ({
      channel,
      address: address.toLowerCase(),
      key,
    }));
  });
  const kept = await db.execute(sql`
    select w.channel, w.address, s.scope, s.reason, ${time('s.at')}
    from json_to_recordset(${rows(wanted)}) as w (channel text, address text, key text)
    join suppressions s on s.channel = w.channel and s.address = w.key order by s.at, w.address`);
  return kept.rows;
}
