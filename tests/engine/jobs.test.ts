/** Work in the background, without anything to work on. */
import { expect, it, vi } from 'vitest';
import { createJobs, type Job, type Jobs } from '../../src/engine/jobs.ts';
import { UserError } from '../../src/errors.ts';

const MINUTE = 60_000;

interface World {
  readonly jobs: Jobs;
  readonly errors: unknown[];
  pass(milliseconds: number): void;
  /** Resolves when the job has ended. */
  ended(begun: Job): Promise<Job>;
}

function open(): World {
  let now = 0;
  const errors: unknown[] = [];
  const jobs = createJobs({ onError: (error) => errors.push(error), now: () => now });
  return {
    ...{ jobs, errors },
    pass: (milliseconds) => void (now += milliseconds),
    ended: ({ id, owner }) =>
      vi.waitUntil(() => {
        const job = jobs.find(id, owner);
        return job?.state === 'done' || job?.state === 'failed' ? job : undefined;
      }),
  };
}

const answer = (result: unknown) => (): Promise<unknown> => Promise.resolve(result);
const failWith = (cause: Error) => async (): Promise<unknown> => {
  await Promise.resolve();
  throw cause;
};

it('are done one after the other, each told how far it has come', async () => {
  const { jobs, ended } = open();
  const steps: string[] = [];
  const work = (name: string) => async (onProgress: (share: number) => void) => {
    steps.push(`${name} begins`);
    onProgress(0.5);
    // What was said to be done is not taken back.
    onProgress(0.2);
    expect(jobs.find(name === 'one' ? one.id : other.id, 'ana')).toMatchObject({
      state: 'running',
      progress: 0.5,
    });
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  const one = jobs.begin('simulate', 'ana', (tell) => work('one')(tell));
  const other = jobs.begin('simulate', 'ana', (tell) => work('other')(tell));
  expect(jobs.find(other.id, 'ana')).toMatchObject({ state: 'waiting', progress: 0, result: null });
  expect(await ended(other)).toMatchObject({ state: 'done', progress: 1, result: 'other', error: null });
  expect(steps).toEqual(['one begins', 'one ends', 'other begins', 'other ends']);
});

it('are shown to nobody else', async () => {
  const { jobs, ended } = open();
  const job = jobs.begin('preview', 'ana', answer(1));
  await ended(job);
  expect(jobs.find(job.id, 'eva')).toBeUndefined();
  expect(jobs.find('none', 'ana')).toBeUndefined();
});

it('tell what whoever asked can mend, and to the log alone what went wrong inside', async () => {
  const { jobs, errors, ended } = open();
  const theirs = await ended(
    jobs.begin('preview', 'ana', failWith(new UserError('bad', 'Mend it.', ['a.yaml:1']))),
  );
  expect(theirs.error).toEqual({ code: 'bad', message: 'Mend it.', details: ['a.yaml:1'] });
  expect(errors).toEqual([]);
  const inner = new Error('relation "secrets" does not exist');
  const ours = await ended(jobs.begin('preview', 'ana', failWith(inner)));
  expect(ours.error?.code).toBe('failed');
  expect(JSON.stringify(ours)).not.toContain('secrets');
  expect(errors).toEqual([inner]);
});

it('are refused where many wait, and forgotten when they are old', async () => {
  const { jobs, pass, ended } = open();
  const begun = Array.from({ length: 5 }, () => jobs.begin('simulate', 'ana', answer(1)));
  expect(() => jobs.begin('simulate', 'ana', answer(1))).toThrow(/try again in a minute/);
  for (const job of begun) await ended(job);
  const [first] = begun as [Job];
  pass(9 * MINUTE);
  expect(jobs.find(first.id, 'ana')).toBeDefined();
  pass(2 * MINUTE);
  expect(jobs.find(first.id, 'ana')).toBeUndefined();
});
