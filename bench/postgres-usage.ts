/** What PostgreSQL takes of the processors, read from where Linux keeps it. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';

/** Seconds of a core that the server behind this address, with all its processes, has taken since it began; NaN on other systems. */
export async function postgresCore(database_url: string): Promise<number> {
  const client = new pg.Client({ connectionString: database_url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = (await statOf(rows[0]?.pid ?? 0))?.parent;
  if (postmaster === undefined) {
    await client.end();
    return Number.NaN;
  }
  const stats = await Promise.all((await readdir('/proc')).map((name) => statOf(Number(name))));
  await client.end();
  const server = stats.filter((one) => one?.pid === postmaster || one?.parent === postmaster);
  return server.reduce((sum, one) => sum + (one?.ticks ?? 0), 0) / ticksPerSecond();
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and those of its children that have ended. */
  readonly ticks: number;
}

/** proc(5), `/proc/pid/stat`; the name in brackets may hold anything. */
async function statOf(pid: number): Promise<Stat | undefined> {
  if (!Number.isInteger(pid)) return undefined;
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, times] = [Number(fields[1]), fields.slice(11, 15)];
  return text === '' ? undefined : { pid, parent, ticks: times.reduce((sum, one) => sum + Number(one), 0) };
}

function ticksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}
