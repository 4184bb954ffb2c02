/** `clocks`: events, waits and leases are timed by the database's clock; a machine that is off misreads its own logs and signatures. */
import type { Instant } from '../../core/events/event.ts';
import { wordsOf } from '../../errors.ts';
import { redisTime } from '../../queue/inspection.ts';
import { databaseTime } from '../../store/inspection.ts';
import { sayAs, type Around, type Check, type Finding } from './check.ts';

const say = sayAs('clocks');

export const clocks: Check = {
  name: 'clocks',
  run: async (around) => [await ofDatabase(around), ...(await ofRedis(around))],
};

async function ofDatabase({ database, now }: Around): Promise<Finding> {
  if (database.kind !== 'open') return say.notAsked('The clock of the database was not asked', database.why);
  return judgeSkew('the database', await skewOf(() => databaseTime(database.db), now));
}

async function ofRedis({ settings, now }: Around): Promise<Finding[]> {
  const { redis_url } = settings;
  if (redis_url === undefined) return [];
  try {
    return [judgeSkew('Redis', await skewOf(() => redisTime(redis_url), now))];
  } catch (error) {
    return [say.notAsked('The clock of Redis was not asked', wordsOf(error))];
  }
}

/** How far the other clock is ahead of ours, in milliseconds; the answer is taken for the middle of the wait. */
async function skewOf(ask: () => Promise<Instant>, now: () => Instant): Promise<number> {
  await ask();
  const before = now();
  const told = await ask();
  return told - (before + now()) / 2;
}

const NOTICEABLE = 1000;
const HARMFUL = 5000;

/** `skew`: how far the other is ahead, in milliseconds. */
function judgeSkew(other: string, skew: number): Finding {
  const off = Math.abs(skew);
  if (off <= NOTICEABLE)
    return say.good(`This machine and ${other} have the same time`, `${Math.round(off)} ms apart.`);
  const title = `The clock of ${other} is ${(off / 1000).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's`;
  const why = 'Signatures of calls expire by the clock, and dates of messages are read by people.';
  const mend =
    'Let both machines follow a time server: "timedatectl set-ntp true", then look at "timedatectl".';
  return (off > HARMFUL ? say.bad : say.warning)(title, why, mend);
}
