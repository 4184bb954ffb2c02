/**
 * Reads the calls of Segment's HTTP Tracking API into events on their way in.
 * What is wrong with one call never stops the others of its batch: it is handed back with a reason.
 */
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { EVENT_TYPES } from './event.ts';
import type { EventType, Identity, IncomingEvent, Instant } from './event.ts';
import { CALL_NAMES, eventName } from './names.ts';
import { callTime, readTime } from './segment/call-time.ts';
import { isLongerThan, plainJson, safeObject, storable } from './segment/plain-json.ts';
import { withConsentProof } from './segment/consent-proof.ts';
import { contactFields, groupTraits, storedProperties } from './segment/properties.ts';
import { Refusal, pointTo } from './segment/refusal.ts';

/** The last part of the path; `import` is an older name of `batch`. */
export type Endpoint = EventType | 'batch' | 'import';

export interface ReadContext {
  readonly received_at: Instant;
  /** A new unique message id, for calls that bring none. */
  readonly new_id: () => string;
}

/** A call that was not taken, and why. */
export interface Rejected {
  /** Its place in the batch, from 0; 0 for a single call and for a batch refused as a whole. */
  readonly index: number;
  /** Stable, snake_case, for programs. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
  /** JSON pointer (RFC 6901) into the body of the request. */
  readonly pointer: string;
  readonly message_id?: string;
}

export interface Calls {
  readonly accepted: IncomingEvent[];
  readonly rejected: Rejected[];
}

const LONGEST_ID = 255;
const LONGEST_MESSAGE_ID = 100;
const LONGEST_BATCH = 2500;
const LARGEST_CALL_BYTES = 32 * 1024;
/** Traits and properties may nest 32 levels; they stand one level inside the call. */
const DEEPEST_CALL = 33;

/** The calls of one request, in the order in which they stand there. Never throws, whatever `body` is. */
export function readCalls(body: unknown, endpoint: Endpoint, context: ReadContext): Calls {
  const calls: Calls = { accepted: [], rejected: [] };
  if (endpoint === 'batch' || endpoint === 'import') takeBatch(calls, body, context);
  else take(calls, { index: 0, pointer: '', call: body }, () => readCall(body, endpoint, {}, context));
  return calls;
}

/** What a batch says for all of its calls. */
interface Outer {
  readonly context?: Json;
  readonly sent_at?: Instant | undefined;
}

function takeBatch(calls: Calls, body: unknown, context: ReadContext): void {
  const batch = attempt(calls, { index: 0, pointer: '', call: body }, () => openBatch(body));
  batch?.items.forEach((item, index) => {
    take(calls, { index, pointer: `/batch/${index}`, call: item }, () =>
      readCall(item, undefined, batch.outer, context),
    );
  });
}

function openBatch(body: unknown): { items: readonly unknown[]; outer: Outer } {
  const items = ownField(body, 'batch');
  if (!Array.isArray(items)) {
    throw new Refusal('batch_missing', '/batch', 'A batch needs its calls as a list called "batch".');
  }
  if (items.length > LONGEST_BATCH) {
    const message = `A batch may have ${LONGEST_BATCH} calls; this one has ${items.length}. Send it in parts.`;
    throw new Refusal('batch_too_long', '/batch', message);
  }
  const context = plainJson(ownField(body, 'context') ?? null, '/context', DEEPEST_CALL - 1);
  return { items, outer: { context, sent_at: readTime(ownField(body, 'sentAt'), '/sentAt') } };
}

/** Where a call stands in the request. */
interface Place {
  readonly index: number;
  readonly pointer: string;
  readonly call: unknown;
}

function take(calls: Calls, place: Place, read: () => IncomingEvent): void {
  const event = attempt(calls, place, read);
  if (event !== undefined) calls.accepted.push(event);
}

/** What `read` gives; or undefined, and its refusal is filed. */
function attempt<Value>(calls: Calls, place: Place, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    calls.rejected.push({
      index: place.index,
      code: error.code,
      message: error.message,
      pointer: place.pointer + error.pointer,
      ...claimedId(place.call),
    });
    return undefined;
  }
}

function claimedId(call: unknown): { message_id?: string } {
  const id = ownField(call, 'messageId');
  if (typeof id !== 'string') return {};
  const plain = storable(id).slice(0, LONGEST_MESSAGE_ID);
  return plain === '' ? {} : { message_id: plain };
}

function ownField(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as { readonly [key: string]: unknown })[key];
}

