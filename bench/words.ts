/** How figures are written in the table. */
import type { Spread } from './surroundings.ts';

export type Row = readonly [what: string, per_second: string, ratio: string];

export function rate({ median, low, high }: Spread): string {
  return `${count(median)} (${count(low)} to ${count(high)})`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function times({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** Of measurements in milliseconds. */
export function milliseconds({ median, low, high }: Spread): string {
  return `${digits(median)} ms (${digits(low)} to ${digits(high)})`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : count(value);
}
