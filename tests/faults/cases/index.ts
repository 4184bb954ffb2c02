import type { FaultCase } from '../fault.ts';
import { checkerItself } from './f00-checker.ts';
import { senderKilledAfterDot, senderKilledAfterRcpt, senderKilledInText } from './f01-sender-killed.ts';
import { apiKilled } from './f02-api-killed.ts';
import { rollingRestart } from './f04-rolling-restart.ts';
import { queueEmptied } from './f05-queue-emptied.ts';
import { redisFileCut, redisFileGone, redisKilled } from './f06-redis-killed.ts';
import { redisEvicts, redisFull } from './f07-redis-full.ts';
import { redisBlackHole, redisFrozen } from './f08-redis-silent.ts';
import { databaseStopped } from './f09-database-stopped.ts';
import { connectionsEnded, noConnectionsLeft, tableLocked } from './f10-database-troubled.ts';
import { droppedAfterDot, silentAfterDot } from './f14-answer-lost.ts';
import { diskFull } from './f15-disk-full.ts';

/** In the order of the table. */
export const CASES: readonly FaultCase[] = [
  checkerItself,
  senderKilledAfterRcpt,
  senderKilledInText,
  senderKilledAfterDot,
  apiKilled,
  rollingRestart,
  queueEmptied,
  redisKilled,
  redisFileCut,
  redisFileGone,
  redisFull,
  redisEvicts,
  redisFrozen,
  redisBlackHole,
  databaseStopped,
  connectionsEnded,
  tableLocked,
  noConnectionsLeft,
  droppedAfterDot,
  silentAfterDot,
  diskFull,
];
