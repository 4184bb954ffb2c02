import type { Instant } from '../events/event.ts';
import { own, type JsonObject } from '../json.ts';
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
  /** Which of the project's topics it is about; null: none. */
  readonly topic: string | null;
  /** Whoever has moved on to another stage does not get it; null: it is for all. */
  readonly for_stages: readonly string[] | null;
  /** What becomes of it where limits leave no room: it is left out, or waits until they do. */
  readonly over_limit: 'drop' | 'wait';
  /** Messages that say nothing more where this one goes out at the same moment. */
  readonly covers: readonly string[];
}

/** A message that the project does not know any more is held to nothing but consent. */
export function planOf(messages: Readonly<Record<string, MessagePlan>>, id: string): MessagePlan {
  return own(messages, id) ?? { ...NOTHING_SAID, id };
}

const NOTHING_SAID: Omit<MessagePlan, 'id'> = {
  purpose: 'promotion',
  survey: null,
  topic: null,
  for_stages: null,
  over_limit: 'drop',
  covers: [],
};

/** The key of a message's id among the metadata, variables or tags that mail services take and hand back. */
export const MESSAGE_TAG = 'etapa_message';
