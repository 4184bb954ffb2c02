import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import type { App } from '../app.ts';
import { healthRoutes } from './health.ts';
import { segmentRoutes } from './segment.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';

export interface ServerOptions {
  readonly log_level: string;
  /** Further routes, such as the demo's inbox. */
  more?(server: FastifyInstance): Promise<void>;
}

/** The HTTP door: events in, links out, and its own description at `/openapi.json` and `/docs`. */
export async function openServer(app: App, options: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    logger: options.log_level === 'silent' ? false : { level: options.log_level },
    // Logging each request of thousands a second costs more than receiving it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1024 * 1024,
  });
  await server.register(swagger, {
    openapi: {
      info: { title: 'Etapa', version: '0.1.0', description: 'Events in, by the Segment HTTP API.' },
      components: { securitySchemes: { writeKey: { type: 'http', scheme: 'basic' } } },
    },
  });
  await server.register(helmet, { contentSecurityPolicy: false });
  await server.register(swaggerUi, { routePrefix: '/docs' });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  await server.register(segmentRoutes(segmentOptions(app)));
  await server.register(unsubscribeRoutes(unsubscribeOptions(app)));
  await server.register(healthRoutes(() => app.store.databaseNow()));
  await options.more?.(server);
  return server;
}

function segmentOptions(app: App): Parameters<typeof segmentRoutes>[0] {
  const now = async (): Promise<number> => app.clock.at(await app.store.databaseNow());
  return {
    authenticate: (key) => app.findWriteKey(key),
    receive: (events, source) => app.receiver.receive(events.map((event) => ({ ...event, source }))),
    reject: async (rows, source) => app.receiver.reject(rows, source, await now()),
    // The server's own clock is near enough for the receipt; what decides is the database's.
    now: () => app.clock.at(Date.now()),
    newId: uuidv7,
  };
}

function unsubscribeOptions(app: App): Parameters<typeof unsubscribeRoutes>[0] {
  return {
    name: () => app.live().settings.name,
    async find(token) {
      const message_id = app.links.read(token);
      const addressee = message_id === undefined ? undefined : await app.findAddressee(message_id);
      return message_id === undefined || !addressee
        ? undefined
        : { message_id, language: addressee.language };
    },
    unsubscribe: (message_id, source) => app.unsubscribe(message_id, source),
  };
}
