import type { App } from '../app.ts';
import { UserError } from '../errors.ts';
import { formatProblem } from '../project/problem.ts';
import type { ProjectFiles } from '../project/read-files.ts';

/**
 * Nothing goes live with a message that must not go out: a promotion without a way out or a postal address, a template
 * that shows. @throws UserError with each of them; what was live stays live.
 */
export async function refuseUnfitWords(app: App, files: ProjectFiles): Promise<void> {
  const found = await app.checkWords(files);
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const sentence = 'Messages of the project must not go out as they are; what was live stays live.';
  throw new UserError('project_unsound', sentence, errors.map(formatProblem));
}
