/**
 * Amazon's Simple Notification Service, which brings the news of SES
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
 */
import { verify, X509Certificate, type KeyObject } from 'node:crypto';
import type { Instant } from '../../core/events/event.ts';
import { textOf, type Fields } from './fields.ts';
import { isAmong, verdictOf } from './proof.ts';
import type { Verdict } from './provider.ts';

/** The PEM at this address; undefined where there is none. Rejected where it cannot be known just now. */
export type FetchCertificate = (url: string) => Promise<string | undefined>;

/**
 * Anybody with an account at Amazon has messages signed, from topics of his own. So what counts is the topic, which
 * the signature covers: one of ours, named by its ARN.
 */
export async function verifyEnvelope(
  envelope: Fields,
  topics: readonly string[],
  now: Instant,
  fetchCertificate: FetchCertificate,
): Promise<Verdict> {
  const url = certificateUrl(envelope);
  const algorithm = ALGORITHMS.get(textOf(envelope.SignatureVersion));
  const signed = signedText(envelope);
  if (!isAmong([textOf(envelope.TopicArn)], topics)) return 'forged';
  if (url === undefined || algorithm === undefined || signed === undefined) return 'forged';
  const pem = await fetchCertificate(url);
  const key = pem === undefined ? undefined : keyOf(pem, now);
  const signature = Buffer.from(textOf(envelope.Signature), 'base64');
  const is_genuine = key !== undefined && verify(algorithm, Buffer.from(signed), key, signature);
  return verdictOf(is_genuine, Date.parse(textOf(envelope.Timestamp)), now, ONE_HOUR);
}

/** The address that confirms a subscription; undefined unless it is one of the service itself. */
export function subscribeUrl(envelope: Fields): string | undefined {
  const url = ofService(envelope.SubscribeURL);
  return url?.searchParams.get('Action') === 'ConfirmSubscription' ? url.href : undefined;
}

/** Says yes to a subscription. @param url as `subscribeUrl` has checked it */
export async function confirmSubscription(url: string, ask: typeof fetch = fetch): Promise<void> {
  const answer = await ask(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`Amazon answered ${answer.status} to the confirmation of a subscription.`);
}

/** Fetches certificates, each of them once: what stands at such an address never changes. */
export function createCertificates(ask: typeof fetch = fetch): FetchCertificate {
  const known = new Map<string, string>();
  return async (url) => {
    const pem = known.get(url) ?? (await fetchPem(url, ask));
    if (pem === undefined) return undefined;
    if (known.size >= MOST_CERTIFICATES) known.clear();
    known.set(url, pem);
    return pem;
  };
}

const ONE_HOUR = 60 * 60_000;
/** In milliseconds. */
const PATIENCE = 5000;
const MOST_CERTIFICATES = 20;
const LONGEST_PEM = 20_000;

/** By `SignatureVersion`. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

/** Names and values, each on its line, in the order of the alphabet; undefined for types that are not known. */
function signedText(envelope: Fields): string | undefined {
  const names = SIGNED.get(textOf(envelope.Type));
  const given = names?.filter((name) => name !== 'Subject' || typeof envelope[name] === 'string');
  return given?.map((name) => `${name}\n${textOf(envelope[name])}\n`).join('');
}

const OF_SUBSCRIPTIONS = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const SIGNED: ReadonlyMap<string, readonly string[]> = new Map([
  ['Notification', ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
  ['SubscriptionConfirmation', OF_SUBSCRIPTIONS],
  ['UnsubscribeConfirmation', OF_SUBSCRIPTIONS],
]);

/** Where Amazon keeps its certificates, in the topic's own region: nobody makes us fetch anything else. */
function certificateUrl(envelope: Fields): string | undefined {
  const url = ofService(envelope.SigningCertURL);
  const region = textOf(envelope.TopicArn).split(':')[3] ?? '';
  const is_one = url?.host === `sns.${region}.amazonaws.com` && /^\/[\w-]+\.pem$/.test(url.pathname);
  return is_one && url.search === '' ? url.href : undefined;
}

/** `https://sns.<region>.amazonaws.com/…`, without user, port or fragment. */
function ofService(value: unknown): URL | undefined {
  const text = textOf(value);
  if (!/^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com\/[\x21-\x7e]{1,2000}$/.test(text)) return undefined;
  return URL.canParse(text) && !text.includes('#') ? new URL(text) : undefined;
}

/** Undefined where it is no certificate, or none of this time. */
function keyOf(pem: string, now: Instant): KeyObject | undefined {
  try {
    const { validFrom, validTo, publicKey } = new X509Certificate(pem);
    return Date.parse(validFrom) <= now && now <= Date.parse(validTo) ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

async function fetchPem(url: string, ask: typeof fetch): Promise<string | undefined> {
  const answer = await ask(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
  if (answer.ok) return (await answer.text()).slice(0, LONGEST_PEM);
  await answer.body?.cancel();
  if (answer.status >= 500 || answer.status === 429)
    throw new Error(`Amazon answered ${answer.status} when asked for the certificate of a notification.`);
  return undefined;
}
