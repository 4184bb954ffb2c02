/** Addresses and domains that nothing is sent to any more, by the API. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { suppressible, SUPPRESSED_CHANNELS, type SuppressedChannel } from '../core/messages/suppression.ts';
import type { App } from '../app.ts';
import type { Access } from './access.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface SuppressionOptions {
  readonly list: App['suppressions'];
  readonly access: Access;
  now(): Promise<Instant>;
}

const channel = z.enum(SUPPRESSED_CHANNELS).default('email');
const scope = z.enum(['all', 'promotion']);
const address = z.string().describe('An address, or `@example.org` for all of a domain.');

const given = z.strictObject({
  address,
  channel,
  scope: scope.default('all').describe('`promotion`: only promotions are held back.'),
  reason: z.string().trim().min(1).max(200).default('by hand'),
});

const suppression = z.object({
  channel: z.string(),
  address: z
    .string()
    .nullable()
    .describe('null: somebody was erased, and only a hash of the address is kept.'),
  scope,
  reason: z.string(),
  at: z.iso.datetime(),
});

const page = z.object({ suppressions: z.array(suppression), next: z.string().nullable() });
const ADDRESSED = z.object({ address });
const CHANNEL = z.strictObject({ channel });
const TAG = 'Suppressions';

export function suppressionRoutes({ list, access, now }: SuppressionOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'people');

    app.get('/v1/suppressions', documentedBy(LISTED), async ({ query }) => {
      const { limit, cursor } = readAs(pageQuery, query);
      const found = await list.page(readCursor(cursor, z.tuple([z.string(), z.string()])), limit);
      return { suppressions: found.list.map(toAnswer), next: writeCursor(found.next) };
    });

    app.post('/v1/suppressions', documentedBy(PUT), async ({ body }) => {
      const asked = readAs(given, body);
      const put = { ...asked, address: readAddress(asked.channel, asked.address), at: await now() };
      await list.put(put);
      return toAnswer(put);
    });

    app.delete<{ Params: { address: string } }>(
      '/v1/suppressions/:address',
      documentedBy(REMOVED),
      async ({ params, query }, reply) => {
        const of = readAs(CHANNEL, query).channel;
        const removed = await list.remove(of, readAddress(of, params.address));
        if (removed) return reply.code(204).send();
        throw new ApiProblem(404, 'not_suppressed', 'This address is not suppressed.');
      },
    );
  };
}

const LISTED = {
  tag: TAG,
  summary: 'List the addresses and domains that nothing is sent to',
  query: pageQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: page } },
};

const PUT = {
  tag: TAG,
  summary: 'Send nothing more to an address or a domain',
  description:
    'Whoever has the address, now or later, by import or by merge, is not written to. Saying it again changes nothing.',
  body: given,
  answers: { 200: { description: 'It is suppressed', holds: suppression } },
};

const REMOVED = {
  tag: TAG,
  summary: 'Allow an address or a domain again',
  params: ADDRESSED,
  query: CHANNEL,
  answers: { 204: { description: 'It is not suppressed any more' } },
};

type Listed = { readonly address: string | null; readonly at: Instant };

function toAnswer<T extends Listed>(one: T): Omit<T, 'at'> & { readonly at: string } {
  return { ...one, at: new Date(one.at).toISOString() };
}

function readAddress(of: SuppressedChannel, text: string): string {
  const read = suppressible(of, text);
  if (read !== undefined) return read;
  throw new ApiProblem(422, 'not_an_address', NOT_AN_ADDRESS[of], '/address');
}

const NOT_AN_ADDRESS: Readonly<Record<SuppressedChannel, string>> = {
  email: 'Write an address like ana@example.org, or a domain like @example.org.',
  sms: 'Write a number with the code of its country, like +34600111222.',
};
