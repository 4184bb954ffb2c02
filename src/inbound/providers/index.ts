/** The mail providers whose webhooks are understood. */
import { brevo } from './brevo.ts';
import { mailgun } from './mailgun.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { resend } from './resend.ts';
import { sendgrid } from './sendgrid.ts';
import { createSes } from './ses.ts';
import type { FetchCertificate } from './sns.ts';
import { sparkpost } from './sparkpost.ts';

/**
 * By name, in the order of the alphabet.
 * @param fetchCertificate brings the certificates of SES; over HTTPS from Amazon unless given
 */
export function createProviders(fetchCertificate?: FetchCertificate): ReadonlyMap<string, Provider> {
  const providers = [brevo, mailgun, postmark, resend, sendgrid, createSes(fetchCertificate), sparkpost];
  return new Map(providers.map((provider) => [provider.name, provider]));
}

export { parseBody } from './body.ts';
export { confirmSubscription } from './sns.ts';
