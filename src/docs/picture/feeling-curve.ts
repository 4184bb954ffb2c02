/** How it should feel to be in each stage, as a curve over the columns of the map. */
import { escaped, raw, type Html } from '../html.ts';

const COLUMN = 200;
const HEIGHT = 160;

/** One entry for each stage: from -2 to 2, undefined where nothing is said. */
export function feelingCurve(feelings: readonly (number | undefined)[], title: string): Html {
  const points = feelings.flatMap((feeling, index) =>
    feeling === undefined ? [] : [{ x: (index + 0.5) * COLUMN, y: HEIGHT / 2 - feeling * 24, feeling }],
  );
  const width = feelings.length * COLUMN;
  return raw(
    `<svg class="curve" role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${HEIGHT}">` +
      `<path class="zero" d="M0 ${HEIGHT / 2}H${width}"/>` +
      `<path class="feel" d="${curve(points)}"/>` +
      points
        .map(
          ({ x, y, feeling }) =>
            `<circle cx="${x}" cy="${y}" r="7"/><text x="${x}" y="${feeling < 0 ? y + 26 : y - 14}" text-anchor="middle">${signed(feeling)}</text>`,
        )
        .join('') +
      '</svg>',
  );
}

/** Each piece leaves and arrives level, so that nothing is drawn beyond what is said. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points
    .map(({ x, y }, index) => {
      const last = points[index - 1];
      if (!last) return `M${x} ${y}`;
      const middle = (last.x + x) / 2;
      return `C${middle} ${last.y} ${middle} ${y} ${x} ${y}`;
    })
    .join('');
}

function signed(feeling: number): string {
  return feeling > 0 ? `+${feeling}` : String(feeling).replace('-', '−');
}
