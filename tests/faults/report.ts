/** What `npm run faults` prints: a line for each run, and a table of them all. */
import type { Backend, FaultCase, Findings } from './fault.ts';

/** One case over one backend with one seed. */
export interface Run {
  readonly fault: FaultCase;
  readonly backend: Backend;
  readonly seed: number;
  /** A string: why it was left out. */
  readonly outcome: Findings | string;
  readonly seconds: number;
}

export function runLine({ fault, backend, seed, outcome, seconds }: Run): string {
  const where = `${fault.id.padEnd(5)} ${queueOf(fault, backend).padEnd(9)} seed ${String(seed).padEnd(6)}`;
  if (typeof outcome === 'string') return `${where} left out: ${outcome}   (${fault.name})`;
  const verdict = outcome.violations.length === 0 ? 'ok       ' : 'VIOLATED ';
  const lines = [`${where} ${verdict} ${seconds.toFixed(1)} s  ${fault.name}: ${figures(outcome)}`];
  return [...lines, ...outcome.violations.map((one) => `      - ${one}`)].join('\n');
}

function figures({ violations: _, recovery_seconds = [], own = {}, ...counts }: Findings): string {
  const recovery = recovery_seconds.length === 0 ? [] : [`recovery ${spread(recovery_seconds)} s`];
  const told = Object.entries({ ...counts, ...own }).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${value}`,
  );
  return [...told, ...recovery].join(', ');
}

function queueOf({ backends }: FaultCase, backend: Backend): string {
  return backends === 'none' ? 'no queue' : backend;
}

const COLUMNS = [
  ['acknowledged', 'acknowledged'],
  ['missing', 'missing'],
  ['unresolved', 'unresolved'],
  ['sent', 'sent'],
  ['duplicates_outside', 'twice outside window'],
  ['duplicates_inside', 'twice inside'],
  ['uncertain', 'uncertain'],
  ['forbidden', 'forbidden'],
] as const;

/** One row for each case and backend, over all seeds: sums, and the median and the longest recovery. */
export function table(runs: readonly Run[]): string {
  const names = COLUMNS.map(([, name]) => name);
  const head = ['fault', 'queue', 'runs', 'violations', ...names, 'recovery, s: median (longest)'];
  const rows = [head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...groups(runs).map(row)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function groups(runs: readonly Run[]): Run[][] {
  const found = new Map<string, Run[]>();
  for (const run of runs) {
    const key = `${run.fault.id} ${run.backend}`;
    found.set(key, [...(found.get(key) ?? []), run]);
  }
  return [...found.values()];
}

function row(group: readonly Run[]): string[] {
  const [first] = group as readonly [Run, ...Run[]];
  const start = [`${first.fault.id} ${first.fault.name}`, queueOf(first.fault, first.backend)];
  const done = group.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome]));
  if (done.length === 0) return [...start, '0', String(first.outcome), ...COLUMNS.map(() => ''), ''];
  const violations = done.reduce((sum, { violations: list }) => sum + list.length, 0);
  const sums = COLUMNS.map(([key]) => sum(done.map((one) => one[key])));
  const recovery = done.flatMap(({ recovery_seconds = [] }) => recovery_seconds);
  return [...start, String(done.length), String(violations), ...sums, spread(recovery)];
}

/** Empty where no run has looked at it. */
function sum(list: readonly (number | undefined)[]): string {
  const known = list.filter((one) => one !== undefined);
  return known.length === 0 ? '' : known.reduce((total, one) => total + one, 0).toLocaleString('en');
}

function spread(list: readonly number[]): string {
  if (list.length === 0) return '';
  const sorted = list.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return `${median.toFixed(1)} (${(sorted.at(-1) ?? 0).toFixed(1)})`;
}
