/**
 * Makes a rendered message tell when it is opened and where it is clicked: its links lead over our own address, a
 * picture of one pixel stands at its end, and beside that a link that only machines find.
 */
import { scanHtml, type Href } from './scan-html.ts';

export interface Following {
  /** The address that notes a click on link `number` and leads on. */
  urlOf(number: number): string;
  readonly pixel_url: string;
  readonly canary_url: string;
  /** Links that are never followed, with whatever query: the ways out, the preferences, the survey. */
  readonly left_alone: ReadonlySet<string>;
}

export interface Followed {
  readonly html: string;
  readonly text: string;
  /** Where the links lead, by their numbers: whole http or https addresses in ASCII. */
  readonly links: readonly string[];
}

/** Links to mail, telephone and places within the message stay; equal addresses are one link, in HTML and text. */
export function followLinks(
  rendered: { readonly html: string; readonly text: string },
  following: Following,
): Followed {
  const book = openBook(following);
  const { hrefs, body_end = rendered.html.length } = scanHtml(rendered.html);
  const places = hrefs.flatMap((href) => book.placed(href));
  const text = followText(rendered.text, book);
  const watch = book.links.length > 0 ? canary(following.canary_url) : '';
  const end = { start: body_end, end: body_end, now: `${watch}${pixel(following.pixel_url)}` };
  const html = rewritten(
    rendered.html,
    [...places, end].toSorted((a, b) => a.start - b.start),
  );
  return { html, text, links: book.links };
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly now: string;
}

interface Book {
  readonly links: readonly string[];
  /** The address to be written instead; undefined for a link that is not followed. */
  instead(address: string): string | undefined;
  placed(href: Href): readonly Place[];
}

/** A token holds numbers up to 65,535, and the last is the canary's. */
const MOST_LINKS = 0xffff;

function openBook({ urlOf, left_alone }: Following): Book {
  const numbers = new Map<string, number>();
  const links: string[] = [];
  const stay = new Set([...left_alone].map((url) => bare(readUrl(url)) ?? url));

  function numberOf(address: string): number {
    const number = numbers.get(address) ?? links.length;
    if (number === links.length) links.push(address);
    numbers.set(address, number);
    return number;
  }

  function instead(address: string): string | undefined {
    const url = readUrl(address);
    if (!url || stay.has(bare(url) ?? '')) return undefined;
    if (links.length >= MOST_LINKS && !numbers.has(url.href)) return undefined;
    return urlOf(numberOf(url.href));
  }

  return {
    links,
    instead,
    placed({ start, end, written }) {
      const address = readAttribute(written);
      const now = address === undefined ? undefined : instead(address);
      return now === undefined ? [] : [{ start, end, now: `"${attribute(now)}"` }];
    },
  };
}

function bare(url: URL | undefined): string | undefined {
  return url && `${url.origin}${url.pathname}`;
}

function readUrl(text: string): URL | undefined {
  if (!/^[\0- ]*https?:/i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Undefined for an entity with which it would not be sure where the link leads; such a link is left as it is. */
function readAttribute(written: string): string | undefined {
  let is_clear = true;
  const read = written.replace(ENTITY, (all: string, code?: string, name?: string, end?: string) => {
    const sign = code === undefined ? NAMED.get(name ?? '') : signOf(code);
    if (code !== undefined || end === ';') is_clear &&= sign !== undefined;
    // Without its semicolon a name before a letter or an equals sign is part of a query: `&lt=5`.
    const is_plain = code === undefined && end === '=';
    return sign === undefined || is_plain ? all : sign;
  });
  return is_clear ? read : undefined;
}

const ENTITY = /&(?:#(x[\da-f]+|\d+);?|([a-z][a-z\d]*)(;|=)?)/gi;

const NAMED: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['AMP', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** What the numbers of old Windows letters stand for is not what they say. */
function signOf(code: string): string | undefined {
  const number = /^x/i.test(code) ? Number.parseInt(code.slice(1), 16) : Number(code);
  const is_letter = (number > 0x1f && number < 0x7f) || (number > 0x9f && number <= 0x10ffff);
  const is_half = number >= 0xd800 && number <= 0xdfff;
  return is_letter && !is_half ? String.fromCodePoint(number) : undefined;
}

function followText(text: string, book: Book): string {
  return text.replace(ADDRESS, (found: string, at: number) => {
    const is_fenced = text[at - 1] === '<' && text[at + found.length] === '>';
    const address = is_fenced ? found : withoutEnd(found);
    const now = book.instead(address);
    return now === undefined ? found : `${now}${found.slice(address.length)}`;
  });
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"]+/gi;

/** A full stop or a bracket behind an address belongs to the sentence. */
function withoutEnd(found: string): string {
  const has_bracket = found.includes('(');
  let end = found.length;
  while (end > 0 && SENTENCE.has(found[end - 1] ?? '') && !(has_bracket && found[end - 1] === ')')) end--;
  return found.slice(0, end);
}

const SENTENCE: ReadonlySet<string> = new Set(".,;:!?)]}'*_»”’…");

function rewritten(html: string, places: readonly Place[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, now } of places) {
    pieces.push(html.slice(from, start), now);
    from = end;
  }
  return [...pieces, html.slice(from)].join('');
}

function pixel(url: string): string {
  return `<img src="${attribute(url)}" alt="" width="1" height="1" style="display:block;border:0" />`;
}

/** Not shown, not read out, not reached by keyboard, without words: whoever follows it has read the source. */
function canary(url: string): string {
  return `<a href="${attribute(url)}" aria-hidden="true" tabindex="-1" style="display:none;mso-hide:all"></a>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
