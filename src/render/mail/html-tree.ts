/**
 * Reads finished HTML into a tree, as far as the lints of mail need one: elements, attributes, inline styles and words.
 * Comments are skipped, those that only Outlook reads too. It takes any text and never throws.
 */

export interface HtmlElement {
  readonly name: string;
  /** Names in lower case, entities decoded. The first counts where one stands twice. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The declarations of the style attribute, names in lower case. */
  readonly style: ReadonlyMap<string, string>;
  readonly parent: HtmlElement | null;
  readonly children: (HtmlElement | string)[];
}

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
/** What stands in these is no words. */
const RAW = /^(style|script|title|textarea)$/;
const TOKEN =
  /<!--[\s\S]*?(?:-->|$)|<![^>]*>|<(\/?)([a-zA-Z][\w:-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>|[^<]+|</g;

export function readHtml(html: string): HtmlElement {
  const root: HtmlElement = newElement('#document', '', null);
  let here = root;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(html); token; token = TOKEN.exec(html)) {
    const [whole, closing, tag, attributes = ''] = token;
    const name = tag?.toLowerCase();
    if (name === undefined) {
      if (!whole.startsWith('<!')) here.children.push(decoded(whole));
    } else if (closing) here = above(here, name);
    else {
      const inner = newElement(name, attributes, here);
      here.children.push(inner);
      if (RAW.test(name)) TOKEN.lastIndex = readRaw(inner, html, TOKEN.lastIndex);
      else if (!VOID.has(name) && !attributes.endsWith('/')) here = inner;
    }
  }
  return root;
}

/** A closing tag that was never opened closes nothing. */
function above(here: HtmlElement, name: string): HtmlElement {
  for (let one: HtmlElement | null = here; one; one = one.parent) {
    if (one.name === name) return one.parent ?? here;
  }
  return here;
}

function readRaw(inner: HtmlElement, html: string, from: number): number {
  const end = html.toLowerCase().indexOf(`</${inner.name}`, from);
  const to = end < 0 ? html.length : end;
  inner.children.push(html.slice(from, to));
  const behind = html.indexOf('>', to);
  return behind < 0 ? html.length : behind + 1;
}

const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;

function newElement(name: string, written: string, parent: HtmlElement | null): HtmlElement {
  const attributes = new Map<string, string>();
  for (const [, key = '', value = ''] of written.matchAll(ATTRIBUTE)) {
    const lower = key.toLowerCase();
    if (!attributes.has(lower)) attributes.set(lower, decoded(value.replace(/^(["'])([\s\S]*)\1$/, '$2')));
  }
  return { name, attributes, style: declarations(attributes.get('style') ?? ''), parent, children: [] };
}

function declarations(style: string): ReadonlyMap<string, string> {
  const parts = style.split(/;(?![^(]*\))/).map((part) => /^\s*([\w-]+)\s*:\s*([\s\S]*?)\s*$/.exec(part));
  return new Map(parts.flatMap((part) => (part ? [[(part[1] ?? '').toLowerCase(), part[2] ?? '']] : [])));
}

/** The element and all that are in it, in the order of the text. */
export function* elementsOf(element: HtmlElement): Generator<HtmlElement> {
  yield element;
  for (const child of element.children) if (typeof child !== 'string') yield* elementsOf(child);
}

/** All words in it that are shown, spaces made one. */
export function wordsIn(element: HtmlElement): string {
  return textOf(element).replace(/\s+/g, ' ').trim();
}

function textOf(element: HtmlElement): string {
  if (RAW.test(element.name) || isHidden(element)) return '';
  const inner = element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
  return INLINE.test(element.name) ? inner : ` ${inner} `;
}

const INLINE = /^(a|abbr|b|big|code|em|font|i|label|mark|s|small|span|strong|sub|sup|u)$/;

export function isHidden({ style }: HtmlElement): boolean {
  return style.get('display')?.startsWith('none') === true;
}

const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u{a0}', middot: '·', times: '×' },
  ...{ lbrace: '{', lcub: '{', rbrace: '}', rcub: '}' },
};

/** Entities that nothing here asks for stay as they are. */
function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name)] ?? whole;
    const code = decimal === undefined ? parseInt(String(hex), 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
