/** Processes that send side by side, seen from their parent. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { environmentOfImage } from './built.ts';
import type { Answer, Order } from './sender-process.ts';

export interface SenderGroup {
  /** Resolves when so many have been sent, by all together. Seconds by the clock on the wall, and of a core. */
  send(count: number): Promise<Effort>;
  /** Ends the processes. */
  end(): Promise<void>;
}

export interface Effort {
  readonly wall: number;
  /** Of all processes together. */
  readonly core: number;
  /** The most that one of them ever held. */
  readonly memory_mb: number;
}

type Opening = Extract<Order, { kind: 'etapa' | 'nodemailer' }>;

/** So often all are told again that there is work: each takes its share. */
const RUNG_EVERY = 250;

/** @param script `sender-process`, built. */
export async function startSenders(
  script: string,
  processes: number,
  opening: Opening,
): Promise<SenderGroup> {
  const all = await Promise.all(Array.from({ length: processes }, () => startOne(script, opening)));

  function order(given: Order): void {
    for (const child of all) child.send(given);
  }

  return {
    async send(count) {
      const before = await Promise.all(all.map(usageOf));
      const began = performance.now();
      const done = allSent(all, count);
      order({ kind: 'send', count: Math.ceil(count / processes) });
      const bell = setInterval(() => order({ kind: 'ring' }), RUNG_EVERY);
      await done;
      clearInterval(bell);
      const wall = (performance.now() - began) / 1000;
      const after = await Promise.all(all.map(usageOf));
      return {
        wall,
        core: sum(after.map(({ core }) => core)) - sum(before.map(({ core }) => core)),
        memory_mb: Math.max(...after.map(({ memory_mb }) => memory_mb)),
      };
    },
    async end() {
      const ended = Promise.all(all.map((child) => once(child, 'exit')));
      order({ kind: 'end' });
      await ended;
    },
  };
}

async function startOne(script: string, opening: Opening): Promise<ChildProcess> {
  const child = fork(script, {
    execArgv: process.execArgv.filter(isProfiling),
    env: await environmentOfImage(),
  });
  child.send(opening satisfies Order);
  await answered(child, 'ready');
  return child;
}

/** A profile of the bench is one of those who send. */
function isProfiling(option: string): boolean {
  return option.startsWith('--cpu-prof');
}

async function usageOf(child: ChildProcess): Promise<Extract<Answer, { kind: 'usage' }>> {
  const usage = answered(child, 'usage');
  child.send({ kind: 'tell' } satisfies Order);
  return usage;
}

function answered<K extends Answer['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<Answer, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a process of the bench ended'));
    const hear = (answer: Answer): void => {
      if (answer.kind !== kind) return;
      child.off('message', hear).off('exit', ended);
      resolve(answer as Extract<Answer, { kind: K }>);
    };
    child.on('message', hear).once('exit', ended);
  });
}

function allSent(all: readonly ChildProcess[], count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    const ended = (): void => reject(new Error('a process of the bench ended'));
    const hear = (answer: Answer): void => {
      if (answer.kind !== 'sent') return;
      left -= answer.count;
      if (left > 0) return;
      for (const child of all) child.off('message', hear).off('exit', ended);
      resolve();
    };
    for (const child of all) child.on('message', hear).once('exit', ended);
  });
}

function sum(list: readonly number[]): number {
  return list.reduce((total, one) => total + one, 0);
}
