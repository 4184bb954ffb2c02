/** `etapa docs`: the project as pages, for everybody in the company. */
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSite, type RenderMessage } from '../docs/site.ts';
import { renderMessage } from '../engine/preview.ts';
import { sampleContact, sampleEvent } from '../engine/sample-contact.ts';
import { UserError } from '../errors.ts';
import type { LoadedProject } from '../project/load.ts';
import { formatProblem } from '../project/problem.ts';
import { compileProject } from '../render/compile-project.ts';
import { createRenderer } from '../render/renderer.ts';
import { output } from './output.ts';
import { loadFolder } from './simulate/project-folder.ts';

interface Options {
  readonly project: string;
  readonly out: string;
  readonly json?: boolean;
}

export function addDocs(program: Command): void {
  program
    .command('docs')
    .description('the project as pages to look at: journey, workflows as pictures, messages, calendar')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--out <folder>', 'where the pages are written', 'site')
    .option('--json', 'tell what was written as JSON')
    .action(docs);
}

async function docs({ project, out, json }: Options): Promise<void> {
  const loaded = await loadFolder(project);
  const folder = resolve(out);
  await refuseStrangers(folder);
  const now = Date.now();
  const { render, close } = await openRendering(loaded, now);
  try {
    const files = await buildSite({ loaded, render, now });
    await writeSite(folder, files);
    if (json) return output.json({ folder, files: [...files.keys()] });
    output.line(`${[...files.keys()].filter((path) => path.endsWith('.html')).length} pages written.`);
    output.line(`Open ${pathToFileURL(join(folder, 'index.html')).href}`);
  } finally {
    await close();
  }
}

/** Stands in folders that were written here, which may be emptied again. */
const MARK = '.etapa-docs';

async function refuseStrangers(folder: string): Promise<void> {
  if (!existsSync(folder) || existsSync(join(folder, MARK))) return;
  const there = await readdir(folder).catch(() => ['.']);
  if (there.length === 0) return;
  throw new UserError(
    'folder_taken',
    `${folder} holds something else than pages of a project. Name another folder: etapa docs --out site`,
  );
}

/** Pages of what is no longer there go away. */
async function writeSite(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of [[MARK, ''] as const, ...files]) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

const NO_CACHE = { get: () => Promise.resolve(new Map()), put: () => Promise.resolve() };

async function openRendering(
  loaded: LoadedProject,
  now: number,
): Promise<{ render: RenderMessage; close(): Promise<void> }> {
  const { emails, problems } = await compileProject(loaded, NO_CACHE);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new UserError(
      'words_unsound',
      'The words of the messages have problems.',
      errors.map(formatProblem),
    );
  const live = { ...loaded, emails };
  const renderer = createRenderer();
  return {
    render(message, channel, language, tone) {
      const contact = sampleContact(loaded, now, language);
      const event = sampleEvent(loaded, message, contact, now);
      return renderMessage(live, renderer, contact, { message, channel, event }, now, {
        tone,
        language,
      });
    },
    close: () => renderer.close(),
  };
}
