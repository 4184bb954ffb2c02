/** Finds again, in the files that people wrote, what was found in the words that came out. */
import type { LiveProject } from '../engine/live-project.ts';
import type { TemplateFile } from '../project/messages.ts';
import { MARK, numberOf, type Origin } from './marks.ts';
import { problemAt, type Problem } from './problem.ts';

export type Place = Pick<Problem, 'file' | 'line' | 'column'>;

/** What there is to look in for one message in one language. */
export interface Ground {
  readonly live: LiveProject;
  readonly body: TemplateFile;
  readonly layout: TemplateFile;
  readonly origins: readonly Origin[];
}

/**
 * Where words that are read come from; with no quote, where the part begins.
 * @param marked the part of the message with its marks. @param at about where the quote stands without them.
 */
export function placeOfWords(ground: Ground, marked: string, quote: string, at: number): Place | undefined {
  const { plain, marks } = readMarks(marked);
  const found = nearestTo(plain, quote, at);
  if (found === undefined && quote !== '') return undefined;
  const mark = marks.findLast((one) => one.at <= (found ?? 0)) ?? marks[0];
  const origin = mark && ground.origins[mark.number];
  if (!mark || !origin) return undefined;
  const text = ground.live.files[origin.file];
  if (text === undefined) return undefined;
  return placeAt(origin.file, text, wordsNear(text, quote, origin.offset, (found ?? mark.at) - mark.at));
}

/** Where a piece of code stands, in the message or else in its layout; the first that is there. */
export function placeOfCode({ live, body, layout }: Ground, code: readonly string[]): Place | undefined {
  for (const { file, text } of [body, layout].filter((one) => Object.hasOwn(live.files, one.file))) {
    const offset = code.map((piece) => (piece === '' ? -1 : text.indexOf(piece))).find((index) => index >= 0);
    if (offset !== undefined) return placeAt(file, text, offset);
  }
  return undefined;
}

export function placeAt(file: string, text: string, offset: number): Place {
  const { line, column } = problemAt({ file, text, first_line: 1 }, offset, '');
  return { file, line, column };
}

interface Marks {
  readonly plain: string;
  readonly marks: readonly { readonly at: number; readonly number: number }[];
}

function readMarks(marked: string): Marks {
  const marks: { at: number; number: number }[] = [];
  let plain = '';
  let from = 0;
  for (const match of marked.matchAll(MARK)) {
    plain += marked.slice(from, match.index);
    marks.push({ at: plain.length, number: numberOf(match[1] ?? '') });
    from = match.index + match[0].length;
  }
  return { plain: plain + marked.slice(from), marks };
}

function nearestTo(text: string, quote: string, at: number): number | undefined {
  if (quote === '') return undefined;
  const places: number[] = [];
  for (let index = text.indexOf(quote); index >= 0; index = text.indexOf(quote, index + 1))
    places.push(index);
  return places.sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
}

/** Tags and line ends may stand between the words of the file: then its first word is looked for. */
function wordsNear(text: string, quote: string, from: number, ahead: number): number {
  const rest = text.slice(from);
  const [first = ''] = quote.split(/\s/);
  const near = nearestTo(rest, quote, ahead) ?? nearestTo(rest.slice(0, ahead + NEARBY), first, ahead);
  return from + (near ?? 0);
}

const NEARBY = 500;
