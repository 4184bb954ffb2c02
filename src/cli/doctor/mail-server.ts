/** What `SMTP_URL` says: where mail is handed over, and as whom. */
import { isIP } from 'node:net';
import { isPublicAddress } from '../../channels/public-address.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet on, instead of by STARTTLS. */
  readonly is_secure: boolean;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** On this machine or in a private network: mail goes from it straight to others, or nowhere. */
  readonly is_near: boolean;
}

/** Read as the mail library reads it, with its ports where none is written. */
export function mailServerAt(url: string): MailServer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const is_secure = protocol === 'smtps:' || port === '465';
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: port === '' ? (is_secure ? 465 : 587) : Number(port),
    is_secure,
    login:
      username === ''
        ? undefined
        : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    is_near: isNear(host),
  };
}

/** A host that nobody on the open internet can mean by this name. */
export function isNear(host: string): boolean {
  if (isIP(host) !== 0) return !isPublicAddress(host);
  return !host.includes('.') || /\.(local|localhost|internal|test|example|invalid)$/.test(host);
}

/** Whether a host is the domain, or lies below it. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
