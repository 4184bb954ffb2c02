import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { shopHistory } from '../../src/demo/shop.ts';
import { startCatcher, type Catcher } from '../../src/demo/catcher.ts';
import { backends, newDatabase } from '../support/database.ts';
import { shippedWithoutChance } from '../support/shipped.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const ENDS_AT = Date.parse('2026-11-20T12:00:00Z');

let folder: string;
let file: string;
/** A replay that nobody disturbs: what the others are compared with, over whichever backend they run. */
let whole: Place;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-kill-'));
  for (const [path, text] of Object.entries(await shippedWithoutChance())) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  file = join(folder, 'events.jsonl');
  const history = shopHistory({ seed: 3, ends_at: ENDS_AT, days: 14, people: 12 });
  await writeFile(file, history.map((event) => JSON.stringify(asCall(event))).join('\n'));
  whole = await newPlace('postgres');
  await replayToTheEnd(whole);
}, 120_000);
afterAll(async () => {
  await whole.catcher.stop();
  await rm(folder, { recursive: true, force: true });
});

type History = ReturnType<typeof shopHistory>[number];

function asCall({ message_id, type, name, occurred_at, properties, user_id, anonymous_id }: History): object {
  const who = {
    messageId: message_id,
    timestamp: new Date(occurred_at).toISOString(),
    userId: user_id,
    anonymousId: anonymous_id,
  };
  if (type === 'identify') return { ...who, type, traits: properties };
  return { ...who, type: 'track', event: name, properties };
}

interface Place {
  readonly database_url: string;
  readonly catcher: Catcher;
  readonly env: NodeJS.ProcessEnv;
}

async function newPlace(backend: 'postgres' | 'redis'): Promise<Place> {
  const database_url = await newDatabase();
  const redis = backend === 'redis' ? inject('redis') : '';
  const env = {
    ...process.env,
    DATABASE_URL: database_url,
    REDIS_URL: redis,
    ETAPA_HOME: join(folder, '.etapa'),
  };
  return { database_url, catcher: await startCatcher(), env };
}

function startReplay({ env, catcher }: Place): ChildProcess {
  const command = [
    '--import',
    'tsx',
    join(ROOT, 'src/main.ts'),
    'replay',
    file,
    '-C',
    folder,
    '--send-to',
    catcher.url,
    '--json',
  ];
  return spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function replayToTheEnd(place: Place): Promise<void> {
  const child = startReplay(place);
  let said = '';
  child.stdout?.resume();
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`the replay ended with ${code}: ${said}`);
}

/** Kills the whole process with SIGKILL as soon as so many mails have been caught. */
async function replayUntilKilled(place: Place, mails: number): Promise<void> {
  const child = startReplay(place);
  child.stdout?.resume();
  child.stderr?.resume();
  const gone = once(child, 'exit');
  const stop = place.catcher.onMail(() => {
    if (place.catcher.count() >= mails) child.kill('SIGKILL');
  });
  const [code, signal] = (await gone) as [number | null, string | null];
  stop();
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
}

/** Everything that came of it, without ids and without what a clock on the wall has told. */
async function endState({ database_url }: Place): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const ask = async (query: string): Promise<unknown> => (await client.query(query)).rows;
  const person = `(select min(i.kind || ':' || i.value) from identities i where i.contact_id = t.contact_id)`;
  const state = {
    stages:
      await ask(`select ${person.replace('t.contact_id', 't.id')} as who, stage, stage_since from contacts t
      where merged_into is null order by 1`),
    moves: await ask(`select ${person} as who, "from", "to", at from stage_moves t order by 1, at, "to"`),
    runs: await ask(
      `select ${person} as who, workflow, number, step, outcome, entered_at, ended_at from runs t order by 1, 2, 3`,
    ),
    messages: await ask(`select ${person} as who, workflow, run, step, visit, message, tone, owed_at,
      case when state = 'uncertain' then 'sent' else state end as state from messages t order by 1, 2, 3, 4, 5`),
  };
  await client.end();
  return state;
}

interface Sent {
  readonly id: string;
  readonly state: string;
  readonly purpose: string;
  readonly attempts: number;
}

/** E-mails, and what the team was told. */
async function handedOver({ database_url }: Place): Promise<Sent[]> {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const { rows } = await client.query<Sent>(
    `select id, state, purpose, attempts from messages
    where channel = 'email' and state in ('sent', 'uncertain')
    union all select id, 'sent', 'service', attempts from calls where state = 'done' order by id`,
  );
  await client.end();
  return rows;
}

describe.each(backends())('a replay that is killed in the middle and begun again, over %s', (backend) => {
  it(
    'comes to the same end, with each message once at the mail catcher but for those in doubt',
    { timeout: 120_000 },
    async () => {
      const cut = await newPlace(backend);
      const expected = whole.catcher.count();
      await replayUntilKilled(cut, Math.floor(expected / 3));
      await replayUntilKilled(cut, Math.floor((2 * expected) / 3));
      await replayToTheEnd(cut);

      expect(await endState(cut)).toEqual(await endState(whole));
      const caught = cut.catcher
        .list({ limit: 10_000 })
        .map((mail) => mail.message_id.replace(/^<|@.*$/g, ''));
      const times = (id: string): number => caught.filter((other) => other === id).length;
      const sent = await handedOver(cut);
      const twice = sent.filter(({ id }) => times(id) > 1);
      const uncertain = sent.filter(({ state }) => state === 'uncertain');
      process.stderr.write(
        `killed twice over ${backend}: ${caught.length} mails caught, ${uncertain.length} promotions left uncertain, ` +
          `${twice.length} service messages sent once more\n`,
      );
      // Only what was being handed over at the instant of a kill can be in doubt: at most the connections of the pool.
      expect(twice.length + uncertain.length).toBeLessThanOrEqual(2 * 20);
      // A service message in doubt goes out once more under the same Message-ID; a promotion never does.
      expect(
        twice.every(({ id, purpose, attempts }) => purpose === 'service' && attempts > 1 && times(id) === 2),
      ).toBe(true);
      const sure = sent.filter((one) => !twice.includes(one) && !uncertain.includes(one));
      expect(sure.every(({ id }) => times(id) === 1)).toBe(true);
      expect(caught.every((id) => sent.some((one) => one.id === id))).toBe(true);
      await cut.catcher.stop();
    },
  );
});
