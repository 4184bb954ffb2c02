import type { Event, Instant } from '../events/event.ts';
import { own } from '../json.ts';
import type { EventMemory } from './contact.ts';

/** One thing worth remembering: which events, under which key, and how many of the latest times. */
export interface MemorySpec {
  readonly key: string;
  readonly events: readonly string[];
  /** How many of the latest times are needed to answer every condition that reads this memory. */
  readonly keep: number;
  /** Times further than this before the latest one are let go, in milliseconds; absent: only `keep` bounds them. */
  readonly width?: number | undefined;
  matches(event: Event): boolean;
  /** Where something is added up: what, of one event, in ten-thousandths. Events without it do not match. */
  value?(event: Event): number | undefined;
}

/** What the conditions of a project need remembered. Contacts folded under another shape are folded anew. */
export interface MemoryPlan {
  /** Changes when the profile would come out differently. */
  readonly shape: string;
  readonly by_event: ReadonlyMap<string, readonly MemorySpec[]>;
}

/** Joins what every condition asks for: one memory per key, as long and as wide as the most demanding needs. */
export function planMemory(specs: readonly MemorySpec[]): MemoryPlan {
  const by_key = new Map<string, MemorySpec>();
  for (const spec of specs) {
    const known = by_key.get(spec.key);
    by_key.set(spec.key, known ? widest(known, spec) : spec);
  }
  const by_event = new Map<string, MemorySpec[]>();
  for (const spec of by_key.values()) {
    for (const name of spec.events) by_event.set(name, [...(by_event.get(name) ?? []), spec]);
  }
  const shape = [...by_key.values()].map(shapeOf).sort().join('\n');
  return { shape, by_event };
}

function widest(a: MemorySpec, b: MemorySpec): MemorySpec {
  const width = a.width === undefined || b.width === undefined ? undefined : Math.max(a.width, b.width);
  return { ...a, keep: Math.max(a.keep, b.keep), width };
}

function shapeOf({ key, keep, width }: MemorySpec): string {
  return width === undefined ? `${key}*${keep}` : `${key}*${keep}/${width}`;
}

type Memories = Readonly<Record<string, EventMemory>>;

export function remember(memories: Memories, event: Event, plan: MemoryPlan): Memories {
  let next: Record<string, EventMemory> | undefined;
  for (const spec of plan.by_event.get(event.name) ?? []) {
    if (!spec.matches(event)) continue;
    next ??= { ...memories };
    next[spec.key] = join(own(memories, spec.key) ?? NOTHING, once(event, spec), spec);
  }
  return next ?? memories;
}

/** The same as if everything had happened to one contact. */
export function mergeMemories(a: Memories, b: Memories, plan: MemoryPlan): Memories {
  const specs = new Map([...plan.by_event.values()].flat().map((spec) => [spec.key, spec]));
  const merged: Record<string, EventMemory> = { ...a };
  for (const [key, theirs] of Object.entries(b)) {
    const mine = own(merged, key);
    const spec = specs.get(key);
    // What the plan does not know is asked by nobody.
    merged[key] = mine && spec ? join(mine, theirs, spec) : (mine ?? theirs);
  }
  return merged;
}

const NOTHING: EventMemory = { times: [], count: 0, first: Infinity };

function once(event: Event, spec: MemorySpec): EventMemory {
  const at = event.occurred_at;
  const value = spec.value?.(event) ?? 0;
  return { times: [at], count: 1, first: at, values: [value], sum: value };
}

/** A time, and what was added up then. */
type Mark = readonly [at: Instant, value: number];

/** Marks are ordered by time and then by value, so that which of them are kept does not depend on the arrival. */
function join(a: EventMemory, b: EventMemory, spec: MemorySpec): EventMemory {
  const [count, first] = [a.count + b.count, Math.min(a.first, b.first)];
  if (!spec.value) return { times: latestTimes(a.times, b.times, spec), count, first };
  const marks = latest([...marksOf(a), ...marksOf(b)].sort(byTimeAndValue), ([at]) => at, spec);
  return {
    times: marks.map(([at]) => at),
    count,
    first,
    values: marks.map(([, value]) => value),
    sum: (a.sum ?? 0) + (b.sum ?? 0),
  };
}

function latestTimes(a: readonly Instant[], b: readonly Instant[], spec: MemorySpec): readonly Instant[] {
  if (spec.keep === 0) return [];
  const times = [...a, ...b];
  if ((a.at(-1) ?? -Infinity) > (b[0] ?? Infinity)) times.sort((one, other) => one - other);
  return latest(times, (at) => at, spec);
}

function marksOf({ times, values }: EventMemory): Mark[] {
  return times.map((at, index) => [at, values?.[index] ?? 0]);
}

function byTimeAndValue([at, value]: Mark, [other_at, other]: Mark): number {
  return at - other_at || value - other;
}

function latest<T>(
  marks: readonly T[],
  at: (mark: T) => Instant,
  { keep, width = Infinity }: MemorySpec,
): readonly T[] {
  if (keep === 0) return [];
  const newest = marks.at(-1);
  const near =
    width === Infinity || newest === undefined
      ? marks
      : marks.filter((mark) => at(mark) + width >= at(newest));
  return near.length > keep ? near.slice(-keep) : near;
}
