/** Puts a world together, and takes it down. */
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import pg from 'pg';
import { launch, writeFiles } from '../../support/built-program.ts';
import { linkTo, type Link } from '../../support/link.ts';
import { freePort } from '../../support/redis-server.ts';
import type { Backend } from '../fault.ts';
import { compare, type Query } from './check.ts';
import { openLedger } from './ledger.ts';
import { createLoad } from './load.ts';
import type { PostgresProcess } from './postgres.ts';
import { startEtapa, type EtapaProcess } from './processes.ts';
import { awaitRecovery, awaitRest, type Recovery } from './recovery.ts';
import { openRedis, type RedisProcess } from './redis.ts';
import { openSmallDisk, type SmallDisk } from './small-disk.ts';
import { startSmtp } from './smtp.ts';
import { USUAL, type LinkName, type World, type WorldOptions } from './world.ts';

/** What a world is made of. */
export interface GroundParts {
  /** The built program. */
  readonly main: string;
  /** The files of `LOAD_PROJECT`. */
  readonly project: string;
  readonly postgres: PostgresProcess;
  /** The database that new ones are copied from. */
  readonly template: string;
  readonly write_key: string;
  readonly api_key: string;
}

/** In seconds. */
const LONGEST_BEGINNING = 60;
/** A recovery of more seconds than this. */
const WORTH_TELLING = 10;

interface Place {
  readonly backend: Backend;
  /** What is worth a look afterwards lies here. */
  readonly folder: string;
  /** What is to be done when it is taken down, last first. */
  readonly closing: (() => Promise<unknown>)[];
}

export async function openWorld(ground: GroundParts, place: Place, options: WorldOptions): Promise<World> {
  const { folder, closing } = place;
  await ground.postgres.start();
  const disk = options.small_disk_megabytes && (await smallDisk(ground, place, options.small_disk_megabytes));
  const [database_url, redis, smtp, port] = await Promise.all([
    newDatabase(ground, disk ? `tablespace ${SMALL}` : ''),
    place.backend === 'redis'
      ? openRedis(disk ? disk.redis : join(folder, 'redis'), options.redis_keeps_writes ?? false)
      : Promise.resolve(undefined),
    startSmtp(join(folder, 'mails.jsonl'), options.keeps_texts ?? false),
    freePort(),
  ]);
  closing.push(() => dropDatabase(ground, database_url));
  if (redis) closing.push(() => redis.close());
  closing.push(() => smtp.close());
  const origin = `http://127.0.0.1:${port}`;
  const links = await openLinks(
    { postgres: database_url, redis: redis?.url, smtp: smtp.url },
    place,
    options,
  );
  const query = openQuery(database_url, closing);
  const ledger = openLedger(join(folder, 'ledger.jsonl'));
  const load = createLoad({ origin, write_key: ground.write_key, ledger, taken: smtp.taken });
  const project = options.files ? await ownProject(folder, options.files) : ground.project;
  const started: EtapaProcess[] = [];
  const env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: links.postgres?.url ?? database_url,
    ...(redis ? { REDIS_URL: links.redis?.url ?? redis.url } : {}),
    PORT: String(port),
    PUBLIC_URL: origin,
    LOG_LEVEL: 'error',
    NO_COLOR: '1',
    ...options.env,
  };
  const recoveries: Recovery[] = [];
  let undisturbed_seconds = 0;
  let names = 0;

  async function start(
    roles: EtapaProcess['roles'],
    more: Readonly<Record<string, string>> = {},
  ): Promise<EtapaProcess> {
    const name = `p${++names}`;
    const smtp_url = `${links.smtp?.url ?? smtp.url}/?name=${name}.example&${options.smtp_options ?? ''}`;
    const one = await startEtapa(ground.main, project, name, roles, { ...env, SMTP_URL: smtp_url, ...more });
    started.push(one);
    return one;
  }

  closing.push(async () => {
    await Promise.all(started.map((one) => one.kill()));
    const said = started.map((one) => `== ${one.name} ${one.roles.join(' ')}\n${one.said()}`);
    await writeFile(join(folder, 'said.txt'), said.join('\n'));
  });
  closing.push(() => load.close());
  await Promise.all((options.processes ?? USUAL).map((roles) => start(roles)));

  const living = (): EtapaProcess[] => started.filter((one) => one.is_wanted && !one.has_ended);
  return {
    folder,
    database_url,
    origin,
    api_key: ground.api_key,
    postgres: ground.postgres,
    get redis(): RedisProcess {
      if (redis) return redis;
      throw new Error('there is no Redis in this world');
    },
    smtp,
    get disk(): SmallDisk {
      if (disk) return disk;
      throw new Error('no small disk was asked for');
    },
    link(name) {
      const found = links[name];
      if (found) return found;
      throw new Error(`"${name}" is not reached over a link; ask for it in over_links`);
    },
    load,
    ledger,
    get processes() {
      return living();
    },
    start,
    command: (...args) => launch(ground.main, [...args, '-C', project], env),
    running: (role) => living().filter(({ roles }) => roles.includes(role)),
    query,
    async flow(load_options) {
      load.begin(load_options);
      const { seconds } = await awaitRecovery({ query, load, taken: smtp.taken }, LONGEST_BEGINNING);
      undisturbed_seconds = seconds;
    },
    async recovery(patience_seconds = 60) {
      const recovery = await awaitRecovery({ query, load, taken: smtp.taken }, patience_seconds);
      recoveries.push(recovery);
      if (recovery.seconds > WORTH_TELLING)
        process.stderr.write(
          `      waited ${recovery.seconds.toFixed(1)} s (undisturbed ${undisturbed_seconds.toFixed(1)} s), at last for ${recovery.waited_for}\n`,
        );
      return recovery.seconds;
    },
    recoveries,
    async settle(patience_seconds = 180) {
      await load.end();
      await awaitRest(query, patience_seconds);
    },
    async check(bounds = {}) {
      const crashes = started.flatMap((one) =>
        one.is_wanted && one.has_ended
          ? [`${one.name} (${one.roles.join(', ')}) ended by itself: ${one.said().slice(-500)}`]
          : [],
      );
      const evidence = { query, ledger: await ledger.read(), taken: await smtp.taken() };
      return compare({ ...evidence, recoveries, undisturbed_seconds, crashes }, bounds);
    },
  };
}

