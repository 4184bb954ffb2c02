/**
 * One contact's life in virtual time: `decide` of the core, called as the engine calls it under a moved clock, at every
 * moment at which something happened or fell due. What was sent, and what webhooks answered, comes back as events.
 */
import type { Contact } from '../core/contacts/contact.ts';
import { decide, nextDueOf, type Decision, type Happening } from '../core/decide.ts';
import type { Known } from '../core/deciding/known.ts';
import type { Event, Instant } from '../core/events/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Message } from '../core/messages/message.ts';
import type { Project } from '../core/project.ts';
import type { SegmentMove } from '../core/segments/segments.ts';
import type { StageMove } from '../core/stages/stages.ts';
import type { Run } from '../core/workflows/run.ts';
import { CALL_ANSWERED, type Call } from '../core/workflows/step.ts';
import { atSending } from './at-sending.ts';

export interface Living {
  /**
   * The project goes live then: what came before is known of the contact, and started nothing. Absent: it always was
   * live.
   */
  readonly from?: Instant | undefined;
  /** The last moment that is lived. */
  readonly until: Instant;
  /** How a webhook answers; absent: at once, with nothing. */
  answer?(call: Call): WebhookAnswer;
  /** Hears of the contact as it stands after each decision. */
  onDecided?(contact: Contact, at: Instant): void;
}

export interface WebhookAnswer {
  readonly ok: boolean;
  readonly answer: Json;
  /** Why it failed; empty where it did not. */
  readonly failure: string;
  /** When the answer comes; never before the call. Absent: at once. */
  readonly at?: Instant;
}

/** A message as it left or was held back, and the contact as it stood then. */
export interface LivedMessage {
  readonly message: Message;
  readonly contact: Contact;
}

export interface Life {
  readonly contact: Contact;
  readonly moves: readonly StageMove[];
  readonly segment_moves: readonly SegmentMove[];
  /** Each as it stood last. */
  readonly runs: readonly Run[];
  readonly messages: readonly LivedMessage[];
  readonly calls: readonly Call[];
  /** Events that were lived through, without those that came of messages and calls. */
  readonly events: number;
}

/** Workflows that set each other going without an end: nothing would ever come after. */
export class EndlessMoment extends Error {
  readonly contact_id: string;
  readonly at: Instant;

  constructor(contact_id: string, at: Instant) {
    super(`at ${new Date(at).toISOString()} the workflows set each other going without an end`);
    this.contact_id = contact_id;
    this.at = at;
  }
}

/** @throws EndlessMoment */
export function live(contact: Contact, events: readonly Event[], project: Project, living: Living): Life {
  const life = begin(contact, events, project, living);
  for (;;) {
    const next = Math.min(
      life.waiting[life.taken]?.occurred_at ?? Infinity,
      life.added[0]?.occurred_at ?? Infinity,
      life.due,
    );
    if (next > living.until) break;
    const now = Math.max(next, life.contact.decided_at ?? next);
    watchForEnd(life, now);
    const decision = decide(life.contact, takeUntil(life, next), life.project, now, life.known);
    keep(life, decision, living);
    living.onDecided?.(life.contact, now);
  }
  const { taken, runs, moves, segment_moves, messages, calls } = life;
  return {
    contact: life.contact,
    moves,
    segment_moves,
    runs: [...runs.values()],
    messages,
    calls,
    events: taken,
  };
}

interface Draft {
  contact: Contact;
  known: Known | undefined;
  due: Instant;
  readonly project: Project;
  readonly tells_of_sending: boolean;
  /** In the order in which they occurred; `taken` of them lie behind. */
  readonly waiting: readonly Event[];
  taken: number;
  /** What came of messages and calls, in the same order. */
  readonly added: Event[];
  readonly moves: StageMove[];
  readonly segment_moves: SegmentMove[];
  readonly runs: Map<string, Run>;
  readonly messages: LivedMessage[];
  readonly calls: Call[];
  /** How often the present moment has been decided. */
  at: Instant;
  rounds: number;
}

function begin(contact: Contact, events: readonly Event[], project: Project, { from }: Living): Draft {
  const waiting = inOrder(events);
  const draft: Draft = {
    contact,
    known: undefined,
    due: nextDueOf(contact, project) ?? Infinity,
    project: startingAt(project, from ?? -Infinity),
    tells_of_sending: project.memory.by_event.has('message_sent'),
    waiting,
    taken: 0,
    added: [],
    moves: [],
    segment_moves: [],
    runs: new Map(),
    messages: [],
    calls: [],
    at: -Infinity,
    rounds: 0,
  };
  if (from !== undefined && (waiting[0]?.occurred_at ?? Infinity) < from) liveThroughPast(draft, from);
  return draft;
}

