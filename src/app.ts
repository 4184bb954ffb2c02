import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { Instant } from './core/events/event.ts';
import { createEmailChannel, type EmailOptions } from './channels/email.ts';
import { createLogChannel } from './channels/log.ts';
import { createWebhook, type WebhookOptions } from './channels/webhook.ts';
import { createCaller, sendThenCall } from './engine/call.ts';
import { databaseClock } from './engine/clocks.ts';
import { displacedRuns, previewDeployment, type DeploymentPreview } from './engine/impact.ts';
import { lookForWinners } from './engine/experiments.ts';
import type { ExperimentBook } from './engine/experiments/book.ts';
import { createLinks, type Links } from './engine/links.ts';
import type { Live, LiveProject } from './engine/live-project.ts';
import type {
  CallMark,
  Channel,
  Clock,
  MessageMark,
  Parcel,
  Reader,
  Renderer,
  Store,
} from './engine/ports.ts';
import { createReceiver, type Receiver } from './engine/receive.ts';
import { createResponses, type Responses } from './engine/responses.ts';
import type { WarmUp } from './engine/destinations.ts';
import type { SendingAlert } from './engine/calm.ts';
import { createSender } from './engine/send.ts';
import { startSweep } from './engine/sweep.ts';
import type { TurnReport } from './engine/turn.ts';
import { createTurner } from './engine/turner.ts';
import { UserError } from './errors.ts';
import { orMeant } from './project/did-you-mean.ts';
import { loadProject, type LoadedProject } from './project/load.ts';
import { formatProblem, type Problem } from './project/problem.ts';
import type { ProjectFiles } from './project/read-files.ts';
import { openBackend, type QueueBackend } from './queue/backend.ts';
import { createBell, type ClosableBell } from './queue/bell.ts';
import { startSendWorker, startTurnWorkers } from './queue/workers.ts';
import { checkWords } from './render/check-words.ts';
import { compileProject, type CompiledCache } from './render/compile-project.ts';
import { createRenderer } from './render/renderer.ts';
import { openDatabase, migrateDatabase, type Database } from './store/database.ts';
import {
  compiledTemplates,
  findDeployment,
  keepCompiledTemplate,
  latestDeployment,
  listDeployments,
  recordDeployment,
  versionsInUse,
} from './store/deployments.ts';
import { experimentWinners, openExperiments } from './store/experiments.ts';
import { addresseeOf, unsubscribe, type Addressee } from './store/consents.ts';
import { findWriteKey, linkSecrets, webhookSecrets, type WriteKey } from './store/keys.ts';
import { openPersonalData, type PersonalData } from './store/personal-data.ts';
import { recomputation } from './store/recomputations.ts';
import { createReader } from './store/reader.ts';
import { openResponseBook } from './store/response-book.ts';
import { openSegments, type Segments } from './store/segments.ts';
import { openStore } from './store/store.ts';
import { openSuppressionList, type SuppressionList } from './store/suppression-list.ts';
import { openSendingBook } from './store/suppressions.ts';
import { answerSurvey, askedBy, type SurveyAnswer } from './store/surveys.ts';

export const ROLES = ['api', 'engine', 'sender', 'chores'] as const;
export type Role = (typeof ROLES)[number];

export interface AppOptions {
  readonly database_url: string;
  readonly queue: QueueBackend;
  readonly smtp_url?: string | undefined;
  /** How e-mail is signed and where reports about it come in. */
  readonly mail?: MailOptions;
  /** Hears of messages that leave by no real channel, where `smtp_url` is absent. */
  onParcel?(parcel: Parcel): void;
  /** Whom steps may call, and with which secrets; absent where other systems must hear of nothing. */
  readonly webhooks?: Omit<WebhookOptions, 'signing_secrets'> | undefined;
  readonly public_url: string;
  /** Absent: the database's clock. */
  readonly clock?: Clock;
  onError(error: unknown): void;
  onTurn?(report: TurnReport): void;
  onMark?(mark: MessageMark): void;
  onCall?(mark: CallMark): void;
  /** Hears when a ring for a partition, or for sending, has been answered. */
  onTurned?(partition: number): void;
  onSent?(): void;
  /** Hears of what only people can mend. */
  onAlert?(alert: SendingAlert): void;
  /** For a sender that receivers do not know yet. */
  readonly warm_up?: WarmUp | undefined;
}

