/**
 * Reads a file that a marketer wrote: YAML first, then the file's schema. Whatever is wrong becomes a sentence with its
 * line and column; nothing that stands in a file makes it throw, and no file is slow to refuse. Tags, merge keys and
 * further documents are refused; dates and times of day stay text, and `yes`, `no`, `on` and `off` are words.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLError, YAMLMap } from 'yaml';
import type { z } from 'zod';
import { check, inQuotes, onOneLine, type Finding, type Path } from '../core/schema.ts';
import { didYouMean, orMeant } from './did-you-mean.ts';
import { sortProblems, type Problem } from './problem.ts';

/** A file's limits. The largest file that a person keeps in order by hand is a tenth of this. */
const MOST_BYTES = 256 * 1024;
const MOST_VALUES = 100_000;
/** Of what makes a file slow to read. A file of ordinary lines at its largest holds 35,000. */
const MOST_SIGNS = 40_000;
const MOST_LEVELS = 64;
const MOST_ALIASES = 50;
const MOST_PROBLEMS = 100;
/** Of a message; what people wrote can stand in it at any length. */
const MOST_LETTERS = 400;
/** After so many, syntax errors are the echo of the first. */
const MOST_SYNTAX_PROBLEMS = 10;

/** From 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlFile<T> {
  /** Only when there is no problem. */
  readonly value?: T;
  /** From the top of the file to its end. */
  readonly problems: Problem[];
  /**
   * Where the value at a path stands, or the key that leads to it; for a path that is not in the file, the nearest
   * thing above. `0` into a single value is that value, as one value can stand for a list of it.
   */
  positionOf(path: Path, what?: 'key' | 'value'): Position;
}

/** Reads and checks a file. `file` is the name under which problems are told. */
export function readYaml<T>(file: string, text: string, schema: z.ZodType<T>): YamlFile<T> {
  const refused = refusal(text);
  if (refused) return unread(file, refused);
  const source = parse(text.replace(/^\uFEFF/, ''));
  const positionOf = (path: Path, what: 'key' | 'value' = 'value') => source.at(offsetOf(source, path, what));
  const broken = syntaxSlips(source);
  if (broken.length > 0) return { problems: problemsOf(file, source, broken), positionOf };
  const read = toPlain(source);
  if (read.stopped) return { problems: problemsOf(file, source, read.slips), positionOf };
  const checked = check(schema, read.value);
  if (checked.ok && read.slips.length === 0) return { value: checked.value, problems: [], positionOf };
  const told = new Set(read.slips.map(({ offset }) => offset));
  const found = checked.ok ? [] : checked.findings.map((finding) => slipOf(source, finding));
  // What is wrong for any schema is wrong for this one as well, and one sentence about it is enough.
  const others = found.filter(({ offset }) => !told.has(offset));
  return { problems: problemsOf(file, source, [...read.slips, ...others]), positionOf };
}

/** Something wrong at an offset in the text. */
interface Slip {
  readonly offset: number;
  readonly message: string;
  readonly unknown?: Finding['unknown'];
}

interface Source {
  readonly text: string;
  readonly document: Document.Parsed;
  /** The node that each alias stands for; known once the document has been walked. */
  readonly targets: Map<Alias, Node>;
  /** The first pair of each key of the maps that were looked at. */
  readonly pairs: Map<YAMLMap, Map<string, KeyPair>>;
  at(offset: number): Position;
}

/** Keys are text, as the library is told to refuse all others. */
type KeyPair = Pair<Scalar<string>, Node | null>;

function refusal(text: string): string | undefined {
  const isSmall = text.length <= MOST_BYTES && Buffer.byteLength(text) <= MOST_BYTES;
  if (!isSmall) return `this file is larger than ${MOST_BYTES / 1024} KiB; split it`;
  if (hasMoreSigns(text, MOST_SIGNS)) {
    return `this file holds more than ${MOST_SIGNS} lines, colons, commas and brackets; split it`;
  }
  return undefined;
}

