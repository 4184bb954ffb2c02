import { overwriteFields } from '../contacts/fold.ts';
import type { Event, Instant } from '../events/event.ts';
import { pausedUntil } from '../notices/meanwhile.ts';
import { reason } from '../reason.ts';
import { mapSteps } from '../workflows/edit.ts';
import { copyRun, type Run } from '../workflows/run.ts';
import { END, type Effect, type Step, type Then } from '../workflows/step.ts';
import { stepIndex, type Workflow } from '../workflows/workflow.ts';
import { finish, isPaused, noteLeaving, put, versionOf, walkOf, type Draft } from './draft.ts';

/** Walks a run on until it waits or ends. */
export function follow(draft: Draft, workflow: Workflow, from: Run, first: Then, moment: Instant): void {
  let run = from;
  let then = first;
  for (let steps = 0; 'go' in then; steps++) {
    for (const effect of then.effects ?? []) carryOut(draft, workflow, run, effect, moment);
    if (then.variant !== undefined) run = { ...run, variants: { ...run.variants, [run.step]: then.variant } };
    if (then.go === END) return finish(draft, run, 'completed', WALKED_TO_THE_END, moment);
    if (steps >= MOST_STEPS) return finish(draft, run, 'failed', WITHOUT_A_WAIT, moment);
    const step = workflow.steps[then.go] as Step;
    const there = arrived(run, step, moment);
    then = step.arrive(walkOf(draft, there, moment));
    const paused_until = sends(then)
      ? pausedUntil(draft.project.notices, run.workflow, Math.max(moment, draft.clock))
      : undefined;
    if (paused_until !== undefined) return waitBefore(draft, run, step, paused_until);
    noteLeaving(draft, run, moment);
    draft.passes.push({ workflow: run.workflow, step: step.id, at: moment, stayed: null });
    run = there;
  }
  if ('end' in then) return finish(draft, run, then.outcome ?? 'completed', then.end, moment);
  for (const effect of then.effects ?? []) carryOut(draft, workflow, run, effect, moment);
  put(draft, staying(run, then.stay_until));
}

const MOST_STEPS = 100;

function sends(then: Then): boolean {
  return ('effects' in then ? (then.effects ?? []) : []).some((effect) => effect.do === 'send');
}

/** A notice lets it wait here; where nobody knows for how long, new rules wake it. */
function waitBefore(draft: Draft, run: Run, step: Step, until: Instant): void {
  put(draft, { ...run, held_before: step.id, due_at: until === Infinity ? null : until });
}

function arrived(run: Run, { id }: Step, moment: Instant): Run {
  const copy = copyRun(run);
  copy.step = id;
  copy.visit += 1;
  copy.arrived_at = moment;
  copy.due_at = null;
  return copy;
}

function staying(run: Run, due_at: Instant | null): Run {
  const copy = copyRun(run);
  copy.due_at = due_at;
  return copy;
}

function carryOut(draft: Draft, workflow: Workflow, run: Run, effect: Effect, moment: Instant): void {
  switch (effect.do) {
    case 'send':
      draft.wishes.push({ workflow, run, message: effect.message, channel: effect.channel });
      return;
    case 'call': {
      const { workflow: id, number, step, visit } = run;
      const event = run.event?.properties ?? {};
      draft.calls.push({ workflow: id, run: number, step, visit, owed_at: moment, spec: effect.call, event });
      return;
    }
    case 'start': {
      const because = reason(`started by workflow ${run.workflow}`, `lo inició el flujo ${run.workflow}`);
      draft.starts.push({ workflow: effect.workflow, data: effect.data, because });
      draft.stirred = true;
      return;
    }
    case 'update': {
      const { profile } = draft.contact;
      const fields = overwriteFields(profile.fields, effect.fields, moment);
      draft.contact.profile = { ...profile, fields };
      draft.stirred = true;
    }
  }
}

/** A run that waits for something, or whose wait starts anew with each event, hears of what is new. */
export function tellRuns(draft: Draft, moment: Instant, event?: Event): void {
  for (const run of draft.contact.runs) {
    if (run.held_out || run.held_before !== undefined) continue;
    const workflow = versionOf(draft, run);
    const step = workflow?.steps[stepIndex(workflow, run.step)];
    const then = step?.happen?.(walkOf(draft, run, moment), event);
    if (!workflow || !then || ('stay_until' in then && then.stay_until === run.due_at)) continue;
    if ('go' in then && isPaused(draft.project, run)) hold(draft, workflow, run, then, moment);
    else follow(draft, workflow, run, then, moment);
  }
}

/** While its workflow is paused a run hears what it waited for, and stands before the next step until it is live again. */
function hold(
  draft: Draft,
  workflow: Workflow,
  run: Run,
  { go, effects = [] }: Extract<Then, { go: number }>,
  moment: Instant,
): void {
  for (const effect of effects) carryOut(draft, workflow, run, effect, moment);
  put(draft, { ...run, held_before: go === END ? '' : (workflow.steps[go] as Step).id, due_at: moment });
}

