/** What the OpenAPI document says of messages. */
import { z } from 'zod';
import { PROBLEM, type Documented } from '../zod-routes.ts';
import { querySchema, retryManySchema, retrySchema } from './query.ts';
import { messagePage, retriedMessages, wholeMessage } from './shapes.ts';

const TAG = 'Messages';
const by_id = z.object({ id: z.uuid().describe('The id of a message.') });

export const LISTED: Documented = {
  tag: TAG,
  summary: 'List messages, newest first',
  description: [
    'Without `state`: those that nobody tries again by itself (refused, uncertain); of one contact, all. Each tells why',
    'it has its tone, and why it was held back. What no index finds is looked for among the newest 20,000 messages for',
    'each page: `looked_back_to` tells how far that went.',
  ].join(' '),
  query: querySchema,
  answers: { 200: { description: 'Messages', holds: messagePage } },
};

export const ONE: Documented = {
  tag: TAG,
  summary: 'Show a message, with what became of it',
  description: 'The words that it had are not kept; `POST /v1/templates/{message}/preview` makes them anew.',
  params: by_id,
  answers: { 200: { description: 'The message', holds: wholeMessage } },
};

export const RETRIED: Documented = {
  tag: TAG,
  summary: 'Try a message again',
  description: [
    'Lets a message that was refused, or of which nobody knows whether it arrived, be owed anew: no attempt counts, the',
    'Message-ID stays. Consent, suppression and hours are asked again before it leaves. Asking twice sends once.',
  ].join(' '),
  params: by_id,
  body: retrySchema,
  answers: {
    202: { description: 'The message, which is on its way', holds: wholeMessage },
    409: { description: 'It was sent, or held back, or may have arrived: `code` says which', holds: PROBLEM },
  },
};

export const RETRIED_MANY: Documented = {
  tag: TAG,
  summary: 'Try several messages again',
  description:
    'As one by one: what cannot be tried again is told with the reason, and keeps none of the others.',
  body: retryManySchema,
  answers: { 202: { description: 'Which are on their way, and which are not', holds: retriedMessages } },
};
