/** What the OpenAPI document says of the inbox. */

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const moment: Schema = { ...text, format: 'date-time' };
const id: Schema = { ...text, format: 'uuid' };

const common: Schema = {
  tags: ['Chat'],
  security: [{ apiKey: [] }],
  params: {
    type: 'object',
    properties: { id: { ...text, description: 'Your id of the contact, or Etapa’s.' } },
  },
};

const problems: Schema = {
  401: problem('No key, or an unknown one'),
  403: problem('A key that may only send events'),
  404: problem('There is no such contact'),
  422: problem('A field is not as it should be; `pointer` says which'),
};

const entry: Schema = {
  type: 'object',
  properties: {
    id,
    written_by: { ...text, enum: ['us', 'contact'] },
    text,
    at: moment,
    read_at: { ...moment, nullable: true, description: 'When the contact read it; null until then.' },
  },
};

export const CHAT_PAGE: Schema = {
  ...common,
  summary: 'The inbox of a contact',
  description: 'What was sent by the channel `chat`, and what the contact wrote: the newest first.',
  querystring: {
    type: 'object',
    properties: {
      cursor: { ...text, description: 'The `next_cursor` of the page before.' },
      limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    },
  },
  response: {
    200: answer({
      entries: { type: 'array', items: entry },
      unread: { type: 'integer', description: 'How many of ours the contact has not read, on all pages.' },
      next_cursor: { ...text, nullable: true, description: 'Null on the last page.' },
    }),
    ...problems,
  },
};

export const CHAT_WRITE: Schema = {
  ...common,
  summary: 'What the contact writes',
  description:
    'Stores it, and lets the event `chat_message_written` with the property `text` happen to the contact. The same `message_id`, or `Idempotency-Key`, is stored once only.',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: {
      text: { ...text, maxLength: 10_000 },
      message_id: { ...text, maxLength: 255, description: 'Your id of this text.' },
    },
  },
  response: { 201: answer({ id }), ...problems },
};

export const CHAT_READ: Schema = {
  ...common,
  summary: 'What the contact has read',
  description: 'Marks what we wrote as read: up to one entry, or all of it.',
  body: {
    type: 'object',
    additionalProperties: false,
    properties: { up_to: { ...id, description: 'The newest entry that was read.' } },
  },
  response: { 200: answer({ unread: { type: 'integer' } }), ...problems },
};

function answer(properties: Schema): Schema {
  return { description: 'Done', type: 'object', properties };
}

function problem(description: string): Schema {
  const error = {
    type: 'object',
    properties: { code: text, message: text, pointer: text },
    required: ['code', 'message'],
  };
  return { description, type: 'object', properties: { error } };
}
