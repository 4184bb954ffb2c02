import type { Facts } from '../conditions/answer.ts';
import type { Event, Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import { after } from '../time/duration.ts';
import type { Outcome, Run } from '../workflows/run.ts';
import type { Goal, Workflow } from '../workflows/workflow.ts';
import { factsAt, finish, versionOf, type Draft } from './draft.ts';
import { sightOfExits, stands, type KnownExits } from './known.ts';

/**
 * Goals and exits hold wherever a run stands, and end it at once. Answers of the others until when time alone opens no
 * way out.
 */
export function leaveRuns(draft: Draft, moment: Instant, event?: Event): readonly KnownExits[] {
  const exits: KnownExits[] = [];
  for (const run of draft.contact.runs) {
    const workflow = versionOf(draft, run);
    const live = draft.project.workflows.get(run.workflow);
    if (live?.status === 'stopped') {
      finish(draft, run, 'exited', STOPPED, moment);
      continue;
    }
    if (!workflow) {
      finish(draft, run, 'failed', VERSION_LOST, moment);
      continue;
    }
    const known = knownExits(draft, run, workflow, moment, event);
    if (known) {
      exits.push(known);
      continue;
    }
    const facts = factsAt(draft, moment, run, event);
    const way = wayOut(workflow, facts);
    if ('outcome' in way) finish(draft, run, way.outcome, way.because, moment);
    else exits.push({ run, until: way.until });
  }
  return exits;
}

function knownExits(
  { known, contact }: Draft,
  run: Run,
  workflow: Workflow,
  moment: Instant,
  event: Event | undefined,
): KnownExits | undefined {
  const exits = known.exits.length === 0 ? undefined : known.exits.find((one) => one.run === run);
  // A goal that must be reached in time is not asked any more afterwards.
  if (!exits || (exits.until !== Infinity && workflow.goal?.within)) return undefined;
  return stands(exits.until, sightOfExits(workflow), known, contact, moment, event) ? exits : undefined;
}

export function wayOut(
  workflow: Workflow,
  facts: Facts,
): { outcome: Outcome; because: Reason } | { until: Instant } {
  let until = Infinity;
  if (workflow.goal && isInTime(workflow.goal, facts)) {
    // What happened before the entry is no success of this workflow, however late it is told.
    const since = { ...facts, happening: undefined };
    const goal = workflow.goal.reached.answer(since);
    if (goal.holds) return { outcome: 'converted', because: workflow.goal.reached.because(since) };
    until = goal.until;
  }
  for (const exit of workflow.exits) {
    const answer = exit.answer(facts);
    if (answer.holds) return { outcome: 'exited', because: exit.because(facts) };
    until = Math.min(until, answer.until);
  }
  return { until };
}

/** An event that happened in time counts, also where it is told too late. */
function isInTime({ within, reached }: Goal, { entered_at, now, zone, happening }: Facts): boolean {
  if (within === null) return true;
  const end = after(entered_at ?? now, within, zone);
  if (now <= end) return true;
  return (
    happening !== undefined &&
    happening.occurred_at <= end &&
    reached.memory.some((memory) => memory.matches(happening))
  );
}

const VERSION_LOST = reason(
  'the version of the workflow that this run walks is not known any more',
  'ya no se conoce la versión del flujo que sigue este recorrido',
);
const STOPPED = reason('the workflow was stopped', 'el flujo se detuvo');
