/** Writes down who changed what by the API. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';
import { oneLine } from '../core/one-line.ts';
import { whoAsked, type Who } from './access.ts';
import { changesSomething } from './same-site.ts';

/**
 * Before the answer goes out: what was done and is not written down is told to the log. Shops send events in their
 * thousands, which are kept with the key that brought them; those are not written down once more.
 */
export function keepAuditTrail(server: FastifyInstance, audit: App['audit']): void {
  server.addHook('onSend', async (request, reply) => {
    const who = whoAsked(request);
    if (!who || !isWorthIt(request, reply.statusCode)) return;
    try {
      await audit.write({
        actor: actorOf(who),
        action: actionOf(request),
        subject: SUBJECTS.get(request) ?? subjectOf(request),
        ...(reply.statusCode < 400 ? {} : { detail: { refused: true } }),
        ip: addressOf(request),
      });
    } catch (error) {
      request.log.error({ err: error }, 'what was done could not be written into the audit log');
    }
  });
}

/** What changed something, what somebody tried who may not, and copies that leave the house: of all that is known of a person, of lists of people. */
function isWorthIt(request: FastifyRequest, status: number): boolean {
  if (!changesSomething(request)) return status < 400 && /(\/export|\.csv)$/.test(actionOf(request));
  return status < 400 || status === 403;
}

export function actionOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? ''}`;
}

export function addressOf({ ip }: FastifyRequest): string {
  return oneLine(ip, 45);
}

function actorOf({ source, session }: Who): string {
  return session ? source : `key:${source}`;
}

const SUBJECTS = new WeakMap<FastifyRequest, string>();

/** The id of what a request turned out to be about, where its path does not hold one. */
export function noteSubject(request: FastifyRequest, id: string): void {
  SUBJECTS.set(request, id);
}

/** Ids alone: a contact may be named by an address, and a token opens something. */
function subjectOf({ params }: FastifyRequest): string | undefined {
  const ids = Object.values((params ?? {}) as Record<string, unknown>).filter(
    (value) => typeof value === 'string' && (UUID.test(value) || WORD.test(value)),
  );
  return ids.length === 0 ? undefined : ids.join(' ');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As files of a project are called. */
const WORD = /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/;
