import { LRUCache } from 'lru-cache';
import { createEmailChannel } from './channels/email.ts';
import { createLogChannel } from './channels/log.ts';
import { databaseClock } from './engine/clocks.ts';
import { createLinks, type Links } from './engine/links.ts';
import type { Live, LiveProject } from './engine/live-project.ts';
import type { Channel, Clock, MessageMark, Parcel, Renderer, Store } from './engine/ports.ts';
import { createReceiver, type Receiver } from './engine/receive.ts';
import { createSender } from './engine/send.ts';
import { startSweep } from './engine/sweep.ts';
import type { TurnReport } from './engine/turn.ts';
import { createTurner } from './engine/turner.ts';
import { UserError } from './errors.ts';
import { loadProject, type LoadedProject } from './project/load.ts';
import { formatProblem, type Problem } from './project/problem.ts';
import type { ProjectFiles } from './project/read-files.ts';
import { openBackend, type QueueBackend } from './queue/backend.ts';
import { createBell, type ClosableBell } from './queue/bell.ts';
import { startSendWorker, startTurnWorkers } from './queue/workers.ts';
import { compileProject, type CompiledCache } from './render/compile-project.ts';
import { createRenderer } from './render/renderer.ts';
import { openDatabase, migrateDatabase, type Database } from './store/database.ts';
import {
  compiledTemplates,
  keepCompiledTemplate,
  latestDeployment,
  recordDeployment,
  versionsInUse,
} from './store/deployments.ts';
import { addresseeOf, unsubscribe, type Addressee } from './store/consents.ts';
import { findWriteKey, linkSecrets } from './store/keys.ts';
import { openStore } from './store/store.ts';

export const ROLES = ['api', 'engine', 'sender', 'chores'] as const;
export type Role = (typeof ROLES)[number];

export interface AppOptions {
  readonly database_url: string;
  readonly queue: QueueBackend;
  readonly smtp_url?: string | undefined;
  /** Hears of messages that leave by no real channel, where `smtp_url` is absent. */
  onParcel?(parcel: Parcel): void;
  readonly public_url: string;
  /** Absent: the database's clock. */
  readonly clock?: Clock;
  onError(error: unknown): void;
  onTurn?(report: TurnReport): void;
  onMark?(mark: MessageMark): void;
  /** Hears when a ring for a partition, or for sending, has been answered. */
  onTurned?(partition: number): void;
  onSent?(): void;
}

/** Everything put together: what the doors (API, CLI) call. */
export interface App {
  readonly db: Database;
  readonly store: Store;
  readonly bell: ClosableBell;
  readonly clock: Clock;
  readonly receiver: Receiver;
  readonly links: Links;
  /** @throws UserError while no project has been deployed. */
  readonly live: Live;
  /** Checks a project whole: its files, then its words. Nothing is changed. */
  check(files: ProjectFiles): Promise<readonly Problem[]>;
  /** Makes a project live, if it is sound. @throws UserError with the problems if not; the last good one stays. */
  deploy(files: ProjectFiles): Promise<{ readonly changed: boolean; readonly warnings: readonly Problem[] }>;
  /** Takes up what another process has deployed. */
  refresh(): Promise<void>;
  /** The id of a write key that is in use. Remembered for a few seconds. */
  findWriteKey(key: string): Promise<string | undefined>;
  findAddressee(message_id: string): Promise<Addressee | undefined>;
  /** Takes back the consent of whom the message went to, at once. */
  unsubscribe(message_id: string, source: string): Promise<void>;
  /** Starts the workers of these roles. */
  start(roles: ReadonlySet<Role>): void;
  close(): Promise<void>;
}

