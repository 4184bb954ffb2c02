/**
 * The mail library's pool of SMTP connections, for messages that are composed already. The library would compose each
 * anew around the octets that it is given, which costs as much as handing them over.
 */
import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool';

export interface PostBox {
  /** The parsed options of its connections. */
  readonly options: object;
  /** The server's answer to the final dot. Rejects with the library's errors. */
  post(letter: Posted): Promise<string>;
  close(): void;
}

export interface Posted {
  readonly envelope: Envelope;
  /** The message in whole lines that end in CRLF. */
  readonly whole: Buffer;
  /** Opens when the final dot may go out. Nothing runs before the server has asked for the message (354). */
  gate(): Promise<void>;
}

interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** @param patience milliseconds from the queue for a connection to the answer. */
export function openPostBox(options: object, patience: number): PostBox {
  const { transporter, getSocket } = createTransport({ ...options, pool: true }) as unknown as Transport;
  // The library does so before its first message: a way through a proxy.
  if (getSocket) transporter.getSocket = getSocket;
  return {
    options: transporter.options,
    post: (posted) => post(transporter, posted, patience),
    close: () => transporter.close(),
  };
}

interface Transport {
  readonly transporter: SMTPPool;
  readonly getSocket?: SMTPPool['getSocket'] | false;
}

async function post(pool: SMTPPool, posted: Posted, patience: number): Promise<string> {
  const giving_up = new AbortController();
  const timer = setTimeout(() => giving_up.abort(), patience);
  try {
    return await new Promise((resolve, reject) => {
      pool.send(asMail(posted, giving_up.signal), (error, info) =>
        error ? reject(error) : resolve(String(info?.response)),
      );
    });
  } finally {
    // Thousands of timers of minutes would keep what they belong to.
    clearTimeout(timer);
  }
}

type PoolMail = Parameters<SMTPPool['send']>[0];

/** All of a mail that the pool asks for. */
function asMail({ envelope, whole, gate }: Posted, signal: AbortSignal): PoolMail {
  const message = {
    getEnvelope: () => ({ from: envelope.from, to: [...envelope.to] }),
    // For the library's log, which is off.
    getHeader: () => '',
    messageId: () => '',
    // Anew for each connection that is tried, because the pool goes to another when the server had closed the first.
    createReadStream: () => gated(whole, gate),
  };
  return { data: { signal }, message } as unknown as PoolMail;
}

/** All octets but the end; then the gate; only when it opens does the stream end, and with it the final dot go out. */
function gated(whole: Buffer, gate: () => Promise<void>): Readable {
  let is_given = false;
  return new Readable({
    // Less than any message: the end is not asked for before all octets are on their way.
    highWaterMark: 1,
    read() {
      if (!is_given) {
        is_given = true;
        this.push(whole);
        return;
      }
      gate().then(
        () => void (this.destroyed || this.push(null)),
        (error: unknown) => void this.destroy(error as Error),
      );
    },
  });
}
