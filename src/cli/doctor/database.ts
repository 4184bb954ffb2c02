/** `database`: whether PostgreSQL keeps what it acknowledged, answers fast, and has room for Etapa. */
import {
  databaseTime,
  inspectMigrations,
  inspectServer,
  tableSizes,
  type MigrationState,
  type ServerState,
  type TableSize,
} from '../../store/inspection.ts';
import { sayAs, type Check, type Finding } from './check.ts';
import { sizeWords } from './size-words.ts';

const say = sayAs('database');

export const database: Check = {
  name: 'database',
  async run({ database: found, settings }) {
    if (found.kind === 'absent') {
      return [say.notAsked('There is no database yet', found.why, 'Run "etapa start", or set DATABASE_URL.')];
    }
    if (found.kind === 'away') {
      const mend = 'Check DATABASE_URL, and whether PostgreSQL runs.';
      return [say.bad('The database cannot be reached', found.why, mend)];
    }
    const { db } = found;
    const state = await inspectServer(db);
    return [
      ...judgeServer(state, settings.redis_url === undefined ? NEEDS.on_postgres : NEEDS.on_redis),
      judgeMigrations(await inspectMigrations(db)),
      judgeAnswers(await quickestOf(TRIES, () => databaseTime(db))),
      ...judgeTables(await tableSizes(db)),
    ];
  },
};

/** The oldest PostgreSQL that Etapa is tested on. */
const OLDEST = 15;

/** Connections of one process with all roles: 12 and 4 for its work, one to tell that it lives, and the queue's. */
const NEEDS = { on_redis: 17, on_postgres: 17 + 18 };

/** `needs`: how many connections one process holds at most. */
export function judgeServer(state: ServerState, needs: number): Finding[] {
  return [
    judgeVersion(state),
    judgeDurability(state),
    ...judgeEncoding(state),
    ...judgeVacuum(state),
    judgeConnections(state, needs),
  ];
}

function judgeVersion({ major }: ServerState): Finding {
  if (major >= OLDEST) return say.good(`PostgreSQL ${major}`);
  const mend = `Move the data to PostgreSQL ${OLDEST} or newer, with pg_upgrade or pg_dump.`;
  return say.bad(`PostgreSQL ${major} is too old; Etapa needs ${OLDEST} or newer`, '', mend);
}

/** Whoever was told that an event was taken must find it after a power cut. */
function judgeDurability({ synchronous_commit, fsync, full_page_writes }: ServerState): Finding {
  const why = 'What Etapa has acknowledged may be gone after a power cut, and mail may be sent twice.';
  const off = Object.entries({ fsync, full_page_writes, synchronous_commit }).filter(
    ([, value]) => value === 'off',
  );
  if (off.length === 0)
    return say.good('What was acknowledged is on disk', `synchronous_commit = ${synchronous_commit}.`);
  const names = off.map(([name]) => name);
  const commands = names.map((name) => `alter system set ${name} = on;`).join(' ');
  const mend =
    `Run in psql: ${commands} select pg_reload_conf(); ` +
    'if it stays off, it was set for the database or the role: "alter database … reset", "alter role … reset".';
  return say.bad(`PostgreSQL acknowledges before it is on disk: ${names.join(', ')} off`, why, mend);
}

function judgeEncoding({ encoding }: ServerState): Finding[] {
  if (encoding === 'UTF8') return [];
  const mend = `Make the database anew: create database etapa encoding 'UTF8' template template0;`;
  return [say.bad(`The database cannot hold all letters: its encoding is ${encoding}, not UTF8`, '', mend)];
}

function judgeVacuum({ autovacuum }: ServerState): Finding[] {
  if (autovacuum !== 'off') return [];
  const mend = 'Run in psql: alter system set autovacuum = on; select pg_reload_conf();';
  return [
    say.warning('PostgreSQL does not tidy up (autovacuum is off)', 'Tables grow and get slower.', mend),
  ];
}

function judgeConnections({ connections, connections_of_others }: ServerState, needs: number): Finding {
  const free = connections - connections_of_others;
  const title = `PostgreSQL has room for ${free} connections; one process of Etapa holds up to ${needs}`;
  if (free >= needs) return say.good(title);
  const others = connections_of_others > 0 ? `Other databases hold ${connections_of_others}.` : '';
  const mend = `Run in psql: alter system set max_connections = ${connections_of_others + needs * 2 + 10}; then restart PostgreSQL.`;
  return (connections < needs ? say.bad : say.warning)(title, others, mend);
}

export function judgeMigrations({ state, pending }: MigrationState): Finding {
  if (state === 'current') return say.good('The tables are those of this Etapa');
  if (state === 'none') {
    return say.warning(
      'The database has no tables of Etapa yet',
      '',
      'Run "etapa deploy" or "etapa start", which make them.',
    );
  }
  if (state === 'ahead') {
    return say.bad(
      'A newer Etapa has changed the tables',
      'This one may misread them.',
      'Update Etapa here, too.',
    );
  }
  const mend = 'Run "etapa start", which brings them up to date.';
  return say.warning(`The tables are older than this Etapa`, `Missing: ${pending.join(', ')}.`, mend);
}

const TRIES = 5;
/** Each decision asks several times; slower than this, a process decides fewer than some 20 contacts a second. */
const SLOW = 20;

async function quickestOf(tries: number, ask: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let time = 0; time < tries; time++) {
    const began = performance.now();
    await ask();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** `took`: milliseconds of the simplest question. */
export function judgeAnswers(took: number): Finding {
  const title = `The database answers in ${took < 1 ? 'less than 1' : Math.round(took)} ms`;
  if (took <= SLOW) return say.good(title);
  const mend = 'Run Etapa nearer to it: in the same data centre, and not by way of the open internet.';
  return say.warning(
    title,
    'Each decision asks several times, so this bounds how many people it serves.',
    mend,
  );
}

const SHOWN = 5;
const MANY_DEAD = 100_000;

export function judgeTables(tables: readonly TableSize[]): Finding[] {
  if (tables.length === 0) return [];
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  const largest = tables.slice(0, SHOWN).map(({ table, bytes }) => `${table} ${sizeWords(bytes)}`);
  const untidy = tables.filter(({ dead, rows }) => dead > MANY_DEAD && dead > rows);
  return [
    say.good(`The tables take ${sizeWords(all)}`, `${largest.join(', ')}.`),
    ...untidy.map(judgeUntidy),
  ];
}

function judgeUntidy({ table, dead, rows }: TableSize): Finding {
  const title = `${table} holds more rows that are gone (${dead}) than rows (${rows})`;
  const mend = `Run in psql: vacuum analyze ${table}; and look for transactions that are open for hours (pg_stat_activity).`;
  return say.warning(title, '', mend);
}
