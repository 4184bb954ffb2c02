/** What stands behind the links and the picture of a message, and what nobody can make of them. */
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { trackRoutes } from '../../src/api/track.ts';
import type { Noted } from '../../src/engine/responses.ts';
import { CANARY } from '../../src/core/messages/machine.ts';
import { createLinks } from '../../src/engine/links.ts';

const ID = '0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506';
const TARGET = 'https://shop.example/offer?a=1&b=%C3%B1';
const links = createLinks('', ['a secret']);
const CHROME = 'Mozilla/5.0 (X11) Chrome/131.0';

interface Site {
  readonly server: FastifyInstance;
  readonly noted: Noted[];
  readonly rows: Map<string, readonly string[]>;
}

const closing: FastifyInstance[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

async function openSite(more: Partial<Parameters<typeof trackRoutes>[0]> = {}): Promise<Site> {
  const noted: Noted[] = [];
  const rows = new Map<string, readonly string[]>([[ID, [TARGET, 'http://shop.example/b']]]);
  const server = fastify();
  closing.push(server);
  await server.register(
    trackRoutes({
      readPixel: links.readPixel,
      readClick: links.readClick,
      leadsTo: async (id, number) => rows.get(id)?.[number],
      onTouch: async (touch) => void noted.push(touch),
      ...more,
    }),
  );
  await server.ready();
  return { server, noted, rows };
}

const click = (number: number): string => links.clickUrl(ID, number);
const PIXEL = links.pixelUrl(ID);

describe('a link', () => {
  it('leads where the message says, and is noted', async () => {
    const { server, noted } = await openSite();
    const answer = await server.inject({
      url: click(0),
      headers: { 'user-agent': CHROME, referer: '<script>alert(1)</script>' },
    });
    expect([answer.statusCode, answer.headers.location, answer.body]).toEqual([302, TARGET, '']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(noted).toEqual([
      {
        ...{ message_id: ID, kind: 'click', link: 0, method: 'GET', prefetch: false },
        ...{ ip: '127.0.0.1', user_agent: CHROME },
      },
    ]);
    expect(JSON.stringify(noted)).not.toContain('script');
  });

  it('leads HEAD there too, and tells that it was one', async () => {
    const { server, noted } = await openSite();
    const answer = await server.inject({ method: 'HEAD', url: click(1) });
    expect([answer.statusCode, answer.headers.location]).toEqual([302, 'http://shop.example/b']);
    expect(noted).toMatchObject([{ method: 'HEAD', link: 1, user_agent: expect.any(String) as string }]);
  });

  it.each([
    ['purpose', 'prefetch', true],
    ['sec-purpose', 'prefetch;prerender', true],
    ['Sec-Purpose', 'Prefetch', true],
    ['x-moz', 'prefetch', true],
    ['x-purpose', 'preview', true],
    ['purpose', 'reading', false],
  ])('tells of %s: %s', async (name, value, prefetch) => {
    const { server, noted } = await openSite();
    await server.inject({ url: click(0), headers: { [name]: value } });
    expect(noted).toMatchObject([{ prefetch }]);
  });

  it('that only machines find shows a page of our own and is noted', async () => {
    const { server, noted } = await openSite();
    const answer = await server.inject(links.clickUrl(ID, CANARY));
    expect([answer.statusCode, answer.headers.location]).toEqual([200, undefined]);
    expect(answer.body).toContain('There is nothing here.');
    expect(noted).toMatchObject([{ kind: 'click', link: CANARY }]);
  });

  it('is 503 with a time to come again while the database is away, and when it keeps silent', async () => {
    const away = await openSite({ leadsTo: () => Promise.reject(new Error('no connection to 10.0.0.3')) });
    const silent = await openSite({ leadsTo: () => new Promise(() => undefined) });
    for (const { server, noted } of [away, silent]) {
      const answer = await server.inject(click(0));
      expect([answer.statusCode, answer.headers['retry-after'], answer.headers.location]).toEqual([
        503,
        '5',
        undefined,
      ]);
      expect(answer.body).not.toContain('10.0.0.3');
      expect(noted).toEqual([]);
    }
  });

  it('that was followed before leads on while the database is away or keeps silent, and no other does', async () => {
    const answers = [
      () => Promise.resolve(TARGET),
      () => Promise.reject(new Error('no connection')),
      () => new Promise<undefined>(() => undefined),
    ];
    let asked = 0;
    const { server } = await openSite({ leadsTo: () => answers[asked]?.() ?? Promise.resolve(undefined) });
    for (; asked < answers.length; asked++)
      expect((await server.inject(click(0))).headers.location).toBe(TARGET);
    asked = 1;
    expect((await server.inject(click(1))).statusCode).toBe(503);
    // Known to be gone, it is forgotten.
    asked = answers.length;
    expect((await server.inject(click(0))).statusCode).toBe(404);
    asked = 1;
    expect((await server.inject(click(0))).statusCode).toBe(503);
  });

  it('leads on although it cannot be noted, and soon although noting hangs', async () => {
    const broken = await openSite({ onTouch: () => Promise.reject(new Error('full')) });
    const hanging = await openSite({ onTouch: () => new Promise(() => undefined) });
    for (const { server } of [broken, hanging]) {
      const before = performance.now();
      expect((await server.inject(click(0))).headers.location).toBe(TARGET);
      expect((await server.inject(PIXEL)).statusCode).toBe(200);
      expect(performance.now() - before).toBeLessThan(8000);
    }
  });
});

describe('open redirect', () => {
  it('the token of one link is none of another, and one of another message is its own', async () => {
    const { server, rows } = await openSite();
    const other = randomUUID();
    rows.set(other, ['https://shop.example/other']);
    expect((await server.inject(links.clickUrl(other, 0))).headers.location).toBe(
      'https://shop.example/other',
    );
    const [own, foreign] = [click(0), links.clickUrl(other, 1)].map((path) =>
      Buffer.from(path.slice('/c/'.length), 'base64url'),
    );
    // The number of one under the signature of another, and the id of one with the number of another.
    const mixed = [
      Buffer.concat([own!.subarray(0, 16), foreign!.subarray(16)]),
      Buffer.concat([foreign!.subarray(0, 16), own!.subarray(16)]),
      Buffer.concat([own!.subarray(0, 16), Buffer.from([0, 1]), own!.subarray(18)]),
    ];
    for (const bytes of mixed) {
      const answer = await server.inject(`/c/${bytes.toString('base64url')}`);
      expect([answer.statusCode, answer.headers.location]).toEqual([404, undefined]);
    }
  });

  it('what a row holds in other letters goes into the header as ASCII', async () => {
    const { server, rows } = await openSite();
    rows.set(ID, ['https://ñandú.example/año']);
    expect((await server.inject(click(0))).headers.location).toBe('https://xn--and-6ma2c.example/a%C3%B1o');
  });
});

describe('the picture', () => {
  it('is 43 octets that nobody keeps, for any token; only ours are noted', async () => {
    const { server, noted } = await openSite();
    const foreign = createLinks('', ['another secret']).pixelUrl(ID);
    const paths = [
      PIXEL,
      '/o/x.gif',
      '/o/x',
      foreign,
      links.unsubscribeUrl(ID).replace('/u/', '/o/'),
      `${PIXEL}.gif`,
    ];
    for (const path of [...paths, `${PIXEL}?url=https://evil.com`]) {
      const answer = await server.inject(path);
      expect([answer.statusCode, answer.rawPayload.length], path).toEqual([200, 43]);
      expect(answer.rawPayload.toString('latin1', 0, 6)).toBe('GIF89a');
      expect(answer.headers).toMatchObject({
        ...{ 'content-type': 'image/gif', 'cache-control': 'no-store' },
        'cross-origin-resource-policy': 'cross-origin',
      });
    }
    expect(noted).toHaveLength(2);
    expect(noted[0]).toMatchObject({ message_id: ID, kind: 'open', link: null, method: 'GET' });
  });

  it('answers HEAD without a body and tells that it was one', async () => {
    const { server, noted } = await openSite();
    const answer = await server.inject({ method: 'HEAD', url: PIXEL });
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '43']);
    expect(noted).toMatchObject([{ method: 'HEAD' }]);
  });
});

