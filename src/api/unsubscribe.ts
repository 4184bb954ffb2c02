import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { PageReader } from '../engine/preferences.ts';
import { escapeHtml, LINK_WORDS, preparePages, readerOf, sendPage } from './page.ts';

export interface UnsubscribeOptions {
  /** The name of the shop, for the page. */
  name(): string;
  /** Whom the token's message went to; undefined for a token that was not made here. */
  find(token: string): Promise<{ readonly message_id: string; readonly language: string } | undefined>;
  unsubscribe(message_id: string, source: string, reader: PageReader): Promise<void>;
  /** Where less than everything can be refused. */
  preferencesUrl(message_id: string): string;
}

/**
 * The page behind every unsubscribe link. Only a POST changes anything: mail scanners and prefetchers follow links
 * with GET and HEAD (RFC 8058, section 1). A POST without cookie, login or redirect is all that one-click needs.
 */
export function unsubscribeRoutes(options: UnsubscribeOptions): FastifyPluginAsync {
  return async (app) => {
    preparePages(app, 4096, { title: 'Unsubscribe', ...WORDS.en });
    const documented = { tags: ['Links'], hide: true };

    app.get<{ Params: { token: string } }>('/u/:token', { schema: documented }, async (request, reply) => {
      const found = await options.find(request.params.token);
      if (!found) return page(reply, 404, 'en', WORDS.en.unknown, '');
      const { question, button, less } = wordsIn(found.language);
      const below = FORM(button) + LESS(options.preferencesUrl(found.message_id), less);
      return page(reply, 200, found.language, question(options.name()), below);
    });

    app.post<{ Params: { token: string }; Body: unknown }>(
      '/u/:token',
      { schema: documented },
      async (request, reply) => {
        const found = await options.find(request.params.token);
        if (!found) return page(reply, 404, 'en', WORDS.en.unknown, '');
        if (!isOneClick(request.headers['content-type'], request.body)) {
          return page(reply, 400, found.language, wordsIn(found.language).unclear, '');
        }
        await options.unsubscribe(found.message_id, 'unsubscribe_link', readerOf(request));
        return page(reply, 200, found.language, wordsIn(found.language).done(options.name()), '');
      },
    );
  };
}

/** RFC 8058, section 3.2: exactly this one pair, in either of the two forms that a browser can send. */
function isOneClick(type = '', body: unknown): boolean {
  if (typeof body !== 'string') return false;
  if (/^application\/x-www-form-urlencoded\b/i.test(type))
    return new URLSearchParams(body.trim()).get('List-Unsubscribe') === 'One-Click';
  return /^multipart\/form-data\b/i.test(type) && ONE_CLICK_PART.test(body);
}

const ONE_CLICK_PART = /\bname="?List-Unsubscribe"?\r?\n(?:[^\r\n]+\r?\n)*\r?\nOne-Click\r?\n--/i;

const FORM = (button: string): string =>
  `<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>${button}</button></form>`;

const LESS = (url: string, words: string): string => `<p><a href="${escapeHtml(url)}">${words}</a></p>`;

interface Words {
  readonly less: string;
  question(name: string): string;
  readonly button: string;
  done(name: string): string;
  readonly unknown: string;
  readonly unclear: string;
  readonly away: string;
}

const WORDS: Readonly<Record<'en' | 'es', Words>> = {
  en: {
    ...LINK_WORDS.en,
    question: (name) => `Do you want no more promotions from ${name} by e-mail?`,
    button: 'Unsubscribe me',
    less: 'Choose what you want to hear about, or pause for a month',
    done: (name) =>
      `Done. ${name} will send you no more promotions by e-mail. Messages about your orders still reach you.`,
  },
  es: {
    ...LINK_WORDS.es,
    question: (name) => `¿No quiere recibir más promociones de ${name} por correo?`,
    button: 'Darme de baja',
    less: 'Elegir de qué quiere recibir noticias, o hacer una pausa de un mes',
    done: (name) =>
      `Hecho. ${name} no le enviará más promociones por correo. Los mensajes sobre sus pedidos le seguirán llegando.`,
  },
};

function wordsIn(language: string): Words {
  return language === 'es' ? WORDS.es : WORDS.en;
}

function page(
  reply: FastifyReply,
  status: number,
  language: string,
  sentence: string,
  form: string,
): FastifyReply {
  const title = language === 'es' ? 'Baja' : 'Unsubscribe';
  return sendPage(reply, { status, language, title, sentence, below: form });
}
