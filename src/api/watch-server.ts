import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import type { Access } from './access.ts';
import { healthRoutes, type Checks } from './health.ts';
import { answerApiProblem } from './problem.ts';

/** What a scraper reads. */
export interface Measured {
  readonly content_type: string;
  text(): Promise<string>;
}

export interface WatchOptions {
  readonly metrics: Measured;
  readonly checks: Checks;
  readonly log: FastifyBaseLogger;
}

/** The door for those who watch, on a port of its own: every role has one, and no stranger can reach it. */
export async function openWatchServer({ metrics, checks, log }: WatchOptions): Promise<FastifyInstance> {
  const server = fastify({ loggerInstance: log, forceCloseConnections: true });
  await server.register(healthRoutes(checks));
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.content_type).send(await metrics.text()),
  );
  return server;
}

/** The same behind an API key, beside the other routes. */
export function metricsRoute(metrics: Measured, access: Access): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler(answerApiProblem);
    app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      await access(request, 'read');
      return reply.type(metrics.content_type).send(await metrics.text());
    });
  };
}
