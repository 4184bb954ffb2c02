/** What the OpenAPI document says of messages. */
import { MESSAGE_STATES } from '../../core/messages/message.ts';
import { MOST_LISTED } from './query.ts';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const text_or_null: Schema = { type: ['string', 'null'] };
const moment: Schema = { ...text, format: 'date-time' };
const moment_or_null: Schema = { ...text_or_null, format: 'date-time' };
const state: Schema = { ...text, enum: MESSAGE_STATES };
const words: Schema = {
  type: 'object',
  properties: { en: text, es: text },
  required: ['en', 'es'],
};

const message: Schema = {
  type: 'object',
  properties: {
    id: { ...text, format: 'uuid', description: 'Also the beginning of its Message-ID, on every attempt.' },
    contact_id: { ...text, format: 'uuid' },
    workflow: text,
    run: { type: 'integer' },
    step: text,
    message: { ...text, description: 'Which message of the project.' },
    channel: text,
    purpose: { ...text, enum: ['promotion', 'service'] },
    state,
    owed_at: moment,
    due_at: { ...moment, description: 'When it is tried next, or was to be tried last.' },
    sent_at: moment_or_null,
    stage: text,
    language: text,
    tone: text,
    because: { ...words, description: 'Why this tone.' },
    held_because: {
      ...words,
      type: ['object', 'null'],
      description: 'Why it waits, or was held back, refused or left uncertain.',
    },
    attempts: { type: 'integer' },
    address: text_or_null,
    subject: text_or_null,
    response: { ...text_or_null, description: 'What the receiving server said last.' },
  },
};

const BY_KEY = 'Authenticate with a key of scope `api`.';

const common: Schema = { tags: ['Messages'], security: [{ apiKey: [] }] };

const by_id: Schema = {
  type: 'object',
  properties: { id: { ...text, format: 'uuid', description: 'The id of a message.' } },
};

const problems: Schema = {
  401: problem('No key, or an unknown one'),
  403: problem('A key that may only send events'),
  503: problem('Not done: ask again after Retry-After seconds'),
};

export const LIST_DOCUMENTATION: Schema = {
  ...common,
  summary: 'List messages, newest first',
  description: `Without \`state\`: those that nobody tries again by itself (refused, uncertain); of one contact, all. ${BY_KEY}`,
  querystring: {
    type: 'object',
    properties: {
      state: {
        ...text,
        description: `One or several, with commas in between: ${MESSAGE_STATES.join(', ')}.`,
      },
      channel: { ...text, description: 'Only of this channel, such as `email`.' },
      contact: { ...text, description: "Etapa's id, your id, or the e-mail address of a contact." },
      limit: { type: 'integer', minimum: 1, maximum: MOST_LISTED, default: 50 },
      cursor: { ...text, description: 'The `next_cursor` of the answer before.' },
    },
  },
  response: {
    200: {
      description: 'Messages',
      type: 'object',
      properties: {
        messages: { type: 'array', items: message },
        next_cursor: { ...text_or_null, description: 'Null where there are no more.' },
      },
    },
    422: problem('Something that was asked is not as it should be'),
    ...problems,
  },
};

export const ONE_DOCUMENTATION: Schema = {
  ...common,
  summary: 'Show a message',
  description: BY_KEY,
  params: by_id,
  response: {
    200: { description: 'The message', ...message },
    404: problem('There is no such message'),
    ...problems,
  },
};

export const RETRY_DOCUMENTATION: Schema = {
  ...common,
  summary: 'Try a message again',
  description: [
    'Lets a message that was refused, or of which nobody knows whether it arrived, be owed anew: no attempt counts, the',
    'Message-ID stays. Consent, suppression and hours are asked again before it leaves. Asking twice sends once.',
    BY_KEY,
  ].join(' '),
  params: by_id,
  body: {
    type: 'object',
    additionalProperties: false,
    properties: {
      even_if_it_may_have_arrived: {
        type: 'boolean',
        default: false,
        description: 'A promotion that is `uncertain` is sent again only with this; it may come twice then.',
      },
    },
  },
  response: {
    202: { description: 'The message, which is on its way', ...message },
    404: problem('There is no such message'),
    409: problem('It was sent, or held back, or may have arrived: `code` says which'),
    422: problem('The body is not as it should be'),
    ...problems,
  },
};

function problem(description: string): Schema {
  const error = { type: 'object', properties: { code: text, message: text }, required: ['code', 'message'] };
  return { description, type: 'object', properties: { error } };
}
