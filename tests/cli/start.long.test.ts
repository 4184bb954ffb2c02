import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, test, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { closedAfterEach } from '../support/closing.ts';
import { newDatabase } from '../support/database.ts';
import { linkTo } from '../support/link.ts';
import { freePort } from '../support/redis-server.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { SHOP_FILES } from '../support/shop.ts';
import { writeFiles, type Env } from '../support/built-program.ts';
import { buildProgram, type Program } from './program.ts';

/** Ended by a signal: all of it closed, in time. */
const ENDED_WELL = { code: 0 };

/** Processes that start and end take long where everything else runs beside them. */
vi.setConfig({ testTimeout: 60_000 });

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const closing = closedAfterEach();

interface Place {
  readonly database_url: string;
  readonly smtp: ScriptedSmtp;
  readonly folder: string;
  readonly origin: string;
  readonly env: Env;
}

async function makePlace(dotTakes = 0): Promise<Place> {
  const [database_url, port, folder] = await Promise.all([
    newDatabase(),
    freePort(),
    program.folder(SHOP_FILES),
  ]);
  const smtp = await startScriptedSmtp(async ({ step }) => {
    if (step === 'dot' && dotTakes > 0) await sleep(dotTakes);
    return undefined;
  });
  closing.push(() => smtp.stop());
  const env = { DATABASE_URL: database_url, SMTP_URL: smtp.url, PORT: String(port), LOG_LEVEL: 'error' };
  return { database_url, smtp, folder, origin: `http://127.0.0.1:${port}`, env };
}

async function allowKey(database_url: string): Promise<void> {
  const { db, close } = openDatabase(database_url, { max: 1 });
  await addWriteKey(db, 'test', 'Test', 'wk_test');
  await close();
}

async function allowApi(database_url: string): Promise<void> {
  const { db, close } = openDatabase(database_url, { max: 1 });
  await addWriteKey(db, 'api', 'Api', 'ak_test', 'api');
  await close();
}

async function query<T extends pg.QueryResultRow>(database_url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const { rows } = await client.query<T>(text);
  await client.end();
  return rows;
}

let calls = 0;

