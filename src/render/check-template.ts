/**
 * Reads a template without running it and says everything that is wrong or not allowed in it. Order matters: size and
 * number of tags are looked at before parsing, nesting before walking, because a hostile template is expensive to parse.
 */
import Handlebars from 'handlebars';
import { checkParsed, MAX_DEPTH } from './check-parsed.ts';
import { countMustaches, scanMustaches, type Mustache } from './mustaches.ts';
import { inOrder, problemAt, problemOn, type Problem, type Source } from './problem.ts';

const MAX_TEMPLATE_BYTES = 64 * 1024;
/** For the HTML that MJML makes of a layout and a fragment, which is many times longer than what people wrote. */
export const MAX_COMPILED_BYTES = 512 * 1024;
const MAX_TAGS = 2000;

/**
 * @param firstLine line of the file on which the template begins, for a template inside a YAML file.
 * @returns an empty list when the template may be compiled.
 */
export function checkTemplate(
  text: string,
  file: string,
  firstLine = 1,
  maxBytes = MAX_TEMPLATE_BYTES,
): Problem[] {
  const source: Source = { file, text, first_line: firstLine };
  const tooBig = checkSize(source, maxBytes);
  if (tooBig) return [tooBig];
  const tags = scanMustaches(text);
  const broken = [...checkTags(source, tags), ...checkBlocks(source, tags)];
  return inOrder(broken.length > 0 ? broken : checkSyntax(source, tags));
}

function checkSize(source: Source, maxBytes: number): Problem | undefined {
  const bytes = Buffer.byteLength(source.text);
  if (bytes > maxBytes) {
    return problemAt(
      source,
      0,
      `The template has ${bytes} bytes, at most ${maxBytes} are allowed. Shorten it.`,
    );
  }
  const tags = countMustaches(source.text);
  return tags > MAX_TAGS
    ? problemAt(
        source,
        0,
        `The template has ${tags} {{ }} tags, at most ${MAX_TAGS} are allowed. Shorten it.`,
      )
    : undefined;
}

function checkTags(source: Source, tags: readonly Mustache[]): Problem[] {
  return tags.flatMap((tag) => {
    const message = tagMessage(source.text, tag);
    return message ? [problemAt(source, tag.start, message)] : [];
  });
}

function tagMessage(text: string, tag: Mustache): string | undefined {
  if (tag.kind === 'unfinished') return 'This {{ has no closing }} (or a quote inside it is not closed).';
  if (tag.kind !== 'forbidden') return undefined;
  const raw = text.slice(tag.start, tag.end);
  if (text[tag.start - 1] === '\\') return 'A backslash before {{ is not allowed. Leave the backslash out.';
  if (/^\{\{~?#?>/.test(raw)) return 'Partials {{> }} are not allowed. Write the words here.';
  if (/^\{\{~?#?\*/.test(raw)) return 'Decorators {{* }} are not allowed. Leave this out.';
  if (raw.startsWith('{{{{')) return 'Raw blocks {{{{ }}}} are not allowed. Leave this out.';
  return 'Values without escaping ({{{ }}} and {{& }}) are not allowed, they would let HTML in. Write {{ }}.';
}

/** Blocks must close in the order in which they opened, and not nest too deep. */
function checkBlocks(source: Source, tags: readonly Mustache[]): Problem[] {
  const open: Mustache[] = [];
  for (const tag of tags) {
    const message = blockMessage(tag, open);
    if (message) return [problemAt(source, tag.start, message)];
    if (tag.kind === 'open') open.push(tag);
    if (tag.kind === 'close') open.pop();
  }
  return open.map((tag) =>
    problemAt(source, tag.start, `{{#${tag.name}}} is never closed. Add {{/${tag.name}}}.`),
  );
}

function blockMessage(tag: Mustache, open: readonly Mustache[]): string | undefined {
  const inner = open.at(-1);
  if (tag.kind === 'open' && open.length >= MAX_DEPTH) {
    return `Blocks are nested more than ${MAX_DEPTH} deep. Make the template flatter.`;
  }
  if (tag.kind === 'else' && !inner) return '{{else}} stands outside any block. Leave it out.';
  if (tag.kind !== 'close' || inner?.name === tag.name) return undefined;
  return inner
    ? `{{/${tag.name}}} stands where {{/${inner.name}}} is expected.`
    : `{{/${tag.name}}} closes a block that was never opened.`;
}

function checkSyntax(source: Source, tags: readonly Mustache[]): Problem[] {
  try {
    return checkParsed(source, Handlebars.parseWithoutProcessing(source.text));
  } catch (error) {
    return [syntaxProblem(source, tags, error)];
  }
}

/** The parser names a line at best; the first tag that does not parse by itself is the exact place. */
function syntaxProblem(source: Source, tags: readonly Mustache[], error: unknown): Problem {
  const culprit = tags.find((tag) => !parses(alone(source.text, tag)));
  if (culprit) {
    return problemAt(
      source,
      culprit.start,
      `${source.text.slice(culprit.start, culprit.end)} cannot be read.`,
    );
  }
  const { lineNumber, column } = error as { lineNumber?: number; column?: number };
  return problemOn(
    source,
    lineNumber ?? 1,
    column ?? 0,
    `The template cannot be read: ${firstLineOf(error)}`,
  );
}

function alone(text: string, tag: Mustache): string {
  if (tag.kind === 'else' || tag.kind === 'close') return '';
  const raw = text.slice(tag.start, tag.end);
  return tag.kind === 'open' ? `${raw}{{/${tag.name}}}` : raw;
}

function parses(text: string): boolean {
  try {
    Handlebars.parseWithoutProcessing(text);
    return true;
  } catch {
    return false;
  }
}

function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
