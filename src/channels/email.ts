import { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { classify } from './smtp-reply.ts';

export interface EmailOptions {
  /** `smtp://user:password@host:port`, `smtps://…`. */
  readonly url: string;
  readonly connections?: number;
}

/** E-mail over pooled SMTP connections. */
export function createEmailChannel({ url, connections = 10 }: EmailOptions): Channel {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: connections,
    maxMessages: Infinity,
    disableFileAccess: true,
    disableUrlAccess: true,
    // The library's own limits (minutes) are too long for a worker that holds a claim.
    connectionTimeout: 10_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
  } as object);
  return {
    name: 'email',
    deliver: (parcel, beforeHandingOver) => deliver(transport, parcel, beforeHandingOver),
    close: () => Promise.resolve(transport.close()),
  };
}

async function deliver(
  transport: Transporter,
  parcel: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  let handed_over = false;
  try {
    const raw = await compose(parcel);
    const gate = async (): Promise<void> => {
      if (!(await beforeHandingOver())) throw new Error('the claim on this message was lost');
      handed_over = true;
    };
    const info = (await transport.sendMail({
      envelope: { from: parcel.from.email, to: [parcel.to] },
      raw: Readable.from(gated(raw, gate)),
    })) as { response: string };
    return { outcome: 'accepted', response: info.response };
  } catch (error) {
    return classify(error, handed_over);
  }
}

/** All octets but the end; then the gate; only when it opens does the stream end, and with it the final dot go out. */
async function* gated(raw: Buffer, gate: () => Promise<void>): AsyncGenerator<Buffer> {
  yield raw;
  await gate();
}

function compose(parcel: Parcel): Promise<Buffer> {
  const domain = parcel.from.email.split('@')[1] ?? 'localhost';
  return new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    from: { name: parcel.from.name, address: parcel.from.email },
    to: { name: '', address: parcel.to },
    ...(parcel.reply_to ? { replyTo: parcel.reply_to } : {}),
    subject: parcel.subject,
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

/** RFC 3834: no vacation notices in answer. */
const AUTOMATED = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' };

/** RFC 2369 and RFC 8058: mail programs show a button that asks with one POST; RFC 2919 names the list. */
function wayOut(url: string, name: string, domain: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${url}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `${name.replace(/[^\p{L}\p{N} ]/gu, '')} <etapa.${domain}>`,
    Precedence: 'bulk',
  };
}
