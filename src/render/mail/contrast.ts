/** Words that cannot be told from what is behind them: WCAG 2.2, 1.4.3, by the colours that are written inline. */
import { colourOf, contrastOf } from './colours.ts';
import { elementsOf, isHidden, type HtmlElement } from './html-tree.ts';
import type { MailFinding, MailLint } from './mail.ts';

const LEAST = 4.5;
/** For letters of 24 px and more, or 18.66 px in bold. */
const LEAST_LARGE = 3;

export const contrast: MailLint = ({ tree }) => [...elementsOf(tree)].flatMap(faintWords);

function faintWords(element: HtmlElement): MailFinding[] {
  const words = element.children
    .filter((child) => typeof child === 'string')
    .join(' ')
    .trim();
  if (words === '' || SILENT.test(element.name) || isUnseen(element)) return [];
  const front = nearest(element, frontOf);
  const back = nearest(element, backOf);
  const [letters, ground] = [front && colourOf(front), back && colourOf(back)];
  if (!front || !back || !letters || !ground) return [];
  const ratio = contrastOf(letters, ground);
  const least = isLarge(element) ? LEAST_LARGE : LEAST;
  if (ratio >= least) return [];
  const message = `"${beginningOf(words)}" is hard to read: ${front} on ${back} has a contrast of ${ratio.toFixed(1)}, and at least ${least} is needed; take a darker or a lighter colour`;
  const code = [`color="${front}"`, `color:${front}`, `color: ${front}`];
  return [{ clue: { file: 'body', quote: beginningOf(words), code }, severity: 'warning', message }];
}

const SILENT = /^(style|script|title|#document)$/;

function isUnseen(element: HtmlElement): boolean {
  return nearest(element, (one) => (isHidden(one) ? 'hidden' : undefined)) !== undefined;
}

/** What the element says, or else the nearest one around it that does. */
function nearest(element: HtmlElement, read: (one: HtmlElement) => string | undefined): string | undefined {
  for (let one: HtmlElement | null = element; one; one = one.parent) {
    const found = read(one);
    if (found !== undefined && found !== '' && !/^(inherit|currentcolor)\b/i.test(found)) return found;
  }
  return undefined;
}

function frontOf({ name, style, attributes }: HtmlElement): string | undefined {
  return style.get('color') ?? (name === 'font' ? attributes.get('color') : undefined);
}

/** A picture behind the words, or a colour that lets through what is below, is a ground that is not known. */
function backOf({ style, attributes }: HtmlElement): string | undefined {
  const written = style.get('background-color') ?? style.get('background') ?? attributes.get('bgcolor');
  if (style.has('background-image') || attributes.has('background')) return 'a picture';
  if (written === undefined || /^(transparent|none)\b/i.test(written)) return undefined;
  return /url\(|gradient\(/i.test(written)
    ? 'a picture'
    : (/^(rgba?\([^)]*\)|\S+)/.exec(written)?.[0] ?? written);
}

function isLarge(element: HtmlElement): boolean {
  const size = parseFloat(nearest(element, ({ style }) => pixels(style.get('font-size'))) ?? '16');
  const weight = nearest(element, weightOf) ?? '400';
  return size >= 24 || (size >= 18.66 && (weight.startsWith('bold') || Number(weight) >= 700));
}

function pixels(size: string | undefined): string | undefined {
  return size !== undefined && /^[\d.]+px/.test(size) ? size : undefined;
}

function weightOf({ name, style }: HtmlElement): string | undefined {
  return style.get('font-weight') ?? (/^(b|strong|h[1-6]|th)$/.test(name) ? 'bold' : undefined);
}

function beginningOf(words: string): string {
  const line = words.replace(/\s+/g, ' ');
  return line.length > 40 ? line.slice(0, 40).replace(/\s\S*$/, '') : line;
}
