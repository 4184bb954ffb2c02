/** When the trigger of a workflow fired for a contact, whether or not a run began. */
import type { Facts, Question } from '../../core/conditions/answer.ts';
import { emptyProfile, type Profile } from '../../core/contacts/contact.ts';
import { fold } from '../../core/contacts/fold.ts';
import { zoneOf } from '../../core/contacts/locale.ts';
import type { Event, Instant } from '../../core/events/event.ts';
import type { Project } from '../../core/project.ts';
import { reason, type Reason } from '../../core/reason.ts';
import { WORKFLOW_STARTED } from '../../core/workflows/step.ts';
import type { Trigger, Workflow } from '../../core/workflows/workflow.ts';
import { contactAt, type Records } from './records.ts';

export interface Attempt {
  readonly at: Instant;
  /** Absent where something else than an event fired it. */
  readonly event?: Event;
  readonly because: Reason;
}

/** Oldest first, up to and with `until`. */
export function attemptsOf(
  workflow: Workflow,
  records: Records,
  project: Project,
  until: Instant,
): readonly Attempt[] {
  const by_hand = records.events
    .filter(({ name, properties }) => name === WORKFLOW_STARTED && properties.workflow === workflow.id)
    .map((event): Attempt => ({ at: event.occurred_at, event, because: BY_HAND }));
  const fired = firedBy(workflow.trigger, records, project, until);
  return [...by_hand, ...fired].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
}

const BY_HAND = reason('it was started by hand', 'se inició a mano');

function firedBy(trigger: Trigger, records: Records, project: Project, until: Instant): readonly Attempt[] {
  switch (trigger.by) {
    case 'event':
      return records.events.filter((event) => trigger.matches(event)).map(byEvent);
    case 'condition':
      return risingEdges(trigger.when, records, project, until);
    case 'move':
      return movesThatFire(trigger, records);
    case 'moment':
      return momentsOf(trigger, records, project, until);
    case 'hand':
      return [];
  }
}

function byEvent(event: Event): Attempt {
  const because = reason(`${event.name} happened`, `ocurrió ${event.name}`);
  return { at: event.occurred_at, event, because };
}

function movesThatFire(
  { of, way, ids }: Extract<Trigger, { by: 'move' }>,
  { stage_moves, segment_moves }: Records,
): readonly Attempt[] {
  if (of === 'stage') {
    return stage_moves
      .filter(({ from, to }) => ids.includes(way === 'enters' ? to : from))
      .map(({ at, from, to }) => ({
        at,
        because: reason(`moved from ${from} to ${to}`, `pasó de ${from} a ${to}`),
      }));
  }
  const [en, es] = way === 'enters' ? ['came into', 'entró en'] : ['left', 'salió de'];
  return segment_moves
    .filter((move) => move.way === way && ids.includes(move.segment))
    .map(({ at, segment }) => ({
      at,
      because: reason(`${en} segment ${segment}`, `${es} el segmento ${segment}`),
    }));
}

/** Dates and schedules, by what is known of the contact at the end. */
function momentsOf(
  trigger: Extract<Trigger, { by: 'moment' }>,
  records: Records,
  project: Project,
  until: Instant,
): readonly Attempt[] {
  const facts = factsAt(records, project, until);
  const found: Attempt[] = [];
  let at = (records.events[0]?.occurred_at ?? until) - 1;
  while (found.length < MOST_MOMENTS) {
    const next = trigger.next(facts, at);
    if (next === undefined || next > until) break;
    found.push({ at: next, because: ITS_TIME });
    at = next;
  }
  return found;
}

const MOST_MOMENTS = 1000;
const ITS_TIME = reason('its time had come', 'llegó su momento');

export function factsAt(records: Records, project: Project, now: Instant, folded?: Profile): Facts {
  const contact = contactAt(records, project, now, folded);
  return { contact, now, zone: zoneOf(contact, project) };
}

/** When the condition was not true and became true: by what happened, by a move of the contact, or by time alone. */
function risingEdges(when: Question, records: Records, project: Project, until: Instant): readonly Attempt[] {
  const edges: Attempt[] = [];
  let profile = emptyProfile();
  let held = false;
  let next = Infinity;
  let looks = 0;
  const ask = (at: Instant): void => {
    const facts = factsAt(records, project, at, profile);
    const answer = when.answer(facts);
    if (answer.holds && !held) edges.push({ at, because: when.because(facts) });
    held = answer.holds;
    next = answer.until > at ? answer.until : Infinity;
    looks++;
  };
  for (const { at, event } of momentsIn(records, until)) {
    while (next < at && looks < MOST_LOOKS) ask(next);
    if (event) profile = fold(profile, event, project.memory);
    ask(at);
  }
  while (next <= until && looks < MOST_LOOKS) ask(next);
  return edges;
}

/** A condition that flickers more often is looked at no longer. */
const MOST_LOOKS = 5000;

function momentsIn(
  { events, stage_moves }: Records,
  until: Instant,
): readonly { readonly at: Instant; readonly event?: Event }[] {
  const moments = [
    ...events.map((event) => ({ at: event.occurred_at, event })),
    ...stage_moves.map(({ at }) => ({ at })),
  ];
  return moments.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
}
