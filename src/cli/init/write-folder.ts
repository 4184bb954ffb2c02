/** Puts files into a folder: all of them, or none. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { Files } from './journey-files.ts';

/** What may be there already and then stays as it is. */
const KEPT: ReadonlySet<string> = new Set(['.gitignore', '.vscode', '.etapa']);

/** @throws UserError where a project, or something in its place, is there already. */
export function refuseProject(folder: string, files: Files): void {
  if (existsSync(join(folder, 'etapa.yaml')))
    throw new UserError(
      'project_there',
      `There is a project in ${folder} already. Name another folder: etapa init my-shop`,
    );
  const taken = topsOf(files).filter((top) => !KEPT.has(top) && existsSync(join(folder, top)));
  if (taken.length > 0)
    throw new UserError(
      'folder_taken',
      `${folder} holds ${taken.join(' and ')} already. Name an empty folder: etapa init my-shop`,
    );
}

/** Answers what was there already and stayed. Everything is written aside first, and then put in its place. */
export async function writeFolder(folder: string, files: Files): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const aside = await mkdtemp(join(folder, '.etapa-init-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(aside, path)), { recursive: true });
      await writeFile(join(aside, path), text);
    }
    const tops = topsOf(files);
    const kept = tops.filter((top) => existsSync(join(folder, top)));
    const moved = tops.filter((top) => !kept.includes(top));
    // The settings come last: what makes a folder a project is there when everything else is.
    moved.sort((a, b) => Number(a === 'etapa.yaml') - Number(b === 'etapa.yaml'));
    for (const top of moved) await rename(join(aside, top), join(folder, top));
    return kept;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function topsOf(files: Files): string[] {
  return [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? path))];
}
