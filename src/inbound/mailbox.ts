/**
 * The mailbox of the bounce domain: reports about our messages, wishes to get no more of them, and people's answers.
 * It has an address for each message, made and signed by us, and no others.
 */
import { createHash } from 'node:crypto';
import type { Instant } from '../core/events/event.ts';
import type { AnsweredMail } from '../engine/auto-reply.ts';
import type { Links } from '../engine/links.ts';
import type { Responses } from '../engine/responses.ts';
import { readMail } from './read-mail.ts';
import { startReceiver, type ReceivedMail, type Receiver } from './receiver.ts';

export interface MailboxOptions {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly links: Pick<Links, 'readBounceToken'>;
  readonly responses: Pick<Responses, 'report' | 'reply'>;
  unsubscribe(message_id: string, source: string): Promise<void>;
  /** When a mail came in; absent: by this machine's clock. */
  now?(): Promise<Instant>;
  /** Answers a person at once, where there is something to tell. */
  answer?(mail: AnsweredMail): Promise<unknown>;
}

/** Rejects with a UserError when the port cannot be had. */
export function openMailbox(options: MailboxOptions): Promise<Receiver> {
  const { host, port, domain, now } = options;
  return startReceiver({
    ...{ host, port, name: domain },
    ...(now ? { now } : {}),
    accepts: (address) => ourAddress(address, options) !== undefined,
    onMail: (mail) => take(mail, options),
  });
}

interface OurAddress {
  readonly use: 'bounces' | 'unsubscribe';
  readonly message_id: string;
}

function ourAddress(address: string, { domain, links }: MailboxOptions): OurAddress | undefined {
  const [, use, token = '', at = ''] = /^(bounces|unsubscribe)\+([^@]+)@(.+)$/i.exec(address) ?? [];
  if (use === undefined || at.toLowerCase() !== domain) return undefined;
  const message_id = links.readBounceToken(token);
  if (message_id === undefined) return undefined;
  return { use: use.toLowerCase() === 'bounces' ? 'bounces' : 'unsubscribe', message_id };
}

/** Rejects while it cannot be kept, and then the other side sends it again. */
async function take(received: ReceivedMail, options: MailboxOptions): Promise<void> {
  const { envelope_from, envelope_to, raw, at } = received;
  const named = envelope_to.flatMap((address) => ourAddress(address, options) ?? []);
  for (const { use, message_id } of named)
    if (use === 'unsubscribe') await options.unsubscribe(message_id, 'list-unsubscribe mail');
  if (named.every(({ use }) => use === 'unsubscribe')) return;
  const message_of = (address: string): string | undefined => ourAddress(address, options)?.message_id;
  const mail = await readMail(raw, { message_of, received_at: at, envelope_to, envelope_from });
  if (mail.kind === 'reports')
    await options.responses.report(mail.reports, { source: 'mailbox', trusted: false });
  if (mail.kind === 'reply' && mail.message_id !== null) {
    const { message_id, subject, text, mail_id } = mail;
    const id = createHash('sha256')
      .update(mail_id === '' ? raw : mail_id)
      .digest('base64url');
    await options.responses.reply({ message_id, subject, text, id });
    await options.answer?.({ message_id, envelope_from, subject, mail_id });
  }
}
