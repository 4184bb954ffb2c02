/**
 * Who takes which way of a test, who is held out, and what the counted results say. Shares are sticky: they are hashes
 * of names, so that nothing has to be remembered for somebody to get the same again.
 *
 * Sources. Interval of a share: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
 * JASA 22 (1927). Interval of a difference: R. G. Newcombe, "Interval estimation for the difference between independent
 * proportions", Statistics in Medicine 17 (1998), method 10. Tests: the pooled two-proportion z test, and where fewer
 * than five are expected somewhere, R. A. Fisher's exact test of a two-by-two table. Several comparisons, and several
 * looks, share their error by Bonferroni.
 */
import { share } from '../hash.ts';

/** What was counted of one variant; `successes` is at most `people`. */
export interface VariantCount {
  readonly variant: string;
  readonly people: number;
  readonly successes: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How large a part of the people of a variant succeeded. */
export interface VariantRate extends VariantCount {
  /** From 0 to 1; null without people. */
  readonly rate: number | null;
  /** 95 % by Wilson; from 0 to 1 without people. */
  readonly interval: Interval;
}

/** How much better the best is than the second. */
export interface Lift {
  /** Rate less rate. */
  readonly absolute: number;
  /** Of the absolute difference: 95 % by Newcombe. */
  readonly interval: Interval;
  /** Part of the second's rate: 0.2 is a fifth more. Null where the second has no success. */
  readonly relative: number | null;
}

export interface Comparison {
  /** Best first; equal rates with more people first, then by name. */
  readonly rates: readonly VariantRate[];
  /** Null where nobody has taken any variant. */
  readonly best: string | null;
  readonly second: string | null;
  readonly lift: Lift | null;
  /** The largest p of the best against each other, each times the number of others; at most 1. */
  readonly p: number;
  /** The best is better than every other: `p` is below `alpha`. */
  readonly significant: boolean;
}

/** Compares the variants of one test. `alpha` is the risk taken of seeing a difference where there is none. */
export function compareVariants(counts: readonly VariantCount[], alpha: number): Comparison {
  const rates = counts.map(rateOf).sort(bestFirst);
  const [best, second] = rates;
  if (!best || best.people === 0)
    return { rates, best: null, second: null, lift: null, p: 1, significant: false };
  const others = rates.slice(1);
  const p = Math.min(1, others.length * Math.max(...others.map((other) => differenceTest(best, other))));
  return {
    rates,
    best: best.variant,
    second: second?.variant ?? null,
    lift: second ? liftOf(best, second) : null,
    p,
    significant: others.length > 0 && p < alpha,
  };
}

/** What a look at the results says: the winner, where one may be called by now. */
export interface Verdict {
  readonly winner: string | null;
  /** The risk that this look may take. */
  readonly alpha: number;
  readonly comparison: Comparison;
}

/**
 * Looks for a winner for the first, second, … time (`look` from 1). Each look may take half the risk of the one before,
 * so that however often one looks, the risk of all together stays below 5 %.
 */
export function decideWinner(counts: readonly VariantCount[], look: number): Verdict {
  const alpha = RISK / 2 ** look;
  const comparison = compareVariants(counts, alpha);
  return { winner: comparison.significant ? comparison.best : null, alpha, comparison };
}

/**
 * The variant that a key always takes, in whatever order they are written. `share` is percent; the shares add up to
 * 100.
 */
export function chooseVariant(
  key: string,
  variants: Readonly<Record<string, { readonly share: number }>>,
): string {
  const place = 100 * share(key);
  const names = Object.keys(variants).sort();
  let end = 0;
  const chosen = names.find((name) => {
    end += variants[name]?.share ?? 0;
    return place < end;
  });
  // Shares such as 33.3 and 66.7 may fall short of 100 by rounding.
  return chosen ?? names.at(-1) ?? '';
}

/** Whether a contact belongs to the `percent` of a workflow who get nothing: always the same ones. */
export function isHeldOut(contact_id: string, workflow_id: string, percent: number): boolean {
  // Not the form of the keys of tests, so that a test in the workflow is split as if nobody were held out.
  return 100 * share(`held out of ${workflow_id}: ${contact_id}`) < percent;
}

const RISK = 0.05;

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054;

/** Fewer expected in a cell than this, and the normal distribution is no likeness any more (Cochran's rule). */
const LEAST_EXPECTED = 5;

function rateOf(count: VariantCount): VariantRate {
  const { people, successes } = count;
  return { ...count, rate: people === 0 ? null : successes / people, interval: wilson(count) };
}

function bestFirst(a: VariantRate, b: VariantRate): number {
  return (b.rate ?? -1) - (a.rate ?? -1) || b.people - a.people || (a.variant < b.variant ? -1 : 1);
}

function wilson({ people, successes }: VariantCount): Interval {
  if (people === 0) return { low: 0, high: 1 };
  const rate = successes / people;
  const centre = successes + Z ** 2 / 2;
  const reach = Z * Math.sqrt(people * rate * (1 - rate) + Z ** 2 / 4);
  const whole = people + Z ** 2;
  return {
    // Exactly at the ends, where rounding would leave a trace.
    low: successes === 0 ? 0 : (centre - reach) / whole,
    high: successes === people ? 1 : (centre + reach) / whole,
  };
}

function liftOf(best: VariantRate, second: VariantRate): Lift | null {
  if (best.rate === null || second.rate === null) return null;
  const absolute = best.rate - second.rate;
  return {
    absolute,
    interval: newcombe(best, second),
    relative: second.rate === 0 ? null : absolute / second.rate,
  };
}

function newcombe(a: VariantRate, b: VariantRate): Interval {
  const [one, other] = [a.rate ?? 0, b.rate ?? 0];
  return {
    low: one - other - Math.hypot(one - a.interval.low, b.interval.high - other),
    high: one - other + Math.hypot(a.interval.high - one, other - b.interval.low),
  };
}

/** Two-sided p of "both have the same rate". */
function differenceTest(a: VariantCount, b: VariantCount): number {
  const people = a.people + b.people;
  const successes = a.successes + b.successes;
  if (a.people === 0 || b.people === 0 || successes === 0 || successes === people) return 1;
  const rarer = Math.min(successes, people - successes);
  const least = (Math.min(a.people, b.people) * rarer) / people;
  return least < LEAST_EXPECTED ? fisherTest(a, b) : zTest(a, b);
}

function zTest(a: VariantCount, b: VariantCount): number {
  const pooled = (a.successes + b.successes) / (a.people + b.people);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.people + 1 / b.people));
  return twoSided((a.successes / a.people - b.successes / b.people) / error);
}

