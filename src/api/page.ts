/** The small pages behind links in messages: no script, nothing from elsewhere, nothing kept. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PageReader } from '../engine/preferences.ts';

export interface Page {
  readonly status: number;
  readonly language: string;
  readonly title: string;
  readonly sentence: string;
  /** HTML below the sentence, such as a form. */
  readonly below?: string;
}

/** What a page says in English where nothing is known of the reader yet. */
export interface Apologies {
  readonly title: string;
  /** What was sent is no form of this page. */
  readonly unclear: string;
  readonly away: string;
}

/** What every page behind a link says of a link that is not known, a form that is not its own, and a house in trouble. */
export const LINK_WORDS = {
  en: {
    unknown: 'This link is not known here. Please use the one from the newest message.',
    unclear: 'Nothing was changed. Please open the link from the message and press the button.',
    away: 'This could not be done just now. Please try again in a moment.',
  },
  es: {
    unknown: 'Aquí no se conoce este enlace. Use, por favor, el del mensaje más reciente.',
    unclear: 'No se cambió nada. Abra, por favor, el enlace del mensaje y pulse el botón.',
    away: 'Ahora mismo no ha sido posible. Inténtelo, por favor, dentro de un momento.',
  },
} as const;

/** Forms come as text of at most so many bytes, and what goes wrong is told in a sentence. */
export function preparePages(app: FastifyInstance, most_bytes: number, words: Apologies): void {
  const { title } = words;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: most_bytes }, (_request, body, done) =>
    done(null, body),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const language = 'en';
    if ((error.statusCode ?? 500) < 500)
      return sendPage(reply, { status: 400, language, title, sentence: words.unclear });
    request.log.error({ err: error }, 'a page behind a link could not be answered');
    return sendPage(reply.header('retry-after', '5'), { status: 503, language, title, sentence: words.away });
  });
}

export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .code(page.status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'`,
    ).send(`<!doctype html><html lang="${page.language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE}</style>
<main><p>${escapeHtml(page.sentence)}</p>${page.below ?? ''}</main></html>`);
}

/** Where a page is read from: part of the proof of what is said there. */
export function readerOf({ ip, headers }: FastifyRequest): PageReader {
  return { ip, user_agent: headers['user-agent'] ?? '' };
}

const STYLE = `:root{color-scheme:light dark}body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1.5rem}
button{font:inherit;padding:.7em 1.4em;border:0;border-radius:.5em;background:#b3400e;color:#fff;cursor:pointer}
fieldset{border:0;margin:0 0 1.2em;padding:0}legend{padding:0}.scores{display:flex;flex-wrap:wrap;gap:.4em .9em}
textarea{font:inherit;box-sizing:border-box;width:100%;margin:.3em 0 1.2em}.ends{display:flex;justify-content:space-between;font-size:.8em}`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
