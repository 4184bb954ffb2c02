/** What a shop tells, as the doors hand it to the engine. Happens now, unless it says when. */
import type { Identity, Instant } from '../../src/core/events/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { ReceivedEvent } from '../../src/engine/ports.ts';

interface Details {
  readonly at?: Instant;
  readonly message_id?: string;
}

let told = 0;

export function tracked(
  who: Identity,
  name: string,
  properties: JsonObject = {},
  details: Details = {},
): ReceivedEvent {
  return { ...base(details), ...who, type: 'track', name, properties };
}

export function identified(who: Identity, traits: JsonObject = {}, details: Details = {}): ReceivedEvent {
  return { ...base(details), ...who, type: 'identify', name: 'identified', properties: traits };
}

/** `user_id` was known as `previous_id` before. */
export function aliased(user_id: string, previous_id: string, details: Details = {}): ReceivedEvent {
  return { ...base(details), user_id, previous_id, type: 'alias', name: 'aliased', properties: {} };
}

function base({ at = Date.now(), message_id = `told-${process.pid}-${++told}` }: Details) {
  return { message_id, occurred_at: at, received_at: at, source: 'test' };
}

export function product(id: string, price: number, quantity = 1): JsonObject {
  return { product_id: id, name: `Product ${id}`, price, quantity };
}