/** All tables with the same margins that are no likelier than this one, added up. */
function fisherTest(a: VariantCount, b: VariantCount): number {
  const successes = a.successes + b.successes;
  const least = Math.max(0, successes - b.people);
  const weights = hypergeometricWeights(a.people, b.people, successes);
  const seen = (weights[a.successes - least] ?? 0) * (1 + ROUNDING);
  const sum = (list: readonly number[]): number => list.reduce((total, weight) => total + weight, 0);
  return sum(weights.filter((weight) => weight <= seen)) / sum(weights);
}

/** Tables that are equally likely by calculation on paper must not differ by rounding. */
const ROUNDING = 1e-7;

/**
 * How likely each number of successes of the first group is, as a part of the likeliest; from the smallest possible
 * number on. Each follows from its neighbour, so that no large factorials are needed.
 */
function hypergeometricWeights(one: number, other: number, successes: number): readonly number[] {
  const least = Math.max(0, successes - other);
  const most = Math.min(one, successes);
  const likeliest = Math.floor(((one + 1) * (successes + 1)) / (one + other + 2));
  const step = (k: number): number => ((one - k) * (successes - k)) / ((k + 1) * (other - successes + k + 1));
  const weights = Array.from({ length: most - least + 1 }, () => 1);
  for (let k = likeliest; k < most; k++) weights[k + 1 - least] = (weights[k - least] ?? 0) * step(k);
  for (let k = likeliest - 1; k >= least; k--) weights[k - least] = (weights[k + 1 - least] ?? 0) / step(k);
  return weights;
}

/** The part of the normal distribution that is at least as far out as `z`, on both sides. */
function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  return x < 2 ? 1 - errorBySeries(x) : restByFraction(x);
}

/** erf(x) by its series of positive terms; exact enough below 2. */
function errorBySeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 − erf(x) by its continued fraction, where the difference itself would be lost in rounding. */
function restByFraction(x: number): number {
  let below = x;
  for (let n = 120; n >= 1; n--) below = x + n / 2 / below;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * below);
}
