import { sql } from 'drizzle-orm';
import { createTransport } from 'nodemailer';
import type { App } from '../src/app.ts';
import type { Parcel } from '../src/engine/ports.ts';
import { openBenchApp, seconds, spread, startSink, type Bench, type Spread } from './surroundings.ts';

export interface SendFigures {
  readonly messages: number;
  /** Messages per second of nodemailer alone: the same texts, as many connections, no database. */
  readonly nodemailer: Spread;
  /** Messages per second from owed to recorded as sent. */
  readonly etapa: Spread;
  readonly ratio: Spread;
}

const CONNECTIONS = 20;

/** `order_thanks` of the shipped project, in Spanish, each rendered for its own contact. */
export async function benchSend(bench: Bench, messages: number, rounds: number): Promise<SendFigures> {
  const sink = await startSink();
  const alone: number[] = [];
  const ours: number[] = [];
  try {
    const sample = await sampleParcel(bench);
    for (let round = 0; round < rounds; round++) {
      const app = await openBenchApp(await bench.newDatabase(), { smtp_url: sink.url });
      await owe(app, messages);
      ours.push(messages / (await seconds(() => sendAll(app, messages))));
      await app.close();
      alone.push(messages / (await seconds(() => sendAlone(sink.url, sample, messages))));
    }
  } finally {
    sink.stop();
  }
  return {
    messages,
    nodemailer: spread(alone),
    etapa: spread(ours),
    ratio: spread(ours.map((rate, index) => rate / (alone[index] ?? 1))),
  };
}

/** The very message that is sent, for the library alone. */
async function sampleParcel(bench: Bench): Promise<Parcel> {
  const parcels: Parcel[] = [];
  const app = await openBenchApp(await bench.newDatabase(), { onParcel: (parcel) => parcels.push(parcel) });
  await owe(app, 1);
  await sendAll(app, 1);
  await app.close();
  return parcels[0] as Parcel;
}

/** Contacts with an order, and to each a thank-you owed, in an order of chance. */
export async function owe(app: App, count: number, domain = 'people.example'): Promise<void> {
  const event = {
    order_id: 'LU-1',
    revenue: 178,
    currency: 'EUR',
    products: [{ product_id: 'p1', name: 'Zapatilla Sierra', price: 89, quantity: 2 }],
  };
  const field = (value: string): object => ({ value, at: 0 });
  const fields = { first_name: field('Ana'), language: field('es') };
  const profile = {
    fields,
    memory: {},
    cart: { changes: [] },
    orders: { list: [], cancelled: {}, refunded: {} },
    consent: {},
  };
  await app.db.execute(sql`
    insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, decided_at, created_at)
    select md5(${domain} || n)::uuid, 0, jsonb_set(${JSON.stringify(profile)}::jsonb, '{fields,email}',
        jsonb_build_object('value', 'person' || n || ${`@${domain}`}::text, 'at', 0)), '', '{}', '[]', 'experience',
      now(), now(), now() from generate_series(1, ${count}::int) n`);
  await app.db.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      stage, language, tone, formality, because, event)
    select md5('m' || ${domain} || n)::uuid, md5(${domain} || n)::uuid, 'after_purchase', 1, '1', 1, 'order_thanks', 'email', 'service', 'owed',
      now(), now() - random() * interval '1 second', 'experience', 'es', 'friendly', '{}', '{"en":"","es":""}', ${JSON.stringify(event)}::jsonb
    from generate_series(1, ${count}::int) n`);
}

/** Until so many have been sent. */
export async function sendAll(app: App, count: number): Promise<void> {
  // What a receiver's slowness puts off is rung for again by the sweep.
  app.start(new Set(['sender', 'chores']));
  app.bell.ringSends();
  for (;;) {
    const { rows } = await app.db.execute<{ n: number }>(
      sql`select count(*)::int as n from messages where state = 'sent'`,
    );
    if (rows[0]?.n === count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function sendAlone(url: string, parcel: Parcel, count: number): Promise<void> {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
  } as object);
  const { subject, html, text, from } = parcel;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next++ < count) {
      await transport.sendMail({
        from: { name: from.name, address: from.email },
        to: `person${next}@people.example`,
        subject,
        html,
        text,
      });
    }
  };
  await Promise.all(Array.from({ length: 2 * CONNECTIONS }, worker));
  transport.close();
}
