import { UserError } from '../../errors.ts';
import { UnsoundProject } from '../../engine/project-desk.ts';
import type { Problem } from '../../project/problem.ts';
import type { ProjectFiles } from '../../project/read-files.ts';
import { ApiProblem } from '../problem.ts';
import type { ProjectProblem } from './shapes.ts';

/** With the end of what is meant, and what to do about it apart from what is wrong. */
export function problemAnswers(problems: readonly Problem[], files: ProjectFiles): ProjectProblem[] {
  return problems.map((one) => problemAnswer(one, files));
}

function problemAnswer({ message, ...one }: Problem, files: ProjectFiles): ProjectProblem {
  const line = (files[one.file] ?? '').split('\n')[one.line - 1] ?? '';
  return { ...one, ...mendOf(message), end_column: endOf(line, one.column) };
}

/** What is wrong stands before the first semicolon outside quotes. */
function mendOf(message: string): Pick<ProjectProblem, 'sentence' | 'mend'> {
  const [whole = message, wrong, mend] = /^((?:"[^"]*"|[^;"])*); (.+)$/s.exec(message) ?? [];
  return wrong === undefined || mend === undefined
    ? { sentence: whole, mend: null }
    : { sentence: wrong, mend };
}

/** The end of the word, or of the text in quotes, that begins there. */
function endOf(line: string, column: number): number {
  const rest = line.slice(column - 1);
  const [found = ''] = /^(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s:,[\]{}]+)/.exec(rest) ?? [];
  return column + Math.max(1, found.length);
}

/** What the desk refuses, as the API says it; whatever else is thrown stays what it is. */
export function asApiProblem(error: unknown, files: ProjectFiles): unknown {
  if (!(error instanceof UserError)) return error;
  const { code, message, details } = error;
  if (error instanceof UnsoundProject)
    return new ApiProblem(422, code, message, '/files', problemAnswers(error.problems, files));
  const status = STATUSES[code] ?? 422;
  const problems = details.map((line) => problemAnswer(fromLine(line), files));
  return new ApiProblem(status, code, message, undefined, problems.length > 0 ? problems : undefined);
}

const STATUSES: Readonly<Record<string, 404 | 409 | 422>> = {
  base_outdated: 409,
  no_such_version: 404,
  no_such_workflow: 404,
  no_such_contact: 404,
  no_project: 404,
};

/** `workflows/a.yaml:3:7  there is no …`, or `workflows/a.yaml: 3 people stand …`. */
function fromLine(line: string): Problem {
  const [, file = '', row = '1', column = '1', message = line] =
    /^([^:\s]+):(?:(\d+):(\d+) )? (?:warning: )?(.*)$/s.exec(line) ?? [];
  return { file, line: Number(row), column: Number(column), message, severity: 'error' };
}
