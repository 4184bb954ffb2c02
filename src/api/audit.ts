/** Who changed what. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { Access } from './access.ts';
import { auditPage, type AuditEntry, type AuditPage } from './audit/shapes.ts';
import { documentedBy, pageQuery, prepareZodRoutes, readAs, readCursor, writeCursor } from './zod-routes.ts';

export interface AuditOptions extends Pick<App, 'audit'> {
  readonly access: Access;
}

const word = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
const moment = z.iso.datetime({ offset: true });
const auditQuery = pageQuery.extend({
  actor: word.optional(),
  action: word.optional().describe('Method and route, like "DELETE /v1/contacts/:id".'),
  from: moment.optional(),
  to: moment.optional().describe('What was done just then is not in it.'),
});

export function auditRoutes({ access, audit }: AuditOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'manage');

    app.get('/v1/audit', documentedBy(LISTED), async ({ query }): Promise<AuditPage> => {
      const { limit, cursor, actor, action, from, to } = readAs(auditQuery, query);
      const found = await audit.page({
        ...{ actor, action },
        from: from === undefined ? undefined : Date.parse(from),
        to: to === undefined ? undefined : Date.parse(to),
        after: readCursor(cursor, z.tuple([z.number(), z.number().int()])),
        limit: limit + 1,
      });
      const list = found.slice(0, limit);
      const last = list.at(-1);
      return {
        entries: list.map(toAnswer),
        next: writeCursor(last && found.length > limit ? [last.at, last.id] : null),
      };
    });
  };
}

type Listed = Awaited<ReturnType<App['audit']['page']>>[number];

function toAnswer({ at, ...rest }: Listed): AuditEntry {
  return { ...rest, at: new Date(at).toISOString() };
}

const LISTED = {
  tag: 'Audit log',
  summary: 'Read who changed what, newest first',
  description: 'How long it is kept says `keep.audit_log` in etapa.yaml.',
  query: auditQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: auditPage } },
};
