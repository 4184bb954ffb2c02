/** The whole way back: a message leaves over real SMTP, what it meets comes to our mailbox, and the engine knows. */
import { sql } from 'drizzle-orm';
import { createTransport } from 'nodemailer';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/messages/report.ts';
import { openMailbox } from '../../src/inbound/mailbox.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, type MessageRow, type Shop } from '../support/shop.ts';

const DOMAIN = 'reports.shop.example';
const closing = closedAfterEach();

interface Surroundings {
  readonly shop: Shop;
  readonly smtp: ScriptedSmtp;
  readonly row: MessageRow;
  /** Where reports about the message are to go. */
  readonly return_path: string;
  mail(from: string, to: string, raw: string): Promise<string>;
}

/** An offer to Ana has been sent, and mail for the bounce domain is received. */
async function sentToAna(): Promise<Surroundings> {
  const smtp = await startScriptedSmtp();
  const shop = await openShop({
    smtp_url: smtp.url,
    roles: ['engine', 'sender'],
    overrides: { mail: { bounce_domain: DOMAIN } },
  });
  const { links, responses } = shop.app;
  const mailbox = await openMailbox({
    ...{ host: '127.0.0.1', port: 0, domain: DOMAIN, links, responses },
    unsubscribe: (message_id, source) => shop.app.pages.unsubscribe(message_id, source),
  });
  closing.push(
    () => smtp.stop(),
    () => shop.close(),
    () => mailbox.stop(),
  );
  await shop.receive(shop.knows('ana'), shop.puts('ana'));
  const [row] = await shop.until((list) => list.every(({ state }) => state === 'sent'));
  if (!row) throw new Error('nothing was sent');
  return {
    ...{ shop, smtp, row, return_path: /<(.*)>/.exec(smtp.accepted[0]?.from ?? '')?.[1] ?? '' },
    mail: (from, to, raw) => mailTo(mailbox.port, from, to, raw),
  };
}

/** What the server answered, or the error's code and words. */
async function mailTo(port: number, from: string, to: string, raw: string): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    const info = await transport.sendMail({ envelope: { from, to: [to] }, raw });
    return (info as { response: string }).response;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    transport.close();
  }
}

function bounce(to: string, recipient: string, status = '5.1.1'): string {
  return `From: MAILER-DAEMON@mx.example
To: ${to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <${status}-${recipient}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ${recipient}
Action: failed
Status: ${status}
Diagnostic-Code: smtp; 550 ${status} ${status === '5.1.1' ? 'no such user' : 'mailbox full'}
--b--
`.replaceAll('\n', '\r\n');
}

async function query<T extends Record<string, unknown>>(
  { shop }: Surroundings,
  text: ReturnType<typeof sql>,
): Promise<T[]> {
  return (await shop.app.db.execute<T>(text)).rows as T[];
}

const suppressed = (all: Surroundings): Promise<{ address: string; scope: string }[]> =>
  query(all, sql`select address, scope from suppressions order by address`);
const told = async (all: Surroundings): Promise<string[]> =>
  (
    await query<{ name: string }>(
      all,
      sql`select name from events where source = 'etapa' order by received_at, name`,
    )
  ).map(({ name }) => name);

describe('a bounce', () => {
  it('to the address that only we could have made suppresses whom we wrote to, once', async () => {
    const all = await sentToAna();
    expect(all.return_path).toMatch(/^bounces\+[0-9a-v]{52}@reports\.shop\.example$/);
    // Where a mail is forwarded, another address is refused than the one that we wrote to.
    const raw = bounce(all.return_path, 'ana.old@elsewhere.example');
    expect(await all.mail('', all.return_path, raw)).toMatch(/^250/);
    expect(await all.mail('', all.return_path, raw)).toMatch(/^250/);
    expect(await suppressed(all)).toEqual([{ address: 'ana@example.com', scope: 'all' }]);
    expect(await told(all)).toEqual(['message_bounced']);
    expect(await query(all, sql`select kind, class, status, message_id, source from reports`)).toEqual([
      { kind: 'bounced', class: 'address', status: '5.1.1', message_id: all.row.id, source: 'mailbox' },
    ]);
  });

  it('in other letters than ours counts all the same, as mail systems change the case', async () => {
    const all = await sentToAna();
    const to = all.return_path.toUpperCase();
    expect(await all.mail('', to, bounce(to, 'ana@example.com'))).toMatch(/^250/);
    expect(await suppressed(all)).toHaveLength(1);
  });

  it('to an address that somebody made up is not taken', async () => {
    const all = await sentToAna();
    const token = /\+(.*)@/.exec(all.return_path)?.[1] ?? '';
    const other = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    for (const to of [
      `bounces+${other}@${DOMAIN}`,
      `bounces@${DOMAIN}`,
      `ana@${DOMAIN}`,
      `bounces+${token}@else.example`,
    ])
      expect(await all.mail('', to, bounce(to, 'ana@example.com'))).toMatch(/550/);
    expect(await suppressed(all)).toEqual([]);
  });

  it('that comes only later, or from a full mailbox, stops nothing yet', async () => {
    const all = await sentToAna();
    await all.mail('', all.return_path, bounce(all.return_path, 'ana@example.com', '5.2.2'));
    const late = bounce(all.return_path, 'ana@example.com', '4.4.1').replace(
      'Action: failed',
      'Action: delayed',
    );
    await all.mail('', all.return_path, late);
    expect(await suppressed(all)).toEqual([]);
    expect(await told(all)).toEqual(['message_bounced']);
  });
});

