import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { Instant } from './core/events/event.ts';
import type { Incident } from './core/notices/notice.ts';
import { isOfNotice } from './core/notices/telling.ts';
import { domainOf } from './core/messages/address.ts';
import { CHANNELS } from './core/messages/message.ts';
import { createChatChannel } from './channels/chat.ts';
import { createEmailChannel, type EmailOptions } from './channels/email.ts';
import { createLogChannel } from './channels/log.ts';
import { createMessageWebhookChannel } from './channels/message-webhook.ts';
import { createSmsChannel, type SmsOptions } from './channels/sms.ts';
import { createWebhook, type WebhookOptions } from './channels/webhook.ts';
import { openLookup, systemResolver, type Resolver } from './dns/lookup.ts';
import { missingParts } from './dns/set-up.ts';
import { createAccounts, type Accounts } from './engine/accounts.ts';
import { createCaller, sendThenCall } from './engine/call.ts';
import type { Duty } from './engine/duties.ts';
import { createChat, type Chat, type ChatBook } from './engine/chat.ts';
import { databaseClock } from './engine/clocks.ts';
import { answerAutomatically, type AnsweredMail } from './engine/auto-reply.ts';
import { displacedRuns, previewDeployment, type DeploymentPreview } from './engine/impact.ts';
import { lookForWinners } from './engine/experiments.ts';
import type { ExperimentBook } from './engine/experiments/book.ts';
import type { DeliveryBook } from './engine/deliverability.ts';
import type { ForecastBook } from './engine/forecast.ts';
import { createLinks, type Links } from './engine/links.ts';
import type { Live, LiveProject } from './engine/live-project.ts';
import { createNoticeDesk, type NoticeDesk } from './engine/notices.ts';
import type {
  Bell,
  CallMark,
  Channel,
  Clock,
  MessageMark,
  Parcel,
  PutAside,
  Reader,
  Renderer,
  Store,
  Trouble,
} from './engine/ports.ts';
import { createMapDesk, type MapDesk } from './engine/map.ts';
import type { MessageList } from './engine/message-list.ts';
import { createReceiver, type Receiver } from './engine/receive.ts';
import { provenChannel, type RecoveryBook } from './engine/recovery.ts';
import { createResponses, type Responses } from './engine/responses.ts';
import { createPages, type Pages } from './engine/preferences.ts';
import { createProjectDesk, type ProjectDesk } from './engine/project-desk.ts';
import { createRehearsal, type Rehearsal } from './engine/rehearsal.ts';
import type { WorkflowBook } from './engine/workflow-book.ts';
import type { SendingAlert } from './engine/alert.ts';
import { createAlertMail } from './engine/alert-mail.ts';
import { dayOfProject } from './engine/destinations.ts';
import { startCleaning } from './engine/retention.ts';
import { createSender } from './engine/send.ts';
import { createSendingControl, type SendingControl } from './engine/sending-control.ts';
import type { SetUpLook } from './engine/set-up.ts';
import type { Standing } from './engine/standing.ts';
import { startSweep } from './engine/sweep.ts';
import type { TurnReport } from './engine/turn.ts';
import { createTurner, heardFirstBy, type Turner } from './engine/turner.ts';
import { UserError } from './errors.ts';
import { orMeant } from './project/did-you-mean.ts';
import { editing } from './project/editing.ts';
import { hashOf, loadProject, type LoadedProject } from './project/load.ts';
import { formatProblem, type Problem } from './project/problem.ts';
import { readCondition, type ReadCondition } from './project/read-condition.ts';
import type { ProjectFiles } from './project/read-files.ts';
import { openBackend, type QueueBackend } from './queue/backend.ts';
import { createBell } from './queue/bell.ts';
import { startSendWorker, startTurnWorkers } from './queue/workers.ts';
import { checkWords } from './render/check-words.ts';
import { compileProject, type CompiledCache } from './render/compile-project.ts';
import { createRenderer } from './render/renderer.ts';
import { openTemplateDesk, type TemplateDesk } from './render/template-desk.ts';
import { openChat } from './store/chat.ts';
import { openContacts, type Contacts } from './store/contacts.ts';
import { openDatabase, type Database } from './store/database.ts';
import { openDeliveryBook } from './store/deliverability.ts';
import { openForecastBook } from './store/forecast.ts';
import { migrateDatabase } from './store/migrate.ts';
import { openAuditLog, type AuditLog } from './store/audit.ts';
import { openAutoReplies } from './store/auto-replies.ts';
import {
  compiledTemplates,
  findDeployment,
  keepCompiledTemplate,
  latestDeployment,
  latestFromFolder,
  listDeployments,
  recordDeployment,
  versionsInUse,
} from './store/deployments.ts';
import { experimentWinners, openExperiments } from './store/experiments.ts';
import { addresseeOf, openPreferenceBook, type Addressee } from './store/consents.ts';
import { allIncidents, openIncidents } from './store/incidents.ts';
import { findWriteKey, openKeys, openSecrets, type Keys, type WriteKey } from './store/keys.ts';
import { openMapBook } from './store/map-figures.ts';
import { messageLife } from './store/message-life.ts';
import { findMessage, listMessages, retryMessage } from './store/message-list.ts';
import { openPersonalData, type PersonalData } from './store/personal-data.ts';
import { recomputation, recomputeByCommand } from './store/recomputations.ts';
import { openReach, type Reach } from './store/reach.ts';
import { createReader } from './store/reader.ts';
import { openRecoveryBook } from './store/recoveries.ts';
import { openResponseBook } from './store/response-book.ts';
import { openRetentionBook } from './store/retention.ts';
import { openSegments, type Segments } from './store/segments.ts';
import { openSessions, type Sessions } from './store/sessions.ts';
import { readStanding } from './store/standing.ts';
import { openStore } from './store/store.ts';
import { listPutAside, tryAgain } from './store/put-aside.ts';
import { openSuppressionList, type SuppressionList } from './store/suppression-list.ts';
import { openSendingBook } from './store/suppressions.ts';
import { answerSurvey, askedBy, type SurveyAnswer } from './store/surveys.ts';
import { openUserBook } from './store/users.ts';
import { openWorkflowBook } from './store/workflow-book.ts';

