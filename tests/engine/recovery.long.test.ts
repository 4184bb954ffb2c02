/** A database that comes back from a backup: what was sent in the time that is lost is not sent again (F27). */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { readSentList } from '../../src/cli/recover/sent-list.ts';
import { UserError } from '../../src/errors.ts';
import { newDatabase } from '../support/database.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { startScriptedSmtp, type AcceptedMail, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { aliased } from '../support/traffic.ts';

/** At once, and two seconds later; a receipt for an order. */
const FILES = projectFiles({
  ...messageFiles('offer', 'promotion'),
  ...messageFiles('reminder', 'promotion'),
  ...messageFiles('receipt', 'service'),
  'workflows/offering.yaml': `version: 1
workflow: offering
purpose: promotion
enter_when: { event: product_added }
re_enter: always
steps:
  - send_email: offer
  - wait: 2 seconds
  - send_email: reminder
`,
  'workflows/selling.yaml': `version: 1
workflow: selling
purpose: service
enter_when: { event: order_completed }
re_enter: always
steps:
  - send_email: receipt
`,
});

let smtp: ScriptedSmtp;
beforeEach(async () => {
  smtp = await startScriptedSmtp();
});
const shops: Shop[] = [];
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.close();
  await smtp.stop();
});

async function open(database_url: string): Promise<Shop> {
  const overrides = { database_url, queue: { kind: 'postgres', url: database_url } as const };
  const shop = await openShop({ files: FILES, smtp_url: smtp.url, roles: [], overrides });
  shops.push(shop);
  return shop;
}

async function end(shop: Shop): Promise<void> {
  shops.splice(shops.indexOf(shop), 1);
  await shop.close();
}

/** The whole database as it stands, which nobody is connected to. */
async function backUp(database_url: string): Promise<string> {
  const from = new URL(database_url).pathname.slice(1);
  const admin = new pg.Client({ connectionString: inject('postgres') });
  await admin.connect();
  await admin.query(`create database ${from}_restored template ${from}`);
  await admin.end();
  return `${database_url}_restored`;
}

/** `ana reminder`, sorted; the subject tells the message. */
function sent(mails: readonly AcceptedMail[] = smtp.accepted): string[] {
  return mails.map(({ to, raw }) => `${/<(.*)@/.exec(to[0] ?? '')?.[1]} ${messageIn(raw)}`).toSorted();
}

/** The subject ends with its name. */
function messageIn(raw: string): string {
  return field(raw, 'Subject').split(' ').at(-1) ?? '';
}

function field(raw: string, name: string): string {
  return new RegExp(`^${name}: (.*)\\r$`, 'm').exec(raw)?.[1] ?? '';
}

type Column = 'message_id' | 'to' | 'message';

async function listOf(mails: readonly AcceptedMail[], columns: readonly Column[]): Promise<string> {
  const lines = mails.map(({ to, raw }) => ({
    message_id: field(raw, 'Message-ID'),
    to: /<(.*)>/.exec(to[0] ?? '')?.[1],
    message: messageIn(raw),
  }));
  const file = join(tmpdir(), `sent-${Math.random().toString(36).slice(2)}.jsonl`);
  await writeFile(file, lines.map((line) => JSON.stringify(line, [...columns])).join('\n'));
  return file;
}

const ALL = ['message_id', 'to', 'message'] as const;

/**
 * Ana is owed an offer and Eva a receipt when the backup is made. Then both are sent, Ana is reminded, and Zoe comes,
 * of whom the backup knows nothing. @returns the restored database, on which nobody works yet.
 */
async function restoredShop(): Promise<{ shop: Shop; lost: readonly AcceptedMail[]; backup_at: number }> {
  const url = await newDatabase();
  const before = await open(url);
  before.app.start(new Set(['engine']));
  await before.receive(before.knows('ana'), before.puts('ana'), before.knows('eva'), before.orders('eva'));
  await before.until((list) => list.length === 2);
  await end(before);
  const copy = await backUp(url);
  const backup_at = Date.now();
  const after = await open(url);
  after.app.start(new Set(['engine', 'sender', 'chores']));
  await after.receive(after.knows('zoe'), after.puts('zoe'));
  await after.until((list) => list.length === 5 && list.every(({ state }) => state === 'sent'));
  await end(after);
  expect(sent()).toEqual(['ana offer', 'ana reminder', 'eva receipt', 'zoe offer', 'zoe reminder']);
  return { shop: await open(copy), lost: [...smtp.accepted], backup_at };
}

