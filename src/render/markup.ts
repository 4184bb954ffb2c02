/**
 * Reads the tags of MJML (and of the HTML inside it) with their places. MJML itself neither reports a tag that is not
 * closed nor says that it drops what stands between its tags; both are found here, before it runs.
 */
import { attributeMessage, type Attribute } from './attributes.ts';
import { BLOT, blotMustaches } from './hidden.ts';
import { scanMustaches, type Mustache } from './mustaches.ts';
import { orMeant } from '../project/did-you-mean.ts';
import { problemAt, type Problem, type Source } from './problem.ts';

/** Components whose content MJML keeps as it is. */
const KEEPS_CONTENT = named(
  'text button table raw title preview style social-element navbar-link accordion-title accordion-text html-attribute',
);
/** Components that hold components only; what else stands in them is dropped. */
const DROPS_CONTENT = named(
  'head body attributes html-attributes selector section wrapper column group hero social navbar accordion ' +
    'accordion-element carousel',
).add('mjml');
const EMPTY = named('image divider spacer carousel-image font breakpoint all class include');
const COMPONENTS = [...KEEPS_CONTENT, ...DROPS_CONTENT, ...EMPTY];
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const AT_TOP = new Set(['mj-section', 'mj-wrapper', 'mj-hero', 'mj-raw']);
const REFUSED: Readonly<Record<string, string>> = {
  script: 'No mail program runs <script>. Leave it out.',
  'mj-include': '<mj-include> is not read. Write the words here or in the layout.',
};

interface Element {
  readonly name: string;
  readonly start: number;
}

interface Block {
  readonly tag: Mustache;
  /** Where it stands: an element, an attribute, or nothing at the top. */
  readonly inside: unknown;
}

interface Reading {
  readonly source: Source;
  /** The text with Handlebars tags and comments blotted out, of the same length. */
  readonly blotted: string;
  readonly tags: readonly Mustache[];
  readonly fragment: boolean;
  readonly problems: Problem[];
  readonly open: Element[];
  readonly blocks: Block[];
}

/** @param fragment true when the text is only the sections that go inside a layout. */
export function checkMarkup(source: Source, fragment: boolean): Problem[] {
  const blotted = blotMustaches(source.text);
  const reading: Reading = {
    source,
    blotted,
    tags: scanMustaches(source.text).filter((tag) => blotted[tag.start] === BLOT),
    fragment,
    problems: [],
    open: [],
    blocks: [],
  };
  readAll(reading);
  for (const element of reading.open) neverClosed(reading, element);
  return reading.problems;
}

const TAG = /<(\/?)([a-zA-Z][\w:-]*)|<!(?:--[\s\S]*?--|\[[^\]]*\]|doctype[^>]*)>/g;

function readAll(reading: Reading): void {
  const { blotted } = reading;
  let from = 0;
  for (let at = blotted.indexOf('<'); at >= 0; at = blotted.indexOf('<', from)) {
    readContent(reading, from, at);
    from = readTag(reading, at);
  }
  readContent(reading, from, blotted.length);
}

/** @returns the offset behind the tag. */
function readTag(reading: Reading, at: number): number {
  TAG.lastIndex = at;
  const match = TAG.exec(reading.blotted);
  if (match?.index !== at) {
    report(reading, at, 'This "<" begins no tag. Write &lt; for the sign itself.');
    return at + 1;
  }
  const behind = TAG.lastIndex;
  if (match[2] === undefined) return behind;
  const name = match[2].toLowerCase();
  return match[1] ? readClosing(reading, name, at, behind) : readOpening(reading, name, at, behind);
}

function readClosing(reading: Reading, name: string, at: number, behind: number): number {
  const depth = reading.open.findLastIndex((element) => element.name === name);
  if (depth < 0) report(reading, at, `</${name}> closes a tag that is not open. Leave it out.`);
  else for (const element of reading.open.splice(depth).slice(1)) neverClosed(reading, element);
  const end = reading.blotted.indexOf('>', behind);
  return end < 0 ? unfinished(reading, name, at) : end + 1;
}

function readOpening(reading: Reading, name: string, at: number, behind: number): number {
  checkTagName(reading, name, at);
  const end = readAttributes(reading, behind);
  if (reading.blotted[end] !== '>') return unfinished(reading, name, at);
  if (reading.blotted[end - 1] === '/' || VOID.has(name)) return end + 1;
  reading.open.push({ name, start: at });
  return name === 'style' || name === 'mj-style' ? skipStyle(reading, name, end + 1) : end + 1;
}

function checkTagName(reading: Reading, name: string, at: number): void {
  const refused = REFUSED[name];
  if (refused) report(reading, at, refused);
  else if (name.startsWith('mj-') && !COMPONENTS.includes(name)) {
    report(reading, at, `MJML has no <${name}>${orMeant(name, COMPONENTS) || '.'}`);
  } else if (reading.fragment && reading.open.length === 0 && !AT_TOP.has(name)) {
    report(reading, at, `<${name}> cannot stand alone: put it inside <mj-section><mj-column>.`);
  }
}

