import type { Delivery } from '../engine/ports.ts';

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
  const { response, responseCode = 0, message = String(error) } = (error ?? {}) as SmtpError;
  const said = response ?? message;
  if (responseCode >= 500 && responseCode < 600) return refusal(error as SmtpError, said);
  // Neither yes nor no: only a clear "later" says that the receiver has not taken it.
  const isLater = responseCode >= 400 && responseCode < 500;
  return { outcome: handed_over && !isLater ? 'uncertain' : 'deferred', response: said };
}

/** Enhanced status codes (RFC 3463): what the fault lies with. */
function refusal({ command = '', responseCode }: SmtpError, response: string): Delivery {
  // Refused before it was asked for any message (greeting, login): ours to mend, and the message then still goes.
  if (!DIALOGUE.has(command) || responseCode === 530) return { outcome: 'deferred', response };
  const [, subject, detail = ''] = ENHANCED.exec(response) ?? [];
  // The sender refused, and policy (5.7.x): never the recipient's fault.
  if (subject === '7' || command === 'MAIL FROM') return { outcome: 'refused', response, fault: 'sender' };
  // A full or resting mailbox comes back to life.
  if (subject === '2' ? detail === '1' || detail === '2' : responseCode === 552 && subject === undefined)
    return { outcome: 'deferred', response };
  const isUnknown = subject === '1' && ['1', '2', '3', '10'].includes(detail);
  if (isUnknown || (subject === undefined && responseCode === 550 && command === 'RCPT TO')) {
    return { outcome: 'refused', response, fault: 'address' };
  }
  return { outcome: 'refused', response, fault: 'content' };
}

/** The commands of a message, as the library names them. */
const DIALOGUE: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** Anywhere in the answer, but not within the number of a host: 5.1.2.3. */
const ENHANCED = /(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?!\.?\d)/;
