/**
 * An SMTP server on loopback that accepts every mail and delivers none: the inbox of the demo and of development.
 * Speaks PIPELINING, 8BITMIME and SMTPUTF8; asks for no login and offers no TLS.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream, SMTPServerEnvelope, SMTPServerOptions } from 'smtp-server';
import { keepMails } from './inbox/kept-mails.ts';
import type { Facets, KeptMail, MailFilter } from './inbox/kept-mails.ts';
import { readWhole, summarise, withHeaders } from './inbox/mail.ts';
import type { CaughtMail, Envelope, MailSummary } from './inbox/mail.ts';

export type { Facets, MailFilter } from './inbox/kept-mails.ts';
export type { CaughtMail, MailSummary } from './inbox/mail.ts';

export interface Refusal {
  /** An SMTP reply code: 4xx for "later", 5xx for "never". */
  code: number;
  message: string;
}

export interface CatcherOptions {
  /** Any free port when absent or 0. */
  port?: number;
  /** How many of the newest mails stay in memory. */
  keep?: number;
  /** About how many bytes of them, whichever limit is met first. */
  keepBytes?: number;
  /** A file that gets one JSON line (`message_id`, `rcpt`, `seq`, `caught_at`) per mail before the mail is acknowledged. */
  journal?: string;
  /** The name in the greeting. */
  hostname?: string;
  /** Lets a recipient be refused, to play a bounce. */
  refuse?: (recipient: string) => Refusal | undefined;
}

export interface Catcher {
  readonly port: number;
  /** For the sender's settings: `smtp://127.0.0.1:port`. */
  readonly url: string;
  /** All mails accepted since the start or the last clear, also those that are no longer kept. */
  count(): number;
  /** Kept mails newest first, with headers but without their parts. */
  list(filter?: MailFilter): CaughtMail[];
  /** One kept mail with its HTML and text. */
  get(seq: number): Promise<CaughtMail | undefined>;
  /** The bytes as they came, dot-stuffing undone. */
  raw(seq: number): Buffer | undefined;
  /** Which tones, stages, workflows, templates and languages the kept mails bear, and how many bear each. */
  facets(): Facets;
  /** Forgets all mails; `seq` goes on counting. */
  clear(): void;
  /** Called after each accepted mail. Returns the function that ends it. */
  onMail(listener: (mail: MailSummary) => void): () => void;
  /** Idle connections are closed after a moment; what was kept stays readable. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const MOST_MAIL_BYTES = 10 * 1024 * 1024;
const DEFAULT_KEEP = 20_000;
const DEFAULT_KEEP_BYTES = 256 * 1024 * 1024;
const CLOSE_AFTER_MS = 150;

/** Rejects with a plain sentence when the port is taken or the journal cannot be written. */
export async function startCatcher(options: CatcherOptions = {}): Promise<Catcher> {
  const kept = keepMails(options.keep ?? DEFAULT_KEEP, options.keepBytes ?? DEFAULT_KEEP_BYTES);
  const listeners = new Set<(mail: MailSummary) => void>();
  const journal = openJournal(options.journal);
  let seq = 0;
  let countedFrom = 0;

  const accept = (envelope: Envelope, raw: Buffer): MailSummary => {
    const summary = summarise(seq + 1, Date.now(), envelope, raw);
    journal.write(summary);
    seq = summary.seq;
    kept.add({ summary, raw });
    return summary;
  };
  const announce = (mail: MailSummary): void => {
    for (const listener of listeners) listener(mail);
  };
  const server = new SMTPServer(serverOptions(options, accept, announce));
  const port = await listen(server, options.port ?? 0).catch((error: unknown) => {
    journal.close();
    throw error;
  });

  return {
    port,
    url: `smtp://${HOST}:${port}`,
    count: () => seq - countedFrom,
    list: (filter = {}) => kept.find(filter).map(({ summary, raw }) => withHeaders(summary, raw)),
    get: async (wanted) => whenKept(kept.get(wanted), ({ summary, raw }) => readWhole(summary, raw)),
    raw: (wanted) => kept.get(wanted)?.raw,
    facets: () => kept.facets(),
    clear() {
      kept.clear();
      countedFrom = seq;
    },
    onMail(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      await new Promise<void>((resolve) => server.close(resolve));
      journal.close();
    },
  };
}

function serverOptions(
  options: CatcherOptions,
  accept: (envelope: Envelope, raw: Buffer) => MailSummary,
  announce: (mail: MailSummary) => void,
): SMTPServerOptions {
  return {
    name: options.hostname ?? 'inbox.localhost',
    banner: 'Etapa catches mail here and delivers none',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: MOST_MAIL_BYTES,
    rejectOversized: true,
    closeTimeout: CLOSE_AFTER_MS,
    onRcptTo({ address }, _session, answer) {
      answer(toError(options.refuse?.(address)));
    },
    onData(stream, session, answer) {
      collect(stream, (raw) => {
        // Too large: the server itself answers 552, whatever is said here.
        if (raw === undefined) return answer();
        const mail = tryAccept(accept, toEnvelope(session.envelope), raw);
        if (mail instanceof Error) return answer(mail);
        answer(null, `OK: caught as ${mail.seq}`);
        announce(mail);
      });
    },
  };
}

function tryAccept(
  accept: (envelope: Envelope, raw: Buffer) => MailSummary,
  envelope: Envelope,
  raw: Buffer,
): MailSummary | Error {
  try {
    return accept(envelope, raw);
  } catch {
    // The journal could not be written, so the mail must not count as accepted (RFC 5321: 451 means try again).
    return Object.assign(new Error('The journal could not be written'), { responseCode: 451 });
  }
}

function collect(stream: SMTPServerDataStream, done: (raw: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    if (!stream.sizeExceeded) chunks.push(chunk);
  });
  // Copied into one buffer of its own, because the chunks are slices of larger reads.
  stream.on('end', () => done(stream.sizeExceeded ? undefined : Buffer.concat(chunks)));
}

function toEnvelope({ mailFrom, rcptTo }: SMTPServerEnvelope): Envelope {
  return { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
}

function toError(refusal: Refusal | undefined): Error | null {
  return refusal ? Object.assign(new Error(refusal.message), { responseCode: refusal.code }) : null;
}

async function listen(server: SMTPServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => reject(portProblem(error, port)));
    server.listen(port, HOST, resolve);
  });
  server.removeAllListeners('error');
  // A sender that breaks off is its own business: its mail was not acknowledged.
  server.on('error', () => undefined);
  return (server.server.address() as AddressInfo).port;
}

function portProblem(error: Error, port: number): Error {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  if (!taken) return error;
  return new Error(
    `Port ${port} is taken by another program. End that program or give the mail catcher another port.`,
  );
}

interface Journal {
  write(mail: MailSummary): void;
  close(): void;
}

function openJournal(path: string | undefined): Journal {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  const file = openSync(path, 'a');
  return {
    // Synchronous, so that the line stands before the acknowledgement leaves.
    write: ({ message_id, envelope, seq, caught_at }) =>
      void writeSync(file, `${JSON.stringify({ message_id, rcpt: envelope.to, seq, caught_at })}\n`),
    close: () => closeSync(file),
  };
}

async function whenKept<T>(
  kept: KeptMail | undefined,
  read: (kept: KeptMail) => Promise<T>,
): Promise<T | undefined> {
  return kept && read(kept);
}