export const ROLES = ['api', 'engine', 'sender', 'chores'] as const;
export type Role = (typeof ROLES)[number];

export interface AppOptions {
  readonly database_url: string;
  readonly queue: QueueBackend;
  readonly smtp_url?: string | undefined;
  /** How e-mail is signed and where reports about it come in. */
  readonly mail?: MailOptions;
  /** Whom DNS is asked through about our own domain; absent: this machine's, where mail leaves it. */
  readonly resolver?: Resolver | undefined;
  /** Hears of messages of channels that are not set up; absent, these are held back. */
  onParcel?(parcel: Parcel): void;
  /** The provider of text messages. */
  readonly sms?: SmsOptions | undefined;
  /** The system of the shop's own that messages are handed to. */
  readonly message_webhook_url?: string | undefined;
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
  /** Hears how many rows were deleted because they are too old. */
  onCleaned?(table: string, rows: number): void;
  /** The book as whoever counts listens to it. */
  watchStore?(store: Store): Store;
  watchChannel?(channel: Channel): Channel;
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
  /** What workflows have come to. */
  readonly workflows: WorkflowBook;
  /** The project as it is edited. */
  readonly desk: ProjectDesk;
  /** What a workflow would do. */
  readonly rehearsal: Rehearsal;
  readonly notices: NoticeDesk;
  /** Tells whom writes back what a notice says now, where one does; answers whether it was told. */
  readonly answerAutomatically: (mail: AnsweredMail) => Promise<boolean>;
  readonly messages: MessageList;
  /** The journey map. */
  readonly map: MapDesk;
  readonly sending: SendingControl;
  readonly delivery: DeliveryBook;
  /** The look at our domain in DNS; absent where mail stays in the house. */
  readonly set_up: SetUpLook | undefined;
  readonly templates: TemplateDesk;
  readonly forecast: ForecastBook;
  readonly reach: Reach;
  readonly suppressions: SuppressionList;
  /** Contacts that could not be decided and wait apart. */
  readonly aside: {
    /** Oldest first, after the one that a page before ended with. */
    list(
      after: readonly [since: Instant, contact_id: string] | null,
      limit: number,
    ): Promise<readonly PutAside[]>;
    /** Tells how many are tried again now. */
    retry(contact_ids: readonly string[] | 'all'): Promise<number>;
  };
  readonly people: PersonalData;
  /** A condition that is not deployed, among the names of the live project. */
  readCondition(this: void, text: string): ReadCondition;
  /** Who may sign in to the console, who is signed in, and what they did. */
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly keys: Keys;
  readonly audit: AuditLog;
  /** Where people reach this server. */
  readonly public_url: string;
  readonly contacts: Contacts;
  readonly bell: Bell;
  readonly clock: Clock;
  /** What time it is by the engine's clock. */
  now(this: void): Promise<Instant>;
  readonly receiver: Receiver;
  readonly links: Links;
  /** Keeps what comes back about messages. */
  readonly responses: Responses;
  /** The inbox of contacts. */
  readonly chat: Chat;
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
      /** What the new rules change starts workflows as anything else does. */
      readonly start_by_rules?: boolean;
      /** The version that was edited: where another is live, nothing is overwritten. Absent: whatever is live. */
      readonly base?: string;
      /** By whom over the API; absent: from a folder. */
      readonly deployed_by?: string;
    },
  ): Promise<{ readonly changed: boolean; readonly warnings: readonly Problem[] }>;
  /**
   * Whether these files of a folder were live already, and something else was deployed over the API since: then they
   * are taken up again when they change.
   */
  isOverruled(files: ProjectFiles): Promise<boolean>;
  /** What deploying a project would change, without doing it. @throws UserError with the problems if it is not sound. */
  previewDeployment(files: ProjectFiles, onProgress: (share: number) => void): Promise<DeploymentPreview>;
  /** The files of a version that was live once, by its hash or the beginning of it. @throws UserError if there is none. */
  deployedFiles(hash: string): Promise<ProjectFiles>;
  /** Versions that were live, newest first. */
  deployments(limit: number): ReturnType<typeof listDeployments>;
  /** How far the newest rules have got on their way through the contacts. */
  recomputation(): ReturnType<typeof recomputation>;
  /** What is held since a restore from a backup, and what was sent before it. */
  readonly recovery: RecoveryBook;
  /** How the work stands: what waits, for how long, and who is at it. */
  standing(): Promise<Standing>;
  /** Connections of this process to PostgreSQL. */
  connections(): { readonly open: number; readonly idle: number; readonly waiting: number };
  /** Takes up what another process has deployed, and secrets that were exchanged. */
  refresh(): Promise<void>;
  /** A key that is in use. Remembered for a few seconds. */
  findKey(key: string): Promise<Key | undefined>;
  /** Why nobody can be started in this workflow, in one sentence; undefined where somebody can. */
  whyNotStarted(workflow: string): string | undefined;
  /** What people say on the pages behind the links of a message. */
  readonly pages: Pages;
  /** Whom a message went to, also one that a restore has lost where a list tells of it. */
  findAddressee(message_id: string): Promise<Addressee | undefined>;
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
  const opened = await openStore(db, options.database_url);
  const store = options.watchStore?.(opened) ?? opened;
  const reader = createReader(db);
  const experiments = openExperiments(db);
  const backend = await openBackend(options.queue);
  const jobs = createBell(backend, options.onError);
  let turner: Turner | undefined;
  const bell = heardFirstBy(() => turner, jobs);
  const secrets = await openSecrets(db);
  const links = createLinks(options.public_url, secrets.links);
  const webhook = options.webhooks && {
    ...options.webhooks,
    signing_secrets: secrets.webhooks,
  };
  const clock = options.clock ?? databaseClock;
  const inbox = openChat(db);
  const recovery = openRecoveryBook(db);
  let is_recovering = false;
  const askNow = async (): Promise<Instant> => clock.at(await store.databaseNow());
  const closers: (() => Promise<unknown>)[] = [];
  let live_project: LiveProject | undefined;
  let live_deployment: number | undefined;
  let live_incidents: readonly Incident[] = [];

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
    const [versions, winners, incidents] = await Promise.all([
      versionsInUse(db),
      experimentWinners(db),
      allIncidents(db),
    ]);
    const now = await askNow();
    const { loaded, problems } = loadProject(files, versions, {
      winners,
      incidents,
      live_since,
      trusted,
      now,
    });
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
    const now = await askNow();
    const { project } = await prepareSound(files, now);
    return previewDeployment(reader, live_project, project, now, onProgress);
  }

  async function deployedFiles(hash: string): Promise<ProjectFiles> {
    const found = await findDeployment(db, hash);
    if (found) return found.files;
    throw new UserError('no_such_version', `No version "${hash}" was ever live. See "etapa versions".`);
  }

  async function deploy(
    files: ProjectFiles,
    { start_by_rules = false, base, deployed_by }: Parameters<App['deploy']>[1] = {},
  ): ReturnType<App['deploy']> {
    const now = await askNow();
    const live_since = start_by_rules ? null : now;
    const { project, problems } = await prepareSound(files, live_since);
    await refuseLosingPeople(project);
    const latest = await latestDeployment(db);
    const changed = latest?.hash !== project.hash;
    if (changed) {
      const { hash, workflow_sources } = project;
      const { rules, segments } = project.project;
      const ids = segments.map(({ id }) => id);
      await recordDeployment(db, {
        ...{ hash, files, rules, segments: ids, live_since, now, workflow_sources },
        ...{ base, deployed_by: deployed_by ?? null },
      });
    }
    live_project = project;
    return { changed, warnings: problems };
  }

  async function isOverruled(files: ProjectFiles): Promise<boolean> {
    const [latest, from_folder] = await Promise.all([latestDeployment(db), latestFromFolder(db)]);
    const by = latest?.deployed_by ?? null;
    return by !== null && from_folder?.hash === hashOf(files);
  }

  async function refresh(): Promise<void> {
    is_recovering = await recovery.isOpen();
    await secrets.refresh();
    const latest = await latestDeployment(db);
    if (!latest) return;
    const [winners, incidents] = await Promise.all([experimentWinners(db), allIncidents(db)]);
    const is_known = isDeepStrictEqual(
      [latest.id, winners, incidents],
      [live_deployment, live_project?.project.winners, live_incidents],
    );
    if (is_known) return;
    const { project } = await prepare(latest.files, latest.live_since, true);
    if (!project) return;
    live_project = project;
    live_deployment = latest.id;
    live_incidents = incidents;
    if (incidents.length === 0) return;
    await recomputeByCommand(db, project.project.rules, await askNow());
  }

  /** Tells those who watch, and by mail those who do not. */
  function alertTeller(channel: Channel | undefined): (alert: SendingAlert) => void {
    const mail = channel && createAlertMail({ channel, live });
    return (alert) => {
      options.onAlert?.(alert);
      void mail?.(alert).catch(options.onError);
    };
  }

  /** Looks whether tests have a winner. */
  const choosingWinners: Duty = {
    every: WINNERS_EVERY,
    async does(now, under) {
      const won = await lookForWinners(experiments, live(), now, under);
      if (won.length > 0) await refresh();
      return undefined;
    },
  };
  const proofs = (): RecoveryBook | undefined => (is_recovering ? recovery : undefined);

  function start(roles: ReadonlySet<Role>): void {
    const { onError, onTurn, onMark, onCall, onTurned: onDone, onSent } = options;
    if (roles.has('engine')) {
      turner = createTurner({
        store,
        bell,
        clock,
        live,
        ...(onTurn ? { onTurn } : {}),
        ...(onDone ? { onDone } : {}),
        onTrouble: (trouble) => onError(new PutAsideError(trouble)),
      });
      const workers = startTurnWorkers(backend, turner, onError);
      closers.push(() => workers.close());
    }
    if (roles.has('sender')) {
      const renderer: Renderer = createRenderer();
      const channels = openChannels(options, { links, inbox, reader, webhook, proofs });
      const onAlert = alertTeller(channels.get('email'));
      const sender = createSender({
        ...{ store, clock, live, links, renderer, channels },
        calm: {
          book: openSendingBook(db),
          set_up: setUpLook(options, live),
          warmUp: (now) => dayOfProject(live().settings, now),
          onAlert,
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
        duties: [choosingWinners],
      });
      const cleaning = startCleaning({
        ...{ book: openRetentionBook(db), live, now: askNow, onError },
        ...(options.onCleaned ? { onCleaned: options.onCleaned } : {}),
      });
      closers.push(() => Promise.all([sweep.stop(), cleaning.stop()]));
    }
  }

  let answer_channels: ReadonlyMap<string, Channel> | undefined;
  closers.push(() => Promise.all([...(answer_channels?.values() ?? [])].map((channel) => channel.close())));
  const answering = {
    ...{ book: openAutoReplies(db, secrets.links[0] ?? ''), live },
    now: askNow,
    channel: () =>
      (answer_channels ??= openChannels(options, { links, inbox, reader, webhook, proofs })).get('email'),
  };

  const templates = openTemplateDesk({ live, reader, now: askNow });
  closers.push(() => templates.close());
  const desk = createProjectDesk({
    ...{ editing, live, deploy, deployedFiles, checkWords, refresh, now: askNow },
    prepare: (files) => prepare(files, null),
    preview: previewOf,
    latestFromFolder: () => latestFromFolder(db),
  });
  let look_renderer: Renderer | undefined;
  closers.push(async () => look_renderer?.close());
  const rehearsal = createRehearsal({
    ...{ desk, reader, live, now: askNow },
    renderer: () => (look_renderer ??= createRenderer()),
  });

  await refresh();
  return {
    db,
    store,
    reader,
    experiments,
    segments: openSegments(db),
    workflows: openWorkflowBook(db, askNow),
    desk,
    rehearsal,
    notices: createNoticeDesk({
      ...{ book: openIncidents(db), live, refresh },
      now: async () => Math.floor(await askNow()),
    }),
    answerAutomatically: (mail) => answerAutomatically(answering, mail),
    messages: {
      list: (filter) => listMessages(db, filter),
      find: (id) => findMessage(db, id),
      life: (message) => messageLife(db, message),
      async retry(id, retry_options) {
        const now = await askNow();
        const retried = await retryMessage(db, id, retry_options, now);
        if (retried.ok) bell.ringSends();
        return retried;
      },
    },
    map: createMapDesk({ book: openMapBook(db), live, now: askNow }),
    sending: createSendingControl({
      ...{ book: openSendingBook(db), bell },
      now: askNow,
    }),
    delivery: openDeliveryBook(db),
    set_up: setUpLook(options, live),
    templates,
    forecast: openForecastBook(db),
    reach: openReach(db),
    suppressions: openSuppressionList(db),
    aside: {
      list: (after, limit) => listPutAside(db, after, limit),
      async retry(contact_ids) {
        const partitions = await tryAgain(db, contact_ids);
        bell.ringTurns(partitions);
        return partitions.length;
      },
    },
    people: openPersonalData(db, live),
    readCondition: (text) => readCondition('condition', text, live().files),
    accounts: createAccounts(openUserBook(db), options.public_url),
    sessions: openSessions(db),
    keys: openKeys(db),
    audit: openAuditLog(db),
    public_url: options.public_url,
    contacts: openContacts(db),
    bell,
    clock,
    now: askNow,
    receiver,
    links,
    responses: createResponses({
      ...{ book: openResponseBook(db), bell, clock },
      databaseNow: () => store.databaseNow(),
    }),
    chat: createChat({ book: inbox, bell, clock, databaseNow: () => store.databaseNow() }),
    live,
    async checkWords(files) {
      const { project } = await prepareSound(files, null);
      if (project.hash === live_project?.hash) return [];
      return checkWords(project, await askNow());
    },
    deploy,
    isOverruled,
    previewDeployment: previewOf,
    deployedFiles,
    deployments: (limit) => listDeployments(db, limit),
    recomputation: () => recomputation(db),
    recovery,
    standing: async () => readStanding(db, await askNow()),
    connections() {
      const { totalCount: open, idleCount: idle, waitingCount: waiting } = db.$client;
      return { open, idle, waiting };
    },
    refresh,
    findKey: rememberKeys((key) => findWriteKey(db, key)),
    whyNotStarted: (workflow) => whyNotStarted(live(), workflow),
    findAddressee: (message_id) => addresseeOf(db, message_id),
    pages: createPages({
      ...{ book: openPreferenceBook(db), bell, live },
      now: askNow,
    }),
    async findSurvey(message_id) {
      const asked = await askedBy(db, message_id);
      return asked && { survey: live().templates[asked.message]?.survey ?? null, language: asked.language };
    },
    async answerSurvey(message_id, answer) {
      const at = await askNow();
      const partition = await answerSurvey(db, message_id, answer, at);
      if (partition !== undefined) bell.ringTurns([partition]);
    },
    start,
    async close() {
      await receiver.close();
      for (const close of closers.reverse()) await close();
      await jobs.close();
      await backend.close();
      await store.close();
      await closeDatabase();
    },
  };
}

