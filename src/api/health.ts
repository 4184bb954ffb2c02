import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyPluginAsync } from 'fastify';

/** `/health/live`: the process answers. `/health/ready`: the database does too. */
export function healthRoutes(askDatabase: () => Promise<unknown>): FastifyPluginAsync {
  return async (app) => {
    app.get('/health/live', { schema: { tags: ['Health'], summary: 'The process answers' } }, () => ({
      status: 'ok',
    }));
    app.get(
      '/health/ready',
      { schema: { tags: ['Health'], summary: 'The database answers' } },
      async (_request, reply) => {
        try {
          await Promise.race([askDatabase(), tooLate()]);
          return { status: 'ok' };
        } catch {
          return reply
            .code(503)
            .header('retry-after', '5')
            .send({
              error: { code: 'database_unreachable', message: 'The database does not answer.' },
            });
        }
      },
    );
  };
}

/** A database that keeps silent is as good as none. */
const PATIENCE = 2000;

async function tooLate(): Promise<never> {
  await sleep(PATIENCE, undefined, { ref: false });
  throw new Error('the database keeps silent');
}
