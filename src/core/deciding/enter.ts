import type { Event, Instant } from '../events/event.ts';
import { at, canonicalText, isJsonObject, type JsonObject } from '../json.ts';
import { reason, type Reason } from '../reason.ts';
import { after, exactMilliseconds } from '../time/duration.ts';
import { zoneOf } from '../contacts/locale.ts';
import { isHeldOut } from '../workflows/experiment.ts';
import type { Run } from '../workflows/run.ts';
import { END, WORKFLOW_STARTED } from '../workflows/step.ts';
import type { Trigger, Workflow } from '../workflows/workflow.ts';
import { factsAt, noteEntry, put, type Draft } from './draft.ts';
import { sightsOf, stands } from './known.ts';
import { wayOut } from './leave.ts';
import { follow } from './walk.ts';

/** Why and when a run begins. */
interface Entry {
  /** When what starts it happened: never later than the moment that is decided. */
  readonly at: Instant;
  readonly event: Run['event'];
  readonly because: Reason;
}

/**
 * Starts the runs whose trigger fires at this moment, unless a way out of them is open already. Answers for each
 * workflow until when time alone does not fire its trigger.
 */
export function enterRuns(draft: Draft, moment: Instant, event?: Event): readonly Instant[] {
  const { known } = draft;
  const { triggers: sights } = sightsOf(draft.project);
  const untils: Instant[] = [];
  const { moves, segment_moves } = draft.told;
  const starts = draft.starts.splice(0).slice(0, draft.starts_left);
  draft.starts_left -= starts.length;
  for (const workflow of draft.project.workflows.values()) {
    for (const { workflow: id, data, because } of starts) {
      if (id === workflow.id)
        enter(draft, workflow, moment, { at: moment, event: startOf(moment, data), because });
    }
    if (event) enterByEvent(draft, workflow, moment, event);
    const index = untils.length;
    const until = known.triggers[index] ?? -Infinity;
    const sight = sights[index];
    const isKnown = sight && stands(until, sight, known, draft.contact, moment, event);
    untils.push(isKnown ? until : enterByState(draft, workflow, moment, moves, segment_moves));
  }
  draft.told = { moves: draft.moves.length, segment_moves: draft.segment_moves.length };
  return untils;
}

function startOf(moment: Instant, data: JsonObject): Run['event'] {
  return { id: `${WORKFLOW_STARTED}/${moment}`, name: WORKFLOW_STARTED, properties: data };
}

function enterByEvent(draft: Draft, workflow: Workflow, moment: Instant, event: Event): void {
  if (event.name === WORKFLOW_STARTED) {
    if (event.properties.workflow !== workflow.id) return;
    const { data } = event.properties;
    const started = { id: event.id, name: event.name, properties: isJsonObject(data) ? data : {} };
    return enter(draft, workflow, moment, { at: event.occurred_at, event: started, because: BY_HAND });
  }
  if (workflow.trigger.by !== 'event' || !workflow.trigger.matches(event)) return;
  const because = reason(`${event.name} happened`, `ocurrió ${event.name}`);
  const { id, name, properties } = event;
  enter(draft, workflow, moment, { at: event.occurred_at, event: { id, name, properties }, because });
}

/** Triggers by a condition, by moves of the contact, and by time. Answers until when time alone fires none of them. */
function enterByState(
  draft: Draft,
  workflow: Workflow,
  moment: Instant,
  moves: number,
  segment_moves: number,
): Instant {
  const { trigger } = workflow;
  switch (trigger.by) {
    case 'condition':
      return enterByCondition(draft, workflow, trigger, moment);
    case 'move': {
      const entry = moveThatFires(draft, trigger, moves, segment_moves);
      if (entry && moment > draft.quiet_until) enter(draft, workflow, moment, entry);
      return Infinity;
    }
    case 'moment':
      return enterByMoment(draft, workflow, trigger, moment);
    default:
      return Infinity;
  }
}

function enterByCondition(
  draft: Draft,
  workflow: Workflow,
  { when, about }: Extract<Trigger, { by: 'condition' }>,
  moment: Instant,
): Instant {
  const facts = factsAt(draft, moment);
  const { holds, until } = when.answer(facts);
  if (about) {
    if (holds)
      enter(draft, workflow, moment, { at: moment, event: about(facts), because: when.because(facts) });
    return until;
  }
  const known = draft.contact.entries[workflow.id];
  if (known?.held === holds) return until;
  noteEntry(draft, workflow.id, { held: holds });
  const wasSeen =
    known?.held !== undefined || draft.contact.decided_at === null || draft.project.live_since === -Infinity;
  if (holds && wasSeen && moment > draft.quiet_until)
    enter(draft, workflow, moment, { at: moment, event: null, because: when.because(facts) });
  return until;
}

