import { newContact } from '../core/contacts/contact.ts';
import { zoneOf } from '../core/contacts/locale.ts';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import type { Reason } from '../core/reason.ts';
import { live, type Life, type LivedMessage } from './live.ts';
import type { Person } from './people.ts';
import { count, newSimulation, type Simulation } from './tally.ts';

/** One message to one person, as it would have left or been held back. */
export interface MessageRow {
  readonly contact: string;
  readonly at: Instant;
  /** Where the contact is. */
  readonly zone: string;
  readonly workflow: string;
  readonly step: string;
  readonly message: string;
  readonly channel: string;
  readonly tone: string;
  readonly language: string;
  readonly held_back: Reason | null;
}

export interface SimulateOptions {
  /** When the project goes live; absent: before the first event. */
  readonly from?: Instant | undefined;
  readonly until: Instant;
  onMessage?(row: MessageRow): void;
  /** Hears after each person how many events lie behind. */
  onPerson?(events: number): void;
}

export type People = Iterable<Person> | AsyncIterable<Person>;

/**
 * Lets people live their histories once more under a project. Nothing is kept of them but counts: who got what is told
 * row by row.
 * @throws EndlessMoment
 */
export async function simulate(
  project: Project,
  people: People,
  options: SimulateOptions,
): Promise<Simulation> {
  const simulation = newSimulation(project, options.from, options.until);
  for await (const person of people) {
    const life = liveAgain(person, project, options);
    if (!life) continue;
    count(simulation, life, project, bornAt(person));
    if (options.onMessage) for (const lived of life.messages) options.onMessage(rowOf(lived, project));
    options.onPerson?.(simulation.events);
  }
  return simulation;
}

/** Undefined for whoever is not yet there by the end. */
export function liveAgain(
  person: Person,
  project: Project,
  { from, until }: Pick<SimulateOptions, 'from' | 'until'>,
): Life | undefined {
  const born = bornAt(person);
  if (born > until) return undefined;
  const contact = newContact(person.contact_id, project.stages.start, born);
  return live(contact, person.events, project, { from, until });
}

export function bornAt({ events }: Person): Instant {
  return events[0]?.occurred_at ?? Infinity;
}

export function rowOf({ message, contact }: LivedMessage, project: Project): MessageRow {
  const { workflow, step, channel, tone, language, held_back } = message;
  return {
    contact: contact.id,
    at: message.owed_at,
    zone: zoneOf(contact, project),
    ...{ workflow, step, message: message.message, channel, tone, language, held_back },
  };
}
