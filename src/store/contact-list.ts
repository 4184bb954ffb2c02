/** Who there is, found by a condition, by where they stand, or by how a name, an address or an id begins. */
import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../core/conditions/condition.ts';
import { churnRiskOf, type ChurnRisk } from '../core/conditions/subjects/churn-risk.ts';
import { emptyProfile } from '../core/contacts/contact.ts';
import type { Orders } from '../core/contacts/orders.ts';
import type { Instant } from '../core/events/event.ts';
import { askBounded } from './bounded-question.ts';
import { conditionSql, type Written } from './conditions/condition-sql.ts';
import type { Database } from './database.ts';
import { FULL_NAME } from './full-name.ts';
import { array, ms } from './values.ts';

/** All that is written must hold. */
export interface WhichContacts {
  readonly where?: Condition | undefined;
  /** How the e-mail address, the name, or an id of the shop begins. */
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly segment?: string | undefined;
  readonly persona?: string | undefined;
}

export interface ListedContact {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly stage: string;
  readonly stage_since: Instant;
  readonly persona: string | null;
  readonly segments: readonly string[];
  readonly language: string | null;
  readonly orders_count: number;
  readonly orders_value: number;
  readonly cart_value: number;
  readonly currency: string | null;
  readonly last_event_at: Instant | null;
  readonly churn_risk: ChurnRisk | null;
}

export interface ContactPage {
  readonly contacts: readonly ListedContact[];
  /** The id that the next page begins after; null at the end. */
  readonly next: string | null;
  /** So many begin as was searched for that not all of them were looked at. */
  readonly search_cut: boolean;
}

export interface PageAsked {
  readonly which: WhichContacts;
  readonly written: Written;
  readonly now: Instant;
  readonly after: string | null;
  readonly limit: number;
}

/** Newest first. @throws TooWide */
export async function contactPage(db: Database, asked: PageAsked): Promise<ContactPage> {
  const { which, after, limit, now } = asked;
  const begun = which.search === undefined ? undefined : await searched(db, which.search);
  const older = after === null ? sql`true` : sql`c.id < ${after}::uuid`;
  const found = await askBounded<ContactRow>(
    db,
    sql`
      select c.id, nullif(trim(concat(${field('first_name')}, ' ', ${field('last_name')})), '') as name,
        ${field('email')} as email, c.stage, ${ms('c.stage_since')} as stage_since, c.persona,
        array(select jsonb_object_keys(c.segments) order by 1) as segments, ${field('language')} as language,
        coalesce((c.derived ->> 'orders.count')::int, 0) as orders_count,
        coalesce((c.derived ->> 'orders.value')::float8, 0) as orders_value,
        coalesce((c.derived ->> 'cart.value')::float8, 0) as cart_value,
        coalesce(c.derived ->> 'cart.currency', c.profile #>> '{orders,list,-1,currency}') as currency,
        (select ${ms('max(e.occurred_at)')} from events e where e.contact_id = c.id) as last_event_at,
        c.profile -> 'orders' as orders
      from (select c.id ${audience(asked, begun)} and ${older} order by c.id desc limit ${limit + 1}) listed
      join contacts c on c.id = listed.id order by c.id desc`,
  );
  const contacts = found.slice(0, limit).map((row) => listed(row, now));
  const next = found.length > limit ? (contacts.at(-1)?.id ?? null) : null;
  return { contacts, next, search_cut: begun?.cut ?? false };
}

/** @throws TooWide */
export async function countContacts(
  db: Database,
  asked: Pick<PageAsked, 'which' | 'written' | 'now'>,
): Promise<number> {
  const { search } = asked.which;
  const begun = search === undefined ? undefined : await searched(db, search);
  const found = await askBounded<{ count: number }>(
    db,
    sql`select count(*)::int as count ${audience(asked, begun)}`,
  );
  return found[0]?.count ?? 0;
}

type ContactRow = Record<string, unknown> &
  Omit<ListedContact, 'churn_risk'> & { readonly orders: Orders | null };

function listed({ orders, ...row }: ContactRow, now: Instant): ListedContact {
  const risk = orders ? churnRiskOf({ ...emptyProfile(), orders }, now)?.risk : undefined;
  return { ...row, churn_risk: risk ?? null };
}

/** From `from` on. Members of a segment are read by its own index, in the order of their ids. */
function audience(
  { which, written, now }: Pick<PageAsked, 'which' | 'written' | 'now'>,
  begun: Begun | undefined,
): SQL {
  const { where, stage, segment, persona } = which;
  const members =
    segment === undefined
      ? sql``
      : sql`join segment_members member on member.contact_id = c.id and member.segment = ${segment}`;
  const tests = [
    sql`c.merged_into is null`,
    ...(begun ? [sql`c.id = any(${array(begun.ids, 'uuid')})`] : []),
    ...(stage === undefined ? [] : [sql`c.stage = ${stage}`]),
    ...(persona === undefined ? [] : [sql`c.persona = ${persona}`]),
    ...(where ? [conditionSql(where, written, now)] : []),
  ];
  return sql`from contacts c ${members} where ${sql.join(tests, sql` and `)}`;
}

interface Begun {
  readonly ids: readonly string[];
  readonly cut: boolean;
}

/** Of each way to begin so many are looked at: more is nothing that anybody looks through. */
const MOST_BEGUN = 1000;

/** Each way has an index of its own, which only this spelling of the question meets. */
async function searched(db: Database, text: string): Promise<Begun> {
  const begin = beginning(text.toLowerCase());
  const own = UUID.test(text)
    ? sql`union all (select id, 'own' from contacts where id = ${text}::uuid and merged_into is null)`
    : sql``;
  const found = await askBounded<{ id: string; of: string }>(
    db,
    sql`
      (select id, 'email' as of from contacts where merged_into is null
        and lower(profile #>> '{fields,email,value}') like ${begin} limit ${MOST_BEGUN})
      union all (select id, 'name' from contacts where merged_into is null
        and ${sql.raw(FULL_NAME)} like ${begin} limit ${MOST_BEGUN})
      union all (select contact_id, 'id' from identities where value like ${beginning(text)} limit ${MOST_BEGUN})
      ${own}`,
  );
  const ids = [...new Set(found.map(({ id }) => id))];
  return { ids, cut: WAYS.some((way) => found.filter(({ of }) => of === way).length === MOST_BEGUN) };
}

const WAYS = ['email', 'name', 'id'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What `like` finds by a B-tree: the text is no pattern but for its end. */
function beginning(text: string): string {
  return `${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

function field(name: string): SQL {
  return sql`c.profile #>> array['fields', ${name}::text, 'value']`;
}