/** Ends the waits that have run out. Runs of a paused workflow stay where they are. */
export function walkDueRuns(draft: Draft): boolean {
  const now = draft.clock;
  const due = draft.contact.runs.filter(
    (run) => run.due_at !== null && run.due_at <= now && !isPaused(draft.project, run),
  );
  for (const run of due) {
    const workflow = versionOf(draft, run);
    const step = workflow?.steps[stepIndex(workflow, run.step)];
    if (run.held_out) finish(draft, run, 'completed', HELD_OUT, now);
    else if (workflow && run.held_before !== undefined) release(draft, workflow, run, now);
    else if (workflow && step?.due) follow(draft, workflow, run, step.due(walkOf(draft, run, now)), now);
    else if (workflow) finish(draft, run, 'failed', LOST_STEP, now);
  }
  return due.length > 0;
}

function release(draft: Draft, workflow: Workflow, { held_before, ...run }: Run, now: Instant): void {
  const index = held_before ? stepIndex(workflow, held_before) : END;
  if (held_before && index < 0) finish(draft, run, 'failed', LOST_STEP, now);
  else if (index === END && stepIndex(workflow, run.step) < 0)
    finish(draft, run, 'completed', STEP_REMOVED, now);
  else follow(draft, workflow, run, { go: index }, now);
}

/**
 * Runs of a workflow that says `follow` stand in its newest version from now on, at the same step or before the one to
 * which it leads now. Nobody walks yet: what happens at this moment, and the ways out of the new version, come first.
 */
export function adoptRuns(draft: Draft): void {
  for (const run of draft.contact.runs) {
    const live = draft.project.workflows.get(run.workflow);
    const isBehind =
      live?.when_edited === 'follow' && live.version !== run.version && live.status !== 'draft';
    if (isBehind) adopt(draft, live, run);
    else if (draft.ruled_anew) askAnew(draft, run);
  }
}

function adopt(draft: Draft, live: Workflow, old: Run): void {
  const before = versionOf(draft, old);
  const run: Run = { ...old, version: live.version };
  if (run.held_out) return put(draft, run);
  if (run.held_before !== undefined)
    return put(draft, { ...run, held_before: heldInstead(run, before, live), due_at: soonest(draft, run) });
  const place = before ? mapSteps(before, live).get(run.step) : { to: run.step };
  if (place && 'to' in place) return goOnAt(draft, live, before, run, place.to);
  put(draft, { ...run, held_before: place?.next ?? '', due_at: draft.clock });
}

/** What it was held for may have ended with the old rules: it wakes to see it. */
function soonest({ clock }: Draft, { due_at }: Run): Instant {
  return Math.min(due_at ?? Infinity, clock);
}

/** The step of the new version before which a run is held that was held before another of the old one. */
function heldInstead({ held_before = '' }: Run, before: Workflow | undefined, live: Workflow): string {
  const place = before && held_before !== '' ? mapSteps(before, live).get(held_before) : undefined;
  if (place) return 'to' in place ? place.to : (place.next ?? '');
  return stepIndex(live, held_before) < 0 ? '' : held_before;
}

function goOnAt(draft: Draft, live: Workflow, before: Workflow | undefined, run: Run, to: string): void {
  const now = draft.clock;
  const step = live.steps[stepIndex(live, to)];
  if (!step) return finish(draft, run, 'failed', LOST_STEP, now);
  const old = before?.steps[stepIndex(before, run.step)];
  if (old && old.verb !== step.verb) return put(draft, { ...run, held_before: to, due_at: now });
  const began = old?.began?.(walkOf(draft, run, now)) ?? run.arrived_at;
  const moved: Run = { ...run, step: step.id };
  const then = step.adopt?.(walkOf(draft, moved, now), began) ?? { stay_until: moved.due_at };
  put(draft, { ...moved, due_at: 'stay_until' in then ? then.stay_until : now });
}

/** Hours belong to the project and to no version: by other rules a wait may end sooner. One that ends later wakes to see it. */
function askAnew(draft: Draft, run: Run): void {
  if (run.held_before !== undefined) return put(draft, { ...run, due_at: soonest(draft, run) });
  const workflow = versionOf(draft, run);
  const step = workflow?.steps[stepIndex(workflow, run.step)];
  if (!step?.adopt || run.held_out) return;
  const walk = walkOf(draft, run, draft.clock);
  const then = step.adopt(walk, step.began?.(walk) ?? run.arrived_at);
  if ('stay_until' in then && then.stay_until !== null && then.stay_until < (run.due_at ?? Infinity))
    put(draft, { ...run, due_at: then.stay_until });
}

const WALKED_TO_THE_END = reason('walked to the end', 'llegó al final');
const WITHOUT_A_WAIT = reason(
  `walked ${MOST_STEPS} steps without a wait`,
  `recorrió ${MOST_STEPS} pasos sin ninguna espera`,
);
const HELD_OUT = reason(
  'was held out, so that the effect of the workflow can be measured',
  'quedó fuera, para poder medir el efecto del flujo',
);
const STEP_REMOVED = reason(
  'the step where it stood was removed, and none follows',
  'el paso en que estaba se eliminó y no le sigue ninguno',
);
const LOST_STEP = reason(
  'the step where it stood is not known any more',
  'ya no se conoce el paso en que estaba',
);
