import { openApp, type App, type AppOptions, type Role } from '../../src/app.ts';
import { movableClock, type MovableClock } from '../../src/engine/clocks.ts';
import { createActivity, moveClock, receiveAll, type ReplayParts } from '../../src/engine/replay.ts';
import type { IncomingEvent, Instant } from '../../src/core/events/event.ts';
import type { Parcel } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
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
  readonly backend: 'postgres' | 'redis';
  readonly start: Instant;
  readonly roles?: readonly Role[];
  readonly overrides?: Partial<AppOptions>;
}

/** The real engine on a database of its own, with a clock that the test moves. */
export async function openTestApp({
  files,
  backend,
  start,
  roles,
  overrides,
}: TestAppOptions): Promise<TestApp> {
  const database_url = await newDatabase();
  const clock = movableClock(start);
  const activity = createActivity();
  const parcels: Parcel[] = [];
  const app = await openApp({
    database_url,
    queue: queueOn(backend, database_url),
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
