/** Gathers what the checks look at, from the surroundings of the command. Nothing is made, nothing is brought up to date. */
import { domainOf } from '../../core/messages/address.ts';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wordsOf } from '../../errors.ts';
import { settingsFileSchema } from '../../project/files/settings-file.ts';
import { readProjectFiles } from '../../project/read-files.ts';
import { readYaml } from '../../project/yaml.ts';
import { readSettings, type Settings } from '../../settings.ts';
import { openDatabase } from '../../store/database.ts';
import { borrowEmbeddedPostgres } from '../../store/embedded.ts';
import { output } from '../output.ts';
import type { Around, DatabaseFound, ProjectFound } from './check.ts';
import { systemResolver } from '../../dns/lookup.ts';
import { readIdentity, type Told } from './identity.ts';

export interface OpenAround {
  readonly around: Around;
  close(): Promise<void>;
}

/** `database`: whether a check needs it; an embedded one would be started. */
export async function openAround(
  project: string,
  told: Told & { readonly domain: string | undefined },
  needs: { readonly database: boolean },
): Promise<OpenAround> {
  const folder = resolve(project);
  const settings = readSettings(process.env, folder);
  const found = await readProject(folder);
  const { database, close } = needs.database ? await findDatabase(settings) : NOT_NEEDED;
  const sender = found.kind === 'read' ? domainOf(found.settings.from.email) : undefined;
  const domain = told.domain ?? sender;
  return {
    around: {
      settings,
      identity: await readIdentity(settings.mail, domain, told),
      project: found,
      domain,
      dns: systemResolver(),
      database,
      now: () => Date.now(),
    },
    close,
  };
}

async function readProject(folder: string): Promise<ProjectFound> {
  const text = (await readProjectFiles(folder))['etapa.yaml'];
  if (text === undefined) return { kind: 'absent', folder };
  const { value, problems } = readYaml('etapa.yaml', text, settingsFileSchema);
  return value === undefined
    ? { kind: 'unsound', problems: problems.length }
    : { kind: 'read', settings: value };
}

interface Found {
  readonly database: DatabaseFound;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = (): Promise<void> => Promise.resolve();
const NOT_NEEDED: Found = { database: { kind: 'absent', why: 'It is not needed.' }, close: NOTHING_TO_CLOSE };

async function findDatabase({ database_url, home }: Settings): Promise<Found> {
  if (database_url !== undefined) return connect(database_url, NOTHING_TO_CLOSE);
  if (!existsSync(join(home, 'postgres', 'connection.json'))) {
    const why = `DATABASE_URL is not set, and there is no embedded database in ${home}.`;
    return { database: { kind: 'absent', why }, close: NOTHING_TO_CLOSE };
  }
  try {
    const { url, stop } = await borrowEmbeddedPostgres({ home, log: (line) => output.note(line) });
    return await connect(url, stop);
  } catch (error) {
    return { database: { kind: 'away', why: wordsOf(error) }, close: NOTHING_TO_CLOSE };
  }
}

async function connect(url: string, stop: () => Promise<void>): Promise<Found> {
  const opened = openDatabase(url, { max: 4 });
  const close = async (): Promise<void> => {
    await opened.close();
    await stop();
  };
  try {
    await opened.db.execute('select 1');
    return { database: { kind: 'open', db: opened.db }, close };
  } catch (error) {
    return { database: { kind: 'away', why: wordsOf(error) }, close };
  }
}