function readCall(
  raw: unknown,
  endpoint: EventType | undefined,
  outer: Outer,
  context: ReadContext,
): IncomingEvent {
  const call = plainJson(raw, '', DEEPEST_CALL);
  if (!isJsonObject(call)) throw new Refusal('not_an_object', '', 'A call is a JSON object.');
  if (isLongerThan(call, LARGEST_CALL_BYTES)) {
    throw new Refusal('too_large', '', 'One call may have 32 KB of JSON; send less in it.');
  }
  const type = endpoint ?? readType(call);
  const name = readName(call, type);
  return {
    message_id: readMessageId(call) ?? context.new_id(),
    type,
    name,
    ...readIdentity(call, type),
    occurred_at: callTime(call, outer.sent_at, context.received_at),
    received_at: context.received_at,
    properties: readProperties(call, type, name, outer),
  };
}

function readType(call: JsonObject): EventType {
  const type = EVENT_TYPES.find((known) => known === call['type']);
  if (type !== undefined) return type;
  throw new Refusal('type_unknown', '/type', `"type" must be one of ${EVENT_TYPES.join(', ')}.`);
}

function readMessageId(call: JsonObject): string | undefined {
  return readId(call, 'messageId', LONGEST_MESSAGE_ID);
}

function readName(call: JsonObject, type: EventType): string {
  if (type !== 'track') return CALL_NAMES[type];
  const event = call['event'];
  if (typeof event === 'string' && event.trim() !== '') return eventName(event);
  throw new Refusal('event_missing', '/event', 'A track call needs the name of its "event" as a text.');
}

function readIdentity(call: JsonObject, type: EventType): Identity & { previous_id?: string } {
  const user_id = readId(call, 'userId', LONGEST_ID);
  const anonymous_id = readId(call, 'anonymousId', LONGEST_ID);
  if (user_id === undefined && (anonymous_id === undefined || type === 'alias')) {
    throw type === 'alias'
      ? new Refusal('user_id_missing', '/userId', 'An alias call needs the new id as "userId".')
      : new Refusal('no_user_anon_id', '/userId', 'A call needs a "userId" or an "anonymousId".');
  }
  return {
    ...(user_id === undefined ? {} : { user_id }),
    ...(anonymous_id === undefined ? {} : { anonymous_id }),
    ...(type === 'alias' ? { previous_id: readPreviousId(call) } : {}),
  };
}

function readPreviousId(call: JsonObject): string {
  const id = readId(call, 'previousId', LONGEST_ID);
  if (id !== undefined) return id;
  throw new Refusal('previous_id_missing', '/previousId', 'An alias call needs the old id as "previousId".');
}

/** An id as a trimmed text; undefined when it is absent or empty. */
function readId(call: JsonObject, field: string, longest: number): string | undefined {
  const value = call[field] ?? '';
  const pointer = pointTo('', field);
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Refusal('id_unreadable', pointer, `"${field}" must be a text or a number.`);
  }
  const id = String(value).trim();
  if (id.length > longest) {
    throw new Refusal(
      'id_too_long',
      pointer,
      `"${field}" may have ${longest} characters; this has ${id.length}.`,
    );
  }
  return id || undefined;
}

function readProperties(call: JsonObject, type: EventType, name: string, outer: Outer): JsonObject {
  const context = mergeContext(call, outer);
  switch (type) {
    case 'identify':
      return withConsentProof(contactFields(readObject(call, 'traits'), context), type, name, context);
    case 'group':
      return safeObject([
        ...Object.entries(groupTraits(readObject(call, 'traits'))),
        ['group_id', readGroupId(call)],
      ]);
    case 'track':
      return withConsentProof(storedProperties(readObject(call, 'properties'), context), type, name, context);
    case 'page':
    case 'screen':
      return storedProperties(namedProperties(call), context);
    case 'alias':
      return {};
  }
}

function readGroupId(call: JsonObject): string {
  const id = readId(call, 'groupId', LONGEST_ID);
  if (id !== undefined) return id;
  throw new Refusal('group_id_missing', '/groupId', 'A group call needs a "groupId".');
}

/** A page's and a screen's `name` and `category` stand beside the properties; they are stored among them. */
function namedProperties(call: JsonObject): JsonObject {
  const beside = ['name', 'category'].flatMap((field) => {
    const value = call[field];
    return typeof value === 'string' && value !== '' ? [[field, value] as const] : [];
  });
  return safeObject([...beside, ...Object.entries(readObject(call, 'properties'))]);
}

/** What a call says of its context stands before what its batch says for all. */
function mergeContext(call: JsonObject, outer: Outer): JsonObject {
  const own = isJsonObject(call['context']) ? call['context'] : {};
  const shared = isJsonObject(outer.context) ? outer.context : {};
  return { ...shared, ...own };
}

function readObject(call: JsonObject, field: string): JsonObject {
  const value = call[field] ?? {};
  if (isJsonObject(value)) return value;
  throw new Refusal('not_an_object', pointTo('', field), `"${field}" must be a JSON object.`);
}
