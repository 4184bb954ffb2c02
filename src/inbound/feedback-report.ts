/**
 * Complaints: the Abuse Reporting Format (RFC 5965), also where the message itself is left out and only its headers
 * are given (Yahoo), and the kind of Microsoft's Junk Mail Reporting Program, which is a bare copy of the message.
 */
import { fieldGroups, valueOf, valuesOf } from './fields.ts';
import type { Field } from './fields.ts';
import { firstAddress } from './mail-address.ts';
import type { Finding } from './make-report.ts';
import type { ParsedMail } from './parse-mail.ts';

export interface Complaints {
  readonly findings: readonly Finding[];
  /** The return path of the message complained of. */
  readonly return_path: string;
  /** Whether a reader meant it: reports of failed authentication (RFC 6591) are no wish of anybody's. */
  readonly isWish: boolean;
}

/** Undefined where the mail is no feedback at all. */
export function readFeedback(mail: ParsedMail, returned: readonly Field[]): Complaints | undefined {
  const part = mail.parts.find(({ type }) => type === 'message/feedback-report');
  if (part) return fromFields(fieldGroups(part.text).flat(), returned);
  if (isJunkReport(mail, returned)) return fromCopy(returned);
  return isAppleUnsubscribe(mail) ? fromApple(mail) : undefined;
}

function fromFields(fields: readonly Field[], returned: readonly Field[]): Complaints {
  const type = valueOf(fields, 'feedback-type').toLowerCase();
  // RFC 6430: taken back, so there is nothing to complain of.
  if (type === 'not-spam') return { findings: [], return_path: '', isWish: false };
  const named = ['original-rcpt-to', 'removal-recipient'].flatMap((name) =>
    valuesOf(fields, name).map(firstAddress),
  );
  const addresses = [...new Set(named.filter((address) => address !== ''))];
  if (addresses.length === 0) addresses.push(firstAddress(valueOf(returned, 'to')));
  return {
    findings: addresses.map((address) => complaint(address, type)),
    return_path: valueOf(fields, 'original-mail-from'),
    isWish: type !== 'auth-failure',
  };
}

function isJunkReport(mail: ParsedMail, returned: readonly Field[]): boolean {
  return (
    returned.some(({ name }) => JUNK_HEADERS.has(name)) &&
    /^complaint about message from/i.test(mail.subject.trim())
  );
}

const JUNK_HEADERS: ReadonlySet<string> = new Set(['x-hmxmroriginalrecipient', 'x-sid-pra', 'x-auth-result']);

function fromCopy(returned: readonly Field[]): Complaints {
  const address = firstAddress(valueOf(returned, 'x-hmxmroriginalrecipient') || valueOf(returned, 'to'));
  return { findings: [complaint(address, 'abuse')], return_path: '', isWish: true };
}

function complaint(address: string, type: string): Finding {
  return { kind: 'complained', class: null, address, status: null, diagnostic: type };
}

/** Apple Mail's own button, which writes to the address of List-Unsubscribe in the reader's name. */
function isAppleUnsubscribe(mail: ParsedMail): boolean {
  return mail.header('x-apple-unsubscribe').trim().toLowerCase() === 'true';
}

function fromApple(mail: ParsedMail): Complaints {
  const finding: Finding = {
    kind: 'unsubscribed',
    class: null,
    address: mail.from,
    status: null,
    diagnostic: mail.subject,
  };
  return { findings: [finding], return_path: '', isWish: true };
}
