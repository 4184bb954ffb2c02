/** An SMTP server that says what a test tells it to, also what no polite server would. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type SmtpStep = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot';

/**
 * The line to answer, or: `mute` says nothing, `drop` closes the connection, `trickle` says the friendly line octet by
 * octet, ten in a second, `cut` says it and closes at the next octet that comes. Undefined: what a friendly server says.
 */
export type SmtpAnswer = string | undefined;

export interface SmtpMoment {
  readonly step: SmtpStep;
  /** What the client said; the raw message for `dot`. */
  readonly said: string;
  /** Counts connections from 1. */
  readonly connection: number;
  /** How often this server has come to this step. */
  readonly time: number;
}

export interface AcceptedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire, dot-stuffing and all, without the final dot. */
  readonly raw: string;
}

export interface ScriptedSmtp {
  readonly url: string;
  /** Every step in order; a test may add lines of its own. */
  readonly log: string[];
  readonly accepted: readonly AcceptedMail[];
  readonly connections: number;
  readonly open: number;
  /** Resolves when the log holds the line for the n-th time. */
  seen(line: string, times?: number): Promise<void>;
  stop(): Promise<void>;
}

const FRIENDLY: Readonly<Record<SmtpStep, string>> = {
  greeting: '220 script.example ESMTP',
  ehlo: '250-script.example\r\n250-8BITMIME\r\n250 SMTPUTF8',
  auth: '235 2.7.0 welcome',
  mail: '250 2.1.0 ok',
  rcpt: '250 2.1.5 ok',
  data: '354 go on',
  dot: '250 2.0.0 taken',
};

async function trickle(socket: Socket, words: string): Promise<void> {
  for (const octet of words) {
    if (socket.destroyed) return;
    socket.write(octet);
    await sleep(100);
  }
}

export async function startScriptedSmtp(
  answer: (moment: SmtpMoment) => SmtpAnswer | Promise<SmtpAnswer> = () => undefined,
): Promise<ScriptedSmtp> {
  const log: string[] = [];
  const accepted: AcceptedMail[] = [];
  const sockets = new Set<Socket>();
  const times = new Map<SmtpStep, number>();
  const waiting = new Set<() => void>();
  let connections = 0;

  const note = (line: string): void => {
    log.push(line);
    for (const look of [...waiting]) look();
  };

  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    let held = '';
    let inData = false;
    let hasBody = false;
    let from = '';
    let to: string[] = [];

    async function say(step: SmtpStep, said: string): Promise<string> {
      const time = (times.get(step) ?? 0) + 1;
      times.set(step, time);
      note(step);
      const line = (await answer({ step, said, connection, time })) ?? FRIENDLY[step];
      if (line === 'drop') socket.destroy();
      else if (line === 'trickle') void trickle(socket, `${FRIENDLY[step]}\r\n`);
      else if (line === 'cut') {
        socket.write(`${FRIENDLY[step]}\r\n`);
        socket.once('data', () => socket.destroy());
      } else if (line !== 'mute' && !socket.destroyed) socket.write(`${line}\r\n`);
      return line;
    }

    async function take(line: string): Promise<void> {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO' || verb === 'HELO') await say('ehlo', line);
      else if (verb === 'AUTH') await say('auth', line);
      else if (verb === 'MAIL') {
        from = line;
        to = [];
        await say('mail', line);
      } else if (verb === 'RCPT') {
        if ((await say('rcpt', line)).startsWith('2')) to.push(line);
      } else if (verb === 'DATA') {
        inData = (await say('data', line)).startsWith('3');
        hasBody = false;
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }

    async function takeBody(): Promise<boolean> {
      if (!hasBody) note('body');
      hasBody = true;
      const end = held.startsWith('.\r\n') ? 0 : held.indexOf('\r\n.\r\n') + 2;
      if (end === 1) return false;
      const raw = held.slice(0, end);
      held = held.slice(end + 3);
      inData = false;
      // Kept before the answer: a server may take a message and then say nothing.
      const mail = { from, to, raw };
      const line = await say('dot', raw);
      if (line.startsWith('2') || line === 'drop' || line === 'mute') accepted.push(mail);
      return true;
    }

    let working = Promise.resolve();
    async function work(): Promise<void> {
      for (;;) {
        if (inData) {
          if (held === '' || !(await takeBody())) return;
        } else {
          const end = held.indexOf('\r\n');
          if (end === -1) return;
          const line = held.slice(0, end);
          held = held.slice(end + 2);
          await take(line);
        }
      }
    }

    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      note('closed');
    });
    socket.on('data', (bytes) => {
      // One character per octet, so that nothing is lost.
      held += bytes.toString('latin1');
      working = working.then(work);
    });
    working = working.then(async () => void (await say('greeting', '')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    url: `smtp://127.0.0.1:${port}`,
    log,
    accepted,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    seen: (line, wanted = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (log.filter((one) => one === line).length < wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
