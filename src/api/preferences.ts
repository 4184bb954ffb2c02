import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import type { PageReader, Preferences, PreferencesNow } from '../engine/preferences.ts';
import { escapeHtml, preparePages, readerOf, sendPage } from './page.ts';
import { LANGUAGE_NAMES, wordsIn, type PreferenceWords } from './preferences/words.ts';

export interface PreferenceOptions {
  /** The name of the shop, for the page. */
  name(): string;
  /** What the addressee of the token's message wants; undefined for a token that was not made here. */
  find(token: string): Promise<Found | undefined>;
  save(message_id: string, chosen: Preferences, reader: PageReader): Promise<void>;
}

type Found = PreferencesNow & { readonly message_id: string };

/**
 * The page on which a contact says what promotions are wanted: by which channel, what about, how often, in which
 * language, or none for a month. In the contact's language, without script; only its button changes anything.
 */
export function preferenceRoutes(options: PreferenceOptions): FastifyPluginAsync {
  return async (app) => {
    preparePages(app, MOST_BYTES, wordsIn('en'));
    const documented = { tags: ['Links'], hide: true };

    app.get<{ Params: { token: string } }>('/p/:token', { schema: documented }, async (request, reply) => {
      const found = await options.find(request.params.token);
      if (!found) return say(reply, 404, 'en', wordsIn('en').unknown);
      return ask(reply, found, wordsIn(found.language).heading(options.name()));
    });

    app.post<{ Params: { token: string }; Body: unknown }>(
      '/p/:token',
      { schema: documented },
      async (request, reply) => {
        const found = await options.find(request.params.token);
        if (!found) return say(reply, 404, 'en', wordsIn('en').unknown);
        const chosen = readForm(found, request.body);
        if (!chosen) return say(reply, 400, found.language, wordsIn(found.language).unclear);
        await options.save(found.message_id, chosen, readerOf(request));
        const pause = chosen.pause && found.paused_until !== null ? found.paused_until : null;
        return ask(reply, { ...found, ...chosen, paused_until: pause }, wordsIn(chosen.language).saved);
      },
    );
  };
}

const MOST_BYTES = 16 * 1024;

/** Undefined where it is not the page's form: nothing is refused by somebody who pressed no button. */
function readForm({ offers, language }: PreferencesNow, body: unknown): Preferences | undefined {
  const form = new URLSearchParams(typeof body === 'string' ? body : '');
  if (form.get('form') !== 'preferences') return undefined;
  const chosen = form.get('language') ?? '';
  return {
    channels: offers.channels.filter((channel) => form.getAll('channel').includes(channel)),
    topics: offers.topics.flatMap(({ id }) => (form.getAll('topic').includes(id) ? [id] : [])),
    frequency: form.get('frequency') === 'fewer' ? 'fewer' : 'all',
    language: offers.languages.includes(chosen) ? chosen : language,
    pause: form.get('pause') === 'month',
  };
}

function ask(reply: FastifyReply, found: PreferencesNow, sentence: string): FastifyReply {
  const { language } = found;
  const words = wordsIn(language);
  return sendPage(reply, {
    status: 200,
    language,
    title: words.title,
    sentence,
    below: formOf(found, words),
  });
}

function formOf(found: PreferencesNow, words: PreferenceWords): string {
  const { offers, channels, topics, frequency, language, pause, paused_until } = found;
  const channel_boxes = offers.channels.map((id) =>
    box('checkbox', 'channel', id, words.channel_names[id] ?? id, channels.includes(id)),
  );
  const topic_boxes = offers.topics.map(({ id, title, describe }) =>
    box('checkbox', 'topic', id, title, topics.includes(id), describe),
  );
  const language_boxes = offers.languages.map((id) =>
    box('radio', 'language', id, LANGUAGE_NAMES[id] ?? id, id === language),
  );
  const pause_words = paused_until === null ? words.pause : words.paused(paused_until);
  return `<form method="post"><input type="hidden" name="form" value="preferences">
${group(words.channels, channel_boxes)}
${group(words.topics, topic_boxes)}
${group(words.frequency, [
  box('radio', 'frequency', 'all', words.all, frequency === 'all'),
  box('radio', 'frequency', 'fewer', words.fewer, frequency === 'fewer'),
  box('checkbox', 'pause', 'month', pause_words, pause),
])}
${offers.languages.length > 1 ? group(words.language, language_boxes) : ''}
<button>${words.button}</button></form>`;
}

function group(legend: string, boxes: readonly string[]): string {
  if (boxes.length === 0) return '';
  return `<fieldset><legend><strong>${escapeHtml(legend)}</strong></legend>${boxes.join('')}</fieldset>`;
}

function box(
  type: 'checkbox' | 'radio',
  name: string,
  value: string,
  words: string,
  is_chosen: boolean,
  more: string | null = null,
): string {
  const checked = is_chosen ? ' checked' : '';
  const explained = more === null ? '' : `<br><small>${escapeHtml(more)}</small>`;
  return `<p><label><input type="${type}" name="${name}" value="${escapeHtml(value)}"${checked}> ${escapeHtml(words)}</label>${explained}</p>`;
}

function say(reply: FastifyReply, status: number, language: string, sentence: string): FastifyReply {
  return sendPage(reply, { status, language, title: wordsIn(language).title, sentence });
}
