import { zoneOf } from '../core/contacts/locale.ts';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { DAY } from '../core/time/date.ts';
import { localDate } from '../core/time/zone.ts';
import type { Life, LivedMessage } from './live.ts';

/** What came of one workflow. */
export interface WorkflowCounts {
  entered: number;
  /** Of these, who got nothing, so that the effect can be measured; and how many of them reached the goal all the same. */
  held_out: number;
  held_out_converted: number;
  /** How the others ended; `inside` are those who have not. */
  converted: number;
  exited: number;
  completed: number;
  failed: number;
  inside: number;
  sent: number;
  /** Messages by the reason for which they were held back, without its particulars. */
  held_back: Record<string, number>;
}

export interface MessageCounts {
  /** By the tone in which they were sent. */
  sent: Record<string, number>;
  held_back: number;
}

/** What a project would have done with a history. */
export interface Simulation {
  readonly from: Instant | null;
  readonly until: Instant;
  people: number;
  events: number;
  /** For how many days people were watched, all together. */
  contact_days: number;
  /** How often a stage was entered or left. */
  moves: number;
  readonly workflows: Record<string, WorkflowCounts>;
  readonly messages: Record<string, MessageCounts>;
  /** People in each stage and segment at the end. */
  readonly stages: Record<string, number>;
  readonly segments: Record<string, number>;
  /** Messages that left, by workflow and by the day where the contact is. */
  readonly calendar: Record<string, Record<string, number>>;
}

/** Empty, with every workflow and stage of the project in its order. */
export function newSimulation(project: Project, from: Instant | undefined, until: Instant): Simulation {
  return {
    from: from ?? null,
    until,
    people: 0,
    events: 0,
    contact_days: 0,
    moves: 0,
    workflows: Object.fromEntries([...project.workflows.keys()].map((id) => [id, newCounts()])),
    messages: {},
    stages: Object.fromEntries(project.stages.list.map(({ id }) => [id, 0])),
    segments: Object.fromEntries(project.segments.map(({ id }) => [id, 0])),
    calendar: {},
  };
}

function newCounts(): WorkflowCounts {
  return {
    ...{ entered: 0, held_out: 0, held_out_converted: 0 },
    ...{ converted: 0, exited: 0, completed: 0, failed: 0, inside: 0, sent: 0, held_back: {} },
  };
}

/** Adds one person's life. */
export function count(simulation: Simulation, life: Life, project: Project, born: Instant): void {
  simulation.people += 1;
  simulation.events += life.events;
  simulation.contact_days += Math.max(0, simulation.until - Math.max(born, simulation.from ?? born)) / DAY;
  simulation.moves += life.moves.length;
  add(simulation.stages, life.contact.stage);
  for (const segment of Object.keys(life.contact.segments)) add(simulation.segments, segment);
  for (const run of life.runs) countRun(workflowOf(simulation, run.workflow), run);
  for (const lived of life.messages) countMessage(simulation, lived, project);
}

function countRun(counts: WorkflowCounts, { held_out, outcome }: Life['runs'][number]): void {
  counts.entered += 1;
  if (held_out) {
    counts.held_out += 1;
    if (outcome === 'converted') counts.held_out_converted += 1;
  } else if (outcome === null) counts.inside += 1;
  else if (outcome !== 'merged') counts[outcome] += 1;
}

function countMessage(simulation: Simulation, { message, contact }: LivedMessage, project: Project): void {
  const workflow = workflowOf(simulation, message.workflow);
  const counts = (simulation.messages[message.message] ??= { sent: {}, held_back: 0 });
  if (message.held_back) {
    counts.held_back += 1;
    add(workflow.held_back, withoutParticulars(message.held_back.en));
    return;
  }
  workflow.sent += 1;
  add(counts.sent, message.tone);
  add((simulation.calendar[message.workflow] ??= {}), localDate(message.owed_at, zoneOf(contact, project)));
}

/** Reasons that differ only in what stands in brackets count as one. */
function withoutParticulars(because: string): string {
  const bracket = because.indexOf(' (');
  return bracket === -1 ? because : because.slice(0, bracket);
}

function workflowOf(simulation: Simulation, id: string): WorkflowCounts {
  return (simulation.workflows[id] ??= newCounts());
}

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
