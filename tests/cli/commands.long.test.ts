import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { newDatabase } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { freePort } from '../support/redis-server.ts';
import { SHOP_FILES } from '../support/shop.ts';
import { REPOSITORY, writeFiles, type Ended, type Env } from '../support/built-program.ts';
import { buildProgram, type Program } from './program.ts';

let program: Program;
let database_url: string;
let shop: string;

beforeAll(async () => {
  program = await buildProgram();
  database_url = await newDatabase();
  shop = await program.folder(SHOP_FILES);
});
afterAll(() => program.remove());

const run = (args: readonly string[], env: Env = {}): Promise<Ended> =>
  program.run(args, { DATABASE_URL: database_url, ...env });

/** A sentence or more for its reader, and nothing of our insides. */
function expectPlain({ code, err }: Ended, ...words: (string | RegExp)[]): void {
  for (const word of words) expect(err).toMatch(word);
  expect(err).not.toMatch(/^\s+at |node:internal|bug in Etapa|\[object|undefined/m);
  expect(code).toBe(1);
}

describe('help', () => {
  const COMMANDS = [
    ...[
      'init',
      'check',
      'schema',
      'test',
      'simulate',
      'preview',
      'docs',
      'deploy',
      'rollback',
      'diff',
      'versions',
    ],
    ...['start', 'demo', 'replay', 'status', 'explain', 'segments', 'experiments', 'doctor', 'messages'],
    ...['users', 'keys', 'suppress', 'export', 'erase'],
  ];

  it('lists every command with what it does', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command}\\b.*  \\w+`, 'm'));
  });

  it('tells of each command how it is used and what its options mean', async () => {
    const asked = [
      ...COMMANDS.map((command) => [command]),
      ['messages', 'retry'],
      ['put-aside'],
      ['put-aside', 'retry'],
      ['sending', 'stop'],
      ['sending', 'resume'],
      ['users', 'list'],
      ['users', 'invite'],
      ['users', 'reset'],
      ['users', 'disable'],
      ['keys', 'create'],
      ['keys', 'list'],
      ['keys', 'revoke'],
    ];
    const helps = await Promise.all(asked.map((words) => run([...words, '--help'])));
    for (const [n, { code, out, err }] of helps.entries()) {
      expect([code, err], asked[n]?.join(' ')).toEqual([0, '']);
      expect(out).toContain(`Usage: etapa ${asked[n]?.join(' ')}`);
      for (const option of out.matchAll(/^ {2}-.*$/gm)) expect(option[0]).toMatch(/\S {2,}\S/);
    }
  }, 90_000);
});

describe('a command that does not exist', () => {
  test.each([
    [['chek'], /unknown command 'chek'[\s\S]*Did you mean check\?/],
    [['keys', 'creat', 'x'], /unknown command 'creat'[\s\S]*Did you mean create\?/],
    [['start', '--only', 'cook'], /'cook' is invalid.*api, engine, sender, chores/],
    [['replay', 'x.csv', '--go-on', 'a while'], /Write it like "30 minutes"/],
  ])('or words that a command does not take: %j', async (args, words) => {
    expectPlain(await run(args), words);
  });
});

describe('check', () => {
  it('says of a sound project that it is sound, without any database', async () => {
    const { code, out, err } = await run(['check', '-C', shop], { DATABASE_URL: '' });
    expect([code, out, err]).toEqual([0, `${Object.keys(SHOP_FILES).length} files are sound.\n`, '']);
  });

  it('says so of the project that is shipped', async () => {
    expect(await run(['check', '-C', REPOSITORY])).toMatchObject({ code: 0, err: '' });
  });

  it('names file, line and column of each mistake, in files and in words, and exits with 1', async () => {
    const broken = await program.folder({
      ...SHOP_FILES,
      'workflows/offering.yaml': (SHOP_FILES['workflows/offering.yaml'] ?? '').replace(
        'send_email: offer',
        'send_email: ofer',
      ),
      ...messageFiles('receipt', 'service'),
      'templates/receipt/email.en.mjml':
        '<mj-section>\n  <mj-column>\n    <mj-text>{{mony cart.value}}</mj-text>\n  </mj-column>\n</mj-section>\n',
    });
    const { code, out } = await run(['check', '-C', broken]);
    expect(code).toBe(1);
    expect(out).toMatch(/^workflows\/offering\.yaml:7:\d+ .*ofer.*$/m);
    expect(out).toContain('offer');
    const mended = { 'workflows/offering.yaml': SHOP_FILES['workflows/offering.yaml'] ?? '' };
    await writeFiles(broken, mended);
    const words = await run(['check', '-C', broken]);
    expect(words.code).toBe(1);
    expect(words.out).toMatch(/^templates\/receipt\/email\.en\.mjml:3:\d+ .*mony.*$/m);
    const json = await run(['check', '-C', broken, '--json']);
    expect(json.code).toBe(1);
    const { problems } = JSON.parse(json.out) as { problems: object[] };
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      file: 'templates/receipt/email.en.mjml',
      line: 3,
      column: expect.any(Number),
      severity: 'error',
      message: expect.stringContaining('mony'),
    });
  });

  it('says that there is no project in an empty folder, and in one that is not there', async () => {
    const empty = await program.folder({});
    expectPlain(await run(['check', '-C', empty]), `There is no project in ${empty}`);
    expectPlain(await run(['check', '-C', join(empty, 'nowhere')]), 'There is no project in');
  });
});

describe('settings', () => {
  it('that cannot be are all named, with what they must be', async () => {
    const wrong = {
      DATABASE_URL: 'mysql://localhost/x',
      REDIS_URL: 'localhost:6379',
      SMTP_URL: 'mail.example.com',
      PUBLIC_URL: 'shop.example',
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
    };
    expectPlain(
      await run(['status', '-C', shop], wrong),
      'The environment is not as it should be',
      /DATABASE_URL .*postgres:\/\/ or postgresql:\/\//,
      /REDIS_URL .*redis:\/\/ or rediss:\/\//,
      /SMTP_URL .*smtp:\/\/ or smtps:\/\//,
      /PUBLIC_URL .*http:\/\/ or https:\/\//,
      /PORT .*number/,
      /LOG_LEVEL .*silent/,
    );
  });

  it('are right and nobody answers there: PostgreSQL and Redis are named with the variable', async () => {
    const port = await freePort();
    const [postgres, redis] = await Promise.all([
      run(['status', '-C', shop], { DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/x` }),
      run(['status', '-C', shop], { REDIS_URL: `redis://127.0.0.1:${port}` }),
    ]);
    expectPlain(postgres, /PostgreSQL cannot be reached: .*ECONNREFUSED.*Check DATABASE_URL\./);
    expectPlain(redis, /Redis cannot be reached: .*Check REDIS_URL\./);
  });
});