const ATTRIBUTE = /[\s/]*([^\s=>"'/<]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/y;

/** @returns the offset where the tag's ">" should be. */
function readAttributes(reading: Reading, from: number): number {
  let at = from;
  ATTRIBUTE.lastIndex = at;
  for (let match = ATTRIBUTE.exec(reading.blotted); match; match = ATTRIBUTE.exec(reading.blotted)) {
    at = ATTRIBUTE.lastIndex;
    readAttribute(reading, match, at);
  }
  return at + (/^[\s/]*/.exec(reading.blotted.slice(at))?.[0].length ?? 0);
}

function readAttribute(reading: Reading, match: RegExpExecArray, end: number): void {
  const [whole, name = '', value = ''] = match;
  const quoted = /^["']/.test(value);
  const tags = tagsBetween(reading, match.index, end);
  const attribute: Attribute = { name, value: quoted ? value.slice(1, -1) : value, tags };
  const loose = tags.length > 0 && (!quoted || name.includes(BLOT));
  const message = loose
    ? 'Inside a tag {{ }} must stand in a quoted value: name="{{…}}".'
    : attributeMessage(attribute);
  if (message) report(reading, tags[0]?.start ?? match.index + whole.indexOf(name), message);
  for (const tag of tags) placeBlock(reading, tag, attribute);
  const open = reading.blocks.at(-1);
  if (open?.inside === attribute) report(reading, open.tag.start, leavesPlace(open.tag));
}

function skipStyle(reading: Reading, name: string, from: number): number {
  const end = reading.blotted.toLowerCase().indexOf(`</${name}`, from);
  const to = end < 0 ? reading.blotted.length : end;
  for (const tag of tagsBetween(reading, from, to)) {
    report(
      reading,
      tag.start,
      '{{ }} cannot stand in a style sheet. Choose between two classes with {{#if}} instead.',
    );
  }
  return to;
}

/** What stands between two tags: words, values and blocks. */
function readContent(reading: Reading, from: number, to: number): void {
  if (reading.blotted.slice(from, to).trim() === '') return;
  const tags = tagsBetween(reading, from, to);
  if (dropsContent(reading)) reportDropped(reading, from, to, tags);
  const inside = reading.open.findLast((element) => element.name !== 'mj-raw');
  for (const tag of tags) placeBlock(reading, tag, inside);
}

function dropsContent(reading: Reading): boolean {
  const inner = reading.open.at(-1)?.name;
  return inner === undefined || DROPS_CONTENT.has(inner);
}

function reportDropped(reading: Reading, from: number, to: number, tags: readonly Mustache[]): void {
  for (const tag of tags) {
    const raw = reading.source.text.slice(tag.start, tag.end);
    report(reading, tag.start, `MJML drops ${raw} between tags. Write ${wrapped(tag, raw)}.`);
  }
  const word = reading.blotted.slice(from, to).search(WORD);
  if (word >= 0) report(reading, from + word, 'MJML drops words between tags. Put them inside <mj-text>.');
}

const WORD = new RegExp(`[^\\s${BLOT}]`);

function wrapped(tag: Mustache, raw: string): string {
  return tag.kind === 'value' ? `<mj-text>${raw}</mj-text>` : `<mj-raw>${raw}</mj-raw>`;
}

/** A block must end inside the tag in which it began, or half a tag would be left out. */
function placeBlock(reading: Reading, tag: Mustache, inside: unknown): void {
  if (tag.kind === 'open') reading.blocks.push({ tag, inside });
  if (tag.kind !== 'else' && tag.kind !== 'close') return;
  const block = tag.kind === 'close' ? reading.blocks.pop() : reading.blocks.at(-1);
  if (block && block.inside !== inside) report(reading, tag.start, leavesPlace(tag));
}

function leavesPlace(tag: Mustache): string {
  const name = tag.kind === 'else' ? '{{else}}' : `{{#${tag.name}}} … {{/${tag.name}}}`;
  return `${name} must begin and end inside the same tag.`;
}

function tagsBetween(reading: Reading, from: number, to: number): Mustache[] {
  return reading.tags.filter((tag) => tag.start >= from && tag.start < to);
}

function neverClosed(reading: Reading, element: Element): void {
  report(reading, element.start, `<${element.name}> is never closed. Add </${element.name}>.`);
}

function unfinished(reading: Reading, name: string, at: number): number {
  report(reading, at, `The tag <${name}> is not finished: its ">" is missing, or a quote is not closed.`);
  const next = reading.blotted.indexOf('<', at + 1);
  return next < 0 ? reading.blotted.length : next;
}

function named(words: string): Set<string> {
  return new Set(words.split(' ').map((word) => `mj-${word}`));
}

function report(reading: Reading, offset: number, message: string): void {
  reading.problems.push(problemAt(reading.source, offset, message));
}
