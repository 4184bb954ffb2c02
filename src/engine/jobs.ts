/** Work that takes longer than anybody waits for an answer: begun, looked at, and its outcome fetched. */
import { uuidv7 } from 'uuidv7';
import { UserError } from '../errors.ts';

export interface Job {
  readonly id: string;
  readonly kind: string;
  /** Who began it; nobody else sees what comes of it. */
  readonly owner: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** From 0 to 1. */
  readonly progress: number;
  readonly result: unknown;
  /** Why it failed; null where it did not. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: readonly string[];
  } | null;
}

export type Work = (onProgress: (share: number) => void) => Promise<unknown>;

export interface Jobs {
  /** @throws UserError where so many wait already. */
  begin(kind: string, owner: string, work: Work): Job;
  /** Undefined for one that is not known any more, or of somebody else. */
  find(id: string, owner: string): Job | undefined;
}

/** One is done at a time, so that whatever else this process does goes on. */
const MOST_WAITING = 5;
/** Of those that ended, as many are kept, and for so long, in milliseconds. */
const MOST_KEPT = 20;
const KEPT_FOR = 10 * 60_000;

type Kept = { -readonly [Key in keyof Job]: Job[Key] } & { ended: number | null };

export interface JobsParts {
  /** Hears what went wrong inside, which whoever asked is not told. */
  onError(error: unknown): void;
  /** Milliseconds. */
  now?(): number;
}

/** They live in the memory of this process, and end with it. */
export function createJobs({ onError, now = () => performance.now() }: JobsParts): Jobs {
  const jobs = new Map<string, Kept>();
  let last: Promise<void> = Promise.resolve();

  async function run(job: Kept, work: Work): Promise<void> {
    job.state = 'running';
    try {
      job.result = await work((share) => (job.progress = Math.min(1, Math.max(job.progress, share))));
      job.state = 'done';
      job.progress = 1;
    } catch (error) {
      job.state = 'failed';
      job.error = failureOf(error);
      if (!(error instanceof UserError)) onError(error);
    }
    job.ended = now();
  }

  function forgetOld(): void {
    const ended = [...jobs.values()].filter((job) => job.ended !== null);
    const old = ended.filter((job, index) => {
      const is_too_many = index < ended.length - MOST_KEPT;
      return is_too_many || now() - (job.ended ?? 0) > KEPT_FOR;
    });
    for (const { id } of old) jobs.delete(id);
  }

  return {
    begin(kind, owner, work) {
      forgetOld();
      if ([...jobs.values()].filter((job) => job.ended === null).length >= MOST_WAITING)
        throw new UserError(
          'too_many_jobs',
          'Several such jobs are being done. Please try again in a minute.',
        );
      const begun = { kind, owner, state: 'waiting', progress: 0, result: null, error: null } as const;
      const job: Kept = { id: uuidv7(), ...begun, ended: null };
      jobs.set(job.id, job);
      last = last.then(() => run(job, work));
      return job;
    },
    find(id, owner) {
      forgetOld();
      const job = jobs.get(id);
      return job?.owner === owner ? job : undefined;
    },
  };
}

function failureOf(error: unknown): Job['error'] {
  if (error instanceof UserError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'failed', message: 'This could not be done just now. Please try again.', details: [] };
}