function hasMoreSigns(text: string, most: number): boolean {
  const signs = /[\n:,[\]{}"'?]|- /g;
  for (let count = 0; signs.test(text); count++) if (count === most) return true;
  return false;
}

function unread(file: string, message: string): YamlFile<never> {
  const start = { line: 1, column: 1 };
  return { problems: [problemAt(file, start, message)], positionOf: () => start };
}

function slipOf(source: Source, { path, at, message, unknown }: Finding): Slip {
  return { offset: offsetOf(source, path, at), message, unknown };
}

/** From the top, each once; of very many, the first hundred. */
function problemsOf(file: string, source: Source, slips: readonly Slip[]): Problem[] {
  const unique = new Map(slips.map((slip) => [`${slip.offset} ${slip.message}`, slip]));
  const first = [...unique.values()].sort((a, b) => a.offset - b.offset).slice(0, MOST_PROBLEMS);
  return sortProblems(first.map((slip) => problemAt(file, source.at(slip.offset), inFull(slip))));
}

function problemAt(file: string, { line, column }: Position, message: string): Problem {
  return { file, line, column, message: onOneLine(message, MOST_LETTERS), severity: 'error' };
}

function inFull({ message, unknown }: Slip): string {
  if (!unknown) return message;
  const { word, known, listed } = unknown;
  if (!listed) return message + orMeant(word, known);
  const meant = didYouMean(word, known);
  return meant === undefined ? message : `${message}; did you mean "${meant}"?`;
}

function parse(text: string): Source {
  const lines = linesOf(text);
  const document = withoutTraces(() =>
    parseDocument(text, {
      schema: 'core',
      strict: true,
      stringKeys: true,
      merge: false,
      resolveKnownTags: false,
      prettyErrors: false,
      // The library compares every key with every other one; plainMap() finds doubles in one go.
      uniqueKeys: false,
    }),
  );
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line, column: col };
  };
  return { text, document, targets: new Map(), pairs: new Map(), at };
}

/** The library's own count leaves out lines within what it cannot read, and all that follows is then told too high up. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return lines;
}

/** A broken file can hold 100,000 errors, and their stack traces, which nobody reads, take most of the time. */
function withoutTraces<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const TOO_DEEP = `this stands more than ${MOST_LEVELS} levels deep; write it flatter`;