function post(origin: string, users: readonly string[]): Promise<Response> {
  const batch = users.flatMap((userId) => [
    {
      type: 'identify',
      userId,
      messageId: `i-${++calls}`,
      traits: { email: `${userId}@example.com`, language: 'en', consent: ['email'] },
    },
    {
      type: 'track',
      userId,
      messageId: `t-${calls}`,
      event: 'Product Added',
      properties: { product_id: 's1', price: 20 },
    },
  ]);
  return fetch(`${origin}/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('wk_test:').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ batch }),
  });
}

function recipients({ accepted }: ScriptedSmtp): string[] {
  return accepted.map(({ to }) => /<(.*)@/.exec(to[0] ?? '')?.[1] ?? '').toSorted();
}

const PEOPLE = Array.from({ length: 150 }, (_, n) => `person${n}`);
const NO_STACK = /^\s+at |bug in Etapa|node:internal/m;

describe('start', () => {
  it('told to end while it is busy ends by itself, leaves nothing held, and the next one sends the rest once', async () => {
    const { database_url, smtp, folder, origin, env } = await makePlace(150);
    const first = program.start(['start', '-C', folder], env);
    await first.says('Etapa is running (api, engine, sender, chores)');
    await allowKey(database_url);
    expect((await post(origin, PEOPLE)).status).toBe(200);
    await smtp.seen('dot', 5);
    const began = performance.now();
    first.signal('SIGTERM');
    const { code, err } = await first.ended();
    const took = performance.now() - began;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(took).toBeLessThan(30_000);
    process.stderr.write(
      `SIGTERM while busy: ended in ${Math.round(took)} ms, ${smtp.accepted.length} sent\n`,
    );
    expect(smtp.accepted.length).toBeLessThan(PEOPLE.length);

    expect(
      await query(
        database_url,
        `select from messages where claim is not null or lease_until is not null
      or state in ('claimed', 'handing_over', 'uncertain')`,
      ),
    ).toEqual([]);
    expect(await query(database_url, "select from messages where state = 'sent'")).toHaveLength(
      smtp.accepted.length,
    );

    const second = program.start(['start', '-C', folder], env);
    await smtp.seen('dot', PEOPLE.length);
    await expect
      .poll(() => query(database_url, "select from messages where state = 'sent'"), { timeout: 10_000 })
      .toHaveLength(PEOPLE.length);
    second.signal('SIGINT');
    expect(await second.ended()).toMatchObject({ code: 0, err: '' });
    expect(recipients(smtp)).toEqual(PEOPLE.toSorted());
  });

  it('told to end says at once that it is not ready, answers on for as long as it should, and closes what is kept open', async () => {
    const { database_url, folder, origin, env } = await makePlace();
    const watch = await freePort();
    const running = program.start(['start', '-C', folder], {
      ...env,
      METRICS_LISTEN: `127.0.0.1:${watch}`,
      DRAIN_SECONDS: '3',
    });
    await running.says('Etapa is running');
    await allowKey(database_url);
    const ready = async (place: string): Promise<readonly unknown[]> => {
      const answer = await fetch(`${place}/health/ready`);
      const { error, checks } = (await answer.json()) as { error?: { code: string }; checks: object };
      return [answer.status, error?.code, checks];
    };
    const good = { database: 'ok', running: 'ok', project: 'ok', sweep: 'ok' };
    for (const place of [origin, `http://127.0.0.1:${watch}`])
      expect(await ready(place)).toEqual([200, undefined, good]);
    // A connection that stays open, as load balancers keep them.
    const kept = connect(Number(env.PORT), '127.0.0.1');
    kept.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(kept, 'data');
    const closed = once(kept, 'close');

    running.signal('SIGTERM');
    const began = performance.now();
    for (const place of [origin, `http://127.0.0.1:${watch}`])
      await expect.poll(() => ready(place)).toEqual([503, 'ending', { ...good, running: 'failing' }]);
    expect((await post(origin, ['last'])).status).toBe(200);
    await closed;
    expect(performance.now() - began).toBeGreaterThan(2500);
    expect(await running.ended()).toMatchObject(ENDED_WELL);
    expect(await query(database_url, "select from events where message_id like 't-%'")).toHaveLength(1);
  });

  it('in two processes, one that receives and one that does the rest, works like one', async () => {
    const { database_url, smtp, folder, origin, env } = await makePlace();
    // On Redis where there is one: a numbered database of its own keeps this apart from other tests.
    const redis = inject('redis');
    const both = redis === '' ? env : { ...env, REDIS_URL: `${redis}/5` };
    const { SMTP_URL: _, ...withoutSmtp } = both;
    const api = program.start(['start', '-C', folder, '--only', 'api'], withoutSmtp);
    const rest = program.start(['start', '-C', folder, '--only', 'engine', 'sender', 'chores'], both);
    await Promise.all([
      api.says('Etapa is running (api), project version'),
      rest.says('Etapa is running (engine, sender, chores), project version'),
    ]);
    await allowKey(database_url);
    const began = performance.now();
    expect((await post(origin, PEOPLE.slice(0, 20))).status).toBe(200);
    await smtp.seen('dot', 20);
    process.stderr.write(
      `two processes: 20 events to 20 mails in ${Math.round(performance.now() - began)} ms\n`,
    );
    for (const one of [api, rest]) one.signal('SIGTERM');
    const ends = await Promise.all([api.ended(), rest.ended()]);
    expect(ends.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(recipients(smtp)).toEqual(PEOPLE.slice(0, 20).toSorted());
  });

  it('goes on with the last good version while a file is broken, tells it once, and takes up the mended one', async () => {
    const { database_url, smtp, folder, origin, env } = await makePlace();
    const running = program.start(['start', '-C', folder], env);
    await running.says('Etapa is running');
    await allowKey(database_url);
    const file = 'workflows/offering.yaml';
    const good = SHOP_FILES[file] ?? '';

    await writeFiles(folder, { [file]: good.replace('send_email: offer', 'send_email: ofer') });
    await running.says(/workflows\/offering\.yaml:7:\d+ /);
    expect((await post(origin, ['ana'])).status).toBe(200);
    await smtp.seen('dot', 1);
    // Long enough for it to look at the broken file again.
    await sleep(4500);
    expect(running.out().match(/workflows\/offering\.yaml:7/g)).toHaveLength(1);

    const words = 'templates/offer/message.yaml';
    await writeFiles(folder, {
      [file]: good,
      [words]: (SHOP_FILES[words] ?? '').replace('Hello {{first_name}}', 'Mended {{first_name}}'),
    });
    await running.says(/Project version \S+ is live\./);
    await post(origin, ['eva']);
    await expect.poll(() => smtp.accepted.length, { timeout: 10_000 }).toBe(2);
    expect(smtp.accepted.map(({ raw }) => /^Subject: (\w+)/m.exec(raw)?.[1])).toEqual(['Hello', 'Mended']);
    expect(running.err()).not.toMatch(NO_STACK);
    running.signal('SIGTERM');
    expect(await running.ended()).toMatchObject(ENDED_WELL);
  });

  it('begins with a broken project when an earlier one is live, and not when none is', async () => {
    const { folder, env } = await makePlace();
    await writeFiles(folder, { 'workflows/offering.yaml': 'version: 1\nworkflow: [' });
    const refused = await program.run(['start', '-C', folder], env);
    expect(refused.code).toBe(1);
    expect(refused.out + refused.err).toMatch(/workflows\/offering\.yaml:2:\d+/);
    expect(refused.err).not.toMatch(NO_STACK);
    await program.run(['deploy', '-C', await program.folder(SHOP_FILES)], env);
    const running = program.start(['start', '-C', folder], env);
    await running.says('Etapa is running');
    expect(running.out()).toMatch(
      /workflows\/offering\.yaml:2:\d+[\s\S]*Going on with version \S+, the last good one\./,
    );
    running.signal('SIGTERM');
    expect(await running.ended()).toMatchObject(ENDED_WELL);
  });

  it('outlives the database being away, without a stack and without telling what was in the events', async () => {
    const place = await makePlace();
    const link = await linkTo(place.database_url);
    closing.push(() => link.stop());
    const running = program.start(['start', '-C', place.folder], { ...place.env, DATABASE_URL: link.url });
    await running.says('Etapa is running');
    await allowKey(place.database_url);
    expect((await post(place.origin, ['ana'])).status).toBe(200);
    await place.smtp.seen('dot', 1);

    link.set('cut');
    const refused = await post(place.origin, ['secretperson']);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    await running.says('Changes to the project wait:');
    link.set('open');
    await expect.poll(async () => (await post(place.origin, ['eva'])).status, { timeout: 10_000 }).toBe(200);
    await expect.poll(() => recipients(place.smtp), { timeout: 10_000 }).toEqual(['ana', 'eva']);

    expect(running.err()).not.toMatch(NO_STACK);
    expect(running.out() + running.err()).not.toContain('secretperson');
    expect(running.out().match(/Changes to the project wait:/g)?.length).toBeLessThanOrEqual(2);
    running.signal('SIGTERM');
    expect(await running.ended()).toMatchObject(ENDED_WELL);
  });

  it('and the commands for it erase and export somebody without a word of hers in what they say', async () => {
    const place = await makePlace();
    await Promise.all([allowKey(place.database_url), allowApi(place.database_url)]);
    const running = program.start(['start', '-C', place.folder], { ...place.env, LOG_LEVEL: 'trace' });
    await running.says('Etapa is running');
    expect((await post(place.origin, ['zoraida', 'zoraida2'])).status).toBe(200);
    await place.smtp.seen('dot', 2);
    const asked = (method: string, path: string, body?: string): Promise<Response> =>
      fetch(`${place.origin}${path}`, {
        method,
        headers: {
          authorization: 'Bearer ak_test',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
      });
    // Also what is refused.
    expect((await asked('POST', '/v1/identify', '{"userId":"zoraida","traits":')).status).toBe(400);
    expect((await asked('POST', '/v1/suppressions', '{"address":"zoraida"}')).status).toBe(422);
    expect((await asked('DELETE', '/v1/contacts/zoraida-nobody')).status).toBe(404);
    expect((await asked('DELETE', '/v1/contacts/zoraida2')).status).toBe(200);

    const env = { DATABASE_URL: place.database_url };
    const file = `${place.folder}/person.json`;
    const kept = await program.run(['export', 'zoraida', '-C', place.folder, '--out', file, '--json'], env);
    expect(kept).toMatchObject({ code: 0, err: '' });
    expect(await readFile(file, 'utf8')).toContain('zoraida@example.com');
    const unasked = await program.run(['erase', 'zoraida', '-C', place.folder], env);
    expect(unasked).toMatchObject({ code: 1, err: expect.stringContaining('add --yes') as string });
    const erased = await program.run(['erase', 'zoraida', '-C', place.folder, '--yes'], env);
    expect(erased).toMatchObject({ code: 0, out: expect.stringContaining('is erased') as string });
    const listed = await program.run(['suppress', '--list', '-C', place.folder], env);
    expect(listed.out.match(/\(somebody who was erased\)/g)).toHaveLength(2);
    running.signal('SIGTERM');
    expect(await running.ended()).toMatchObject(ENDED_WELL);
    for (const { out, err } of [kept, unasked, erased, listed]) {
      expect(out + err).not.toMatch(/zoraida/i);
      expect(err).not.toMatch(NO_STACK);
    }
    expect(running.out() + running.err()).not.toMatch(/zoraida/i);
  });

  test('in an empty folder, without SMTP_URL, or on a port that is taken, says so in a sentence', async () => {
    const { folder, env } = await makePlace();
    const { SMTP_URL: _, ...withoutSmtp } = env;
    const taken = createServer().listen(Number(env.PORT), '127.0.0.1');
    await once(taken, 'listening');
    const empty = await program.run(['start', '-C', await program.folder({})], env);
    const smtp = await program.run(['start', '-C', folder], withoutSmtp);
    const port = await program.run(['start', '-C', folder], env);
    taken.close();
    expect(empty.err).toContain('No project has been deployed yet. Run "etapa deploy" in the folder of one.');
    expect(smtp.err).toContain('SMTP_URL is not set, so nothing could be sent.');
    expect(port.err).toContain(`Port ${env.PORT} is taken by another program.`);
    for (const { code, err } of [empty, smtp, port]) {
      expect(code).toBe(1);
      expect(err).not.toMatch(NO_STACK);
    }
  });
});
