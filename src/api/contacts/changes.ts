/** What people change about a contact. It becomes events like any others, so that it is history like anything else. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import type { App } from '../../app.ts';
import type { Identity, IncomingEvent, Instant } from '../../core/events/event.ts';
import { readCalls, type Endpoint } from '../../core/events/segment.ts';
import { storable } from '../../core/events/segment/plain-json.ts';
import { addressOf } from '../../core/messages/address-of.ts';
import {
  suppressible,
  SUPPRESSED_CHANNELS,
  type SuppressedChannel,
} from '../../core/messages/suppression.ts';
import type { StoredContact } from '../../engine/ports.ts';
import type { Access } from '../access.ts';
import { noteSubject } from '../audit-trail.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { ApiProblem } from '../problem.ts';
import { documentedBy, readAs } from '../zod-routes.ts';
import { checkKnown } from './known.ts';
import { accepted, consentGiven, created } from './shapes.ts';
import { contactParams, unknownContact, type Who } from './who.ts';

export interface ChangeOptions {
  readonly access: Access;
  readonly contacts: Pick<App['contacts'], 'ownerOfEvent'>;
  readonly reader: App['reader'];
  readonly suppressions: App['suppressions'];
  readonly live: App['live'];
  readonly now: App['now'];
  /** @throws ApiProblem where there is no such contact. */
  find(who: string): Promise<StoredContact>;
  /** Resolves when the event is durable. */
  receive(event: IncomingEvent, source: string): Promise<void>;
  newId(): string;
}

export function changeRoutes(app: FastifyInstance, options: ChangeOptions): void {
  const { access, suppressions, find, now } = options;

  app.post('/v1/contacts', documentedBy(NEW), async (request, reply) => {
    const made = await create(request, options);
    return reply.code(made.created ? 201 : 200).send(made);
  });

  app.patch<Who>('/v1/contacts/:id', documentedBy(FIELDS), async (request, reply) => {
    const { fields } = readAs(fieldsGiven, request.body);
    await tell(request, 'identify', { traits: fields });
    return reply.code(202).send({ accepted: true });
  });

  app.post<Who>('/v1/contacts/:id/events', documentedBy(EVENT), async (request, reply) => {
    const { event, properties } = readAs(eventGiven, request.body);
    await tell(request, 'track', { event, properties });
    return reply.code(202).send({ accepted: true });
  });

  app.post<Who>('/v1/contacts/:id/consents', documentedBy(CONSENT), async (request, reply) => {
    const { channel, topic, granted, proof } = readAs(consentGiven, request.body);
    if (topic !== undefined) checkKnown('topic', topic, Object.keys(options.live().settings.topics));
    if (granted && proof.text_version === undefined) throw PROOF_MISSING();
    const properties = { channel, ...(topic === undefined ? {} : { topic }), consent_proof: proof };
    const event = granted ? 'consent_given' : 'consent_withdrawn';
    await tell(request, 'track', { event, properties });
    return reply.code(202).send({ accepted: true });
  });

  app.post<Who>('/v1/contacts/:id/merge', documentedBy(MERGE), async (request, reply) => {
    await merge(request, options);
    return reply.code(202).send({ accepted: true });
  });

  app.post<Who>('/v1/contacts/:id/suppress', documentedBy(SUPPRESS), async (request) => {
    const { channel, scope, reason } = readAs(suppressionGiven, request.body);
    const address = addressIn(await findNoted(request), channel);
    const put = { channel, address, scope, reason, at: await now() };
    await suppressions.put(put);
    return { ...put, at: new Date(put.at).toISOString() };
  });

  app.delete<Who>('/v1/contacts/:id/suppress', documentedBy(ALLOW), async (request, reply) => {
    const { channel } = readAs(CHANNEL, request.query);
    const removed = await suppressions.remove(channel, addressIn(await findNoted(request), channel));
    if (removed) return reply.code(204).send();
    throw new ApiProblem(
      404,
      'not_suppressed',
      'The address of this contact is not suppressed. Where its whole domain is, allow the domain again.',
    );
  });

  /** The log of what was done keeps the id, and not by which word the contact was found. */
  async function findNoted(request: FastifyRequest<Who>): Promise<StoredContact> {
    const stored = await find(request.params.id);
    noteSubject(request, stored.contact.id);
    return stored;
  }

  /** As one call of the Segment API would: read with the same care, and refused with the same sentences. */
  async function tell(request: FastifyRequest<Who>, type: Endpoint, call: object): Promise<void> {
    const { source } = await access(request, 'people');
    const { contact } = await findNoted(request);
    const identity = await identityOf(contact.id, options);
    const key = readIdempotencyKey(request.headers) ?? options.newId();
    const event = readOne(type, { ...call, ...segmentNames(identity) }, await now());
    await options.receive({ ...event, message_id: `contact:${contact.id}:${type}:${key}` }, source);
  }
}

