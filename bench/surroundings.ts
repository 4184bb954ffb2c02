import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openApp, type App, type AppOptions } from '../src/app.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import { startEmbeddedPostgres } from '../src/store/embedded.ts';

/** A PostgreSQL of the bench's own, so that nothing else is touched. */
export interface Bench {
  readonly url: string;
  /** A folder that lasts as long. */
  readonly home: string;
  newDatabase(): Promise<string>;
  /** Gives the room of a large one back. Nobody may be connected. */
  dropDatabase(url: string): Promise<void>;
  stop(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const home = await mkdtemp(join(tmpdir(), 'etapa-bench-'));
  await chmod(home, 0o755);
  const postgres = await startEmbeddedPostgres({ home });
  let count = 0;

  async function command(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  return {
    url: postgres.url,
    home,
    async newDatabase() {
      const name = `bench_${++count}`;
      await command(`create database ${name}`);
      return postgres.url.replace(/\/[^/]*$/, `/${name}`);
    },
    dropDatabase: (url) => command(`drop database ${new URL(url).pathname.slice(1)} with (force)`),
    async stop() {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The app with the shipped project, or another. */
export async function openBenchApp(
  database_url: string,
  more: Partial<AppOptions>,
  files?: ProjectFiles,
): Promise<App> {
  const app = await joinBenchApp(database_url, more);
  await app.deploy(files ?? (await readProjectFiles(fileURLToPath(new URL('..', import.meta.url)))));
  return app;
}

/** One more of it, in a process of its own: what is live it takes from the database. */
export function joinBenchApp(database_url: string, more: Partial<AppOptions>): Promise<App> {
  return openApp({
    database_url,
    queue: { kind: 'postgres', url: database_url },
    public_url: 'http://localhost:8686',
    onError: (error) => process.stderr.write(`${String(error)}\n`),
    ...more,
  });
}

export interface Sink {
  readonly url: string;
  stop(): void;
}

export async function startSink(): Promise<Sink> {
  const script = fileURLToPath(new URL('sink.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `smtp://127.0.0.1:${port.toString().trim()}`, stop: () => void child.kill() };
}

/** That share of the values lies at or below it: 0.99 for the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** The middle of several measurements, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return { median, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 };
}

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** In seconds: of one core's time, which others on the machine take nothing from, and by the clock on the wall. */
export interface Timed<T> {
  readonly result: T;
  readonly core: number;
  readonly wall: number;
}

export async function timed<T>(work: () => T | Promise<T>): Promise<Timed<T>> {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, core: (user + system) / 1e6, wall: (performance.now() - began) / 1000 };
}
