import type { Instant } from '../events/event.ts';
import type { Json } from '../json.ts';
import type { Run } from '../workflows/run.ts';
import { emptyCart, type Cart } from './cart.ts';
import type { Consents } from './consent.ts';
import { noOrders, type Orders } from './orders.ts';

/** A field and the moment from which it is known: the latest moment wins, whatever the order of arrival. */
export interface FieldValue {
  readonly value: Json;
  readonly at: Instant;
}

/**
 * What is remembered of one kind of event: as much as the project's conditions ask for and no more,
 * so that a profile stays small however many events arrive.
 */
export interface EventMemory {
  /** The latest times, ascending. How many are kept is set by the project's memory plan. */
  readonly times: readonly Instant[];
  /** How often in all. */
  readonly count: number;
  readonly first: Instant;
  /** What is added up, one for each of `times`, in ten-thousandths so that any order of adding gives the same. */
  readonly values?: readonly number[];
  /** The sum of all that ever was added up, in ten-thousandths. */
  readonly sum?: number;
}

/** What we know about a contact. Folded from events; the same for every order in which they arrive. */
export interface Profile {
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly memory: Readonly<Record<string, EventMemory>>;
  readonly cart: Cart;
  readonly orders: Orders;
  readonly consent: Consents;
}

/** The contact's history with one workflow: for re-entry, and for triggers that are conditions. */
export interface WorkflowEntries {
  /** How many runs there have been; the number of the latest. */
  readonly count: number;
  readonly ended_at: Instant | null;
  /** What the triggering condition answered last; absent where the trigger is an event. */
  readonly held?: boolean;
  /** Up to when moments that trigger (dates, schedules) have been looked for; absent for other triggers. */
  readonly looked_at?: Instant;
  /** The keys of runs that there have been, latest last, where `re_enter` is per key. */
  readonly keys?: readonly string[];
}

/** A message that was owed to the contact: what the limits count. */
export interface SentMark {
  readonly at: Instant;
  readonly purpose: 'promotion' | 'service';
}

/** A person, perhaps still anonymous, with everything a decision needs. */
export interface Contact {
  readonly id: string;
  readonly profile: Profile;
  readonly stage: string;
  readonly stage_since: Instant;
  /** When the contact last left each stage in which it does not stand any more, or stands again. */
  readonly stages_left: Readonly<Record<string, Instant>>;
  /** The segments that it is in, each with the moment from which on. */
  readonly segments: Readonly<Record<string, Instant>>;
  /** Null where the project has no personas. */
  readonly persona: string | null;
  /** By which rules it was decided last: other ones ask for deciding anew. */
  readonly rules: string;
  /** The latest moment that has been decided for this contact; null before the first. */
  readonly decided_at: Instant | null;
  /** Until then neither the stage, nor an exit, nor a trigger that is a condition can change by time alone. */
  readonly settled_until: Instant;
  readonly entries: Readonly<Record<string, WorkflowEntries>>;
  readonly sent: readonly SentMark[];
  /** Runs that have not ended. */
  readonly runs: readonly Run[];
}

export type WorkingContact = { -readonly [Key in keyof Contact]: Contact[Key] };

/** A copy to work on. Written out, because copying a copy by `...` again and again is ten times as slow. */
export function workingCopy(contact: Contact): WorkingContact {
  return {
    id: contact.id,
    profile: contact.profile,
    stage: contact.stage,
    stage_since: contact.stage_since,
    stages_left: contact.stages_left,
    segments: contact.segments,
    persona: contact.persona,
    rules: contact.rules,
    decided_at: contact.decided_at,
    settled_until: contact.settled_until,
    entries: contact.entries,
    sent: contact.sent,
    runs: contact.runs,
  };
}

export function emptyProfile(): Profile {
  return { fields: {}, memory: {}, cart: emptyCart, orders: noOrders, consent: {} };
}

export function newContact(id: string, stage: string, since: Instant): Contact {
  return {
    id,
    profile: emptyProfile(),
    stage,
    stage_since: since,
    stages_left: {},
    segments: {},
    persona: null,
    rules: '',
    decided_at: null,
    settled_until: Infinity,
    entries: {},
    sent: [],
    runs: [],
  };
}
