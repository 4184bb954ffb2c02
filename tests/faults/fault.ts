/** What a fault is to this harness: one named case, how it should go, and what was measured while it went on. */
import type { Dice } from '../../src/demo/shop/random.ts';
import type { OpenWorld } from './world/world.ts';

export const BACKENDS = ['postgres', 'redis'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface FaultCase {
  /** `F1`; a fault of several stages has a letter for each: `F1a`, `F1b`. `npm run faults -- F1` runs them all. */
  readonly id: string;
  /** What is done to the system, in a few words. */
  readonly name: string;
  /** The correct behaviour, in one sentence. */
  readonly correct: string;
  /** `none` for what does not touch the queue: it is run once, over PostgreSQL. */
  readonly backends: 'both' | 'none';
  /** Where there is no such fault, with the reason in a few words: `{ postgres: 'no Redis' }`. */
  readonly not_on?: Readonly<Partial<Record<Backend, string>>>;
  /** Part of `--smoke`. */
  readonly in_smoke?: boolean;
  /**
   * Rejects only for what is no finding about Etapa: a bug of the case, or a machine that cannot do it (`CannotRun`).
   */
  run(setting: Setting): Promise<Findings>;
}

export interface Setting {
  readonly backend: Backend;
  readonly seed: number;
  /** The same rolls for the same seed, whatever ran before. */
  readonly dice: Dice;
  /** A database, servers and processes of the case's own, taken down when it ends. */
  readonly openWorld: OpenWorld;
}

/** This machine cannot do it: the case is told as left out, which is no failure. */
export class CannotRun extends Error {}

/** The measures of docs/faults.md; what a case does not look at is left out. */
export interface Findings {
  /** C1: events that were answered with a 2xx, and those of them that are in no table. */
  readonly acknowledged?: number;
  readonly missing?: number;
  /** C2: messages that never came to an end. */
  readonly unresolved?: number;
  /** Mails that the mail server took. */
  readonly sent?: number;
  /** C3: messages that it took twice though nothing was in doubt. */
  readonly duplicates_outside?: number;
  /** C4: service messages that it took twice because the answer to the final dot was lost. */
  readonly duplicates_inside?: number;
  /** Promotions of which nobody can know. */
  readonly uncertain?: number;
  /** C5: what was sent after a committed unsubscribe or outside its hours. */
  readonly forbidden?: number;
  /** C6: seconds from the end of each fault until what was owed then had come to its end. */
  readonly recovery_seconds?: readonly number[];
  /** Figures of the case's own. */
  readonly own?: Readonly<Record<string, number | string>>;
  /** What is not as it should be, a sentence each; empty where the case passed. */
  readonly violations: readonly string[];
}
