/** Contacts that could not be decided and wait apart, by the API. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Access } from './access.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface PutAsideOptions {
  readonly aside: App['aside'];
  readonly access: Access;
}

const contact = z.object({
  contact_id: z.uuid(),
  because: z.string().describe('What went wrong and where in the program; nothing of what was given.'),
  attempts: z.number().int(),
  since: z.iso.datetime(),
  retry_at: z.iso
    .datetime()
    .nullable()
    .describe('null: not by itself any more, but when other rules are deployed'),
});
const page = z.object({ contacts: z.array(contact), next: z.string().nullable() });
const asked = z.strictObject({
  contact_ids: z.array(z.uuid()).max(1000).optional().describe('Absent: all of them.'),
});
const tried = z.object({ tried: z.number().int() });

export function putAsideRoutes({ aside, access }: PutAsideOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'people');

    app.get('/v1/put-aside', documentedBy(LISTED), async ({ query }) => {
      const { limit, cursor } = readAs(pageQuery, query);
      const found = await aside.list(readCursor(cursor, z.tuple([z.number(), z.uuid()])), limit + 1);
      const contacts = found.slice(0, limit);
      const last = contacts.at(-1);
      const next = last && found.length > limit ? ([last.since, last.contact_id] as const) : null;
      return { contacts: contacts.map(toAnswer), next: writeCursor(next) };
    });

    app.post('/v1/put-aside/retry', documentedBy(RETRIED), async ({ body }) => {
      const { contact_ids } = readAs(asked, body);
      return { tried: await aside.retry(contact_ids ?? 'all') };
    });
  };
}

const TAG = 'Put aside';

const LISTED = {
  tag: TAG,
  summary: 'List the contacts that could not be decided, oldest first',
  query: pageQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: page } },
};

const RETRIED = {
  tag: TAG,
  summary: 'Try contacts again that were put aside',
  body: asked,
  answers: { 200: { description: 'How many are tried again now', holds: tried } },
};

type Listed = Awaited<ReturnType<App['aside']['list']>>[number];

function toAnswer({ since, retry_at, ...rest }: Listed): z.infer<typeof contact> {
  return {
    ...rest,
    since: new Date(since).toISOString(),
    retry_at: retry_at === null ? null : new Date(retry_at).toISOString(),
  };
}