/** Holds as a restart with the moment of the backup does, works, and lets somebody new come. */
async function begin(shop: Shop, backup_at: number): Promise<void> {
  await shop.app.recovery.begin({ backup_at, lost_until: await shop.app.store.databaseNow() });
  await shop.app.refresh();
  shop.app.start(new Set(['engine', 'sender', 'chores']));
  await shop.receive(shop.knows('new'), shop.orders('new'));
  await shop.until((list) => list.some(({ user, state }) => user === 'new' && state === 'sent'));
  await shop.until((list) => list.some(({ message }) => message === 'reminder'));
}

/** As the command does in a process of its own: the others hear only of what is owed. */
async function takeList(shop: Shop, file: string): Promise<void> {
  const { list } = await readSentList(file);
  await shop.app.recovery.takeList(list);
  shop.app.bell.ringSends();
}

describe('a database that was restored', () => {
  test('sends nothing that may have been sent, and everything that is new, until somebody decides', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    expect(sent().length - lost.length).toBe(1);
    const state = await shop.app.recovery.state();
    expect(state).toMatchObject({ held_contacts: 2, held_messages: 3 });
    expect(state.recovery?.backup_at).toBe(backup_at);
    const held = await shop.app.recovery.held(10);
    expect(held.map(({ message }) => message).toSorted()).toEqual(['offer', 'receipt', 'reminder']);
    // A restart with the same moment changes nothing.
    await shop.app.recovery.begin({ backup_at, lost_until: Date.now() });
    expect((await shop.app.recovery.state()).recovery).toEqual(state.recovery);
    expect(await shop.app.recovery.discard()).toBe(3);
    const ended = await shop.until((list) =>
      list.every((one) => one.state === 'sent' || one.state === 'suppressed'),
    );
    expect(ended.filter(({ state: one }) => one === 'suppressed').map(({ because }) => because)).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining('restored from a backup') as string),
    );
    expect(sent().length - lost.length).toBe(1);
    expect((await shop.app.recovery.state()).recovery).toBeNull();
  });

  test('holds on whoever is merged into somebody else, together with her', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    await shop.receive(aliased('new', 'ana'));
    await shop.until((list) => list.some(({ user, message }) => user === 'new' && message === 'offer'));
    shop.app.bell.ringSends();
    await shop.receive(shop.knows('eve'), shop.orders('eve'));
    await shop.until((list) => list.some(({ user, state }) => user === 'eve' && state === 'sent'));
    expect(await shop.app.recovery.state()).toMatchObject({ held_contacts: 2, held_messages: 3 });
    expect(sent().length - lost.length).toBe(2);
    expect(await shop.app.recovery.discard()).toBe(3);
    expect(await shop.app.recovery.state()).toMatchObject({ held_contacts: 0, held_messages: 0 });
  });

  test('sends nothing twice where a list shows what was sent, also what the backup did not know yet', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    await takeList(shop, await listOf(lost, ALL));
    await shop.until((list) => list.length === 4 && list.every(({ state }) => state === 'sent'));
    expect(sent().filter((one) => one !== 'new receipt')).toEqual(sent(lost));
    const messages = await shop.messages();
    expect(
      messages.filter(({ response }) => response?.includes('as the list of what was sent shows')),
    ).toHaveLength(3);
    expect(await shop.app.recovery.state()).toMatchObject({
      held_contacts: 0,
      held_messages: 0,
      unproved: 2,
    });
  });

  test('holds to whom a mail was being handed over when the backup was made, and sends it only where the list lacks it', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await shop.app.db.execute(sql`
      update messages set state = 'handing_over', claim = gen_random_uuid(), lease_until = now() where message = 'receipt'`);
    await begin(shop, backup_at);
    await shop.until((list) =>
      list.some(({ message, state }) => message === 'receipt' && state === 'deferred'),
    );
    await shop.app.db.execute(sql`update messages set due_at = now() where state = 'deferred'`);
    shop.app.bell.ringSends();
    await shop.receive(shop.knows('other'), shop.orders('other'));
    await shop.until((list) => list.some(({ user, state }) => user === 'other' && state === 'sent'));
    expect(sent().filter((one) => one === 'eva receipt')).toHaveLength(1);
    await takeList(shop, await listOf(lost, ALL));
    await shop.until((list) => list.every(({ state }) => state === 'sent'));
    expect(sent().filter((one) => one === 'eva receipt')).toHaveLength(1);
  });

  test('knows by the list whom a mail went to that the backup did not know, and takes their word by its link', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    const ids = lost.map(({ raw }) => /<([^@]*)/.exec(field(raw, 'Message-ID'))?.[1] ?? '');
    const reminder =
      ids[lost.findIndex(({ to, raw }) => to[0]?.includes('ana') && messageIn(raw) === 'reminder')] ?? '';
    expect(await shop.app.findAddressee(reminder)).toBeUndefined();
    await takeList(shop, await listOf(lost, ALL));
    await shop.until((list) => list.length === 4 && list.every(({ state }) => state === 'sent'));
    const found = await shop.app.findAddressee(reminder);
    expect(found).toMatchObject({ channel: 'email', address: 'ana@example.com' });
    expect(ids).not.toContain(found?.message_id);
    await shop.app.pages.unsubscribe(found?.message_id ?? '', 'unsubscribe_link');
    await shop.receive(shop.puts('ana'));
    await shop.until((list) => list.some(({ user, state }) => user === 'ana' && state === 'suppressed'));
  });

  test('sends what the list shows not to have been sent', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    const without_receipt = lost.filter(({ raw }) => messageIn(raw) !== 'receipt');
    await takeList(shop, await listOf(without_receipt, ALL));
    await shop.until((list) => list.length === 4 && list.every(({ state }) => state === 'sent'));
    expect(sent().filter((one) => one === 'eva receipt')).toHaveLength(2);
    expect(sent()).toHaveLength(lost.length + 2);
  });

  test('holds on whoever got a mail of which the list does not tell which one it was', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    await takeList(shop, await listOf(lost, ['message_id', 'to']));
    await shop.until((list) =>
      list.some(({ message, user, state }) => message === 'receipt' && user === 'eva' && state === 'sent'),
    );
    expect(await shop.app.recovery.state()).toMatchObject({ held_contacts: 1, held_messages: 2 });
    expect(await shop.app.recovery.release()).toBe(2);
    shop.app.bell.ringSends();
    await shop.until((list) => list.every(({ state }) => state === 'sent'));
    // The offer is proved by its own Message-ID; of the reminder nobody could know, and somebody let it go.
    expect(sent().filter((one) => one === 'ana offer')).toHaveLength(1);
    expect(sent().filter((one) => one === 'ana reminder')).toHaveLength(2);
  });

  test('holds on everybody where the list does not tell to whom', async () => {
    const { shop, lost, backup_at } = await restoredShop();
    await begin(shop, backup_at);
    await takeList(shop, await listOf(lost, ['message_id']));
    expect(await shop.app.recovery.state()).toMatchObject({ held_contacts: 2, held_messages: 3 });
  });
});

