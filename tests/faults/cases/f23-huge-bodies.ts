import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { askBeside } from '../world/asking.ts';
import { otherThan503 } from '../world/load.ts';
import { peakMegabytes } from '../world/memory.ts';
import type { World } from '../world/world.ts';

export const hugeBodies: FaultCase = {
  id: 'F23a',
  name: 'huge, deep, packed and endless bodies of 40 clients at once against an API with a heap of 160 MB',
  correct:
    'Each is refused in time (400: the rule of the API it speaks, in place of 413), what is taken is kept, memory stays bounded, and orders are acknowledged all the while.',
  backends: 'none',
  run: overwhelm,
};

const CLIENTS = 40;
/** Megabytes: of V8's heap, and of everything that the process may ever have held. */
const HEAP = 160;
const MOST_HELD = 400;
/** Seconds: a request may take ten, which is looked at every five. */
const IN_TIME = 20;
/** Where others wait long without all this, because the machine is busy, it may take so many times as long more. */
const BUSY = 20;
/** Milliseconds. */
const QUIET = 3000;

async function overwhelm({ dice, openWorld }: Setting): Promise<Findings> {
  const world = await openWorld({ processes: [['engine', 'chores'], ['sender']] });
  const api = await world.start(['api'], { NODE_OPTIONS: `--max-old-space-size=${HEAP}` });
  await world.flow();
  const quiet = askBeside(world);
  await sleep(QUIET);
  const alone = await quiet.stop();
  const asking = askBeside(world);
  const before = world.load.acknowledged;
  const answers = await attack(world, dice, dice.whole(10_000, 20_000));
  const beside = await asking.stop();
  const acknowledged = world.load.acknowledged - before;
  const held = await peakMegabytes(api.pid);
  await world.recovery();
  await world.settle();
  const found = await world.check();
  const own = {
    ...{
      bodies: answers.length,
      answers: told(answers),
      slowest_s: slowest(answers).toFixed(1),
      held_mb: held,
    },
    ...{
      alone_p99_ms: alone.p99,
      beside_p50_ms: beside.p50,
      beside_p99_ms: beside.p99,
      beside_503: beside.others[503] ?? 0,
    },
  };
  const violations = [
    ...wrongAnswers(answers, IN_TIME + (BUSY * alone.p99) / 1000),
    ...(await lostOnes(world, answers)),
    ...otherThan503(answered(beside.others)),
    ...otherThan503(answered(world.load.refused)),
    ...(held > MOST_HELD ? [`the API held ${held} MB, more than ${MOST_HELD}`] : []),
    ...(acknowledged === 0 ? ['no order was acknowledged beside them'] : []),
  ];
  return { ...found, own, violations: [...found.violations, ...violations] };
}

interface Answer {
  readonly kind: string;
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly seconds: number;
  /** The ids of events that count once this is answered with 200. */
  readonly ids: readonly string[];
}

async function attack(world: World, dice: Setting['dice'], milliseconds: number): Promise<Answer[]> {
  const until = performance.now() + milliseconds;
  const answers: Answer[] = [];
  async function goOn(client: number): Promise<void> {
    for (let time = 0; performance.now() < until; time++) {
      const { kind, make } = dice.pick(KINDS);
      answers.push(await send(world, kind, make(`huge-${client}-${time}`)));
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => goOn(client)));
  return answers;
}

interface Body {
  readonly path: string;
  readonly fields: readonly string[];
  /** Sent one after the other, until it is answered. */
  readonly parts: Iterable<Buffer | string>;
  readonly ids?: readonly string[];
}

const MEGABYTE = Buffer.alloc(1024 * 1024, ' ');
const DEPTH = 200_000;
const DEEP = `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`;
const DEEP_PROPERTIES = `{"batch":[{"type":"track","userId":"deep","event":"Seen","properties":${'{"a":'.repeat(70_000)}1${'}'.repeat(70_000)}}]}`;
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
const WORDS = 'x'.repeat(30_000);

