/** Finds the Handlebars tags of a text without parsing it, so that a broken template still gets exact places. */

export type MustacheKind = 'value' | 'open' | 'else' | 'close' | 'comment' | 'forbidden' | 'unfinished';

export interface Mustache {
  readonly kind: MustacheKind;
  /** First word inside: `money` in `{{money cart.value}}`, `if` in `{{#if x}}` and `{{/if}}`. */
  readonly name: string;
  readonly start: number;
  /** Offset after the closing braces. */
  readonly end: number;
}

/** All tags in order of place. An unfinished tag is the last one found. */
export function scanMustaches(text: string): Mustache[] {
  const found: Mustache[] = [];
  let start = text.indexOf('{{');
  while (start >= 0) {
    const mustache = readMustache(text, start);
    found.push(mustache);
    if (mustache.kind === 'unfinished') break;
    start = text.indexOf('{{', mustache.end);
  }
  return found;
}

export function countMustaches(text: string): number {
  return text.split('{{').length - 1;
}

const COMMENT = /^\{\{~?!(--)?/;
const HEAD = /^\{\{~?\s*([#^/]?)\s*([^\s}~|()]*)/;
const FORBIDDEN = /^(\{\{\{|\{\{~?\{|\{\{~?\s*(#?[>*]|&))/;

function readMustache(text: string, start: number): Mustache {
  const head = text.slice(start, start + 200);
  const comment = COMMENT.exec(head);
  const end = comment ? commentEnd(text, start, comment[1] !== undefined) : tagEnd(text, start);
  if (end < 0) return { kind: 'unfinished', name: '', start, end: text.length };
  if (comment) return { kind: 'comment', name: '', start, end };
  const [, sigil = '', name = ''] = HEAD.exec(head) ?? [];
  const forbidden = FORBIDDEN.test(head) || text[start - 1] === '\\';
  return { kind: forbidden ? 'forbidden' : kindOf(sigil, name), name, start, end };
}

function kindOf(sigil: string, name: string): MustacheKind {
  if (sigil === '/') return 'close';
  if (name === 'else' || (sigil === '^' && name === '')) return 'else';
  return sigil === '' ? 'value' : 'open';
}

function commentEnd(text: string, start: number, dashed: boolean): number {
  if (!dashed) return after(text.indexOf('}}', start), 2);
  const close = /--~?\}\}/g;
  close.lastIndex = start + 2;
  return close.test(text) ? close.lastIndex : -1;
}

const CLOSER: Readonly<Record<string, string>> = { '"': '"', "'": "'", '[': ']' };

/** Braces inside quotes or `[…]` do not end a tag; another `{{` before the end means that it was left open. */
function tagEnd(text: string, start: number): number {
  let i = start + 2;
  while (text[i] === '{') i++;
  while (i < text.length) {
    const closer = CLOSER[text[i] ?? ''];
    if (closer) i = after(quoteEnd(text, i + 1, closer), 1);
    else if (text.startsWith('}}', i)) return bracesEnd(text, i);
    else if (text.startsWith('{{', i)) return -1;
    else i++;
    if (i < 0) return -1;
  }
  return -1;
}

function quoteEnd(text: string, from: number, closer: string): number {
  let end = text.indexOf(closer, from);
  while (end > 0 && text[end - 1] === '\\') end = text.indexOf(closer, end + 1);
  return end;
}

function bracesEnd(text: string, at: number): number {
  let end = at;
  while (text[end] === '}') end++;
  return end;
}

function after(index: number, length: number): number {
  return index < 0 ? -1 : index + length;
}