export interface MailOptions extends Pick<EmailOptions, 'dkim' | 'require_tls' | 'internal_headers'> {
  /** The domain to which reports come back. */
  readonly bounce_domain?: string | undefined;
}

type Key = Pick<WriteKey, 'id' | 'scope'>;

/** Everything put together: what the doors (API, CLI) call. */
export interface App {
  readonly db: Database;
  readonly store: Store;
  readonly reader: Reader;
  readonly experiments: ExperimentBook;
  readonly segments: Segments;
  readonly suppressions: SuppressionList;
  readonly people: PersonalData;
  readonly bell: ClosableBell;
  readonly clock: Clock;
  readonly receiver: Receiver;
  readonly links: Links;
  /** Keeps what comes back about messages. */
  readonly responses: Responses;
  /** @throws UserError while no project has been deployed. */
  readonly live: Live;
  /**
   * Renders every message in each tone and language, and tells what must not go out or should be better; nothing of the
   * version that is live, which was looked at before. Nothing is changed. @throws UserError with the problems of a project that is not sound.
   */
  checkWords(files: ProjectFiles): Promise<readonly Problem[]>;
  /** Makes a project live, if it is sound. @throws UserError with the problems if not; the last good one stays. */
  deploy(
    files: ProjectFiles,
    options?: {
      /** What the new rules change starts workflows as anything else does. */ readonly start_by_rules?: boolean;
    },
  ): Promise<{ readonly changed: boolean; readonly warnings: readonly Problem[] }>;
  /** What deploying a project would change, without doing it. @throws UserError with the problems if it is not sound. */
  previewDeployment(files: ProjectFiles, onProgress: (share: number) => void): Promise<DeploymentPreview>;
  /** The files of a version that was live once, by its hash or the beginning of it. @throws UserError if there is none. */
  deployedFiles(hash: string): Promise<ProjectFiles>;
  /** Versions that were live, newest first. */
  deployments(limit: number): ReturnType<typeof listDeployments>;
  /** How far the newest rules have got on their way through the contacts. */
  recomputation(): ReturnType<typeof recomputation>;
  /** Takes up what another process has deployed. */
  refresh(): Promise<void>;
  /** A key that is in use. Remembered for a few seconds. */
  findKey(key: string): Promise<Key | undefined>;
  /** Why nobody can be started in this workflow, in one sentence; undefined where somebody can. */
  whyNotStarted(workflow: string): string | undefined;
  findAddressee(message_id: string): Promise<Addressee | undefined>;
  /** Takes back the consent of whom the message went to, at once. */
  unsubscribe(message_id: string, source: string): Promise<void>;
  /** The survey that a message asks to answer; null where it has ended, undefined where there is no such message. */
  findSurvey(
    message_id: string,
  ): Promise<{ readonly survey: string | null; readonly language: string } | undefined>;
  /** Of several answers to one message, the first one stays. */
  answerSurvey(message_id: string, answer: SurveyAnswer): Promise<void>;
  /** Starts the workers of these roles. */
  start(roles: ReadonlySet<Role>): void;
  close(): Promise<void>;
}

