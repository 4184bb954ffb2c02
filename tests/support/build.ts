/** Small contacts, events and projects for tests, written as a marketer and a shop would write them. */
import { newContact, type Contact } from '../../src/core/contacts/contact.ts';
import { fold } from '../../src/core/contacts/fold.ts';
import { compileCondition, conditionSchema, NOTHING_AROUND } from '../../src/core/conditions/condition.ts';
import type { Question } from '../../src/core/conditions/answer.ts';
import { planMemory } from '../../src/core/contacts/memory.ts';
import { decide, type Decision, type Happening } from '../../src/core/decide.ts';
import type { Event, Instant } from '../../src/core/events/event.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { moodsOf, type Moods } from '../../src/core/messages/mood.ts';
import type { Project } from '../../src/core/project.ts';
import type { Run } from '../../src/core/workflows/run.ts';
import { loadProject, type GoingLive, type LoadedProject, type OldVersion } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { readYaml } from '../../src/project/yaml.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `at('2026-01-01T09:00Z')`; without a zone it is UTC. */
export function at(text: string): Instant {
  const time = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw new Error(`"${text}" is not a moment`);
  return time;
}

let events = 0;

/** An event of its own id. `identified` is an identify call, everything else was tracked. */
export function anEvent(name: string, properties: JsonObject, when: Instant | string, id?: string): Event {
  return {
    id: id ?? `event-${String(++events).padStart(6, '0')}`,
    type: name === 'identified' ? 'identify' : 'track',
    name,
    occurred_at: typeof when === 'string' ? at(when) : when,
    properties,
  };
}

interface ContactParts {
  readonly id?: string;
  readonly stage?: string;
  readonly since?: Instant;
  readonly fields?: JsonObject;
  /** Channels that are allowed; `email` unless said otherwise. */
  readonly consent?: readonly string[];
}

const LONG_AGO = at('2020-01-01T00:00Z');

/** Somebody with an address and consent, whom nothing has happened to yet. */
export function aContact(parts: ContactParts = {}): Contact {
  const { id = 'c1', stage = 'awareness', since = LONG_AGO, fields = {}, consent = ['email'] } = parts;
  const contact = newContact(id, stage, since);
  const known = Object.entries({ email: 'ana@example.com', ...fields });
  return {
    ...contact,
    profile: {
      ...contact.profile,
      fields: Object.fromEntries(known.map(([name, value]) => [name, { value, at: LONG_AGO }])),
      consent: Object.fromEntries(consent.map((channel) => [channel, { granted: true, at: LONG_AGO }])),
    },
  };
}

export interface ProjectParts {
  /** The list below `stages:`, and keys beside it such as `may_go_back: false`. */
  readonly stages?: string;
  readonly tone?: string;
  readonly hours?: string;
  readonly data?: string;
  readonly segments?: string;
  readonly map?: string;
  /** Lines of etapa.yaml that are added or replace those of the same key. */
  readonly settings?: string;
  /** By id, without `version` and `workflow`; a purpose of promotion is added where none is written. */
  readonly workflows?: Readonly<Record<string, string>>;
  /** Messages that are services; every other that a workflow sends is a promotion. */
  readonly services?: readonly string[];
}

const SETTINGS = `name: Lumbre
languages: [en]
time_zone: Europe/Madrid
currency: EUR
from: { name: Lumbre, email: hola@lumbre.example }
postal_address: Calle del Pez 12, Madrid
`;

/** The files of a small sound project. */
export function projectFiles(parts: ProjectParts = {}): Record<string, string> {
  const {
    stages = 'stages:\n  - { id: awareness, start_here: true }\n',
    workflows = {},
    services = [],
  } = parts;
  const added = parts.settings ?? '';
  const kept = SETTINGS.split('\n').filter((line) => !added.includes(`${line.split(':')[0]}:`));
  const files: Record<string, string> = {
    'etapa.yaml': `version: 1\n${kept.join('\n')}\n${added}`,
    'workflows/journey/stages.yaml': `version: 1\n${stages}`,
  };
  for (const kind of ['tone', 'segments', 'map', 'hours', 'data'] as const) {
    if (parts[kind] !== undefined) files[`workflows/journey/${kind}.yaml`] = `version: 1\n${parts[kind]}`;
  }
  for (const [id, text] of Object.entries(workflows)) {
    const purpose = /^purpose:/m.test(text) ? '' : 'purpose: promotion\n';
    files[`workflows/${id}.yaml`] = `version: 1\nworkflow: ${id}\n${purpose}${text}`;
  }
  const sent = Object.values(workflows).flatMap((text) => [...text.matchAll(/(?:send_email|ask): (\w+)/g)]);
  const tone = /^tones:\n {2}(\w+)/m.exec(parts.tone ?? '')?.[1] ?? 'plain';
  for (const id of new Set(sent.map(([, name = '']) => name))) {
    const purpose = services.includes(id) ? 'service' : 'promotion';
    files[`templates/${id}/message.yaml`] =
      `version: 1\nmessage: ${id}\npurpose: ${purpose}\nsubject: { ${tone}: Hello }\n`;
    files[`templates/${id}/email.en.mjml`] =
      '<mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>';
  }
  return files;
}

