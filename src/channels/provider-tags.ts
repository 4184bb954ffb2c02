/**
 * The field by which a mail service takes our id of a message, to hand it back in its webhooks. Each takes the field out
 * before the message travels on. Resend needs none: it tells the fields of a message, `X-Etapa-Message` among them.
 */
import { MESSAGE_TAG } from '../core/messages/message.ts';

type Field = readonly [name: string, value: string];

const SERVICES: readonly (readonly [host: RegExp, field: (id: string) => Field])[] = [
  [/^email-smtp\.[a-z0-9.-]+\.amazonaws\.com$/, (id) => ['X-SES-MESSAGE-TAGS', `${MESSAGE_TAG}=${id}`]],
  [/(^|\.)sendgrid\.net$/, (id) => ['X-SMTPAPI', JSON.stringify({ unique_args: tagged(id) })]],
  [/(^|\.)postmarkapp\.com$/, (id) => [`X-PM-Metadata-${MESSAGE_TAG}`, id]],
  [/(^|\.)mailgun\.org$/, (id) => ['X-Mailgun-Variables', JSON.stringify(tagged(id))]],
  [/(^|\.)(brevo|sendinblue)\.com$/, (id) => ['X-Mailin-custom', JSON.stringify(tagged(id))]],
  [/(^|\.)sparkpostmail\.com$/, (id) => ['X-MSYS-API', JSON.stringify({ metadata: tagged(id) })]],
];

/** As the mail library takes it; nothing where the server at this host is not known to be such a service. */
export function providerTag(host: string, id: string): Readonly<Record<string, PreparedField>> {
  const service = SERVICES.find(([pattern]) => pattern.test(host.toLowerCase()));
  if (!service) return {};
  const [name, value] = service[1](id);
  return { [name]: { prepared: true, value } };
}

/** Left as it is: the library would encode what has quotes (RFC 2047), and services take that for no JSON. */
interface PreparedField {
  readonly prepared: true;
  readonly value: string;
}

function tagged(id: string): Readonly<Record<string, string>> {
  return { [MESSAGE_TAG]: id };
}
