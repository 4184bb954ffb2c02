/** What was counted of workflows, as it is answered. */
import { DAY } from '../../core/time/date.ts';
import { reachedBy } from '../../core/workflows/reached.ts';
import { END, goalWords, inBoth, START, startsWords } from '../../docs/picture/workflow-graph.ts';
import type { LiveProject } from '../../engine/live-project.ts';
import type { WorkflowCounts } from '../../engine/workflow-book.ts';
import type { Problem } from '../../project/problem.ts';
import type { Graph } from '../project-edits/shapes.ts';
import type { WorkflowAbout, WorkflowStep } from './shapes.ts';

type Source = LiveProject['workflow_sources'][number];

export function aboutWorkflow(
  { id, version, source }: Source,
  live: LiveProject,
  counts: WorkflowCounts,
  problems: readonly Problem[],
): WorkflowAbout {
  const standing = counts.standing.filter(({ workflow }) => workflow === id);
  const walked = counts.walked.filter((one) => one.workflow === id && !one.held_out);
  const sent = counts.sent.filter(({ workflow }) => workflow === id);
  const ours = problems.filter(({ file }) => file === `workflows/${id}.yaml`);
  const runs = (...outcomes: readonly (string | null)[]): number =>
    sum(walked.filter(({ outcome }) => outcomes.includes(outcome)).map((one) => one.runs));
  const entered = sum(walked.map((one) => one.runs));
  const converted = runs('converted');
  return {
    id,
    title: inBoth(source.title, id),
    describe: source.describe === undefined ? null : inBoth(source.describe, ''),
    owner: source.owner ?? null,
    purpose: source.purpose,
    status: source.status,
    version,
    starts: startsWords(source, live),
    goal: goalWords(source, live),
    holdout: source.holdout,
    inside: sum(standing.filter(({ held_out }) => !held_out).map(({ people }) => people)),
    held_out: sum(standing.filter(({ held_out }) => held_out).map(({ people }) => people)),
    entered,
    converted,
    conversion: source.goal && entered > 0 ? converted / entered : null,
    left: runs('exited', 'failed'),
    finished: runs('completed'),
    sent: sum(sent.map((one) => one.sent)),
    held_back: sum(sent.map((one) => one.held_back)),
    errors: ours.filter(({ severity }) => severity === 'error').length,
    warnings: ours.filter(({ severity }) => severity === 'warning').length,
  };
}

/** Each step of the live version, and how many stand where that one has no step. */
export function stepFigures(
  id: string,
  { nodes, edges }: Graph,
  counts: WorkflowCounts,
): { readonly steps: WorkflowStep[]; readonly elsewhere: number } {
  const standing = counts.standing.filter((one) => one.workflow === id && !one.held_out);
  const walked = counts.walked.filter((one) => one.workflow === id && !one.held_out);
  const sent = counts.sent.filter(({ workflow }) => workflow === id);
  const entered = sum(walked.map(({ runs }) => runs));
  const last = totals(walked.map(({ step, runs }) => [step, runs]));
  const owed = totals(sent.map((one) => [one.step, one.sent + one.held_back + one.waiting]));
  const reached = reachedBy({ start: START, edges }, last, owed);
  const passed = new Map(
    counts.passed.filter(({ workflow }) => workflow === id).map((one) => [one.step, one]),
  );
  const known = new Set(nodes.map((node) => node.id));
  const steps = nodes.map((node): WorkflowStep => {
    const here = standing.filter(({ step }) => step === node.id);
    const ended = walked.filter(({ step, outcome }) => step === node.id && outcome !== null);
    const came = came_to(node.id);
    return {
      ...node,
      standing: sum(here.map(({ people }) => people)),
      standing_days: meanDays(here),
      reached: came,
      reached_share: came !== null && entered > 0 ? Math.min(1, came / entered) : null,
      stayed_days: daysOf(passed.get(node.id)?.mean_ms ?? null),
      ended: sum(ended.map(({ runs }) => runs)),
      converted: sum(ended.filter(({ outcome }) => outcome === 'converted').map(({ runs }) => runs)),
      sent: sum(sent.filter(({ step }) => step === node.id).map((one) => one.sent)),
      held_back: sum(sent.filter(({ step }) => step === node.id).map((one) => one.held_back)),
    };
  });
  const elsewhere = sum(standing.filter(({ step }) => !known.has(step)).map(({ people }) => people));
  return { steps, elsewhere };

  function came_to(node: string): number | null {
    if (node === START) return entered;
    if (node === END)
      return sum(walked.filter(({ outcome }) => outcome === 'completed').map(({ runs }) => runs));
    return Math.max(passed.get(node)?.visits ?? 0, Math.min(entered, reached.get(node) ?? 0));
  }
}

function meanDays(here: WorkflowCounts['standing']): number | null {
  const people = sum(here.map((one) => one.people));
  return people === 0 ? null : daysOf(sum(here.map((one) => one.people * one.mean_ms)) / people);
}

function daysOf(ms: number | null): number | null {
  return ms === null ? null : ms / DAY;
}

function totals(entries: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const [key, number] of entries) all.set(key, (all.get(key) ?? 0) + number);
  return all;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
