/** What the OpenAPI document says of the event routes. Nothing is validated by it: `readCalls` judges each call. */
import type { EventType } from '../../core/events/event.ts';
import type { Endpoint } from '../../core/events/segment.ts';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const anything: Schema = { type: 'object', additionalProperties: true };

const COMMON_FIELDS = {
  userId: { ...text, maxLength: 255, description: 'Your id of the person. This or anonymousId is required.' },
  anonymousId: { ...text, maxLength: 255, description: 'The id of a visitor who is not known yet.' },
  messageId: { ...text, maxLength: 100, description: 'Your id of this call: a repeated one is stored once.' },
  timestamp: { ...time, description: 'When it happened; now when absent.' },
  sentAt: { ...time, description: "The client's clock when it sent this; it takes a wrong clock out." },
  context: {
    ...anything,
    description: 'campaign, page, device.type, locale, timezone and library.name are kept.',
  },
};

const OWN_FIELDS: Record<EventType, { fields: Record<string, Schema>; required: readonly string[] }> = {
  identify: { fields: { traits: anything }, required: [] },
  track: { fields: { event: text, properties: anything }, required: ['event'] },
  page: { fields: { name: text, category: text, properties: anything }, required: [] },
  screen: { fields: { name: text, properties: anything }, required: [] },
  group: { fields: { groupId: text, traits: anything }, required: ['groupId'] },
  alias: { fields: { previousId: text }, required: ['previousId', 'userId'] },
};

const BATCH: Schema = {
  type: 'object',
  properties: {
    batch: { type: 'array', maxItems: 2500, items: { ...anything, required: ['type'] } },
    writeKey: text,
    sentAt: time,
    context: anything,
  },
  required: ['batch'],
};

const SUMMARIES: Record<Endpoint, string> = {
  identify: 'Say who a contact is',
  track: 'Say what a contact did',
  page: 'Say that a contact viewed a page',
  screen: 'Say that a contact viewed a screen of an app',
  group: 'Say which group a contact belongs to',
  alias: 'Join the old id of a contact to the new one',
  batch: 'Send many calls at once',
  import: 'Send many calls at once (older name of batch)',
};

const DESCRIPTION = [
  "A call of Segment's HTTP Tracking API; its client libraries can be pointed here.",
  'Authenticate with the write key: as user name of Basic authentication, or as `writeKey` in the body.',
  'A 200 means that the events are stored. Calls with mistakes also get 200, as Segment answers; they are listed in the debugger.',
  'With `?strict=1` one mistake refuses the whole request with 400 and a JSON pointer.',
].join(' ');

/** The `schema` of one route. */
export function documentRoute(endpoint: Endpoint): Schema {
  return {
    tags: ['Events'],
    summary: SUMMARIES[endpoint],
    description: DESCRIPTION,
    querystring: { type: 'object', properties: { strict: { type: 'string', enum: ['1'] } } },
    body: endpoint === 'batch' || endpoint === 'import' ? BATCH : documentCall(endpoint),
    response: {
      200: { description: 'Stored', type: 'object', properties: { success: { type: 'boolean' } } },
      400: problem('Too large, not JSON, or (strict) with mistakes'),
      401: problem('No write key, or an unknown one'),
      503: problem('Not stored: send it again after Retry-After seconds'),
    },
  };
}

function documentCall(type: EventType): Schema {
  const { fields, required } = OWN_FIELDS[type];
  return { type: 'object', properties: { ...fields, ...COMMON_FIELDS, writeKey: text }, required };
}

function problem(description: string): Schema {
  const properties = {
    code: text,
    message: text,
    pointer: text,
    rejected: { type: 'array', items: anything },
  };
  const error = { type: 'object', properties, required: ['code', 'message'] };
  return { description, type: 'object', properties: { error } };
}
