import type { Instant } from '../events/event.ts';
import type { JsonObject } from '../json.ts';
import type { Reason } from '../reason.ts';
import type { Formalities } from './tone.ts';

/** The ways by which messages leave. */
export const CHANNELS = ['email', 'sms', 'chat', 'webhook'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Those whose words are plain text. */
export const TEXT_CHANNELS = ['sms', 'chat', 'webhook'] as const satisfies readonly ChannelName[];
export type TextChannel = (typeof TEXT_CHANNELS)[number];

/** Decides consent, limits, unsubscribe links and what happens when it is uncertain whether a message arrived. */
export type Purpose = 'promotion' | 'service';

/**
 * The life of a message.
 *
 * `owed` → `claimed` → `handing_over` → `sent`, or from there
 * `deferred` (owed again later), `refused` (the receiver said no for good), `suppressed` (held back, with a reason)
 * or `uncertain` (the receiver may or may not have it).
 */
export const MESSAGE_STATES = [
  'owed',
  'claimed',
  'handing_over',
  'sent',
  'deferred',
  'refused',
  'suppressed',
  'uncertain',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** A message that a decision brought about: to be sent, or held back with the reason kept. */
export interface Message {
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly visit: number;
  /** Which message of the project. */
  readonly message: string;
  readonly channel: ChannelName;
  readonly purpose: Purpose;
  readonly owed_at: Instant;
  readonly stage: string;
  readonly language: string;
  readonly tone: string;
  readonly formality: Formalities;
  /** Why this tone. */
  readonly because: Reason;
  readonly held_back: Reason | null;
  /** Properties of the event that started the run: words may speak of them. */
  readonly event: JsonObject;
}

/** What a project says of one of its messages. */
export interface MessagePlan {
  readonly id: string;
  readonly purpose: Purpose;
  /** The survey that it asks to answer; null for all other messages. */
  readonly survey: string | null;
}
