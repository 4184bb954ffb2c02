import { Option, type Command } from 'commander';
import { relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { loadProject, type LoadedProject } from '../project/load.ts';
import { formatProblem, sortProblems, type Problem } from '../project/problem.ts';
import { readProjectFiles } from '../project/read-files.ts';
import { checkWords } from '../render/check-words.ts';
import { compileProject } from '../render/compile-project.ts';
import { output } from './output.ts';

interface CheckOptions {
  readonly project: string;
  readonly format: 'text' | 'json' | 'github';
  readonly json?: boolean;
  readonly strict?: boolean;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('check every file of a project; exits with 1 when something must be mended')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .addOption(
      new Option(
        '--format <format>',
        'how to tell: to people, to programs, or beside the lines of a pull request',
      )
        .choices(['text', 'json', 'github'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--strict', 'exit with 1 for warnings, too')
    .action(async (options: CheckOptions) => {
      const folder = resolve(options.project);
      const checked = await checkFolder(folder);
      tell(options.json ? 'json' : options.format, checked, folder);
      if (checked.errors > 0 || (options.strict && checked.warnings > 0)) process.exitCode = 1;
    });
}

interface Checked {
  readonly problems: readonly Problem[];
  /** How many files were read. */
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
}

/** Checks without a database: nothing is kept and nothing is changed. */
async function checkFolder(folder: string): Promise<Checked> {
  const files = await readProjectFiles(folder);
  if (Object.keys(files).length === 0) {
    throw new UserError(
      'no_project',
      `There is no project in ${folder}: no etapa.yaml, workflows or templates.`,
    );
  }
  const { loaded, problems: found } = loadProject(files);
  const more = loaded ? await wordProblems(loaded) : [];
  const problems = sortProblems([...found, ...more]);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { problems, files: Object.keys(files).length, errors, warnings: problems.length - errors };
}

/** Words that do not compile cannot be read either. */
async function wordProblems(loaded: LoadedProject): Promise<readonly Problem[]> {
  const { emails, problems } = await compileProject(loaded, NO_CACHE);
  return problems.length > 0 ? problems : checkWords({ ...loaded, emails }, Date.now());
}

const NO_CACHE = { get: () => Promise.resolve(new Map()), put: () => Promise.resolve() };

function tell(format: CheckOptions['format'], checked: Checked, folder: string): void {
  if (format === 'json') return output.json(checked);
  const line = format === 'github' ? (problem: Problem) => annotation(problem, folder) : formatProblem;
  for (const problem of checked.problems) output.line(line(problem));
  output.line(summary(checked));
}

/** `31 files are sound.`, `31 files are sound, with 2 warnings.`, `1 error and 2 warnings in 31 files.` */
function summary({ files, errors, warnings }: Checked): string {
  const warned = counted(warnings, 'warning');
  if (errors > 0) {
    return `${counted(errors, 'error')}${warnings > 0 ? ` and ${warned}` : ''} in ${counted(files, 'file')}.`;
  }
  return `${counted(files, 'file')} ${files === 1 ? 'is' : 'are'} sound${warnings > 0 ? `, with ${warned}` : ''}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

/**
 * A workflow command of GitHub Actions, which puts the problem beside its line. Paths are those from where the command
 * runs, which there is the root of the repository.
 * https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
function annotation({ file, line, column, message, severity }: Problem, folder: string): string {
  const path = relative(process.cwd(), resolve(folder, file)).replaceAll('\\', '/');
  const place = `file=${escapedProperty(path)},line=${line},col=${column}`;
  return `::${severity} ${place}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
