/** Reads colours as they are written in mail, and compares them as WCAG 2.2 does. */

export type Colour = readonly [red: number, green: number, blue: number];

/** Undefined for what is see-through, inherited, or not known here. */
export function colourOf(written: string): Colour | undefined {
  const text = written
    .trim()
    .toLowerCase()
    .replace(/\s*!important$/, '');
  return fromHex(NAMES[text] ?? text) ?? fromNumbers(text);
}

function fromHex(text: string): Colour | undefined {
  const [, digits = ''] = /^#?([\da-f]{3}|[\da-f]{6})$/.exec(text) ?? [];
  if (digits === '') return undefined;
  const pairs = digits.length === 3 ? Array.from(digits, (digit) => digit + digit) : digits.match(/../g);
  const [red = 0, green = 0, blue = 0] = (pairs ?? []).map((pair) => parseInt(pair, 16));
  return [red, green, blue];
}

function fromNumbers(text: string): Colour | undefined {
  const [, red, green, blue, alpha = '1'] =
    /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)$/.exec(text) ?? [];
  if (red === undefined || !['1', '1.0', '100%'].includes(alpha)) return undefined;
  return [Number(red), Number(green), Number(blue)];
}

/** From 1 (none) to 21 (black on white): WCAG 2.2, "contrast ratio" and "relative luminance". */
export function contrastOf(one: Colour, other: Colour): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

/** The sixteen of HTML, and those that mail uses besides. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ black: '000000', silver: 'c0c0c0', gray: '808080', grey: '808080', white: 'ffffff', maroon: '800000' },
  ...{ red: 'ff0000', purple: '800080', fuchsia: 'ff00ff', green: '008000', lime: '00ff00', olive: '808000' },
  ...{ yellow: 'ffff00', navy: '000080', blue: '0000ff', teal: '008080', aqua: '00ffff', orange: 'ffa500' },
  ...{ lightgray: 'd3d3d3', lightgrey: 'd3d3d3', darkgray: 'a9a9a9', darkgrey: 'a9a9a9', pink: 'ffc0cb' },
  ...{ gold: 'ffd700', tomato: 'ff6347', whitesmoke: 'f5f5f5' },
};