describe('people', () => {
  it('who write back are heard: their words are an event, once', async () => {
    const all = await sentToAna();
    const raw = `From: Ana <ana@example.com>
To: ${all.return_path}
Subject: Re: offer
Message-ID: <answer-1@example.com>

Is it there in red?
`.replaceAll('\n', '\r\n');
    for (let time = 0; time < 2; time++) await all.mail('ana@example.com', all.return_path, raw);
    const rows = await query(
      all,
      sql`select name, properties ->> 'text' as text from events where source = 'etapa'`,
    );
    expect(rows).toEqual([{ name: 'message_replied', text: 'Is it there in red?' }]);
  });

  it('and their machines are not', async () => {
    const all = await sentToAna();
    const raw = `From: Ana <ana@example.com>
To: ${all.return_path}
Subject: Fuera de la oficina
Auto-Submitted: auto-replied
Message-ID: <answer-2@example.com>

Vuelvo el lunes.
`.replaceAll('\n', '\r\n');
    expect(await all.mail('', all.return_path, raw)).toMatch(/^250/);
    expect(await told(all)).toEqual([]);
  });

  it('who ask by mail for no more get no more', async () => {
    const all = await sentToAna();
    const to = /mailto:([^?>]+)/i.exec(unfolded(all.smtp.accepted[0]?.raw ?? ''))?.[1] ?? '';
    expect(to).toMatch(/^unsubscribe\+/);
    expect(
      await all.mail('ana@example.com', to, 'From: ana@example.com\r\nSubject: unsubscribe\r\n\r\n'),
    ).toMatch(/^250/);
    expect(await query(all, sql`select granted, source from consents`)).toEqual([
      { granted: false, source: 'list-unsubscribe mail' },
    ]);
  });
});

function unfolded(raw: string): string {
  return raw.replace(/\r\n[ \t]+/g, ' ');
}

describe('a provider that has proved itself', () => {
  const report = (message_id: string | null, more: Partial<Report>): Report => ({
    ...{
      id: crypto.randomUUID(),
      kind: 'bounced',
      class: 'address',
      address: 'eve@example.com',
      status: null,
    },
    ...{ diagnostic: null, at: Date.now(), message_id },
    ...more,
  });

  it('is believed about an address; a mail that names one without our token is not', async () => {
    const all = await sentToAna();
    const { responses } = all.shop.app;
    await responses.report([report(null, {})], { source: 'mailbox', trusted: false });
    expect(await suppressed(all)).toEqual([]);
    await responses.report([report(null, {})], { source: 'ses', trusted: true });
    expect(await suppressed(all)).toEqual([{ address: 'eve@example.com', scope: 'all' }]);
  });

  it('tells of complaints: no more promotions; a bounce after that stops the rest, too', async () => {
    const all = await sentToAna();
    const { responses } = all.shop.app;
    const tell = (more: Partial<Report>): Promise<void> =>
      responses.report([report(all.row.id, more)], { source: 'ses', trusted: true });
    await tell({ kind: 'complained', class: null });
    expect(await suppressed(all)).toEqual([{ address: 'ana@example.com', scope: 'promotion' }]);
    await tell({});
    await tell({ kind: 'complained', class: null });
    expect(await suppressed(all)).toEqual([{ address: 'ana@example.com', scope: 'all' }]);
    expect((await told(all)).toSorted()).toEqual(['message_bounced', 'message_complained']);
  });

  it('who finds a mailbox full for the third time in thirty days ends it', async () => {
    const all = await sentToAna();
    const { responses } = all.shop.app;
    for (let time = 1; time <= 3; time++) {
      expect(await suppressed(all)).toEqual([]);
      const full = report(null, { class: 'mailbox', at: Date.now() - 1000 * time });
      await responses.report([full], { source: 'ses', trusted: true });
    }
    expect(await suppressed(all)).toEqual([{ address: 'eve@example.com', scope: 'all' }]);
  });

  it('tells of clicks on links that it followed itself, by where they lead', async () => {
    const all = await sentToAna();
    const { responses } = all.shop.app;
    const touch = {
      ...({
        message_id: all.row.id,
        kind: 'click',
        ip: '192.0.2.7',
        method: 'GET',
        prefetch: false,
      } as const),
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      at: Date.now() + 60_000,
    };
    await responses.touchAt(touch, 'https://shop.example/shoes');
    await responses.touchAt({ ...touch, at: touch.at + 1 }, 'https://shop.example/shoes');
    expect(await told(all)).toEqual(['message_clicked', 'message_opened']);
    expect(await query(all, sql`select links from messages`)).toEqual([
      { links: ['https://shop.example/shoes'] },
    ]);
  });
});
