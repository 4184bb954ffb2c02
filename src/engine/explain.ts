/**
 * Everything that is known of one contact at one moment, with the reasons: who it is, where it stands and what would
 * move it, what it got and what not. What is recorded (moves, runs, messages) is told as it was; the rest (mood, tone,
 * rule answers) is asked of the project's present rules, over what was known by then.
 */
import { cartView, type CartView } from '../core/contacts/cart.ts';
import type { Consents } from '../core/contacts/consent.ts';
import type { FieldValue } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { ordersView, type Order, type OrdersView } from '../core/contacts/orders.ts';
import type { Facts } from '../core/conditions/answer.ts';
import type { ChurnRisk } from '../core/conditions/subjects/churn-risk.ts';
import type { Instant } from '../core/events/event.ts';
import type { LoadedProject } from '../project/load.ts';
import { contactAt, readRecords, recordsUntil, type Records } from './explain/records.ts';
import { runStanding, type RunStanding } from './explain/run-standing.ts';
import {
  churnStanding,
  moodStanding,
  personaStanding,
  segmentStandings,
  stageStanding,
  toneStandings,
  type Found,
  type SegmentStanding,
  type StageStanding,
  type ToneStanding,
} from './explain/standing.ts';
import { weekOf, type Week } from './explain/week.ts';
import { whyNot, type WhyNot } from './explain/why-not.ts';
import type { Reader, RecordedMessage, StoredContact } from './ports.ts';

export interface Asked {
  readonly now: Instant;
  /** The moment that is asked about; absent: now. */
  readonly at?: Instant | undefined;
  /** A message or a workflow that the contact did not get. */
  readonly why_not?: string | undefined;
}

export interface Explanation {
  readonly contact: string;
  readonly at: Instant;
  readonly now: Instant;
  /** Whether `at` lies back: then rules and mood are those of today's project over what was known then. */
  readonly is_past: boolean;
  readonly who: Who;
  readonly stage: StageStanding;
  readonly segments: readonly SegmentStanding[];
  readonly persona: Found<string> | null;
  readonly mood: Found<string>;
  readonly tones: readonly ToneStanding[];
  readonly churn_risk: Found<ChurnRisk> | null;
  readonly cart: CartView;
  readonly orders: OrdersView & { readonly list: readonly Order[] };
  /** In the order in which they began. */
  readonly runs: readonly RunStanding[];
  readonly messages: readonly RecordedMessage[];
  /** The last seven days of them. */
  readonly week: Week;
  readonly why_not: WhyNot | null;
}

export interface Who {
  readonly identities: readonly { readonly kind: string; readonly value: string }[];
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly time_zone: string;
  readonly language: string;
  readonly consent: Consents;
  readonly events: number;
  readonly first_seen: Instant | null;
  readonly last_seen: Instant | null;
}

/** @throws UserError where `why_not` names neither a message nor a workflow. */
export async function explain(
  reader: Reader,
  loaded: LoadedProject,
  stored: StoredContact,
  asked: Asked,
): Promise<Explanation> {
  return explainRecords(await readRecords(reader, stored, asked.now), loaded, asked);
}

/** @throws UserError as `explain`. */
export function explainRecords(all: Records, loaded: LoadedProject, asked: Asked): Explanation {
  const { project } = loaded;
  const { now, at = now } = asked;
  const records = recordsUntil(all, at);
  const contact = contactAt(all, project, at);
  const messages = records.messages.map((message) => messageAt(message, at));
  const facts: Facts = { contact, now: at, zone: zoneOf(contact, project) };
  const { orders } = contact.profile;
  return {
    ...{ contact: contact.id, at, now, is_past: at < now },
    who: whoOf(records, facts, loaded),
    stage: stageStanding(loaded, records, facts),
    segments: segmentStandings(loaded, records, facts),
    persona: personaStanding(project, facts),
    mood: moodStanding(project, facts),
    tones: toneStandings(project, facts),
    churn_risk: churnStanding(facts),
    cart: cartView(contact.profile.cart),
    orders: { ...ordersView(orders), list: orders.list },
    runs: records.runs.map((run) => runStanding(run, project)),
    messages,
    week: weekOf(messages, project, facts),
    why_not: asked.why_not === undefined ? null : whyNot(asked.why_not, all, loaded, at),
  };
}

function whoOf({ identities, events }: Records, { contact, zone }: Facts, { project }: LoadedProject): Who {
  const { fields, consent } = contact.profile;
  return {
    ...{ identities, fields, time_zone: zone, language: languageOf(contact, project), consent },
    events: events.length,
    first_seen: events[0]?.occurred_at ?? null,
    last_seen: events.at(-1)?.occurred_at ?? null,
  };
}

/** What had not been sent by then was still owed. */
function messageAt(message: RecordedMessage, at: Instant): RecordedMessage {
  const { sent_at } = message;
  return sent_at !== null && sent_at > at ? { ...message, state: 'owed', sent_at: null } : message;
}
