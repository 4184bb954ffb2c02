/** The console is served with a policy that lets nothing in but its own files. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleRoutes } from '../../src/api/console.ts';

let folder: string;
let server: FastifyInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(
    join(folder, 'index.html'),
    '<meta property="csp-nonce" nonce="nonce-of-the-answer"><div id="root"></div>',
  );
  await writeFile(join(folder, 'manifest.json'), 'of the build');
  await writeFile(join(folder, 'assets/main-abc.js'), 'plain');
  await writeFile(join(folder, 'assets/main-abc.js.br'), 'small');
  server = fastify();
  await server.register(consoleRoutes({ folder }));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('the page', () => {
  test.each([
    '/console/',
    '/console/contacts',
    '/console/contacts/01931b2e?tab=why',
    '/console/manifest.json',
  ])('is what %s answers, never kept', async (url) => {
    const answer = await server.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain('<div id="root">');
  });

  test('is where / and /console lead to', async () => {
    for (const url of ['/', '/console'])
      expect((await server.inject(url)).headers.location, url).toBe('/console/');
  });

  test('has a nonce of its own each time, which its policy names, and lets in neither inline scripts nor strangers', async () => {
    const nonces = new Set<string>();
    for (let n = 0; n < 3; n++) {
      const { body, headers } = await server.inject('/console/');
      const [, nonce = ''] = /nonce="([^"]+)"/.exec(body) ?? [];
      nonces.add(nonce);
      expect(String(headers['content-security-policy']).split('; ').toSorted()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "frame-src 'self'",
        "img-src 'self' data: blob:",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "style-src-attr 'unsafe-inline'",
      ]);
    }
    expect(nonces.size).toBe(3);
    expect([...nonces].every((nonce) => nonce.length >= 22)).toBe(true);
  });
});

describe('its files', () => {
  test('are kept for ever, and come small to whoever can read that', async () => {
    const url = '/console/assets/main-abc.js';
    const plain = await server.inject(url);
    expect([plain.statusCode, plain.body]).toEqual([200, 'plain']);
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.headers['content-type']).toMatch(/^\w+\/javascript;/);
    const small = await server.inject({ url, headers: { 'accept-encoding': 'br' } });
    expect([small.headers['content-encoding'], small.body]).toEqual(['br', 'small']);
  });

  test.each([
    '/console/assets/gone.js',
    '/console/assets/',
    '/console/assets/..%2fmanifest.json',
    '/console/assets/..%5cmanifest.json',
    '/console/assets/%2e%2e%2fmanifest.json',
  ])('%s is none of them', async (url) => {
    const answer = await server.inject(url);
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toContain('of the build');
  });
});

test('where it was not built, it says what to do', async () => {
  const unbuilt = fastify();
  await unbuilt.register(consoleRoutes({ folder: join(folder, 'nowhere') }));
  const answer = await unbuilt.inject('/console/');
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain('Run &#34;npm run build&#34;');
  await unbuilt.close();
});
