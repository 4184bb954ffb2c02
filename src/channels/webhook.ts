import { lookup } from 'node:dns/promises';
import { request as requestHttp, STATUS_CODES, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { jsonBytes, plainJson } from '../core/events/segment/plain-json.ts';
import type { Json } from '../core/json.ts';
import type { Webhook, WebhookAnswer, WebhookRequest } from '../engine/ports.ts';
import { isPublicAddress } from './public-address.ts';
import { signatureHeaders } from './webhook-signature.ts';

export interface WebhookOptions {
  /** Newest first; each signs. */
  readonly signing_secrets: readonly string[];
  /** Hosts, with or without a port, that may be called though their addresses are not of the open internet. */
  readonly may_reach: readonly string[];
  /** The environment variables that headers may hold; undefined for one that is allowed and not set. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** How long one call may take in all, in milliseconds. */
  readonly patience?: number;
  /** Where a host is; asked of the system unless given. */
  readonly lookup?: (host: string) => Promise<readonly Address[]>;
}

interface Address {
  readonly address: string;
  readonly family: number;
}

const PATIENCE = 10_000;
/** How much of an answer is read, and how much of it is kept. */
const MOST_READ = 64 * 1024;
const MOST_KEPT = 16 * 1024;
const DEEPEST = 32;

/** Calls of other systems, each signed, each over a connection of its own to an address that was looked at before. */
export function createWebhook(options: WebhookOptions): Webhook {
  return {
    async call(request) {
      const url = new URL(request.url);
      try {
        refuseOtherSchemes(url);
        const headers = headersOf(request, options);
        const signal = AbortSignal.timeout(options.patience ?? PATIENCE);
        const addresses = await inTime(addressesOf(url, options), signal);
        return await ask(url, request, headers, addresses, signal);
      } catch (error) {
        if (error instanceof Refused) return { outcome: 'refused', response: error.message };
        return { outcome: 'later', response: `${url.host} ${troubleOf(error)}`, retry_after: null };
      }
    },
  };
}

/** A call that must not be made; the message tells the mend. */
class Refused extends Error {}

function refuseOtherSchemes({ protocol }: URL): void {
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new Refused(
    `Only addresses that begin with http:// or https:// can be called, and this begins with ${protocol}`,
  );
}

/** Made here, or such that they would make another request of it. */
const OURS: ReadonlySet<string> = new Set([
  ...['content-type', 'content-length', 'user-agent', 'host', 'accept', 'accept-encoding', 'idempotency-key'],
  ...['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  ...['connection', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

function headersOf(request: WebhookRequest, options: WebhookOptions): Record<string, string> {
  const given = Object.entries(request.headers).map(([name, value]) => {
    if (OURS.has(name.toLowerCase()))
      throw new Refused(`The header "${name}" is set by Etapa itself. Take it out of "headers".`);
    return [name, valueOf(name, value, options.secrets)] as const;
  });
  const { id, at, body } = request;
  return {
    ...Object.fromEntries(given),
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'Etapa',
    'idempotency-key': id,
    ...signatureHeaders(id, at, body ?? '', options.signing_secrets),
  };
}

/** `$CRM_TOKEN` is what that environment variable holds, if headers may hold it. */
function valueOf(header: string, value: string, secrets: WebhookOptions['secrets']): string {
  const name = /^\$([A-Z][A-Z0-9_]*)$/.exec(value)?.[1];
  if (name === undefined) return value;
  if (!Object.hasOwn(secrets, name))
    throw new Refused(
      `The header "${header}" asks for $${name}, which WEBHOOK_SECRETS does not name. Add ${name} to WEBHOOK_SECRETS, the list of variables that headers may hold.`,
    );
  const secret = secrets[name];
  if (secret === undefined)
    throw new Refused(
      `The header "${header}" asks for $${name}, which is not set. Set it where the sender runs.`,
    );
  if (/[^\t\x20-\x7e]/.test(secret))
    throw new Refused(
      `The header "${header}" asks for $${name}, which holds more than one line of plain letters. Mend its value where the sender runs.`,
    );
  return secret;
}

/**
 * Where the host is, once and for all: the call goes to these addresses and no others, so that a name which leads
 * elsewhere a moment later leads nowhere.
 */
async function addressesOf(
  url: URL,
  { may_reach, lookup: find = lookupAll }: WebhookOptions,
): Promise<readonly Address[]> {
  const host = hostOf(url);
  const addresses = await find(host);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (may_reach.includes(url.hostname) || may_reach.includes(`${url.hostname}:${port}`)) return addresses;
  const inside = addresses.find(({ address }) => !isPublicAddress(address));
  if (!inside) return addresses;
  const where = isIP(host) ? `${host} is` : `${host} leads to ${inside.address},`;
  throw new Refused(
    `${where} an address that is not of the open internet. If it is meant, add ${url.hostname}:${port} to WEBHOOKS_MAY_REACH.`,
  );
}

function lookupAll(host: string): Promise<readonly Address[]> {
  return lookup(host, { all: true });
}

/** Without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Looking up a name cannot be broken off; nobody has to wait for it. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

function ask(
  url: URL,
  { method, body }: WebhookRequest,
  headers: Readonly<Record<string, string>>,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        method,
        host,
        port: url.port,
        path: `${url.pathname}${url.search}`,
        headers: { ...headers, host: url.host },
        ...(isIP(host) ? {} : { servername: host }),
        lookup: only(addresses),
        agent: false,
        signal,
      },
      (answer) => void readAnswer(url, answer).then(resolve, reject),
    );
    asked.on('error', reject);
    asked.end(body ?? undefined);
  });
}

/** A look-up that finds what was found before. */
function only(addresses: readonly Address[]): LookupFunction {
  return (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

async function readAnswer(url: URL, answer: IncomingMessage): Promise<WebhookAnswer> {
  const status = answer.statusCode ?? 0;
  const said = `${url.host} answered ${status} ${answer.statusMessage || STATUS_CODES[status] || ''}`.trim();
  if (status >= 200 && status < 300) return { outcome: 'answered', ...(await keep(answer, said)) };
  // Nobody reads what else it says.
  answer.destroy();
  if (status >= 500 || LATER.has(status)) {
    return { outcome: 'later', response: said, retry_after: waitOf(answer.headers['retry-after']) };
  }
  const mend = status >= 300 && status < 400 ? '. Redirects are not followed: write where it leads' : '';
  return { outcome: 'refused', response: `${said}${mend}` };
}

/** Request Timeout, Too Early, Too Many Requests. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/** Seconds, or the date of the other side's clock (RFC 9110, 10.2.3). */
function waitOf(retry_after: string | undefined): number | null {
  if (retry_after === undefined) return null;
  const wait = /^\d+$/.test(retry_after) ? Number(retry_after) * 1000 : Date.parse(retry_after) - Date.now();
  return Number.isFinite(wait) && wait > 0 ? wait : null;
}

interface Kept {
  readonly response: string;
  readonly answer: Json;
}

/** What cannot be kept is left out: the other side has done what it was asked for. */
async function keep(answer: IncomingMessage, said: string): Promise<Kept> {
  const without = (why: string): Kept => ({
    response: `${said}; nothing of it was kept: ${why}`,
    answer: null,
  });
  const text = await readText(answer);
  if (text === undefined) return without(`it is larger than ${MOST_READ / 1024} KB`);
  if (text === '') return { response: said, answer: null };
  if (!JSON_TYPE.test(answer.headers['content-type'] ?? '')) return without('it is not JSON');
  try {
    const json = plainJson(JSON.parse(text), '', DEEPEST);
    if (jsonBytes(json) <= MOST_KEPT) return { response: said, answer: json };
    return without(`it is larger than ${MOST_KEPT / 1024} KB of JSON`);
  } catch {
    return without('it is not JSON that can be stored');
  }
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** Undefined where there is too much of it. */
async function readText(answer: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop closes the connection.
    if (size > MOST_READ) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}

function troubleOf(error: unknown): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === 'TimeoutError' || name === 'AbortError') return 'did not answer in time';
  return `cannot be reached: ${(code ? TROUBLES[code] : undefined) ?? (message || code || 'unknown')}`;
}

const TROUBLES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up just now',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it closed the connection',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'the connection took too long',
};
