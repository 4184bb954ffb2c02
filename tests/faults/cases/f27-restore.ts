/** F27: the database is lost, and comes back as it stood some seconds before; many mails have been sent since. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { ENDS, missingOf, sentAfterLeaving, stateViolations } from '../world/check.ts';
import type { LedgerLine } from '../world/ledger.ts';
import { startProbe, tooLong } from '../world/probe.ts';
import type { TakenMail } from '../world/smtp-words.ts';
import { USUAL, type World } from '../world/world.ts';

export const restored: FaultCase = {
  id: 'F27',
  name: 'the database gone, and restored from a copy made under load 4 to 8 s before',
  correct:
    'Nobody to whom something may have been sent is written to until a list proves what was, or somebody decides; nothing that is proved goes out twice, nothing else is lost.',
  backends: 'both',
  run: restore,
};

async function restore({ dice, openWorld }: Setting): Promise<Findings> {
  const world = await openWorld();
  const { load, postgres, smtp } = world;
  const copy = join(world.folder, 'copy');
  await world.flow({ per_second: 12 });
  await sleep(dice.whole(1000, 2000));
  // Taken, and not answered yet: the copy cannot know of it.
  const in_doubt = dice.whole(2, 6);
  await smtp.rules([{ at: 'dot', does: 'pause', times: in_doubt }]);
  await smtp.carriedOut('dot', in_doubt);
  await postgres.backUp(copy);
  const backup_at = await momentOf(world);
  await smtp.rules([]);
  await smtp.release();
  await sleep(dice.whole(4000, 8000));
  await load.end();
  await Promise.all(world.processes.map((one) => one.kill()));
  await postgres.stopImmediately();
  const before = [...(await smtp.taken())];
  await postgres.restore(copy);
  await postgres.start();

  const lines = await world.ledger.read();
  const lost_events = (await missingOf(world.query, idsIn(lines))).length;
  const violations: string[] = [];
  const command = commandIn(world, violations);
  const state = await command('--at', backup_at);
  await Promise.all(USUAL.map((roles) => world.start(roles)));
  violations.push(...(await withoutTheHeld(world, before.length)));

  const list = await listOf(world, before, () => dice.whole(1, 3) === 1);
  const listed = await command('--sent-list', list.file);
  const held_on = await heldAddresses(world);
  const let_go = (await smtp.taken()).length;
  await noneOwedButHeld(world);
  const early = (await smtp.taken()).slice(let_go).filter(({ to }) => held_on.has(to));
  if (early.length > 0) violations.push(`${early.length} mails went to people who are held`);
  const refusals = await tellAgain(world, lines);
  if (refusals > 0)
    violations.push(`${refusals} people could not unsubscribe by a link of the time that was lost`);
  await command('--release');
  await world.recovery();
  await world.settle();
  return compareAll(
    world,
    { violations, unproved: list.unproved },
    {
      lost_events,
      held: state.held_contacts,
      held_messages: state.held_messages,
      held_after_list: listed.held_contacts,
      mails_lost: before.filter(({ at }) => at >= Date.parse(backup_at)).length,
      in_doubt,
    },
  );
}

/** Who unsubscribed does so after it was heard of them. @returns how often that was refused. */
async function tellAgain(world: World, lines: readonly LedgerLine[]): Promise<number> {
  const isLate = (line: LedgerLine): boolean =>
    line.kind === 'unsubscribed' || line.ids.every((id) => id.endsWith('-added-2'));
  await world.load.again(lines.filter((line) => !isLate(line)));
  await noneOwedButHeld(world);
  return world.load.again(lines.filter(isLate));
}

async function momentOf({ query }: World): Promise<string> {
  const [row] = await query<{ now: Date }>('select now()');
  return row?.now.toISOString() ?? '';
}

function idsIn(lines: readonly LedgerLine[]): readonly string[] {
  return lines.flatMap((line) => (line.kind === 'events' ? line.ids : []));
}

interface State {
  readonly held_contacts: number;
  readonly held_messages: number;
}

/** Runs `etapa recover`. */
function commandIn(world: World, violations: string[]): (...args: readonly string[]) => Promise<State> {
  return async (...args) => {
    const { code, out, err } = await world.command('recover', '--json', ...args).ended();
    if (code === 0) return JSON.parse(out) as State;
    violations.push(`recover ${args.join(' ')} ended with ${code}: ${err}`);
    return { held_contacts: 0, held_messages: 0 };
  };
}

/** Who is new is served, and nobody who is held. */
async function withoutTheHeld(world: World, mails_before: number): Promise<readonly string[]> {
  const held = await heldAddresses(world);
  const probe = startProbe(world);
  await sleep(HELD_FOR);
  const wait = await probe.longestWait();
  const others = (await world.smtp.taken()).slice(mails_before).filter(({ to }) => held.has(to));
  const written = others.map(keyOf).slice(0, 3).join(', ');
  return [
    ...tooLong('an order of somebody new', wait, LONGEST_WAIT),
    ...(others.length > 0 ? [`${others.length} mails went out to people who are held: ${written}`] : []),
  ];
}

/** Seconds, as for any recovery. */
const LONGEST_WAIT = 30;

