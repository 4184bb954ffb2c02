/** Notices by the API: which are on, beginning and ending one. */
import type { FastifyInstance, FastifyPluginAsync, RouteShorthandOptions } from 'fastify';
import { z } from 'zod';
import { check } from '../core/schema.ts';
import type { NoticeDesk } from '../engine/notices.ts';
import { UserError } from '../errors.ts';
import type { Access } from './access.ts';
import { END_NOTICE, LIST_NOTICES, START_NOTICE, type Documentation } from './notices/documentation.ts';
import { AS_IT_IS, prepareJsonRoutes } from './json-routes.ts';
import { ApiProblem } from './problem.ts';

export interface NoticeOptions {
  readonly access: Access;
  readonly notices: NoticeDesk;
}

/** GET /v1/notices, POST /v1/notices/:id/start, POST /v1/notices/:id/end */
export function noticeRoutes({ access, notices }: NoticeOptions): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    prepareJsonRoutes(app);
    app.get('/v1/notices', {
      ...documented(LIST_NOTICES),
      async handler(request) {
        await access(request, 'read');
        return { notices: await notices.list() };
      },
    });
    app.post<ById>('/v1/notices/:id/start', {
      ...documented(START_NOTICE),
      async handler(request) {
        const { source: by } = await access(request, 'publish');
        const until = readUntil(request.body);
        return { notice: await orProblem(notices.start(request.params.id, until, by)) };
      },
    });
    app.post<ById>('/v1/notices/:id/end', {
      ...documented(END_NOTICE),
      async handler(request) {
        const { source: by } = await access(request, 'publish');
        return { notice: await orProblem(notices.end(request.params.id, by)) };
      },
    });
  };
}

interface ById {
  readonly Params: { readonly id: string };
}

function documented(schema: Documentation): RouteShorthandOptions {
  return {
    schema,
    bodyLimit: MOST_BYTES,
    config: AS_IT_IS,
  };
}

const MOST_BYTES = 16 * 1024;

const startSchema = z.strictObject({
  until: z.string({ error: 'write the last day like "2026-12-05"' }).nullable().default(null),
});

function readUntil(body: unknown): string | null {
  const checked = check(startSchema, body ?? {});
  if (checked.ok) return checked.value.until;
  const [first] = checked.findings;
  const pointer = (first?.path ?? []).map((key) => `/${key}`).join('');
  throw new ApiProblem(422, 'field_unusable', `${first?.message ?? 'this cannot be used'}.`, pointer);
}

const NOT_NOW: readonly string[] = ['notice_is_on', 'notice_is_not_on'];

async function orProblem<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message } = error;
    const status = code === 'no_such_notice' ? 404 : NOT_NOW.includes(code) ? 409 : 422;
    throw new ApiProblem(status, code, message);
  }
}
