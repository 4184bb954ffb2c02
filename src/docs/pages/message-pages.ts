import type { ChannelName } from '../../core/messages/message.ts';
import { html, type Html } from '../html.ts';
import { inLanguage, type Language } from '../language.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { facts } from './facts.ts';
import { purposeWords } from './workflow-pages.ts';
import { workflowsNaming } from './workflow-links.ts';

/** A message as it would leave in one language and tone. */
export interface Rendered {
  readonly channel: ChannelName;
  readonly language: Language;
  readonly tone: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

export type Renderings = Readonly<Record<string, readonly Rendered[]>>;

export function messagesPage(renderings: Renderings, ground: Ground): Page {
  const { loaded, language, t } = ground;
  const row = (id: string): Html => {
    const template = loaded.templates[id];
    const subject =
      renderings[id]?.find((one) => one.language === language)?.subject ?? renderings[id]?.[0]?.subject;
    return html`<tr>
      <th scope="row">
        <a href="message-${id}.html"><code>${id}</code></a>
      </th>
      <td>${subject}</td>
      <td>${template && purposeWords(template.purpose, ground)}</td>
      <td>${workflowsNaming(id, ground) ?? '—'}</td>
    </tr>`;
  };
  const title = wayTitle('messages', ground);
  const body = html`<h1>${title}</h1>
    <div class="wide" tabindex="0" role="region" aria-label="${title}">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('Message', 'Mensaje')}</th>
            <th scope="col">${t('Subject', 'Asunto')}</th>
            <th scope="col">${t('Purpose', 'Propósito')}</th>
            <th scope="col">${t('Sent by', 'Lo envía')}</th>
          </tr>
        </thead>
        <tbody>
          ${Object.keys(loaded.templates).map(row)}
        </tbody>
      </table>
    </div>`;
  return { file: 'messages', title, under: 'messages', body };
}

export function messagePage(id: string, renderings: Renderings, ground: Ground): Page {
  const { loaded, t, language } = ground;
  const template = loaded.templates[id];
  const own = (one: Rendered): number => Number(one.language !== language);
  const groups = grouped((renderings[id] ?? []).toSorted((a, b) => own(a) - own(b)));
  const body = html`<h1><code>${id}</code></h1>
    ${facts([
      [t('Purpose', 'Propósito'), template && purposeWords(template.purpose, ground)],
      [t('Asks', 'Pregunta'), template?.survey ?? undefined],
      [t('Shown after the subject', 'Se ve tras el asunto'), inLanguage(template?.preheader, language)],
      [t('Sent by', 'Lo envía'), workflowsNaming(id, ground)],
    ])}
    <p class="note">
      ${t('Shown for somebody who does not exist. Links lead nowhere, and pictures from the web are not fetched.', 'Se muestra para alguien que no existe. Los enlaces no llevan a ninguna parte y las imágenes de la web no se cargan.')}
    </p>
    <fieldset class="widths">
      <legend>${t('Width', 'Ancho')}</legend>
      <label><input type="radio" name="width" id="desktop" checked /> ${t('Computer', 'Ordenador')}</label>
      <label><input type="radio" name="width" id="phone" /> ${t('Phone', 'Teléfono')}</label>
    </fieldset>
    ${groups.map((group) => (group.channel === 'email' ? mailHtml : textHtml)(group, ground))}`;
  return { file: `message-${id}`, title: id, under: 'messages', body };
}

interface Group extends Rendered {
  readonly tones: readonly string[];
}

/** Tones in which the very same leaves are shown once. */
function grouped(list: readonly Rendered[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const one of list) {
    const key = JSON.stringify([one.channel, one.language, one.subject, one.html || one.text]);
    const known = groups.get(key);
    groups.set(key, { ...one, tones: [...(known?.tones ?? []), one.tone] });
  }
  return [...groups.values()];
}

function textHtml(group: Group, ground: Ground): Html {
  const { channel, language, tones, text } = group;
  return html`<section class="mail">
    <h2 id="${channel}-${language}-${tones[0]}">
      ${channel} · ${languageName(group, ground)} · ${tones.join(', ')}
    </h2>
    <pre lang="${language}" tabindex="0">${text}</pre>
  </section>`;
}

function languageName({ language }: Group, { t }: Ground): string {
  return { en: t('English', 'Inglés'), es: t('Spanish', 'Español') }[language];
}

function mailHtml(group: Group, ground: Ground): Html {
  const { language, tones, subject, html: mail, text } = group;
  const { t } = ground;
  const tone = tones.join(', ');
  const named = languageName(group, ground);
  return html`<section class="mail">
    <h2 id="${language}-${tones[0]}">${named} · ${tone}</h2>
    <p lang="${language}"><b>${t('Subject', 'Asunto')}:</b> ${subject}</p>
    <iframe
      title="${named}, ${tone}: ${subject}"
      sandbox="allow-same-origin"
      srcdoc="${closed(mail)}"
    ></iframe>
    <details>
      <summary>${t('As plain text', 'Como texto')}</summary>
      <pre lang="${language}" tabindex="0">${text}</pre>
    </details>
  </section>`;
}

/** The mail with nothing fetched from anywhere, and links that go nowhere: windows are not allowed in the frame. */
function closed(mail: string): string {
  const head = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><base target="_blank">`;
  const place = /<head[^>]*>/i.exec(mail);
  if (!place) return head + mail;
  const end = place.index + place[0].length;
  return mail.slice(0, end) + head + mail.slice(end);
}
