/**
 * From a marketer's e-mail (a fragment of MJML with Handlebars) and its layout to HTML with Handlebars, once, when the
 * project is activated. A message then costs Handlebars alone.
 */
import { checkTemplate, MAX_COMPILED_BYTES } from './check-template.ts';
import { blank, hideMustaches, type Hidden } from './hidden.ts';
import { checkMarkup } from './markup.ts';
import { inOrder, problemAt, type Problem, type Source } from './problem.ts';

export type { Problem } from './problem.ts';

export interface EmailSource {
  /** Name of the fragment's file, for problems. */
  readonly file: string;
  readonly layout_file: string;
  /** Whole MJML document with `{{content}}` alone on one line. */
  readonly layout: string;
  /** Sections only. */
  readonly fragment: string;
}

export interface CompiledEmail {
  /** Handlebars source; empty when there are problems. */
  readonly html: string;
  readonly problems: Problem[];
}

/** Deterministic: the same files make the same HTML, byte for byte. */
export async function compileEmail(email: EmailSource): Promise<CompiledEmail> {
  const layout = sourceOf(email.layout_file, email.layout);
  const fragment = sourceOf(email.file, email.fragment);
  const place = contentPlace(layout);
  if (typeof place !== 'number') return failed([place]);
  const written = [...checkSource(emptied(layout, place), false), ...checkSource(fragment, true)];
  return written.length > 0 ? failed(written) : compileChecked(layout, fragment, place);
}

function sourceOf(file: string, text: string): Source {
  return { file, text: withoutComments(text.replaceAll('\r\n', '\n')), first_line: 1 };
}

/** Comments are notes for the author and never sent; the conditional ones stay, because Outlook reads them. */
function withoutComments(text: string): string {
  return text.replace(/<!--(?!\[if|<!)[\s\S]*?-->/g, blank);
}

const CONTENT = '{{content}}';

/** @returns the index of the line that holds nothing but `{{content}}`. */
function contentPlace(layout: Source): number | Problem {
  const lines = layout.text.split('\n');
  const places = lines.flatMap((line, index) => (line.includes(CONTENT) ? [index] : []));
  const [place, second] = places;
  if (place === undefined) {
    return problemAt(layout, 0, `The layout needs a line with ${CONTENT}, where the e-mail goes.`);
  }
  if (second === undefined && lines[place]?.trim() === CONTENT) return place;
  const at = layout.text.lastIndexOf(CONTENT);
  return problemAt(layout, at, `${CONTENT} must stand alone on its line, and only once.`);
}

/** The layout without its token, all lines in place. */
function emptied(layout: Source, place: number): Source {
  return { ...layout, text: withLine(layout.text, place, '') };
}

function withLine(text: string, place: number, line: string): string {
  return text.split('\n').with(place, line).join('\n');
}

function checkSource(source: Source, isFragment: boolean): Problem[] {
  const template = checkTemplate(source.text, source.file);
  return template.length > 0 ? template : inOrder(checkMarkup(source, isFragment));
}

async function compileChecked(layout: Source, fragment: Source, place: number): Promise<CompiledEmail> {
  const joined: Joined = { text: withLine(layout.text, place, fragment.text), layout, fragment, place };
  const hidden = hideMustaches(joined.text);
  const { html, errors } = await runMjml(hidden.text);
  if (errors.length > 0) return failed(errors.map((error) => mjmlProblem(joined, hidden, error)));
  const dropped = droppedTags(joined, hidden, html);
  if (dropped.length > 0) return failed(dropped);
  const compiled = hidden.restore(compact(html));
  const problems = checkTemplate(compiled, fragment.file, 1, MAX_COMPILED_BYTES);
  return problems.length > 0 ? failed(problems.map(afterMjml)) : { html: compiled, problems: [] };
}

interface MjmlError {
  readonly line: number;
  readonly tagName: string;
  readonly message: string;
}

/** MJML is heavy to load and only needed here. Includes stay off (they read the disk), and so do web fonts nobody asked for. */
async function runMjml(mjml: string): Promise<{ html: string; errors: readonly MjmlError[] }> {
  const { default: convert } = await import('mjml');
  try {
    return await convert(mjml, {
      validationLevel: 'soft',
      keepComments: false,
      ignoreIncludes: true,
      fonts: {},
    });
  } catch (error) {
    return { html: '', errors: [{ line: 1, tagName: 'mjml', message: String(error) }] };
  }
}

/** Layout and fragment as one text, and what is needed to find a line's own file again. */
interface Joined {
  readonly text: string;
  readonly layout: Source;
  readonly fragment: Source;
  /** Index of the line on which the fragment begins. */
  readonly place: number;
}

function mjmlProblem(joined: Joined, hidden: Hidden, error: MjmlError): Problem {
  const text = joined.text.split('\n')[error.line - 1] ?? '';
  const column = Math.max(0, text.indexOf(`<${error.tagName}`));
  return located(joined, error.line - 1, column, `<${error.tagName}>: ${hidden.restore(error.message)}`);
}

function located(joined: Joined, index: number, column: number, message: string): Problem {
  const { layout, fragment, place } = joined;
  const added = fragment.text.split('\n').length;
  const isFragment = index >= place && index < place + added;
  const file = isFragment ? fragment.file : layout.file;
  const line = isFragment ? index - place : index < place ? index : index - added + 1;
  return { file, line: line + 1, column: column + 1, message };
}

/** The last net: whatever MJML swallowed, every tag that went in must come out. */
function droppedTags(joined: Joined, hidden: Hidden, html: string): Problem[] {
  const kept = hidden.kept(html);
  return hidden.tags.flatMap((tag, index) => (kept.has(index) ? [] : [droppedTag(joined, tag)]));
}

function droppedTag(joined: Joined, tag: { readonly start: number; readonly end: number }): Problem {
  const before = joined.text.slice(0, tag.start).split('\n');
  const raw = joined.text.slice(tag.start, tag.end);
  const message = `MJML dropped ${raw}. Put a block inside <mj-raw>, a value inside <mj-text>.`;
  return located(joined, before.length - 1, before.at(-1)?.length ?? 0, message);
}

/** MJML indents a lot, and gives carousels and menus random ids. */
function compact(html: string): string {
  const lean = /<(pre|textarea)\b/i.test(html) ? html : html.replace(/[ \t]*\n\s*/g, '\n');
  return steadyIds(lean).trim();
}

const RANDOM_ID =
  /mj-carousel-([0-9a-f]{16})-|class="mj-menu-checkbox"|<input type="checkbox" id="([0-9a-f]{16})"/g;

function steadyIds(html: string): string {
  const ids = new Set([...html.matchAll(RANDOM_ID)].flatMap((match) => match[1] ?? match[2] ?? []));
  return [...ids].reduce((text, id, i) => text.replaceAll(id, `id${String(i).padStart(14, '0')}`), html);
}

function afterMjml(problem: Problem): Problem {
  return { ...problem, line: 1, column: 1, message: `After MJML: ${problem.message}` };
}

function failed(problems: Problem[]): CompiledEmail {
  return { html: '', problems };
}
