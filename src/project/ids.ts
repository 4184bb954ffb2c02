import { parse } from 'yaml';
import type { ProjectFiles } from './read-files.ts';
import type { Known } from './references.ts';

/** The ids that a project's files name, read as far as they can be: for editors, while something is still wrong. */
export function idsOf(files: ProjectFiles): Known {
  const journey = (name: string): unknown => plain(files[`workflows/journey/${name}.yaml`]);
  const tone = journey('tone');
  const data = files['workflows/journey/data.yaml'] === undefined ? null : journey('data');
  return {
    stages: idsIn(at(journey('stages'), 'stages')),
    moods: idsIn(at(tone, 'moods')),
    tones: keysOf(at(tone, 'tones')),
    segments: keysOf(at(journey('segments'), 'segments')),
    personas: idsIn(at(journey('map'), 'personas')),
    calendars: keysOf(at(journey('hours'), 'calendars')),
    messages: namesIn(files, /^templates\/([^/]+)\/message\.yaml$/),
    workflows: namesIn(files, /^workflows\/([^/]+)\.yaml$/),
    topics: keysOf(at(plain(files['etapa.yaml']), 'topics')),
    events: data === null ? null : keysOf(at(data, 'events')),
    fields: data === null ? null : keysOf(at(data, 'fields')),
  };
}

/** Larger files are refused where they are checked. */
const LONGEST = 256 * 1024;

/** What a text holds; nothing where it cannot be read. */
function plain(text: string | undefined): unknown {
  try {
    return text === undefined || text.length > LONGEST
      ? undefined
      : (parse(text, { maxAliasCount: 50, logLevel: 'silent' }) as unknown);
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** Of a list of things with an `id`, or with the id beside `otherwise`. */
function idsIn(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list
    .map((one) => at(one, 'id') ?? at(one, 'otherwise'))
    .filter((id): id is string => typeof id === 'string');
}

function namesIn(files: ProjectFiles, form: RegExp): string[] {
  return Object.keys(files)
    .flatMap((path) => form.exec(path)?.[1] ?? [])
    .sort();
}
