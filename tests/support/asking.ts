import type { FastifyInstance } from 'fastify';

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Asks the API with a key, as programs do. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: object, key?: string) => Promise<Answered>;

export function askingWith(server: () => FastifyInstance, own_key: () => string): Ask {
  return async (method, path, body, key = own_key()) => {
    const answer = await server().inject({
      method,
      url: path,
      headers: { authorization: `Bearer ${key}` },
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json<unknown>() };
  };
}
