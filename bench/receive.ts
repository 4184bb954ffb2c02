import { sql } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import { openServer } from '../src/api/server.ts';
import type { IncomingEvent } from '../src/core/events/event.ts';
import type { ReceivedEvent } from '../src/engine/ports.ts';
import { addWriteKey } from '../src/store/keys.ts';
import { openBenchApp, seconds, spread, type Bench, type Spread } from './surroundings.ts';

export interface ReceiveFigures {
  readonly events: number;
  /** Events per second written by bare inserts, 2,000 rows a statement. */
  readonly bare: Spread;
  /** Events per second from receiving to decided and committed. */
  readonly through: Spread;
  /** The same over HTTP in batches of 100. */
  readonly http: Spread;
  /** Of the bare rate, measured in the same round. */
  readonly ratio: Spread;
  readonly http_ratio: Spread;
}

const PEOPLE = 2000;
const PER_BATCH = 100;
const BATCHES_AT_ONCE = 32;

/** Receiving and deciding with the shipped project: five stages, five workflows, a cart. */
export async function benchReceive(bench: Bench, events: number, rounds: number): Promise<ReceiveFigures> {
  const bare: number[] = [];
  const through: number[] = [];
  const http: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const app = await openBenchApp(await bench.newDatabase(), {});
    app.start(new Set(['engine', 'chores']));
    await addWriteKey(app.db, 'bench', 'bench', 'bench');
    bare.push(events / (await seconds(() => insertBare(app, makeEvents(events, `bare${round}`)))));
    through.push(events / (await seconds(() => receiveAndDecide(app, makeEvents(events, `in${round}`)))));
    http.push(events / (await overHttp(app, makeEvents(events, `http${round}`))));
    await app.close();
  }
  return {
    events,
    bare: spread(bare),
    through: spread(through),
    http: spread(http),
    ratio: spread(through.map((rate, index) => rate / (bare[index] ?? 1))),
    http_ratio: spread(http.map((rate, index) => rate / (bare[index] ?? 1))),
  };
}

/** Every tenth event is an identify, every fourth touches a cart, every fortieth is an order. */
export function makeEvents(count: number, round: string): ReceivedEvent[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, index): ReceivedEvent => {
    const person = `${round}-${index % PEOPLE}`;
    const at = now - (count - index);
    const base = {
      message_id: `${round}-${index}`,
      user_id: person,
      occurred_at: at,
      received_at: at,
      source: 'bench',
    };
    return { ...base, ...kindOf(index, person) };
  });
}

type Kind = Pick<IncomingEvent, 'type' | 'name' | 'properties'>;

function kindOf(index: number, person: string): Kind {
  if (index % 10 === 0) {
    const properties = {
      email: `${person}@people.example`,
      first_name: 'Ana',
      language: 'es',
      consent: ['email'],
    };
    return { type: 'identify', name: 'identified', properties };
  }
  const product = {
    product_id: `p${index % 40}`,
    name: 'Trail shoe',
    price: 89.9,
    quantity: 1,
    category: 'shoes',
  };
  if (index % 40 === 1) {
    const properties = {
      order_id: `${person}-${index}`,
      revenue: 89.9,
      currency: 'EUR',
      products: [product],
    };
    return { type: 'track', name: 'order_completed', properties };
  }
  return { type: 'track', name: index % 4 === 2 ? 'product_added' : 'product_viewed', properties: product };
}

async function insertBare(app: App, events: readonly ReceivedEvent[]): Promise<void> {
  await app.db.execute(sql`create table if not exists bare_events (like events including all)`);
  for (let start = 0; start < events.length; start += 2000) {
    const rows = events
      .slice(start, start + 2000)
      .map((event) => ({ ...event, at: new Date(event.occurred_at).toISOString() }));
    await app.db.execute(sql`
      insert into bare_events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
      select md5(message_id)::uuid, md5(user_id)::uuid, message_id, type, name, properties, at, at, source
      from json_to_recordset(${JSON.stringify(rows)}::json) as e (message_id text, user_id text, type text, name text,
        properties jsonb, at timestamptz, source text)`);
  }
}

async function receiveAndDecide(app: App, events: readonly ReceivedEvent[]): Promise<void> {
  await inBatches(events, (some) => app.receiver.receive(some));
  await untilDecided(app);
}

async function overHttp(app: App, events: readonly ReceivedEvent[]): Promise<number> {
  const server = await openServer(app);
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  const headers = {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('bench:').toString('base64')}`,
  };
  const bodies = new Map<readonly ReceivedEvent[], string>();
  const batches = chunk(events);
  for (const some of batches) bodies.set(some, JSON.stringify({ batch: some.map(asCall) }));
  const took = await seconds(async () => {
    await pooled(batches, async (some) => {
      const answer = await fetch(`${address}/v1/batch`, {
        method: 'POST',
        headers,
        body: bodies.get(some) ?? '',
      });
      if (answer.status !== 200) throw new Error(`the server answered ${answer.status}`);
      await answer.arrayBuffer();
    });
    await untilDecided(app);
  });
  await server.close();
  return took;
}

function asCall(event: ReceivedEvent): object {
  const base = {
    messageId: event.message_id,
    userId: event.user_id,
    timestamp: new Date(event.occurred_at).toISOString(),
  };
  if (event.type === 'identify') return { ...base, type: 'identify', traits: event.properties };
  return { ...base, type: 'track', event: event.name, properties: event.properties };
}

export async function untilDecided(app: App): Promise<void> {
  for (;;) {
    const { rows } = await app.db.execute<{ n: number }>(
      sql`select count(*)::int as n from (select from happenings limit 1) waiting`,
    );
    if (rows[0]?.n === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function chunk(events: readonly ReceivedEvent[]): (readonly ReceivedEvent[])[] {
  return Array.from({ length: Math.ceil(events.length / PER_BATCH) }, (_, index) =>
    events.slice(index * PER_BATCH, (index + 1) * PER_BATCH),
  );
}

export function inBatches(
  events: readonly ReceivedEvent[],
  send: (some: readonly ReceivedEvent[]) => Promise<void>,
): Promise<void> {
  return pooled(chunk(events), send);
}

async function pooled<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < list.length) await work(list[next++] as T);
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
}