function moveThatFires(
  { moves, segment_moves }: Draft,
  trigger: Extract<Trigger, { by: 'move' }>,
  told_moves: number,
  told_segment_moves: number,
): Entry | undefined {
  const enters = trigger.way === 'enters';
  if (trigger.of === 'stage') {
    const move = moves.slice(told_moves).find(({ from, to }) => trigger.ids.includes(enters ? to : from));
    if (!move) return undefined;
    const { from, to, at: when, because: why } = move;
    const because = reason(`moved from ${from} to ${to}: ${why.en}`, `pasó de ${from} a ${to}: ${why.es}`);
    return { at: when, event: null, because };
  }
  const move = segment_moves
    .slice(told_segment_moves)
    .find(({ segment, way }) => way === trigger.way && trigger.ids.includes(segment));
  if (!move) return undefined;
  const { segment, because: why } = move;
  const because = enters
    ? reason(`came into segment ${segment}: ${why.en}`, `entró en el segmento ${segment}: ${why.es}`)
    : reason(`left segment ${segment}: ${why.en}`, `salió del segmento ${segment}: ${why.es}`);
  return { at: move.at, event: null, because };
}

/** A workflow that is new to the contact looks ahead only; of several moments that passed unseen, the last one counts. */
function enterByMoment(
  draft: Draft,
  workflow: Workflow,
  trigger: Extract<Trigger, { by: 'moment' }>,
  moment: Instant,
): Instant {
  const facts = factsAt(draft, moment);
  const looked_at = draft.contact.entries[workflow.id]?.looked_at;
  if (looked_at === undefined) noteEntry(draft, workflow.id, { looked_at: moment - 1 });
  const since =
    looked_at === undefined
      ? moment - 1
      : Math.max(looked_at, draft.passed, draft.contact.decided_at ?? -Infinity);
  let fired: Instant | undefined;
  let next = trigger.next(facts, since);
  for (let looks = 0; next !== undefined && next <= moment && looks < MOST_MISSED; looks++) {
    fired = next;
    next = trigger.next(facts, next);
  }
  if (fired !== undefined) {
    noteEntry(draft, workflow.id, { looked_at: fired });
    // A moment that only the new rules put into the past starts nothing; one that had come before them does.
    if (fired > draft.quiet_until || fired >= draft.settled_before)
      enter(draft, workflow, moment, {
        at: fired,
        event: trigger.about?.(facts, fired) ?? null,
        because: THE_TIME_HAS_COME,
      });
  }
  return next ?? Infinity;
}

const MOST_MISSED = 1000;

function enter(draft: Draft, workflow: Workflow, moment: Instant, entry: Entry): void {
  const { contact, project } = draft;
  if (workflow.status !== 'live' || workflow.first === END) return;
  if (draft.clock - entry.at > exactMilliseconds(project.ignore_triggers_older_than)) return;
  const key = keyOf(workflow, entry);
  if (!mayEnter(draft, workflow, moment, key)) return;
  const facts = factsAt(draft, moment);
  if (!workflow.only_if.answer(facts).holds) return;
  if ('outcome' in wayOut(workflow, { ...facts, entered_at: entry.at })) return;
  const entries = contact.entries[workflow.id];
  const number = (entries?.count ?? 0) + 1;
  const run: Run = {
    workflow: workflow.id,
    version: workflow.version,
    number,
    entered_at: moment,
    event: entry.event,
    key,
    held_out: isHeldOut(contact.id, workflow.id, workflow.holdout),
    variants: {},
    because: entry.because,
    step: '',
    visit: 0,
    arrived_at: moment,
    due_at: null,
    ended_at: null,
    outcome: null,
    ended_because: null,
  };
  noteEntry(draft, workflow.id, {
    count: number,
    ...(key === null ? {} : { keys: [...(entries?.keys ?? []), key].slice(-MOST_KEYS) }),
  });
  draft.contact.runs = [...draft.contact.runs, run];
  draft.stirred = true;
  if (run.held_out) put(draft, { ...run, due_at: watchedUntil(draft, workflow, moment) });
  else follow(draft, workflow, run, { go: workflow.first }, moment);
}

/** Who is held out is watched for as long as the goal may be reached. */
function watchedUntil({ contact, project }: Draft, { goal }: Workflow, moment: Instant): Instant {
  return after(moment, goal?.within ?? { amount: 30, unit: 'day' }, zoneOf(contact, project));
}

const MOST_KEYS = 500;

/** What a run is about, where there is one for each value. Without a value they all are about the same. */
function keyOf({ re_enter }: Workflow, { event }: Entry): string | null {
  if (typeof re_enter === 'string' || !('per' in re_enter)) return null;
  const value = event ? at(event.properties, re_enter.per) : undefined;
  return value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : canonicalText(value);
}

/** One run of a workflow at a time, or one for each key; `after` counts from the end of the last. */
function mayEnter(
  { contact, project }: Draft,
  { id, re_enter }: Workflow,
  moment: Instant,
  key: string | null,
): boolean {
  const entries = contact.entries[id];
  if (key !== null) return !entries?.keys?.includes(key);
  if (contact.runs.some((run) => run.workflow === id)) return false;
  if (!entries || entries.count === 0 || re_enter === 'always') return true;
  if (re_enter === 'never' || 'per' in re_enter) return false;
  return moment >= after(entries.ended_at ?? moment, re_enter.after, zoneOf(contact, project));
}

const BY_HAND = reason('started by hand', 'se inició a mano');
const THE_TIME_HAS_COME = reason('its time has come', 'llegó su momento');
