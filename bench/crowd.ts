/** Crowds of contacts as the live project would have left them, written by the database itself. */
import { fileURLToPath } from 'node:url';
import { sql, type SQL } from 'drizzle-orm';
import { derivedValues } from '../src/core/conditions/subjects/field.ts';
import { emptyProfile } from '../src/core/contacts/contact.ts';
import { DAY } from '../src/core/time/date.ts';
import { PARTITIONS } from '../src/engine/ports.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import type { App } from '../src/app.ts';

/** The shipped project, with a workflow that waits long, a segment of everybody, and a notice that is told to it. */
export async function crowdProject(): Promise<ProjectFiles> {
  const files = await readProjectFiles(fileURLToPath(new URL('..', import.meta.url)));
  return {
    ...files,
    [`workflows/${LONG_WAIT}.yaml`]: LONG_WAIT_FILE,
    [SEGMENTS]: `${files[SEGMENTS] ?? ''}\n  everybody: { when: { field: email, exists: true } }\n`,
    [HOURS]: `${files[HOURS] ?? ''}\n${CAMPAIGN_NOTICE}`,
  };
}

export const LONG_WAIT = 'long_wait';
/** Begun by command, told to everybody at once. */
export const CAMPAIGN = 'campaign';

const SEGMENTS = 'workflows/journey/segments.yaml';
const HOURS = 'workflows/journey/hours.yaml';

const LONG_WAIT_FILE = `
version: 1
workflow: ${LONG_WAIT}
status: live
purpose: service
enter_when: manual
steps:
  - wait: 30 days
    id: wait
  - send_email: order_thanks
`;

const CAMPAIGN_NOTICE = `
  - id: ${CAMPAIGN}
    tell: { segment: everybody, by: email, template: courier_strike, when: at once }
    text: { en: There is news., es: Hay novedades. }
`;

const PER_INSERT = 50_000;

/** Contacts with none to three orders, in their stages and segments; those with `due` stand at the wait of LONG_WAIT. */
export async function addCrowd(app: App, people: number, due?: SQL): Promise<void> {
  for (let first = 1; first <= people; first += PER_INSERT) {
    const some = crowdOf(first, Math.min(people, first + PER_INSERT - 1));
    await addContacts(app, some, due);
    if (due) await addRuns(app, some, due);
  }
  await app.db.execute(sql`
    insert into segment_members (segment, contact_id, since)
    select s.key, c.id, to_timestamp(s.value::text::float8 / 1000)
    from contacts c, jsonb_each(c.segments) s order by 1, 2`);
  await app.db.execute(sql`vacuum analyze`);
}

async function addContacts({ db, live }: App, some: SQL, due?: SQL): Promise<void> {
  const { memory, rules } = live().project;
  const entries = due ? { [LONG_WAIT]: { count: 1, ended_at: null } } : {};
  await db.execute(sql`
    insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, segments, rules, derived,
      decided_at, next_due_at, created_at)
    select id, ('x' || right(id::text, 2))::bit(8)::int % ${PARTITIONS},
      ${JSON.stringify(emptyProfile())}::jsonb || jsonb_build_object(
        'fields', jsonb_build_object('email', jsonb_build_object('value', email, 'at', first),
          'first_name', jsonb_build_object('value', 'Ana', 'at', first),
          'language', jsonb_build_object('value', 'es', 'at', first)),
        'orders', jsonb_build_object('cancelled', '{}'::jsonb, 'refunded', '{}'::jsonb, 'list', coalesce((
          select jsonb_agg(jsonb_build_object('id', n || '-' || o, 'at', last - (orders - o) * ${DAY}::bigint,
            'revenue', 30, 'product_ids', '[]'::jsonb) order by o)
          from generate_series(1, orders) o), '[]'::jsonb))),
      ${memory.shape}, ${JSON.stringify(entries)}::jsonb, '[]',
      case when orders >= 2 and days < 45 then 'loyalty' when orders > 0 then 'experience' else 'awareness' end,
      to_timestamp(first / 1000.0),
      jsonb_strip_nulls(jsonb_build_object('everybody', first,
        'silent_60_days', case when orders > 0 and days >= 60 then last + 60 * ${DAY}::bigint end,
        'frequent_buyers', case when orders > 1 and days < 120 then last end,
        'bought_or_asked_lately', case when orders > 0 and days < 30 then last end)),
      ${rules}, ${JSON.stringify(derivedValues(emptyProfile()))}::jsonb || jsonb_build_object('orders.count', orders,
        'orders.value', 30 * orders) || case when orders = 0 then '{}'::jsonb else jsonb_build_object(
        'orders.last', last, 'orders.first', last - (orders - 1) * ${DAY}::bigint) end,
      now(), ${due ?? sql`null`}, to_timestamp(first / 1000.0)
    from ${some}`);
}

async function addRuns({ db, live }: App, some: SQL, due: SQL): Promise<void> {
  const version = live().project.workflows.get(LONG_WAIT)?.version ?? '';
  const event = { id: 'bench', name: 'order_completed', properties: ORDER };
  await db.execute(sql`
    insert into runs (contact_id, workflow, number, version, entered_at, event, because, step, visit, arrived_at, due_at)
    select id, ${LONG_WAIT}, 1, ${version}, now(), ${JSON.stringify(event)}::jsonb, ${NO_REASON}::jsonb, 'wait', 1, now(),
      ${due} from ${some}`);
}

export const NO_REASON = JSON.stringify({ en: '', es: '' });

/** What the words of `order_thanks` speak of. */
export const ORDER = {
  order_id: 'LU-1',
  revenue: 178,
  currency: 'EUR',
  products: [{ product_id: 'p1', name: 'Zapatilla Sierra', price: 89, quantity: 2 }],
};

/** Ids grow, as those of contacts that come one after the other do. */
export function crowdOf(first: number, last: number): SQL {
  return sql`(
    select n, (lpad(to_hex(n), 8, '0') || substr(md5(n::text), 9))::uuid as id, n % 4 as orders, n % 150 + 1 as days,
      'p' || n || '@people.example' as email,
      ${Date.now()}::bigint - (1 + n % 150) * ${DAY}::bigint as last,
      ${Date.now()}::bigint - (200 + n % 200) * ${DAY}::bigint as first
    from generate_series(${first}::int, ${last}::int) n) crowd`;
}
