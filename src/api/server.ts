import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { uuidv7 } from 'uuidv7';
import type { Instant } from '../core/events/event.ts';
import { createJobs } from '../engine/jobs.ts';
import { steadyNow } from '../engine/steady-now.ts';
import type { App } from '../app.ts';
import { UserError } from '../errors.ts';
import { confirmSubscription, createProviders } from '../inbound/providers/index.ts';
import type { ProviderEvent } from '../inbound/providers/provider.ts';
import { createAccess, type Access } from './access.ts';
import { auditRoutes } from './audit.ts';
import { keepAuditTrail } from './audit-trail.ts';
import { calendarRoutes } from './calendar.ts';
import { chatRoutes } from './chat.ts';
import { contactRoutes } from './contacts.ts';
import { deliverabilityRoutes } from './deliverability.ts';
import { forecastRoutes } from './forecast.ts';
import { databaseCheck, healthRoutes, type Checks } from './health.ts';
import { healthReportRoutes } from './health-report.ts';
import { keyRoutes } from './keys.ts';
import { jobRoutes } from './jobs.ts';
import { noticeRoutes } from './notices.ts';
import { mapRoutes } from './map.ts';
import { messageRoutes } from './messages.ts';
import { providerWebhookRoutes } from './provider-webhooks.ts';
import { segmentRoutes } from './segment.ts';
import { sessionRoutes } from './session.ts';
import { sessionCookie } from './session-cookie.ts';
import { sessionListRoutes } from './sessions.ts';
import { confirmRoutes } from './confirm.ts';
import { consoleRoutes } from './console.ts';
import { BusyError, limitPressure, sendBusy } from './pressure.ts';
import { preferenceRoutes } from './preferences.ts';
import { projectRoutes } from './project.ts';
import { putAsideRoutes } from './put-aside.ts';
import { sendingRoutes } from './sending.ts';
import { suppressionRoutes } from './suppressions.ts';
import { surveyRoutes } from './survey.ts';
import { templateRoutes } from './templates.ts';
import { trackRoutes } from './track.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';
import { userRoutes } from './users.ts';
import { metricsRoute, type Measured } from './watch-server.ts';
import { vocabularyRoutes } from './vocabulary.ts';
import { workflowTrialRoutes } from './workflow-trials.ts';
import { workflowViewRoutes } from './workflow-views.ts';
import { workflowRoutes } from './workflows.ts';

export interface ServerOptions {
  /** Absent: nothing is logged. */
  readonly log?: FastifyBaseLogger;
  /** By the name of the provider: what its webhooks are proved with. */
  readonly provider_secrets?: Readonly<Record<string, readonly string[]>>;
  /** Whose `X-Forwarded-For` is believed, so that notes of who read carry the reader's address and not the proxy's. */
  readonly trust_proxy?: readonly string[] | undefined;
  /** Of one key in a minute; absent: any number. */
  readonly most_requests?: number;
  /** Told at `/metrics`, to whoever has an API key. */
  readonly metrics?: Measured;
  /** Where the console was built; absent: beside the program. */
  readonly console_folder?: string;
  /** What must hold beside the database. */
  readonly checks?: Checks;
  /** Whoever comes is signed in as an owner: only for `etapa demo`, which nobody else can reach. */
  readonly demo?: boolean;
  /** Hears of each request that was answered. */
  onAnswered?(answered: Answered): void;
  /** What must be there before the routes, such as tracing. */
  before?(server: FastifyInstance): Promise<void>;
  /** Further routes, such as the demo's inbox. */
  more?(server: FastifyInstance): Promise<void>;
}

