import type { Event, IncomingEvent } from '../core/events/event.ts';

/** Everything that happened to one person. */
export interface Person {
  readonly contact_id: string;
  /** In the order in which they occurred. */
  readonly events: readonly Event[];
}

/**
 * Whose events are whose, by the rules of the store: a visitor becomes whoever is first known on the same device, and
 * two known people are joined by `alias` alone. Each person is taken as who he turned out to be, from his first event
 * on. Repeats of a message id are left out. People are named by their user id, visitors by `anonymous:` and theirs.
 */
export function gatherPeople(
  events: Iterable<IncomingEvent>,
  /** The id of an event, from its message id: it settles the order of two events of the same kind and moment. */
  eventId: (message_id: string) => string = (message_id) => message_id,
): readonly Person[] {
  const crowd = newCrowd();
  const seen = new Set<string>();
  const owners: number[] = [];
  const kept: IncomingEvent[] = [];
  for (const event of events) {
    if (seen.has(event.message_id)) continue;
    seen.add(event.message_id);
    kept.push(event);
    owners.push(join(crowd, event));
  }
  return peopleOf(crowd, kept, owners, eventId);
}

/** People are numbers; whoever turned out to be another leads to that one. */
interface Crowd {
  readonly users: Map<string, number>;
  readonly visitors: Map<string, number>;
  readonly became: number[];
  readonly names: (string | undefined)[];
}

function newCrowd(): Crowd {
  return { users: new Map(), visitors: new Map(), became: [], names: [] };
}

function join(crowd: Crowd, { user_id, anonymous_id, previous_id }: IncomingEvent): number {
  if (user_id === undefined) return found(crowd, crowd.visitors, anonymous_id ?? '');
  if (previous_id !== undefined) {
    const map = crowd.users.has(previous_id) ? crowd.users : crowd.visitors;
    return unite(crowd, user_id, map, previous_id, true);
  }
  if (anonymous_id !== undefined) return unite(crowd, user_id, crowd.visitors, anonymous_id, false);
  return named(crowd, user_id, found(crowd, crowd.users, user_id));
}

function unite(
  crowd: Crowd,
  user_id: string,
  others: Map<string, number>,
  other_id: string,
  byAlias: boolean,
): number {
  const user = resolve(crowd, crowd.users.get(user_id));
  const other = resolve(crowd, others.get(other_id));
  const isFree = other !== undefined && (byAlias || crowd.names[other] === undefined);
  if (user === undefined) {
    const person = isFree ? other : added(crowd);
    crowd.users.set(user_id, person);
    if (other === undefined) others.set(other_id, person);
    return named(crowd, user_id, person);
  }
  if (other === undefined) others.set(other_id, user);
  else if (isFree && other !== user) crowd.became[other] = user;
  return user;
}

function found(crowd: Crowd, map: Map<string, number>, id: string): number {
  const known = resolve(crowd, map.get(id));
  if (known !== undefined) return known;
  const person = added(crowd);
  map.set(id, person);
  return person;
}

function added(crowd: Crowd): number {
  const person = crowd.became.length;
  crowd.became.push(person);
  crowd.names.push(undefined);
  return person;
}

function named(crowd: Crowd, user_id: string, person: number): number {
  crowd.names[person] ??= user_id;
  return person;
}

function resolve(crowd: Crowd, person: number | undefined): number | undefined {
  let here = person;
  while (here !== undefined && crowd.became[here] !== here) here = crowd.became[here];
  return here;
}

function peopleOf(
  crowd: Crowd,
  kept: readonly IncomingEvent[],
  owners: readonly number[],
  eventId: (message_id: string) => string,
): readonly Person[] {
  const visitors = new Map([...crowd.visitors].map(([id, person]) => [person, id]));
  const people = new Map<number, { contact_id: string; events: Event[] }>();
  kept.forEach(({ message_id, type, name, occurred_at, properties }, index) => {
    const owner = resolve(crowd, owners[index]) as number;
    let person = people.get(owner);
    if (!person) {
      person = { contact_id: crowd.names[owner] ?? `anonymous:${visitors.get(owner) ?? owner}`, events: [] };
      people.set(owner, person);
    }
    person.events.push({ id: eventId(message_id), type, name, occurred_at, properties });
  });
  for (const { events } of people.values()) events.sort((a, b) => a.occurred_at - b.occurred_at);
  return [...people.values()];
}
