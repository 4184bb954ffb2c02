/** How the event routes say that something is wrong. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Rejected } from '../../core/events/segment.ts';
import { BusyError, sendBusy } from '../pressure.ts';

const RETRY_AFTER_SECONDS = 5;

/** A request that is answered with an error; its message says the mend. */
export class Problem extends Error {
  readonly status: 400 | 401;
  readonly code: string;
  /** The calls that were not taken, when the client asked to be told (`?strict=1`). */
  readonly rejected: readonly Rejected[];

  constructor(status: 400 | 401, code: string, message: string, rejected: readonly Rejected[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.rejected = rejected;
  }
}

/** Too large, before or after it was inflated. */
export function tooLarge(bytes: number): Problem {
  return new Problem(
    400,
    'body_too_large',
    `The body may have ${bytes / 1024} KB here; send less at a time.`,
  );
}

/**
 * Answers with `{ error: { code, message, pointer?, rejected? } }`. Whatever is not the client's fault is a 503
 * that asks to come again: clients keep their events on a 503, and nothing is lost.
 */
export function answerProblem(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof BusyError) return sendBusy(reply);
  const problem = error instanceof Problem ? error : problemOf(error, request);
  if (problem === undefined) return answerUnavailable(error, request, reply);
  // RFC 9110, 15.5.2: a 401 names the way to authenticate.
  if (problem.status === 401) reply.header('www-authenticate', 'Basic realm="write key", charset="UTF-8"');
  return reply.code(problem.status).send({ error: describe(problem) });
}

/** Segment's rule: too large and unreadable bodies are 400, never 413 or 415. */
function problemOf(error: Partial<FastifyError>, request: FastifyRequest): Problem | undefined {
  if (error.statusCode === undefined || error.statusCode >= 500) return undefined;
  if (error.statusCode === 413) return tooLarge(request.routeOptions.bodyLimit);
  return new Problem(400, 'request_unreadable', `The request cannot be read: ${error.message}.`);
}

function answerUnavailable(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.log.error({ err: error }, 'events could not be stored');
  const message = 'The events could not be stored just now. Send them again.';
  return reply
    .code(503)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .send({ error: { code: 'not_stored', message } });
}

function describe(problem: Problem): Record<string, unknown> {
  const { code, message, rejected } = problem;
  const pointer = rejected[0]?.pointer;
  return { code, message, ...(pointer === undefined ? {} : { pointer, rejected }) };
}
