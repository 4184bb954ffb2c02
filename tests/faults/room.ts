/** The engine in this process, on a world's database and queue: for faults to which real processes would add nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { openServer } from '../../src/api/server.ts';
import type { App } from '../../src/app.ts';
import type { QueueBackend } from '../../src/queue/backend.ts';
import { addWriteKey } from '../../src/store/keys.ts';
import { startScriptedHttp, type ScriptedHttp } from '../support/scripted-http.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';
import type { Findings, Setting } from './fault.ts';
import type { World } from './world/world.ts';

export interface Room extends Omit<Setting, 'openWorld'> {
  readonly world: World;
  /** Where the engine works: `place` of a shop or of a test's app. */
  readonly place: { readonly database_url: string; readonly queue: QueueBackend };
  /** Done when the case ends, the last first. */
  atEnd(close: () => Promise<unknown>): void;
  openShop(options?: Omit<ShopOptions, 'backend' | 'place'>): Promise<Shop>;
  startSmtp(answer?: Parameters<typeof startScriptedSmtp>[0]): Promise<ScriptedSmtp>;
  startHttp(answer?: Parameters<typeof startScriptedHttp>[0]): Promise<ScriptedHttp>;
  openDoor(app: App): Promise<Door>;
  /** Resolves when everything new has been decided. */
  decided(): Promise<void>;
  /** Notes a violation where this is not so. */
  must(is_so: boolean, otherwise: string): void;
}

/** The API of an app. */
export interface Door {
  readonly origin: string;
  readonly server: FastifyInstance;
  readonly key: string;
  /** Posts to a path of the API with a write key; the events of `/v1/batch` and whatever else. */
  post(path: string, body: unknown): Promise<Response>;
}

export function basicOf({ key }: Pick<Door, 'key'>): string {
  return `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** What a case measured, without what `must` noted. */
export type OwnFindings = Omit<Findings, 'violations'>;

/** Opens a world without processes for the work, and closes what the work has opened. */
export async function inRoom(
  { backend, seed, dice, openWorld }: Setting,
  work: (room: Room) => Promise<OwnFindings>,
): Promise<Findings> {
  const closers: (() => Promise<unknown>)[] = [];
  const violations: string[] = [];
  const world = await openWorld({ processes: [] });
  const { database_url } = world;
  const queue: QueueBackend =
    backend === 'redis' ? { kind: backend, url: world.redis.url } : { kind: backend, url: database_url };
  const place = { database_url, queue };
  async function opened<Thing>(
    thing: Promise<Thing>,
    close: (one: Thing) => Promise<unknown>,
  ): Promise<Thing> {
    const one = await thing;
    closers.push(() => close(one));
    return one;
  }
  const room: Room = {
    ...{ backend, seed, dice, world, place },
    atEnd: (close) => closers.push(close),
    openShop: (options) => opened(openShop({ ...options, backend, place }), (shop) => shop.close()),
    startSmtp: (answer) => opened(startScriptedSmtp(answer), (smtp) => smtp.stop()),
    startHttp: (answer) => opened(startScriptedHttp(answer), (http) => http.stop()),
    openDoor: (app) => opened(openDoor(app), ({ server }) => server.close()),
    decided: () => decided(world),
    must: (is_so, otherwise) => void (is_so || violations.push(otherwise)),
  };
  try {
    return { ...(await work(room)), violations };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

const PATIENCE = 60_000;

async function decided(world: World): Promise<void> {
  const until = Date.now() + PATIENCE;
  while ((await world.query('select from happenings where due_at <= now() limit 1')).length > 0) {
    if (Date.now() > until) throw new Error('what is new was never decided');
    await sleep(50);
  }
}

let doors = 0;

async function openDoor(app: App): Promise<Door> {
  const key = `wk_room_${++doors}`;
  await addWriteKey(app.db, key, 'Room', key);
  const server = await openServer(app);
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...{ origin, server, key },
    post: (path, body) =>
      fetch(`${origin}${path}`, {
        method: 'POST',
        headers: {
          authorization: basicOf({ key }),
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      }),
  };
}
