/**
 * What was found out about a contact at one moment, so that the next decision need not ask again what nothing has
 * changed: an answer stands until the moment that it named, unless an event comes of which its conditions remember
 * something, or a part of the contact changes at which they look. It only spares work: without it, the same is decided.
 */
import { LOOKS, looksOf, type Question } from '../conditions/answer.ts';
import type { Contact } from '../contacts/contact.ts';
import { zoneOf } from '../contacts/locale.ts';
import type { Event, Instant } from '../events/event.ts';
import type { Project } from '../project.ts';
import type { Run } from '../workflows/run.ts';
import type { Trigger, Workflow } from '../workflows/workflow.ts';

export interface Known {
  readonly project: Project;
  /** Whom it is about: it says nothing of the same contact at any other time. */
  readonly of: Contact;
  readonly seen: Seen;
  /** Until when time alone changes nothing of each. */
  readonly stage: Instant;
  readonly segments: Instant;
  readonly persona: Instant;
  /** Of the workflows, in their order. */
  readonly triggers: readonly Instant[];
  readonly exits: readonly KnownExits[];
}

/** The contact as it was when the answers were asked for: what has changed since is seen by comparing. */
type Seen = Pick<Contact, 'profile' | 'stage' | 'stage_since' | 'stages_left'>;

/** Until when time alone opens no way out of a run. */
export interface KnownExits {
  readonly run: Run;
  readonly until: Instant;
}

/** What some conditions look at, and of which events they remember something. */
export interface Sight {
  readonly looks_at: number;
  readonly events: ReadonlySet<string>;
}

/** What each kind of rule of a project looks at. */
export interface Sights {
  readonly stage: Sight;
  readonly segments: Sight;
  readonly persona: Sight;
  /** Of the workflows, in their order; null where what fires is no answer that could stand. */
  readonly triggers: readonly (Sight | null)[];
}

/** Made once for each project. */
export function sightsOf(project: Project): Sights {
  let sights = known_sights.get(project);
  if (!sights) known_sights.set(project, (sights = makeSights(project)));
  return sights;
}

const known_sights = new WeakMap<Project, Sights>();

function makeSights({ stages, segments, personas, workflows }: Project): Sights {
  const rules = stages.list.flatMap(({ enter_when }) => enter_when ?? []);
  const stage = sightOf(rules);
  return {
    // How long a stage asks to stay is counted from the stage itself.
    stage: { ...stage, looks_at: stage.looks_at | LOOKS.stage },
    segments: sightOf(segments.map(({ when }) => when)),
    persona: sightOf([personas]),
    triggers: [...workflows.values()].map(({ trigger }) => sightOfTrigger(trigger)),
  };
}

function sightOfTrigger(trigger: Trigger): Sight | null {
  if (trigger.by === 'condition') return sightOf([trigger.when]);
  if (trigger.by === 'moment') return sightOf([{ memory: [], looks_at: trigger.looks_at }]);
  return null;
}

/** What the goal and the exits of a workflow look at. */
export function sightOfExits(workflow: Workflow): Sight {
  let sight = known_exits.get(workflow);
  if (!sight) {
    const { goal, exits } = workflow;
    known_exits.set(workflow, (sight = sightOf(goal ? [goal.reached, ...exits] : exits)));
  }
  return sight;
}

const known_exits = new WeakMap<Workflow, Sight>();

const ANYTHING = -1;
/** Days begin elsewhere in another zone: whatever is asked is asked again. */
const ZONE = 1 << 8;

function sightOf(questions: readonly Pick<Question, 'memory' | 'looks_at'>[]): Sight {
  return {
    looks_at: (looksOf(questions) ?? ANYTHING) | ZONE,
    events: new Set(questions.flatMap(({ memory }) => memory.flatMap(({ events }) => events))),
  };
}

/** Nothing is known: everything is asked. */
export function nothingKnown(contact: Contact, project: Project): Known {
  const triggers = [...project.workflows.keys()].map(() => -Infinity);
  const unknown = -Infinity;
  return {
    project,
    of: contact,
    seen: seenOf(contact),
    stage: unknown,
    segments: unknown,
    persona: unknown,
    triggers,
    exits: [],
  };
}

export function seenOf({ profile, stage, stage_since, stages_left }: Contact): Seen {
  return { profile, stage, stage_since, stages_left };
}

/** The first moment at which time alone could change anything. */
export function soonestOf({ stage, segments, persona, triggers, exits }: Known): Instant {
  let soonest = Math.min(stage, segments, persona);
  for (const until of triggers) if (until < soonest) soonest = until;
  for (const { until } of exits) if (until < soonest) soonest = until;
  return soonest;
}

/** Whether what was answered until `until` is still the answer. */
export function stands(
  until: Instant,
  { looks_at, events }: Sight,
  { project, seen }: Known,
  contact: Contact,
  moment: Instant,
  event: Event | undefined,
): boolean {
  if (until <= moment || (event && events.has(event.name))) return false;
  return (changesOf(seen, contact, project) & looks_at) === 0;
}

function changesOf(before: Seen, after: Contact, project: Project): number {
  const [was, is] = [before.profile, after.profile];
  if (was.fields !== is.fields && zoneOf(before, project) !== zoneOf(after, project)) return ANYTHING;
  return (
    (was.fields === is.fields ? 0 : LOOKS.fields) |
    (was.cart === is.cart ? 0 : LOOKS.cart) |
    (was.orders === is.orders ? 0 : LOOKS.orders) |
    (was.consent === is.consent ? 0 : LOOKS.consent) |
    (isSameStage(before, after) ? 0 : LOOKS.stage)
  );
}

function isSameStage(a: Seen, b: Contact): boolean {
  return a.stage === b.stage && a.stage_since === b.stage_since && a.stages_left === b.stages_left;
}
