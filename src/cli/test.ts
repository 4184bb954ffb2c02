import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import colors from 'picocolors';
import { UserError } from '../errors.ts';
import type { LoadedProject } from '../project/load.ts';
import { formatProblem, type Problem } from '../project/problem.ts';
import { readTests, type ReadTests } from '../simulate/check-test-file.ts';
import type { Render } from '../simulate/render.ts';
import { runTest, type TestResult } from '../simulate/run-test.ts';
import { output } from './output.ts';
import { loadFolder } from './simulate/project-folder.ts';
import { openWords } from './simulate/words.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
}

export function addTest(program: Command): void {
  program
    .command('test [files...]')
    .description('run the tests of workflows/tests in virtual time; exits with 1 when one fails')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer with the results as JSON')
    .action(runTests);
}

interface FileResult {
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly tests: readonly (TestResult & { readonly position: string })[];
}

async function runTests(named: readonly string[], { project, json }: Options): Promise<void> {
  const began = performance.now();
  const loaded = await loadFolder(project);
  const paths = named.length > 0 ? named : await testFilesIn(resolve(project));
  const words = openWords(loaded);
  const results: FileResult[] = [];
  try {
    for (const path of paths) {
      const result = await runFile(path, loaded, words.render);
      results.push(result);
      if (!json) tellFile(result);
    }
  } finally {
    await words.close();
  }
  const tests = results.flatMap((result) => result.tests);
  const failed = tests.filter(({ passed }) => !passed).length;
  const problems = results.flatMap((result) => result.problems).length;
  if (json) output.json({ passed: tests.length - failed, failed, problems, files: results });
  else tellSum(tests.length, failed, problems, performance.now() - began);
  if (failed + problems > 0) process.exitCode = 1;
}

async function testFilesIn(folder: string): Promise<string[]> {
  const tests = join(folder, 'workflows/tests');
  const found = existsSync(tests) ? await readdir(tests, { recursive: true }) : [];
  const paths = found.filter((path) => path.endsWith('.test.yaml')).sort();
  if (paths.length > 0) return paths.map((path) => relative(process.cwd(), join(tests, path)));
  throw new UserError(
    'no_tests',
    `There is no test in ${tests}. Write one there, in a file such as welcome.test.yaml.`,
  );
}

async function runFile(path: string, loaded: LoadedProject, render: Render): Promise<FileResult> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UserError('file_missing', `There is no file ${path} that can be read.`);
  });
  const read = readTests(path, text, loaded);
  if (!read.file) return { file: path, problems: read.problems, tests: [] };
  const tests: FileResult['tests'][number][] = [];
  for (const [index, one] of read.file.tests.entries()) {
    const result = await runTest(loaded.project, read.file, one, render);
    tests.push({ ...result, position: positionOf(path, index, result, read) });
  }
  return { file: path, problems: [], tests };
}

/** Where to look: at the first thing that is wrong, else at the test itself. */
function positionOf(path: string, test: number, { checks, mistakes }: TestResult, read: ReadTests): string {
  const check = checks.find(({ instead }) => instead !== null);
  const [mistake] = mistakes;
  const place = mistake ? ['given', mistake.index] : check ? ['expect', check.index] : ['name'];
  const { line, column } = read.positionOf(['tests', test, ...place]);
  return `${path}:${line}:${column}`;
}

function tellFile({ file, problems, tests }: FileResult): void {
  output.line(`\n${colors.bold(file)}`);
  for (const problem of problems) output.line(`  ${colors.red('✖')} ${formatProblem(problem)}`);
  for (const result of tests) {
    const mark = result.passed ? colors.green('✔') : colors.red('✖');
    output.line(`  ${mark} ${result.name} ${colors.dim(`${Math.ceil(result.milliseconds)} ms`)}`);
    if (!result.passed) tellFailure(result);
  }
}

function tellFailure({
  position,
  checks,
  unexpected,
  mistakes,
  timeline,
}: FileResult['tests'][number]): void {
  output.line(`      ${colors.dim(position)}`);
  for (const { message } of mistakes) output.line(`      ${colors.red(`✖ ${message}`)}`);
  for (const { expected, instead } of checks) {
    if (instead === null) continue;
    output.line(`      ${colors.red(`− ${expected}`)}`);
    output.line(`      ${colors.green(`+ ${instead}`)}`);
  }
  for (const words of unexpected) output.line(`      ${colors.green(`+ ${words}`)}  (nobody expected it)`);
  output.line(colors.dim('      what happened:'));
  for (const { when, what } of timeline.slice(0, MOST_TOLD))
    output.line(colors.dim(`        ${when}  ${what}`));
  const more = timeline.length - MOST_TOLD;
  if (more > 0) output.line(colors.dim(`        … and ${more} more; --json tells them all`));
}

const MOST_TOLD = 40;

function tellSum(tests: number, failed: number, problems: number, milliseconds: number): void {
  const parts = [
    `${tests} ${tests === 1 ? 'test' : 'tests'}`,
    colors.green(`${tests - failed} passed`),
    ...(failed > 0 ? [colors.red(`${failed} failed`)] : []),
    ...(problems > 0
      ? [colors.red(`${problems} ${problems === 1 ? 'problem' : 'problems'} in the files`)]
      : []),
  ];
  output.line(`\n${parts.join(', ')} in ${(milliseconds / 1000).toFixed(1)} s`);
}
