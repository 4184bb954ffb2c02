/** How the routes of the API say that something is wrong: `{ error: { code, message, pointer? } }`. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

type Status = 400 | 401 | 403 | 404 | 409 | 415 | 422 | 429;

/** A request that is answered with an error; its message says the mend. */
export class ApiProblem extends Error {
  readonly status: Status;
  readonly code: string;
  /** JSON pointer (RFC 6901) into the body of the request. */
  readonly pointer: string | undefined;
  /** What is wrong in files, where these were sent. */
  readonly problems: readonly object[] | undefined;

  constructor(status: Status, code: string, message: string, pointer?: string, problems?: readonly object[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.pointer = pointer;
    this.problems = problems;
  }
}

const RETRY_AFTER_SECONDS = 5;

/** Whatever is not the client's fault is a 503 that asks to come again. */
export function answerApiProblem(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ApiProblem) {
    const { status, code, message, pointer, problems } = error;
    // RFC 9110, 15.5.2: a 401 names the way to authenticate.
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(status).send({
      error: {
        code,
        message,
        ...(pointer === undefined ? {} : { pointer }),
        ...(problems && { problems }),
      },
    });
  }
  const { statusCode = 500, message } = error as Partial<FastifyError>;
  if (statusCode < 500)
    return reply
      .code(statusCode)
      .send({ error: { code: 'request_unreadable', message: `The request cannot be read: ${message}.` } });
  request.log.error({ err: error }, 'a request could not be answered');
  return reply
    .code(503)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .send({
      error: { code: 'unavailable', message: 'This could not be done just now. Send it again in a moment.' },
    });
}
