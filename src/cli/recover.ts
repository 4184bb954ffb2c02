/** `etapa recover`: after a restore from a backup, nothing goes out twice, and nothing that was not sent is lost. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import type { Instant } from '../core/events/event.ts';
import type { RecoveryState } from '../engine/recovery.ts';
import { UserError } from '../errors.ts';
import { output } from './output.ts';
import { readSentList } from './recover/sent-list.ts';
import { withApp } from './surroundings.ts';

interface RecoverOptions {
  readonly project: string;
  readonly at?: string;
  readonly lostUntil?: string;
  readonly sentList?: string;
  readonly release?: boolean;
  readonly discard?: boolean;
  readonly json?: boolean;
}

export function addRecover(program: Command): void {
  program
    .command('recover')
    .description('after a restore from a backup: hold what may have been sent since, and decide about it')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--at <moment>', 'the moment whose state was restored, like 2026-11-22T10:00Z: begins to hold')
    .option('--lost-until <moment>', 'with --at: when the lost database stopped; without it, now')
    .option(
      '--sent-list <file>',
      'what was sent since, from the mail server or provider (.csv, .jsonl or .txt)',
    )
    .option('--release', 'send after all what is held')
    .option('--discard', 'never send what is held')
    .option('--json', 'answer as JSON')
    .action(recover);
}

const LISTED = 20;

async function recover(options: RecoverOptions): Promise<void> {
  const list = options.sentList === undefined ? undefined : await readSentList(options.sentList);
  return withApp(options, async (app) => {
    const { recovery } = app;
    const tell = (words: string): void => (options.json ? undefined : output.line(words));
    if (options.at !== undefined) {
      const lost_until =
        options.lostUntil === undefined ? undefined : readMoment(options.lostUntil, '--lost-until');
      tell(await holdSince(app, readMoment(options.at, '--at'), lost_until));
    }
    if (list) {
      await refuseUnbegun(app);
      await recovery.takeList(list.list);
      tell(`${list.list.length} mails were taken from the list; ${list.foreign} in it are none of ours.`);
    }
    if (options.release) tell(`${await recovery.release()} messages that were held are sent now.`);
    else if (options.discard) tell(`${await recovery.discard()} messages that were held are never sent.`);
    const state = await recovery.state();
    if (options.json) return output.json({ ...state, held: await recovery.held(LISTED) });
    await tellState(app, state);
  });
}

async function refuseUnbegun({ recovery }: App): Promise<void> {
  if ((await recovery.state()).recovery) return;
  const mend = 'Say first which moment was restored: "etapa recover --at 2026-11-22T10:00Z".';
  throw new UserError('no_recovery', `No restore from a backup is known here. ${mend}`);
}

async function tellState({ recovery }: App, state: RecoveryState): Promise<void> {
  output.line(wordsFor(state));
  const held = await recovery.held(LISTED);
  if (held.length === 0) return;
  output.table(
    ['id', 'owed', 'message', 'purpose'],
    held.map(({ id, owed_at, message, purpose }) => [id, momentWords(owed_at), message, purpose]),
  );
  output.note('Bring a list of what was sent (--sent-list), or decide: --release, --discard.');
}

function wordsFor({ recovery, held_contacts, held_messages, unproved }: RecoveryState): string {
  if (!recovery) return 'Nothing is held.';
  const list = unproved === 0 ? '' : ` ${unproved} mails of the list have met none of our messages yet.`;
  return (
    `Restored as of ${momentWords(recovery.backup_at)}; what was sent until ${momentWords(recovery.lost_until)} is not known here. ` +
    `${held_contacts} contacts are held, ${held_messages} messages of theirs are due.${list}`
  );
}

/** Holds whatever may have been sent since that moment, once. In words. */
export async function holdSince(app: App, backup_at: Instant, lost_until?: Instant): Promise<string> {
  const now = await app.store.databaseNow();
  if (backup_at > now) throw new UserError('moment', 'The moment of the backup is in the future.');
  const state = await app.recovery.begin({ backup_at, lost_until: lost_until ?? now });
  await app.refresh();
  return wordsFor(state);
}

/** @throws UserError where it is none, or does not say of which zone. */
export function readMoment(text: string, option: string): Instant {
  const moment = Date.parse(text);
  if (!Number.isNaN(moment) && /(Z|[+-]\d\d:?\d\d)$/.test(text)) return moment;
  throw new UserError('moment', `${option} must be a moment with its zone, like 2026-11-22T10:00Z.`);
}

function momentWords(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}
