/** The whole site of a project: files by their path, the same for the same project and day. */
import type { Instant } from '../core/events/event.ts';
import type { ChannelName } from '../core/messages/message.ts';
import type { LoadedProject } from '../project/load.ts';
import { channelsOf } from '../project/messages.ts';
import { html } from './html.ts';
import type { Language } from './language.ts';
import { calendarPage } from './pages/calendar-page.ts';
import { dataPage } from './pages/data-page.ts';
import { indexPage } from './pages/index-page.ts';
import { messagePage, messagesPage, type Rendered, type Renderings } from './pages/message-pages.ts';
import { peoplePage } from './pages/people-page.ts';
import { stagesPage } from './pages/stages-page.ts';
import { tonePage } from './pages/tone-page.ts';
import { workflowPage, workflowsPage } from './pages/workflow-pages.ts';
import { SCRIPT } from './script.ts';
import { searchIndex } from './search-index.ts';
import { framed, type Ground, type Page } from './site-frame.ts';
import { STYLE } from './style.ts';
import { namesOf } from './words/names.ts';

/** Makes a message for somebody made up. Rejects where its words are not sound. */
export type RenderMessage = (
  message: string,
  channel: ChannelName,
  language: string,
  tone: string,
) => Promise<{ readonly subject: string; readonly html: string; readonly text: string }>;

interface SiteInput {
  readonly loaded: LoadedProject;
  readonly render: RenderMessage;
  /** The month with which the calendar begins. */
  readonly now: Instant;
}

export async function buildSite({ loaded, render, now }: SiteInput): Promise<ReadonlyMap<string, string>> {
  const languages = [...new Set<Language>(loaded.settings.languages)];
  const renderings = await renderAll(loaded, languages, render);
  const files = new Map([
    ['index.html', entrance(loaded, languages[0] ?? 'en')],
    ['style.css', STYLE],
    ['pages.js', SCRIPT],
  ]);
  for (const language of languages) {
    const t = (en: string, es: string): string => (language === 'en' ? en : es);
    const ground: Ground = { loaded, language, languages, now, name: namesOf(loaded, language), t };
    const pages = pagesOf(ground, renderings);
    files.set(`search.${language}.js`, searchIndex(pages));
    for (const page of pages) files.set(`${language}/${page.file}.html`, framed(page, ground));
  }
  return files;
}

function pagesOf(ground: Ground, renderings: Renderings): readonly Page[] {
  const { workflow_sources, templates } = ground.loaded;
  return [
    indexPage(ground),
    stagesPage(ground),
    peoplePage(ground),
    workflowsPage(ground),
    ...workflow_sources.map(({ source }) => workflowPage(source, ground)),
    messagesPage(renderings, ground),
    ...Object.keys(templates).map((id) => messagePage(id, renderings, ground)),
    tonePage(ground),
    calendarPage(ground),
    dataPage(ground),
  ];
}

async function renderAll(
  { templates, tone }: LoadedProject,
  languages: readonly Language[],
  render: RenderMessage,
): Promise<Renderings> {
  const all: Record<string, readonly Rendered[]> = {};
  for (const [id, template] of Object.entries(templates)) {
    const wanted = channelsOf(template).flatMap((channel) =>
      languages.flatMap((language) =>
        Object.keys(tone.tones).map((one) => ({ channel, language, tone: one })),
      ),
    );
    all[id] = await Promise.all(
      wanted.map(async (one): Promise<Rendered> => ({
        ...one,
        ...(await render(id, one.channel, one.language, one.tone)),
      })),
    );
  }
  return all;
}

/** The first page leads to the one in the first language. */
function entrance({ settings }: LoadedProject, language: Language): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <title>${settings.name}</title>
        <meta http-equiv="refresh" content="0; url=${language}/index.html" />
      </head>
      <body>
        <p><a href="${language}/index.html">${settings.name}</a></p>
      </body>
    </html> `.html;
}
