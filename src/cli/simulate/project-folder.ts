import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { loadProject, type LoadedProject } from '../../project/load.ts';
import { formatProblem } from '../../project/problem.ts';
import { readProjectFiles } from '../../project/read-files.ts';

/** The project of a folder, without a database. @throws UserError with its problems where it is not sound. */
export async function loadFolder(folder: string): Promise<LoadedProject> {
  const files = await readProjectFiles(resolve(folder));
  if (Object.keys(files).length === 0) {
    throw new UserError(
      'no_project',
      `There is no project in ${resolve(folder)}: no etapa.yaml, workflows or templates.`,
    );
  }
  const { loaded, problems } = loadProject(files);
  if (loaded) return loaded;
  const errors = problems.filter(({ severity }) => severity === 'error');
  throw new UserError(
    'project_unsound',
    `The project in ${resolve(folder)} has problems.`,
    errors.map(formatProblem),
  );
}
