import type { Facts } from './conditions/answer.ts';
import type { Contact } from './contacts/contact.ts';
import { byOccurrence, fold, overwriteFields } from './contacts/fold.ts';
import { mergeContacts } from './contacts/merge.ts';
import type { Event, Instant } from './events/event.ts';
import { holdBack, rememberSent } from './messages/may-send.ts';
import type { Message } from './messages/message.ts';
import { chooseTone } from './messages/tone.ts';
import type { Project } from './project.ts';
import { reason, type Reason } from './reason.ts';
import { stageOf, type StageMove } from './stages/stages.ts';
import { after, exactMilliseconds } from './time/duration.ts';
import { isZone } from './time/zone.ts';
import { endRun, type Outcome, type Run } from './workflows/run.ts';
import { END, type Effect, type Step, type Then, type Walk } from './workflows/step.ts';
import { stepIndex, type Goal, type Workflow } from './workflows/workflow.ts';

/** Something new about a contact. */
export type Happening =
  | { readonly kind: 'event'; readonly event: Event }
  /** Another contact turned out to be the same person. */
  | { readonly kind: 'merge'; readonly gone: Contact };

/** What becomes of a contact, and what must be done. */
export interface Decision {
  readonly contact: Contact;
  readonly moves: readonly StageMove[];
  /** Runs that began, went on or ended. */
  readonly runs: readonly Run[];
  readonly messages: readonly Message[];
  /** The moment at which time alone asks for the next decision; null: never. */
  readonly next_due_at: Instant | null;
}

/**
 * One contact, its happenings, one moment: the whole of Etapa's judgement, with no clock, no chance and no I/O.
 *
 * Happenings are taken in the order in which they occurred, each at its own moment, and what changes by time alone
 * (stages, exits, triggers that are conditions) changes at the very moment it falls due, also between them. Waits
 * of runs end last and at `now`: after an interruption nobody gets three reminders at once.
 */
export function decide(
  contact: Contact,
  happenings: readonly Happening[],
  project: Project,
  now: Instant,
): Decision {
  const draft = begin(contact, project, now);
  for (const happening of happenings) if (happening.kind === 'merge') mergeIn(draft, happening.gone);
  for (const event of eventsOf(happenings)) {
    const moment = Math.max(event.occurred_at, draft.contact.decided_at ?? -Infinity);
    passTime(draft, moment - 1);
    draft.contact = { ...draft.contact, profile: fold(draft.contact.profile, event, project.memory) };
    settle(draft, moment, event);
  }
  passTime(draft, now);
  if (walkDueRuns(draft) || draft.contact.settled_until <= now) settle(draft, now);
  return conclude(draft);
}

/** The work in progress. It lives only inside one call of `decide`. */
interface Draft {
  contact: Contact;
  readonly project: Project;
  readonly clock: Instant;
  readonly moves: StageMove[];
  readonly runs: Map<string, Run>;
  readonly messages: Message[];
  /** Whether steps have changed something that the stage, an exit or a trigger may ask about. */
  stirred: boolean;
}

function begin(contact: Contact, project: Project, clock: Instant): Draft {
  return { contact, project, clock, moves: [], runs: new Map(), messages: [], stirred: false };
}

function mergeIn(draft: Draft, gone: Contact): void {
  const { memory, stages } = draft.project;
  const order = stages.list.map((stage) => stage.id);
  const { contact, ended } = mergeContacts(draft.contact, gone, memory, order, draft.clock);
  draft.contact = contact;
  for (const run of [...contact.runs, ...ended]) draft.runs.set(runKey(run), run);
}

function eventsOf(happenings: readonly Happening[]): readonly Event[] {
  return happenings.flatMap((one) => (one.kind === 'event' ? [one.event] : [])).sort(byOccurrence);
}

/** Lets the moments up to and with `end` come, at which something may change by itself. */
function passTime(draft: Draft, end: Instant): void {
  for (let step = 0; draft.contact.settled_until <= end && step < MOST_MOMENTS; step++) {
    settle(draft, Math.max(draft.contact.settled_until, draft.contact.decided_at ?? -Infinity));
  }
}

