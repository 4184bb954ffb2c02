/** What the OpenAPI document says of notices. */

export interface Documentation {
  readonly [keyword: string]: unknown;
}

const text: Documentation = { type: 'string' };
const moment: Documentation = { type: ['integer', 'null'], description: 'Milliseconds since 1970.' };

const notice: Documentation = {
  type: 'object',
  properties: {
    id: text,
    is_on: { type: 'boolean' },
    is_shown: { type: 'boolean', description: 'Its text is shown: also some days before it begins.' },
    from: moment,
    to: moment,
    started_by: { type: ['string', 'null'], description: 'Who began it by command.' },
  },
};

const COMMON: Documentation = { tags: ['Notices'], security: [{ apiKey: [] }] };
const BY_ID: Documentation = {
  type: 'object',
  properties: { id: { ...text, description: 'The id of a notice of hours.yaml.' } },
};

export const LIST_NOTICES: Documentation = {
  ...COMMON,
  summary: 'Which notices are on, and when the others begin',
  response: {
    200: answer('Each notice of hours.yaml', { notices: { type: 'array', items: notice } }),
    ...withoutKey(),
  },
};

export const START_NOTICE: Documentation = {
  ...COMMON,
  summary: 'Begin a notice now',
  description:
    'People are told as the notice says, and what rests meanwhile rests; all processes take it up within seconds.',
  params: BY_ID,
  body: {
    type: 'object',
    additionalProperties: false,
    properties: {
      until: {
        ...text,
        format: 'date',
        description: 'The last day on which it is on; else until it is ended.',
      },
    },
  },
  response: {
    200: answer('It is on', { notice }),
    ...withoutKey(),
    404: problem('There is no such notice'),
    409: problem('It is on already'),
    422: problem('It cannot be begun by a command, or `until` is no day to come'),
  },
};

export const END_NOTICE: Documentation = {
  ...COMMON,
  summary: 'End a notice that is on',
  description: 'What waited for it goes on, and messages about it that have not left stay here.',
  params: BY_ID,
  response: {
    200: answer('It is over', { notice }),
    ...withoutKey(),
    404: problem('There is no such notice'),
    409: problem('It is not on'),
  },
};

function withoutKey(): Documentation {
  return { 401: problem('No key, or an unknown one'), 403: problem('A key that may only send events') };
}

function answer(description: string, properties: Documentation): Documentation {
  return { description, type: 'object', properties };
}

function problem(description: string): Documentation {
  const error = { type: 'object', properties: { code: text, message: text }, required: ['code', 'message'] };
  return answer(description, { error });
}
