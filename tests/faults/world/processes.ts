/** `etapa start` as a process. */
import type { Role } from '../../../src/app.ts';

export interface EtapaProcess {
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
}