describe('messages and sending', () => {
  const ID = '01931b2e-7a00-7000-8000-000000000001';

  async function query(text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: database_url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows;
  }

  it('tell what was refused with its reason, and let it be sent after all', async () => {
    const none = await run(['messages', '-C', shop]);
    expect([none.code, none.out]).toEqual([0, 'There are none.\n']);
    await query(`
      insert into messages (id, contact_id, workflow, run, step, visit, message, channel, purpose, state, owed_at, due_at,
        stage, language, tone, formality, because, held_because, event, attempts, address)
      values ('${ID}', gen_random_uuid(), 'w', 1, 's', 1, 'offer', 'email', 'promotion', 'uncertain', now(), now(),
        'awareness', 'en', 'plain', '{}', '{"en":"","es":""}', '{"en":"who knows","es":"quién sabe"}', '{}', 2, 'ana@example.com')`);
    const [listed, told, unsure, misspelt, nobody] = await Promise.all([
      run(['messages', '-C', shop]),
      run(['messages', '-C', shop, '--state', 'uncertain', '--json']),
      run(['messages', 'retry', ID, '-C', shop]),
      run(['messages', 'retry', 'x', '-C', shop]),
      run(['messages', '--contact', 'nobody', '-C', shop]),
    ]);
    expect(listed.out).toMatch(new RegExp(`${ID}.*offer.*ana@example\\.com.*uncertain.*2.*who knows`));
    expect(JSON.parse(told.out)).toMatchObject([
      { id: ID, state: 'uncertain', held_because: { es: 'quién sabe' } },
    ]);
    expectPlain(unsure, /may have arrived.*--even-if-it-may-have-arrived/);
    expectPlain(misspelt, /no id of a message/);
    expectPlain(nobody, /Nobody is known here as "nobody"/);
    const retried = await run(['messages', 'retry', ID, '--even-if-it-may-have-arrived', '-C', shop]);
    expect([retried.code, retried.out]).toEqual([0, `The message ${ID} is on its way (owed).\n`]);
    expect(await query(`delete from messages returning state, attempts`)).toEqual([
      { state: 'owed', attempts: 0 },
    ]);
  }, 60_000);

  it('tell whether promotions go, stop them, and let them go on', async () => {
    const fine = await run(['sending', '-C', shop]);
    expect(fine.out).toMatch(
      /Complaints of the last 7 days: 0 .*0\.00 %[\s\S]*Nothing holds promotions back/,
    );
    expect((await run(['sending', 'stop', '-C', shop])).out).toMatch(/^Promotions wait from now on/);
    const [again, stopped, state] = await Promise.all([
      run(['sending', 'stop', '-C', shop]),
      run(['sending', '-C', shop]),
      run(['sending', '-C', shop, '--json']),
    ]);
    expect(again.out).toMatch(/stopped by hand before/);
    expect(stopped.out).toMatch(/all +hand +\d{4}-.* 0 .*stopped by hand[\s\S]*etapa sending resume/);
    expect(JSON.parse(state.out)).toMatchObject({
      stops: [{ channel: 'all', cause: 'hand', held: 0 }],
      complaints: { level: 'fine' },
    });
    expect((await run(['sending', 'resume', '-C', shop])).out).toBe(
      'Promotions go on; 0 messages wait no longer.\n',
    );
    expect(JSON.parse((await run(['sending', 'resume', '--json', '-C', shop])).out)).toEqual({
      ended: 0,
      released: 0,
    });
  }, 60_000);
});

