import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { App } from '../src/app.ts';
import type { DkimKey } from '../src/channels/dkim.ts';
import type { Parcel } from '../src/engine/ports.ts';
import { built } from './built.ts';
import { postgresCore } from './postgres-usage.ts';
import { startSenders, type Effort, type SenderGroup } from './sender-group.ts';
import { openBenchApp, spread, startSink, type Bench, type Spread } from './surroundings.ts';

export interface SendFigures {
  readonly messages: number;
  readonly cases: readonly SendCaseFigures[];
}

export interface SendCaseFigures {
  readonly name: string;
  /** Messages per second; ours from owed to recorded as sent. */
  readonly rate: Spread;
  /** Of nodemailer's rate in the same round: the same texts, as many connections and processes, no database. */
  readonly ratio: Spread;
  /** Seconds of a core for 1,000 messages: of what sends, and of PostgreSQL. */
  readonly core: Spread;
  readonly postgres_core: Spread;
  /** The most that one process held in any round. */
  readonly memory_mb: number;
}

interface Case {
  readonly by: 'etapa' | 'nodemailer';
  readonly dkim?: 'rsa' | 'ed25519';
  readonly processes: number;
}

/** Each after the one that it is measured by. */
const CASES: Readonly<Record<string, Case>> = {
  'nodemailer alone': { by: 'nodemailer', processes: 1 },
  'owed to recorded as sent': { by: 'etapa', processes: 1 },
  'nodemailer with its own DKIM, RSA-2048': { by: 'nodemailer', dkim: 'rsa', processes: 1 },
  'owed to sent with DKIM, RSA-2048': { by: 'etapa', dkim: 'rsa', processes: 1 },
  'owed to sent with DKIM, Ed25519': { by: 'etapa', dkim: 'ed25519', processes: 1 },
  'two processes of nodemailer': { by: 'nodemailer', processes: 2 },
  'two processes, owed to sent': { by: 'etapa', processes: 2 },
  'two processes of nodemailer with DKIM': { by: 'nodemailer', dkim: 'rsa', processes: 2 },
  'two processes, owed to sent with DKIM': { by: 'etapa', dkim: 'rsa', processes: 2 },
};

/**
 * `order_thanks` of the shipped project, in Spanish, each rendered for its own contact; by processes of their own that
 * have sent a few before they are measured, all kinds in turn in each round.
 *
 * @param only names of cases to be measured, or the beginnings of them; none for all.
 */
export async function benchSend(
  bench: Bench,
  messages: number,
  rounds: number,
  only: readonly string[] = [],
): Promise<SendFigures> {
  const script = await built(bench, 'sender-process');
  const sink = await startSink();
  const database_url = await bench.newDatabase();
  const app = await openBenchApp(database_url, {});
  const measured = new Map<string, Measured[]>();
  try {
    const parcel = await sampleParcel(bench);
    const places: Places = {
      script,
      app,
      database_url,
      smtp_url: sink.url,
      parcel,
      keys: makeKeys(),
    };
    for (let round = 0; round < rounds; round++) {
      for (const [name, one] of Object.entries(CASES)) {
        if (only.length > 0 && !only.some((beginning) => name.startsWith(beginning))) continue;
        const efforts = measured.get(name) ?? [];
        efforts.push(await measure(places, one, messages, `${name}, round ${round}`));
        measured.set(name, efforts);
      }
    }
  } finally {
    await app.close();
    sink.stop();
  }
  const floors: Measured[][] = [];
  return {
    messages,
    cases: [...measured].map(([name, efforts]) => {
      if (CASES[name]?.by === 'nodemailer') floors.push(efforts);
      return figuresOf(name, efforts, floors.at(-1) ?? [], messages);
    }),
  };
}

interface Places {
  readonly script: string;
  readonly app: App;
  readonly database_url: string;
  readonly smtp_url: string;
  readonly parcel: Parcel;
  readonly keys: Readonly<Record<'rsa' | 'ed25519', DkimKey>>;
}

interface Measured extends Effort {
  readonly postgres_core: number;
}

function figuresOf(
  name: string,
  efforts: readonly Measured[],
  floor: readonly Measured[],
  messages: number,
): SendCaseFigures {
  const rates = efforts.map(({ wall }) => messages / wall);
  return {
    name,
    rate: spread(rates),
    ratio: spread(rates.map((rate, round) => rate / (messages / (floor[round]?.wall ?? 1)))),
    core: spread(efforts.map(({ core }) => (core / messages) * 1000)),
    postgres_core: spread(efforts.map(({ postgres_core }) => (postgres_core / messages) * 1000)),
    memory_mb: Math.max(...efforts.map(({ memory_mb }) => memory_mb)),
  };
}

/** First come so many that are not measured: programs are translated while they run. */
const WARMING = 0.25;

async function measure(places: Places, one: Case, messages: number, salt: string): Promise<Measured> {
  const { script, app, database_url, smtp_url, parcel, keys } = places;
  const warming = Math.round(messages * WARMING);
  const key = one.dkim && keys[one.dkim];
  const dkim = key ? { dkim: key } : {};
  if (one.by === 'nodemailer') {
    const group = await startSenders(script, one.processes, {
      kind: 'nodemailer',
      smtp_url,
      parcel,
      ...dkim,
    });
    await group.send(warming);
    return { ...(await lastSent(group, messages)), postgres_core: 0 };
  }
  const group = await startSenders(script, one.processes, { kind: 'etapa', database_url, smtp_url, ...dkim });
  await owe(app, warming, { salt: `warming ${salt}` });
  await group.send(warming);
  await owe(app, messages, { salt });
  const before = await postgresCore(database_url);
  const effort = await lastSent(group, messages);
  return { ...effort, postgres_core: (await postgresCore(database_url)) - before };
}

async function lastSent(group: SenderGroup, messages: number): Promise<Effort> {
  const effort = await group.send(messages);
  await group.end();
  return effort;
}

function makeKeys(): Places['keys'] {
  const pem = {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  } as const;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, ...pem });
  const ed25519 = generateKeyPairSync('ed25519', pem);
  const named = (selector: string, private_key: string): DkimKey => ({
    domain: 'shop.example',
    selector,
    private_key,
  });
  return { rsa: named('rsa', String(rsa.privateKey)), ed25519: named('ed', String(ed25519.privateKey)) };
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
export async function owe(
  app: App,
  count: number,
  { domain = 'people.example', salt = domain }: { readonly domain?: string; readonly salt?: string } = {},
): Promise<void> {
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
    select md5(${salt} || n)::uuid, 0, jsonb_set(${JSON.stringify(profile)}::jsonb, '{fields,email}',
        jsonb_build_object('value', 'person' || n || ${`@${domain}`}::text, 'at', 0)), '', '{}', '[]', 'experience',
      now(), now(), now() from generate_series(1, ${count}::int) n`);
  await app.db.execute(sql`
    insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
      stage, language, tone, formality, because, event)
    select md5('m' || ${salt} || n)::uuid, md5(${salt} || n)::uuid, 'after_purchase', 1, '1', 1, 'order_thanks', 'email', 'service', 'owed',
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