async function create(
  request: FastifyRequest,
  options: ChangeOptions,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const { contacts, reader, now, newId } = options;
  const { source } = await options.access(request, 'people');
  const { user_id, fields } = readAs(contactGiven, request.body);
  const key = readIdempotencyKey(request.headers);
  const message_id = `contact:new:${key ?? newId()}`;
  const before = key === undefined ? undefined : await contacts.ownerOfEvent(message_id);
  if (before !== undefined) return { id: before, created: false };
  const email = typeof fields.email === 'string' ? fields.email.trim() : '';
  for (const who of [user_id, email]) if (who) await refuseKnown(storable(who), reader);
  const identity: Identity = user_id === undefined ? { anonymous_id: newId() } : { user_id };
  const event = readOne('identify', { traits: fields, ...segmentNames(identity) }, await now());
  await options.receive({ ...event, message_id }, source);
  const id = await contacts.ownerOfEvent(message_id);
  if (id === undefined) throw unknownContact();
  noteSubject(request, id);
  return { id, created: true };
}

async function refuseKnown(who: string, reader: ChangeOptions['reader']): Promise<void> {
  const known = await reader.findContact(who);
  if (!known) return;
  throw new ApiProblem(
    409,
    'contact_exists',
    `There is a contact with this id or e-mail address: ${known.contact.id}. Change that one.`,
  );
}

/** By the same means as the shop: an alias where both are known by it, a common device where one is a visitor. */
async function merge(request: FastifyRequest<Who>, options: ChangeOptions): Promise<void> {
  const { source } = await options.access(request, 'people');
  const { into } = readAs(mergeGiven, request.body);
  const gone = (await options.find(request.params.id)).contact.id;
  noteSubject(request, gone);
  const kept = (await options.find(into)).contact.id;
  if (kept === gone) throw new ApiProblem(422, 'same_contact', 'These are one contact already.', '/into');
  const [from, to] = await Promise.all([identityOf(gone, options), identityOf(kept, options)]);
  if (to.user_id === undefined) throw INTO_A_VISITOR();
  const key = readIdempotencyKey(request.headers) ?? options.newId();
  const at = await options.now();
  const base = {
    message_id: `contact:${gone}:merge:${key}`,
    user_id: to.user_id,
    ...{ occurred_at: at, received_at: at, properties: {} },
  };
  const event: IncomingEvent =
    from.user_id === undefined
      ? { ...base, ...from, type: 'identify', name: 'identified' }
      : { ...base, previous_id: from.user_id, type: 'alias', name: 'aliased' };
  await options.receive(event, source);
}

/** The id of the shop by which events name the contact: a user's before a visitor's. */
async function identityOf(contact_id: string, { reader }: ChangeOptions): Promise<Identity> {
  const known = await reader.identities(contact_id);
  const first = known.find(({ kind }) => kind === 'user') ?? known[0];
  if (!first) throw unknownContact();
  return first.kind === 'user' ? { user_id: first.value } : { anonymous_id: first.value };
}

function segmentNames({ user_id, anonymous_id }: Identity): object {
  return user_id === undefined ? { anonymousId: anonymous_id } : { userId: user_id };
}

/** @throws ApiProblem with what is wrong. */
function readOne(type: Endpoint, call: object, now: Instant): IncomingEvent {
  const { accepted: taken, rejected } = readCalls(call, type, { received_at: now, new_id: () => '-' });
  const [event] = taken;
  if (event) return event;
  const { code = 'field_unusable', message = 'This cannot be used.', pointer = '' } = rejected[0] ?? {};
  throw new ApiProblem(422, code, message, pointer.replace(/^\/traits/, '/fields'));
}

function addressIn({ contact }: StoredContact, channel: SuppressedChannel): string {
  const address = suppressible(channel, addressOf(contact, channel) ?? '');
  if (address !== undefined && !address.startsWith('@')) return address;
  throw new ApiProblem(
    422,
    'no_address',
    channel === 'sms'
      ? 'This contact has no phone number that could be suppressed.'
      : 'This contact has no e-mail address that could be suppressed.',
    '/channel',
  );
}

