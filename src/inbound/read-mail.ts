/** Reads any mail that arrives: bounces, delays, complaints, answers of machines and of people. Never throws. */
import { createHash } from 'node:crypto';
import type { Instant } from '../core/events/event.ts';
import { isAutoReply } from './auto-reply.ts';
import { DELIVERY_STATUS, readDeliveryStatus } from './delivery-status.ts';
import { readFeedback } from './feedback-report.ts';
import { headerFields } from './fields.ts';
import type { Field } from './fields.ts';
import { ownWords } from './human-reply.ts';
import type { InboundMail, ReplyMail } from './inbound-mail.ts';
import { makeReports } from './make-report.ts';
import type { Finding } from './make-report.ts';
import { readNotice } from './notice.ts';
import type { Notice } from './notice.ts';
import { oneLine } from '../core/one-line.ts';
import { parseMail } from './parse-mail.ts';
import type { ParsedMail } from './parse-mail.ts';
import { isBounce, readPlainBounce } from './plain-bounce.ts';
import { provenMessage } from './proof.ts';
import type { MessageOf } from './proof.ts';

export interface ReadOptions {
  /** Given addresses in the case in which they were written. Undefined for all that we did not make and sign. */
  readonly message_of: MessageOf;
  readonly received_at: Instant;
  /** Whom the envelope named, where that is known: the surest place of a signed address. */
  readonly envelope_to?: readonly string[];
  /** Empty for the null sender. Where it is not given, the header Return-Path is asked. */
  readonly envelope_from?: string;
}

/**
 * What a mail is. A report's `message_id` is null unless a signed address proves it: such a report may be counted, but
 * must suppress nobody, and where it is set, the address to suppress is our message's own, not the one that is named.
 */
export async function readMail(raw: Uint8Array, options: ReadOptions): Promise<InboundMail> {
  try {
    const mail = await parseMail(raw, options.envelope_from);
    if (!mail.isMail) return { kind: 'unreadable', why: 'The mail has no header.' };
    return readParsed(mail, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'unreadable', why: `The mail cannot be read: ${oneLine(why, 200)}` };
  }
}

function readParsed(mail: ParsedMail, options: ReadOptions): InboundMail {
  const notice = readNotice(mail.text);
  const returned = returnedHeader(mail, notice);
  const proven = (others: readonly string[] = []): string | null =>
    provenMessage(mail, returned, [...(options.envelope_to ?? []), ...others], options.message_of);
  const origin = { mail_id: idOf(mail), at: momentOf(mail, options.received_at) };

  const feedback = readFeedback(mail, returned);
  if (feedback) {
    const message_id = feedback.isWish ? proven([feedback.return_path]) : null;
    return { kind: 'reports', reports: makeReports(feedback.findings, { ...origin, message_id }) };
  }
  const findings = readBounce(mail, notice, returned);
  if (findings)
    return { kind: 'reports', reports: makeReports(findings, { ...origin, message_id: proven() }) };
  const { from, subject } = mail;
  if (isAutoReply(mail)) return { kind: 'auto_reply', from, subject: oneLine(subject), message_id: proven() };
  return toReply(mail, proven(), origin.at);
}

/** Undefined where the mail is no bounce; empty where it is one that tells of nobody's end. */
function readBounce(mail: ParsedMail, notice: Notice, returned: readonly Field[]): Finding[] | undefined {
  const parts = mail.parts.filter(({ type }) => DELIVERY_STATUS.test(type));
  const told = parts.flatMap(({ text }) => {
    const findings = readDeliveryStatus(text, notice, returned);
    return findings ? [findings] : [];
  });
  if (told.length > 0) return told.flat();
  if (!isBounce(mail, notice)) return parts.length > 0 ? [] : undefined;
  // Some write the fields among the words.
  const within = readDeliveryStatus(fieldsWithin(mail.text), notice, returned);
  return within ?? readPlainBounce(mail, notice, returned);
}

function fieldsWithin(text: string): string {
  const start = text.search(/^[ \t]{0,9}(?:reporting-mta|original-recipient|final-recipient):/im);
  if (start === -1) return '';
  return text.slice(start, start + 16_384).replace(/^[ \t]{0,9}(?=[A-Z][\w-]{0,40}:)/gim, '');
}

/** The header of the message that is given back, as a part of its own or below the words. */
function returnedHeader(mail: ParsedMail, notice: Notice): readonly Field[] {
  const part = mail.parts.find(({ type }) => RETURNED.test(type));
  return part ? headerFields(part.text.slice(0, 65_536)) : notice.returned;
}

const RETURNED = /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers?)$/;

/** Without a Message-ID, what a second copy would have in common with the first. */
function idOf(mail: ParsedMail): string {
  const own = mail.header('message-id').trim();
  if (own !== '') return own.slice(0, 998);
  const text = [
    mail.header('date'),
    mail.from,
    mail.subject,
    mail.text,
    ...mail.parts.map((part) => part.text),
  ];
  return createHash('sha256').update(JSON.stringify(text)).digest('base64url');
}

/** When it was written, where that can be true: servers try for five days; otherwise when it came. */
function momentOf(mail: ParsedMail, received_at: Instant): Instant {
  const written = Date.parse(
    mail
      .header('date')
      .slice(0, 100)
      .replace(/\(.{0,80}\)/, ''),
  );
  return written <= received_at && written > received_at - FIVE_DAYS ? written : received_at;
}

const FIVE_DAYS = 5 * 24 * 3_600_000;

function toReply(mail: ParsedMail, message_id: string | null, at: Instant): ReplyMail {
  return {
    kind: 'reply',
    from: mail.from,
    from_name: oneLine(mail.from_name, 200),
    subject: oneLine(mail.subject),
    text: ownWords(mail.text),
    in_reply_to: answered(mail),
    mail_id: idsIn(mail.header('message-id'))[0] ?? '',
    message_id,
    at,
  };
}

/** Nearest first: In-Reply-To, then References from their end. */
function answered(mail: ParsedMail): string[] {
  const ids = [...idsIn(mail.header('in-reply-to')), ...idsIn(mail.header('references')).reverse()];
  return [...new Set(ids)].slice(0, 20);
}

function idsIn(value: string): string[] {
  return (value.slice(0, 8_000).match(/<[^<>\s]{1,500}>/g) ?? []).map((id) => id.slice(1, -1));
}
