import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import type { Command } from 'commander';
import type { FastifyInstance } from 'fastify';
import colors from 'picocolors';
import { openServer } from '../api/server.ts';
import { DAY } from '../core/time/date.ts';
import { exactMilliseconds, parseDuration } from '../core/time/duration.ts';
import { startCatcher, type Catcher } from '../demo/catcher.ts';
import { inboxRoutes } from '../demo/inbox/routes.ts';
import { shopHistory } from '../demo/shop.ts';
import { movableClock, type MovableClock } from '../engine/clocks.ts';
import { createActivity, moveClock, receiveAll, type ReplayParts } from '../engine/replay.ts';
import { readProjectFiles } from '../project/read-files.ts';
import { addWriteKey } from '../store/keys.ts';
import { listen, refuseTakenPort } from './listen.ts';
import { output, progressBar, tellError } from './output.ts';
import { tellSummary } from './status.ts';
import { openSurroundings } from './surroundings.ts';

const DAYS = 60;
const PEOPLE = 320;
const WRITE_KEY = 'demo';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description(
      'two months of a small shop, run through the real engine in about a minute; then it stays up',
    )
    .option('--port <port>', 'where the inbox and the API listen', '8686')
    .option('--seed <number>', 'another seed makes another shop', '7')
    .option('--exit', 'end after the summary instead of staying up')
    .action(demo);
}

async function demo(options: { port: string; seed: string; exit?: boolean }): Promise<void> {
  const port = Number(options.port);
  if (!options.exit) await refuseTakenPort('127.0.0.1', port);
  const home = resolve('.etapa', 'demo');
  const ends_at = Date.now();
  const clock = movableClock(ends_at - DAYS * DAY);
  const activity = createActivity();
  const catcher = await startCatcher();
  const { app, close } = await openFresh(home, port, catcher, clock, activity);
  const closeAll = async (): Promise<void> => {
    await close();
    await catcher.stop();
  };
  try {
    await app.deploy(await readProjectFiles(EXAMPLE));
    await addWriteKey(app.db, 'demo', 'The demo', WRITE_KEY);
    app.start(new Set(['engine', 'sender']));
    const parts: ReplayParts = { store: app.store, bell: app.bell, clock, live: app.live, activity };
    await live(parts, ends_at, Number(options.seed));
    await tellSummary(app);
    if (options.exit) return await closeAll();
    clock.run(0);
    app.start(new Set(['chores']));
    const server = await openServer(app, {
      demo: true,
      more: (host) => demoRoutes(host, catcher, parts),
    });
    await listen(server, { host: '127.0.0.1', port });
    tellWhatToTry(port);
    closeWithGrace({ delay: 25_000 }, async ({ err }) => {
      if (err) tellError(err);
      await server.close();
      await closeAll();
    });
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The shipped project, also when the command is run from somewhere else. */
const EXAMPLE = fileURLToPath(new URL('../..', import.meta.url));

type Opened = Awaited<ReturnType<typeof openSurroundings>>;

/** Each demo begins with an empty book of its own. */
async function openFresh(
  home: string,
  port: number,
  catcher: Catcher,
  clock: MovableClock,
  activity: ReturnType<typeof createActivity>,
): Promise<Opened> {
  return openSurroundings({
    project: EXAMPLE,
    hold: true,
    fresh: true,
    settings: { home, port, database_url: undefined },
    overrides: {
      smtp_url: catcher.url,
      // The inbox shows by which workflow and in which tone a mail came.
      mail: { internal_headers: true },
      clock,
      onTurned: activity.turned,
      onSent: activity.sent,
      onError: activity.fail,
    },
  });
}

async function live(parts: ReplayParts, ends_at: number, seed: number): Promise<void> {
  const events = shopHistory({ seed, ends_at, days: DAYS, people: PEOPLE });
  const receiving = progressBar('Receiving the events of Lumbre');
  await receiveAll(parts, events, 'demo', (done) => receiving.at(done / events.length, `${done} events`));
  receiving.done(`${events.length} deliveries`);
  const began = performance.now();
  const first = events[0]?.received_at ?? ends_at;
  const moving = progressBar('Living through two months');
  await moveClock(parts, {
    until: ends_at,
    step: DAY,
    speed: Infinity,
    onProgress: (now) =>
      moving.at((now - first) / (ends_at - first), new Date(now).toISOString().slice(0, 10)),
  });
  moving.done(`${Math.round((performance.now() - began) / 1000)} s`);
}

async function demoRoutes(server: FastifyInstance, catcher: Catcher, parts: ReplayParts): Promise<void> {
  const forward = clockMover(parts);
  await server.register(inboxRoutes(catcher, { title: 'Lumbre' }), { prefix: '/inbox' });
  server.post<{ Body: { forward?: string } | null }>(
    '/demo/clock',
    { schema: { hide: true } },
    async (request, reply) => {
      const far = parseDuration(request.body?.forward ?? '');
      if (far) return { now: new Date(await forward(exactMilliseconds(far))).toISOString() };
      const message = 'Write how far, like {"forward": "2 hours"}.';
      return reply.code(422).send({ error: { code: 'forward_unreadable', message, pointer: '/forward' } });
    },
  );
}

/** Moves the demo's clock through all that lies between, one wish after the other, and lets it run on from there. */
function clockMover(parts: ReplayParts): (by: number) => Promise<number> {
  let ahead = 0;
  let moving: Promise<unknown> = Promise.resolve();
  const move = async (by: number): Promise<number> => {
    const from = Date.now() + ahead;
    ahead += by;
    parts.clock.set(from);
    await moveClock(parts, {
      from,
      until: from + by,
      step: DAY,
      speed: Infinity,
      onProgress: () => undefined,
    });
    parts.clock.run(ahead);
    return from + by;
  };
  return (by) => {
    const moved = moving.then(() => move(by));
    moving = moved.catch(() => undefined);
    return moved;
  };
}

function tellWhatToTry(port: number): void {
  const base = `http://localhost:${port}`;
  output.line(`\n${colors.bold('The console:')} ${colors.cyan(`${base}/console/`)}`);
  output.line(`The inbox: ${base}/inbox/    the API: ${base}/docs`);
  output.line('\nBe a shopper yourself:\n');
  output.line(`curl -u ${WRITE_KEY}: -H 'content-type: application/json' ${base}/v1/batch -d '{"batch":[
  {"type":"identify","userId":"me","traits":{"firstName":"Sam","email":"sam@example.com","language":"en","consent":["email"]}},
  {"type":"track","userId":"me","event":"Product Added","properties":{"product_id":"s1","name":"Trail shoe","price":89,"quantity":1}}]}'`);
  output.line(`curl -H 'content-type: application/json' ${base}/demo/clock -d '{"forward":"1 day"}'`);
  output.line('\nThe reminder is in the inbox a moment later. Ctrl-C ends the demo.');
}