/** Longer than a claim of dead processes is waited for. */
const HELD_FOR = 8000;

interface SentList {
  readonly file: string;
  /** To whom, and which message, of mails of which the list does not tell enough. */
  readonly unproved: readonly string[];
}

/** What the mail server took. Of some of those whom the database knows, it does not tell which message it was. */
async function listOf(world: World, mails: readonly TakenMail[], isShort: () => boolean): Promise<SentList> {
  const messages = new Set(
    (await world.query<{ id: string }>('select id from messages')).map(({ id }) => id),
  );
  const known = await addressesOf(world, 'contacts');
  const unproved: string[] = [];
  const rows = mails.map((mail) => {
    const { id, to } = mail;
    const is_short = !messages.has(id) && known.has(to) && isShort();
    if (is_short) unproved.push(keyOf(mail));
    return { message_id: `<${id}@shop.example>`, to, ...(is_short ? {} : { message: wordOf(mail) }) };
  });
  const file = join(world.folder, 'sent.jsonl');
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  return { file, unproved };
}

/** The subject ends with the name of the message. */
function wordOf({ subject }: TakenMail): string {
  return subject.split(' ').at(-1) ?? '';
}

function keyOf(mail: TakenMail): string {
  return `${mail.to} ${wordOf(mail)}`;
}

async function addressesOf({ query }: World, table: 'contacts' | 'held'): Promise<ReadonlySet<string>> {
  const only = table === 'held' ? 'where id in (select contact_id from recovery_contacts)' : '';
  const found = await query<{ address: string }>(
    `select profile -> 'fields' -> 'email' ->> 'value' as address from contacts ${only}`,
  );
  return new Set(found.map(({ address }) => address));
}

function heldAddresses(world: World): Promise<ReadonlySet<string>> {
  return addressesOf(world, 'held');
}

const PATIENCE = 30_000;

/** What the list shows not to have been sent goes out at once. */
async function noneOwedButHeld({ query }: World): Promise<void> {
  const owed = `select from messages where state in ('owed', 'claimed', 'handing_over')
    and contact_id not in (select contact_id from recovery_contacts)
    union all select from happenings union all select from runs where ended_at is null limit 1`;
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100))
    if ((await query(owed)).length === 0) return;
}

interface Evidence {
  readonly violations: readonly string[];
  readonly unproved: readonly string[];
}

/** All is there once, as if nothing had happened; C1 is looked at after everything was sent again. */
async function compareAll(world: World, evidence: Evidence, own: Record<string, number>): Promise<Findings> {
  const { query } = world;
  const lines = await world.ledger.read();
  const taken = await world.smtp.taken();
  const ids = idsIn(lines);
  const missing = await missingOf(query, ids);
  const owed = mailsOwedFor(ids, lines);
  const came = countOf(taken.map(keyOf));
  const excess = [...came].flatMap(([key, times]) =>
    Array<string>(Math.max(0, times - (owed.get(key) ?? 0))).fill(key),
  );
  const lost = [...owed].filter(([key, times]) => (came.get(key) ?? 0) < times).map(([key]) => key);
  const outside = excess.filter((key) => !evidence.unproved.includes(key));
  const forbidden = sentAfterLeaving(lines, taken);
  const states = await query<{ state: string }>('select state from messages');
  const open = states.filter(({ state }) => !ENDS.has(state)).length;
  const recovery_seconds = world.recoveries.map(({ seconds }) => seconds);
  const told = (list: readonly unknown[], what: string): string[] =>
    list.length === 0 ? [] : [`${list.length} ${what}: ${list.slice(0, 3).join(', ')}`];
  return {
    ...{ acknowledged: ids.length, missing: missing.length, unresolved: open, sent: taken.length },
    duplicates_outside: outside.length,
    uncertain: states.filter(({ state }) => state === 'uncertain').length,
    forbidden: forbidden.length,
    recovery_seconds,
    own: { ...own, unproved: evidence.unproved.length, twice_unproved: excess.length - outside.length },
    violations: [
      ...evidence.violations,
      ...told(missing, 'events are in no table though they were sent again'),
      ...told(outside, 'mails went out twice though the list proves them'),
      ...told(lost, 'mails were never sent'),
      ...told(forbidden, 'promotions went out after an unsubscribing'),
      ...(open > 0 ? [`${open} messages have not come to an end`] : []),
      ...recovery_seconds.flatMap((seconds) => tooLong('recovery', seconds)),
      ...(await stateViolations(query)),
    ],
  };
}

/** A receipt for each order, an offer for each product but to whoever has left before. */
function mailsOwedFor(ids: readonly string[], lines: readonly LedgerLine[]): ReadonlyMap<string, number> {
  const left = new Set(lines.flatMap((line) => (line.kind === 'unsubscribed' ? [line.to] : [])));
  return countOf(
    ids.flatMap((id) => {
      const [user = '', what, time] = id.split('-');
      const to = `${user}@example.com`;
      if (what === 'ordered') return [`${to} receipt`];
      return what === 'added' && !(time === '2' && left.has(to)) ? [`${to} offer`] : [];
    }),
  );
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
