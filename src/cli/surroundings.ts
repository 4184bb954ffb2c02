import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openApp, type App, type AppOptions, type MailOptions } from '../app.ts';
import { UserError, wordsOf } from '../errors.ts';
import { readSettings, type MailSettings, type Settings } from '../settings.ts';
import { emptyDatabase } from '../store/database.ts';
import { borrowEmbeddedPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from '../store/embedded.ts';
import { output } from './output.ts';

/** What every command starts from: settings, the database, and the app on it. */
export interface Surroundings {
  readonly folder: string;
  readonly settings: Settings;
  readonly app: App;
  close(): Promise<void>;
}

export interface Opening {
  /** The project's folder. */
  readonly project: string;
  /** Long-running commands hold the embedded database; short ones may share it. */
  readonly hold: boolean;
  readonly overrides?: Partial<AppOptions>;
  readonly settings?: { readonly [K in keyof Settings]?: Settings[K] | undefined };
  /** Begins with an empty database; only for the demo's own. */
  readonly fresh?: boolean;
}

export async function openSurroundings(opening: Opening): Promise<Surroundings> {
  const folder = resolve(opening.project);
  const settings = { ...readSettings(process.env, folder), ...opening.settings } as Settings;
  const embedded = await openDatabaseServer(settings, opening.hold);
  const database_url = embedded?.url ?? settings.database_url ?? '';
  try {
    if (opening.fresh) await emptyDatabase(database_url);
    const app = await openApp({
      database_url,
      queue: settings.redis_url
        ? { kind: 'redis', url: settings.redis_url }
        : { kind: 'postgres', url: database_url },
      smtp_url: settings.smtp_url,
      sms: settings.sms,
      message_webhook_url: settings.message_webhook_url,
      // Only what runs on hands messages over; no other command needs the keys.
      ...(opening.hold && !opening.overrides?.mail ? { mail: await mailOptions(settings.mail) } : {}),
      // Where the clock is moved, what is lived through is past or made up: other systems must not hear of it.
      ...(opening.overrides?.clock ? {} : { webhooks: settings.webhooks }),
      public_url: settings.public_url ?? `http://localhost:${settings.port}`,
      onError: (error) => output.note(wordsOf(error)),
      ...opening.overrides,
    });
    return {
      folder,
      settings,
      app,
      async close() {
        await app.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** For commands that do one thing and end: the app is closed whatever becomes of the work. */
export async function withApp<T>(
  { project }: { readonly project: string },
  work: (app: App, folder: string) => Promise<T>,
): Promise<T> {
  const { app, folder, close } = await openSurroundings({ project, hold: false });
  try {
    return await work(app, folder);
  } finally {
    await close();
  }
}

/** Rejects with a UserError that names the file of a key that cannot be read. */
async function mailOptions({ dkim, require_tls, bounce_domain }: MailSettings): Promise<MailOptions> {
  const keys = dkim.map(async ({ domain, selector, file }) => ({
    ...{ domain, selector },
    private_key: await readFile(file, 'utf8').catch((error: unknown) => {
      throw new UserError('settings', `The DKIM key ${file} cannot be read: ${wordsOf(error)}`);
    }),
  }));
  return { dkim: await Promise.all(keys), require_tls, bounce_domain };
}

function openDatabaseServer(settings: Settings, hold: boolean): Promise<EmbeddedPostgres | undefined> {
  if (settings.database_url !== undefined) return Promise.resolve(undefined);
  const start = hold ? startEmbeddedPostgres : borrowEmbeddedPostgres;
  return start({ home: settings.home, log: (line) => output.note(line) });
}