export async function openApp(options: AppOptions): Promise<App> {
  await migrateDatabase(options.database_url);
  const { db, close: closeDatabase } = openDatabase(options.database_url);
  const store = await openStore(db, options.database_url);
  const backend = await openBackend(options.queue);
  const bell = createBell(backend, options.onError);
  const links = createLinks(options.public_url, await linkSecrets(db));
  const clock = options.clock ?? databaseClock;
  const closers: (() => Promise<unknown>)[] = [];
  let live_project: LiveProject | undefined;

  const live: Live = () => {
    if (live_project) return live_project;
    throw new UserError(
      'no_project',
      'No project has been deployed yet. Run "etapa deploy" in the folder of one.',
    );
  };
  const receiver = createReceiver(store, bell, live);
  const cache: CompiledCache = {
    get: (hashes) => compiledTemplates(db, hashes),
    put: (email) => keepCompiledTemplate(db, email),
  };

  async function compile(
    loaded: LoadedProject,
  ): Promise<{ project: LiveProject; problems: readonly Problem[] }> {
    const { emails, problems } = await compileProject(loaded, cache);
    return { project: { ...loaded, emails }, problems };
  }

  /** The project together with the versions of workflows that somebody still walks. */
  async function prepare(
    files: ProjectFiles,
  ): Promise<{ project?: LiveProject; problems: readonly Problem[] }> {
    const { loaded, problems } = loadProject(files, await versionsInUse(db));
    if (!loaded) return { problems };
    const compiled = await compile(loaded);
    return { project: compiled.project, problems: [...problems, ...compiled.problems] };
  }

  async function deploy(files: ProjectFiles): ReturnType<App['deploy']> {
    const { project, problems } = await prepare(files);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (!project || errors.length > 0) {
      throw new UserError(
        'project_unsound',
        'The project has problems; what was live stays live.',
        errors.map(formatProblem),
      );
    }
    const latest = await latestDeployment(db);
    const changed = latest?.hash !== project.hash;
    if (changed) await recordDeployment(db, project);
    live_project = project;
    if (changed && latest) await store.askAnew(clock.at(await store.databaseNow()));
    return { changed, warnings: problems };
  }

  async function refresh(): Promise<void> {
    const latest = await latestDeployment(db);
    const before = live_project;
    if (!latest || latest.hash === before?.hash) return;
    const { project } = await prepare(latest.files);
    if (!project) return;
    live_project = project;
    // Whom this process decided in the meantime, it decided by the old rules.
    if (before) await store.askAnew(clock.at(await store.databaseNow()), clock.at(latest.deployed_at));
  }

  function start(roles: ReadonlySet<Role>): void {
    const { onError, onTurn, onMark, onTurned: onDone, onSent } = options;
    if (roles.has('engine')) {
      const turner = createTurner({
        store,
        bell,
        clock,
        live,
        ...(onTurn ? { onTurn } : {}),
        ...(onDone ? { onDone } : {}),
      });
      const workers = startTurnWorkers(backend, turner, onError);
      closers.push(() => workers.close());
    }
    if (roles.has('sender')) {
      const renderer: Renderer = createRenderer();
      const channels = openChannels(options);
      const hearing = { ...(onMark ? { onMark } : {}), ...(onSent ? { onDone: onSent } : {}) };
      const sender = createSender({ store, clock, live, links, renderer, channels, ...hearing });
      const workers = startSendWorker(backend, sender, onError);
      closers.push(async () => {
        await workers.close();
        await Promise.all([...channels.values()].map((channel) => channel.close()));
        await renderer.close();
      });
    }
    if (roles.has('chores')) {
      const sweep = startSweep({ store, bell, clock, onError });
      closers.push(() => sweep.stop());
    }
  }

  await refresh();
  return {
    db,
    store,
    bell,
    clock,
    receiver,
    links,
    live,
    check: async (files) => (await prepare(files)).problems,
    deploy,
    refresh,
    findWriteKey: rememberKeys((key) => findWriteKey(db, key)),
    findAddressee: (message_id) => addresseeOf(db, message_id),
    async unsubscribe(message_id, source) {
      const at = clock.at(await store.databaseNow());
      await unsubscribe(db, message_id, at, source);
    },
    start,
    async close() {
      await receiver.close();
      for (const close of closers.reverse()) await close();
      await bell.close();
      await backend.close();
      await store.close();
      await closeDatabase();
    },
  };
}

/** A revoked key is refused after at most this long. */
const KEYS_REMEMBERED = 5000;

/** Only keys that exist are remembered, so that guessing fills no memory. */
function rememberKeys(find: (key: string) => Promise<string | undefined>): App['findWriteKey'] {
  const known = new LRUCache<string, string>({ max: 1000, ttl: KEYS_REMEMBERED });
  return async (key) => {
    const id = known.get(key) ?? (await find(key));
    if (id !== undefined && !known.has(key)) known.set(key, id);
    return id;
  };
}

function openChannels({ smtp_url, onParcel }: AppOptions): ReadonlyMap<string, Channel> {
  const channels: Channel[] = [];
  if (smtp_url !== undefined) channels.push(createEmailChannel({ url: smtp_url }));
  else if (onParcel) channels.push(createLogChannel('email', onParcel));
  return new Map(channels.map((channel) => [channel.name, channel]));
}
