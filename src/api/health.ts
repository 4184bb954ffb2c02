import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyPluginAsync } from 'fastify';

/** What must hold for a process to do its work, each by its name. A check fails by rejecting or by silence. */
export type Checks = Readonly<Record<string, Check>>;

export interface Check {
  ask(): Promise<unknown>;
  /** What to tell whoever asks: never why in particular. */
  readonly failing: { readonly code: string; readonly message: string };
}

/** The check that every process has. */
export function databaseCheck(ask: () => Promise<unknown>): Check {
  return { ask, failing: { code: 'database_unreachable', message: 'The database does not answer.' } };
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work, and is not about to end. */
export function healthRoutes(checks: Checks): FastifyPluginAsync {
  return async (app) => {
    app.get('/health/live', { schema: { tags: ['Health'], summary: 'The process answers' } }, () => ({
      status: 'ok',
    }));
    app.get(
      '/health/ready',
      { schema: { tags: ['Health'], summary: 'The process can do its work' } },
      async (_request, reply) => {
        const asked = await Promise.all(Object.entries(checks).map(askOne));
        const told = Object.fromEntries(asked.map(({ name, failing }) => [name, failing ? 'failing' : 'ok']));
        const [first] = asked.flatMap(({ failing }) => failing ?? []);
        if (!first) return { status: 'ok', checks: told };
        return reply.code(503).header('retry-after', '5').send({ error: first, checks: told });
      },
    );
  };
}

interface Asked {
  readonly name: string;
  readonly failing?: Check['failing'];
}

async function askOne([name, { ask, failing }]: readonly [string, Check]): Promise<Asked> {
  try {
    await Promise.race([ask(), tooLate()]);
    return { name };
  } catch {
    return { name, failing };
  }
}

/** What keeps silent is as good as not there. */
const PATIENCE = 2000;

async function tooLate(): Promise<never> {
  await sleep(PATIENCE, undefined, { ref: false });
  throw new Error('it keeps silent');
}
