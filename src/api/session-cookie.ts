import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a browser keeps of who is signed in: a token that means nothing by itself. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  give(reply: FastifyReply, token: string): void;
  takeAway(reply: FastifyReply): void;
}

const LONGEST_SECONDS = 30 * 24 * 60 * 60;

/** Behind https its name lets browsers take it from this host alone, over TLS alone. */
export function sessionCookie(public_url: string): SessionCookie {
  const secure = new URL(public_url).protocol === 'https:';
  const name = secure ? '__Host-etapa' : 'etapa';
  const put = (reply: FastifyReply, value: string, maxAge: number): void => {
    const options = { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge } as const;
    // What tells who is signed in is kept by no cache.
    reply
      .header('set-cookie', fastifyCookie.serialize(name, value, options))
      .header('cache-control', 'no-store');
  };
  return {
    read({ headers }) {
      const token = headers.cookie === undefined ? undefined : fastifyCookie.parse(headers.cookie)[name];
      return token !== undefined && /^[\w-]{43}$/.test(token) ? token : undefined;
    },
    give: (reply, token) => put(reply, token, LONGEST_SECONDS),
    takeAway: (reply) => put(reply, '', 0),
  };
}
