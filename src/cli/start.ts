import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { Option, type Command } from 'commander';
import { openServer, type ServerOptions } from '../api/server.ts';
import { ROLES, type App, type Role } from '../app.ts';
import { steadyNow } from '../engine/steady-now.ts';
import { UserError } from '../errors.ts';
import { openMailbox } from '../inbound/mailbox.ts';
import type { Receiver } from '../inbound/receiver.ts';
import { readProjectFiles } from '../project/read-files.ts';
import type { Log } from '../operations/log.ts';
import { toLog } from '../operations/redact.ts';
import { isTraced, traceRequests } from '../operations/tracing.ts';
import { readSettings, type Settings } from '../settings.ts';
import { listen } from './listen.ts';
import { refuseUnfitWords } from './unfit-words.ts';
import { holdSince, readMoment } from './recover.ts';
import { openSurroundings } from './surroundings.ts';
import { logRefusal, watchProcess, type Watching } from './watching.ts';

interface StartOptions {
  readonly project: string;
  readonly only?: Role[];
  readonly recoveredAt?: string;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'run Etapa: receive events, decide, send; all roles in this process unless --only says otherwise',
    )
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .addOption(new Option('--only <roles...>', 'run only these roles').choices(ROLES))
    .option(
      '--recovered-at <moment>',
      'the database was restored and stands as at this moment (2026-11-22T10:00Z): hold what may have been sent since; see "etapa recover"',
    )
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const roles = new Set<Role>(options.only ?? ROLES);
  const watching = watchProcess(readSettings(process.env, resolve(options.project)));
  const { log } = watching;
  const surroundings = await openSurroundings({
    project: options.project,
    hold: true,
    overrides: watching.ears,
  });
  const { app, folder, settings } = surroundings;
  try {
    const deployed = await deployFolder(app, folder, watching);
    if (roles.has('sender') && settings.smtp_url === undefined) {
      throw new UserError(
        'no_smtp',
        'SMTP_URL is not set, so nothing could be sent. Set it, or leave out the role "sender".',
      );
    }
    if (options.recoveredAt !== undefined)
      log.announce(await holdSince(app, readMoment(options.recoveredAt, '--recovered-at')));
    app.start(roles);
    const checks = await watching.open(app, roles);
    const options_of_door = { ...serverOptions(settings, watching), checks };
    const server = roles.has('api') ? await openServer(app, options_of_door) : undefined;
    if (server) await listen(server, settings);
    const mailbox = roles.has('api') ? await receiveMail(app, settings, log) : undefined;
    const watch = watchProject(app, folder, deployed, watching);
    closeWithGrace({ delay: 28_000, logger: log.pino }, async ({ err }) => {
      if (err) log.error({ err }, 'This is a bug in Etapa; please report it');
      watching.end();
      clearInterval(watch);
      await sleep(settings.drain_seconds * 1000);
      await server?.close();
      await mailbox?.stop();
      await surroundings.close();
      await watching.close();
    });
    log.announce(`Etapa is running (${[...roles].join(', ')}), project version ${app.live().hash}.`);
    const set_up = server && (await app.accounts.setUpLink());
    if (set_up !== undefined)
      log.announce(`Nobody can sign in yet. Within 24 hours, make the first owner here, once: ${set_up}`);
    if (server) log.announce(`Events: POST http://${settings.host}:${settings.port}/v1/batch   Docs: /docs`);
  } catch (error) {
    await watching.close();
    await surroundings.close();
    throw error;
  }
}

function serverOptions(
  { provider_secrets, trust_proxy, rate_limit: most_requests }: Settings,
  { log, metrics }: Watching,
): ServerOptions {
  const { onAnswered } = metrics;
  const traced = isTraced() ? { before: traceRequests } : {};
  return { log: log.pino, metrics, onAnswered, provider_secrets, trust_proxy, most_requests, ...traced };
}

/** Where reports about messages and people's answers come in, if they are to come here. */
async function receiveMail(app: App, { mail }: Settings, log: Log): Promise<Receiver | undefined> {
  const { inbound, bounce_domain: domain } = mail;
  if (!inbound || domain === undefined) return undefined;
  const { links, responses } = app;
  const unsubscribe = (id: string, source: string): Promise<void> => app.pages.unsubscribe(id, source);
  const { answerAutomatically: answer } = app;
  const now = steadyNow(() => app.store.databaseNow());
  const receiver = await openMailbox({ ...inbound, domain, links, responses, unsubscribe, answer, now });
  log.announce(`Mail for ${domain}: SMTP on ${inbound.host}:${receiver.port}`);
  return receiver;
}

/**
 * A project that has problems does not become live; if another is, that one runs on. So does what was deployed from the
 * console, until the files in the folder change.
 *
 * @returns what the files were, to be compared with later.
 */
async function deployFolder(app: App, folder: string, { log, metrics }: Watching): Promise<string> {
  const files = await readProjectFiles(folder);
  if (Object.keys(files).length === 0) {
    app.live();
    return JSON.stringify(files);
  }
  if (await app.isOverruled(files)) {
    log.announce(
      `Going on with version ${app.live().hash}, which was deployed from the console after this folder's.`,
    );
    return JSON.stringify(files);
  }
  try {
    await refuseUnfitWords(app, files);
    await app.deploy(files);
  } catch (error) {
    logRefusal(log, error);
    metrics.onDeployment('refused');
    log.announce(`Going on with version ${app.live().hash}, the last good one.`);
  }
  return JSON.stringify(files);
}

const WATCH_EVERY = 2000;
/** Until the files have stood as they are for so long, somebody may still be writing them. */
const AT_REST = 1500;

/**
 * Takes up what changes in the folder or was deployed elsewhere, when all of it has been written: half a file may be a
 * sound project too. A broken file is told once, and changes nothing.
 */
function watchProject(
  app: App,
  folder: string,
  deployed: string,
  { log, metrics }: Watching,
): NodeJS.Timeout {
  let seen = deployed;
  let read = { files: deployed, since: performance.now() };
  let looking = false;
  let trouble = '';

  async function look(): Promise<void> {
    const files = await readProjectFiles(folder);
    const now = JSON.stringify(files);
    if (now !== read.files) read = { files: now, since: performance.now() };
    const is_at_rest = performance.now() - read.since > AT_REST;
    if (now === seen || !is_at_rest || Object.keys(files).length === 0) return app.refresh();
    try {
      await refuseUnfitWords(app, files);
      const { changed } = await app.deploy(files);
      if (changed) log.announce(`Project version ${app.live().hash} is live.`);
      if (changed) metrics.onDeployment('live');
    } catch (error) {
      logRefusal(log, error);
      metrics.onDeployment('refused');
    }
    seen = now;
  }

  /** The database may be away for a while: told once, and looked again. */
  function tellTrouble(error: unknown): void {
    const words = toLog(error).message;
    if (words !== trouble) log.error(`Changes to the project wait: ${words}`);
    trouble = words;
  }

  return setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .then(() => (trouble = ''), tellTrouble)
      .finally(() => (looking = false));
  }, WATCH_EVERY);
}
