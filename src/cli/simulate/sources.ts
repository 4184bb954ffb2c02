import { existsSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import type { Instant } from '../../core/events/event.ts';
import type { ProjectFiles } from '../../project/read-files.ts';
import { gatherPeople, type Person } from '../../simulate/people.ts';
import { readEventsFile, tellUnread, type Mapping } from '../replay-file.ts';

/** People with their histories. */
export interface Histories {
  readonly people: Iterable<Person> | AsyncIterable<Person>;
  /** How many events in all, as far as that is known before they are read. */
  readonly events: number | undefined;
  /** The last moment of the history. */
  readonly until: Instant;
  close(): Promise<void>;
}

/** What the database of a project tells, where no file is named. */
export interface Deployed {
  /** Everybody who is there. `until`: nothing later is read; absent: up to now. */
  openHistory(folder: string, until: Instant | undefined): Promise<Histories>;
  /** The files of a version that was deployed once, by its hash or the beginning of it. */
  readVersion(folder: string, hash: string): Promise<ProjectFiles>;
}

export async function openFile(file: string, mapping: Mapping): Promise<Histories> {
  if (!existsSync(file)) throw new UserError('file_missing', `There is no file ${file}.`);
  const { events, problems } = await readEventsFile(file, mapping);
  tellUnread(problems);
  if (events.length === 0) throw new UserError('file_empty', `There is no event in ${file}.`);
  const people = gatherPeople(events);
  return {
    people,
    events: people.reduce((sum, person) => sum + person.events.length, 0),
    until: events.reduce((latest, { occurred_at }) => Math.max(latest, occurred_at), -Infinity),
    close: () => Promise.resolve(),
  };
}
