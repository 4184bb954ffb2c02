/** Ways of a branch whose ranges of one field overlap, so that the order decides where nobody may have meant it to. */
import type { Condition } from '../../core/conditions/condition.ts';
import { excludes } from './implies.ts';
import { askedNumbers } from './implies-field.ts';
import { problemAt, workflowFile, type Lint } from './input.ts';
import { intersection, isWithin, type Interval } from './interval.ts';
import { everyWay, type BranchWay } from './ways.ts';

export const overlappingWays: Lint = (input) =>
  input.workflows.flatMap(({ source }) =>
    everyWay(source.steps).flatMap((way) => {
      const overlap = way.before.flatMap((earlier) => overlapOf(earlier, way) ?? [])[0];
      if (!overlap) return [];
      const { field, earlier, common } = overlap;
      const message =
        `both ${earlier} and this way hold while ${field} is from ${common.low} to ${common.high}, and the first that ` +
        'holds is taken; let one range end where the other begins';
      return problemAt(input, 'warning', workflowFile(source), [...way.path, 'when'], message);
    }),
  );

interface Overlap {
  readonly field: string;
  readonly earlier: string;
  readonly common: Interval;
}

/** Only ranges with two ends: "from 100", then "from 50" is how steps of a stair are written. */
function overlapOf(earlier: BranchWay, way: BranchWay): Overlap | undefined {
  if (!earlier.when || !way.when || excludes(earlier.when, way.when)) return undefined;
  const others = rangesOf(earlier.when);
  for (const [field, range] of rangesOf(way.when)) {
    const other = others.get(field);
    if (!other || isWithin(other, range) || isWithin(range, other)) continue;
    const common = intersection(other, range);
    if (common.low < common.high) return { field, earlier: earlier.name, common };
  }
  return undefined;
}

function rangesOf(when: Condition): Map<string, Interval> {
  const parts = when.subject === 'all' ? when.all : [when];
  const found = parts.flatMap((part): [string, Interval][] => {
    const range = part.subject === 'field' ? askedNumbers(part) : undefined;
    const isBounded = range && Number.isFinite(range.low) && Number.isFinite(range.high);
    return part.subject === 'field' && isBounded ? [[part.field, range]] : [];
  });
  return new Map(found);
}
