/** `etapa start` as a process. */
import type { Role } from '../../../src/app.ts';
import { launch, type Ended, type Env } from '../../support/built-program.ts';

export interface EtapaProcess {
  /** `p1`, `p2`, …: by this it says EHLO to the mail server, whose record tells who brought a mail. */
  readonly name: string;
  readonly pid: number;
  readonly roles: readonly Role[];
  /** Everything it has said, on both streams. */
  said(): string;
  /** Resolves when it has said this. */
  says(words: string | RegExp): Promise<void>;
  /** SIGKILL, and gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code and the seconds that it took, `null` if it had to be killed after 40. */
  stop(): Promise<{ readonly code: number | null; readonly seconds: number }>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  ended(): Promise<Ended>;
  /** False once it was told to end, or was killed: then its end is no surprise. */
  readonly is_wanted: boolean;
  readonly has_ended: boolean;
}

const LONGEST_END = 40_000;

/** Resolves when it says that it is running. */
export async function startEtapa(
  main: string,
  folder: string,
  name: string,
  roles: readonly Role[],
  env: Env,
): Promise<EtapaProcess> {
  const child = launch(main, ['start', '-C', folder, '--only', ...roles], env);
  let is_wanted = true;
  let has_ended = false;
  void child.ended().then(() => (has_ended = true));

  async function kill(): Promise<void> {
    is_wanted = false;
    child.signal('SIGKILL');
    await child.ended();
  }

  await child.says('Etapa is running');
  return {
    name,
    pid: child.pid,
    roles,
    said: () => child.out() + child.err(),
    says: (words) => child.says(words),
    kill,
    async stop() {
      is_wanted = false;
      const began = performance.now();
      child.signal('SIGTERM');
      const patience = setTimeout(() => child.signal('SIGKILL'), LONGEST_END);
      const { code } = await child.ended();
      clearTimeout(patience);
      return { code, seconds: (performance.now() - began) / 1000 };
    },
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    ended: () => child.ended(),
    get is_wanted() {
      return is_wanted;
    },
    get has_ended() {
      return has_ended;
    },
  };
}
