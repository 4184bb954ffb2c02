import type { Facts } from '../conditions/answer.ts';
import type { Event, Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
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
}

/** Something to be done beyond moving the run. */
export type Effect =
  | { readonly do: 'send'; readonly message: string; readonly channel: 'email' }
  | { readonly do: 'update'; readonly fields: JsonObject };

/** Where the run goes from here. */
export type Then =
  | { readonly go: number; readonly effects?: readonly Effect[] }
  | { readonly stay_until: Instant | null }
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
}

/** The place after the last step. */
export const END = -1;
