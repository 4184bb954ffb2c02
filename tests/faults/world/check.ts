/** Compares what was acknowledged, what the mail server took, and what the database says. */
import type pg from 'pg';
import type { Findings } from '../fault.ts';
import type { LedgerLine } from './ledger.ts';
import { STARTED_BY } from './project.ts';
import type { Recovery } from './recovery.ts';
import type { TakenMail } from './smtp-words.ts';

/** What a case allows beyond nothing at all. */
export interface Bounds {
  /** Service messages that may have gone out twice, because the answer to the final dot was lost. */
  readonly twice_inside?: number;
  /** Promotions of which nobody can know. */
  readonly uncertain?: number;
}

export type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

export interface Evidence {
  readonly query: Query;
  readonly ledger: readonly LedgerLine[];
  readonly taken: readonly TakenMail[];
  readonly recoveries: readonly Recovery[];
  /** How long the same took before the fault. */
  readonly undisturbed_seconds: number;
  /** What processes said that ended by themselves. */
  readonly crashes: readonly string[];
}

interface MessageRow {
  readonly id: string;
  readonly purpose: string;
  readonly state: string;
  readonly attempts: number;
}

/** A mail that was handed over before an unsubscribing was committed may come in so much later, in milliseconds. */
const ON_ITS_WAY = 2000;
/** C6, in seconds. */
const LONGEST_RECOVERY = 30;
/** On a machine so busy that work without any fault takes long, a recovery may take so many times as long. */
const BUSY = 4;

export async function compare(evidence: Evidence, bounds: Bounds): Promise<Findings> {
  const { query, ledger, taken, recoveries, undisturbed_seconds, crashes } = evidence;
  const longest = Math.max(LONGEST_RECOVERY, BUSY * undisturbed_seconds);
  const acknowledged = ledger.flatMap((line) => (line.kind === 'events' ? line.ids : []));
  const messages = await query<MessageRow>('select id, purpose, state, attempts from messages');
  const missing = await missingOf(query, acknowledged);
  const twice = takenTwice(messages, taken);
  const unresolved = messages.filter(({ state }) => !ENDS.has(state)).length;
  const uncertain = messages.filter(({ state }) => state === 'uncertain').length;
  const forbidden = sentAfterLeaving(ledger, taken);
  const { twice_inside = 0, uncertain: uncertain_allowed = 0 } = bounds;
  const violations = [
    ...told(missing.length, 'acknowledged events are in no table', missing),
    ...told(unresolved, 'messages have not come to an end'),
    ...told(twice.outside.length, 'messages were taken twice though nothing was in doubt', twice.outside),
    ...told(twice.promotions.length, 'promotions were taken twice', twice.promotions),
    ...told(
      twice.inside.length - twice_inside,
      `service messages too many were taken twice, ${twice_inside} may`,
    ),
    ...told(uncertain - uncertain_allowed, `promotions too many are uncertain, ${uncertain_allowed} may be`),
    ...told(forbidden.length, 'promotions went out after an unsubscribing was acknowledged', forbidden),
    ...recoveries.filter(({ seconds }) => seconds > longest).map(tooLong),
    ...crashes,
    ...(await stateViolations(query)),
    ...recordViolations(messages, taken),
  ];
  return {
    acknowledged: acknowledged.length,
    missing: missing.length,
    unresolved,
    sent: taken.length,
    duplicates_outside: twice.outside.length + twice.promotions.length,
    duplicates_inside: twice.inside.length,
    uncertain,
    forbidden: forbidden.length,
    recovery_seconds: recoveries.map(({ seconds }) => seconds),
    violations,
  };
}

function tooLong({ seconds, waited_for }: Recovery): string {
  return `recovery took ${seconds.toFixed(1)} s, at last for ${waited_for}`;
}

/** States after which nothing more becomes of a message. */
export const ENDS: ReadonlySet<string> = new Set(['sent', 'refused', 'suppressed', 'uncertain']);

function told(count: number, what: string, examples: readonly string[] = []): string[] {
  if (count <= 0) return [];
  return [`${count} ${what}${examples.length > 0 ? `: ${examples.slice(0, 3).join(', ')}` : ''}`];
}

/** Of these ids of events, those that are in no table. */
export async function missingOf(query: Query, ids: readonly string[]): Promise<readonly string[]> {
  const found = await query<{ message_id: string }>('select message_id from events');
  const stored = new Set(found.map(({ message_id }) => message_id));
  return ids.filter((id) => !stored.has(id));
}

