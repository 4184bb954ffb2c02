/**
 * `npm run faults`: each fault with real processes, over both backends, and what was found as a Markdown table.
 *
 * `-- F1 F5` only these · `--seeds 5` with so many seeds, from 1 · `--seed 3` only this one, to run something again ·
 * `--backend redis` · `--smoke` a short choice · `--json FILE` the findings as they are, beside those that the file holds. Ends with 1 after a violation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDice } from '../../src/demo/shop/random.ts';
import { CASES } from './cases/index.ts';
import { CannotRun, type Backend, type FaultCase } from './fault.ts';
import { keepRuns } from './kept-runs.ts';
import { readOptions, type Options } from './options.ts';
import { runLine, table, type Run } from './report.ts';
import { openGround, type Ground } from './world/ground.ts';

/** Longest time in milliseconds that taking everything down may take. */
const LONGEST_END = 20_000;

const options = readOptions(process.argv.slice(2), CASES);
const ground = await openGround();
let closing: () => Promise<unknown> = () => ground.close();
let is_ending = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endBy(signal));
try {
  const runs = await runAll(ground, options);
  const all = options.json === undefined ? runs : await keepRuns(options.json, runs, CASES);
  process.stdout.write(`\n${table(all)}\n`);
  if (runs.some(({ outcome }) => typeof outcome !== 'string' && outcome.violations.length > 0))
    process.exitCode = 1;
} finally {
  await ground.close();
}

/** Whatever was started goes with us. */
async function endBy(signal: NodeJS.Signals): Promise<void> {
  is_ending = true;
  await Promise.race([closing(), sleep(LONGEST_END)]);
  process.kill(process.pid, signal);
}

async function runAll(on: Ground, { cases, backends, seeds, json }: Options): Promise<Run[]> {
  const runs: Run[] = [];
  for (const fault of cases)
    for (const backend of fault.backends === 'none' ? backends.slice(0, 1) : backends)
      for (const seed of seeds) {
        if (is_ending) return runs;
        const run = await runOne(on, fault, backend, seed);
        process.stdout.write(`${runLine(run)}\n`);
        runs.push(run);
        // Also what was found before an interruption.
        if (json !== undefined) await keepRuns(json, [run], CASES);
        if (typeof run.outcome === 'string') break;
      }
  return runs;
}

async function runOne(on: Ground, fault: FaultCase, backend: Backend, seed: number): Promise<Run> {
  const began = performance.now();
  const worlds = on.worldsFor(backend);
  const dice = makeDice(seed, 0);
  closing = async () => {
    await worlds.close(false);
    await on.close();
  };
  let outcome: Run['outcome'];
  try {
    outcome =
      fault.not_on?.[backend] ??
      on.lacks(backend) ??
      (await fault.run({ backend, seed, dice, openWorld: worlds.open }));
  } catch (error) {
    if (error instanceof CannotRun) outcome = error.message;
    else outcome = { violations: [`the case itself broke: ${(error as Error).stack ?? String(error)}`] };
  }
  const is_violated = typeof outcome !== 'string' && outcome.violations.length > 0;
  const kept = await worlds.close(is_violated);
  if (kept !== undefined) process.stdout.write(`      ${kept} holds what was said, acknowledged and sent\n`);
  return { fault, backend, seed, outcome, seconds: (performance.now() - began) / 1000 };
}