const PROOF_MISSING = (): ApiProblem =>
  new ApiProblem(
    422,
    'proof_missing',
    'A yes needs its proof: write in "text_version" which wording the person saw, or how it was said, such as "by phone, order 1042".',
    '/proof/text_version',
  );

const INTO_A_VISITOR = (): ApiProblem =>
  new ApiProblem(
    422,
    'into_a_visitor',
    'The contact that stays must be known by a user id. Merge the other way round, or give it a user id first.',
    '/into',
  );

/** A schema that refers to itself has no place in the document of the API. */
const anyJson = z.custom<Json>((value) => z.json().safeParse(value).success, {
  error: 'write a value of JSON',
});
const values = z.record(z.string().min(1), anyJson);
/** Consents are said with their proof, by a route of their own. */
const fieldsOfContact = values
  .refine((fields) => !('consent' in fields || 'consent_proof' in fields), {
    error: 'a consent is given with its proof: POST /v1/contacts/:id/consents',
  })
  .describe('`null` empties a field.');

const fieldsGiven = z.strictObject({
  fields: fieldsOfContact.refine((fields) => Object.keys(fields).length > 0, {
    error: 'write at least one field',
  }),
});

const contactGiven = z.strictObject({
  user_id: z.string().trim().min(1).max(255).optional().describe('Your id of the person.'),
  fields: fieldsOfContact,
});

/** What Etapa tells itself, and nobody else: a message would count as opened that nobody opened. */
const OWN_EVENT = /^message_|^chat_message_written$/;

const eventGiven = z.strictObject({
  event: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine((name) => !OWN_EVENT.test(name), { error: 'events of this name are told by Etapa alone' }),
  properties: values.default({}),
});

const mergeGiven = z.strictObject({
  into: z
    .string()
    .min(1)
    .describe('The contact that stays: by its id, an id of yours, or its e-mail address.'),
});

const suppressionGiven = z.strictObject({
  channel: z.enum(SUPPRESSED_CHANNELS).default('email'),
  scope: z.enum(['all', 'promotion']).default('all').describe('`promotion`: only promotions are held back.'),
  reason: z.string().trim().min(1).max(200).default('by hand'),
});

const CHANNEL = z.strictObject({ channel: z.enum(SUPPRESSED_CHANNELS).default('email') });

const suppressed = z.object({
  channel: z.string(),
  address: z.string(),
  scope: z.enum(['all', 'promotion']),
  reason: z.string(),
  at: z.iso.datetime(),
});

const TAG = 'Contacts';
const params = contactParams;
const ONCE = 'The same `Idempotency-Key` does it once only.';
const STORED = { 202: { description: 'Stored, and decided in a moment', holds: accepted } };

const NEW = {
  tag: TAG,
  summary: 'Make a new contact',
  description: `Refused with 409 where a contact has this user id or e-mail address. ${ONCE}`,
  body: contactGiven,
  answers: {
    200: { description: 'It was made before by the same key', holds: created },
    201: { description: 'It is there', holds: created },
  },
};

const FIELDS = {
  tag: TAG,
  summary: 'Change fields of a contact',
  description: `Becomes an identify event, so that the history shows who changed what. ${ONCE}`,
  params,
  body: fieldsGiven,
  answers: STORED,
};

const EVENT = {
  tag: TAG,
  summary: 'Tell an event of a contact by hand',
  description: `As if the shop had told it. ${ONCE}`,
  params,
  body: eventGiven,
  answers: STORED,
};

const CONSENT = {
  tag: TAG,
  summary: 'Note that a contact gave or withdrew a consent',
  description: `A yes needs its proof, which is kept for ever (GDPR art. 7). ${ONCE}`,
  params,
  body: consentGiven,
  answers: STORED,
};

const MERGE = {
  tag: TAG,
  summary: 'Merge a contact into another one',
  description: `They turned out to be one person. It cannot be undone. ${ONCE}`,
  params,
  body: mergeGiven,
  answers: STORED,
};

const SUPPRESS = {
  tag: TAG,
  summary: "Send nothing more to a contact's address",
  description: 'Puts the address on the list of suppressions: whoever else has it is not written to either.',
  params,
  body: suppressionGiven,
  answers: { 200: { description: 'It is suppressed', holds: suppressed } },
};

const ALLOW = {
  tag: TAG,
  summary: "Allow a contact's address again",
  params,
  query: CHANNEL,
  answers: { 204: { description: 'It is not suppressed any more' } },
};
