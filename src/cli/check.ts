import type { Command } from 'commander';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { loadProject } from '../project/load.ts';
import { formatProblem } from '../project/problem.ts';
import { readProjectFiles } from '../project/read-files.ts';
import { compileProject } from '../render/compile-project.ts';
import { output } from './output.ts';

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('check every file of a project; exits with 1 when something must be mended')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'tell the problems as JSON')
    .action(async (options: { project: string; json?: boolean }) => {
      const { problems, files } = await checkFolder(resolve(options.project));
      if (options.json) output.json({ problems });
      else for (const problem of problems) output.line(formatProblem(problem));
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      if (!options.json)
        output.line(errors === 0 ? `${files} files are sound.` : `${errors} problems in ${files} files.`);
      if (errors > 0) process.exitCode = 1;
    });
}

/** Checks without a database: nothing is kept and nothing is changed. */
async function checkFolder(folder: string): Promise<{ problems: readonly ProblemOf[]; files: number }> {
  const files = await readProjectFiles(folder);
  if (Object.keys(files).length === 0) {
    throw new UserError(
      'no_project',
      `There is no project in ${folder}: no etapa.yaml, workflows or templates.`,
    );
  }
  const { loaded, problems } = loadProject(files);
  const words = loaded ? (await compileProject(loaded, NO_CACHE)).problems : [];
  return { problems: [...problems, ...words], files: Object.keys(files).length };
}

type ProblemOf = Parameters<typeof formatProblem>[0];

const NO_CACHE = { get: () => Promise.resolve(new Map()), put: () => Promise.resolve() };
