import { parse } from 'yaml';
import { DERIVED_FIELDS } from '../core/conditions/subjects/field.ts';
import { CALL_NAMES } from '../core/events/names.ts';
import { own } from '../core/json.ts';
import type { Path } from '../core/schema.ts';
import { orMeant } from './did-you-mean.ts';
import type { Problem } from './problem.ts';
import type { YamlFile } from './yaml.ts';

/** The ids that a project's files may refer to. */
export interface Known {
  readonly stages: readonly string[];
  readonly moods: readonly string[];
  readonly tones: readonly string[];
  readonly calendars: readonly string[];
  readonly messages: readonly string[];
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
    for (const [key, value] of Object.entries(node)) {
      const reference = own(REFERENCES, key);
      if (reference && isReference(key, path)) refer(reference, value, [...path, key]);
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

interface Reference {
  readonly noun: string;
  among(known: Known): readonly string[] | null;
  alsoFine?(word: string, list: readonly string[]): boolean;
}

const FIELD: Reference = {
  noun: 'field',
  among: ({ fields }) => fields && [...fields, ...DERIVED_FIELDS],
  alsoFine: (word, list) =>
    word.includes('.') && !/^(cart|orders)\./.test(word) && list.includes(word.split('.')[0] ?? ''),
};

/** Which keys hold the id of something, in whatever file they stand. */
const REFERENCES: Readonly<Record<string, Reference>> = {
  event: { noun: 'event', among: ({ events }) => events && [...events, ...Object.values(CALL_NAMES)] },
  field: FIELD,
  stage: { noun: 'stage', among: ({ stages }) => stages },
  mood: { noun: 'mood', among: ({ moods }) => moods },
  hours: { noun: 'calendar', among: ({ calendars }) => calendars },
  send_email: { noun: 'message', among: ({ messages }) => messages },
  use: { noun: 'tone', among: ({ tones }) => tones },
  tone: { noun: 'tone', among: ({ tones }) => tones },
  falls_back_to: { noun: 'tone', among: ({ tones }) => tones },
  otherwise: { noun: 'tone', among: ({ tones }) => tones },
};

/** What stands below these keys is named by the shop, not by the project. */
const OPAQUE: ReadonlySet<string> = new Set([
  'where',
  'open',
  'special_days',
  'properties',
  'fields',
  'events',
]);

/** Some words mean a reference in one place only. */
function isReference(key: string, path: Path): boolean {
  if (key === 'hours') return path.at(-1) === 'wait_until';
  if (key === 'otherwise') return path[0] === 'rules';
  if (key === 'tone') return path.at(-1) === 'use';
  return true;
}
