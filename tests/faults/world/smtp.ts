/** The mail server, in a process of its own: whatever is killed, its record stays. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FromSmtp, SmtpRule, TakenMail, ToSmtp } from './smtp-words.ts';

export interface SmtpProcess {
  readonly url: string;
  /** In place of the rules before. */
  rules(list: readonly SmtpRule[]): Promise<void>;
  /** Resolves when rules at this place have been carried out so often since they were set. */
  carriedOut(at: SmtpRule['at'], times: number): Promise<void>;
  /** How often it was, so far. */
  timesCarriedOut(at: SmtpRule['at']): number;
  /** Lets everything go on that is paused. */
  release(): Promise<void>;
  /** The record, as it is on the disk now. */
  taken(): Promise<readonly TakenMail[]>;
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('smtp-program.ts', import.meta.url));

/** @param file where the record is kept; with whole mails, if they are wanted. */
export async function startSmtp(file: string, keeps_texts: boolean): Promise<SmtpProcess> {
  const child = fork(PROGRAM, [file, ...(keeps_texts ? ['texts'] : [])], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const looks = new Set<(heard: FromSmtp) => void>();
  let carried_out: SmtpRule['at'][] = [];
  child.on('message', (message) => {
    const heard = message as FromSmtp;
    if (heard.kind === 'carried_out') carried_out.push(heard.rule.at);
    for (const look of [...looks]) look(heard);
  });

  function heard<Kind extends FromSmtp['kind']>(kind: Kind): Promise<Extract<FromSmtp, { kind: Kind }>> {
    return new Promise((resolve) => {
      const look = (one: FromSmtp): void => {
        if (one.kind !== kind) return;
        looks.delete(look);
        resolve(one as Extract<FromSmtp, { kind: Kind }>);
      };
      looks.add(look);
    });
  }

  async function ask(asked: ToSmtp): Promise<void> {
    const done = heard('done');
    child.send(asked);
    await done;
  }

  const timesCarriedOut = (at: SmtpRule['at']): number => carried_out.filter((one) => one === at).length;

  const { port } = await heard('listening');
  const record = await open(file, 'r');
  const reader = recordReader(record);
  return {
    url: `smtp://127.0.0.1:${port}`,
    async rules(list) {
      carried_out = [];
      await ask({ kind: 'rules', list });
    },
    async carriedOut(at, times) {
      while (timesCarriedOut(at) < times) await heard('carried_out');
    },
    timesCarriedOut,
    release: () => ask({ kind: 'release' }),
    taken: reader,
    async close() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await record.close();
    },
  };
}

/** Reads on from where it was. */
function recordReader(record: Awaited<ReturnType<typeof open>>): () => Promise<readonly TakenMail[]> {
  const mails: TakenMail[] = [];
  let rest = '';
  let reading = Promise.resolve();
  async function readOn(): Promise<void> {
    const bytes = Buffer.alloc(1 << 20);
    for (;;) {
      const { bytesRead } = await record.read(bytes, 0, bytes.length, null);
      if (bytesRead === 0) return;
      const lines = (rest + bytes.toString('utf8', 0, bytesRead)).split('\n');
      rest = lines.pop() ?? '';
      mails.push(...lines.map((line) => JSON.parse(line) as TakenMail));
    }
  }
  return async () => {
    reading = reading.then(readOn);
    await reading;
    return mails;
  };
}
