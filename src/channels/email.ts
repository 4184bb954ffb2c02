import { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import { address } from '../core/messages/address.ts';
import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { classify } from './smtp-reply.ts';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, `smtps://…`. */
  readonly url: string;
  readonly connections?: number;
  readonly patience?: Partial<Patience>;
}

/** Longest waits, in milliseconds. The library's own (minutes) are too long for a worker that holds a claim. */
export interface Patience {
  readonly connecting: number;
  readonly greeting: number;
  /** Between two signs of life of the server, also between the final dot and its answer. */
  readonly silence: number;
  /** From the queue for a connection to the answer: shorter than a claim lasts while a message is handed over. */
  readonly whole: number;
}

const PATIENCE: Patience = { connecting: 10_000, greeting: 15_000, silence: 60_000, whole: 110_000 };

/** E-mail over pooled SMTP connections. */
export function createEmailChannel({ url, connections = 20, ...options }: EmailOptions): Channel {
  const patience = { ...PATIENCE, ...options.patience };
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxMessages: Infinity,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: patience.connecting,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.silence,
  } as object);
  // Anew for each connection that is tried, because the pool goes to another when the server had closed the first.
  transport.use('stream', (mail, done) => {
    const { gate } = mail.data as unknown as Gated;
    mail.message.processFunc((whole) => Readable.from(gated(whole, gate)));
    done();
  });
  return {
    name: 'email',
    deliver: (parcel, beforeHandingOver) => deliver(transport, patience, parcel, beforeHandingOver),
    close: () => Promise.resolve(transport.close()),
  };
}

/** What travels with a mail through the library: opens when the final dot may go out. */
interface Gated {
  gate(): Promise<void>;
}

async function deliver(
  transport: Transporter,
  patience: Patience,
  parcel: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  const to = address(parcel.to);
  // The library reads lists, groups and comments as further recipients.
  if (to === undefined)
    return { outcome: 'refused', response: 'not an address of one person', fault: 'content' };
  let handed_over = false;
  try {
    const raw = await compose(parcel, to);
    const signal = AbortSignal.timeout(patience.whole);
    const gate = async (): Promise<void> => {
      if (!(await beforeHandingOver())) throw new Error('the claim on this message was lost');
      handed_over = true;
    };
    const mail = { envelope: { from: parcel.from.email, to: [to] }, raw, signal, gate };
    const info = (await transport.sendMail(mail)) as { response: string };
    return { outcome: 'accepted', response: info.response };
  } catch (error) {
    return classify(error, handed_over);
  }
}

/**
 * All octets but the end; then the gate; only when it opens does the stream end, and with it the final dot go out.
 * Nothing runs before the server has asked for the message (354).
 */
async function* gated(whole: AsyncIterable<Buffer>, gate: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* whole;
  await gate();
}

function compose(parcel: Parcel, to: string): Promise<Buffer> {
  const domain = parcel.from.email.split('@')[1] ?? 'localhost';
  return new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    from: { name: onOneLine(parcel.from.name), address: parcel.from.email },
    to: { name: '', address: to },
    ...(parcel.reply_to ? { replyTo: parcel.reply_to } : {}),
    subject: onOneLine(parcel.subject),
    html: parcel.html,
    text: parcel.text,
    date: new Date(parcel.date),
    // The same on every attempt, so that receivers can tell a repeat.
    messageId: `<${parcel.id}@${domain}>`,
    headers: {
      ...parcel.headers,
      ...AUTOMATED,
      'Content-Language': parcel.language,
      ...(parcel.unsubscribe_url ? wayOut(parcel.unsubscribe_url, parcel.from.name, domain) : {}),
    },
  })
    .compile()
    .build();
}

/** A word cannot be folded, and a line has at most 998 octets (RFC 5322, 2.1.1). */
function onOneLine(text: string): string {
  return text.slice(0, 900);
}

/** RFC 3834: no vacation notices in answer. */
const AUTOMATED = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' };

/** RFC 2369 and RFC 8058: mail programs show a button that asks with one POST; RFC 2919 names the list. */
function wayOut(url: string, name: string, domain: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${url}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `${inAscii(name)}<etapa.${domain}>`,
    Precedence: 'bulk',
  };
}

/** In other letters the whole field would be encoded, the id with it. */
function inAscii(name: string): string {
  const words = name
    .normalize('NFD')
    .replace(/[^A-Za-z0-9 ]/g, '')
    .trim()
    .slice(0, 60);
  return words === '' ? '' : `${words} `;
}
