/** A message as it goes over the wire. */
import type { Parcel } from '../engine/ports.ts';
import type { Bounces } from './envelope-sender.ts';
import { headerFields } from './header-fields.ts';
import { AUTOMATED, answerHeaders, asciiDomainOf, feedbackId, listHeaders } from './list-headers.ts';
import { providerTag } from './provider-tags.ts';
import { quotedPrintable } from './quoted-printable.ts';

export interface Composing {
  /** The host that it goes to: mail services take our id in a field of their own. */
  readonly server?: string;
  readonly bounces?: Bounces;
  /** Writes into the fields what Etapa made of it (tone, stage): for an inbox of our own only. */
  readonly internal_headers?: boolean;
}

/** In whole lines that end in CRLF: a signature is of octets. The same octets on every attempt. */
export function compose(parcel: Parcel, to: string, composing: Composing): Buffer {
  const fields = fieldsOf(parcel, to, composing);
  const { id, text, html } = parcel;
  if (html === '')
    return Buffer.concat([Buffer.from(`${fields}${part('text/plain')}`), quotedPrintable(text), LINE_END]);
  // No line of quoted-printable has an equals sign before an underscore.
  const boundary = `=_${id}`;
  const alternatives = `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(`${fields}${alternatives}--${boundary}\r\n${part('text/plain')}`),
    quotedPrintable(text),
    Buffer.from(`\r\n--${boundary}\r\n${part('text/html')}`),
    quotedPrintable(html),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

function part(type: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

const LINE_END = Buffer.from('\r\n');

function fieldsOf(parcel: Parcel, to: string, { server, bounces, internal_headers }: Composing): string {
  const { from, reply_to } = parcel;
  return headerFields({
    From: { name: onOneLine(from.name), address: from.email },
    To: { name: '', address: to },
    ...(reply_to ? { 'Reply-To': reply_to } : {}),
    Subject: onOneLine(parcel.subject),
    Date: new Date(parcel.date).toUTCString().replace('GMT', '+0000'),
    // The same on every attempt, so that receivers can tell a repeat.
    'Message-ID': `<${parcel.id}@${asciiDomainOf(from.email)}>`,
    ...(internal_headers ? parcel.headers : {}),
    'X-Etapa-Message': parcel.id,
    ...(server === undefined ? {} : providerTag(server, parcel.id)),
    ...AUTOMATED,
    ...answerHeaders(parcel),
    'Content-Language': parcel.language,
    'Feedback-ID': feedbackId(parcel),
    ...listHeaders(parcel, bounces),
    'MIME-Version': '1.0',
  });
}

/** A word cannot be folded, and a line has at most 998 octets (RFC 5322, 2.1.1). */
function onOneLine(text: string): string {
  return text.trim().slice(0, 900);
}
