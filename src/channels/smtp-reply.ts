/** What the answers of mail servers mean. */
import type { Delivery, PutOffBy } from '../engine/ports.ts';

interface SmtpError {
  readonly message?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly command?: string;
}

/**
 * What an error of the SMTP dialogue means. The library does not tell "nothing was sent" from "the server may have
 * it", so whoever sends says whether the final dot had gone out (RFC 1047).
 */
export function classify(error: unknown, handed_over: boolean): Delivery {
  const { response, responseCode = 0, message = String(error), command = '' } = (error ?? {}) as SmtpError;
  const said = response ?? message;
  if (isWithin(responseCode, 500)) return refusal(command, responseCode, said);
  if (isWithin(responseCode, 400)) return putOff(said, whoPutsOff(command, responseCode, said));
  // Neither yes nor no: only a clear "later" says that the receiver has not taken it.
  if (handed_over) return { outcome: 'uncertain', response: said };
  return putOff(said, response === undefined ? 'connection' : 'nonsense');
}

function isWithin(code: number, hundred: number): boolean {
  return code >= hundred && code < hundred + 100;
}

function putOff(response: string, by: PutOffBy): Delivery {
  return { outcome: 'deferred', response, by };
}

function whoPutsOff(command: string, code: number, said: string): PutOffBy {
  if (OURS.test(command)) return 'us';
  if (!DIALOGUE.has(command)) return 'closed';
  // A connection of ours that had been idle for too long.
  if (said.includes('4.4.2')) return 'connection';
  // Not yet about any recipient, or about all of them.
  if (code === 421 || command === 'MAIL FROM') return 'domain';
  return ASKS_FOR_LESS.test(said) && !GREYLISTED.test(said) ? 'domain' : 'recipient';
}

/** Enhanced status codes (RFC 3463): what the fault lies with. */
function refusal(command: string, code: number, response: string): Delivery {
  // Refused before it was asked for any message (greeting, login): ours to mend, and the message then still goes.
  if (!DIALOGUE.has(command) || code === 530) return putOff(response, 'us');
  const [, subject, detail = ''] = ENHANCED.exec(response) ?? [];
  // A full or resting mailbox comes back to life.
  if (subject === '2' && (detail === '1' || detail === '2')) return putOff(response, 'mailbox');
  if (subject === '3' || (code === 552 && subject === undefined && TOO_BIG.test(response)))
    return { outcome: 'refused', response, fault: 'content' };
  if (isSendersFault(command, response, subject, detail))
    return { outcome: 'refused', response, fault: 'sender' };
  if (code === 552 && subject === undefined) return putOff(response, 'mailbox');
  const isUnknown = subject === '1' && ['1', '2', '3', '10'].includes(detail);
  if (isUnknown || (subject === undefined && code === 550 && command === 'RCPT TO')) {
    return { outcome: 'refused', response, fault: 'address' };
  }
  return { outcome: 'refused', response, fault: 'content' };
}

/** The sender refused, and policy (5.7.x): never the recipient's fault. */
function isSendersFault(
  command: string,
  response: string,
  subject: string | undefined,
  detail: string,
): boolean {
  if (subject === '7' || command === 'MAIL FROM') return true;
  if (subject === '1') return detail === '7' || detail === '8';
  return subject === undefined && UNWANTED.test(response);
}

/** The commands of a message, as the library names them. */
const DIALOGUE: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
const OURS = /^(AUTH|STARTTLS)/;
/** Anywhere in the answer, but not within the number of a host: 5.1.2.3. */
const ENHANCED = /(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?!\.?\d)/;
/** Gmail's 4.7.28, Microsoft's 4.7.500 and 4.7.650, congestion (4.4.5), too many (4.5.3); and in words. */
const ASKS_FOR_LESS =
  /\b4\.(3\.2|4\.5|5\.3|7\.28|7\.500|7\.65\d)\b|rate.?limit|too (many|much|fast)|throttl|server (is )?busy|unusual rate/i;
const GREYLISTED = /gr[ea]y.?list/i;
const TOO_BIG = /\bsize\b|too (big|large)/i;
const UNWANTED = /\b(spam|policy|reputation|dmarc|dkim|spf|(black|block).?list(ed)?)\b/i;