describe('keys', () => {
  it('are shown once, kept only as a hash, listed, and refused after they were revoked', async () => {
    const none = await run(['keys', 'list', '-C', shop]);
    expect(none.out).toContain('There are none yet.');
    const { code, out, err } = await run(['keys', 'create', 'Web shop', '-C', shop]);
    const key = out.trim();
    expect(code).toBe(0);
    expect(key).toMatch(/^etapa_wk_[A-Za-z0-9_-]{32}$/);
    const id = /Its id is (\S+)\./.exec(err)?.[1] ?? '';
    expect(await rowsHolding(key)).toBe(0);
    expect(await rowsHolding(key.slice('etapa_wk_'.length))).toBe(0);
    // Where it is kept, and in the audit log.
    expect(await rowsHolding(id)).toBe(2);

    const list = await run(['keys', 'list', '-C', shop]);
    expect(list.out).toContain('Web shop');
    expect(list.out).toContain(id);
    expect(list.out).not.toContain(key);

    expect(await run(['keys', 'revoke', id, '-C', shop])).toMatchObject({
      code: 0,
      out: `The key ${id} is refused from now on.\n`,
    });
    const [again, unknown, strange, json] = await Promise.all([
      run(['keys', 'revoke', id, '-C', shop]),
      run(['keys', 'revoke', '01931b2e-7a00-7000-8000-000000000001', '-C', shop]),
      run(['keys', 'revoke', "'; drop table write_keys; --", '-C', shop]),
      run(['keys', 'list', '-C', shop, '--json']),
    ]);
    for (const refused of [again, unknown, strange])
      expectPlain(refused, 'There is no key in use with the id');
    expect(JSON.parse(json.out)).toMatchObject([{ id, name: 'Web shop', revoked_at: expect.any(Number) }]);
  });

  it('of scope api are made apart, and the secret that signs calls is shown whenever it is asked for', async () => {
    const made = await run(['keys', 'create', 'Office', '--scope', 'api', '-C', shop, '--json']);
    expect(JSON.parse(made.out)).toMatchObject({ name: 'Office', scope: 'api' });
    expect((JSON.parse(made.out) as { key: string }).key).toMatch(/^etapa_ak_[\w-]{32}$/);
    const [list, strange, secret, again] = await Promise.all([
      run(['keys', 'list', '-C', shop]),
      run(['keys', 'create', 'X', '--scope', 'all', '-C', shop]),
      run(['keys', 'webhook', '-C', shop]),
      run(['keys', 'webhook', '-C', shop, '--json']),
    ]);
    expect(list.out).toMatch(/Office\s.*\bapi\b/);
    expect(strange.code).not.toBe(0);
    expect(strange.err).toContain('Allowed choices are events, api.');
    expect(secret.out).toMatch(/^whsec_[A-Za-z0-9+/]{43}=\n$/);
    expect(JSON.parse(again.out)).toEqual({ secret: secret.out.trim() });
  });

  /** In how many rows of all tables this text stands. */
  async function rowsHolding(text: string): Promise<number> {
    const client = new pg.Client({ connectionString: database_url });
    await client.connect();
    const tables = await client.query<{ name: string }>(`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`);
    let count = 0;
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from ${name} t where strpos(t::text, $1) > 0`,
        [text],
      );
      count += rows[0]?.n ?? 0;
    }
    await client.end();
    return count;
  }
});

describe('deploy and status', () => {
  it('tell that nothing is live; then which version is; and keep it when the next one is broken', async () => {
    const own = { DATABASE_URL: await newDatabase() };
    expectPlain(await run(['status', '-C', shop], own), 'No project has been deployed yet');
    const first = await run(['deploy', '-C', shop], own);
    expect(first).toMatchObject({ code: 0, err: '' });
    const version = /^Version (\S+) is live\.$/m.exec(first.out)?.[1] ?? '';
    expect((await run(['deploy', '-C', shop], own)).out).toBe(
      `Nothing differs from what is live.\nVersion ${version} was live already.\n`,
    );

    const broken = await program.folder({
      ...SHOP_FILES,
      'workflows/offering.yaml': 'version: 1\nworkflow: [',
    });
    expectPlain(
      await run(['deploy', '-C', broken], own),
      'what was live stays live',
      /workflows\/offering\.yaml:2:\d+/,
    );
    const other = await program.folder({
      ...SHOP_FILES,
      ...projectFiles(),
      ...messageFiles('third', 'service'),
    });
    expectPlain(await run(['deploy', '-C', other], own), 'Nothing was deployed. Add --yes');
    const json = await run(['deploy', '-C', other, '--json', '--yes'], own);
    expect(JSON.parse(json.out)).toMatchObject({
      changed: true,
      hash: expect.not.stringMatching(`^${version}$`),
    });

    const empty = await program.folder({});
    expectPlain(await run(['deploy', '-C', empty], own), /etapa\.yaml/);
    const status = await run(['status', '-C', shop, '--json'], own);
    expect(JSON.parse(status.out)).toEqual({
      recomputation: null,
      contacts: 0,
      events: 0,
      stages: [],
      moves: [],
      runs: [],
      messages: [],
      held_back: [],
    });
  });
});

describe('replay', () => {
  let folder: string;
  let url: string;
  beforeAll(async () => {
    folder = await program.folder({
      ...SHOP_FILES,
      'good.csv': `user_id,event,at,product_id,price
ana,Product Added,2026-01-05T09:00:00Z,shoe,20
ana,Order Completed,2026-01-05T10:00:00Z,shoe,20
eva,Product Added,2026-01-06T09:00:00Z,shoe,20
`,
      'bad-time.csv':
        'user_id,event,at\nana,Product Added,2026-01-05T09:00:00Z\nana,Product Added,yesterday\n,Product Added,2026-01-05T09:00:00Z\n',
      'lines.jsonl': `{"type":"identify","userId":"ana","traits":{"email":"ana@example.com","consent":["email"]},"timestamp":"2026-01-05T08:00:00Z"}
{"type":"track","userId":"ana","event":"Product Added","timestamp":"2026-01-05T09:00:00Z"}
not json
`,
    });
    await mkdir(join(folder, 'folder.csv'));
    url = await newDatabase();
  });

  const replay = (file: string, ...more: string[]): Promise<Ended> =>
    run(['replay', join(folder, file), '-C', folder, ...more], { DATABASE_URL: url });

  it('of what cannot be read at all is refused in one sentence', async () => {
    const [missing, directory, column] = await Promise.all([
      replay('not-there.csv'),
      replay('folder.csv'),
      replay('good.csv', '--column', 'at=when'),
    ]);
    expectPlain(missing, /There is no file .*not-there\.csv/);
    expectPlain(directory, /folder\.csv cannot be read: .*directory/);
    expectPlain(
      column,
      /good\.csv:1 {2}there is no column "when"; its columns are user_id, event, at, product_id, price\./,
    );
  });

  it('runs the lines that can be read, names the others, and counts what came of it', async () => {
    const { code, out, err } = await replay('bad-time.csv', '--json');
    expect(code).toBe(0);
    expect(err).toMatch(/bad-time\.csv:3 {2}"yesterday" is not a time/);
    expect(err).toMatch(/bad-time\.csv:4 {2}nobody is named/);
    const summary = JSON.parse(out) as { added: number; problems: string[]; contacts: number };
    expect(summary).toMatchObject({ added: 1, contacts: 1 });
    expect(summary.problems).toHaveLength(2);

    const good = await replay('good.csv', '--json');
    expect(JSON.parse(good.out)).toMatchObject({ added: 3, problems: [], contacts: 2, events: 4 });
    const lines = await replay('lines.jsonl');
    expect(lines.err).toMatch(/lines\.jsonl:3 {2}\w+/);
    expect(lines.out).toMatch(/2 contacts, 6 events/);
  });
});