const KINDS: readonly { readonly kind: string; make(name: string): Body }[] = [
  { kind: 'single', make: () => whole('/v1/track', Array<Buffer>(2).fill(MEGABYTE)) },
  { kind: 'batch', make: () => whole('/v1/batch', Array<Buffer>(64).fill(MEGABYTE)) },
  { kind: 'deep', make: () => whole('/v1/batch?strict=1', [DEEP]) },
  { kind: 'deep_properties', make: () => whole('/v1/batch?strict=1', [DEEP_PROPERTIES]) },
  { kind: 'packed', make: () => whole('/v1/batch', [BOMB], ['content-encoding: gzip']) },
  {
    kind: 'endless',
    make: () => ({ path: '/v1/batch', fields: ['transfer-encoding: chunked'], parts: endless() }),
  },
  { kind: 'fitting', make: fitting },
];

function whole(path: string, parts: readonly (Buffer | string)[], fields: readonly string[] = []): Body {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return { path, fields: [...fields, `content-length: ${length}`], parts };
}

function* endless(): Generator<string> {
  const part = WORDS.slice(0, 0x4000);
  for (;;) yield `4000\r\n${part}\r\n`;
}

/** As long as a batch may be: taken, or put off. */
function fitting(name: string): Body {
  const ids = Array.from({ length: 16 }, (_, n) => `${name}-${n}`);
  const properties = { words: WORDS };
  const batch = ids.map((messageId) => ({
    type: 'track',
    userId: name,
    messageId,
    event: 'Seen',
    properties,
  }));
  return { ...whole('/v1/batch', [JSON.stringify({ batch })]), ids };
}

async function send(
  { origin, api_key }: World,
  kind: string,
  { path, fields, parts, ids = [] }: Body,
): Promise<Answer> {
  const began = performance.now();
  const { hostname, port, host } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const authorization = `authorization: Basic ${Buffer.from(`${api_key}:`).toString('base64')}`;
  const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, authorization, ...fields];
  const status = statusOf(socket);
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  void sendParts(socket, parts);
  return { kind, status: await status, seconds: (performance.now() - began) / 1000, ids };
}

async function statusOf(socket: Socket): Promise<number> {
  let said = '';
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (text: string) => {
    said += text;
    if (said.includes('\r\n')) socket.destroy();
  });
  await closed(socket);
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0);
}

async function sendParts(socket: Socket, parts: Iterable<Buffer | string>): Promise<void> {
  for (const part of parts) {
    if (socket.destroyed) return;
    if (!socket.write(part)) await Promise.race([drained(socket), closed(socket)]);
  }
}

/** `once` of node:events would reject after an error, which a connection that is cut may have or not. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', () => resolve()));
}

function wrongAnswers(answers: readonly Answer[], in_time: number): readonly string[] {
  const late = answers.filter(({ seconds }) => seconds > in_time);
  const wrong = answers.filter(
    ({ kind, status }) => ![0, 408, 503, kind === 'fitting' ? 200 : 400].includes(status),
  );
  return [
    ...(late.length > 0
      ? [`${late.length} bodies had no answer within ${in_time.toFixed(0)} s: ${told(late)}`]
      : []),
    ...(wrong.length > 0 ? [`${wrong.length} bodies had another answer: ${told(wrong)}`] : []),
  ];
}

/** Without those who went away before: on a busy machine that says nothing about the API. */
function answered(others: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(others).filter(([what]) => /^\d/.test(what)));
}

/** What was answered with 200 and is in no table. */
async function lostOnes(world: World, answers: readonly Answer[]): Promise<readonly string[]> {
  const rows = await world.query<{ message_id: string }>(
    `select message_id from events where message_id like 'huge-%'`,
  );
  const kept = new Set(rows.map(({ message_id }) => message_id));
  const taken = answers.filter(({ status }) => status === 200).flatMap(({ ids }) => ids);
  const lost = taken.filter((id) => !kept.has(id));
  return lost.length > 0
    ? [`${lost.length} events of large batches were acknowledged and are in no table`]
    : [];
}

/** `single 400: 12`, … */
function told(answers: readonly Answer[]): string {
  const counted = new Map<string, number>();
  for (const { kind, status } of answers) {
    const key = `${kind} ${status || 'cut'}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  return [...counted]
    .map(([key, times]) => `${key}: ${times}`)
    .toSorted()
    .join('; ');
}

function slowest(answers: readonly Answer[]): number {
  return Math.max(0, ...answers.map(({ seconds }) => seconds));
}
