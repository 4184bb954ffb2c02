import { fileURLToPath } from 'node:url';
import { loadProject } from '../src/project/load.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import type { Project } from '../src/core/project.ts';
import type { Event, Instant } from '../src/core/events/event.ts';
import { DAY, HOUR } from '../src/core/time/date.ts';
import type { Person } from '../src/simulate/people.ts';
import { simulate } from '../src/simulate/simulate.ts';
import { spread, timed, type Spread } from './surroundings.ts';
import { readWorld } from './worlds.ts';

export interface SimulateFigures {
  readonly world: string;
  readonly events: number;
  /** Events per second of one core's time, and of the clock on the wall. */
  readonly per_core: Spread;
  readonly per_second: Spread;
  readonly contact_days: number;
  /** Days of one contact, lived by people who wait, per second of one core's time. */
  readonly waiting_per_core: Spread;
}

export interface SimulateOptions {
  /** Of the people of the world; 1: all. */
  readonly share: number;
  readonly waiting: number;
  readonly rounds: number;
}

/** A history lived again under the shipped project, and a crowd that mostly waits. */
export async function benchSimulate({ share, waiting, rounds }: SimulateOptions): Promise<SimulateFigures> {
  const { name, people: all } = await readWorld();
  const people = all.filter((_, index) => index % Math.round(1 / share) === 0);
  const shipped = projectOf(await readProjectFiles(fileURLToPath(new URL('..', import.meta.url))));
  const end = Math.max(...people.map(({ events }) => events.at(-1)?.occurred_at ?? 0)) + DAY;
  const crowd = crowdOf(waiting);
  const patient = projectOf(PATIENT);
  const figures: Record<'per_core' | 'per_second' | 'waiting', number[]> = {
    per_core: [],
    per_second: [],
    waiting: [],
  };
  let [events, contact_days] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const lived = await timed(() => simulate(shipped, people, { until: end }));
    events = lived.result.events;
    figures.per_core.push(events / lived.core);
    figures.per_second.push(events / lived.wall);
    const waited = await timed(() => simulate(patient, crowd, { until: BEGIN + 30 * DAY }));
    contact_days = Math.round(waited.result.contact_days);
    figures.waiting.push(contact_days / waited.core);
  }
  return {
    world: name,
    events,
    per_core: spread(figures.per_core),
    per_second: spread(figures.per_second),
    contact_days,
    waiting_per_core: spread(figures.waiting),
  };
}

function projectOf(files: ProjectFiles): Project {
  const { loaded, problems } = loadProject(files);
  if (!loaded) throw new Error(problems.map(({ file, message }) => `${file}: ${message}`).join('\n'));
  return loaded.project;
}

const BEGIN = Date.UTC(2026, 0, 5, 8);

/** Everybody waits in three workflows: after a sign-up, for an order or the week's end, and for a birthday. */
const PATIENT: ProjectFiles = {
  'etapa.yaml': `version: 1
name: Waiting room
languages: [en]
time_zone: Europe/Madrid
currency: EUR
from: { name: Waiting room, email: shop@shop.example }
postal_address: "Street 1, Town"
`,
  'workflows/journey/stages.yaml': `version: 1
stages:
  - { id: awareness, start_here: true }
  - { id: experience, enter_when: { field: orders.count, at_least: 1 } }
`,
  'workflows/journey/segments.yaml': `version: 1
segments:
  quiet: { when: { event: identified, not_within: 14 days } }
`,
  'workflows/follow_up.yaml': `version: 1
workflow: follow_up
purpose: service
enter_when: { event: identified }
exit_when: { event: order_completed }
steps:
  - wait: 1 day
  - update_contact: { first: true }
  - wait: 5 days
  - update_contact: { second: true }
  - wait_for: { event: order_completed }
    up_to: 20 days
    if_not: [{ update_contact: { left: true } }]
`,
  'workflows/weekly.yaml': `version: 1
workflow: weekly
purpose: service
enter_when: { every: monday 10:00 }
steps:
  - wait: 2 days
  - update_contact: { seen: true }
`,
  'workflows/birthday.yaml': `version: 1
workflow: birthday
purpose: service
enter_when: { date: birthday, every: year, at: 09:00 }
steps:
  - update_contact: { congratulated: true }
`,
};

const ZONES = ['Europe/Madrid', 'America/Mexico_City', 'Asia/Kolkata'];

function crowdOf(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index): Person => {
    const birthday = new Date(Date.UTC(1985, 0, 1) + (index % 365) * DAY).toISOString().slice(0, 10);
    const time_zone = ZONES[index % ZONES.length] ?? 'UTC';
    return { contact_id: `waiting-${index}`, events: [signUp(index, { birthday, time_zone })] };
  });
}

function signUp(index: number, properties: Event['properties']): Event {
  const occurred_at: Instant = BEGIN + (index % 48) * HOUR;
  return { id: `sign-up-${index}`, type: 'identify', name: 'identified', occurred_at, properties };
}