/** Milliseconds. */
const WINNERS_EVERY = 60_000;

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
  if (isOfNotice(workflow)) return `"${workflow}" tells a notice; begin that with "etapa notice start".`;
  const status = project.workflows.get(workflow)?.status;
  if (status === 'live') return undefined;
  if (status !== undefined)
    return `The workflow "${workflow}" is ${STATUS_WORDS[status]}; write "status: live" in it and deploy.`;
  const known = [...project.workflows.values()].filter((one) => one.status === 'live').map(({ id }) => id);
  return `There is no workflow called "${workflow}"${orMeant(workflow, known)}`;
}

const STATUS_WORDS = { draft: 'a draft', paused: 'paused', stopped: 'stopped' } as const;

/** Told once for each try that failed; the contact waits apart meanwhile. */
class PutAsideError extends Error {
  constructor({ contact_id, because }: Trouble) {
    super(
      `The contact ${contact_id} could not be decided and is put aside: ${because}. See "etapa put-aside".`,
    );
  }
}

/** What channels are made of, beyond what was asked for. */
interface Supplies {
  readonly links: Links;
  readonly inbox: ChatBook;
  readonly reader: Reader;
  readonly webhook: WebhookOptions | undefined;
  /** What was sent before a restore, while that is asked for. */
  proofs(): RecoveryBook | undefined;
}

