import { openApp, type App, type AppOptions, type Role } from '../../src/app.ts';
import { movableClock, type MovableClock } from '../../src/engine/clocks.ts';
import { createActivity, moveClock, receiveAll, type ReplayParts } from '../../src/engine/replay.ts';
import type { IncomingEvent, Instant } from '../../src/core/events/event.ts';
import type { Parcel } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import type { QueueBackend } from '../../src/queue/backend.ts';
import { newDatabase, queueOn } from './database.ts';

export interface TestApp {
  readonly app: App;
  readonly clock: MovableClock;
  readonly database_url: string;
  /** What was handed over, when no SMTP server is given. */
  readonly parcels: Parcel[];
  /** Stores the events, then moves the clock to `until` with everything done that falls due. */
  live(events: readonly IncomingEvent[], until: Instant, step?: number): Promise<void>;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly files: ProjectFiles;
  /** Absent: a new database, and the tests' Redis where the queue is on it. */
  readonly place?: Place;
  readonly backend: 'postgres' | 'redis';
  readonly start: Instant;
  readonly roles?: readonly Role[];
  readonly overrides?: Partial<AppOptions>;
}

export interface Place {
  readonly database_url: string;
  readonly queue: QueueBackend;
}

async function newPlace(backend: 'postgres' | 'redis'): Promise<Place> {
  const database_url = await newDatabase();
  return { database_url, queue: queueOn(backend, database_url) };
}

/** The real engine on a database of its own, with a clock that the test moves. */
export async function openTestApp({
  files,
  place,
  backend,
  start,
  roles,
  overrides,
}: TestAppOptions): Promise<TestApp> {
  const { database_url, queue } = place ?? (await newPlace(backend));
  const clock = movableClock(start);
  const activity = createActivity();
  const parcels: Parcel[] = [];
  const app = await openApp({
    database_url,
    queue,
    public_url: 'http://localhost:8686',
    clock,
    onError: activity.fail,
    onTurned: activity.turned,
    onSent: activity.sent,
    onParcel: (parcel) => parcels.push(parcel),
    ...overrides,
  });
  await app.deploy(files);
  app.start(new Set(roles ?? ['engine', 'sender']));
  const parts: ReplayParts = { store: app.store, bell: app.bell, clock, live: app.live, activity };
  return {
    app,
    clock,
    database_url,
    parcels,
    async live(events, until, step = 24 * 60 * 60 * 1000) {
      await receiveAll(parts, events, 'test', () => undefined);
      await moveClock(parts, { until, step, speed: Infinity, onProgress: () => undefined });
    },
    close: () => app.close(),
  };
}
