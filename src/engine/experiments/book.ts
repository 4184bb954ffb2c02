import type { Instant } from '../../core/events/event.ts';
import type { Reason } from '../../core/reason.ts';
import type { VariantCount } from '../../core/workflows/experiment.ts';
import type { Leadership } from '../ports.ts';
import type { Holdout, Test } from './measures.ts';

/** What is kept of a test. */
export interface TestRecord {
  readonly workflow: string;
  readonly step: string;
  /** How often its figures have been looked at for a winner. */
  readonly looks: number;
  /** When they were looked at last, or when the winner was set. */
  readonly looked_at: Instant | null;
  readonly winner: string | null;
  readonly because: Reason | null;
  /** When the test was begun anew: who entered earlier does not count. Null where it never was. */
  readonly since: Instant | null;
}

export interface CountedVariant extends VariantCount {
  /** Those whose time for a success is not up yet; they are counted nowhere else. */
  readonly still_open: number;
}

export interface CountedGroup {
  readonly people: number;
  readonly successes: number;
  readonly still_open: number;
  /** Of the revenue per head; zero where there are too few people. */
  readonly mean: number;
  readonly variance: number;
}

/** The figures of tests and holdouts, and what was decided by them. Everybody counts once, with the first run. */
export interface ExperimentBook {
  records(): Promise<readonly TestRecord[]>;
  /** When the first one entered who came to the test; null where nobody has. */
  began(test: Test, since: Instant | null): Promise<Instant | null>;
  /** Of the variants that somebody took, as it stood at this moment. */
  countVariants(test: Test, since: Instant | null, now: Instant): Promise<readonly CountedVariant[]>;
  /** Since the first one was held out. */
  countHoldout(
    holdout: Holdout,
    now: Instant,
  ): Promise<{ readonly treated: CountedGroup; readonly held_out: CountedGroup }>;
  /** Writes what a look has come to, unless another winner was set meanwhile; whether it was written. */
  keepLook(before: TestRecord, look: Omit<TestRecord, 'since'>): Promise<boolean>;
  setWinner(test: Test, winner: string, because: Reason, now: Instant): Promise<void>;
  /** Keeps what was decided under another name; the test has no winner then, and counts from now on. */
  beginAnew(test: Test, now: Instant): Promise<void>;
  /**
   * Does the work unless another process is at it; undefined then. All of it is written, or nothing; under a leadership,
   * only while that stands: throws `LeadershipLost`.
   */
  alone<T>(work: (book: ExperimentBook) => Promise<T>, under?: Leadership): Promise<T | undefined>;
}
