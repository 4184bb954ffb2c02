/** `queue`: whether what rings for work rings, and loses nothing silently. */
import { wordsOf } from '../../errors.ts';
import { inspectRedis, QUEUE_SCHEMA_VERSION, type RedisState } from '../../queue/inspection.ts';
import { queueSchemaVersion } from '../../store/inspection.ts';
import { sayAs, type Check, type DatabaseFound, type Finding } from './check.ts';
import { sizeWords } from './size-words.ts';

const say = sayAs('queue');

export const queue: Check = {
  name: 'queue',
  run: ({ settings, database }) =>
    settings.redis_url === undefined ? onPostgres(database) : onRedis(settings.redis_url),
};

async function onPostgres(database: DatabaseFound): Promise<Finding[]> {
  if (database.kind !== 'open') return [say.notAsked('The queue was not asked', database.why)];
  return [judgeSchema(await queueSchemaVersion(database.db))];
}

/** `version`: of the queue's tables; undefined where there are none. */
export function judgeSchema(version: number | undefined): Finding {
  if (version === QUEUE_SCHEMA_VERSION)
    return say.good('The queue is on PostgreSQL, and its tables are current');
  if (version === undefined) {
    const mend = 'Run "etapa deploy" or "etapa start", which make them.';
    return say.warning('The queue is on PostgreSQL, and has no tables there yet', '', mend);
  }
  const versions = `They are of version ${version}; this Etapa works with ${QUEUE_SCHEMA_VERSION}.`;
  if (version < QUEUE_SCHEMA_VERSION) {
    const mend = 'Run "etapa start", which brings them up to date.';
    return say.warning('The tables of the queue are older than this Etapa', versions, mend);
  }
  return say.warning(
    'The tables of the queue are newer than this Etapa',
    versions,
    'Update Etapa here, too.',
  );
}

async function onRedis(url: string): Promise<Finding[]> {
  try {
    return judgeRedis(await inspectRedis(url));
  } catch (error) {
    const mend = 'Check REDIS_URL, and whether Redis runs. Until it does, work waits and nothing is lost.';
    return [say.bad('Redis cannot be reached', wordsOf(error), mend)];
  }
}

export function judgeRedis(state: RedisState): Finding[] {
  return [...judgeEviction(state), judgeMemory(state), judgePersistence(state)];
}

function judgeEviction({ eviction, version }: RedisState): Finding[] {
  if (eviction === 'noeviction') return [say.good(`Redis ${version} never drops jobs (noeviction)`)];
  if (eviction === undefined) return [say.notAsked('Redis does not tell its maxmemory-policy')];
  return [
    say.bad(
      `Redis drops jobs when memory runs short: its maxmemory-policy is ${eviction}`,
      'Etapa refuses to start on it.',
      'Run "redis-cli CONFIG SET maxmemory-policy noeviction", and write it into redis.conf.',
    ),
  ];
}

function judgeMemory({ used_bytes, most_bytes }: RedisState): Finding {
  const used = sizeWords(used_bytes);
  if (most_bytes === 0) return say.good(`Redis holds ${used}, and has no limit`);
  const title = `Redis holds ${used} of ${sizeWords(most_bytes)}`;
  if (used_bytes < most_bytes * 0.8) return say.good(title);
  const why = 'When it is full it takes no more jobs; they ring again as soon as there is room.';
  return say.warning(title, why, 'Raise maxmemory: "redis-cli CONFIG SET maxmemory 1gb", and in redis.conf.');
}

function judgePersistence({ keeps_writes, last_save_failed }: RedisState): Finding {
  if (last_save_failed) {
    const mend = 'Look into the log of Redis, and whether its disk is full.';
    return say.warning(
      'Redis could not write to its disk the last time',
      'It may refuse jobs until it can.',
      mend,
    );
  }
  if (keeps_writes) return say.good('Redis keeps its jobs when it restarts (appendonly)');
  return say.warning(
    'Redis forgets jobs when it restarts (appendonly is off)',
    'Nothing is lost, as PostgreSQL holds what is due; it is rung for again by the next sweep.',
    'Run "redis-cli CONFIG SET appendonly yes", and write it into redis.conf.',
  );
}