interface Twice {
  /** Handed over more often than tried: nothing was in doubt. */
  readonly outside: readonly string[];
  readonly promotions: readonly string[];
  /** A service message that was tried once more under the same Message-ID. */
  readonly inside: readonly string[];
}

function takenTwice(messages: readonly MessageRow[], taken: readonly TakenMail[]): Twice {
  const times = timesTaken(taken);
  const repeated = messages.filter(({ id }) => (times.get(id) ?? 0) > 1);
  const ids = (list: readonly MessageRow[]): string[] => list.map(({ id }) => id);
  const promotions = repeated.filter(({ purpose }) => purpose === 'promotion');
  const services = repeated.filter(({ purpose }) => purpose === 'service');
  const inside = services.filter(({ id, attempts }) => times.get(id) === 2 && attempts >= 2);
  return {
    promotions: ids(promotions),
    inside: ids(inside),
    outside: ids(services.filter((one) => !inside.includes(one))),
  };
}

function timesTaken(taken: readonly TakenMail[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { id } of taken) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
}

/** Promotions that went to somebody after the unsubscribing. @returns their ids. */
export function sentAfterLeaving(
  ledger: readonly LedgerLine[],
  taken: readonly TakenMail[],
): readonly string[] {
  const left = new Map(
    ledger.flatMap((line) => (line.kind === 'unsubscribed' ? [[line.to, line.at] as const] : [])),
  );
  return taken
    .filter(({ to, at, unsubscribe }) => unsubscribe !== null && at > (left.get(to) ?? Infinity) + ON_ITS_WAY)
    .map(({ id }) => id);
}

/** Each event folded once, and each run and message made once. */
export async function stateViolations(query: Query): Promise<readonly string[]> {
  const workflow = Object.entries(STARTED_BY)
    .map(([name, id]) => `when '${name}' then '${id}'`)
    .join(' ');
  const names = Object.keys(STARTED_BY).map((name) => `'${name}'`);
  // A case may have workflows of its own beside them.
  const workflows = Object.values(STARTED_BY).map((id) => `'${id}'`);
  const checks: readonly (readonly [what: string, counted: string])[] = [
    [
      'contacts have other orders in their profile than were told',
      `select from contacts c where merged_into is null and jsonb_array_length(profile -> 'orders' -> 'list') <>
        (select count(*) from events e where e.contact_id = c.id and e.name = 'order_completed')`,
    ],
    [
      'contacts have more or fewer runs than events that start one',
      `select from (select contact_id, workflow, count(*) as n from runs
          where workflow in (${workflows.join(', ')}) group by 1, 2) r
        full join (select contact_id, case name ${workflow} end as workflow, count(*) as n
          from events where name in (${names.join(', ')}) group by 1, 2) e using (contact_id, workflow)
        where r.n is distinct from e.n`,
    ],
    [
      'runs have more or fewer messages than one',
      `select from runs r left join messages m on m.contact_id = r.contact_id and m.workflow = r.workflow
        and m.run = r.number where r.workflow in (${workflows.join(', ')}) group by r.contact_id, r.workflow, r.number having count(m.id) <> 1`,
    ],
    ['runs have not come to an end', 'select from runs where ended_at is null'],
    ['happenings are still to be decided', 'select from happenings'],
  ];
  const found: string[] = [];
  for (const [what, counted] of checks) {
    const [row] = await query<{ n: number }>(`select count(*)::int as n from (${counted}) c`);
    found.push(...told(row?.n ?? 0, what));
  }
  return found;
}

/** The database and the mail server tell the same. */
function recordViolations(messages: readonly MessageRow[], taken: readonly TakenMail[]): readonly string[] {
  const times = timesTaken(taken);
  const known = new Map(messages.map((one) => [one.id, one]));
  const never = messages.filter(({ id, state }) => state === 'sent' && !times.has(id)).map(({ id }) => id);
  const unknown = [...times.keys()].filter((id) => !known.has(id));
  const unsaid = [...times.keys()].filter((id) => known.get(id) && !TAKEN.has(known.get(id)?.state ?? ''));
  return [
    ...told(never.length, 'messages are called sent, and the mail server has not got them', never),
    ...told(unknown.length, 'mails belong to no message', unknown),
    ...told(unsaid.length, 'mails were taken whose message says otherwise', unsaid),
  ];
}

const TAKEN: ReadonlySet<string> = new Set(['sent', 'uncertain']);