const SMALL = 'small_disk';

async function smallDisk({ postgres }: GroundParts, place: Place, megabytes: number): Promise<SmallDisk> {
  const disk = await openSmallDisk(join(place.folder, 'disk'), megabytes);
  place.closing.push(() => disk.close());
  await onServer(postgres, `create tablespace ${SMALL} location '${disk.postgres}'`);
  place.closing.push(() => onServer(postgres, `drop tablespace ${SMALL}`));
  return disk;
}

async function newDatabase({ postgres, template }: GroundParts, where: string): Promise<string> {
  const name = `world_${randomBytes(6).toString('hex')}`;
  await onServer(postgres, `create database ${name} template ${template} ${where}`);
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase({ postgres }: GroundParts, url: string): Promise<void> {
  await postgres.start();
  await onServer(postgres, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
}

async function onServer({ url }: PostgresProcess, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

function openQuery(database_url: string, closing: Place['closing']): Query {
  const pool = new pg.Pool({ connectionString: database_url, max: 3, application_name: 'harness' });
  pool.on('error', () => undefined);
  closing.push(() => pool.end());
  return async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
    (await pool.query<Row>(text, [...values])).rows;
}

async function openLinks(
  urls: Readonly<Record<LinkName, string | undefined>>,
  { closing }: Place,
  { over_links = [] }: WorldOptions,
): Promise<Partial<Record<LinkName, Link>>> {
  const links: Partial<Record<LinkName, Link>> = {};
  for (const name of over_links) {
    const url = urls[name];
    if (url === undefined) continue;
    const link = await linkTo(url);
    closing.push(() => link.stop());
    links[name] = link;
  }
  return links;
}

async function ownProject(folder: string, files: NonNullable<WorldOptions['files']>): Promise<string> {
  const project = join(folder, 'project');
  await writeFiles(project, files);
  return project;
}
