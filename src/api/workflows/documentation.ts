/** What the OpenAPI document says of starting a workflow. */

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const id: Schema = { ...text, maxLength: 255 };

const DESCRIPTION = [
  'Starts a workflow for one contact, as if its trigger had fired now: `only_if`, `exit_when` and `re_enter` still hold.',
  'Authenticate with a key of scope `api`: as `Authorization: Bearer`, or as user name of Basic authentication.',
  'A 202 means that the start is stored. The same `message_id`, or `Idempotency-Key`, starts the same workflow once only.',
].join(' ');

export const START_DOCUMENTATION: Schema = {
  tags: ['Workflows'],
  summary: 'Start a workflow for a contact',
  description: DESCRIPTION,
  security: [{ apiKey: [] }],
  params: { type: 'object', properties: { id: { ...text, description: 'The id of a live workflow.' } } },
  headers: {
    type: 'object',
    properties: { 'idempotency-key': { ...text, maxLength: 100, description: 'In place of `message_id`.' } },
  },
  body: {
    type: 'object',
    additionalProperties: false,
    properties: {
      user_id: { ...id, description: 'Your id of the person; a contact is made where there is none.' },
      anonymous_id: { ...id, description: 'The id of a visitor who is not known yet.' },
      contact_id: {
        ...text,
        format: 'uuid',
        description: "Etapa's id of a contact, in place of the other two.",
      },
      data: {
        type: 'object',
        additionalProperties: true,
        description: 'What words and conditions read as the properties of the starting event.',
      },
      message_id: {
        ...text,
        maxLength: 100,
        description: 'Your id of this start: a repeated one is stored once.',
      },
    },
  },
  response: {
    202: { description: 'Stored', type: 'object', properties: { accepted: { type: 'boolean' } } },
    400: problem('Not JSON'),
    401: problem('No key, or an unknown one'),
    403: problem('A key that may only send events'),
    404: problem('There is no such workflow, or it is not live'),
    422: problem('A field is not as it should be; `pointer` says which'),
    503: problem('Not stored: send it again after Retry-After seconds'),
  },
};

function problem(description: string): Schema {
  const error = {
    type: 'object',
    properties: { code: text, message: text, pointer: text },
    required: ['code', 'message'],
  };
  return { description, type: 'object', properties: { error } };
}
