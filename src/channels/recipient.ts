/** The one recipient of a message as SMTP takes it. */
import { domainToASCII } from 'node:url';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { address } from '../core/messages/address.ts';

/**
 * The address with its domain in ASCII (RFC 5891); in its own letters where the part before the `@` needs SMTPUTF8
 * anyway. Undefined where it is not the address of one person. The library would read lists, groups and comments as
 * further recipients, and send a domain that is none as it is.
 */
export function recipient(text: string): string | undefined {
  const whole = address(text);
  if (whole === undefined) return undefined;
  const place = whole.lastIndexOf('@');
  const domain = domainToASCII(whole.slice(place + 1));
  const ascii = `${whole.slice(0, place)}@${domain}`;
  if (domain === '' || ascii.length > 254 || LONG_LABEL.test(domain)) return undefined;
  return needsSmtpUtf8(whole) ? whole : ascii;
}

/** RFC 1035, 2.3.4; letters beyond ASCII grow on their way into it. */
const LONG_LABEL = /[^.]{64}/;

/** Letters beyond ASCII before the `@` cannot be written in another way (RFC 6531). */
export function needsSmtpUtf8(email: string): boolean {
  return /[^\0-\x7f]/.test(email.slice(0, email.lastIndexOf('@')));
}

/**
 * Asks the server on a connection of its own, because the library would send such an address also to a server that
 * does not know it, and what the server then says must not count against the address.
 *
 * @param options the parsed options of the transport.
 */
export async function offersSmtpUtf8(options: object): Promise<boolean> {
  const connection = new SMTPConnection(options);
  try {
    await new Promise<void>((resolve, reject) => {
      connection.on('error', reject);
      connection.on('end', () => reject(new Error('the server closed the connection')));
      connection.connect((error?: Error | null) => (error ? reject(error) : resolve()));
    });
    return /^250[ -]SMTPUTF8\b/im.test(String(connection.lastServerResponse));
  } finally {
    connection.quit();
  }
}
