import { isIP } from 'node:net';
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { CANARY } from '../core/messages/machine.ts';
import type { Noted } from '../engine/responses.ts';
import { sendPage } from './page.ts';

export interface TrackOptions {
  /** The message of a picture's token; undefined for a token that was not made here. */
  readPixel(token: string): string | undefined;
  readClick(token: string): { readonly message_id: string; readonly number: number } | undefined;
  /** Where that link of that message leads, as it is stored; undefined where there is none. */
  leadsTo(message_id: string, number: number): Promise<string | undefined>;
  onTouch(touch: Noted): Promise<void>;
}

/**
 * The picture that notes an open, and the links that note a click and lead on. Where a link leads is read from the
 * message alone; nothing of a request but its token has any say in it. What is noted changes no consent.
 */
export function trackRoutes(options: TrackOptions): FastifyPluginAsync {
  return async (app) => {
    const note = createNotebook(options);
    const leadsTo = rememberLinks(options);
    app.setErrorHandler((error: FastifyError, request, reply) => {
      if ((error.statusCode ?? 500) < 500) return unknown(reply);
      request.log.error({ err: error }, 'a link could not be followed');
      return sendPage(reply.header('retry-after', '5'), AWAY);
    });
    const schema = { tags: ['Links'], hide: true };

    app.get<{ Params: { file: string } }>('/o/:file', { schema }, async (request, reply) => {
      const { file } = request.params;
      const message_id = file.endsWith('.gif') ? options.readPixel(file.slice(0, -'.gif'.length)) : undefined;
      if (message_id !== undefined) await note(request, { message_id, kind: 'open', link: null });
      return reply
        .type('image/gif')
        .header('cache-control', 'no-store')
        .header('cross-origin-resource-policy', 'cross-origin')
        .send(PIXEL);
    });

    app.get<{ Params: { token: string } }>('/c/:token', { schema }, async (request, reply) => {
      const link = options.readClick(request.params.token);
      if (!link) return unknown(reply);
      const { message_id, number } = link;
      const is_canary = number === CANARY;
      const target = is_canary ? undefined : webAddress(await leadsTo(message_id, number));
      if (!is_canary && target === undefined) return unknown(reply);
      await note(request, { message_id, kind: 'click', link: number });
      if (target === undefined) return sendPage(reply, NOTHING);
      return reply.code(302).header('location', target).header('cache-control', 'no-store').send();
    });

    for (const url of ['/o/:file', '/c/:token']) {
      // Before anything of a body is read.
      app.route({ method: WRITING, url, schema, onRequest: refuse, handler: refuse });
    }
  };
}

const WRITING = ['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

async function refuse(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.code(405).header('allow', 'GET, HEAD').send();
}

/** 43 octets of transparency. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

function unknown(reply: FastifyReply): FastifyReply {
  return sendPage(reply, UNKNOWN);
}

const UNKNOWN = {
  status: 404,
  language: 'en',
  title: 'Link',
  sentence: 'This link is not known here. Please use the one from the newest message.',
};
const AWAY = {
  status: 503,
  language: 'en',
  title: 'Link',
  sentence: 'This could not be done just now. Please try again in a moment.',
};
const NOTHING = {
  status: 200,
  language: 'en',
  title: 'Link',
  sentence: 'There is nothing here. This link is in the message only to tell scanners of mail from people.',
};

/** Whatever the row holds: only whole http and https addresses, written in ASCII, are led to. */
function webAddress(stored: string | undefined): string | undefined {
  if (stored === undefined || !/^https?:\/\/[^\s\\]+$/i.test(stored)) return undefined;
  try {
    return new URL(stored).href;
  } catch {
    return undefined;
  }
}

const LINKS_REMEMBERED = 20_000;
const REMEMBERED_FOR = 24 * 60 * 60 * 1000;

/** While the database is away, a link that was followed through this process lately still leads on. */
function rememberLinks({ leadsTo }: TrackOptions): TrackOptions['leadsTo'] {
  const known = new LRUCache<string, string>({ max: LINKS_REMEMBERED, ttl: REMEMBERED_FOR });
  return async (message_id, number) => {
    const key = `${message_id}/${number}`;
    try {
      const target = await inTime(leadsTo(message_id, number));
      if (target === undefined) known.delete(key);
      else known.set(key, target);
      return target;
    } catch (error) {
      const target = known.get(key);
      if (target === undefined) throw error;
      return target;
    }
  };
}

type Note = (request: FastifyRequest, touch: Pick<Noted, 'message_id' | 'kind' | 'link'>) => Promise<void>;

/** Of one message so many are written down at the same time; of a flood the rest is answered and forgotten. */
const AT_ONCE = 8;

/** Never fails and never keeps anybody waiting for long: whoever clicked wants to get on. */
function createNotebook({ onTouch }: TrackOptions): Note {
  const under_way = new Map<string, number>();

  async function write(touch: Noted, log: FastifyRequest['log']): Promise<void> {
    const { message_id } = touch;
    under_way.set(message_id, (under_way.get(message_id) ?? 0) + 1);
    try {
      await onTouch(touch);
    } catch (error) {
      log.error({ err: error }, 'an open or a click could not be noted');
    } finally {
      const others = (under_way.get(message_id) ?? 1) - 1;
      if (others > 0) under_way.set(message_id, others);
      else under_way.delete(message_id);
    }
  }

  return async (request, touch) => {
    if ((under_way.get(touch.message_id) ?? 0) >= AT_ONCE) return;
    const writing = write({ ...touch, ...senderOf(request) }, request.log);
    await inTime(writing).catch(() => undefined);
  };
}

const LONGEST_NAME = 300;

function senderOf({ method, ip, headers }: FastifyRequest): Omit<Noted, 'message_id' | 'kind' | 'link'> {
  return {
    method: method === 'HEAD' ? 'HEAD' : 'GET',
    prefetch: AHEAD.some((name) => /prefetch|prerender|preview/i.test(String(headers[name] ?? ''))),
    // Behind a proxy it is whatever a header says.
    ip: isIP(ip) === 0 ? '' : ip,
    user_agent: (headers['user-agent'] ?? '').slice(0, LONGEST_NAME),
  };
}

/** By these browsers and programs say that they load ahead of a person: https://wicg.github.io/nav-speculation/prefetch.html. */
const AHEAD = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/** Milliseconds. */
const PATIENCE = 2000;

/** A database that keeps silent is as good as none. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const too_late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the database keeps silent')), PATIENCE);
  });
  try {
    return await Promise.race([work, too_late]);
  } finally {
    clearTimeout(timer);
  }
}
