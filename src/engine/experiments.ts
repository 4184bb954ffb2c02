/** What tests and holdouts have come to, and the choice of winners. */
import type { Instant } from '../core/events/event.ts';
import { reason, type Reason } from '../core/reason.ts';
import { exactMilliseconds, type Duration } from '../core/time/duration.ts';
import {
  decideWinner,
  type Comparison,
  type VariantCount,
  type VariantRate,
} from '../core/workflows/experiment.ts';
import { UserError } from '../errors.ts';
import type { LoadedProject } from '../project/load.ts';
import type { CountedVariant, ExperimentBook, TestRecord } from './experiments/book.ts';
import { liftOf, revenueLift, type HoldoutLift, type RevenueLift } from './experiments/lift.ts';
import type { Leadership } from './ports.ts';
import { holdoutsOf, testsOf, type Holdout, type Test } from './experiments/measures.ts';

/** Before each variant has so many, no look is spent on them. */
const LEAST_PEOPLE = 10;

export interface MeasuredVariant extends VariantRate {
  /** Percent that it gets. */
  readonly share: number;
  /** Those whose time for a success is not up yet; they are counted nowhere else. */
  readonly still_open: number;
}

export interface MeasuredTest {
  readonly workflow: string;
  readonly step: string;
  readonly winner_by: Test['winner_by'];
  /** When the first one entered who came to it. */
  readonly began_at: Instant | null;
  /** In the order of the file. */
  readonly variants: readonly MeasuredVariant[];
  readonly comparison: Comparison;
  readonly looks: number;
  readonly winner: string | null;
  /** Since when everybody who comes gets the winner. */
  readonly decided_at: Instant | null;
  /** Why it has won, or why there is no winner yet. */
  readonly because: Reason;
  readonly next_look_at: Instant | null;
}

export interface MeasuredHoldout extends HoldoutLift {
  readonly workflow: string;
  readonly percent: number;
  readonly still_open: number;
  /** Null where the goal is no order. */
  readonly revenue: RevenueLift | null;
}

export interface ExperimentReport {
  readonly tests: readonly MeasuredTest[];
  readonly holdouts: readonly MeasuredHoldout[];
}

/** All tests and holdouts of the live project, in the order of its files. */
export async function measureExperiments(
  book: ExperimentBook,
  loaded: LoadedProject,
  now: Instant,
): Promise<ExperimentReport> {
  const records = await book.records();
  const tests: MeasuredTest[] = [];
  for (const test of testsOf(loaded)) tests.push(await measureTest(book, test, recordOf(records, test), now));
  const holdouts: MeasuredHoldout[] = [];
  for (const holdout of holdoutsOf(loaded)) holdouts.push(await measureHoldout(book, holdout, now));
  return { tests, holdouts };
}

/**
 * Looks at the tests whose time has come. A look is taken `decide_after` after the first entry, and then each time that
 * as long has passed again; of several that were missed one is taken.
 *
 * @returns the tests that have a winner from now on.
 */
export async function lookForWinners(
  book: ExperimentBook,
  loaded: LoadedProject,
  now: Instant,
  under?: Leadership,
): Promise<readonly string[]> {
  const tests = testsOf(loaded).filter(isDecidable);
  if (tests.length === 0) return [];
  const decided = await book.alone(async (mine) => {
    const records = await mine.records();
    const found: string[] = [];
    for (const test of tests) {
      const winner = await look(mine, test, recordOf(records, test), now);
      if (winner !== null) found.push(`${test.workflow}/${test.step}`);
    }
    return found;
  }, under);
  return decided ?? [];
}

/** Says by hand which variant everybody gets from now on. @throws UserError where there is no such test or variant. */
export async function setWinner(
  book: ExperimentBook,
  loaded: LoadedProject,
  name: string,
  winner: string,
  now: Instant,
): Promise<void> {
  const test = testNamed(loaded, name);
  const known = Object.keys(test.variants);
  if (!known.includes(winner)) {
    const sentence = `${name} has no variant called "${winner}". There are: ${known.join(', ')}.`;
    throw new UserError('no_such_variant', sentence);
  }
  await book.setWinner(test, winner, BY_HAND, now);
}

