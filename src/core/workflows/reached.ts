/** How many surely came to a step, told from where they stand or ended and from what they were sent. */

export interface Ways {
  readonly start: string;
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/**
 * By the id of the step. Whoever stands at a step has passed each step that lies on all ways to it; those who took one of
 * several ways and have left it again are known by `counted` alone. So these are the fewest that it can be.
 */
export function reachedBy(
  ways: Ways,
  ended: ReadonlyMap<string, number>,
  counted: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const passed = passedBefore(ways);
  const reached = new Map<string, number>();
  for (const [step, people] of ended)
    for (const before of passed.get(step) ?? [step]) reached.set(before, (reached.get(before) ?? 0) + people);
  for (const [step, people] of counted)
    for (const before of passed.get(step) ?? [step])
      reached.set(before, Math.max(reached.get(before) ?? 0, people));
  return reached;
}

/** For each place that can be reached, itself and what lies on all ways to it. */
function passedBefore({ start, edges }: Ways): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const passed = new Map<string, ReadonlySet<string>>([[start, new Set([start])]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const [place, sources] of before) {
      const known = sources.flatMap((source) => passed.get(source) ?? []);
      const [first, ...others] = known;
      if (!first || place === start) continue;
      const common = [...first].filter((one) => others.every((other) => other.has(one)));
      const now = new Set([...common, place]);
      if (now.size === passed.get(place)?.size) continue;
      passed.set(place, now);
      changed = true;
    }
  }
  return passed;
}
