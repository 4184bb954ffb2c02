import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import type { Life } from './live.ts';
import { bornAt, liveAgain, rowOf, type MessageRow, type People, type SimulateOptions } from './simulate.ts';
import { count, newSimulation, type Simulation } from './tally.ts';

/** What another version of a project would have done otherwise with the same history. */
export interface Comparison {
  readonly before: Simulation;
  readonly after: Simulation;
  /** People to whom something else would have been sent, or at another time, or in another tone. */
  people_affected: number;
  /** Messages that would have left by one of the versions only; a message at another time counts on both sides. */
  only_before: number;
  only_after: number;
  /** People who would stand in another stage at the end, as `from → to`. */
  readonly stage_changes: Record<string, number>;
  /** The first people who are affected. */
  readonly examples: Example[];
}

export interface Example {
  readonly contact: string;
  readonly only_before: readonly MessageRow[];
  readonly only_after: readonly MessageRow[];
}

const MOST_EXAMPLES = 10;

/** Both versions live through each person side by side, so that nothing of the people has to be kept. */
export async function compare(
  before: Project,
  after: Project,
  people: People,
  options: SimulateOptions,
): Promise<Comparison> {
  const comparison = newComparison(before, after, options.from, options.until);
  for await (const person of people) {
    const old = liveAgain(person, before, options);
    const now = liveAgain(person, after, options);
    if (!old || !now) continue;
    count(comparison.before, old, before, bornAt(person));
    count(comparison.after, now, after, bornAt(person));
    note(comparison, rowsOf(old, before), rowsOf(now, after));
    noteStage(comparison, old.contact.stage, now.contact.stage);
    if (options.onMessage) for (const lived of now.messages) options.onMessage(rowOf(lived, after));
    options.onPerson?.(comparison.after.events);
  }
  return comparison;
}

function newComparison(
  before: Project,
  after: Project,
  from: Instant | undefined,
  until: Instant,
): Comparison {
  return {
    before: newSimulation(before, from, until),
    after: newSimulation(after, from, until),
    people_affected: 0,
    only_before: 0,
    only_after: 0,
    stage_changes: {},
    examples: [],
  };
}

function rowsOf(life: Life, project: Project): MessageRow[] {
  return life.messages.flatMap((lived) => (lived.message.held_back ? [] : [rowOf(lived, project)]));
}

function note(comparison: Comparison, before: readonly MessageRow[], after: readonly MessageRow[]): void {
  const only_before = without(before, after);
  const only_after = without(after, before);
  if (only_before.length + only_after.length === 0) return;
  comparison.people_affected += 1;
  comparison.only_before += only_before.length;
  comparison.only_after += only_after.length;
  const contact = (only_before[0] ?? only_after[0])?.contact ?? '';
  if (comparison.examples.length < MOST_EXAMPLES)
    comparison.examples.push({ contact, only_before, only_after });
}

function without(rows: readonly MessageRow[], others: readonly MessageRow[]): MessageRow[] {
  if (rows.length === 0) return [];
  const known = new Set(others.map(sameness));
  return rows.filter((row) => !known.has(sameness(row)));
}

/** What the receiver would notice. */
function sameness({ at, message, channel, tone, language }: MessageRow): string {
  return `${at} ${message} ${channel} ${tone} ${language}`;
}

function noteStage({ stage_changes }: Comparison, from: string, to: string): void {
  if (from === to) return;
  const change = `${from} → ${to}`;
  stage_changes[change] = (stage_changes[change] ?? 0) + 1;
}
