/**
 * Finds the links in HTML as a browser would (https://html.spec.whatwg.org/multipage/parsing.html#tokenization), in
 * linear time and without building a tree: what looks like a link in a comment, in a style or within another attribute
 * is none.
 */

/** The value of a link's `href` where it stands in the source, with its quotes if it has any. */
export interface Href {
  readonly start: number;
  readonly end: number;
  /** As written: entities are not read yet. */
  readonly written: string;
}

export interface ScannedHtml {
  /** Of `<a>` and `<area>`, in the order of the source. */
  readonly hrefs: readonly Href[];
  /** Where the last `</body>` begins; undefined without one. */
  readonly body_end: number | undefined;
}

export function scanHtml(html: string): ScannedHtml {
  const hrefs: Href[] = [];
  let body_end: number | undefined;
  let at: number | undefined = 0;
  while (at !== undefined) {
    const opening = html.indexOf('<', at);
    if (opening === -1) break;
    const token = readToken(html, opening);
    if (token?.href) hrefs.push(token.href);
    if (token?.name === '/body') body_end = opening;
    at = token?.end;
  }
  return { hrefs, body_end };
}

interface Token {
  readonly end: number;
  /** Of a tag, with a slash in front where it closes. */
  readonly name?: string;
  readonly href?: Href | undefined;
}

/** Undefined where the source ends before the token does: nothing of what follows is shown. */
function readToken(html: string, opening: number): Token | undefined {
  if (html.startsWith('<!--', opening)) return endedBy(commentEnd(html, opening));
  const is_end = html[opening + 1] === '/';
  const name_at = opening + (is_end ? 2 : 1);
  if (LETTER.test(html[name_at] ?? ''))
    return is_end ? readEndTag(html, name_at) : readStartTag(html, name_at);
  if (is_end || html[opening + 1] === '!' || html[opening + 1] === '?')
    return endedBy(behind(html, '>', name_at));
  return { end: opening + 1 };
}

const LETTER = /^[a-z]$/i;

function endedBy(end: number | undefined): Token | undefined {
  return end === undefined ? undefined : { end };
}

function commentEnd(html: string, opening: number): number | undefined {
  const first = opening + '<!--'.length;
  if (html[first] === '>') return first + 1;
  if (html.startsWith('->', first)) return first + 2;
  return seek(/--!?>/g, html, first)?.end;
}

function readEndTag(html: string, name_at: number): Token | undefined {
  const tag = readTag(html, name_at);
  return tag && { end: tag.end, name: `/${tag.name}` };
}

function readStartTag(html: string, name_at: number): Token | undefined {
  const tag = readTag(html, name_at);
  if (!tag) return undefined;
  const { name } = tag;
  const href = name === 'a' || name === 'area' ? tag.href : undefined;
  if (name === 'plaintext') return undefined;
  if (!RAW.has(name)) return { end: tag.end, name, href };
  return endedBy(seek(new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi'), html, tag.end)?.start);
}

/** What stands in these is text and no markup, up to their own end tag. */
const RAW: ReadonlySet<string> = new Set([
  'iframe',
  'noembed',
  'noframes',
  'script',
  'style',
  'textarea',
  'title',
  'xmp',
]);

interface Tag {
  readonly name: string;
  readonly end: number;
  readonly href: Href | undefined;
}

function readTag(html: string, name_at: number): Tag | undefined {
  const name_end = seek(/[\t\n\f\r />]/g, html, name_at)?.start;
  if (name_end === undefined) return undefined;
  const name = html.slice(name_at, name_end).toLowerCase();
  let href: Href | undefined;
  let at = name_end;
  for (;;) {
    const start = seek(/[^\t\n\f\r /]/g, html, at)?.start;
    if (start === undefined) return undefined;
    if (html[start] === '>') return { name, end: start + 1, href };
    const attribute = readAttribute(html, start);
    if (!attribute) return undefined;
    // Of several the first one counts.
    if (attribute.name === 'href') href ??= attribute.value;
    at = attribute.value.end;
  }
}

interface Attribute {
  readonly name: string;
  readonly value: Href;
}

function readAttribute(html: string, start: number): Attribute | undefined {
  // An equals sign in front belongs to the name.
  const name_end = seek(/[\t\n\f\r />=]/g, html, start + 1)?.start;
  if (name_end === undefined) return undefined;
  const name = html.slice(start, name_end).toLowerCase();
  const next = seek(/[^\t\n\f\r ]/g, html, name_end)?.start;
  if (next === undefined) return undefined;
  if (html[next] !== '=') return { name, value: { start: name_end, end: name_end, written: '' } };
  const value_at = seek(/[^\t\n\f\r ]/g, html, next + 1)?.start;
  const value = value_at === undefined ? undefined : readValue(html, value_at);
  return value && { name, value };
}

function readValue(html: string, start: number): Href | undefined {
  const quote = html[start];
  if (quote === '"' || quote === "'") {
    const end = behind(html, quote, start + 1);
    return end === undefined ? undefined : { start, end, written: html.slice(start + 1, end - 1) };
  }
  const end = seek(/[\t\n\f\r >]/g, html, start)?.start;
  return end === undefined ? undefined : { start, end, written: html.slice(start, end) };
}

function behind(html: string, sign: string, from: number): number | undefined {
  const found = html.indexOf(sign, from);
  return found === -1 ? undefined : found + sign.length;
}

function seek(pattern: RegExp, html: string, from: number): { start: number; end: number } | undefined {
  // A pattern of one's own for each search: the place where it stands is kept in it.
  pattern.lastIndex = from;
  const found = pattern.exec(html);
  return found ? { start: found.index, end: pattern.lastIndex } : undefined;
}
