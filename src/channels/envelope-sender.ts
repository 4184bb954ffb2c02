/** Whom servers tell of failures: an address of the message's own (VERP), so that a report names the message. */
import { domainToASCII } from 'node:url';

/** Where reports about failures, and mails that ask for no more mail, come in. */
export interface Bounces {
  /** Has an MX record that leads to the reader of reports, and an SPF record that allows the sending server. */
  readonly domain: string;
  /** At most 52 characters that stand the change to lower case; made by nobody else. */
  tokenOf(message_id: string): string;
}

/** The sender in the envelope, which becomes the Return-Path. Without a domain for reports they go to the shop. */
export function envelopeSender(message_id: string, from: string, bounces: Bounces | undefined): string {
  return bounces ? `bounces+${mailbox(message_id, bounces)}` : inAscii(from);
}

/** Where a mail program may write to instead of asking by HTTPS. */
export function unsubscribeAddress(message_id: string, bounces: Bounces): string {
  return `unsubscribe+${mailbox(message_id, bounces)}`;
}

/** Its domain; letters beyond ASCII before the `@` cannot be written in another way (RFC 6531). */
function inAscii(email: string): string {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return `${email.slice(0, -domain.length)}${domainToASCII(domain)}`;
}

function mailbox(message_id: string, { domain, tokenOf }: Bounces): string {
  return `${tokenOf(message_id)}@${domainToASCII(domain)}`;
}