/** The HTTP door: events in, links out, and its own description at `/openapi.json` and `/docs`. */
export async function openServer(app: App, options: ServerOptions = {}): Promise<FastifyInstance> {
  const server = fastify({
    ...(options.log ? { loggerInstance: options.log } : { logger: false }),
    // Logging each request of thousands a second costs more than receiving it.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trust_proxy ? [...options.trust_proxy] : false,
    bodyLimit: 1024 * 1024,
    requestTimeout: WHOLE_REQUEST,
    // Node exchanges the two limits where the one for headers, else 60 s, is the longer: then a slow body has 60 s.
    http: { headersTimeout: WHOLE_REQUEST, connectionsCheckingInterval: WHOLE_REQUEST / 2 },
  });
  server.setErrorHandler(answerError);
  if (options.onAnswered) tellAnswered(server, options.onAnswered);
  await options.before?.(server);
  await limitPressure(server, { most_requests: options.most_requests ?? Infinity });
  await server.register(swagger, {
    openapi: {
      info: { title: 'Etapa', version: '0.1.0', description: 'Events in, by the Segment HTTP API.' },
      components: {
        securitySchemes: {
          writeKey: { type: 'http', scheme: 'basic' },
          apiKey: { type: 'http', scheme: 'bearer' },
        },
      },
    },
  });
  await server.register(helmet, { contentSecurityPolicy: false });
  await server.register(swaggerUi, { routePrefix: '/docs' });
  server.get('/openapi.json', { schema: { hide: true } }, () => server.swagger());
  const asked = steadyNow(() => app.store.databaseNow());
  const now = async (): Promise<Instant> => app.clock.at(await asked());
  const cookie = sessionCookie(app.public_url);
  const access = createAccess({ findKey: (key) => app.findKey(key), sessions: app.sessions, cookie });
  keepAuditTrail(server, app.audit);
  await server.register(segmentRoutes(segmentOptions(app, now)));
  await server.register(workflowRoutes(workflowOptions(app, access, now)));
  const { desk, deployments, live, rehearsal, workflows, experiments } = app;
  const jobs = createJobs({ onError: (err) => server.log.error({ err }, 'a job could not be done') });
  await server.register(workflowViewRoutes({ workflows, desk, live, experiments, access, now: app.now }));
  await server.register(workflowTrialRoutes({ rehearsal, editing: desk.editing, live, jobs, access }));
  await server.register(projectRoutes({ desk, live, deployments, jobs, access }));
  await server.register(jobRoutes({ jobs, access }));
  await server.register(noticeRoutes({ access, notices: app.notices }));
  await server.register(messageRoutes(messageOptions(app, access)));
  await server.register(templateRoutes({ access, desk: app.templates }));
  await server.register(sendingRoutes({ access, sending: app.sending }));
  await server.register(deliverabilityRoutes(deliverabilityOptions(app, access)));
  await server.register(calendarRoutes({ ...app, access }));
  await server.register(forecastRoutes({ access, live: app.live, book: app.forecast, now: app.now }));
  await server.register(mapRoutes({ access, map: app.map }));
  await server.register(chatRoutes(chatOptions(app, access)));
  await server.register(contactRoutes(contactOptions(app, access)));
  await server.register(vocabularyRoutes({ access, live: app.live }));
  await server.register(suppressionRoutes(suppressionOptions(app, access)));
  await server.register(putAsideRoutes({ aside: app.aside, access }));
  await server.register(sessionRoutes({ ...app, access, cookie, demo: options.demo ?? false }));
  await server.register(userRoutes({ ...app, access, cookie }));
  await server.register(sessionListRoutes({ ...app, access }));
  await server.register(keyRoutes({ ...app, access }));
  await server.register(auditRoutes({ ...app, access }));
  await server.register(healthReportRoutes({ ...app, access }));
  await server.register(unsubscribeRoutes(unsubscribeOptions(app)));
  await server.register(preferenceRoutes(preferenceOptions(app)));
  await server.register(confirmRoutes(confirmOptions(app)));
  await server.register(surveyRoutes(surveyOptions(app)));
  await server.register(trackRoutes(trackOptions(app)));
  await server.register(providerWebhookRoutes(providerOptions(app, options.provider_secrets ?? {}, now)));
  await server.register(
    healthRoutes({ database: databaseCheck(() => app.store.databaseNow()), ...options.checks }),
  );
  await server.register(consoleRoutes(options.console_folder ? { folder: options.console_folder } : {}));
  if (options.metrics) await server.register(metricsRoute(options.metrics, access));
  await options.more?.(server);
  return server;
}

/** By its route, never by its address: that may hold anything, and there is no end of them. */
export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

function tellAnswered(server: FastifyInstance, onAnswered: (answered: Answered) => void): void {
  server.addHook('onResponse', async (request, reply) =>
    onAnswered({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    }),
  );
}

/** Longest time in milliseconds that a client may take to send one request: also how long it can hold up an end. */
const WHOLE_REQUEST = 10_000;

const RETRY_AFTER_SECONDS = 5;

