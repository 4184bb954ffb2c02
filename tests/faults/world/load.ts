/**
 * Shoppers: each becomes known, puts something into the cart and orders, some order again, and some take themselves off the
 * promotions by the link of the first one and put something into the cart once more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { share } from '../../../src/core/hash.ts';
import { wordsOf } from '../../../src/errors.ts';
import type { Ledger, LedgerLine } from './ledger.ts';
import type { TakenMail } from './smtp-words.ts';

export interface LoadOptions {
  /** Connections that send one request after the other; 6 unless said otherwise. */
  readonly clients?: number;
  /** Shoppers that begin in a second, of all clients together; 4 unless said otherwise. */
  readonly per_second?: number;
}

export interface Load {
  /** Goes on until `end`; what is not answered with a 2xx is sent again with the same ids. */
  begin(options?: LoadOptions): void;
  /** Begins nothing new, and resolves when everything has been acknowledged. */
  end(): Promise<void>;
  /** One order of somebody new; resolves when it was acknowledged, with the address that the receipt goes to. */
  order(): Promise<string>;
  /**
   * Sends what has been acknowledged once more, in the same order and with the same ids, as whoever keeps it does after the
   * database was restored. Resolves with the unsubscribings that were refused.
   */
  again(lines: readonly LedgerLine[]): Promise<number>;
  /** An order that is not sent again, whatever is answered. */
  tryOnce(): Promise<Response>;
  /** What came instead of a 2xx: a status, or the error of the connection, and how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Events that were acknowledged so far. */
  readonly acknowledged: number;
  /** Nothing is sent any more, acknowledged or not. */
  close(): Promise<void>;
}

interface LoadParts {
  readonly origin: string;
  readonly write_key: string;
  readonly ledger: Ledger;
  taken(): Promise<readonly TakenMail[]>;
}

interface Call {
  readonly type: 'identify' | 'track';
  readonly userId: string;
  readonly messageId: string;
  readonly [more: string]: unknown;
}

/** Longer than our own database may keep silent. */
const PATIENCE = 10_000;
const AGAIN_AFTER = 250;
const ORDER_AGAIN = 0.3;
const UNSUBSCRIBE = 0.25;
const LOOK_EVERY = 250;

