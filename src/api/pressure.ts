/** What an API does before it is overrun: it says 429 to one key that asks too much, and 503 to whoever is too many. */
import { createHash } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MINUTE } from '../core/time/date.ts';

export interface PressureOptions {
  /** So many requests of one key in a minute are answered; Infinity: any number. */
  readonly most_requests: number;
  /** So many bytes of requests are in work at a time; absent: what the memory allows. */
  readonly most_bytes?: number;
}

export async function limitPressure(server: FastifyInstance, options: PressureOptions): Promise<void> {
  if (Number.isFinite(options.most_requests)) await limitRates(server, options.most_requests);
  limitBytes(server, options.most_bytes ?? bytesThatFit());
  await limitMemory(server);
}

const KEYS_REMEMBERED = 10_000;

/** By the key that is sent. Whoever sends none, such as a reader of a message, shares his address with strangers. */
async function limitRates(server: FastifyInstance, max: number): Promise<void> {
  await server.register(rateLimit, { global: false, cache: KEYS_REMEMBERED });
  const ask = server.createRateLimit({ max, timeWindow: MINUTE, keyGenerator: keyOf });
  server.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization === undefined) return;
    const asked = await ask(request);
    if (!('isExceeded' in asked) || !asked.isExceeded) return;
    await reply
      .code(429)
      .header('retry-after', String(Math.max(1, asked.ttlInSeconds)))
      .send(
        saying('too_many_requests', `A key may send ${max} requests in a minute. Send events in batches.`),
      );
  });
}

/** Keys are not kept where they could be read. */
function keyOf({ headers }: FastifyRequest): string {
  return createHash('sha256')
    .update(headers.authorization ?? '')
    .digest('base64');
}

/** A body becomes about eight times as large once it is read, and is held until its events are committed. */
const GROWS = 8;
const MOST_BYTES = 64 * 1024 * 1024;
/** What does not say how long it will be, or is packed, counts as the longest that is taken. */
const UNKNOWN = 512 * 1024;
/** A body that is shorter is not broken off. */
const SHORT = 16 * 1024;

function bytesThatFit(): number {
  return Math.min(MOST_BYTES, Math.floor(getHeapStatistics().heap_size_limit / (2 * GROWS)));
}

/** What has come counts, not what is promised: else clients that promise much and send nothing would keep others out. */
function limitBytes(server: FastifyInstance, most: number): void {
  let in_work = 0;
  server.addHook('onRequest', async (request, reply) => {
    const bytes = bytesOf(request);
    if (bytes > 0 && in_work > 0 && in_work + bytes > most) return sendBusy(reply);
  });
  server.addHook('preParsing', (request, reply, body, done) => {
    if (bytesOf(request) === 0) return done(null, body);
    let arrived = 0;
    const count = ({ length }: Buffer): void => {
      arrived += length;
      in_work += length;
      // Whoever reads the body answers; where nobody does, nothing of it is kept.
      if (arrived > SHORT && in_work > most && body.listenerCount('error') > 0)
        body.emit('error', new BusyError());
    };
    reply.raw.once('close', () => {
      body.off('data', count);
      in_work -= arrived;
    });
    // Nothing flows before somebody reads.
    body.pause().on('data', count);
    done(null, body);
  });
  server.addHook('preValidation', async ({ headers }, reply) => {
    if (headers['content-encoding'] === undefined || reply.raw.closed) return;
    if (in_work + UNKNOWN > most) return sendBusy(reply);
    in_work += UNKNOWN;
    reply.raw.once('close', () => (in_work -= UNKNOWN));
  });
}

/** More has come than fits. Handlers of errors answer it by `sendBusy`. */
export class BusyError extends Error {
  readonly statusCode = 503;
}

function bytesOf({ method, headers }: FastifyRequest): number {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 0;
  const { 'content-length': length, 'content-encoding': encoding, 'transfer-encoding': transfer } = headers;
  if (transfer !== undefined || encoding !== undefined) return UNKNOWN;
  return Number(length ?? 0);
}

/** Of the heap, and of what the container may have. */
const SHARE = 0.85;
/** Nothing was done for so long, in milliseconds: whoever waits in line has waited long. */
const LONGEST_DELAY = 5000;

async function limitMemory(server: FastifyInstance): Promise<void> {
  const constrained = process.constrainedMemory() ?? 0;
  const is_constrained = constrained > 0 && constrained < 2 ** 50;
  await server.register(underPressure, {
    maxEventLoopDelay: LONGEST_DELAY,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * SHARE),
    ...(is_constrained ? { maxRssBytes: Math.floor(constrained * SHARE) } : {}),
    // Readers who open, click and unsubscribe are let in, and so is whoever asks for health.
    pressureHandler: async ({ method, url }, reply) => {
      if (method === 'POST' && url.startsWith('/v1/')) await sendBusy(reply);
    },
  });
}

const RETRY_AFTER_SECONDS = 5;

export function sendBusy(reply: FastifyReply): FastifyReply {
  // What is still on its way of this request is not read.
  reply.raw.shouldKeepAlive = false;
  return reply
    .code(503)
    .header('retry-after', String(RETRY_AFTER_SECONDS))
    .send(saying('busy', 'More comes in than can be stored. Send it again.'));
}

function saying(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}
