/** What was asked for on the command line of `npm run faults`. */
import { parseArgs } from 'node:util';
import { BACKENDS, type Backend, type FaultCase } from './fault.ts';

export interface Options {
  readonly cases: readonly FaultCase[];
  readonly backends: readonly Backend[];
  readonly seeds: readonly number[];
  readonly json: string | undefined;
}

/** @throws Error where something is asked for that there is not. */
export function readOptions(args: readonly string[], all: readonly FaultCase[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '1' },
      seed: { type: 'string' },
      backend: { type: 'string' },
      smoke: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const cases = chosen(all, positionals).filter(({ in_smoke }) => !values.smoke || in_smoke);
  return { cases, backends: backendsOf(values.backend), seeds: seedsOf(values), json: values.json };
}

function chosen(all: readonly FaultCase[], names: readonly string[]): readonly FaultCase[] {
  const unknown = names.find((name) => !all.some((one) => isCalled(one, name)));
  if (unknown !== undefined)
    throw new Error(`there is no fault "${unknown}"; choose from ${all.map(({ id }) => id).join(', ')}`);
  return names.length === 0 ? all : all.filter((one) => names.some((name) => isCalled(one, name)));
}

/** `F1` is F1a, F1b and so on, and not F10. */
function isCalled({ id }: FaultCase, name: string): boolean {
  return id === name || id.replace(/[a-z]$/, '') === name;
}

function backendsOf(name: string | undefined): readonly Backend[] {
  const found = BACKENDS.filter((one) => name === undefined || one === name);
  if (found.length === 0) throw new Error(`--backend is one of ${BACKENDS.join(', ')}`);
  return found;
}

function seedsOf({ seed, seeds }: { readonly seed?: string; readonly seeds: string }): readonly number[] {
  if (seed !== undefined) return [wholeNumber('--seed', seed)];
  return Array.from({ length: wholeNumber('--seeds', seeds) }, (_, index) => index + 1);
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} is a whole number above 0`);
  return Number(text);
}
