import { Agent, request } from 'node:http';
import { openServer } from '../src/api/server.ts';
import type { App } from '../src/app.ts';
import { addWriteKey } from '../src/store/keys.ts';
import { openBenchApp, seconds, spread, type Bench, type Spread } from './surroundings.ts';
import { rate, times, type Row } from './words.ts';

export interface SinglesFigures {
  readonly events: number;
  /** Events per second written by bare inserts of one row, each committed by itself. */
  readonly bare: Spread;
  /** Events per second from one request each to the 200: durable, and not yet decided. */
  readonly http: Spread;
  readonly ratio: Spread;
}

const AT_ONCE = 64;
/** As many as the app has. */
const CONNECTIONS = 12;

/** Shops that send each event when it happens; the caller shares the process, as it shares the machine. */
export async function benchSingles(bench: Bench, events: number, rounds: number): Promise<SinglesFigures> {
  const app = await openBenchApp(await bench.newDatabase(), {});
  try {
    await addWriteKey(app.db, 'bench', 'bench', 'bench');
    await app.db.$client.query('create table bare_events (like events including all)');
    const bare: number[] = [];
    const http: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(events / (await seconds(() => insertBare(app, events, round))));
      http.push(events / (await overHttp(app, events, round)));
    }
    const ratio = spread(http.map((value, round) => value / (bare[round] ?? Number.NaN)));
    return { events, bare: spread(bare), http: spread(http), ratio };
  } finally {
    await app.close();
  }
}

const INSERT = `
  insert into bare_events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
  values (md5($1)::uuid, md5($2)::uuid, $1, 'track', 'product_viewed', $3, now(), now(), 'bench')`;

function insertBare({ db }: App, events: number, round: number): Promise<void> {
  return pooled(events, CONNECTIONS, async (index) => {
    const { messageId, userId, properties } = callOf(index, round);
    await db.$client.query(INSERT, [messageId, userId, JSON.stringify(properties)]);
  });
}

async function overHttp(app: App, events: number, round: number): Promise<number> {
  const server = await openServer(app);
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const url = new URL('/v1/track', await server.listen({ host: '127.0.0.1', port: 0 }));
    return await seconds(() =>
      pooled(events, AT_ONCE, async (index) => {
        const status = await post(url, agent, JSON.stringify(callOf(index, round)));
        if (status !== 200) throw new Error(`the server answered ${status}`);
      }),
    );
  } finally {
    agent.destroy();
    await server.close();
  }
}

const PEOPLE = 2000;

function callOf(index: number, round: number) {
  const properties = { product_id: `p${index % 40}`, name: 'Trail shoe', price: 89.9, category: 'shoes' };
  const [messageId, userId] = [`${round}-${index}`, `person-${index % PEOPLE}`];
  return { messageId, userId, event: 'product_viewed', properties };
}

function post(url: URL, agent: Agent, body: string): Promise<number | undefined> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `Basic ${Buffer.from('bench:').toString('base64')}`,
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function pooled(count: number, at_once: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: at_once }, worker));
}

export function singlesRows({ bare, http, ratio }: SinglesFigures): readonly Row[] {
  return [
    [`rows into \`events\`, bare inserts of one, ${CONNECTIONS} at once`, rate(bare), '1'],
    [`events received over HTTP, one a request, ${AT_ONCE} at once`, rate(http), times(ratio)],
  ];
}
