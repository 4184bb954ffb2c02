/**
 * A PostgreSQL server of the project's own, so that Etapa runs on a machine with nothing installed: the programs come
 * with an npm package, the data lie in the project's `.etapa` directory, the server listens on 127.0.0.1 alone.
 * One process holds it at a time. A server that outlives its process by a crash is taken over by the next start.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accountFor } from './embedded/account.ts';
import { dataIn, ensureCluster, readConnection } from './embedded/cluster.ts';
import { hasDatabase, urlOf } from './embedded/database.ts';
import { asEmbeddedError, EmbeddedError } from './embedded/embedded-error.ts';
import { claimOwnership, type Owner } from './embedded/ownership.ts';
import { assertReachable, type Log, reachableBase, settlePlace } from './embedded/place.ts';
import { stopPostmaster } from './embedded/postmaster.ts';
import { findBundle, usablePrograms } from './embedded/programs.ts';
import { runServer } from './embedded/server.ts';

export { EmbeddedError };

export interface EmbeddedPostgres {
  /** postgres://etapa:<password>@127.0.0.1:<port>/etapa */
  url: string;
  /** Ends what this start began: a held server is shut down and given free, a borrowed one left alone. May be called again. */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** the project's `.etapa` directory; made when absent */
  home: string;
  /** hears what the user should know, a line at a time */
  log?: Log;
}

const POLL_MS = 50;
/** How long a start waits for a short command to finish. */
const BRIEF_MS = 10_000;
/** How long a short command waits for another process's server to answer. */
const BORROW_MS = 60_000;

/** Starts the cluster under `home`, or takes over its orphan, and holds it for this process. Throws EmbeddedError. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return speakingPlainly(options, async (log) => {
    const place = await findPlace(options.home, log);
    const claim = await claimPatiently(place);
    if (!claim.held) throw new EmbeddedError(refusal(options.home, claim.owner));
    return hold(place, claim.release, log);
  });
}

/**
 * For short commands: connects to the cluster that another process holds and serves, else starts it for as long as the
 * command lasts. Throws EmbeddedError.
 */
export async function borrowEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  return speakingPlainly(options, async (log) => {
    const place = await findPlace(options.home, log);
    const began = performance.now();
    for (;;) {
      const claim = await claimOwnership(place, true);
      if (claim.held) return hold(place, claim.release, log);
      const waited = performance.now() - began;
      // Another short command would take its server away under us.
      const lasts = !claim.owner.brief || waited > BRIEF_MS;
      const url = lasts ? await answeringUrl(place) : undefined;
      if (url !== undefined) return { url, stop: () => Promise.resolve() };
      if (waited > BORROW_MS) throw new EmbeddedError(silence(options.home, claim.owner));
      await pause(POLL_MS);
    }
  });
}

async function speakingPlainly<T>(options: EmbeddedOptions, work: (log: Log) => Promise<T>): Promise<T> {
  try {
    return await work(options.log ?? (() => undefined));
  } catch (error) {
    throw asEmbeddedError(error, options.home);
  }
}

async function findPlace(home: string, log: Log): Promise<string> {
  const place = await settlePlace(home, accountFor(dataIn(join(home, 'postgres'))), log);
  assertReachable(place, accountFor(dataIn(place)));
  return place;
}

async function claimPatiently(place: string): ReturnType<typeof claimOwnership> {
  const began = performance.now();
  for (;;) {
    const claim = await claimOwnership(place, false);
    if (claim.held || !claim.owner.brief || performance.now() - began > BRIEF_MS) return claim;
    await pause(POLL_MS);
  }
}

async function hold(place: string, release: () => Promise<void>, log: Log): Promise<EmbeddedPostgres> {
  try {
    const { pid, url } = await serve(place, log);
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= stopPostmaster(pid, dataIn(place)).then(release));
    return { url, stop };
  } catch (error) {
    await release();
    throw error;
  }
}

async function serve(place: string, log: Log): Promise<{ pid: number; url: string }> {
  const account = accountFor(dataIn(place));
  const bundle = await findBundle();
  const copies = () => (account ? reachableBase(account) : Promise.resolve(place));
  const programs = await usablePrograms(bundle, account, copies, log);
  const connection = await ensureCluster(place, programs, account, bundle.version);
  const { pid, port } = await runServer({ place, programs, account, log }, connection);
  return { pid, url: urlOf({ ...connection, port }) };
}

async function answeringUrl(place: string): Promise<string | undefined> {
  const connection = await readConnection(place);
  return connection && connection.port !== 0 && (await hasDatabase(connection))
    ? urlOf(connection)
    : undefined;
}

function refusal(home: string, owner: Owner): string {
  const holder = owner.pid === process.pid ? 'this process itself' : `process ${owner.pid}`;
  return (
    `The embedded PostgreSQL in ${home} is in use by ${holder} since ${owner.since}. ` +
    'Stop that process first, or set DATABASE_URL to use a PostgreSQL server of your own.'
  );
}

function silence(home: string, owner: Owner): string {
  return (
    `The embedded PostgreSQL in ${home} is held by process ${owner.pid} since ${owner.since}, but does not answer. ` +
    'Stop that process and try again.'
  );
}
