/** The console as it was built: one page for every address below /console/, and the files that it is made of. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { escapeHtml } from './page.ts';

/** Where `npm run build` puts it, seen from src/api and from dist/api. */
const BUILT = fileURLToPath(new URL('../../dist/console', import.meta.url));

/** Stands in the built page, and is exchanged whenever that is served: src/console/vite.config.ts. */
const NONCE = 'nonce-of-the-answer';

export interface ConsoleOptions {
  /** The folder that was built. */
  readonly folder?: string;
}

/** Whoever opens it needs no right: the page holds nothing. What it shows, it asks the API for. */
export function consoleRoutes({ folder = BUILT }: ConsoleOptions = {}): FastifyPluginAsync {
  return async (app) => {
    const page = readPage(folder);
    if (page !== undefined) await addAssets(app, join(folder, 'assets'));
    const hidden = { schema: { hide: true } };
    const answer = (_request: unknown, reply: FastifyReply): FastifyReply =>
      page === undefined ? sendUnbuilt(reply) : sendConsole(reply, page);
    app.get('/', hidden, (_request, reply) => reply.redirect('/console/'));
    app.get('/console', hidden, (_request, reply) => reply.redirect('/console/'));
    app.get('/console/*', hidden, answer);
  };
}

function readPage(folder: string): string | undefined {
  const file = join(folder, 'index.html');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Their names change with what they hold, so they are kept for ever. */
async function addAssets(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    prefix: '/console/assets/',
    decorateReply: false,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    dotfiles: 'deny',
  });
}

function sendConsole(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(18).toString('base64');
  return reply
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'content-security-policy': policy(nonce) })
    .send(page.replaceAll(NONCE, nonce));
}

function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Kits and the editor make styles at run time, and sign them.
    `style-src 'self' 'nonce-${nonce}'`,
    // Rendered mails are looked at in frames without an origin, which this policy holds in, too; mails are styled by attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

function sendUnbuilt(reply: FastifyReply): FastifyReply {
  const sentence = 'The console is not built yet. Run "npm run build" and start Etapa again.';
  return reply
    .code(503)
    .type('text/html; charset=utf-8')
    .headers({ 'cache-control': 'no-store', 'content-security-policy': "default-src 'none'" })
    .send(`<!doctype html><html lang="en"><title>Etapa</title><p>${escapeHtml(sentence)}</p></html>`);
}
