import type { Comparison } from '../../simulate/compare.ts';
import type { MessageRow } from '../../simulate/simulate.ts';
import type { Simulation } from '../../simulate/tally.ts';

export type Outcome = { readonly simulation: Simulation } | { readonly comparison: Comparison };

/** As programs read it: moments as ISO 8601 texts. */
export function plainOutcome(outcome: Outcome): object {
  if ('simulation' in outcome) return plainSimulation(outcome.simulation);
  const { before, after, examples, ...rest } = outcome.comparison;
  return {
    ...rest,
    before: plainSimulation(before),
    after: plainSimulation(after),
    examples: examples.map(({ contact, only_before, only_after }) => ({
      contact,
      only_before: only_before.map(plainRow),
      only_after: only_after.map(plainRow),
    })),
  };
}

function plainSimulation({ from, until, contact_days, ...counts }: Simulation): object {
  return {
    from: from === null ? null : isoOf(from),
    until: isoOf(until),
    contact_days: Math.round(contact_days),
    ...counts,
  };
}

export function plainRow({ at, ...row }: Omit<MessageRow, 'contact'>): object {
  return { at: isoOf(at), ...row };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
