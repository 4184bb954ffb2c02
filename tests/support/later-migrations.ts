/** The migrations as a later version of Etapa may have them. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../../src/store/migration-files.ts';

/** A folder with ours and these after them; by the name of the file, without `.sql`. To be removed by whoever asks. */
export async function laterMigrations(more: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etapa-later-'));
  await cp(MIGRATIONS, folder, { recursive: true });
  const file = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: { when: number }[] };
  const newest = journal.entries.at(-1)?.when ?? 0;
  for (const [index, [tag, text]] of Object.entries(more).entries()) {
    await writeFile(join(folder, `${tag}.sql`), text);
    journal.entries.push(Object.assign({ when: newest + 1 + index }, { tag }));
  }
  await writeFile(file, JSON.stringify(journal));
  return folder;
}
