/**
 * Answers a person who writes back while a notice is shown that should be told then: RFC 3834. It goes to nobody but
 * whom our message went to, once in a week, and never to a machine; nothing can answer it.
 */
import { uuidv7 } from 'uuidv7';
import { notesShownAt } from '../core/notices/words.ts';
import type { Instant } from '../core/events/event.ts';
import { DAY } from '../core/time/date.ts';
import type { Live } from './live-project.ts';
import type { Channel } from './ports.ts';

/** What somebody wrote, as far as an answer needs it. Written by strangers. */
export interface AnsweredMail {
  /** Our message that it answers, proved by the address that it was sent to. */
  readonly message_id: string;
  /** Who sent it by the envelope: where answers go (RFC 3834, 4). */
  readonly envelope_from: string;
  readonly subject: string;
  /** Without angle brackets; empty where it has none. */
  readonly mail_id: string;
}

/** To whom answers went. */
export interface AutoReplyBook {
  /** Whom the message went to; undefined where that is not known, or nothing may be sent there any more. */
  addressee(message_id: string): Promise<{ readonly address: string; readonly language: string } | undefined>;
  /** True for one of all who ask for an address that has had no answer since then. */
  claim(address: string, now: Instant, since: Instant): Promise<boolean>;
}

export interface AutoReplyParts {
  readonly book: AutoReplyBook;
  readonly live: Live;
  now(): Promise<Instant>;
  /** By which answers leave; undefined where e-mail is not set up. */
  channel(): Channel | undefined;
}

const NOT_AGAIN_WITHIN = 7 * DAY;

/** Tells whether an answer was sent. What the mail server does not take at once is not tried again. */
export async function answerAutomatically(
  { book, live, now: ask, channel: channelFor }: AutoReplyParts,
  mail: AnsweredMail,
): Promise<boolean> {
  const now = await ask();
  const { project, settings } = live();
  // Most of the time there is nothing to tell.
  if (notesShownAt(project, now, 'auto_reply', '').length === 0) return false;
  const addressee = await book.addressee(mail.message_id);
  const channel = channelFor();
  if (!channel || !addressee || addressee.address.toLowerCase() !== mail.envelope_from.toLowerCase())
    return false;
  const { address, language } = addressee;
  if (!(await book.claim(address, now, now - NOT_AGAIN_WITHIN))) return false;
  const notes = notesShownAt(project, now, 'auto_reply', language);
  const parcel = {
    ...{ id: uuidv7(), to: address, from: settings.from, reply_to: settings.reply_to, date: now, language },
    subject: `${language === 'es' ? 'Respuesta automática' : 'Automatic reply'}: ${mail.subject}`,
    html: '',
    text: [...notes.map(({ text }) => text), settings.name].join('\n\n'),
    headers: {},
    unsubscribe_url: undefined,
    answers: mail.mail_id,
  };
  const delivery = await channel.deliver(parcel, () => Promise.resolve(true));
  return delivery.outcome === 'accepted';
}