function inOrder(events: readonly Event[]): readonly Event[] {
  const isSorted = events.every(
    (event, index) => (events[index - 1]?.occurred_at ?? -Infinity) <= event.occurred_at,
  );
  return isSorted ? events : events.toSorted((a, b) => a.occurred_at - b.occurred_at);
}

/** Copies are kept, as what is remembered of a project hangs on the object. */
function startingAt(project: Project, live_since: Instant): Project {
  if (project.live_since === live_since) return project;
  const known = started.get(project);
  if (known?.live_since === live_since) return known;
  const copy = { ...project, live_since };
  started.set(project, copy);
  return copy;
}

const started = new WeakMap<Project, Project>();

/** What came before the project went live, known and without a workflow. */
function liveThroughPast(draft: Draft, from: Instant): void {
  const past = withoutWorkflows(draft.project);
  const happenings = takeUntil(draft, from - 1);
  const decision = decide(draft.contact, happenings, past, from - 1);
  draft.contact = decision.contact;
  draft.due = from;
}

function withoutWorkflows(project: Project): Project {
  const known = emptied.get(project);
  if (known) return known;
  const rules = `${project.rules} without workflows`;
  const copy: Project = { ...project, rules, live_since: -Infinity, workflows: new Map() };
  emptied.set(project, copy);
  return copy;
}

const emptied = new WeakMap<Project, Project>();

function takeUntil(draft: Draft, moment: Instant): Happening[] {
  const taken: Happening[] = [];
  for (let event = draft.waiting[draft.taken]; event && event.occurred_at <= moment;) {
    taken.push({ kind: 'event', event });
    event = draft.waiting[++draft.taken];
  }
  while ((draft.added[0]?.occurred_at ?? Infinity) <= moment) {
    taken.push({ kind: 'event', event: draft.added.shift() as Event });
  }
  return taken;
}

const MOST_ROUNDS = 1000;

function watchForEnd(draft: Draft, now: Instant): void {
  draft.rounds = now === draft.at ? draft.rounds + 1 : 0;
  draft.at = now;
  if (draft.rounds > MOST_ROUNDS) throw new EndlessMoment(draft.contact.id, now);
}

function keep(draft: Draft, decision: Decision, living: Living): void {
  draft.contact = decision.contact;
  draft.known = decision.known;
  draft.due = decision.next_due_at ?? Infinity;
  draft.moves.push(...decision.moves);
  draft.segment_moves.push(...decision.segment_moves);
  for (const run of decision.runs) draft.runs.set(`${run.workflow}#${run.number}`, run);
  for (const message of decision.messages) send(draft, message);
  for (const call of decision.calls) makeCall(draft, call, living);
}

function send(draft: Draft, owed: Message): void {
  const message = atSending(owed, draft.contact, draft.project);
  draft.messages.push({ message, contact: draft.contact });
  if (message.held_back || !draft.tells_of_sending) return;
  const { workflow, step, run, visit, owed_at } = message;
  const properties = { message: message.message, workflow, step, run };
  tell(draft, `sent/${workflow}#${run}/${step}/${visit}`, 'message_sent', properties, owed_at);
}

function makeCall(draft: Draft, call: Call, { answer }: Living): void {
  draft.calls.push(call);
  if (call.spec.kind !== 'webhook') return;
  const { workflow, run, step, visit, owed_at } = call;
  const answered = answer?.(call) ?? SILENCE;
  const properties = {
    ...{ workflow, run, step, visit },
    ...{ ok: answered.ok, answer: answered.answer, failure: answered.failure },
  };
  const at = Math.max(owed_at, answered.at ?? owed_at);
  tell(draft, `answered/${workflow}#${run}/${step}/${visit}`, CALL_ANSWERED, properties, at);
}

const SILENCE: WebhookAnswer = { ok: true, answer: null, failure: '' };

function tell(draft: Draft, id: string, name: string, properties: JsonObject, occurred_at: Instant): void {
  const place = draft.added.findLastIndex((event) => event.occurred_at <= occurred_at) + 1;
  draft.added.splice(place, 0, { id, type: 'track', name, occurred_at, properties });
}
