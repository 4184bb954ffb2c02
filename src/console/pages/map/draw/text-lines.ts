/** Text in a drawing: SVG breaks no lines, so they are broken here by about how wide letters are. */

export interface Line {
  readonly text: string;
  /** At the right edge of the same line. */
  readonly figure?: string;
  readonly look?: 'big' | 'bold' | 'quiet';
}

export const LINE_HEIGHT = 18;
const BIG_LINE_HEIGHT = 28;
const LETTER = 7.1;

export function heightOf(lines: readonly Line[]): number {
  return lines.reduce((height, line) => height + lineHeight(line), 0);
}

/** Lines from a place down, within a width. */
export function writeLines(lines: readonly Line[], x: number, y: number, width: number): string {
  let below = y;
  return lines
    .map((line) => {
      below += lineHeight(line);
      return writeLine(line, x, below, width);
    })
    .join('');
}

export function wrapped(text: string, width: number, look?: Line['look']): Line[] {
  const most = Math.max(8, Math.floor(width / LETTER));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => (look ? { text: line, look } : { text: line }));
}

function cut(text: string, width: number): string {
  const most = Math.floor(width / LETTER);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function writeLine({ text, figure, look }: Line, x: number, y: number, width: number): string {
  const figureWidth = figure === undefined ? 0 : (figure.length + 2) * LETTER;
  const said = escaped(cut(text, width - figureWidth + LETTER));
  const right =
    figure === undefined
      ? ''
      : `<text x="${x + width}" y="${y}" text-anchor="end" class="bold">${escaped(figure)}</text>`;
  return `<text x="${x}" y="${y}"${look ? ` class="${look}"` : ''}>${said}</text>${right}`;
}

function lineHeight({ look }: Line): number {
  return look === 'big' ? BIG_LINE_HEIGHT : LINE_HEIGHT;
}
