/** The doors of what comes back: our mailbox, the webhooks of providers, and the reader of mail behind them. */
import { createHmac, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { createTransport } from 'nodemailer';
import { expect } from 'vitest';
import { dsn, letter, read, SIGNED, words } from '../inbound/mails.ts';
import type { Case } from './cases.ts';
import { BOUNCES, RESEND_SECRET, type World } from './world.ts';

type Attack = Case<'inbound'>;

/** Most take a tenth of it; other tests may run beside this one. */
const PATIENCE_MS = 3000;

export async function tryInbound(world: World, attack: Attack): Promise<void> {
  if (attack.door === 'reader') return tryReader(attack);
  const to = attack.one_line ? 'scripted' : 'bounced';
  const before = await suppressed(world);
  const answer = attack.door === 'mail' ? await byMail(world, attack, to) : await byWebhook(world, attack);
  expect(answer).toMatch(new RegExp(`^${attack.answers}`));
  const added = (await suppressed(world)).filter((address) => !before.includes(address));
  expect(added).toEqual(attack.suppresses.map((one) => (one === 'sent_to' ? `${to}@example.com` : one)));
  if (!attack.one_line) return;
  const { rows } = await world.shop.app.db.execute<{ diagnostic: string }>(
    sql`select diagnostic from reports where message_id = ${world.messageOf(to).id}`,
  );
  expect(rows[0]?.diagnostic).toContain('<script>alert(1)</script>');
  expect(rows[0]?.diagnostic).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
}

async function tryReader({ nested, as, input }: Attack): Promise<void> {
  const mail = nested === undefined ? WRAPPED[as](input) : nestedReport(nested);
  const began = performance.now();
  const result = await read(mail);
  expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
  if (nested !== undefined)
    expect(result).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('nesting') });
}

const WRAPPED: Readonly<Record<Attack['as'], (input: string) => string>> = {
  mail: (input) => input,
  bounce: (input) => words(input),
  html: (input) => letter('Subject: x', input).replace('text/plain', 'text/html'),
  answer: (input) => letter('Subject: Re: x', input),
};

function nestedReport(levels: number): string {
  let inner =
    'Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@example.com\nAction: failed\n';
  for (let level = 0; level < levels; level++)
    inner = `Content-Type: multipart/mixed; boundary="=_${level}"\n\n--=_${level}\n${inner}\n--=_${level}--\n`;
  return `From: MAILER-DAEMON@x.example\nTo: ${SIGNED}\n${inner}`;
}

/** What the server answered at last. */
async function byMail(
  { mailbox, messageOf, smtp, mailOf }: World,
  attack: Attack,
  user: string,
): Promise<string> {
  const { id } = messageOf(user);
  const signed = /<(.*)>/.exec(mailOf(user)?.from ?? '')?.[1] ?? '';
  const to = {
    signed,
    forged: signed.replace(/\+.{6}/, '+000000'),
    plain: `bounces@${BOUNCES}`,
    mailbox: `bounces+${id}@${BOUNCES}`,
  }[attack.to];
  expect(smtp.accepted.length).toBeGreaterThan(0);
  const { about = 'stranger@example.com', said = 'smtp; 550 5.1.1 no such user' } = attack.dsn ?? {};
  const control = '\u0007\u001B[31m\u202Egnp\u2028\u2029 next';
  const raw = attack.size
    ? `Subject: x\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(attack.size / 78)}`
    : dsn({ to, address: about, said: said.replace('{control}', control) });
  const transport = createTransport({ host: '127.0.0.1', port: mailbox.port, ignoreTLS: true });
  try {
    const info = (await transport.sendMail({ envelope: { from: '', to: [to] }, raw })) as {
      response: string;
    };
    return info.response;
  } catch (error) {
    return (error as { response?: string }).response ?? String(error);
  } finally {
    transport.close();
  }
}

/** The status of the answer. */
async function byWebhook(world: World, { provider, sign, ago, about }: Attack): Promise<string> {
  const at = Date.now() - ago * 1000;
  const body = JSON.stringify({
    type: 'email.bounced',
    created_at: new Date(at).toISOString(),
    data: {
      to: [about],
      bounce: { type: 'Permanent', subType: 'General', message: '550 5.1.1 no such user' },
    },
  });
  const [id, timestamp] = [`msg_${about}`, String(Math.floor(at / 1000))];
  const secret =
    sign === 'other' ? randomBytes(24) : Buffer.from(RESEND_SECRET.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  const proof = { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
  const sent = sign === 'altered' ? body.replace('5.1.1', '5.1.2') : body;
  const answer = await world.post(`/v1/providers/${provider}`, sent, sign === 'none' ? {} : proof);
  return String(answer.status);
}

async function suppressed({ shop }: World): Promise<string[]> {
  const { rows } = await shop.app.db.execute<{ address: string }>(sql`select address from suppressions`);
  return rows.map(({ address }) => address);
}
