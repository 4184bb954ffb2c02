/** Requests to other systems: to addresses that were looked at before and to no others, over a connection of their own. */
import { lookup } from 'node:dns/promises';
import { request as requestHttp, STATUS_CODES, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { oneLine } from '../core/one-line.ts';
import { wordsOf } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

/** Who may be reached. */
export interface Reach {
  /** Hosts, with or without a port, that may be called though their addresses are not of the open internet. */
  readonly may_reach: readonly string[];
  /** Where a host is; asked of the system unless given. */
  readonly lookup?: (host: string) => Promise<readonly Address[]>;
}

interface Address {
  readonly address: string;
  readonly family: number;
}

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Ends the looking up, the connecting and the waiting for an answer. */
  readonly signal: AbortSignal;
  /** Asked when the connection stands, before the first octet goes out; where it says no, none does. */
  gate?(): Promise<boolean>;
}

/** A request that must not be made; the message tells the mend. */
export class Refused extends Error {}

/** No answer came; the message says why. */
export class Unanswered extends Error {
  /** Whether anything of the request had left by then. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** The gate said no, or could not be asked. */
class Stopped extends Error {}

/**
 * The answer, of which only the head has been read.
 *
 * @throws Refused, Stopped or Unanswered.
 */
export async function requestGuarded(request: HttpRequest, reach: Reach): Promise<IncomingMessage> {
  const { url, signal } = request;
  const progress = { sent: false };
  try {
    refuseOtherSchemes(url);
    const addresses = await inTime(addressesOf(url, reach), signal);
    return await ask(request, addresses, progress);
  } catch (error) {
    if (error instanceof Refused || error instanceof Stopped) throw error;
    throw new Unanswered(`${url.host} ${troubleOf(error)}`, progress.sent);
  }
}

function refuseOtherSchemes({ protocol }: URL): void {
  if (protocol === 'http:' || protocol === 'https:') return;
  throw new Refused(
    `Only addresses that begin with http:// or https:// can be called, and this begins with ${protocol}`,
  );
}

/**
 * Where the host is, once and for all: the call goes to these addresses and no others, so that a name which leads
 * elsewhere a moment later leads nowhere.
 */
async function addressesOf(
  url: URL,
  { may_reach, lookup: find = lookupAll }: Reach,
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
  { url, method, headers, body, signal, gate }: HttpRequest,
  addresses: readonly Address[],
  progress: { sent: boolean },
): Promise<IncomingMessage> {
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
      resolve,
    );
    asked.on('error', reject);
    const send = (): void => {
      progress.sent = true;
      asked.end(body ?? undefined);
    };
    if (gate) whenConnected(asked, url, () => void passGate(asked, gate, send));
    else send();
  });
}

/** Nothing is written before `end`: the connection stands, and is silent. */
function whenConnected(asked: ClientRequest, { protocol }: URL, then: () => void): void {
  asked.once('socket', (socket: Socket) =>
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', then),
  );
}

async function passGate(asked: ClientRequest, gate: () => Promise<boolean>, send: () => void): Promise<void> {
  try {
    const isOpen = await gate();
    if (asked.destroyed) return;
    if (isOpen) send();
    else asked.destroy(new Stopped('the claim on this message was lost'));
  } catch (error) {
    asked.destroy(new Stopped(wordsOf(error)));
  }
}

/** A look-up that finds what was found before. */
function only(addresses: readonly Address[]): LookupFunction {
  return (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

/** The head of an answer in a line: `api.example answered 429 Too Many Requests`. */
export function answeredWords(url: URL, { statusCode = 0, statusMessage }: IncomingMessage): string {
  const words = oneLine(statusMessage || STATUS_CODES[statusCode] || '', LONGEST_WORDS);
  const said = `${url.host} answered ${statusCode} ${words}`.trim();
  const mend =
    statusCode >= 300 && statusCode < 400 ? '. Redirects are not followed: write where it leads' : '';
  return `${said}${mend}`;
}

const LONGEST_WORDS = 100;

/** Milliseconds, of seconds or of a date by the other side's clock, which it also tells (RFC 9110, 10.2.3 and 6.6.1). */
export function retryAfter({ headers: { 'retry-after': said, date } }: IncomingMessage): number | null {
  if (said === undefined) return null;
  const there = date === undefined ? Number.NaN : Date.parse(date);
  const since = Number.isFinite(there) ? there : Date.now();
  const wait = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - since;
  return Number.isFinite(wait) && wait > 0 ? wait : null;
}

export function troubleOf(error: unknown): string {
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
