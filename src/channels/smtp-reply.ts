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
  const { response, responseCode, message = String(error) } = (error ?? {}) as SmtpError;
  const said = response ?? message;
  if (responseCode === undefined) return { outcome: handed_over ? 'uncertain' : 'deferred', response: said };
  if (responseCode >= 500 && responseCode < 600) return refusal(error as SmtpError, said);
  return { outcome: 'deferred', response: said };
}

/** Enhanced status codes (RFC 3463): what the fault lies with. */
function refusal({ command, responseCode }: SmtpError, response: string): Delivery {
  const [, subject, detail] = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(response) ?? [];
  // A greeting or sender refused, and policy (5.7.x): ours to mend, never the recipient's fault.
  if (subject === '7' || command === 'MAIL FROM' || command === 'CONN')
    return { outcome: 'refused', response, fault: 'sender' };
  // A full or resting mailbox comes back to life.
  if (responseCode === 552 || (subject === '2' && (detail === '1' || detail === '2')))
    return { outcome: 'deferred', response };
  const unknown = subject === '1' && ['1', '2', '3', '10'].includes(detail ?? '');
  if (unknown || (subject === undefined && responseCode === 550 && command === 'RCPT TO')) {
    return { outcome: 'refused', response, fault: 'address' };
  }
  return { outcome: 'refused', response, fault: 'content' };
}
