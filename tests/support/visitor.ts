/** A browser that asks the API: it keeps its cookie, and says what browsers say of who asks. */
import type { FastifyInstance } from 'fastify';
import type { App } from '../../src/app.ts';
import type { Role } from '../../src/core/access/roles.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
type Headers = Record<string, string>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface Visitor {
  /** Of the session, as it stands in the cookie; undefined where there is none. */
  token(): string | undefined;
  take(token: string | undefined): void;
  ask(method: Method, url: string, body?: object, headers?: Headers): Promise<Answer>;
}

export function visit(server: FastifyInstance, first?: string): Visitor {
  let token = first;
  return {
    token: () => token,
    take: (other) => (token = other),
    async ask(method, url, body, headers = {}) {
      const answer = await server.inject({
        ...{ method, url },
        headers: {
          'sec-fetch-site': 'same-origin',
          ...(token === undefined ? {} : { cookie: `etapa=${token}` }),
          ...headers,
        },
        ...(body ? { payload: body } : {}),
      });
      const given = /^etapa=([^;]*)/.exec(String(answer.headers['set-cookie'] ?? ''))?.[1];
      if (given !== undefined) token = given === '' ? undefined : given;
      const is_json = String(answer.headers['content-type']).startsWith('application/json');
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: is_json ? answer.json<unknown>() : answer.body,
      };
    },
  };
}

export const PASSWORD = 'tres peras lejanas';

/** Somebody of this role who has chosen `PASSWORD`. */
export async function addUser(
  { accounts }: App,
  role: Role,
  name: string = role,
): Promise<{ readonly id: string; readonly email: string }> {
  const email = `${name.toLowerCase()}@team.example`;
  const { user, link } = await accounts.invite({ email, name, role });
  await accounts.accept(link.slice(link.lastIndexOf('/') + 1), { name, password: PASSWORD });
  return { id: user.id, email };
}

/** The browser of somebody of this role, who is signed in. */
export async function signedIn(app: App, server: FastifyInstance, id: string): Promise<Visitor> {
  const { token } = await app.sessions.open(id, { user_agent: 'test', ip: '192.0.2.1' });
  return visit(server, token);
}
