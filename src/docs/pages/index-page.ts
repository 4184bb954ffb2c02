import { durationWords } from '../../core/time/duration.ts';
import { html, type Html } from '../html.ts';
import { inLanguage } from '../language.ts';
import { wayTitle, type Ground, type Page, type Way } from '../site-frame.ts';
import { facts } from './facts.ts';

export function indexPage(ground: Ground): Page {
  const { loaded, language, t } = ground;
  const { settings, stages, segments, map, tone, hours, data, templates, workflow_sources } = loaded;
  const live = workflow_sources.filter(({ source }) => source.status === 'live').length;
  const cards: readonly (readonly [Way, number, string])[] = [
    ['stages', stages.stages.length, t('stages of the journey', 'etapas del recorrido')],
    [
      'people',
      Object.keys(segments.segments).length + map.personas.length,
      t('segments and personas', 'segmentos y personas'),
    ],
    ['workflows', workflow_sources.length, t(`workflows, ${live} of them live`, `flujos, ${live} en marcha`)],
    ['messages', Object.keys(templates).length, t('messages', 'mensajes')],
    ['tone', Object.keys(tone.tones).length, t('tones of voice', 'tonos de voz')],
    ['calendar', Object.keys(hours.calendars).length, t('calendars', 'calendarios')],
    ['data', Object.keys(data?.events ?? {}).length, t('events', 'eventos')],
  ];
  const { promotions, any: messages } = settings.limits;
  const most = (limit: typeof messages): string | undefined =>
    limit &&
    t(
      `at most ${limit.messages} in ${durationWords(limit.per, 'en')}`,
      `como máximo ${limit.messages} en ${durationWords(limit.per, 'es')}`,
    );
  const body = html`<h1>${settings.name}</h1>
    ${settings.about !== undefined && html`<p class="lead">${inLanguage(settings.about, language)}</p>`}
    <ul class="cards">
      ${cards.map((card) => cardHtml(card, ground))}
    </ul>
    <h2 id="settings">${t('How we are set up', 'Cómo estamos configurados')}</h2>
    ${facts([
      [t('Languages', 'Idiomas'), settings.languages.map((one) => LANGUAGES[one][language]).join(', ')],
      [t('Time zone', 'Zona horaria'), settings.time_zone],
      [t('Currency', 'Moneda'), settings.currency],
      [t('Messages come from', 'Los mensajes llegan de'), `${settings.from.name} <${settings.from.email}>`],
      [t('Replies go to', 'Las respuestas van a'), settings.reply_to],
      [t('The team is told at', 'Al equipo se le avisa en'), settings.team?.email],
      [t('Postal address', 'Dirección postal'), settings.postal_address],
      [t('Promotions for one person', 'Promociones por persona'), most(promotions)],
      [t('Messages for one person', 'Mensajes por persona'), most(messages)],
    ])}`;
  return { file: 'index', title: wayTitle('index', ground), under: 'index', body };
}

function cardHtml([way, count, words]: readonly [Way, number, string], ground: Ground): Html {
  return html`<li>
    <a href="${way}.html"
      ><strong>${wayTitle(way, ground)}</strong><span><b>${count}</b> ${words}</span></a
    >
  </li>`;
}

const LANGUAGES = {
  en: { en: 'English', es: 'inglés' },
  es: { en: 'Spanish', es: 'español' },
} as const;
