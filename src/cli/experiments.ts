/** `etapa experiments`: what tests and holdouts have come to, with intervals, and who has won. */
import type { Command } from 'commander';
import colors from 'picocolors';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import type { Interval } from '../core/workflows/experiment.ts';
import {
  beginAnew,
  measureExperiments,
  setWinner,
  type ExperimentReport,
  type MeasuredHoldout,
  type MeasuredTest,
} from '../engine/experiments.ts';
import { UserError } from '../errors.ts';
import { clockWords } from './explain/times.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
}

interface StopOptions extends Options {
  readonly winner?: string;
  readonly reset?: boolean;
}

export function addExperiments(program: Command): void {
  const experiments = program
    .command('experiments')
    .description('A/B tests and holdouts, with intervals and winners')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer as JSON')
    .action(async (options: Options) => {
      await withApp(options, async (app) => {
        const now = await app.now();
        const report = await measureExperiments(app.experiments, app.live(), now);
        if (options.json) output.json(report);
        else tell(report, app.live().settings, now);
      });
    });
  experiments
    .command('stop <test>')
    .description(
      'say which variant everybody gets from now on; a test is written like abandoned_cart/second_reminder',
    )
    .option('--winner <variant>', 'the variant that everybody who comes gets')
    .option('--reset', 'begin the test anew instead: no winner, and nobody counts who entered until now')
    .action(async (test: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<StopOptions>();
      await withApp(options, async (app) => stop(app, test, options, await app.now()));
    });
}

async function stop(
  app: App,
  test: string,
  { winner, reset = false }: StopOptions,
  now: Instant,
): Promise<void> {
  if ((winner === undefined) === !reset) {
    throw new UserError(
      'which_end',
      'Write --winner with the variant that everybody gets, or --reset to begin the test anew.',
    );
  }
  if (winner === undefined) {
    await beginAnew(app.experiments, app.live(), test, now);
    return output.line(`${test} begins anew; who entered until now does not count.`);
  }
  await setWinner(app.experiments, app.live(), test, winner, now);
  output.line(`Everybody who comes to ${test} gets "${winner}" from now on.`);
}

type Shop = { readonly time_zone: string; readonly currency: string };

function tell({ tests, holdouts }: ExperimentReport, shop: Shop, now: Instant): void {
  if (tests.length === 0 && holdouts.length === 0) {
    return output.line('Nothing is tested: no workflow has a step "ab_test" or a "holdout".');
  }
  for (const test of tests) tellTest(test, shop, now);
  for (const holdout of holdouts) tellHoldout(holdout, shop);
}

function tellTest(test: MeasuredTest, shop: Shop, now: Instant): void {
  const { workflow, step, winner_by, variants, comparison, winner, because } = test;
  const what = winner_by === null || winner_by === 'goal' ? 'reached the goal' : winner_by;
  output.line(`\n${colors.bold(`${workflow}/${step}`)}  ${colors.dim(`by ${what}`)}`);
  output.table(
    ['variant', 'share', 'people', 'successes', 'rate', '95 % between', 'still open'],
    variants.map(({ variant, share, people, successes, rate, interval, still_open }) => [
      variant === winner ? `${variant} ✔` : variant,
      ...[`${share} %`, people, successes, rate === null ? '–' : percent(rate)],
      ...[people === 0 ? '–' : between(interval, percent), still_open],
    ]),
  );
  const { lift, p, best, second } = comparison;
  if (lift && variants.every(({ people }) => people > 0)) {
    const { absolute, interval } = lift;
    output.line(
      `"${best}" less "${second}": ${points(absolute)} (${between(interval, points)}), p ${chance(p)}`,
    );
  }
  if (winner !== null) {
    const at = test.decided_at === null ? '' : `, ${clockWords(test.decided_at, shop.time_zone, 'en')}`;
    return output.line(`Winner: ${colors.green(winner)}${at}: ${because.en}`);
  }
  const { next_look_at: next } = test;
  const then = next === null || next <= now ? '' : `; next look ${clockWords(next, shop.time_zone, 'en')}`;
  output.line(`Not yet: ${because.en}${then}`);
}

function tellHoldout(holdout: MeasuredHoldout, { currency }: Shop): void {
  const { workflow, percent: share, treated, held_out, absolute, interval, revenue } = holdout;
  output.line(`\n${colors.bold(workflow)}  ${colors.dim(`holdout ${share} %`)}`);
  const money = (amount: number): string => `${amount.toFixed(2)} ${currency}`;
  output.table(
    ['', 'people', 'reached the goal', 'rate', '95 % between', ...(revenue ? ['revenue per head'] : [])],
    [treated, held_out].map((group, index) => [
      index === 0 ? 'got it' : 'held out',
      ...[group.people, group.successes, group.rate === null ? '–' : percent(group.rate)],
      group.people === 0 ? '–' : between(group.interval, percent),
      ...(revenue ? [money(index === 0 ? revenue.treated : revenue.held_out)] : []),
    ]),
  );
  if (treated.people === 0 || held_out.people === 0 || absolute === null || interval === null) {
    output.line(`Not yet: nobody whose time is up on both sides (${holdout.still_open} still open).`);
    return;
  }
  const { relative, relative_interval } = holdout;
  const of_it = relative_interval ? ` (${between(relative_interval, signedPercent)})` : '';
  output.line(
    `Lift: ${points(absolute)} (${between(interval, points)})` +
      `${relative === null ? '' : `; relative ${signedPercent(relative)}${of_it}`}, p ${chance(holdout.p)}` +
      `; ${holdout.still_open} still open`,
  );
  if (!revenue) return;
  const range = revenue.interval ? ` (${between(revenue.interval, money)}, Welch)` : '';
  output.line(`Revenue per head: ${revenue.difference > 0 ? '+' : ''}${money(revenue.difference)}${range}`);
}

function between({ low, high }: Interval, words: (number: number) => string): string {
  return `${words(low)} … ${words(high)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signedPercent(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}

/** Percentage points. */
function points(difference: number): string {
  return `${difference > 0 ? '+' : ''}${(100 * difference).toFixed(1)} points`;
}

function chance(p: number): string {
  return p < 0.0001 ? 'below 0.0001' : String(Number(p.toPrecision(2)));
}