/** At most one a line, as what follows on the line is an echo of the first. */
function syntaxSlips(source: Source): Slip[] {
  const errors = [...source.document.errors, ...source.document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const tooDeep = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  if (tooDeep) return [levelSlip(source, tooDeep)];
  const byLine = new Map<number, Slip>();
  let told = 0;
  for (const error of errors) {
    const { line } = source.at(error.pos[0]);
    if (line === told) continue;
    told = line;
    const slip = syntaxSlip(source, error);
    byLine.set(source.at(slip.offset).line, slip);
    if (byLine.size === MOST_SYNTAX_PROBLEMS) break;
  }
  return [...byLine.values()];
}

/** Where the library itself gave up depends on how much of the stack was left; where our limit is does not. */
function levelSlip(source: Source, error: YAMLError): Slip {
  const ours = toPlain(source).slips.find(({ message }) => message === TOO_DEEP);
  return ours ?? { offset: error.pos[0], message: TOO_DEEP };
}

/** A text that begins with `{{` reads as a map in a map, and is the commonest slip in files full of templates. */
const BARE_TEMPLATE = /\{\{(?<=(?:[:,[{]|^\s*-)\s+\{\{)/;

function syntaxSlip(source: Source, error: YAMLError): Slip {
  const offset = error.pos[0];
  const start = offset === 0 ? 0 : source.text.lastIndexOf('\n', offset - 1) + 1;
  const end = source.text.indexOf('\n', offset);
  const line = source.text.slice(start, end < 0 ? undefined : end).trimEnd();
  const template = line.search(BARE_TEMPLATE);
  if (template >= 0 && template <= offset - start && TEMPLATE_CODES.has(error.code)) {
    return {
      offset: start + template,
      message: 'a text cannot begin with "{{" unquoted; put the text in quotes',
    };
  }
  if (UNCLOSED.test(error.message)) return unclosed(source, offset);
  const message = syntaxSentence(error, line, line.slice(offset - start));
  const indent = line.search(/\S/);
  return {
    offset: offset === start && indent > 0 && error.code !== 'TAB_AS_INDENT' ? start + indent : offset,
    message,
  };
}

const TEMPLATE_CODES: ReadonlySet<string> = new Set(['NON_STRING_KEY', 'UNEXPECTED_TOKEN', 'MISSING_CHAR']);
const UNCLOSED = /^Missing closing|end with a [\]}]$/;
const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

/** The library tells where such a part ends, which is often far from where it begins. */
function unclosed(source: Source, end: number): Slip {
  let offset = end;
  visit(source.document, {
    Value(_, node) {
      const isEnclosed = isScalar(node) ? node.type?.startsWith('QUOTE') : node.flow;
      if (isEnclosed && node.range?.[1] === end) offset = node.range[0];
    },
  });
  const sign = source.text.charAt(offset);
  const closing = CLOSING[sign];
  if (closing) return { offset, message: `this "${sign}" is never closed; end it with "${closing}"` };
  return {
    offset,
    message:
      'the quote that opens here is never closed; a quote inside the text is written twice or as the other kind',
  };
}

/** `line` is the line of the error, `rest` what stands on it from the error on. */
function syntaxSentence(error: YAMLError, line: string, rest: string): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'this line is indented with a tab; use spaces';
    case 'MULTIPLE_DOCS':
      return 'a file holds one document; delete the "---", or move what follows into a file of its own';
    case 'TAG_RESOLVE_FAILED':
      return `tags such as ${inQuotes(rest.split(' ', 1)[0] ?? '')} are not allowed; if this is text, put the text in quotes`;
    case 'BAD_SCALAR_START':
      return `a text cannot begin with "${rest.charAt(0)}" unquoted; put the text in quotes`;
    case 'BAD_DIRECTIVE':
      return 'a line cannot begin with "%"; delete it, or put the text in quotes';
    case 'BAD_DQ_ESCAPE':
      return `${inQuotes(rest.slice(0, 2))} means nothing between double quotes; use single quotes`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return nested(line, rest);
    case 'MULTILINE_IMPLICIT_KEY':
      return noColon(line);
    case 'MISSING_CHAR':
      return missingSign(error.message, line);
    case 'BLOCK_IN_FLOW':
      return 'a comma or a quote is missing between these brackets or braces';
    case 'BAD_INDENT':
      return error.message.startsWith('All') ? NOT_IN_LINE : inOtherWords(error.message);
    case 'UNEXPECTED_TOKEN':
      return unexpected(error.message, rest);
    case 'NON_STRING_KEY':
      return 'a key must be plain text; if this is a value, put the text in quotes';
    default:
      return inOtherWords(error.message);
  }
}

function nested(line: string, rest: string): string {
  if (/^\s*- /.test(line) && /^\s*- /.test(rest)) return DASH_OUT_OF_LINE;
  if (!/:(?:\s|$)/.test(rest)) return 'the line below stands too far to the right; begin it under this key';
  const mended = rest.length <= 60 && !/["\\#]/.test(rest) ? `: "${rest.replace(/[“”]/g, '')}"` : '';
  return `a text that holds ": " would be read as one more key; put the text in quotes${mended}`;
}

const DASH_OUT_OF_LINE = 'this "-" is not in line with the "-" above; put it under that one';

function noColon(line: string): string {
  const pressed = /^\s*(?:- )?([\w.]+):\S/.exec(line);
  if (pressed) return `write a space after "${pressed[1]}:"`;
  return 'this line has no ": " after its key; write "key: value"';
}

function missingSign(message: string, line: string): string {
  if (message.startsWith('Implicit map keys')) return noColon(line);
  if (message.startsWith('Sequence item')) return NOT_IN_LINE;
  if (message.startsWith('Missing ,')) return 'a comma is missing before this';
  if (message.startsWith('Missing space after :')) return 'write a space after ":"';
  if (message.startsWith('Comments')) return 'write a space before "#"';
  return inOtherWords(message);
}

const NOT_IN_LINE = 'this line is not in line with those above; indent it as they are';

function unexpected(message: string, rest: string): string {
  if (message.includes('on same line with key')) return 'a list begins on the line below its key';
  if (rest.startsWith(',')) return 'a value is missing before this comma';
  const sign = rest.charAt(0);
  if (sign === ']' || sign === '}')
    return `this "${sign}" closes nothing; delete it, or put the text in quotes`;
  return `${inQuotes(rest)} cannot stand here; put the whole text in quotes`;
}

function inOtherWords(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}; if this is text, put the text in quotes`;
}

interface Walk {
  readonly source: Source;
  readonly slips: Slip[];
  readonly anchors: Map<string, Node>;
  readonly used: Set<Node>;
  values: number;
  aliases: number;
  /** Set when a limit is passed, as what remains says nothing more. */
  stopped: boolean;
}

/** Plain data of null-prototype objects, and what is wrong in it for any schema. */
function toPlain(source: Source): { value: unknown; slips: Slip[]; stopped: boolean } {
  const contents = source.document.contents as Node | null;
  const slips: Slip[] = contents ? [] : [{ offset: 0, message: 'this file is empty' }];
  if (!contents) return { value: null, slips, stopped: true };
  const marks = { anchors: new Map(), used: new Set<Node>() };
  const walk: Walk = { source, slips, ...marks, values: 0, aliases: 0, stopped: false };
  const value = plainValue(walk, contents, 1);
  if (!walk.stopped) slips.push(...unusedAnchors(walk));
  return { value, slips, stopped: walk.stopped };
}

const TOO_MANY_VALUES = `this file holds more than ${MOST_VALUES} values; split it`;
const TOO_MANY_ALIASES = `this file repeats parts by "*" more than ${MOST_ALIASES} times; write them out`;

function plainValue(walk: Walk, node: Node | null, level: number): unknown {
  if (walk.stopped || node === null) return null;
  walk.values += 1;
  if (walk.values > MOST_VALUES) return stop(walk, node, TOO_MANY_VALUES);
  if (level > MOST_LEVELS) return stop(walk, node, TOO_DEEP);
  if (isAlias(node)) return aliased(walk, node, level);
  if (node.anchor) walk.anchors.set(node.anchor, node);
  if (isScalar(node)) return plainScalar(walk, node);
  if (isSeq(node)) return node.items.map((item) => plainValue(walk, item as Node | null, level + 1));
  return plainMap(walk, node, level);
}

function stop(walk: Walk, node: Node, message: string): null {
  walk.stopped = true;
  walk.slips.push({ offset: startOf(node), message });
  return null;
}

function aliased(walk: Walk, alias: Alias, level: number): unknown {
  const target = walk.source.targets.get(alias) ?? walk.anchors.get(alias.source);
  if (!target) {
    const message = `"*${alias.source}" refers to nothing; if this is text, put the text in quotes`;
    walk.slips.push({ offset: startOf(alias), message });
    return null;
  }
  walk.aliases += 1;
  if (walk.aliases > MOST_ALIASES) return stop(walk, alias, TOO_MANY_ALIASES);
  walk.source.targets.set(alias, target);
  walk.used.add(target);
  return plainValue(walk, target, level + 1);
}

function plainScalar(walk: Walk, node: Scalar): unknown {
  const { value } = node;
  const message = typeof value === 'string' ? badText(value) : badNumber(node);
  if (message) walk.slips.push({ offset: startOf(node), message });
  return value;
}

/** Control characters and halves of letters cannot be stored; U+FFFD stands where a letter could not be read. */
function badText(text: string): string | undefined {
  if (text.includes('\uFFFD')) return 'a letter here could not be read; save the file as UTF-8';
  const [bad] = /[^\P{Cc}\t\n\r]|\p{Cs}/u.exec(text) ?? [];
  if (bad === undefined) return undefined;
  const code = bad.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `this text holds an invisible character (U+${code}); delete it`;
}

/** Longer numbers than these would be changed without a word. */
function badNumber({ value, source }: Scalar): string | undefined {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return undefined;
  if (Number.isFinite(value) && !Number.isInteger(value)) return undefined;
  if (Number.isNaN(value)) return `${inQuotes(source ?? '')} is not a number; put it in quotes`;
  return `${inQuotes(source ?? '')} is too large for a number; put it in quotes`;
}

function plainMap(walk: Walk, node: YAMLMap, level: number): unknown {
  const map = Object.create(null) as Record<string, unknown>;
  const firsts = pairsOf(walk.source, node);
  for (const pair of node.items as KeyPair[]) {
    const first = firsts.get(pair.key.value) ?? pair;
    const message = first === pair ? badKey(pair) : twice(walk.source, first);
    if (message) walk.slips.push({ offset: startOf(pair.key), message });
    const value = plainValue(walk, pair.value, level + 1);
    if (!message) map[pair.key.value] = value;
  }
  return map;
}

function pairsOf(source: Source, map: YAMLMap): Map<string, KeyPair> {
  const known = source.pairs.get(map);
  if (known) return known;
  const pairs = new Map((map.items as KeyPair[]).toReversed().map((pair) => [pair.key.value, pair]));
  source.pairs.set(map, pairs);
  return pairs;
}

function twice(source: Source, { key }: KeyPair): string {
  const { line } = source.at(startOf(key));
  return `${inQuotes(key.value)} stands twice in this map, first in line ${line}; delete one, or begin a new entry with "-"`;
}

function badKey({ key: { value: key }, value }: KeyPair): string | undefined {
  if (key === '__proto__') return '"__proto__" cannot be a name here';
  if (key === '<<') return '"<<" does not merge maps here; write the keys out';
  const pressed = isEmpty(value) ? /^(\w+):[^\s/]/.exec(key) : null;
  return pressed ? `write a space after "${pressed[1]}:"` : badText(key);
}

/** `title: &Sons` would lose its text without a word. */
function unusedAnchors({ anchors, used, source }: Walk): Slip[] {
  return [...anchors]
    .filter(([, node]) => !used.has(node))
    .map(([name, node]) => ({
      offset: Math.max(0, source.text.lastIndexOf(`&${name}`, startOf(node))),
      message: `"&${name}" marks a part that is used nowhere; if this is text, put the text in quotes`,
    }));
}

function offsetOf(source: Source, path: Path, what: 'key' | 'value'): number {
  let node: unknown = source.document.contents;
  let offset = startOf(node);
  for (const [index, part] of path.entries()) {
    const here = isAlias(node) ? source.targets.get(node) : node;
    if (part === 0 && !isSeq(here)) continue;
    if (isSeq(here) && typeof part === 'number' && part in here.items) {
      node = here.items[part];
      offset = startOf(node);
      continue;
    }
    const pair = isMap(here) ? pairsOf(source, here).get(String(part)) : undefined;
    if (!pair) return offset;
    node = pair.value;
    const isKey = (what === 'key' && index === path.length - 1) || isEmpty(node);
    offset = startOf(isKey ? pair.key : node);
  }
  return offset;
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && !node.source);
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
