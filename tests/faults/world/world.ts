/**
 * A database, servers and processes of a case's own: PostgreSQL, the mail server, Redis where the queue is on it, and
 * `etapa start` in several processes, each of which can be killed, stopped and started again.
 */
import type pg from 'pg';
import type { Role } from '../../../src/app.ts';
import type { ProjectFiles } from '../../../src/project/read-files.ts';
import type { Running } from '../../support/built-program.ts';
import type { Link } from '../../support/link.ts';
import type { Findings } from '../fault.ts';
import type { Bounds } from './check.ts';
import type { Ledger } from './ledger.ts';
import type { Load, LoadOptions } from './load.ts';
import type { PostgresProcess } from './postgres.ts';
import type { EtapaProcess } from './processes.ts';
import type { Recovery } from './recovery.ts';
import type { RedisProcess } from './redis.ts';
import type { SmallDisk } from './small-disk.ts';
import type { SmtpProcess } from './smtp.ts';

export type OpenWorld = (options?: WorldOptions) => Promise<World>;

export interface WorldOptions {
  /** The processes to begin with, each with its roles; absent: `USUAL`. */
  readonly processes?: readonly (readonly Role[])[];
  /** Another project than the one of `project.ts`, which `load` and `check` are made for. */
  readonly files?: ProjectFiles;
  /** What the processes reach over a line that can be cut or muted; see `link`. */
  readonly over_links?: readonly LinkName[];
  /** Redis writes each change to a file, and reads it when it starts. */
  readonly redis_keeps_writes?: boolean;
  /** Added to SMTP_URL: options of the mail library, such as `socketTimeout=4000`. */
  readonly smtp_options?: string;
  /** The record of the mail server holds the whole mails. */
  readonly keeps_texts?: boolean;
  /** The tables, and the files of Redis, lie on a disk of this size; `disk` fills it. */
  readonly small_disk_megabytes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export type LinkName = 'postgres' | 'redis' | 'smtp';

export const USUAL: readonly (readonly Role[])[] = [
  ['api'],
  ['engine', 'chores'],
  ['engine', 'chores'],
  ['sender'],
  ['sender'],
];

export interface World {
  /** Holds `ledger.jsonl`, what was acknowledged, and `mails.jsonl`, what the mail server took. */
  readonly folder: string;
  readonly database_url: string;
  /** Where the API listens, also when it is started again. */
  readonly origin: string;
  /** Opens the whole API; the load has a key of its own. */
  readonly api_key: string;
  readonly postgres: PostgresProcess;
  /** @throws Error over the other backend. */
  readonly redis: RedisProcess;
  readonly smtp: SmtpProcess;
  /** @throws Error where no small disk was asked for. */
  readonly disk: SmallDisk;
  /** Of those in `over_links`. */
  link(name: LinkName): Link;
  readonly load: Load;
  readonly ledger: Ledger;
  /** Those that run now, in the order in which they were started. */
  readonly processes: readonly EtapaProcess[];
  /** Resolves when it says that it is running. */
  start(roles: readonly Role[], env?: Readonly<Record<string, string>>): Promise<EtapaProcess>;
  /** Another command of the built program, such as `keys`, on the same project, database and queue. */
  command(...args: readonly string[]): Running;
  /** Those that have one of these roles. */
  running(role: Role): readonly EtapaProcess[];
  /** Past the links, on a connection of the harness. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Begins the load, and resolves when the first order has gone the whole way: processes that have just begun are slow. */
  flow(options?: LoadOptions): Promise<void>;
  /**
   * Call it when the fault has ended, while the load goes on: waits until everything that was owed or new at that moment
   * has come to its end, and something sent since has gone the whole way. Resolves with the seconds since the call.
   */
  recovery(patience_seconds?: number): Promise<number>;
  /** Those that `recovery` has measured. */
  readonly recoveries: readonly Recovery[];
  /** Ends the load, and resolves when nothing is new, owed or under way any more; or after so long, which `check` then tells. */
  settle(patience_seconds?: number): Promise<void>;
  /** Compares what was acknowledged, what the mail server took and what the database says. */
  check(bounds?: Bounds): Promise<Findings>;
}
