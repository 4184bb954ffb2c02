import type { FaultCase } from '../fault.ts';
import { checkerItself } from './f00-checker.ts';
import { senderKilledAfterDot, senderKilledAfterRcpt, senderKilledInText } from './f01-sender-killed.ts';
import { apiKilled } from './f02-api-killed.ts';
import { leaderFrozen, leaderKilled } from './f03-leader.ts';
import { rollingRestart } from './f04-rolling-restart.ts';
import { queueEmptied } from './f05-queue-emptied.ts';
import { redisFileCut, redisFileGone, redisKilled } from './f06-redis-killed.ts';
import { redisEvicts, redisFull } from './f07-redis-full.ts';
import { redisBlackHole, redisFrozen } from './f08-redis-silent.ts';
import { databaseStopped } from './f09-database-stopped.ts';
import { connectionsEnded, noConnectionsLeft, tableLocked } from './f10-database-troubled.ts';
import { deadlocks } from './f11-deadlocks.ts';
import { smtpReplies } from './f12-smtp-replies.ts';
import { slowMailServer } from './f13-slow-mail-server.ts';
import { droppedAfterDot, silentAfterDot } from './f14-answer-lost.ts';
import { diskFull } from './f15-disk-full.ts';
import { clocksJump, clocksWrong } from './f16-clocks.ts';
import { clockChanges } from './f17-clock-changes.ts';
import { sameId } from './f18-same-id.ts';
import { outOfOrder } from './f19-out-of-order.ts';
import { reload } from './f20-reload.ts';
import { migratedUnderLoad } from './f21-migration.ts';
import { poisonedJobs, poisonedTemplates } from './f22-poison.ts';
import { hugeBodies } from './f23-huge-bodies.ts';
import { importKilled } from './f23-import-killed.ts';
import { slowClients } from './f23-slow-clients.ts';
import { engineFrozen, loopBlocked, memoryGone, senderFrozen } from './f24-standstill.ts';
import { webhookDown } from './f25-webhook-down.ts';
import { relayLost } from './f26-relay-lost.ts';
import { restored } from './f27-restore.ts';
import { unsubscribeRaces } from './f28-unsubscribe-races.ts';
import { secretsExchanged } from './f29-secrets.ts';

/** In the order of the table. */
export const CASES: readonly FaultCase[] = [
  checkerItself,
  senderKilledAfterRcpt,
  senderKilledInText,
  senderKilledAfterDot,
  apiKilled,
  leaderKilled,
  leaderFrozen,
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
  deadlocks,
  smtpReplies,
  slowMailServer,
  droppedAfterDot,
  silentAfterDot,
  diskFull,
  clocksWrong,
  clocksJump,
  clockChanges,
  sameId,
  outOfOrder,
  reload,
  migratedUnderLoad,
  poisonedJobs,
  poisonedTemplates,
  hugeBodies,
  slowClients,
  importKilled,
  engineFrozen,
  senderFrozen,
  loopBlocked,
  memoryGone,
  webhookDown,
  relayLost,
  restored,
  unsubscribeRaces,
  secretsExchanged,
];