/** A project that must load without an error; lints are left out, as tests write things that nobody should. */
export function aLoadedProject(
  parts: ProjectParts = {},
  old: readonly OldVersion[] = [],
  going_live: GoingLive = {},
): LoadedProject {
  const { loaded, problems } = loadProject(projectFiles(parts), old, { trusted: true, ...going_live });
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded;
}

export function aProject(parts: ProjectParts = {}): Project {
  return aLoadedProject(parts).project;
}

/** A condition from YAML, ready to be asked. */
export function aQuestion(
  yaml: string,
  scope: 'ever' | 'entry' = 'ever',
  moods: Moods = moodsOf([]),
): Question {
  const { value, problems } = readYaml('condition.yaml', yaml, conditionSchema);
  if (value === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return compileCondition(value, { ...NOTHING_AROUND, moods }, scope);
}

/** The contact after these events, remembering what the questions need. */
export function afterEvents(
  list: readonly Event[],
  questions: readonly Question[],
  contact: Contact = aContact(),
): Contact {
  const plan = planMemory(questions.flatMap(({ memory }) => memory));
  return {
    ...contact,
    profile: list.reduce((profile, event) => fold(profile, event, plan), contact.profile),
  };
}

/** One contact whom things happen to, as an engine would tell them that wakes exactly when something is due. */
export interface Story {
  readonly contact: Contact;
  /** `2026-01-01T09:00 cart_reminder_1`, with the reason in brackets where it was held back. */
  readonly messages: readonly string[];
  /** `2026-01-01T09:00 awareness → decision`. */
  readonly moves: readonly string[];
  readonly runs: readonly Run[];
  /** Wakes whenever something is due up to `when`, then tells the events at that moment. */
  tell(when: Instant | string, ...events: readonly Event[]): Decision;
  /** The same as `tell`, but nobody woke in between: an outage. */
  tellAfterOutage(when: Instant | string, ...events: readonly Event[]): Decision;
  merge(when: Instant | string, gone: Contact): Decision;
}

export function aStory(project: Project, contact: Contact = aContact()): Story {
  let current = contact;
  let due: Instant | null = null;
  const messages: string[] = [];
  const moves: string[] = [];
  const runs = new Map<string, Run>();

  function turn(now: Instant, happenings: readonly Happening[]): Decision {
    const decision = decide(current, happenings, project, now);
    current = decision.contact;
    due = decision.next_due_at;
    for (const { message, owed_at, held_back } of decision.messages)
      messages.push(`${minute(owed_at)} ${message}${held_back ? ` (${held_back.en})` : ''}`);
    for (const move of decision.moves) moves.push(`${minute(move.at)} ${move.from} → ${move.to}`);
    for (const run of decision.runs) runs.set(`${run.workflow}#${run.number}`, run);
    return decision;
  }

  function wakeUntil(end: Instant): void {
    for (let turns = 0; due !== null && due <= end; turns++) {
      if (turns > 10_000) throw new Error(`wakes for ever at ${minute(due)}`);
      turn(due, []);
    }
  }

  const told = (list: readonly Event[]): Happening[] => list.map((event) => ({ kind: 'event', event }));
  const moment = (when: Instant | string): Instant => (typeof when === 'string' ? at(when) : when);
  return {
    get contact() {
      return current;
    },
    messages,
    moves,
    get runs() {
      return [...runs.values()];
    },
    tell(when, ...list) {
      wakeUntil(moment(when) - 1);
      return turn(moment(when), told(list));
    },
    tellAfterOutage: (when, ...list) => turn(moment(when), told(list)),
    merge(when, gone) {
      wakeUntil(moment(when) - 1);
      return turn(moment(when), [{ kind: 'merge', gone }]);
    },
  };
}

/** `2026-01-01T09:00`, in UTC. */
function minute(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 16);
}
