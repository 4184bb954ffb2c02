import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { existsSync } from 'node:fs';

/** The text of each file of a project, by its path from the project's folder, with `/` between. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** Reads what belongs to a project: `etapa.yaml`, `workflows/` (without its tests) and `templates/`. */
export async function readProjectFiles(folder: string): Promise<ProjectFiles> {
  const paths = ['etapa.yaml', ...(await list(folder, 'workflows')), ...(await list(folder, 'templates'))];
  const present = paths.filter((path) => isOurs(path) && existsSync(join(folder, path))).sort();
  const entries = await Promise.all(
    present.map(async (path): Promise<[string, string]> => [
      path,
      await readFile(join(folder, path), 'utf8'),
    ]),
  );
  return Object.fromEntries(entries);
}

async function list(folder: string, name: string): Promise<string[]> {
  if (!existsSync(join(folder, name))) return [];
  const found = await readdir(join(folder, name), { recursive: true });
  return found.map((path) => `${name}/${path.replaceAll('\\', '/')}`);
}

function isOurs(path: string): boolean {
  const isWords = /^templates\/.*\.txt$/.test(path);
  return isWords || (/\.(yaml|mjml)$/.test(path) && !path.startsWith('workflows/tests/'));
}