/** A rule that flickers more often than this within one decision is answered at its end only. */
const MOST_MOMENTS = 1000;

/** Decides everything that depends on what is known at one moment. */
function settle(draft: Draft, moment: Instant, event?: Event): void {
  let until = decideAt(draft, moment, event);
  for (let round = 0; draft.stirred && round < MOST_ROUNDS; round++) until = decideAt(draft, moment);
  draft.contact = {
    ...draft.contact,
    decided_at: Math.max(moment, draft.contact.decided_at ?? -Infinity),
    settled_until: until > moment ? until : moment + 1,
  };
}

/** Workflows that set each other going at one moment more often than this are left to the next. */
const MOST_ROUNDS = 10;

function decideAt(draft: Draft, moment: Instant, event?: Event): Instant {
  draft.stirred = false;
  let until = moveStage(draft, moment);
  until = Math.min(until, leaveRuns(draft, moment, event));
  tellRuns(draft, moment, event);
  return Math.min(until, enterRuns(draft, moment, event));
}

function moveStage(draft: Draft, moment: Instant): Instant {
  const { stage, because, until } = stageOf(draft.project.stages, factsAt(draft, moment));
  if (because === null) return until;
  draft.moves.push({ from: draft.contact.stage, to: stage, at: moment, because });
  draft.contact = { ...draft.contact, stage, stage_since: moment };
  return Math.min(until, stageOf(draft.project.stages, factsAt(draft, moment)).until);
}

/** Goals and exits hold wherever a run stands, and end it at once. */
function leaveRuns(draft: Draft, moment: Instant, event?: Event): Instant {
  let until = Infinity;
  for (const run of draft.contact.runs) {
    const workflow = draft.project.version(run.workflow, run.version);
    if (!workflow) {
      finish(draft, run, 'failed', VERSION_LOST, moment);
      continue;
    }
    const facts: Facts = { ...factsAt(draft, moment), entered_at: run.entered_at, happening: event };
    const way = wayOut(workflow, facts);
    if ('outcome' in way) finish(draft, run, way.outcome, way.because, moment);
    else until = Math.min(until, way.until);
  }
  return until;
}

