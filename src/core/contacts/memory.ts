import type { Event, Instant } from '../events/event.ts';
import { own } from '../json.ts';
import type { EventMemory } from './contact.ts';

/** One thing worth remembering: which events, under which key, and how many of the latest times. */
export interface MemorySpec {
  readonly key: string;
  readonly events: readonly string[];
  /** How many of the latest times are needed to answer every condition that reads this memory. */
  readonly keep: number;
  matches(event: Event): boolean;
}

/** What the conditions of a project need remembered. Contacts folded under another shape are folded anew. */
export interface MemoryPlan {
  /** Changes when the profile would come out differently. */
  readonly shape: string;
  readonly by_event: ReadonlyMap<string, readonly MemorySpec[]>;
}

/** Joins what every condition asks for: one memory per key, as long as the most demanding needs. */
export function planMemory(specs: readonly MemorySpec[]): MemoryPlan {
  const by_key = new Map<string, MemorySpec>();
  for (const spec of specs) {
    const known = by_key.get(spec.key);
    if (!known || known.keep < spec.keep) by_key.set(spec.key, spec);
  }
  const by_event = new Map<string, MemorySpec[]>();
  for (const spec of by_key.values()) {
    for (const name of spec.events) by_event.set(name, [...(by_event.get(name) ?? []), spec]);
  }
  const shape = [...by_key.values()]
    .map((spec) => `${spec.key}*${spec.keep}`)
    .sort()
    .join('\n');
  return { shape, by_event };
}

type Memories = Readonly<Record<string, EventMemory>>;

export function remember(memories: Memories, event: Event, plan: MemoryPlan): Memories {
  const specs = plan.by_event.get(event.name);
  if (!specs) return memories;
  let next = memories;
  for (const spec of specs) {
    if (!spec.matches(event)) continue;
    next = { ...next, [spec.key]: addTime(own(memories, spec.key), event.occurred_at, spec.keep) };
  }
  return next;
}

export function mergeMemories(a: Memories, b: Memories, plan: MemoryPlan): Memories {
  const keep = new Map<string, number>();
  for (const specs of plan.by_event.values()) for (const spec of specs) keep.set(spec.key, spec.keep);
  const merged: Record<string, EventMemory> = { ...a };
  for (const [key, memory] of Object.entries(b)) {
    const mine = own(merged, key);
    merged[key] = mine ? join(mine, memory, keep.get(key) ?? mine.times.length) : memory;
  }
  return merged;
}

function addTime(memory: EventMemory | undefined, at: Instant, keep: number): EventMemory {
  if (!memory) return { times: keep > 0 ? [at] : [], count: 1, first: at };
  const place = memory.times.findLastIndex((time) => time <= at) + 1;
  const times = memory.times.toSpliced(place, 0, at);
  return { times: latest(times, keep), count: memory.count + 1, first: Math.min(memory.first, at) };
}

function join(a: EventMemory, b: EventMemory, keep: number): EventMemory {
  const times = [...a.times, ...b.times].sort((one, other) => one - other);
  return { times: latest(times, keep), count: a.count + b.count, first: Math.min(a.first, b.first) };
}

function latest(times: readonly Instant[], keep: number): readonly Instant[] {
  return keep === 0 ? [] : times.slice(-keep);
}