export function createLoad({ origin, write_key, ledger, taken }: LoadParts): Load {
  const refused: Record<string, number> = {};
  const under_way = new Set<Promise<unknown>>();
  const authorization = `Basic ${Buffer.from(`${write_key}:`).toString('base64')}`;
  let people = 0;
  let acknowledged = 0;
  let is_on = false;
  let is_closed = false;

  function post(path: string, type: string, body: string): Promise<Response> {
    const headers = { authorization, 'content-type': type };
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(new URL(path, origin), { method: 'POST', headers, body, signal });
  }

  async function isAcknowledged(path: string, type: string, body: string): Promise<boolean> {
    try {
      const answer = await post(path, type, body);
      await answer.arrayBuffer();
      if (answer.ok) return true;
      count(String(answer.status));
    } catch (error) {
      count(wordsOf(error));
    }
    return false;
  }

  function count(what: string): void {
    refused[what] = (refused[what] ?? 0) + 1;
  }

  /** False where the load was closed before. */
  async function insistOn(path: string, type: string, body: string): Promise<boolean> {
    while (!is_closed) {
      if (await isAcknowledged(path, type, body)) return true;
      await sleep(AGAIN_AFTER);
    }
    return false;
  }

  async function tell(calls: readonly Call[]): Promise<void> {
    if (!(await insistOn('/v1/batch', 'application/json', JSON.stringify({ batch: calls })))) return;
    await ledger.note({ kind: 'events', ids: calls.map(({ messageId }) => messageId) });
    acknowledged += calls.length;
  }

  async function shop(): Promise<void> {
    const user = `shopper${++people}`;
    await tell([identify(user), added(user, 1), ordered(user, 1)]);
    if (share(user) < ORDER_AGAIN) await tell([ordered(user, 2)]);
  }

  async function order(): Promise<string> {
    const user = `buyer${++people}`;
    await tell([identify(user), ordered(user, 1)]);
    return addressOf(user);
  }

  async function leave(mail: TakenMail): Promise<void> {
    if (!(await insistOn(...unsubscribing(mail)))) return;
    await ledger.note({ kind: 'unsubscribed', to: mail.to, at: Date.now() });
    await tell([added(mail.to.replace(/@.*/, ''), 2)]);
  }

  async function unsubscribeSome(): Promise<void> {
    const left = new Set<string>();
    while (is_on) {
      const asked = (await taken()).filter(
        ({ to, unsubscribe }) => unsubscribe !== null && share(`leaves ${to}`) < UNSUBSCRIBE && !left.has(to),
      );
      for (const { to } of asked) left.add(to);
      await Promise.all(asked.map(leave));
      await sleep(LOOK_EVERY);
    }
  }

  /** False where it was refused. */
  async function leaveAgain(address: string): Promise<boolean> {
    const mail = (await taken()).find(({ to, unsubscribe }) => to === address && unsubscribe !== null);
    return mail !== undefined && (await isAcknowledged(...unsubscribing(mail)));
  }

  async function again(lines: readonly LedgerLine[]): Promise<number> {
    let refusals = 0;
    for (const line of lines)
      if (line.kind === 'events')
        await insistOn('/v1/batch', 'application/json', JSON.stringify({ batch: line.ids.map(callOf) }));
      else if (!(await leaveAgain(line.to))) refusals++;
    return refusals;
  }

  function watch(work: Promise<unknown>): void {
    const watched = work.finally(() => under_way.delete(watched));
    under_way.add(watched);
  }

  async function settled(): Promise<void> {
    while (under_way.size > 0) await Promise.all(under_way);
  }

  return {
    begin({ clients = 6, per_second = 4 } = {}) {
      is_on = true;
      const turn = pace(per_second);
      const keepShopping = async (): Promise<void> => {
        while (is_on) {
          await turn();
          if (is_on) await shop();
        }
      };
      for (let client = 0; client < clients; client++) watch(keepShopping());
      watch(unsubscribeSome());
    },
    async end() {
      is_on = false;
      await settled();
    },
    order,
    again,
    tryOnce: () => post('/v1/batch', 'application/json', JSON.stringify({ batch: [ordered('tried', 1)] })),
    refused,
    get acknowledged() {
      return acknowledged;
    },
    async close() {
      is_on = false;
      is_closed = true;
      await settled();
    },
  };
}

/** A sentence for each kind of refusal that is no "come again". */
export function otherThan503(refused: Load['refused']): readonly string[] {
  return Object.entries(refused).flatMap(([what, times]) =>
    what === '503' ? [] : [`${times} requests were not answered with 2xx or 503 but with: ${what}`],
  );
}

/** Resolves so often in a second; what was missed while nobody came is not made up for. */
function pace(per_second: number): () => Promise<void> {
  let next = performance.now();
  return async () => {
    const now = performance.now();
    next = Math.max(next + 1000 / per_second, now);
    await sleep(next - now);
  };
}

/** Path, type and body of the request that mail programs send when somebody wants no more. */
function unsubscribing({ unsubscribe }: TakenMail): readonly [path: string, type: string, body: string] {
  const path = new URL(unsubscribe ?? '').pathname;
  return [path, 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'];
}

/** What was sent under this id. */
function callOf(message_id: string): Call {
  const [user = '', what, time] = message_id.split('-');
  if (what === 'known') return identify(user);
  return what === 'added' ? added(user, Number(time)) : ordered(user, Number(time));
}

function addressOf(user: string): string {
  return `${user}@example.com`;
}

function identify(userId: string): Call {
  const traits = { email: addressOf(userId), first_name: 'Ana', language: 'en', consent: ['email'] };
  return { type: 'identify', userId, messageId: `${userId}-known`, traits };
}

function added(userId: string, time: number): Call {
  const properties = { product_id: 's1', name: 'Trail shoe', price: 89, quantity: 1 };
  return { type: 'track', userId, messageId: `${userId}-added-${time}`, event: 'Product Added', properties };
}

function ordered(userId: string, time: number): Call {
  const properties = { order_id: `${userId}-${time}`, total: 89 };
  return {
    type: 'track',
    userId,
    messageId: `${userId}-ordered-${time}`,
    event: 'Order Completed',
    properties,
  };
}