/** What is not set up leaves by no real channel, where somebody listens to that. */
function openChannels(options: AppOptions, supplies: Supplies): ReadonlyMap<string, Channel> {
  const { onParcel } = options;
  const real = realChannels(options, supplies);
  const others = CHANNELS.filter((name) => !real.some((channel) => channel.name === name));
  const logs = onParcel ? others.map((name) => createLogChannel(name, onParcel)) : [];
  const { proofs } = supplies;
  const all = [...real, ...logs].map((channel) => options.watchChannel?.(channel) ?? channel);
  return new Map(all.map((channel) => [channel.name, provenChannel(channel, proofs)]));
}

function realChannels(options: AppOptions, { links, inbox, reader, webhook }: Supplies): Channel[] {
  const { smtp_url, sms, message_webhook_url: url } = options;
  const channels = [createChatChannel(inbox)];
  if (smtp_url !== undefined)
    channels.push(createEmailChannel({ url: smtp_url, ...emailOptions(options, links) }));
  if (sms && webhook) channels.push(createSmsChannel(sms, webhook));
  if (url !== undefined && webhook) {
    const { signing_secrets } = webhook;
    const userIdsOf = async (id: string): Promise<readonly string[]> =>
      (await reader.identities(id)).flatMap(({ kind, value }) => (kind === 'user' ? [value] : []));
    channels.push(createMessageWebhookChannel({ url, signing_secrets, userIdsOf }, webhook));
  }
  return channels;
}

/** Mail that stays on this machine goes to nobody; whoever hands in a resolver wants it looked at all the same. */
function setUpLook({ smtp_url, resolver, mail = {} }: AppOptions, live: Live): SetUpLook | undefined {
  if (smtp_url === undefined || (resolver === undefined && isLoopback(new URL(smtp_url).hostname)))
    return undefined;
  const lookup = openLookup(resolver ?? systemResolver());
  const { dkim: keys = [], bounce_domain } = mail;
  return {
    domain: () => domainOf(live().settings.from.email),
    missing: (domain) => missingParts(lookup, { domain, bounce_domain: bounce_domain ?? domain, keys }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function emailOptions({ mail = {} }: AppOptions, links: Links): Omit<EmailOptions, 'url'> {
  const { bounce_domain: domain, ...others } = mail;
  return domain === undefined ? others : { ...others, bounces: { domain, tokenOf: links.bounceToken } };
}
