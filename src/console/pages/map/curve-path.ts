export interface Point {
  readonly x: number;
  readonly y: number;
}

const WORST = -2;
const BEST = 2;

/** Where a feeling stands: the best at the top, `edge` from it. */
export function placeOnScale(feeling: number, height: number, edge: number): number {
  const held = Math.min(BEST, Math.max(WORST, feeling));
  return edge + ((BEST - held) / (BEST - WORST)) * (height - 2 * edge);
}

/** A path through the points that rises and falls nowhere but between them. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  let last = first;
  const parts = [`M${round(first.x)} ${round(first.y)}`];
  for (const { x, y } of others) {
    const middle = (last.x + x) / 2;
    parts.push(`C${round(middle)} ${round(last.y)} ${round(middle)} ${round(y)} ${round(x)} ${round(y)}`);
    last = { x, y };
  }
  return parts.join('');
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
