/**
 * Runs in a file (`--json`), so that a table of many seeds can be made in several goes: what is measured again takes the
 * place of what was measured before, and everything else stays.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { FaultCase, Findings } from './fault.ts';
import type { Run } from './report.ts';

interface KeptRun extends Omit<Run, 'fault' | 'outcome'>, Partial<Findings> {
  readonly id: string;
  readonly name: string;
  readonly correct: string;
  readonly left_out?: string;
}

/**
 * @returns all runs that the file holds then, in the order of the cases.
 * @throws Error where the file is there and holds something else.
 */
export async function keepRuns(
  file: string,
  runs: readonly Run[],
  cases: readonly FaultCase[],
): Promise<readonly Run[]> {
  const before = (await readRuns(file)).flatMap((one) => runOf(one, cases));
  const all = [...before.filter((one) => !runs.some((other) => isSame(one, other))), ...runs];
  const place = ({ fault }: Run): number => cases.indexOf(fault);
  const sorted = all.toSorted(
    (a, b) => place(a) - place(b) || a.backend.localeCompare(b.backend) || a.seed - b.seed,
  );
  await writeFile(file, JSON.stringify(sorted.map(forFile), undefined, 2));
  return sorted;
}

async function readRuns(file: string): Promise<readonly KeptRun[]> {
  const text = await readFile(file, 'utf8').catch(() => '[]');
  return JSON.parse(text) as readonly KeptRun[];
}

/** None where there is no such case any more. */
function runOf(
  { id, backend, seed, seconds, left_out, ...kept }: KeptRun,
  cases: readonly FaultCase[],
): Run[] {
  const { name: _, correct: _was, violations = [], ...found } = kept;
  const fault = cases.find((one) => one.id === id);
  return fault ? [{ fault, backend, seed, seconds, outcome: left_out ?? { ...found, violations } }] : [];
}

function isSame(one: Run, other: Run): boolean {
  return one.fault === other.fault && one.backend === other.backend && one.seed === other.seed;
}

function forFile({ fault, outcome, ...rest }: Run): KeptRun {
  const { id, name, correct } = fault;
  return { id, name, correct, ...rest, ...(typeof outcome === 'string' ? { left_out: outcome } : outcome) };
}
