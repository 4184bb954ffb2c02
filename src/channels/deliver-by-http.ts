/** One message handed over to another system in one request. */
import type { IncomingMessage } from 'node:http';
import type { Delivery } from '../engine/ports.ts';
import { wordsOf } from '../errors.ts';
import {
  answeredWords,
  Refused,
  requestGuarded,
  retryAfter,
  Unanswered,
  type Reach,
} from './guarded-http.ts';

export interface Post {
  readonly url: URL;
  /** The same on every attempt, so that the other side can tell a repeat. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Longest time in all, in milliseconds: shorter than a claim lasts while a message is handed over. */
  readonly patience: number;
}

/** What a system's "no" is about, by its status; undefined where it is ours to mend and nothing of the message's. */
export type FaultOf = (status: number) => 'address' | 'sender' | 'content' | undefined;

/** Never throws. Asks `gate` when the connection stands, before anything leaves. */
export async function deliverByHttp(
  post: Post,
  reach: Reach,
  faultOf: FaultOf,
  gate: () => Promise<boolean>,
): Promise<Delivery> {
  const { url, id, headers, body, patience } = post;
  try {
    const answer = await requestGuarded(
      {
        ...{ url, method: 'POST', body, gate, signal: AbortSignal.timeout(patience) },
        headers: {
          ...{
            'content-type': 'application/json',
            accept: 'application/json',
            'accept-encoding': 'identity',
          },
          ...{ 'user-agent': 'Etapa', 'idempotency-key': id, ...headers },
        },
      },
      reach,
    );
    // The status says it all; nobody reads the rest.
    answer.destroy();
    return said(answer, answeredWords(url, answer), faultOf);
  } catch (error) {
    return unsaid(error);
  }
}

function said(answer: IncomingMessage, response: string, faultOf: FaultOf): Delivery {
  const { statusCode: status = 0 } = answer;
  if (status >= 200 && status < 300) return { outcome: 'accepted', response };
  const wait = Math.min(retryAfter(answer) ?? 0, LONGEST_WAIT);
  if (BUSY.has(status)) return { outcome: 'deferred', response, by: 'domain', wait };
  if (status >= 500 || LATER.has(status)) return { outcome: 'deferred', response, by: 'recipient', wait };
  const fault = faultOf(status);
  return fault ? { outcome: 'refused', response, fault } : { outcome: 'deferred', response, by: 'us' };
}

const LONGEST_WAIT = 24 * 60 * 60_000;
/** Too Many Requests, and a system, or what stands before it, that is away for everybody. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Request Timeout, Too Early. */
const LATER: ReadonlySet<number> = new Set([408, 425]);

/** Once it has left and no answer came, nobody can know. */
function unsaid(error: unknown): Delivery {
  const response = wordsOf(error);
  if (error instanceof Refused) return { outcome: 'deferred', response, by: 'us' };
  if (!(error instanceof Unanswered)) return { outcome: 'deferred', response };
  return error.sent
    ? { outcome: 'uncertain', response }
    : { outcome: 'deferred', response, by: 'connection' };
}
