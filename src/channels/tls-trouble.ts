/** What is wrong with the way to our own mail server, in words that tell the mend. */

/** A sentence where encryption to the mail server failed; undefined for any other error. */
export function tlsTrouble(error: unknown): string | undefined {
  const { code, originalCode, command, message = '' } = (error ?? {}) as SmtpError;
  if (CERTIFICATE.test(originalCode ?? code ?? '')) {
    return `The mail server's certificate cannot be trusted (${message}). Renew it, use the name in it in SMTP_URL, or name its authority's file in NODE_EXTRA_CA_CERTS.`;
  }
  if (code === 'ETLS' || command === 'STARTTLS') {
    return `The mail server does not encrypt the connection (${message}). Mend its STARTTLS, or name another server in SMTP_URL.`;
  }
  return undefined;
}

interface SmtpError {
  readonly code?: string;
  /** What the system said, where the library has put its own code in place of it. */
  readonly originalCode?: string;
  readonly command?: string;
  readonly message?: string;
}

/** The names of Node and OpenSSL for what can be wrong with a certificate. */
const CERTIFICATE = /CERT|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH/;
