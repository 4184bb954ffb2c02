import closeWithGrace from 'close-with-grace';
import { Option, type Command } from 'commander';
import { openServer, type ServerOptions } from '../api/server.ts';
import { ROLES, type App, type Role } from '../app.ts';
import { alertWords } from '../engine/alert-words.ts';
import { steadyNow } from '../engine/steady-now.ts';
import { UserError, wordsOf } from '../errors.ts';
import { openMailbox } from '../inbound/mailbox.ts';
import type { Receiver } from '../inbound/receiver.ts';
import { readProjectFiles } from '../project/read-files.ts';
import type { Settings } from '../settings.ts';
import { listen } from './listen.ts';
import { output, tellError } from './output.ts';
import { refuseUnfitWords } from './unfit-words.ts';
import { openSurroundings } from './surroundings.ts';

interface StartOptions {
  readonly project: string;
  readonly only?: Role[];
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description(
      'run Etapa: receive events, decide, send; all roles in this process unless --only says otherwise',
    )
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .addOption(new Option('--only <roles...>', 'run only these roles').choices(ROLES))
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  const roles = new Set<Role>(options.only ?? ROLES);
  const surroundings = await openSurroundings({
    project: options.project,
    hold: true,
    overrides: { onAlert: (alert) => output.line(`! ${alertWords(alert).en}`) },
  });
  const { app, folder, settings } = surroundings;
  try {
    const deployed = await deployFolder(app, folder);
    if (roles.has('sender') && settings.smtp_url === undefined) {
      throw new UserError(
        'no_smtp',
        'SMTP_URL is not set, so nothing could be sent. Set it, or leave out the role "sender".',
      );
    }
    app.start(roles);
    const server = roles.has('api') ? await openServer(app, serverOptions(settings)) : undefined;
    if (server) await listen(server, settings);
    const mailbox = roles.has('api') ? await receiveMail(app, settings) : undefined;
    const watch = watchProject(app, folder, deployed);
    closeWithGrace({ delay: 28_000 }, async ({ err }) => {
      if (err) tellError(err);
      clearInterval(watch);
      await server?.close();
      await mailbox?.stop();
      await surroundings.close();
    });
    output.line(`Etapa is running (${[...roles].join(', ')}), project version ${app.live().hash}.`);
    if (server) output.line(`Events: POST http://${settings.host}:${settings.port}/v1/batch   Docs: /docs`);
  } catch (error) {
    await surroundings.close();
    throw error;
  }
}

function serverOptions({ log_level, provider_secrets, trust_proxy }: Settings): ServerOptions {
  return { log_level, provider_secrets, trust_proxy };
}

/** Where reports about messages and people's answers come in, if they are to come here. */
async function receiveMail(app: App, { mail }: Settings): Promise<Receiver | undefined> {
  const { inbound, bounce_domain: domain } = mail;
  if (!inbound || domain === undefined) return undefined;
  const { links, responses } = app;
  const unsubscribe = (id: string, source: string): Promise<void> => app.pages.unsubscribe(id, source);
  const { answerAutomatically: answer } = app;
  const now = steadyNow(() => app.store.databaseNow());
  const receiver = await openMailbox({ ...inbound, domain, links, responses, unsubscribe, answer, now });
  output.line(`Mail for ${domain}: SMTP on ${inbound.host}:${receiver.port}`);
  return receiver;
}

/**
 * A project that has problems does not become live; if another is, that one runs on.
 *
 * @returns what the files were, to be compared with later.
 */
async function deployFolder(app: App, folder: string): Promise<string> {
  const files = await readProjectFiles(folder);
  if (Object.keys(files).length === 0) {
    app.live();
    return JSON.stringify(files);
  }
  try {
    await refuseUnfitWords(app, files);
    await app.deploy(files);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    tellError(error);
    output.note(`Going on with version ${app.live().hash}, the last good one.`);
  }
  return JSON.stringify(files);
}

const WATCH_EVERY = 2000;

/** Takes up what changes in the folder or was deployed elsewhere; a broken file is told once, and changes nothing. */
function watchProject(app: App, folder: string, deployed: string): NodeJS.Timeout {
  let seen = deployed;
  let looking = false;
  let trouble = '';

  async function look(): Promise<void> {
    const files = await readProjectFiles(folder);
    const now = JSON.stringify(files);
    if (now === seen || Object.keys(files).length === 0) return app.refresh();
    try {
      await refuseUnfitWords(app, files);
      const { changed } = await app.deploy(files);
      if (changed) output.line(`Project version ${app.live().hash} is live.`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tellError(error);
    }
    seen = now;
  }

  /** The database may be away for a while: told once, and looked again. */
  function tellTrouble(error: unknown): void {
    const words = wordsOf(error);
    if (words !== trouble) output.note(`Changes to the project wait: ${words}`);
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
