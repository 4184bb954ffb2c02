import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRun, type FaultCase, type Findings, type Setting } from '../fault.ts';
import { askBeside, type Answers } from '../world/asking.ts';
import { peakMegabytes } from '../world/memory.ts';
import { withSlowClients } from '../world/slow.ts';
import { SLOW_KINDS, type Ending, type SlowKind } from '../world/slow-words.ts';

export const slowClients: FaultCase = {
  id: 'F23b',
  name: 'up to 10,000 clients at once that say nothing, never end their head, or send a body octet by octet',
  correct:
    'Each is ended in time, with 408 or without a word; others are answered all the while, large batches too, and memory stays bounded.',
  backends: 'none',
  run: holdUp,
};

const WANTED = 10_000;
/** Of the files that a process may open, for all else. */
const OTHER_FILES = 500;
/** Milliseconds: where 1 of 100 others waits for longer than this before there is any slow client, there are fewer. */
const AT_REST = 200;
/** Seconds: a request may take ten, which is looked at every five; the rest is what 10,000 endings take. */
const IN_TIME = 20;
const PATIENCE = 90;
/** Megabytes. */
const MOST_HELD = 500;
/** Milliseconds, for 99 of 100 others. */
const MOST_WAITING = 1000;
/** Where others wait long without any slow client, because the machine is busy, all may take so many times as long more. */
const BUSY = 20;

async function holdUp({ dice, openWorld }: Setting): Promise<Findings> {
  const most_open = Math.min(WANTED, filesAllowed() - OTHER_FILES);
  if (most_open < 100) throw new CannotRun('this machine lets a process open too few files');
  const world = await openWorld();
  const [api] = world.running('api');
  await world.flow();
  const before = askBeside(world);
  await sleep(5000);
  const alone = await before.stop();
  const wanted = Math.floor(most_open * Math.min(1, AT_REST / alone.p99));
  const begun = await peakMegabytes(api?.pid ?? 0);
  const { most, beside, endings, open } = await withSlowClients(
    new URL(world.origin).port,
    ofEachKind(wanted, dice),
    async (clients) => {
      const asking = askBeside(world);
      await clients.ended(PATIENCE);
      return { beside: await asking.stop(), most: clients.most, ...(await clients.report()) };
    },
  );
  const held = await peakMegabytes(api?.pid ?? 0);
  await world.recovery();
  await world.settle();
  const found = await world.check();
  const own = {
    ...{ at_once: most, endings: told(endings), longest_s: longest(endings).toFixed(1) },
    ...{
      alone_p50_ms: alone.p50,
      alone_p99_ms: alone.p99,
      beside_p50_ms: beside.p50,
      beside_p99_ms: beside.p99,
    },
    ...{ beside: beside.asked, begun_mb: begun, held_mb: held },
  };
  const more = BUSY * alone.p99;
  const violations = [
    ...refusedOnes(beside),
    ...(beside.p99 > MOST_WAITING + more ? [`others waited for ${beside.p99} ms beside them`] : []),
    ...(longest(endings) > IN_TIME + more / 1000
      ? [`a slow client was let go on for ${longest(endings).toFixed(1)} s`]
      : []),
    ...(open.length > 0 ? [`${open.length} were never ended: ${[...new Set(open)].join(', ')}`] : []),
    ...(held > MOST_HELD ? [`the API held ${held} MB, more than ${MOST_HELD}`] : []),
    ...(most < wanted * NEARLY ? [`only ${most} of ${wanted} slow clients were open at once`] : []),
  ];
  return { ...found, own, violations: [...found.violations, ...violations] };
}

/** On a busy machine the first are ended before the last have come. */
const NEARLY = 0.5;

function ofEachKind(wanted: number, dice: Setting['dice']): Readonly<Record<SlowKind, number>> {
  const some = (): number => dice.whole(Math.floor(wanted / 8), Math.floor(wanted / 4));
  const [idle, head, chunks] = [some(), some(), some()];
  return { idle, head, chunks, body: wanted - idle - head - chunks };
}

function filesAllowed(): number {
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  return Number(userLimits?.open_files?.soft ?? 1024) || Infinity;
}

function refusedOnes({ others, asked }: Answers): readonly string[] {
  const refused = Object.values(others).reduce((sum, times) => sum + times, 0);
  return refused > 0
    ? [`${refused} of ${asked} others were not answered with 200: ${JSON.stringify(others)}`]
    : [];
}

/** `idle 408: 12`, … */
function told(endings: readonly Ending[]): string {
  const told_of = (kind: Ending['kind']): string[] => {
    const statuses = endings.filter((one) => one.kind === kind).map(({ status }) => status);
    return [...new Set(statuses)].map(
      (status) => `${kind} ${status || 'closed'}: ${statuses.filter((one) => one === status).length}`,
    );
  };
  return SLOW_KINDS.flatMap(told_of).join('; ');
}

function longest(endings: readonly Ending[]): number {
  return Math.max(0, ...endings.map(({ seconds }) => seconds));
}
