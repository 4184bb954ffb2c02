/** Starts the server, or takes over one that outlived the process that started it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunAs, spawnAs } from './account.ts';
import { type Connection, dataIn, writeConnection } from './cluster.ts';
import { ensureDatabase, hasDatabase } from './database.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { Log } from './place.ts';
import {
  disarmLeftOver,
  type Postmaster,
  runningPostmaster,
  settledPostmaster,
  stopPostmaster,
} from './postmaster.ts';
import type { Programs } from './programs.ts';

/** Fit for a machine that it shares with everything else. lz4 is not built into the bundled server, and pglz costs too much. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A socket's path may be at most about 100 bytes long, which a project's directory easily exceeds.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  log_checkpoints: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'etapa',
};

const POLL_MS = 10;
const PAUSE_MS = 100;
const SLOW_MS = 10_000;
const ATTEMPTS = 50;
/** Below the range from which operating systems take ports for outgoing connections. */
const PORTS = { from: 15_000, to: 32_000 };
const LOG_BYTES_KEPT = 10_000_000;

export interface Surroundings {
  place: string;
  programs: Programs;
  account: RunAs;
  log: Log;
}

/** Answers the server, ready and with its database; `connection` is what the cluster was left with. */
export async function runServer(surroundings: Surroundings, connection: Connection): Promise<Postmaster> {
  await keepLogShort(logFile(surroundings.place));
  for (let attempt = 1; ; attempt++) {
    const orphan = await takeOver(surroundings, connection);
    if (orphan) return orphan;
    const port = await freePort(connection.port);
    await rememberPort(surroundings.place, connection, port);
    const outcome = await launch(surroundings, port);
    if (typeof outcome !== 'string') return withDatabase(surroundings, connection, outcome);
    if (!mayPass(outcome) || attempt === ATTEMPTS)
      throw new EmbeddedError(startFailure(surroundings.place, outcome));
    await pause(PAUSE_MS);
  }
}

/** The server that a process left running when it died; undefined when there is none, or it had to be stopped. */
async function takeOver(
  { place, log }: Surroundings,
  connection: Connection,
): Promise<Postmaster | undefined> {
  const orphan = await settledPostmaster(dataIn(place));
  if (!orphan) return undefined;
  const { pid, port } = orphan;
  if (!(await hasDatabase({ ...connection, port }))) return stopPostmaster(pid, dataIn(place));
  log(`took over the PostgreSQL that was left running (process ${pid}, port ${port})`);
  await rememberPort(place, connection, port);
  return orphan;
}

/**
 * The port may have been taken since it was tried; children of a killed server need a moment to die; and a server that was
 * only just being started when its process died may not have shown itself yet.
 */
function mayPass(outcome: string): boolean {
  return /could not bind|still in use|lock file "postmaster\.pid" already exists/.test(outcome);
}

async function withDatabase(
  { place }: Surroundings,
  connection: Connection,
  server: Postmaster,
): Promise<Postmaster> {
  try {
    await ensureDatabase({ ...connection, port: server.port });
    return server;
  } catch (error) {
    await stopPostmaster(server.pid, dataIn(place));
    throw error;
  }
}

/** The server once it is ready, or what it wrote to its log before it gave up. */
async function launch(surroundings: Surroundings, port: number): Promise<Postmaster | string> {
  const log = logFile(surroundings.place);
  const logged = await sizeOf(log);
  await disarmLeftOver(dataIn(surroundings.place));
  const child = spawnServer(surroundings, port);
  const failed = new AbortController();
  const end = once(child, 'exit').finally(() => failed.abort());
  const server = await Promise.race([end, readiness(surroundings, child, failed.signal)]);
  if (!server || Array.isArray(server)) return (await readFile(log)).subarray(logged).toString();
  watch(child, surroundings);
  return server;
}

/**
 * Detached: an interrupt typed in the terminal goes to the whole foreground group, and the server must outlive
 * the work that Etapa then still finishes.
 */
function spawnServer({ place, programs, account }: Surroundings, port: number): ChildProcess {
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const log = openSync(logFile(place), 'a', 0o600);
  try {
    const child = spawn(programs.postgres, ['-D', dataIn(place), ...settings], {
      ...spawnAs(account),
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function readiness(
  { place, log }: Surroundings,
  child: ChildProcess,
  ended: AbortSignal,
): Promise<Postmaster | undefined> {
  const slow = setTimeout(
    () => log('PostgreSQL is still starting; after a crash that can take a while'),
    SLOW_MS,
  );
  try {
    while (!ended.aborted) {
      const server = await runningPostmaster(dataIn(place));
      if (server?.pid === child.pid && server?.status === 'ready') return server;
      await pause(POLL_MS);
    }
    return undefined;
  } finally {
    clearTimeout(slow);
  }
}

/** A fast shutdown ends with code 0; anything else nobody asked for. */
function watch(child: ChildProcess, { place, log }: Surroundings): void {
  child.once('exit', (code, signal) => {
    if (code !== 0) log(`PostgreSQL ended by itself (${signal ?? `code ${code}`}); see ${logFile(place)}`);
  });
}

async function rememberPort(place: string, connection: Connection, port: number): Promise<void> {
  if (port !== connection.port) await writeConnection(place, { ...connection, port });
}

/** The preferred port (0 for none) if it can be had, else another. */
async function freePort(preferred: number): Promise<number> {
  if (preferred !== 0 && (await isFree(preferred))) return preferred;
  return freePort(randomInt(PORTS.from, PORTS.to));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function startFailure(place: string, logged: string): string {
  const reasons = logged.trim().split('\n').slice(-4).join('\n  ');
  return (
    `PostgreSQL did not start. It says (in ${logFile(place)}):\n  ${reasons}\n` +
    'Mend that, or set DATABASE_URL to use a PostgreSQL server of your own.'
  );
}

/** One earlier log is kept. */
async function keepLogShort(log: string): Promise<void> {
  if ((await sizeOf(log)) > LOG_BYTES_KEPT) await rename(log, `${log}.1`);
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function logFile(place: string): string {
  return join(place, 'postgres.log');
}
