import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { PageReader } from '../engine/preferences.ts';
import { LINK_WORDS, preparePages, readerOf, sendPage } from './page.ts';

export interface ConfirmOptions {
  /** The name of the shop, for the page. */
  name(): string;
  /** Whom the token's message went to; undefined for a token that was not made here. */
  find(token: string): Promise<{ readonly message_id: string; readonly language: string } | undefined>;
  confirm(message_id: string, reader: PageReader): Promise<void>;
}

/**
 * The page by which a yes to promotions is confirmed from the address itself: double opt-in. Only its button counts:
 * a mail scanner that follows the link confirms nothing for anybody.
 */
export function confirmRoutes(options: ConfirmOptions): FastifyPluginAsync {
  return async (app) => {
    preparePages(app, 4096, WORDS.en);
    const documented = { tags: ['Links'], hide: true };

    app.get<{ Params: { token: string } }>('/y/:token', { schema: documented }, async (request, reply) => {
      const found = await options.find(request.params.token);
      if (!found) return say(reply, 404, 'en', WORDS.en.unknown);
      const { question, button } = wordsIn(found.language);
      return say(reply, 200, found.language, question(options.name()), FORM(button));
    });

    app.post<{ Params: { token: string }; Body: unknown }>(
      '/y/:token',
      { schema: documented },
      async (request, reply) => {
        const found = await options.find(request.params.token);
        if (!found) return say(reply, 404, 'en', WORDS.en.unknown);
        const words = wordsIn(found.language);
        if (!isPressed(request.body)) return say(reply, 400, found.language, words.unclear);
        await options.confirm(found.message_id, readerOf(request));
        return say(reply, 200, found.language, words.done(options.name()));
      },
    );
  };
}

function isPressed(body: unknown): boolean {
  return typeof body === 'string' && new URLSearchParams(body.trim()).get('confirm') === 'yes';
}

const FORM = (button: string): string =>
  `<form method="post"><input type="hidden" name="confirm" value="yes"><button>${button}</button></form>`;

interface Words {
  readonly title: string;
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
    title: 'Confirmation',
    question: (name) => `Do you want to receive news and offers from ${name}?`,
    button: 'Yes, I do',
    done: (name) => `Thank you. ${name} may write to you now; every message shows how to end it.`,
  },
  es: {
    ...LINK_WORDS.es,
    title: 'Confirmación',
    question: (name) => `¿Quiere recibir noticias y ofertas de ${name}?`,
    button: 'Sí, quiero',
    done: (name) => `Gracias. ${name} ya puede escribirle; cada mensaje indica cómo dejar de recibirlos.`,
  },
};

function wordsIn(language: string): Words {
  return language === 'es' ? WORDS.es : WORDS.en;
}

function say(
  reply: FastifyReply,
  status: number,
  language: string,
  sentence: string,
  below = '',
): FastifyReply {
  return sendPage(reply, { status, language, title: wordsIn(language).title, sentence, below });
}
