import { parse } from 'yaml';
import { DERIVED_FIELDS } from '../core/conditions/subjects/field.ts';
import { CALL_NAMES } from '../core/events/names.ts';
import { own } from '../core/json.ts';
import { ALL_PROMOTIONS } from '../core/notices/source.ts';
import { MESSAGE_FATES } from '../core/conditions/subjects/message.ts';
import type { Path } from '../core/schema.ts';
import { orMeant } from './did-you-mean.ts';
import type { Problem } from './problem.ts';
import type { YamlFile } from './yaml.ts';

/** The ids that a project's files may refer to. */
export interface Known {
  readonly stages: readonly string[];
  readonly moods: readonly string[];
  readonly tones: readonly string[];
  readonly segments: readonly string[];
  readonly personas: readonly string[];
  readonly workflows: readonly string[];
  readonly calendars: readonly string[];
  readonly messages: readonly string[];
  readonly topics: readonly string[];
  /** Null where `data.yaml` is not written: then any event and any field will do. */
  readonly events: readonly string[] | null;
  readonly fields: readonly string[] | null;
}

/** A file that was read without a problem, for looking through what it refers to. */
export interface ReadFile {
  readonly file: string;
  readonly text: string;
  readonly yaml: YamlFile<unknown>;
}

/** Finds references to what is not there, with the place of each and what was probably meant. */
export function checkReferences({ file, text, yaml }: ReadFile, known: Known): Problem[] {
  const problems: Problem[] = [];
  visit(parse(text), []);
  return problems;

  function visit(node: unknown, path: Path): void {
    if (Array.isArray(node)) return node.forEach((entry, index) => visit(entry, [...path, index]));
    if (typeof node !== 'object' || node === null) return;
    const keys = Object.keys(node);
    for (const [key, value] of Object.entries(node)) {
      const reference = own(REFERENCES, key);
      if (reference && isReference(key, path, keys)) refer(reference, value, [...path, key]);
      if (key === 'update_contact')
        Object.keys(value as object).forEach((name) => one(FIELD, name, [...path, key, name], 'key'));
      else if (!OPAQUE.has(key)) visit(value, [...path, key]);
    }
  }

  function refer(reference: Reference, value: unknown, path: Path): void {
    if (Array.isArray(value))
      return value.forEach((entry, index) => refer(reference, entry, [...path, index]));
    if (typeof value === 'string') one(reference, value, path, 'value');
  }

  function one(reference: Reference, word: string, path: Path, what: 'key' | 'value'): void {
    const list = reference.among(known);
    if (list === null || list.includes(word) || reference.alsoFine?.(word, list)) return;
    const message = `there is no ${reference.noun} called "${word}"${orMeant(word, list)}`;
    problems.push({ file, ...yaml.positionOf(path, what), message, severity: 'error' });
  }
}

/** What a key refers to. */
export interface Reference {
  readonly noun: string;
  among(known: Known): readonly string[] | null;
  alsoFine?(word: string, list: readonly string[]): boolean;
}

/** Events that Etapa itself tells. */
const OWN_EVENTS = [...MESSAGE_FATES.map((fate) => `message_${fate}`), 'chat_message_written'];

const FIELD: Reference = {
  noun: 'field',
  among: ({ fields, topics }) =>
    fields && [...fields, ...DERIVED_FIELDS, ...topics.map((topic) => `consent.email.${topic}`)],
  alsoFine: (word, list) =>
    word.includes('.') && !/^(cart|orders|consent)\./.test(word) && list.includes(word.split('.')[0] ?? ''),
};

const EVENT: Reference = {
  noun: 'event',
  among: ({ events }) => events && [...events, ...Object.values(CALL_NAMES), ...OWN_EVENTS],
};
const STAGE: Reference = { noun: 'stage', among: ({ stages }) => stages };
const SEGMENT: Reference = { noun: 'segment', among: ({ segments }) => segments };
const MESSAGE: Reference = { noun: 'message', among: ({ messages }) => messages };
const WORKFLOW: Reference = { noun: 'workflow', among: ({ workflows }) => workflows };

/** Which keys hold the id of something, in whatever file they stand. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  event: EVENT,
  after: EVENT,
  before: EVENT,
  measured_by: EVENT,
  field: FIELD,
  date: { ...FIELD, alsoFine: (word, list) => word === 'today' || FIELD.alsoFine?.(word, list) === true },
  save_answer: FIELD,
  stage: STAGE,
  moves_to: STAGE,
  enters_stage: STAGE,
  leaves_stage: STAGE,
  segment: SEGMENT,
  enters_segment: SEGMENT,
  leaves_segment: SEGMENT,
  persona: { noun: 'persona', among: ({ personas }) => personas },
  workflow: WORKFLOW,
  start_workflow: WORKFLOW,
  message: MESSAGE,
  ask: MESSAGE,
  for_stages: STAGE,
  covers: MESSAGE,
  topic: { noun: 'topic', among: ({ topics }) => topics },
  mood: { noun: 'mood', among: ({ moods }) => moods },
  hours: { noun: 'calendar', among: ({ calendars }) => calendars },
  send_email: MESSAGE,
  send_sms: MESSAGE,
  send_chat: MESSAGE,
  send_webhook: MESSAGE,
  use: { noun: 'tone', among: ({ tones }) => tones },
  tone: { noun: 'tone', among: ({ tones }) => tones },
  falls_back_to: { noun: 'tone', among: ({ tones }) => tones },
  otherwise: { noun: 'tone', among: ({ tones }) => tones },
  calendar: { noun: 'calendar', among: ({ calendars }) => calendars },
  template: MESSAGE,
  pause: WORKFLOW,
  hold_back: { ...MESSAGE, alsoFine: (word) => word === ALL_PROMOTIONS },
};

/** What stands below these keys is named by the shop, not by the project. */
const OPAQUE: ReadonlySet<string> = new Set([
  'where',
  'open',
  'special_days',
  'properties',
  'fields',
  'events',
  'with',
  'headers',
  'body',
]);

/** Some words mean a reference in one place only: the path of the map that holds the key, and the keys beside it. */
export function isReference(key: string, path: Path, siblings: readonly string[]): boolean {
  if (key === 'hours') return path.at(-1) === 'wait_until';
  if (key === 'otherwise') return path[0] === 'rules';
  if (key === 'tone') return path.at(-1) === 'use';
  if (key === 'calendar') return path[0] === 'notices';
  if (key === 'template') return path.at(-1) === 'tell';
  if (key === 'pause' || key === 'hold_back') return path.at(-1) === 'meanwhile';
  // Elsewhere these are dates, or the name of the file itself.
  if (key === 'after' || key === 'before') return siblings.includes('event');
  if (key === 'workflow' || key === 'message') return path.length > 0;
  return true;
}
