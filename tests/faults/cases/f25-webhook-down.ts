/** F25: the system that a step calls is down, slow, gone, or never stops talking. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SHOP_FILES, type Shop } from '../../support/shop.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const webhookDown: FaultCase = {
  id: 'F25',
  name: 'called systems that are down, slow, gone (410), elsewhere (3xx), endless, or answer garbage',
  correct:
    'Each call is tried again or fails with its reason, as its answer says; mails go on meanwhile, and nothing of an endless answer is kept.',
  backends: 'both',
  run: (setting) => inRoom(setting, callThem),
};

type Became = 'done' | 'failed' | 'owed';

/** What becomes of the first call. */
const TARGETS: Readonly<Record<string, Became>> = {
  fine: 'done',
  down: 'owed',
  broken: 'owed',
  busy: 'owed',
  gone: 'failed',
  elsewhere: 'failed',
  mute: 'owed',
  endless: 'done',
  garbled: 'owed',
  dropped: 'owed',
};
const CALLS_EACH = 6;
const MAILS = 60;

async function callThem(room: Room): Promise<OwnFindings> {
  const { dice, must, world, openShop, startSmtp } = room;
  const origins = await startTargets(room);
  const smtp = await startSmtp();
  const shop = await openShop({
    smtp_url: smtp.url,
    roles: ['engine', 'chores'],
    files: { ...SHOP_FILES, ...workflowsTo(origins) },
    overrides: {
      webhooks: { may_reach: Object.values(origins).map((origin) => new URL(origin).host), secrets: {} },
    },
  });
  await secondsToMail(room, shop, 'warming');
  const alone = await secondsToMail(room, shop, 'alone');
  const users = Array.from({ length: CALLS_EACH }, (_, n) => `caller-${n}`);
  const { pid } = process;
  const before = process.memoryUsage().rss;
  await shop.receive(
    ...users.map((user) => shop.knows(user)),
    ...dice.shuffle(
      users.flatMap((user) =>
        Object.keys(TARGETS).map((target) => ({
          ...shop.orders(user),
          ...{ message_id: `${pid}-${user}-${target}`, name: `call_${target}` },
        })),
      ),
    ),
  );
  const calls = Object.keys(TARGETS).length * CALLS_EACH;
  await room.decided();
  shop.send();
  const beside = await secondsToMail(room, shop, 'beside');
  must(
    beside < 2 * alone + 5,
    `${MAILS} mails took ${beside.toFixed(1)} s, and ${alone.toFixed(1)} s where nobody was called`,
  );
  const rows = await settledCalls(world, calls);
  for (const { target, state, response } of rows)
    must(state === TARGETS[target], `${target}: ${state}, not ${TARGETS[target]}: ${response}`);
  must(rows.length === calls, `${rows.length} calls, not ${calls}`);
  const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
  must(grown < 300, `the process grew by ${Math.round(grown)} MB`);
  must(shop.errors.length === 0, `somebody heard of it: ${shop.errors.map(String).slice(0, 2).join('; ')}`);
  const seconds = { mails_seconds_alone: alone.toFixed(1), mails_seconds_beside: beside.toFixed(1) };
  return { sent: smtp.accepted.length, own: { calls, ...seconds, grown_mb: Math.round(grown) } };
}

async function secondsToMail(room: Room, shop: Shop, name: string): Promise<number> {
  const users = Array.from({ length: MAILS }, (_, n) => `${name}-${n}`);
  const began = performance.now();
  await shop.receive(
    ...users.flatMap((user) => [shop.knows(user, { email: `ana@${user}.example` }), shop.orders(user)]),
  );
  await room.decided();
  shop.send();
  const isTheirs = new Set(users);
  await shop.until(
    (list) => list.filter(({ sent, user }) => sent && isTheirs.has(user)).length === MAILS,
    40_000,
  );
  return (performance.now() - began) / 1000;
}

/** By its name, where each listens. */
async function startTargets({ startHttp, atEnd }: Room): Promise<Readonly<Record<string, string>>> {
  const http = await startHttp(({ url }) => {
    switch (url.slice(1)) {
      case 'broken':
        return { status: 500 };
      case 'busy':
        return { status: 429, headers: { 'retry-after': '3600' } };
      case 'gone':
        return { status: 410 };
      case 'elsewhere':
        return { status: 302, headers: { location: 'http://127.0.0.1:1/' } };
      case 'mute':
        return 'mute';
      case 'dropped':
        return 'drop';
      default:
        return { status: 204 };
    }
  });
  const endless = await startRaw(atEnd, 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n', true);
  const garbled = await startRaw(atEnd, 'HTTP/1.1 503 \u0000\ud83d no\r\ncontent-length: 0\r\n\r\n', false);
  const others = Object.keys(TARGETS).map((name): [string, string] => [name, `${http.origin}/${name}`]);
  return { ...Object.fromEntries<string>(others), down: 'http://127.0.0.1:9/', endless, garbled };
}

/** Says this, and then, if it is endless, a megabyte after the other. */
async function startRaw(atEnd: Room['atEnd'], words: string, isEndless: boolean): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(words);
      if (!isEndless) return void socket.end();
      const more = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(1024 * 1024, 'x')));
      };
      socket.on('drain', more);
      more();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
}

function workflowsTo(origins: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(origins).map(([name, url]) => [
      `workflows/call_${name}.yaml`,
      `version: 1
workflow: call_${name}
purpose: service
enter_when: { event: call_${name} }
re_enter: always
steps:
  - call_webhook: { url: '${url}' }
    up_to: 3 hours
`,
    ]),
  );
}

interface CallRow {
  readonly target: string;
  readonly state: string;
  readonly response: string | null;
}

/** When each was made at least once. */
async function settledCalls(world: Room['world'], calls: number): Promise<readonly CallRow[]> {
  const until = Date.now() + 40_000;
  for (;;) {
    const rows = await world.query<CallRow & { attempts: number }>(
      `select replace(workflow, 'call_', '') as target, state, response, attempts from calls`,
    );
    const done = rows.filter(({ state, response }) => state !== 'claimed' && response !== null);
    if (done.length >= calls || Date.now() > until) return rows;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
