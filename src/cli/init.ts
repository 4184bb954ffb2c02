/** `etapa init`: a new project, small and complete. */
import { cancel, intro, note, outro } from '@clack/prompts';
import type { Command } from 'commander';
import { basename, relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { defaultsFor, readFlags, type Answers, type Flags } from './init/answers.ts';
import { editorFiles } from './init/editor-files.ts';
import { projectFiles } from './init/project-files.ts';
import { askFor, Cancelled } from './init/questions.ts';
import { refuseProject, writeFolder } from './init/write-folder.ts';
import { output } from './output.ts';

interface Options extends Flags {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addInit(program: Command): void {
  program
    .command('init [folder]')
    .description('a new project by a few questions: stages, tone, hours, three workflows and their tests')
    .option('-y, --yes', 'ask nothing; what no flag says is taken as usual')
    .option('--name <name>', 'the name of the business')
    .option('--kind <kind>', 'shop, subscription or services')
    .option('--languages <list>', 'en, es or both; the first is the default: es,en')
    .option('--time-zone <zone>', 'such as Europe/Madrid')
    .option('--currency <code>', 'such as EUR')
    .option('--sender <address>', 'the address that messages come from')
    .option('--address <address>', 'the postal address that stands under every message')
    .option('--json', 'ask nothing, and tell what was written as JSON')
    .action(init);
}

async function init(named: string | undefined, options: Options): Promise<void> {
  const folder = resolve(named ?? '.');
  const given = readFlags(options);
  const usual = defaultsFor(basename(folder), Intl.DateTimeFormat().resolvedOptions());
  refuseProject(folder, projectFiles({ ...usual, ...given }, thisYear()));
  const answers = await answersOf(given, usual, options);
  if (!answers) return;
  const project = projectFiles(answers, thisYear());
  const files = { ...project, ...editorFiles(project) };
  const kept = await writeFolder(folder, files);
  if (options.json) return output.json({ folder, files: Object.keys(files).sort(), kept });
  tell(folder, answers, kept, options.yes === true);
}

/** Undefined where somebody has left. */
async function answersOf(
  given: Partial<Answers>,
  usual: Answers,
  { yes, json }: Options,
): Promise<Answers | undefined> {
  if (yes || json) return { ...usual, ...given };
  if (!process.stdin.isTTY)
    throw new UserError(
      'nobody_to_ask',
      'There is no terminal to ask on. Add --yes, and say what differs with flags such as --name "My shop".',
    );
  intro('A new project for Etapa');
  try {
    return await askFor(given, usual);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    cancel('Nothing was written.');
    process.exitCode = 1;
    return undefined;
  }
}

function tell(folder: string, { name }: Answers, kept: readonly string[], plain: boolean): void {
  const near = relative(process.cwd(), folder) || '.';
  const place = near.startsWith('..') ? folder : near;
  const steps = [
    ...(place === '.' ? [] : [`cd ${/\s/.test(place) ? JSON.stringify(place) : place}`]),
    'etapa check    every file is sound',
    'etapa test     the workflows do what their tests say',
    'etapa docs     look at it as pages',
    'etapa deploy   make it live, then: etapa start',
  ];
  const done = `${name} is in ${folder}.`;
  const left = kept.length > 0 ? `Left as it was: ${kept.join(', ')}. Keep .etapa/ out of git.` : undefined;
  if (plain) {
    output.line([done, ...(left === undefined ? [] : [left]), '', 'Next steps:'].join('\n'));
    for (const step of steps) output.line(`  ${step}`);
    return;
  }
  note(steps.join('\n'), 'Next steps');
  outro([done, ...(left === undefined ? [] : [left])].join(' '));
}

function thisYear(): number {
  return new Date().getFullYear();
}