describe('the list of what was sent', () => {
  const ID = '019a5b6e-0000-7000-8000-00000000000';

  async function read(name: string, text: string): ReturnType<typeof readSentList> {
    const file = join(tmpdir(), `list-${Math.random().toString(36).slice(2)}${name}`);
    await writeFile(file, text);
    return readSentList(file);
  }

  test("may be CSV, JSON lines, or a text of Message-IDs, and others' mails in it are counted", async () => {
    const first = {
      id: `${ID}1`,
      address: 'ana@example.com',
      message: 'offer',
      at: Date.parse('2026-11-22T10:00Z'),
    };
    const csv = `message_id,to,message,at\n<${ID}1@shop.example>,Ana@Example.com,offer,2026-11-22T10:00Z\n<x@y>,,,\n`;
    expect(await read('.csv', csv)).toEqual({ list: [first], foreign: 1 });
    const json = `{"message_id":"<${ID}1@shop.example>","to":"<ana@example.com>","message":"offer","at":"2026-11-22T10:00Z"}\n`;
    expect(await read('.jsonl', json)).toEqual({ list: [first], foreign: 0 });
    const nothing = { address: null, message: null, at: null };
    const text = `<${ID}1@shop.example>\n${ID}2\n${ID}3@shop.example\nother\n`;
    const list = [1, 2, 3].map((n) => ({ id: `${ID}${n}`, ...nothing }));
    expect(await read('.txt', text)).toEqual({ list, foreign: 1 });
  });

  test('that cannot be read is told in a sentence', async () => {
    await expect(read('.csv', 'a,b\n1,2\n')).rejects.toThrow(UserError);
    await expect(read('.jsonl', '{"message_id":')).rejects.toThrow(/^The list .* cannot be read/);
    await expect(readSentList('/nowhere.txt')).rejects.toThrow(UserError);
  });
});