/** Begins a test anew: it has no winner, and who entered until now counts no more. @throws UserError without such a test. */
export async function beginAnew(
  book: ExperimentBook,
  loaded: LoadedProject,
  name: string,
  now: Instant,
): Promise<void> {
  await book.beginAnew(testNamed(loaded, name), now);
}

function testNamed(loaded: LoadedProject, name: string): Test {
  const tests = testsOf(loaded);
  const found = tests.find(({ workflow, step }) => `${workflow}/${step}` === name);
  if (found) return found;
  const known = tests.map(({ workflow, step }) => `${workflow}/${step}`);
  const sentence =
    known.length === 0
      ? 'There is no test in the live project; write a step "ab_test" and deploy.'
      : `There is no test called "${name}". There are: ${known.join(', ')}.`;
  throw new UserError('no_such_experiment', sentence);
}

type DecidableTest = Test & { readonly decide_after: Duration };

function isDecidable(test: Test): test is DecidableTest {
  return test.decide_after !== null;
}

function recordOf(records: readonly TestRecord[], { workflow, step, variants }: Test): TestRecord {
  const found = records.find((one) => one.workflow === workflow && one.step === step);
  if (!found) {
    return { workflow, step, looks: 0, looked_at: null, winner: null, because: null, since: null };
  }
  // A variant that was taken out of the test has won nothing: those who come get the others.
  const is_there = found.winner !== null && Object.hasOwn(variants, found.winner);
  return is_there ? found : { ...found, winner: null };
}

async function look(
  book: ExperimentBook,
  test: DecidableTest,
  record: TestRecord,
  now: Instant,
): Promise<string | null> {
  if (record.winner !== null) return null;
  const began = await book.began(test, record.since);
  if (began === null || now < nextLook(test, began, record)) return null;
  const counts = await countsOf(book, test, record, now);
  if (tooFew(counts)) return null;
  const looks = record.looks + 1;
  const { winner, alpha, comparison } = decideWinner(counts, looks);
  const because = winner === null ? null : wonBy(test, comparison, looks, alpha);
  const { workflow, step } = test;
  const written = await book.keepLook(record, { workflow, step, looks, looked_at: now, winner, because });
  return written ? winner : null;
}

function nextLook(
  { decide_after }: DecidableTest,
  began: Instant,
  { looks, looked_at }: TestRecord,
): Instant {
  const each = exactMilliseconds(decide_after);
  const passed = looks === 0 || looked_at === null ? 0 : Math.max(0, Math.floor((looked_at - began) / each));
  return began + (passed + 1) * each;
}

/** All variants in the order of the file, also those that nobody took. */
async function countsOf(
  book: ExperimentBook,
  test: Test,
  { since }: TestRecord,
  now: Instant,
): Promise<readonly CountedVariant[]> {
  const counted = await book.countVariants(test, since, now);
  return Object.keys(test.variants).map(
    (variant) =>
      counted.find((one) => one.variant === variant) ?? { variant, people: 0, successes: 0, still_open: 0 },
  );
}

function tooFew(counts: readonly VariantCount[]): VariantCount | undefined {
  return counts.find(({ people }) => people < LEAST_PEOPLE);
}

async function measureTest(
  book: ExperimentBook,
  test: Test,
  record: TestRecord,
  now: Instant,
): Promise<MeasuredTest> {
  const { workflow, step, winner_by, variants } = test;
  const { winner, looks } = record;
  const decided_at = winner === null ? null : record.looked_at;
  // Who came later got the winner without a choice, and compares with nobody.
  const counts = await countsOf(book, test, record, decided_at ?? now);
  const began_at = await book.began(test, record.since);
  const { comparison, alpha } = decideWinner(counts, Math.max(1, winner === null ? looks + 1 : looks));
  const open = new Map(counts.map(({ variant, still_open }) => [variant, still_open]));
  const rates = new Map(comparison.rates.map((rate) => [rate.variant, rate]));
  return {
    workflow,
    step,
    winner_by,
    began_at,
    variants: Object.entries(variants).map(([name, share]) => ({
      ...(rates.get(name) as VariantRate),
      share,
      still_open: open.get(name) ?? 0,
    })),
    comparison,
    looks,
    winner,
    decided_at,
    because: (winner !== null && record.because) || whyNot(test, began_at, counts, comparison, looks, alpha),
    next_look_at:
      winner === null && began_at !== null && isDecidable(test) ? nextLook(test, began_at, record) : null,
  };
}

