/** How the work stands: what is late, uncertain, put aside or stopped. */
import type { FastifyPluginAsync } from 'fastify';
import type { App } from '../app.ts';
import type { Access } from './access.ts';
import { healthReport, type HealthReport } from './health-report/shapes.ts';
import { documentedBy, prepareZodRoutes } from './zod-routes.ts';

export interface HealthReportOptions extends Pick<App, 'now' | 'standing' | 'sending' | 'live'> {
  readonly access: Access;
}

export function healthReportRoutes(options: HealthReportOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, options.access, 'read');
    app.get('/v1/health-report', documentedBy(REPORT), () => report(options));
  };
}

async function report({ now, standing, sending, live }: HealthReportOptions): Promise<HealthReport> {
  const [at, stands, { stops, complaints }] = await Promise.all([now(), standing(), sending.state()]);
  const { stuck_messages, stuck_partitions, put_aside_contacts, processes } = stands;
  return {
    at: new Date(at).toISOString(),
    healthy: stuck_messages + stuck_partitions + put_aside_contacts + stops.length === 0 && processes > 0,
    version: versionOf(live),
    late: {
      messages: stands.oldest_owed_message / 1000,
      contacts: stands.oldest_due_contact / 1000,
      events: stands.oldest_happening / 1000,
    },
    stuck: { messages: stuck_messages, partitions: stuck_partitions },
    uncertain_messages: stands.uncertain_messages,
    put_aside_contacts,
    held_contacts: stands.held_contacts,
    sending_now: stands.claims,
    processes,
    stops: stops.map(({ channel, cause, because: { en, es }, since, held }) => ({
      ...{ channel, cause, held, because: { en, es } },
      since: new Date(since).toISOString(),
    })),
    complaints,
  };
}

/** Asking throws while nothing is deployed, which is no fault here. */
function versionOf(live: App['live']): string | null {
  try {
    return live().hash;
  } catch {
    return null;
  }
}

const REPORT = {
  tag: 'Health',
  summary: 'Read how the work stands',
  answers: { 200: { description: 'How it stands just now', holds: healthReport } },
};
