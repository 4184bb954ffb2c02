/**
 * What a workflow brings about: those who got it, beside those who were held out. Sources. Interval of a ratio of
 * shares: D. Katz et al., Biometrics 34 (1978), by logarithms. Interval of a difference of means: B. L. Welch,
 * Biometrika 34 (1947). Quantiles of Student's distribution: Abramowitz and Stegun, 26.7.5.
 */
import { compareVariants, type Interval, type VariantRate } from '../../core/workflows/experiment.ts';
import type { CountedGroup } from './book.ts';

export interface HoldoutLift {
  readonly treated: VariantRate;
  readonly held_out: VariantRate;
  /** Rate less rate, with 95 % by Newcombe; null without people on either side. */
  readonly absolute: number | null;
  readonly interval: Interval | null;
  /** Part of the rate of those who were held out: 0.2 is a fifth more. Null where none of them succeeded. */
  readonly relative: number | null;
  /** 95 % by Katz; null without a success on either side. */
  readonly relative_interval: Interval | null;
  readonly p: number;
}

export function liftOf(treated: CountedGroup, held_out: CountedGroup): HoldoutLift {
  const counts = [
    { variant: 'treated', people: treated.people, successes: treated.successes },
    { variant: 'held_out', people: held_out.people, successes: held_out.successes },
  ];
  const { rates, best, lift, p } = compareVariants(counts, 0.05);
  const [a, b] = counts.map(({ variant }) => rates.find((one) => one.variant === variant) as VariantRate);
  const one = a as VariantRate;
  const other = b as VariantRate;
  const sign = best === 'treated' ? 1 : -1;
  return {
    treated: one,
    held_out: other,
    absolute: lift && sign * lift.absolute,
    interval: lift && (sign === 1 ? lift.interval : { low: -lift.interval.high, high: -lift.interval.low }),
    relative: one.rate !== null && other.rate ? one.rate / other.rate - 1 : null,
    relative_interval: ratioInterval(one, other),
    p,
  };
}

function ratioInterval(a: VariantRate, b: VariantRate): Interval | null {
  if (a.successes === 0 || b.successes === 0) return null;
  const ratio = Math.log(a.successes / a.people / (b.successes / b.people));
  const error = Math.sqrt(1 / a.successes - 1 / a.people + 1 / b.successes - 1 / b.people);
  return { low: Math.exp(ratio - Z * error) - 1, high: Math.exp(ratio + Z * error) - 1 };
}

export interface RevenueLift {
  /** Per head, in the shop's currency. */
  readonly treated: number;
  readonly held_out: number;
  readonly difference: number;
  /** 95 % by Welch; null with fewer than two people on either side. */
  readonly interval: Interval | null;
}

export function revenueLift(treated: CountedGroup, held_out: CountedGroup): RevenueLift {
  const difference = treated.mean - held_out.mean;
  const means = { treated: treated.mean, held_out: held_out.mean, difference };
  if (Math.min(treated.people, held_out.people) < 2) return { ...means, interval: null };
  const [one, other] = [treated.variance / treated.people, held_out.variance / held_out.people];
  const error = Math.sqrt(one + other);
  const freedom = (one + other) ** 2 / (one ** 2 / (treated.people - 1) + other ** 2 / (held_out.people - 1));
  const reach = error === 0 ? 0 : studentQuantile(freedom) * error;
  return { ...means, interval: { low: difference - reach, high: difference + reach } };
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959963984540054;

/** Two-sided 95 %. Within a hundredth from three degrees of freedom on. */
function studentQuantile(freedom: number): number {
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  const fourth = (79 * Z ** 9 + 776 * Z ** 7 + 1482 * Z ** 5 - 1920 * Z ** 3 - 945 * Z) / 92160;
  return Z + first / freedom + second / freedom ** 2 + third / freedom ** 3 + fourth / freedom ** 4;
}
