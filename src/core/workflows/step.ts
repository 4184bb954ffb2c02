import type { Facts } from '../conditions/answer.ts';
import type { Event, Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
import type { ChannelName } from '../messages/message.ts';
import type { Calendar } from '../time/calendar.ts';
import type { Reason } from '../reason.ts';
import type { Run } from './run.ts';

/** What a step may know while it decides. */
export interface Walk {
  readonly facts: Facts;
  readonly run: Run;
  /** The moment that is being decided. */
  readonly now: Instant;
  /** The clock's time: later than `now` when the engine catches up. Hours of day are asked of this one. */
  readonly clock: Instant;
  readonly calendars: Readonly<Record<string, Calendar>>;
  /** The variant that has won an `ab_test` of this workflow; undefined while the test goes on. */
  winner(step: string): string | undefined;
}

/** Something to be done beyond moving the run. */
export type Effect =
  | { readonly do: 'send'; readonly message: string; readonly channel: ChannelName }
  | { readonly do: 'update'; readonly fields: JsonObject }
  /** Starts another workflow for the same contact, at once. */
  | { readonly do: 'start'; readonly workflow: string; readonly data: JsonObject }
  /** Something outside is told: see `Call`. */
  | { readonly do: 'call'; readonly call: CallSpec };

/** What is told to the outside other than a message to the contact. */
export type CallSpec =
  /** Handlebars text for the shop's own people. */
  | { readonly kind: 'team'; readonly text: string; readonly to: string | null }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'GET';
      readonly headers: Readonly<Record<string, string>>;
      /** Handlebars in its texts. Null: contact, event, workflow and step. */
      readonly body: JsonObject | null;
      /** How long after it was owed it is tried again where the other system is away, in milliseconds. */
      readonly keep_trying_ms: number;
    };

/** A call that a decision brought about: made after the commit, and answered by an event. */
export interface Call {
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly visit: number;
  readonly owed_at: Instant;
  readonly spec: CallSpec;
  /** Properties of the event that started the run: words may speak of them. */
  readonly event: JsonObject;
}

/** Where the run goes from here. */
export type Then =
  | { readonly go: number; readonly effects?: readonly Effect[]; readonly variant?: string }
  | { readonly stay_until: Instant | null; readonly effects?: readonly Effect[] }
  | { readonly end: Reason; readonly outcome?: 'failed' };

/**
 * One step of a compiled workflow. The contract that every verb fulfils: what happens when a run arrives, when its
 * time has come, and when an event happens while it stands here.
 */
export interface Step {
  readonly id: string;
  readonly verb: string;
  /** Facts carry the run's entry; no clock is asked. */
  arrive(walk: Walk): Then;
  due?(walk: Walk): Then;
  /** An event happened, or without one: something else about the contact changed, such as the stage. */
  happen?(walk: Walk, event: Event | undefined): Then | undefined;
  /** From when a wait at this step counts, where it does not count from the arrival. */
  began?(walk: Walk): Instant;
  /**
   * A run that stood at an older version of this step goes on in this one; its wait counts from `began`. Absent: it
   * stays until the time that it had.
   */
  adopt?(walk: Walk, began: Instant): Then;
}

/** The place after the last step. */
export const END = -1;

/** The event by which the answer to a call, or its failure, comes back. No name from outside can be equal to it. */
export const CALL_ANSWERED = 'call:answered';

/** What `CALL_ANSWERED` carries. */
export interface CallAnswer {
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly visit: number;
  readonly ok: boolean;
  /** What was answered, where it was JSON; null otherwise. */
  readonly answer: JsonObject[string];
  /** Why it failed, in one sentence; empty where it did not. */
  readonly failure: string;
}

/** By which a workflow is started by hand, by the API or by another: `{ workflow, data }`. No name from outside can be equal to it. */
export const WORKFLOW_STARTED = 'workflow:started';
