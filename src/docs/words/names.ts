/** What the things of a project are called in sentences. */
import type { LoadedProject } from '../../project/load.ts';
import { inLanguage, type Language } from '../language.ts';

type Thing = 'stage' | 'segment' | 'persona' | 'calendar' | 'workflow' | 'mood' | 'tone';

/** The title of a thing, in quotes; its id where it has none. */
export type NameOf = (thing: Thing, id: string) => string;

/** For sentences without a project. */
export const BY_ID: NameOf = (_thing, id) => id;

export function namesOf(
  { stages, segments, map, hours, workflow_sources }: LoadedProject,
  language: Language,
): NameOf {
  const titles: Partial<Record<Thing, ReadonlyMap<string, string>>> = {
    stage: mapOf(stages.stages.map(({ id, title }) => [id, inLanguage(title, language)])),
    segment: mapOf(
      Object.entries(segments.segments).map(([id, { title }]) => [id, inLanguage(title, language)]),
    ),
    persona: mapOf(map.personas.map(({ id, name }) => [id, inLanguage(name, language)])),
    calendar: mapOf(
      Object.entries(hours.calendars).map(([id, { title }]) => [id, inLanguage(title, language)]),
    ),
    workflow: mapOf(workflow_sources.map(({ id, source }) => [id, inLanguage(source.title, language)])),
  };
  return (thing, id) => titles[thing]?.get(id) ?? id;
}

function mapOf(entries: readonly (readonly [string, string | undefined])[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap(([id, name]): [string, string][] => (name === undefined ? [] : [[id, name]])),
  );
}

/** "a, b or c". */
export function orList(words: readonly string[], language: Language): string {
  return joined(words, language === 'en' ? 'or' : 'o');
}

/** "a, b and c". */
export function andList(words: readonly string[], language: Language): string {
  return joined(words, language === 'en' ? 'and' : 'y');
}

function joined(words: readonly string[], last: string): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}

/** A name that may have spaces in it. */
export function quotedName(name: string, language: Language): string {
  return language === 'en' ? `“${name}”` : `«${name}»`;
}
