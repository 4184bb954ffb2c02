/** What the search of the pages looks through: their sections, as words alone. */
import type { Page } from './site-frame.ts';

interface Entry {
  /** Where it leads. */
  readonly to: string;
  readonly page: string;
  readonly title: string;
  readonly words: string;
}

/** A script, as pages that are opened as files may not fetch data. */
export function searchIndex(pages: readonly Page[]): string {
  const entries = pages.flatMap(sectionsOf);
  return `window.etapaPages=${JSON.stringify(entries).replaceAll('<', '\\u003c')};\n`;
}

/** What stands before the first heading with an id is the page itself. */
function sectionsOf({ file, title, body }: Page): Entry[] {
  const parts = body.html.split(/(?=<h[23] id=")/);
  return parts.flatMap((part) => {
    const heading = /^<h[23] id="([^"]+)">([\s\S]*?)<\/h[23]>/.exec(part);
    const to = heading ? `${file}.html#${heading[1] ?? ''}` : `${file}.html`;
    const words = plain(part.replace(/<iframe[\s\S]*?<\/iframe>|<svg[\s\S]*?<\/svg>/g, ' '));
    return words === '' ? [] : [{ to, page: title, title: heading ? plain(heading[2] ?? '') : title, words }];
  });
}

function plain(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