function wayOut(
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

/** A run that waits for something, or whose wait starts anew with each event, hears of what is new. */
function tellRuns(draft: Draft, moment: Instant, event?: Event): void {
  for (const run of draft.contact.runs) {
    const workflow = draft.project.version(run.workflow, run.version);
    const step = workflow?.steps[stepIndex(workflow, run.step)];
    const then = step?.happen?.(walkOf(draft, run, moment), event);
    if (!workflow || !then || ('stay_until' in then && then.stay_until === run.due_at)) continue;
    // A paused workflow goes on from here when it is live again.
    const isHeld = 'go' in then && isPaused(draft.project, run);
    follow(draft, workflow, run, isHeld ? { stay_until: moment } : then, moment);
  }
}

/** Starts the runs whose trigger fires at this moment, unless a way out of them is open already. */
function enterRuns(draft: Draft, moment: Instant, event?: Event): Instant {
  let until = Infinity;
  for (const workflow of draft.project.workflows.values()) {
    const { trigger } = workflow;
    if (trigger.by === 'event') {
      if (event && trigger.matches(event)) enter(draft, workflow, moment, event.occurred_at, event);
      continue;
    }
    const facts = factsAt(draft, moment);
    const answer = trigger.when.answer(facts);
    until = Math.min(until, answer.until);
    const known = draft.contact.entries[workflow.id];
    if (known?.held === answer.holds) continue;
    noteEntry(draft, workflow.id, { held: answer.holds });
    const wasSeen = known?.held !== undefined || draft.contact.decided_at === null;
    if (answer.holds && wasSeen)
      enter(draft, workflow, moment, moment, undefined, trigger.when.because(facts));
  }
  return until;
}

function enter(
  draft: Draft,
  workflow: Workflow,
  moment: Instant,
  happened_at: Instant,
  event?: Event,
  because?: Reason,
): void {
  if (workflow.status !== 'live' || workflow.first === END) return;
  if (draft.clock - happened_at > exactMilliseconds(draft.project.ignore_triggers_older_than)) return;
  if (!mayEnter(draft, workflow, moment)) return;
  const facts = factsAt(draft, moment);
  if (!workflow.only_if.answer(facts).holds) return;
  if ('outcome' in wayOut(workflow, { ...facts, entered_at: happened_at })) return;
  const number = (draft.contact.entries[workflow.id]?.count ?? 0) + 1;
  const run: Run = {
    workflow: workflow.id,
    version: workflow.version,
    number,
    entered_at: moment,
    event: event ? { id: event.id, name: event.name, properties: event.properties } : null,
    because: because ?? reason(`${event?.name} happened`, `ocurrió ${event?.name}`),
    step: '',
    visit: 0,
    arrived_at: moment,
    due_at: null,
    ended_at: null,
    outcome: null,
    ended_because: null,
  };
  noteEntry(draft, workflow.id, { count: number });
  draft.contact = { ...draft.contact, runs: [...draft.contact.runs, run] };
  draft.stirred = true;
  follow(draft, workflow, run, { go: workflow.first }, moment);
}

/** One run of a workflow at a time; `after` counts from the end of the last. */
function mayEnter({ contact, project }: Draft, workflow: Workflow, moment: Instant): boolean {
  if (contact.runs.some((run) => run.workflow === workflow.id)) return false;
  const entries = contact.entries[workflow.id];
  if (!entries || entries.count === 0 || workflow.re_enter === 'always') return true;
  if (workflow.re_enter === 'never') return false;
  return moment >= after(entries.ended_at ?? moment, workflow.re_enter.after, zoneOf(contact, project));
}

type EntryNote = { readonly count?: number; readonly ended_at?: Instant; readonly held?: boolean };

function noteEntry(draft: Draft, workflow: string, note: EntryNote): void {
  const known = draft.contact.entries[workflow] ?? { count: 0, ended_at: null };
  draft.contact = {
    ...draft.contact,
    entries: { ...draft.contact.entries, [workflow]: { ...known, ...note } },
  };
}

/** Ends the waits that have run out. Runs of a paused workflow stay where they are. */
function walkDueRuns(draft: Draft): boolean {
  const now = draft.clock;
  const due = draft.contact.runs.filter((run) => isDue(draft.project, run, now));
  for (const run of due) {
    const workflow = draft.project.version(run.workflow, run.version);
    const step = workflow?.steps[stepIndex(workflow, run.step)];
    if (!workflow || !step?.due) continue;
    follow(draft, workflow, run, step.due(walkOf(draft, run, now)), now);
  }
  return due.length > 0;
}

function isDue(project: Project, run: Run, now: Instant): boolean {
  return run.due_at !== null && run.due_at <= now && !isPaused(project, run);
}

function isPaused(project: Project, run: Run): boolean {
  return project.workflows.get(run.workflow)?.status === 'paused';
}

/** Walks a run on until it waits or ends. */
function follow(draft: Draft, workflow: Workflow, from: Run, first: Then, moment: Instant): void {
  let run = from;
  let then = first;
  for (let steps = 0; 'go' in then; steps++) {
    for (const effect of then.effects ?? []) carryOut(draft, workflow, run, effect, moment);
    if (then.go === END) return finish(draft, run, 'completed', WALKED_TO_THE_END, moment);
    if (steps >= MOST_STEPS) return finish(draft, run, 'failed', WITHOUT_A_WAIT, moment);
    const step = workflow.steps[then.go] as Step;
    run = { ...run, step: step.id, visit: run.visit + 1, arrived_at: moment, due_at: null };
    then = step.arrive(walkOf(draft, run, moment));
  }
  if ('end' in then) return finish(draft, run, then.outcome ?? 'completed', then.end, moment);
  put(draft, { ...run, due_at: then.stay_until });
}

const MOST_STEPS = 100;

function carryOut(draft: Draft, workflow: Workflow, run: Run, effect: Effect, moment: Instant): void {
  if (effect.do === 'send') return oweMessage(draft, workflow, run, effect, moment);
  const profile = draft.contact.profile;
  draft.contact = {
    ...draft.contact,
    profile: { ...profile, fields: overwriteFields(profile.fields, effect.fields, moment) },
  };
  draft.stirred = true;
}

function oweMessage(
  draft: Draft,
  workflow: Workflow,
  run: Run,
  { message, channel }: Effect & { do: 'send' },
  moment: Instant,
): void {
  const { project, contact } = draft;
  const purpose = project.messages[message]?.purpose ?? workflow.purpose;
  const facts = factsAt(draft, moment);
  const mood = project.moods.of(facts);
  const tone = chooseTone(project.tone, channel, contact, mood);
  const sending = { purpose, channel, tone, mood: mood.mood, now: moment, zone: facts.zone };
  const held_back = holdBack(contact, sending, project.limits);
  draft.messages.push({
    workflow: run.workflow,
    run: run.number,
    step: run.step,
    visit: run.visit,
    message,
    channel,
    purpose,
    owed_at: moment,
    stage: contact.stage,
    language: languageOf(contact, project),
    tone: tone.tone,
    formality: tone.formality,
    because: tone.because,
    held_back,
    event: run.event?.properties ?? {},
  });
  if (held_back) return;
  const sent = rememberSent(contact.sent, project.limits, moment, facts.zone);
  draft.contact = { ...contact, sent: [...sent, { at: moment, purpose }] };
}

function finish(draft: Draft, run: Run, outcome: Outcome, because: Reason, at: Instant): void {
  put(draft, endRun(run, outcome, because, at));
  noteEntry(draft, run.workflow, { ended_at: at });
}

function put(draft: Draft, run: Run): void {
  const others = draft.contact.runs.filter((other) => runKey(other) !== runKey(run));
  draft.contact = { ...draft.contact, runs: run.ended_at === null ? [...others, run] : others };
  draft.runs.set(runKey(run), run);
}

function conclude({ contact, project, moves, runs, messages }: Draft): Decision {
  return { contact, moves, runs: [...runs.values()], messages, next_due_at: nextDueOf(contact, project) };
}

/** The moment at which time alone asks for the next decision; null: never. */
export function nextDueOf(contact: Contact, project: Project): Instant | null {
  const waits = contact.runs.flatMap((run) =>
    run.due_at === null || isPaused(project, run) ? [] : [run.due_at],
  );
  const next = Math.min(contact.settled_until, ...waits);
  return next === Infinity ? null : next;
}

function factsAt({ contact, project }: Draft, now: Instant): Facts {
  return { contact, now, zone: zoneOf(contact, project) };
}

function walkOf(draft: Draft, run: Run, now: Instant): Walk {
  const facts: Facts = { ...factsAt(draft, now), entered_at: run.entered_at };
  return { facts, run, now, clock: Math.max(now, draft.clock), calendars: draft.project.calendars };
}

/** The contact's own zone if it is one, else the project's. */
export function zoneOf(contact: Contact, project: Project): string {
  const zone = contact.profile.fields.time_zone?.value;
  return typeof zone === 'string' && isZone(zone) ? zone : project.time_zone;
}

/** The contact's own language if the project speaks it, else the project's first. */
export function languageOf(contact: Contact, project: Project): string {
  const language = contact.profile.fields.language?.value;
  return typeof language === 'string' && project.languages.includes(language)
    ? language
    : (project.languages[0] ?? 'en');
}

function runKey(run: Run): string {
  return `${run.workflow}#${run.number}`;
}

const VERSION_LOST = reason(
  'the version of the workflow that this run walks is not known any more',
  'ya no se conoce la versión del flujo que sigue este recorrido',
);
const WALKED_TO_THE_END = reason('walked to the end', 'llegó al final');
const WITHOUT_A_WAIT = reason(
  `walked ${MOST_STEPS} steps without a wait`,
  `recorrió ${MOST_STEPS} pasos sin ninguna espera`,
);
