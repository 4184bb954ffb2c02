/** Turns what was decided about contacts into facts of the journey map. */
import type { Contact } from '../contacts/contact.ts';
import { languageOf, zoneOf } from '../contacts/locale.ts';
import { readOrder } from '../events/commerce.ts';
import type { Event, Instant } from '../events/event.ts';
import type { Message } from '../messages/message.ts';
import type { Project } from '../project.ts';
import type { StageMove } from '../stages/stages.ts';
import { localDate } from '../time/zone.ts';
import type { StepPass } from '../workflows/run.ts';
import { messageKey, stepKey, Tally, type Fact, type FactKind } from './fact.ts';
import { saidBy } from './feelings.ts';
import { OTHER_EVENTS } from './plan.ts';

/** One contact that was decided. */
export interface Counted {
  /** As it was before. */
  readonly before: Contact;
  readonly after: Contact;
  /** Contacts that turned out to be this one, as they were before. */
  readonly gone: readonly Contact[];
  readonly events: readonly Event[];
  readonly moves: readonly StageMove[];
  readonly passes: readonly StepPass[];
  readonly messages: readonly Message[];
}

export function factsOf(list: readonly Counted[], project: Project): readonly Fact[] {
  const tally = new Tally();
  for (const counted of list) countOne(counted, project, tally);
  return tally.facts();
}

/** What is left to take away when a contact is erased. */
export function factsOfErasure(contact: Contact, project: Project, at: Instant): readonly Fact[] {
  const tally = new Tally();
  stand(contact, -1, at, project, tally);
  return tally.facts();
}

function countOne(counted: Counted, project: Project, tally: Tally): void {
  const { before, after, gone } = counted;
  const at = after.decided_at ?? 0;
  if (before.decided_at === null || gone.length > 0 || standsElsewhere(before, after)) {
    for (const one of [before, ...gone]) stand(one, -1, at, project, tally);
    stand(after, 1, at, project, tally);
  }
  countPasses(counted, project, tally);
  const { events, moves, messages } = counted;
  if (events.length + moves.length + messages.length === 0) return;
  const count = counterFor(after, project, tally);
  countMoves(counted, count);
  countEvents(counted, project, count);
  countMood(counted, project, count);
  for (const { held_back, owed_at, stage, workflow, tone, channel } of messages)
    if (held_back) count('message', owed_at, stage, messageKey(workflow, tone, channel, 'suppressed'));
}

function standsElsewhere(before: Contact, after: Contact): boolean {
  return (
    before.stage !== after.stage ||
    before.stage_since !== after.stage_since ||
    before.persona !== after.persona ||
    before.segments !== after.segments ||
    before.profile.fields.language !== after.profile.fields.language
  );
}

/** Whoever was never decided stands nowhere yet. */
function stand(contact: Contact, n: 1 | -1, at: Instant, project: Project, tally: Tally): void {
  if (contact.decided_at === null) return;
  const count = counterFor(contact, project, tally);
  count('people', at, contact.stage, '', 0, n);
  count('since', contact.stage_since, contact.stage, '', 0, n);
}

type Count = (fact: FactKind, at: Instant, stage: string, key?: string, total?: number, n?: number) => void;

/** Counts for everybody, and for each segment that the contact is in. */
function counterFor(contact: Contact, project: Project, tally: Tally): Count {
  const persona = contact.persona ?? '';
  const language = languageOf(contact, project);
  const segments = ['', ...Object.keys(contact.segments)];
  return (fact, at, stage, key = '', total = 0, n = 1) => {
    const day = localDate(at, project.time_zone);
    tally.add({ day, fact, stage, key, persona, language }, segments, n, total);
  };
}

function countPasses({ passes }: Counted, project: Project, tally: Tally): void {
  for (const { workflow, step, at, stayed } of passes) {
    const day = localDate(at, project.time_zone);
    const common = { day, stage: '', key: stepKey(workflow, step), persona: '', language: '' };
    if (stayed === null) tally.add({ ...common, fact: 'visit' }, EVERYBODY, 1);
    else tally.add({ ...common, fact: 'stay' }, EVERYBODY, 1, stayed);
  }
}

const EVERYBODY = [''];

function countMoves({ before, moves }: Counted, count: Count): void {
  let since = before.stage_since;
  for (const { from, to, at } of moves) {
    count('move', at, from, to, Math.max(0, at - since));
    since = at;
  }
}

function countEvents({ before, moves, events }: Counted, project: Project, count: Count): void {
  const ordered = new Set(before.profile.orders.list.map(({ id }) => id));
  for (const event of events) {
    const { name, occurred_at: at } = event;
    const stage = stageAt(at, before, moves);
    count('event', at, stage, project.map.events.has(name) ? name : OTHER_EVENTS);
    if (name === 'order_completed') countOrder(event, stage, ordered, project, count);
    for (const { fact, key, total } of saidBy(event)) count(fact, at, stage, key, total);
  }
}

/** Where it stood when it did something: a move that this brought about is later, or at that very moment. */
function stageAt(at: Instant, before: Contact, moves: readonly StageMove[]): string {
  let stage = before.stage;
  for (const move of moves) if (move.at < at) stage = move.to;
  return stage;
}

/** Shops tell of an order more than once. */
function countOrder(event: Event, stage: string, ordered: Set<string>, project: Project, count: Count): void {
  const { order_id, revenue = 0, currency } = readOrder(event.properties);
  if (order_id !== undefined && ordered.has(order_id)) return;
  if (order_id !== undefined) ordered.add(order_id);
  const is_ours = currency === undefined || currency === project.map.currency;
  count('order', event.occurred_at, stage, '', is_ours ? revenue : 0);
}

/** Once a day of somebody who does something, and whenever it changes. */
function countMood({ before, after, events }: Counted, project: Project, count: Count): void {
  const at = after.decided_at;
  if (events.length === 0 || at === null) return;
  const moodOf = (contact: Contact, now: Instant): string =>
    project.moods.holding({ contact, now, zone: zoneOf(contact, project) }).mood;
  const mood = moodOf(after, at);
  const { decided_at: was_at } = before;
  const is_first =
    was_at === null || localDate(was_at, project.time_zone) !== localDate(at, project.time_zone);
  if (is_first || moodOf(before, was_at) !== mood) count('mood', at, after.stage, mood);
}
