/**
 * Takes mail over SMTP, or LMTP from a mail server on the same machine: the door for reports and answers. It takes
 * mail for our own addresses alone and passes none on, so it can be no open relay. What could not be dealt with is
 * answered with 451, and the other side tries again.
 */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import type { Instant } from '../core/events/event.ts';
import { UserError } from '../errors.ts';

export interface ReceivedMail {
  /** The return path; empty for the null sender. */
  readonly envelope_from: string;
  /** As written by the other side: the case of a local part may matter. */
  readonly envelope_to: readonly string[];
  readonly raw: Uint8Array;
  readonly at: Instant;
}

export interface ReceiverOptions {
  readonly host: string;
  /** Any free one where it is 0. */
  readonly port: number;
  /** RFC 2033 instead of SMTP: behind a mail server of one's own. */
  readonly lmtp?: boolean;
  /** The name in the greeting. */
  readonly name?: string;
  /** Whether an address is one of ours. Called for each recipient before any of the mail is taken. */
  accepts(address: string): boolean;
  /** The mail is taken when this resolves, and not when it rejects. */
  onMail(mail: ReceivedMail): Promise<void>;
  /** The time; told to `onMail`. */
  now?(): Instant | Promise<Instant>;
  readonly patience?: Partial<ReceivingPatience>;
}

/** In milliseconds. */
export interface ReceivingPatience {
  /** Between two signs of life of the other side. */
  readonly silence: number;
  /** Longest life of one connection: whoever sends an octet a minute is not silent. */
  readonly whole: number;
}

export interface Receiver {
  readonly port: number;
  /** Takes no more connections; those that are open have a moment to end. */
  stop(): Promise<void>;
}

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_CONNECTIONS = 50;
const MOST_RECIPIENTS = 50;
const PATIENCE: ReceivingPatience = { silence: 60_000, whole: 10 * 60_000 };
const CLOSE_AFTER_MS = 1_000;

/** Rejects with a UserError when the port cannot be had. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const server = new SMTPServer(serverOptions(options));
  endLongConnections(server, options.patience?.whole ?? PATIENCE.whole);
  await listen(server, options);
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function serverOptions(options: ReceiverOptions): SMTPServerOptions {
  return {
    name: options.name ?? 'etapa',
    lmtp: options.lmtp ?? false,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: MOST_BYTES,
    rejectOversized: true,
    maxClients: MOST_CONNECTIONS,
    maxRecipients: MOST_RECIPIENTS,
    socketTimeout: options.patience?.silence ?? PATIENCE.silence,
    closeTimeout: CLOSE_AFTER_MS,
    onRcptTo: ({ address }, _session, answer) => answer(refusalOf(address, options)),
    onData: (stream, session, answer) => {
      void take(stream, session, options).then((outcome) => answer(...told(outcome, session, options)));
    },
  };
}

function refusalOf(address: string, { accepts }: ReceiverOptions): Error | null {
  try {
    return accepts(address) ? null : refusal(550, '5.1.1 No such address here');
  } catch {
    return refusal(451, '4.3.0 Not known just now, please try again later');
  }
}

type Outcome = Error | 'taken';

async function take(
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
  { onMail, now = Date.now }: ReceiverOptions,
): Promise<Outcome> {
  try {
    const raw = await collect(stream);
    // The server itself answers 552, whatever is said here.
    if (raw === undefined) return refusal(552, '5.3.4 The mail is too large');
    const envelope_from = envelope.mailFrom ? envelope.mailFrom.address : '';
    const envelope_to = envelope.rcptTo.map(({ address }) => address);
    await onMail({ envelope_from, envelope_to, raw, at: await now() });
    return 'taken';
  } catch {
    return refusal(451, '4.3.0 Not taken just now, please try again later');
  }
}

/** Undefined for a mail that is too large; no more of it is kept than is allowed. */
async function collect(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (stream.sizeExceeded) chunks = [];
    else chunks.push(chunk);
  }
  return stream.sizeExceeded ? undefined : Buffer.concat(chunks);
}

/** LMTP answers once for each recipient. */
function told(
  outcome: Outcome,
  { envelope }: SMTPServerSession,
  { lmtp }: ReceiverOptions,
): [Error | null, (string | (string | Error)[])?] {
  const answer = outcome === 'taken' ? 'Taken' : outcome;
  if (lmtp) return [null, envelope.rcptTo.map(() => answer)];
  return outcome === 'taken' ? [null, 'Taken'] : [outcome];
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

function endLongConnections(server: SMTPServer, after: number): void {
  server.server.on('connection', (socket) => {
    const end = setTimeout(() => socket.destroy(), after);
    socket.once('close', () => clearTimeout(end));
  });
}

async function listen(server: SMTPServer, { host, port }: ReceiverOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => reject(portProblem(error, host, port)));
    server.listen(port, host, resolve);
  });
  server.removeAllListeners('error');
  // Whoever breaks off is not told that the mail was taken, and comes again.
  server.on('error', () => undefined);
}

function portProblem(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : '';
  const why = {
    EADDRINUSE: 'another program has it: end that program, or choose another port',
    EACCES: 'the system does not allow it: ports below 1024 need the right to them, or choose another port',
    EADDRNOTAVAIL: 'this machine has no such address: choose another host',
  }[String(code)];
  if (why === undefined) return error;
  return new UserError('inbound_port', `Mail cannot be received on ${host}:${port}: ${why}.`);
}
