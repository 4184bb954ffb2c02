import type { IncomingMessage } from 'node:http';
import { isLongerThan, plainJson } from '../core/events/segment/plain-json.ts';
import type { Json } from '../core/json.ts';
import type { Webhook, WebhookAnswer, WebhookRequest } from '../engine/ports.ts';
import {
  answeredWords,
  Refused,
  requestGuarded,
  retryAfter,
  troubleOf,
  Unanswered,
  type Reach,
} from './guarded-http.ts';
import { signatureHeaders } from './webhook-signature.ts';

export interface WebhookOptions extends Reach {
  /** Newest first; each signs. */
  readonly signing_secrets: readonly string[];
  /** The environment variables that headers may hold; undefined for one that is allowed and not set. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** How long one call may take in all, in milliseconds. */
  readonly patience?: number;
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
      const { method, body } = request;
      const signal = AbortSignal.timeout(options.patience ?? PATIENCE);
      try {
        const headers = headersOf(request, options);
        const answer = await requestGuarded({ url, method, headers, body, signal }, options);
        return await readAnswer(url, answer);
      } catch (error) {
        if (error instanceof Refused) return { outcome: 'refused', response: error.message };
        const trouble =
          error instanceof Unanswered ? error.message : `${url.host} ${troubleOf(signal.reason ?? error)}`;
        return { outcome: 'later', response: trouble, retry_after: null };
      }
    },
  };
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

async function readAnswer(url: URL, answer: IncomingMessage): Promise<WebhookAnswer> {
  const status = answer.statusCode ?? 0;
  const said = answeredWords(url, answer);
  if (status >= 200 && status < 300) return { outcome: 'answered', ...(await keep(answer, said)) };
  // Nobody reads what else it says.
  answer.destroy();
  if (status >= 500 || LATER.has(status)) {
    return { outcome: 'later', response: said, retry_after: retryAfter(answer) };
  }
  return { outcome: 'refused', response: said };
}

/** Request Timeout, Too Early, Too Many Requests. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

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
    if (!isLongerThan(json, MOST_KEPT)) return { response: said, answer: json };
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
