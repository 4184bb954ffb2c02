/** Filters as the YAML that they are: a list of conditions, one a line. Text in, text out, so that a link says it all. */

/** The conditions, one for each line; null where somebody wrote it otherwise by hand. */
export function linesOf(where: string): readonly string[] | null {
  const lines = where.split('\n').filter((line) => line.trim() !== '');
  return lines.every((line) => /^- \{ .* \}$/.test(line)) ? lines.map((line) => line.slice(2)) : null;
}

export function withLine(where: string, condition: string): string {
  const known = linesOf(where);
  // What was written by hand stays as it is, and holds beside the new one.
  const before = known ? known.map(item) : [`- all:\n${where.trimEnd().replace(/^/gm, '    ')}`];
  return [...before, item(condition)].join('\n');
}

export function withoutLine(where: string, condition: string): string {
  return (linesOf(where) ?? [])
    .filter((line) => line !== condition)
    .map(item)
    .join('\n');
}

function item(condition: string): string {
  return `- ${condition}`;
}

export type Parts = readonly (readonly [key: string, value: string | number | boolean])[];

/** `{ event: product_viewed, within: 7 days }` */
export function conditionOf(parts: Parts): string {
  return `{ ${parts.map(([key, value]) => `${key}: ${scalar(value)}`).join(', ')} }`;
}

/** A number or yes and no where the text is one; else text, in quotes where YAML would read something else. */
export function valueOf(text: string): string | number | boolean {
  const word = text.trim();
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word);
  return word === 'true' || word === 'false' ? word === 'true' : word;
}

const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+ -]*$/u;
/** What YAML reads as something else than text. */
const NO_TEXT = /^(true|false|null|yes|no|on|off|0[xo].*|[\d.e+-]+)$/i;

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !NO_TEXT.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
}