describe('tracking attacks', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)(
    '%s is 405 and is not noted',
    async (method) => {
      const { server, noted } = await openSite();
      for (const url of [click(0), PIXEL, '/c/x']) {
        const answer = await server.inject({
          ...{ method, url },
          ...(method === 'OPTIONS'
            ? {}
            : { headers: { 'content-type': 'text/x-odd' }, payload: 'x'.repeat(2_000_000) }),
        });
        expect([answer.statusCode, answer.headers.allow, answer.headers.location]).toEqual([
          405,
          'GET, HEAD',
          undefined,
        ]);
      }
      expect(noted).toEqual([]);
    },
  );

  it('a name of a browser is cut to 300 characters, and a megabyte of it is refused', async () => {
    const { server, noted } = await openSite();
    await server.inject({ url: PIXEL, headers: { 'user-agent': 'x'.repeat(15_000) } });
    expect(noted.map(({ user_agent }) => user_agent)).toEqual(['x'.repeat(300)]);
    const port = Number(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);
    expect(await statusOf(port, PIXEL, 'x'.repeat(20_000))).toBe(431);
    // Mostly the connection ends before all of it has been sent.
    expect(['cut off', 431]).toContain(await statusOf(port, PIXEL, 'x'.repeat(1_000_000)));
    expect(noted).toHaveLength(1);
    expect(await statusOf(port, PIXEL, '<script>alert(1)</script>')).toBe(200);
    expect(noted[1]).toMatchObject({ user_agent: '<script>alert(1)</script>', ip: '127.0.0.1' });
  });

  it('what stands for an address behind a proxy is kept only if it is one', async () => {
    const noted: Noted[] = [];
    const server = fastify({ trustProxy: true });
    closing.push(server);
    const options = {
      readPixel: links.readPixel,
      readClick: links.readClick,
      leadsTo: async () => undefined,
    };
    await server.register(trackRoutes({ ...options, onTouch: async (touch) => void noted.push(touch) }));
    for (const ip of ['<script>', '2001:db8::1', "1.2.3.4'; --", 'x'.repeat(5000)]) {
      await server.inject({ url: PIXEL, headers: { 'x-forwarded-for': ip } });
    }
    expect(noted.map(({ ip }) => ip)).toEqual(['', '2001:db8::1', '', '']);
  });

  it('a flood on one message is answered, and eight of it are noted at a time', async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const noted: Noted[] = [];
    const { server } = await openSite({
      onTouch: (touch) => {
        noted.push(touch);
        return finished;
      },
    });
    const flood = Promise.all(Array.from({ length: 1000 }, () => server.inject(PIXEL)));
    await expect.poll(() => noted.length).toBe(8);
    const other = links.pixelUrl(randomUUID());
    const beside = server.inject(other);
    await expect.poll(() => noted.length).toBe(9);
    finish();
    const answers = [...(await flood), await beside];
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    await server.inject(PIXEL);
    expect(noted).toHaveLength(10);
  });
});

async function statusOf(port: number, path: string, user_agent: string): Promise<unknown> {
  return new Promise((resolve) => {
    const asked = httpRequest(
      { port, path, host: '127.0.0.1', headers: { 'user-agent': user_agent } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    asked.on('error', () => resolve('cut off'));
    asked.end();
  });
}
