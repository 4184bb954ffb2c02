/** What the running program writes while everything goes wrong: no word of the people whom it is about. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { closedAfterEach } from '../support/closing.ts';
import { newDatabase } from '../support/database.ts';
import { freePort } from '../support/redis-server.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { SHOP_FILES } from '../support/shop.ts';
import { buildProgram, type Program } from './program.ts';

vi.setConfig({ testTimeout: 90_000 });

let program: Program;
beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

const closing = closedAfterEach();

/** Words that stand nowhere but in the data of these people. */
const SECRETS = /quintanilla|zoraida|zulema|correo\.example|600123123|calle-oculta|etapa_wk_geheim|dDdDdD/i;
const KEY = 'etapa_wk_geheim_0123456789';

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly err?: { readonly code?: string };
}

describe('the log of the running program', () => {
  it('is JSON line by line, and holds no address, name, number, token or key, whatever breaks', async () => {
    const [database_url, port, metrics, folder] = await Promise.all([
      newDatabase(),
      freePort(),
      freePort(),
      program.folder(SHOP_FILES),
    ]);
    const smtp = await startScriptedSmtp(({ step, said }) => {
      if (step === 'rcpt' && said.includes('zulema'))
        return `550 5.1.1 ${said} Zulema Quintanilla is unknown`;
      if (step === 'dot' && said.includes('deferred')) return '451 4.3.0 not now, zoraida@correo.example';
      return undefined;
    });
    closing.push(() => smtp.stop());
    const env = {
      ...{ DATABASE_URL: database_url, SMTP_URL: smtp.url, PORT: String(port), LOG_LEVEL: 'trace' },
      METRICS_LISTEN: `127.0.0.1:${metrics}`,
    };
    const running = program.start(['start', '-C', folder], env);
    await running.says('Etapa is running');
    const { db, close } = openDatabase(database_url, { max: 1 });
    await addWriteKey(db, 'test', 'Test', KEY);
    await close();
    const client = new pg.Client({ connectionString: database_url });
    await client.connect();
    closing.push(() => client.end());

    const origin = `http://127.0.0.1:${port}`;
    const send = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${origin}${path}`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`,
          'content-type': 'application/json',
          ...headers,
        },
      });
    const bought = (userId: string, id: string): string =>
      JSON.stringify({
        batch: [
          {
            ...{ type: 'identify', userId, messageId: `i-${id}` },
            traits: {
              ...{ email: `${userId}@correo.example`, firstName: 'Zoraida', lastName: 'Quintanilla' },
              ...{ phone: '+34600123123', address: { street: 'Calle-Oculta 7' }, consent: ['email'] },
            },
          },
          {
            type: 'track',
            userId,
            messageId: `t-${id}`,
            event: 'Product Added',
            properties: { product_id: 's', price: 1 },
          },
        ],
      });

    // Mail that is refused, by a server that tells whom it was for.
    expect((await send('/v1/batch', bought('zulema', '1'))).status).toBe(200);
    await smtp.seen('rcpt', 1);
    expect((await send('/v1/batch', bought('zoraida', '2'))).status).toBe(200);
    await smtp.seen('dot', 1);
    // Requests that cannot be read, found, or allowed.
    expect((await send('/v1/batch', '{"userId":"zoraida","email":"zoraida@correo.example"')).status).toBe(
      400,
    );
    expect((await send('/v1/nothing/zoraida@correo.example?phone=600123123', '{}')).status).toBe(404);
    expect((await send('/v1/batch', bought('zoraida', '3'), { 'content-encoding': 'zoraida' })).status).toBe(
      400,
    );
    expect((await fetch(`${origin}/u/${'dD'.repeat(25)}?name=zoraida`)).status).toBe(404);
    expect((await fetch(`${origin}/v1/contacts/zoraida@correo.example/export`)).status).toBe(401);
    // A database that says what it was given: in `detail`, and in the message itself.
    await client.query(`alter table events add constraint no_more check (message_id <> 'i-4') not valid`);
    expect((await send('/v1/batch', bought('zoraida', '4'))).status).toBe(503);
    await client.query(`
      create function complain() returns trigger language plpgsql as $$
        begin raise exception 'no place for "%"', new.profile; end $$;
      create trigger complains before update on contacts for each row execute function complain()`);
    expect((await send('/v1/batch', bought('zoraida', '5'))).status).toBe(200);
    await running.says('P0001');
    await client.query('drop trigger complains on contacts');
    expect((await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()).match(SECRETS)).toBeNull();

    running.signal('SIGTERM');
    const { code, out, err } = await running.ended();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    for (const { level, time, msg } of lines)
      expect([typeof level, typeof time, typeof msg]).toEqual(['string', 'string', 'string']);
    const codes = new Set(lines.flatMap(({ err: error }) => error?.code ?? []));
    expect([...codes]).toEqual(expect.arrayContaining(['23514', 'P0001']));
    expect(out.match(SECRETS)).toBeNull();
    expect(out).not.toContain('@correo');
  });
});
