/** The inbox page and its JSON endpoints, as a Fastify plug-in that may stand under any prefix. */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Catcher, MailFilter, MailSummary } from '../catcher.ts';
import { findLinks } from './links.ts';
import { startLiveFeed } from './live.ts';
import type { LiveFeed } from './live.ts';
import { renderPage } from './page.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { preferredLanguage } from './words.ts';

export interface InboxOptions {
  /** The name beside the mark; the product's own when absent. */
  title?: string;
}

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A mail is a stranger's page: it may look like something, and do nothing. */
const MAIL_POLICY = [
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ');

const optionalWord = z
  .string()
  .max(200)
  .optional()
  .transform((word) => (word === '' ? undefined : word));
const wholeNumber = z.coerce.number().int().nonnegative();

const listQuery = z.object({
  q: optionalWord,
  tone: optionalWord,
  stage: optionalWord,
  workflow: optionalWord,
  template: optionalWord,
  language: optionalWord,
  to: optionalWord,
  before: wholeNumber.optional(),
  after: wholeNumber.optional(),
  limit: wholeNumber.min(1).max(200).default(50),
});

type SeqRoute = { Params: { seq: string } };

/**
 * `GET /`, `/mails.json`, `/mails/:seq.json`, `/mails/:seq/html`, `/mails/:seq/raw`, `/events`; `DELETE /mails`.
 * The server that it is registered with may be closed at any time: open event streams are ended.
 */
export function inboxRoutes(catcher: Catcher, options: InboxOptions = {}): FastifyPluginAsync {
  return async (app) => {
    const feed = startLiveFeed(catcher);
    app.addHook('preClose', async () => feed.close());
    app.addHook('onSend', async (_request, reply) => {
      void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    });
    addPage(app, options.title ?? 'Etapa');
    addList(app, catcher, feed);
    addMail(app, catcher);
  };
}

function addPage(app: FastifyInstance, title: string): void {
  app.get('/', async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers({
        'content-security-policy': PAGE_POLICY,
        'cache-control': 'no-cache',
        vary: 'accept-language',
      })
      .send(
        renderPage({
          title,
          base: app.prefix,
          language: preferredLanguage(request.headers['accept-language']),
        }),
      ),
  );
  app.get('/inbox.css', async (_request, reply) => sendAsset(reply, 'text/css', STYLE));
  app.get('/inbox.js', async (_request, reply) => sendAsset(reply, 'text/javascript', SCRIPT));
}

function addList(app: FastifyInstance, catcher: Catcher, feed: LiveFeed): void {
  app.get('/mails.json', async (request, reply) => {
    const query = listQuery.safeParse(request.query);
    if (!query.success) return reply.code(400).send({ error: explain(query.error) });
    return reply.header('cache-control', 'no-store').send(listPage(catcher, query.data));
  });
  app.get('/events', async (_request, reply) => feed.open(reply));
  app.delete('/mails', async (_request, reply) => {
    catcher.clear();
    feed.tell();
    return reply.code(204).send();
  });
}

function addMail(app: FastifyInstance, catcher: Catcher): void {
  app.get<SeqRoute>('/mails/:seq(^\\d+).json', async ({ params }, reply) => {
    const mail = await catcher.get(Number(params.seq));
    if (!mail) return notKept(reply);
    return reply.header('cache-control', 'no-store').send({ ...mail, links: findLinks(mail.html ?? '') });
  });
  app.get<SeqRoute>('/mails/:seq(^\\d+)/html', async ({ params }, reply) => {
    const mail = await catcher.get(Number(params.seq));
    return mail?.html === undefined ? notKept(reply) : sendMailHtml(reply, mail.html);
  });
  app.get<SeqRoute>('/mails/:seq(^\\d+)/raw', async ({ params }, reply) => {
    const raw = catcher.raw(Number(params.seq));
    if (!raw) return notKept(reply);
    return reply
      .type('message/rfc822')
      .header('content-disposition', `attachment; filename="mail-${params.seq}.eml"`)
      .send(raw);
  });
}

function listPage(catcher: Catcher, query: z.infer<typeof listQuery>): object {
  // One more than asked tells whether there is another page.
  const found = catcher.list({ ...withoutUndefined(query), limit: query.limit + 1 });
  const mails = found.slice(0, query.limit).map(({ headers: _headers, ...summary }): MailSummary => summary);
  const next = found.length > query.limit ? (mails.at(-1)?.seq ?? null) : null;
  return { mails, next, count: catcher.count(), address: catcher.url, facets: catcher.facets() };
}

function withoutUndefined(query: z.infer<typeof listQuery>): MailFilter {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

function sendAsset(reply: FastifyReply, type: string, text: string): FastifyReply {
  return reply.type(`${type}; charset=utf-8`).header('cache-control', 'no-cache').send(text);
}

function sendMailHtml(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': MAIL_POLICY,
      'x-dns-prefetch-control': 'off',
      'cache-control': 'no-store',
    })
    .send(aimLinksElsewhere(html));
}

/** A clicked link then wants a new window, which the sandbox refuses, instead of replacing the mail on the page. */
function aimLinksElsewhere(html: string): string {
  const base = '<base target="_blank">';
  // Never before the doctype: that would put the mail into quirks mode.
  const place = /<head(\s[^>]*)?>/i.test(html) ? /<head(\s[^>]*)?>/i : /^(\s*<!doctype[^>]*>)?/i;
  return html.replace(place, `$&${base}`);
}

function notKept(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send({ error: 'There is no such mail here. It may have been deleted or made room for newer ones.' });
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues;
  return `The query is not right at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}.`;
}
