/** Reports about messages: each is kept once, and what follows from it is done in the same transaction. */
import { sql } from 'drizzle-orm';
import { consequenceOf, STRIKES_LAST, type Consequence, type Report } from '../core/messages/report.ts';
import { partitionOf } from '../engine/ports.ts';
import type { ReportSource } from '../engine/responses.ts';
import { wasErased } from './address-keys.ts';
import type { Database, Runner } from './database.ts';
import { keepErasureOut } from './erasure-lock.ts';
import { isOfErased, lockMessage, type LockedMessage } from './message-lock.ts';
import { suppress } from './messages.ts';
import { appendOwn, ownEvent } from './own-events.ts';
import { countStrikes } from './suppressions.ts';
import { transaction } from './transaction.ts';
import { timestamp } from './values.ts';

/** Tells the partitions in which something happened. A report that came before changes nothing. */
export async function recordReports(
  db: Database,
  reports: readonly Report[],
  { source, trusted }: ReportSource,
): Promise<readonly number[]> {
  const partitions = new Set<number>();
  for (const report of reports) {
    const partition = await transaction(db, (tx) => record(tx, report, source, trusted));
    if (partition !== undefined) partitions.add(partition);
  }
  return [...partitions];
}

async function record(
  tx: Runner,
  report: Report,
  source: string,
  trusted: boolean,
): Promise<number | undefined> {
  const message = report.message_id === null ? undefined : await lockMessage(tx, report.message_id);
  // A forwarded message is refused under another address; the one that we wrote to is the one to spare.
  const address = message?.address ?? report.address;
  const channel = message?.channel ?? 'email';
  await keepErasureOut(tx);
  if (await isAboutErased(tx, report, channel, address)) return undefined;
  if (!(await keep(tx, report, { source, address, channel, is_known: message !== undefined })))
    return undefined;
  if (!message && !trusted) return undefined;
  const strikes = await strikesOf(tx, report, channel, address);
  const { event, suppress: scope } = consequenceOf(report, strikes);
  if (scope && address !== '') await suppress(tx, channel, address, scope, wordsOf(report), report.at);
  if (!message || !event) return undefined;
  await tellContact(tx, report, message, event);
  return partitionOf(message.contact_id);
}

/** What comes late about somebody of whom nothing is kept any more. */
async function isAboutErased(
  tx: Runner,
  { message_id }: Report,
  channel: string,
  address: string,
): Promise<boolean> {
  return (message_id !== null && (await isOfErased(tx, message_id))) || wasErased(tx, channel, address);
}

interface Kept {
  readonly source: string;
  readonly address: string;
  readonly channel: string;
  readonly is_known: boolean;
}

async function keep(
  tx: Runner,
  report: Report,
  { source, address, channel, is_known }: Kept,
): Promise<boolean> {
  const message_id = is_known ? report.message_id : null;
  const written = await tx.execute(sql`
    insert into reports (id, message_id, channel, address, kind, class, status, diagnostic, source, at)
    values (${report.id}, ${message_id}, ${channel}, ${address.toLowerCase()}, ${report.kind}, ${report.class},
      ${report.status}, ${report.diagnostic}, ${source}, ${timestamp(report.at)}) on conflict do nothing`);
  return written.rowCount === 1;
}

async function strikesOf(tx: Runner, report: Report, channel: string, address: string): Promise<number> {
  if (report.class !== 'mailbox') return 0;
  return countStrikes(tx, channel, address, report.at - STRIKES_LAST);
}

function wordsOf({ kind, diagnostic }: Report): string {
  if (kind !== 'bounced') return kind === 'complained' ? 'marked as unwanted by its reader' : 'unsubscribed';
  return `bounced: ${diagnostic ?? 'no reason was given'}`.slice(0, 200);
}

/** Once for each message and fate, however many reports tell of it. */
async function tellContact(
  tx: Runner,
  report: Report,
  { contact_id, workflow, run, step, message }: LockedMessage,
  event: NonNullable<Consequence['event']>,
): Promise<void> {
  const { class: fault, status, at } = report;
  const about = { workflow, run, step, message };
  const properties = event === 'message_bounced' ? { ...about, class: fault, status } : about;
  const id = `message:${report.message_id ?? ''}:${event.slice('message_'.length)}`;
  await appendOwn(tx, [{ ...ownEvent(id, event, contact_id, Math.floor(at)), properties }]);
}
