/** What every page stands in: the head, the ways to the other pages, the search and the switch of languages. */
import type { LoadedProject } from '../project/load.ts';
import type { Instant } from '../core/events/event.ts';
import { html, raw, type Html } from './html.ts';
import type { Language } from './language.ts';
import type { NameOf } from './words/names.ts';

/** What a page is made from. */
export interface Ground {
  readonly loaded: LoadedProject;
  readonly language: Language;
  /** In which the site is written; the first is shown first. */
  readonly languages: readonly Language[];
  readonly now: Instant;
  readonly name: NameOf;
  /** Ours: the words in the page's language. */
  readonly t: (en: string, es: string) => string;
}

export interface Page {
  /** The file, without its ending. */
  readonly file: string;
  readonly title: string;
  /** Which way in the navigation leads here. */
  readonly under: Way;
  readonly body: Html;
}

const WAYS = ['index', 'stages', 'people', 'workflows', 'messages', 'tone', 'calendar', 'data'] as const;
export type Way = (typeof WAYS)[number];

export function wayTitle(way: Way, { t }: Pick<Ground, 't'>): string {
  const titles: Readonly<Record<Way, string>> = {
    index: t('Overview', 'Resumen'),
    stages: t('Journey', 'Recorrido'),
    people: t('People', 'Personas'),
    workflows: t('Workflows', 'Flujos'),
    messages: t('Messages', 'Mensajes'),
    tone: t('Tone', 'Tono'),
    calendar: t('Calendar', 'Calendario'),
    data: t('Data', 'Datos'),
  };
  return titles[way];
}

export function framed(page: Page, ground: Ground): string {
  const { loaded, language, languages, t } = ground;
  const title = page.file === 'index' ? loaded.settings.name : `${page.title} · ${loaded.settings.name}`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="../style.css" />
      </head>
      <body>
        <a class="skip" href="#content">${t('To the content', 'Ir al contenido')}</a>
        <header class="top">
          <a class="brand" href="index.html">${loaded.settings.name}</a>
          <div class="search" role="search">
            <label class="unseen" for="search">${t('Search all pages', 'Buscar en todas las páginas')}</label>
            <input
              id="search"
              type="search"
              autocomplete="off"
              placeholder="${t('Search ( / )', 'Buscar ( / )')}"
              aria-controls="found"
              data-none="${t('Nothing found', 'No se encontró nada')}"
              data-some="${t('found', 'encontrados')}"
            />
            <p class="unseen" id="count" role="status"></p>
            <ol id="found" hidden></ol>
          </div>
          ${languages.length > 1 && html`<p class="languages">${languages.map((other) => switchTo(other, page, language))}</p>`}
          <nav aria-label="${t('Pages', 'Páginas')}">
            <ul>
              ${WAYS.map((way) => wayLink(way, page, ground))}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex="-1">${page.body}</main>
        <footer>
          ${t('Made from the files of the project by', 'Hecho a partir de los archivos del proyecto por')}
          <code>etapa docs</code> · ${t('version', 'versión')} <code>${loaded.hash.slice(0, 8)}</code>
        </footer>
        <script src="../search.${language}.js"></script>
        <script src="../pages.js"></script>
      </body>
    </html> `.html;
}

function switchTo(other: Language, { file }: Page, language: Language): Html {
  const name = { en: 'English', es: 'Español' }[other];
  if (other === language) return html`<span aria-current="true" lang="${other}">${name}</span> `;
  return html`<a href="../${other}/${file}.html" lang="${other}" hreflang="${other}">${name}</a> `;
}

function wayLink(way: Way, { under, file }: Page, ground: Ground): Html {
  const current = raw(way !== under ? '' : way === file ? ' aria-current="page"' : ' aria-current="true"');
  return html`<li><a href="${way}.html" ${current}>${wayTitle(way, ground)}</a></li>`;
}