function whyNot(
  test: Test,
  began_at: Instant | null,
  counts: readonly CountedVariant[],
  comparison: Comparison,
  looks: number,
  alpha: number,
): Reason {
  if (!isDecidable(test)) return NOBODY_LOOKS;
  if (began_at === null) return NOBODY_CAME;
  const few = tooFew(counts);
  if (few) return notEnough(few);
  if (looks === 0) return NOT_LOOKED;
  const chance = probability(comparison.p);
  return reason(
    `the difference may still be chance: p ${chance}, and below ${probability(alpha)} decides at the next look`,
    `la diferencia aún puede ser azar: p ${chance}, y en la próxima revisión decide por debajo de ${probability(alpha)}`,
  );
}

function notEnough({ variant, people }: VariantCount): Reason {
  return reason(
    `too few people to tell: ${people} had "${variant}" and their time is up, ${LEAST_PEOPLE} are needed`,
    `hay muy pocas personas para decidir: ${people} con «${variant}» y su plazo cumplido, hacen falta ${LEAST_PEOPLE}`,
  );
}

function wonBy(test: Test, { rates, p }: Comparison, looks: number, alpha: number): Reason {
  const [did, hizo] = SUCCEEDED[test.winner_by ?? 'goal'];
  const [best, ...others] = rates;
  const en = others.map((one) => `${figures(one, 'of')} with "${one.variant}"`).join(' and ');
  const es = others.map((one) => `${figures(one, 'de')} con «${one.variant}»`).join(' y ');
  const [first, primera] = best ? [figures(best, 'of'), figures(best, 'de')] : ['', ''];
  const chance = `p ${probability(p)}, below ${probability(alpha)}`;
  const azar = `p ${probability(p)}, por debajo de ${probability(alpha)}`;
  return reason(
    `${first} ${did} with "${best?.variant}", ${en}; ${chance}, at look ${looks}`,
    `${primera} ${hizo} con «${best?.variant}», ${es}; ${azar}, en la revisión ${looks}`,
  );
}

const SUCCEEDED = {
  goal: ['reached the goal', 'alcanzaron el objetivo'],
  opened: ['opened it', 'lo abrieron'],
  clicked: ['clicked', 'hicieron clic'],
} as const;

/** `120 of 900 people (13.3 %)`. */
function figures({ successes, people, rate }: VariantRate, of: 'of' | 'de'): string {
  const share = (100 * (rate ?? 0)).toFixed(1);
  return of === 'of'
    ? `${successes} of ${people} people (${share} %)`
    : `${successes} de ${people} personas (${share.replace('.', ',')} %)`;
}

function probability(p: number): string {
  return p < 0.0001 ? '0.0001 or less' : String(Number(p.toPrecision(2)));
}

async function measureHoldout(
  book: ExperimentBook,
  holdout: Holdout,
  now: Instant,
): Promise<MeasuredHoldout> {
  const { treated, held_out } = await book.countHoldout(holdout, now);
  return {
    workflow: holdout.workflow,
    percent: holdout.percent,
    still_open: treated.still_open + held_out.still_open,
    ...liftOf(treated, held_out),
    revenue: holdout.has_revenue ? revenueLift(treated, held_out) : null,
  };
}

const BY_HAND = reason('it was said so by hand', 'se dijo así a mano');
const NOBODY_LOOKS = reason(
  'no winner is looked for; write "winner_by" and "decide_after", or name one by hand',
  'no se busca ganador; escribe «winner_by» y «decide_after», o nombra uno a mano',
);
const NOBODY_CAME = reason('nobody has come to the test', 'nadie ha llegado a la prueba');
const NOT_LOOKED = reason(
  'the figures have not been looked at for a winner',
  'aún no se han revisado las cifras en busca de un ganador',
);
