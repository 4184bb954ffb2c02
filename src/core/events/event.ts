import type { JsonObject } from '../json.ts';

/** The kinds of call of the Segment specification; each becomes one stored event. */
export const EVENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A moment: milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

/** What happened to one contact, as the core sees it. */
export interface Event {
  /** Unique for ever; equal for two deliveries of the same message id. */
  readonly id: string;
  readonly type: EventType;
  /** snake_case: `product_added`, `order_completed`; `identified`, `page_viewed`, … for the other types. */
  readonly name: string;
  /** When it happened. Never later than it was received. */
  readonly occurred_at: Instant;
  /** Properties of a track, page or screen; traits of an identify or group, already in snake_case. */
  readonly properties: JsonObject;
}

/** Whom an event speaks of. At least one of the two. */
export interface Identity {
  readonly user_id?: string;
  readonly anonymous_id?: string;
}

/** An event on its way in: not yet joined to a contact. */
export interface IncomingEvent extends Identity {
  /** The client's own id of this message, the only dedupe key; at most 100 characters. */
  readonly message_id: string;
  readonly type: EventType;
  readonly name: string;
  readonly occurred_at: Instant;
  readonly received_at: Instant;
  readonly properties: JsonObject;
  /** `alias` only: the id that this user was known by before. */
  readonly previous_id?: string;
}
