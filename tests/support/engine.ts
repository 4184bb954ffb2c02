import type { SQL } from 'drizzle-orm';
import { openApp, type App } from '../../src/app.ts';
import { movableClock } from '../../src/engine/clocks.ts';
import type { Bell, ReceivedEvent, Store } from '../../src/engine/ports.ts';
import { createReceiver, type Receiver } from '../../src/engine/receive.ts';
import { createTurner, type Turner } from '../../src/engine/turner.ts';
import type { TurnReport } from '../../src/engine/turn.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { newDatabase } from './database.ts';

/** The real engine as it decides in production, but without bells: the test says when a turn is taken. */
export interface Engine {
  readonly app: App;
  readonly store: Store;
  readonly receiver: Receiver;
  readonly turner: Turner;
  readonly turns: TurnReport[];
  readonly database_url: string;
  /** A turner by the same project and clock, on another store. */
  turnerOn(store: Store): Turner;
  now(): number;
  /** The clock goes on, but so much ahead of the database's. */
  pass(milliseconds: number): void;
  receive(...events: readonly ReceivedEvent[]): Promise<void>;
  /** Takes turns until nothing is new or due. */
  settle(): Promise<void>;
  query<T extends Record<string, unknown>>(query: SQL): Promise<readonly T[]>;
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly files: ProjectFiles;
  /** Absent: a new one. */
  readonly database_url?: string;
}

export const silentBell: Bell = { ringTurns: () => undefined, ringSends: () => undefined };

export async function openEngine({ files, database_url: given }: EngineOptions): Promise<Engine> {
  const database_url = given ?? (await newDatabase());
  const clock = movableClock(0);
  clock.run(0);
  let ahead = 0;
  const turns: TurnReport[] = [];
  const app = await openApp({
    database_url,
    queue: { kind: 'postgres', url: database_url },
    public_url: 'http://localhost:8686',
    clock,
    onError: (error) => {
      throw error;
    },
  });
  await app.deploy(files);
  const { store, live } = app;
  const turnerOn = (on: Store): Turner =>
    createTurner({ store: on, bell: silentBell, clock, live, onTurn: (turn) => turns.push(turn) });
  const turner = turnerOn(store);
  const receiver = createReceiver(store, silentBell, live);
  return {
    app,
    store,
    receiver,
    turner,
    turns,
    database_url,
    turnerOn,
    now: () => Date.now() + ahead,
    pass(milliseconds) {
      ahead += milliseconds;
      clock.run(ahead);
    },
    receive: (...events) => receiver.receive(events),
    async settle() {
      for (let round = 0; ; round++) {
        const now = clock.at(await store.databaseNow());
        const recomputing = await store.recompute(now, 5000, live().project.rules);
        const partitions = await store.partitionsWithWork(now, false);
        if (partitions.length === 0 && (!recomputing || recomputing.finished)) return;
        if (round > 50) throw new Error(`partitions ${partitions.join(', ')} never come to rest`);
        for (const partition of partitions) await turner.work([partition]);
      }
    },
    async query<T extends Record<string, unknown>>(query: SQL) {
      const { rows } = await app.db.execute(query);
      return rows as T[];
    },
    close: () => app.close(),
  };
}

/** Runs after a turn has written and before it commits. */
export function betweenWriteAndCommit(store: Store, meanwhile: () => Promise<void>): Store {
  return {
    ...store,
    turn: (partitions, work) =>
      store.turn(partitions, (book) =>
        work({
          ...book,
          async write(writes) {
            await book.write(writes);
            await meanwhile();
          },
        }),
      ),
  };
}