/** Where a route says nothing itself. What went wrong inside is told to the log and not to the client. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof BusyError) return sendBusy(reply);
  const status = error.statusCode ?? 500;
  if (status < 500)
    return reply.code(status).send({ error: { code: 'request_refused', message: error.message } });
  request.log.error({ err: error }, 'a request could not be answered');
  const message =
    error instanceof UserError
      ? error.message
      : 'This could not be done just now. Please try again in a moment.';
  return reply
    .code(503)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .send({ error: { code: 'unavailable', message } });
}

type Now = () => Promise<Instant>;

function segmentOptions(app: App, now: Now): Parameters<typeof segmentRoutes>[0] {
  return {
    authenticate: async (key) => (await app.findKey(key))?.id,
    receive: (events, source) => app.receiver.receive(events.map((event) => ({ ...event, source }))),
    reject: async (rows, source) => app.receiver.reject(rows, source, await now()),
    now,
    newId: uuidv7,
  };
}

function unsubscribeOptions(app: App): Parameters<typeof unsubscribeRoutes>[0] {
  return {
    name: () => app.live().settings.name,
    async find(token) {
      const message_id = app.links.read(token);
      const addressee = message_id === undefined ? undefined : await app.findAddressee(message_id);
      return addressee && { message_id: addressee.message_id, language: addressee.language };
    },
    unsubscribe: (message_id, source, reader) => app.pages.unsubscribe(message_id, source, reader),
    preferencesUrl: (message_id) => app.links.preferencesUrl(message_id),
  };
}

function preferenceOptions({
  live,
  links,
  pages,
  findAddressee,
}: App): Parameters<typeof preferenceRoutes>[0] {
  return {
    name: () => live().settings.name,
    async find(token) {
      const asked = links.readPreferences(token);
      const message_id = asked === undefined ? undefined : (await findAddressee(asked))?.message_id;
      const found = message_id === undefined ? undefined : await pages.findPreferences(message_id);
      return message_id === undefined || !found ? undefined : { message_id, ...found };
    },
    save: (message_id, chosen, reader) => pages.savePreferences(message_id, chosen, reader),
  };
}

function confirmOptions(app: App): Parameters<typeof confirmRoutes>[0] {
  return {
    name: () => app.live().settings.name,
    async find(token) {
      const message_id = app.links.readConfirm(token);
      const found = message_id === undefined ? undefined : await app.findAddressee(message_id);
      return found && { message_id: found.message_id, language: found.language };
    },
    confirm: (message_id, reader) => app.pages.confirmConsents(message_id, reader),
  };
}

function surveyOptions(app: App): Parameters<typeof surveyRoutes>[0] {
  return {
    name: () => app.live().settings.name,
    async find(token) {
      const message_id = app.links.readSurvey(token);
      const found = message_id === undefined ? undefined : await app.findSurvey(message_id);
      return message_id === undefined || !found ? undefined : { message_id, ...found };
    },
    answer: (message_id, answer) => app.answerSurvey(message_id, answer),
  };
}

function workflowOptions(app: App, access: Access, now: Now): Parameters<typeof workflowRoutes>[0] {
  return {
    access,
    whyNotStarted: (workflow) => app.whyNotStarted(workflow),
    async identityOf(contact_id) {
      const found = await app.reader.findContact(contact_id);
      const known = found ? await app.reader.identities(found.contact.id) : [];
      const first = known.find(({ kind }) => kind === 'user') ?? known[0];
      return first && { [first.kind === 'user' ? 'user_id' : 'anonymous_id']: first.value };
    },
    receive: (event, source) => app.receiver.receive([{ ...event, source }]),
    now,
    newId: uuidv7,
  };
}

function messageOptions({ messages, reader }: App, access: Access): Parameters<typeof messageRoutes>[0] {
  const contactOf = async (who: string): Promise<string | undefined> =>
    (await reader.findContact(who))?.contact.id;
  return { access, messages, contactOf };
}

function deliverabilityOptions(app: App, access: Access): Parameters<typeof deliverabilityRoutes>[0] {
  const { delivery: book, set_up, now } = app;
  return { access, book, set_up, zone: () => app.live().project.time_zone, now };
}

function chatOptions({ chat, reader }: App, access: Access): Parameters<typeof chatRoutes>[0] {
  return {
    access,
    findContact: async (who) => (await reader.findContact(who))?.contact.id,
    page: chat.page,
    write: chat.write,
    read: chat.read,
    newId: uuidv7,
  };
}

function contactOptions(app: App, access: Access): Parameters<typeof contactRoutes>[0] {
  const { people, contacts, reader, suppressions, live, readCondition, now } = app;
  return {
    ...{ access, people, contacts, reader, suppressions, live, readCondition, now },
    receive: (event, source) => app.receiver.receive([{ ...event, source }]),
    newId: uuidv7,
  };
}

function suppressionOptions(app: App, access: Access): Parameters<typeof suppressionRoutes>[0] {
  return {
    list: app.suppressions,
    access,
    now: app.now,
  };
}

function trackOptions({ links, responses }: App): Parameters<typeof trackRoutes>[0] {
  return {
    readPixel: (token) => links.readPixel(token),
    readClick: (token) => links.readClick(token),
    leadsTo: (message_id, number) => responses.leadsTo(message_id, number),
    onTouch: (touch) => responses.touch(touch),
  };
}

function providerOptions(
  app: App,
  secrets: NonNullable<ServerOptions['provider_secrets']>,
  now: Now,
): Parameters<typeof providerWebhookRoutes>[0] {
  return {
    providers: createProviders(),
    secretsOf: (name) => secrets[name] ?? [],
    now,
    confirm: confirmSubscription,
    async onEvents(source, events) {
      const reports = events.flatMap((event) => (event.kind === 'report' ? [event.report] : []));
      await app.responses.report(reports, { source, trusted: true });
      for (const event of events) await keepTouch(app, event);
    },
  };
}

/** Whom a provider knows to be a machine says so itself, like a prefetch. */
async function keepTouch({ responses }: App, event: ProviderEvent): Promise<void> {
  if (event.kind !== 'touch' || event.message_id === null) return;
  const { message_id, touch: kind, at, ip, user_agent, by_machine: prefetch, url } = event;
  await responses.touchAt({ message_id, kind, at, ip, user_agent, method: 'GET', prefetch }, url);
}
