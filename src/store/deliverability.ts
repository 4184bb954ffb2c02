/** How mail arrived, counted over the messages of a period by domain and by day. */
import { sql } from 'drizzle-orm';
import type { Instant } from '../core/events/event.ts';
import type {
  Deliverability,
  DeliveryAsked,
  DeliveryBook,
  DeliveryCounts,
  PastStop,
} from '../engine/deliverability.ts';
import type { Database, Runner } from './database.ts';
import { ms, timestamp } from './values.ts';

export function openDeliveryBook(db: Database): DeliveryBook {
  return { counts: (asked) => countDelivery(db, asked), stops: (limit) => pastStops(db, limit) };
}

/** So many of the newest are counted, so that the answer comes at once however much was sent. */
const MOST_COUNTED = 10_000;
const MOST_DOMAINS = 50;

type Row = { [Key in keyof DeliveryCounts]: number } & {
  [column: string]: unknown;
  kind: 'whole' | 'domain' | 'day';
  name: string;
};

/** What came back is counted with the message that it is about, so that the rates of a day or a domain are its own. */
async function countDelivery(db: Runner, { from, to, zone }: DeliveryAsked): Promise<Deliverability> {
  const edge = await edgeOf(db, from, to);
  const since = edge ?? from;
  const found = await db.execute<Row>(sql`
    with looked as materialized (
      select id, state, attempts, lower(split_part(address, '@', 2)) as domain,
        to_char(coalesce(sent_at, owed_at) at time zone ${zone}, 'YYYY-MM-DD') as day
      from messages
      where owed_at >= ${timestamp(since)} and owed_at < ${timestamp(to)} and channel = 'email' and address is not null
    ), told as materialized (
      select l.domain, l.day, l.state, l.state = 'deferred' or l.attempts > 1 as deferred,
        l.state = 'sent' and r.bounced as bounced, r.complained, t.opened, t.clicked
      from looked l
      cross join lateral (select count(*) > 0 as opened, bool_or(kind = 'click') as clicked
        from touches where message_id = l.id and machine = 'no') as t
      cross join lateral (select bool_or(kind = 'bounced') as bounced, bool_or(kind = 'complained') as complained
        from reports where message_id = l.id) as r
    )
    select 'whole' as kind, '' as name, ${COUNTS} from told
    union all (select 'domain', domain, ${COUNTS} from told where domain <> '' group by domain
      order by count(*) desc, domain limit ${MOST_DOMAINS})
    union all (select 'day', day, ${COUNTS} from told group by day order by day)`);
  const of = (kind: Row['kind']): readonly Row[] => found.rows.filter((row) => row.kind === kind);
  return {
    whole: countsOf(of('whole')[0]),
    domains: of('domain').map((row) => ({ domain: row.name, ...countsOf(row) })),
    days: of('day').map((row) => ({ day: row.name, ...countsOf(row) })),
    counted_since: edge ?? null,
  };
}

/** Undefined where all of the period can be counted. */
async function edgeOf(db: Runner, from: Instant, to: Instant): Promise<Instant | undefined> {
  const found = await db.execute<{ at: number }>(sql`
    select ${ms('owed_at')} as at from messages
    where owed_at >= ${timestamp(from)} and owed_at < ${timestamp(to)}
    order by messages.owed_at desc, id desc offset ${MOST_COUNTED} limit 1`);
  return found.rows[0]?.at;
}

const COUNTS = sql`count(*) filter (where state = 'sent')::int as sent,
  count(*) filter (where deferred)::int as deferred, count(*) filter (where state = 'refused')::int as refused,
  count(*) filter (where state = 'uncertain')::int as uncertain, count(*) filter (where bounced)::int as bounced,
  count(*) filter (where complained)::int as complained, count(*) filter (where opened)::int as opened,
  count(*) filter (where clicked)::int as clicked`;

function countsOf(row: DeliveryCounts | undefined): DeliveryCounts {
  const { sent = 0, deferred = 0, refused = 0, uncertain = 0 } = row ?? {};
  const { bounced = 0, complained = 0, opened = 0, clicked = 0 } = row ?? {};
  return { sent, deferred, refused, uncertain, bounced, complained, opened, clicked };
}

async function pastStops(db: Runner, limit: number): Promise<readonly PastStop[]> {
  const found = await db.execute<PastStop & Record<string, unknown>>(sql`
    select channel, cause, because, ${ms('since')} as since, ${ms('ended_at')} as ended_at
    from sending_stops order by id desc limit ${limit}`);
  return found.rows;
}