export async function openApp(options: AppOptions): Promise<App> {
  await migrateDatabase(options.database_url);
  const { db, close: closeDatabase } = openDatabase(options.database_url);
  const store = await openStore(db, options.database_url);
  const reader = createReader(db);
  const experiments = openExperiments(db);
  const backend = await openBackend(options.queue);
  const bell = createBell(backend, options.onError);
  const links = createLinks(options.public_url, await linkSecrets(db));
  const webhook = options.webhooks && {
    ...options.webhooks,
    signing_secrets: await webhookSecrets(db),
  };
  const clock = options.clock ?? databaseClock;
  const closers: (() => Promise<unknown>)[] = [];
  let live_project: LiveProject | undefined;
  let live_deployment: number | undefined;

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
    live_since: Instant | null,
    trusted = false,
  ): Promise<{ project?: LiveProject; problems: readonly Problem[] }> {
    const [versions, winners] = await Promise.all([versionsInUse(db), experimentWinners(db)]);
    const now = clock.at(await store.databaseNow());
    const { loaded, problems } = loadProject(files, versions, { winners, live_since, trusted, now });
    if (!loaded) return { problems };
    const compiled = await compile(loaded);
    return { project: compiled.project, problems: [...problems, ...compiled.problems] };
  }

  async function prepareSound(
    files: ProjectFiles,
    live_since: Instant | null,
  ): Promise<{ project: LiveProject; problems: readonly Problem[] }> {
    const { project, problems } = await prepare(files, live_since);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (project && errors.length === 0) return { project, problems };
    const sentence = 'The project has problems; what was live stays live.';
    throw new UserError('project_unsound', sentence, errors.map(formatProblem));
  }

  /** Who follows a workflow and stands at a step that is gone must be told where to go. */
  async function refuseLosingPeople({ project }: LoadedProject): Promise<void> {
    const lost = displacedRuns(project, await reader.runCounts()).filter(({ said }) => !said);
    if (lost.length === 0) return;
    const details = lost.map(
      ({ workflow, step, runs, to }) =>
        `workflows/${workflow}.yaml: ${runs} ${runs === 1 ? 'person stands' : 'people stand'} at step "${step}", ` +
        `which is gone; write moved_to: { ${JSON.stringify(step)}: ${JSON.stringify(to ?? 'id of another step')} }`,
    );
    throw new UserError('people_would_be_lost', 'Nothing was deployed; what was live stays live.', details);
  }

  async function previewOf(
    files: ProjectFiles,
    onProgress: (share: number) => void,
  ): Promise<DeploymentPreview> {
    const now = clock.at(await store.databaseNow());
    const { project } = await prepareSound(files, now);
    return previewDeployment(reader, live_project, project, now, onProgress);
  }

  async function deployedFiles(hash: string): Promise<ProjectFiles> {
    const found = await findDeployment(db, hash);
    if (found) return found.files;
    throw new UserError('no_such_version', `No version "${hash}" was ever live. See "etapa versions".`);
  }

  async function deploy(files: ProjectFiles, { start_by_rules = false } = {}): ReturnType<App['deploy']> {
    const now = clock.at(await store.databaseNow());
    const live_since = start_by_rules ? null : now;
    const { project, problems } = await prepareSound(files, live_since);
    await refuseLosingPeople(project);
    const latest = await latestDeployment(db);
    const changed = latest?.hash !== project.hash;
    if (changed) {
      const { hash, workflow_sources } = project;
      const { rules, segments } = project.project;
      const ids = segments.map(({ id }) => id);
      await recordDeployment(db, { hash, files, rules, segments: ids, live_since, now, workflow_sources });
    }
    live_project = project;
    return { changed, warnings: problems };
  }

  async function refresh(): Promise<void> {
    const latest = await latestDeployment(db);
    if (!latest) return;
    const winners = await experimentWinners(db);
    if (latest.id === live_deployment && isDeepStrictEqual(winners, live_project?.project.winners)) return;
    const { project } = await prepare(latest.files, latest.live_since, true);
    if (!project) return;
    live_project = project;
    live_deployment = latest.id;
  }

  function start(roles: ReadonlySet<Role>): void {
    const { onError, onTurn, onMark, onCall, onTurned: onDone, onSent } = options;
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
      const channels = openChannels(options, links);
      const sender = createSender({
        ...{ store, clock, live, links, renderer, channels },
        calm: {
          book: openSendingBook(db),
          warm_up: options.warm_up,
          ...(options.onAlert ? { onAlert: options.onAlert } : {}),
        },
        ...(onMark ? { onMark } : {}),
      });
      // A ring has been answered when there is nothing left to call either.
      const caller = createCaller({
        ...{ store, bell, clock, live, renderer, channels },
        ...(webhook ? { webhook: createWebhook(webhook) } : {}),
        ...(onCall ? { onCall } : {}),
        ...(onSent ? { onDone: onSent } : {}),
      });
      const workers = startSendWorker(backend, sendThenCall(sender, caller), onError);
      closers.push(async () => {
        await workers.close();
        await Promise.all([...channels.values()].map((channel) => channel.close()));
        await renderer.close();
      });
    }
    if (roles.has('chores')) {
      const sweep = startSweep({
        ...{ store, bell, clock, live, onError },
        async lookForWinners(now) {
          const won = await lookForWinners(experiments, live(), now);
          if (won.length > 0) await refresh();
        },
      });
      closers.push(() => sweep.stop());
    }
  }

  await refresh();
  return {
    db,
    store,
    reader,
    experiments,
    segments: openSegments(db),
    suppressions: openSuppressionList(db),
    people: openPersonalData(db),
    bell,
    clock,
    receiver,
    links,
    responses: createResponses({
      ...{ book: openResponseBook(db), bell, clock },
      databaseNow: () => store.databaseNow(),
    }),
    live,
    async checkWords(files) {
      const { project } = await prepareSound(files, null);
      if (project.hash === live_project?.hash) return [];
      return checkWords(project, clock.at(await store.databaseNow()));
    },
    deploy,
    previewDeployment: previewOf,
    deployedFiles,
    deployments: (limit) => listDeployments(db, limit),
    recomputation: () => recomputation(db),
    refresh,
    findKey: rememberKeys((key) => findWriteKey(db, key)),
    whyNotStarted: (workflow) => whyNotStarted(live(), workflow),
    findAddressee: (message_id) => addresseeOf(db, message_id),
    async unsubscribe(message_id, source) {
      const at = clock.at(await store.databaseNow());
      await unsubscribe(db, message_id, at, source);
    },
    async findSurvey(message_id) {
      const asked = await askedBy(db, message_id);
      return asked && { survey: live().templates[asked.message]?.survey ?? null, language: asked.language };
    },
    async answerSurvey(message_id, answer) {
      const at = clock.at(await store.databaseNow());
      const partition = await answerSurvey(db, message_id, answer, at);
      if (partition !== undefined) bell.ringTurns([partition]);
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
function rememberKeys(find: (key: string) => Promise<Key | undefined>): App['findKey'] {
  const known = new LRUCache<string, Key>({ max: 1000, ttl: KEYS_REMEMBERED });
  return async (key) => {
    const found = known.get(key) ?? (await find(key));
    if (found !== undefined && !known.has(key)) known.set(key, found);
    return found;
  };
}

function whyNotStarted({ project }: LiveProject, workflow: string): string | undefined {
  const status = project.workflows.get(workflow)?.status;
  if (status === 'live') return undefined;
  if (status !== undefined)
    return `The workflow "${workflow}" is ${STATUS_WORDS[status]}; write "status: live" in it and deploy.`;
  const known = [...project.workflows.values()].filter((one) => one.status === 'live').map(({ id }) => id);
  return `There is no workflow called "${workflow}"${orMeant(workflow, known)}`;
}

const STATUS_WORDS = { draft: 'a draft', paused: 'paused', stopped: 'stopped' } as const;

function openChannels(options: AppOptions, links: Links): ReadonlyMap<string, Channel> {
  const { smtp_url: url, onParcel } = options;
  const channels: Channel[] = [];
  if (url !== undefined) channels.push(createEmailChannel({ url, ...emailOptions(options, links) }));
  else if (onParcel) channels.push(createLogChannel('email', onParcel));
  return new Map(channels.map((channel) => [channel.name, channel]));
}

function emailOptions({ mail = {} }: AppOptions, links: Links): Omit<EmailOptions, 'url'> {
  const { bounce_domain: domain, ...others } = mail;
  return domain === undefined ? others : { ...others, bounces: { domain, tokenOf: links.bounceToken } };
}
