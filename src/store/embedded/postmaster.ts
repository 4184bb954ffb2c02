/** The server's main process, seen from outside: `postmaster.pid`, and the process that it names. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandOf } from './process-table.ts';

export interface Postmaster {
  pid: number;
  port: number;
  /** its own word for how far it is: starting, ready, stopping, … */
  status: string;
}

const POLL_MS = 25;
/** A fast shutdown still writes a checkpoint; after this long the server is told to drop everything. */
const FAST_STOP_MS = 60_000;

/** The server now running on these data; undefined when `postmaster.pid` is absent, or left over from a dead server. */
export async function runningPostmaster(data: string): Promise<Postmaster | undefined> {
  const [pid, , , port, , , , status] = await pidFileLines(data);
  if (!pid || !servesData(Number(pid), data)) return undefined;
  return { pid: Number(pid), port: Number(port ?? 0), status: status?.trim() ?? 'starting' };
}

/** Waits while the server starts, or stops; answers it once it is ready, undefined once it is gone. */
export async function settledPostmaster(data: string): Promise<Postmaster | undefined> {
  for (;;) {
    const postmaster = await runningPostmaster(data);
    if (!postmaster || postmaster.status === 'ready') return postmaster;
    if (postmaster.status === 'stopping') return stopPostmaster(postmaster.pid, data);
    await pause(POLL_MS);
  }
}

/** Ends the server and waits until its process is gone. */
export async function stopPostmaster(pid: number, data: string): Promise<undefined> {
  const patience = AbortSignal.timeout(FAST_STOP_MS);
  // Asked first, for the server may have ended by itself and its number passed on.
  for (let signal: NodeJS.Signals | undefined = 'SIGINT'; servesData(pid, data);) {
    if (signal) send(pid, signal);
    signal = patience.aborted ? 'SIGQUIT' : undefined;
    await pause(POLL_MS);
  }
}

/**
 * PostgreSQL refuses to start when the process named in a left-over `postmaster.pid` lives, even if that number
 * meanwhile belongs to something else. The number of its own parent it ignores, so that is put there; the rest of the file
 * stays, because by it PostgreSQL makes sure that no child of the dead server still writes.
 */
export async function disarmLeftOver(data: string): Promise<void> {
  const [pid, ...rest] = await pidFileLines(data);
  if (servesData(Number(pid), data)) return;
  if (pid) await writeFile(pidFile(data), [process.pid, ...rest].join('\n'));
  // Emptied as the machine went down: PostgreSQL would refuse this one, too.
  else await rm(pidFile(data), { force: true });
}

/** The server is started with its directory as the first arguments, see launch. */
function servesData(pid: number, data: string): boolean {
  return commandOf(pid).replaceAll('\0', ' ').includes(` -D ${data} `);
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function pidFileLines(data: string): Promise<string[]> {
  try {
    return (await readFile(pidFile(data), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function pidFile(data: string): string {
  return join(data, 'postmaster.pid');
}
