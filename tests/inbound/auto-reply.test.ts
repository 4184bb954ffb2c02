/** Automatic answers, from a person's mail at our mailbox to the raw answer on the wire. */
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMailbox } from '../../src/inbound/mailbox.ts';
import type { Receiver } from '../../src/inbound/receiver.ts';
import { DAY } from '../support/build.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

const DOMAIN = 'reports.shop.example';
const FILES = {
  ...SHOP_FILES,
  'workflows/journey/hours.yaml': `version: 1
calendars: {}
notices:
  - { id: outage, show_in: auto_reply, text: { en: We are moving house., es: Estamos de mudanza. } }
  - { id: strike, show_in: email_footer, text: The couriers are on strike. }
`,
};

let smtp: ScriptedSmtp;
let shop: Shop;
let mailbox: Receiver;
let return_path: string;

beforeAll(async () => {
  smtp = await startScriptedSmtp();
  const overrides = { mail: { bounce_domain: DOMAIN } };
  shop = await openShop({ files: FILES, smtp_url: smtp.url, roles: ['engine', 'sender'], overrides });
  const { links, responses, answerAutomatically: answer } = shop.app;
  const unsubscribe = () => Promise.resolve();
  mailbox = await openMailbox({
    ...{ host: '127.0.0.1', port: 0, domain: DOMAIN, links, responses, unsubscribe, answer },
  });
  await shop.receive(shop.knows('ana', { language: 'es' }), shop.puts('ana'));
  await shop.until((list) => list.every(({ state }) => state === 'sent'));
  return_path = /<(.*)>/.exec(smtp.accepted[0]?.from ?? '')?.[1] ?? '';
  await shop.app.notices.start('strike', null, 'test');
});
afterAll(async () => {
  await mailbox.stop();
  await shop.close();
  await smtp.stop();
});

/** How many answers left because of this mail. */
async function answersTo(headers = '', from = 'ana@example.com'): Promise<number> {
  const before = smtp.accepted.length;
  const transport = createTransport({ host: '127.0.0.1', port: mailbox.port, ignoreTLS: true });
  const raw = `From: Ana <ana@example.com>\r\nTo: ${return_path}\r\nSubject: Re: offer\r\n${headers}Message-ID: <a-${Math.random()}@example.com>\r\n\r\nIs it there in red?\r\n`;
  await transport.sendMail({ envelope: { from, to: [return_path] }, raw });
  transport.close();
  return smtp.accepted.length - before;
}

describe('while no notice says so', () => {
  it('nobody is answered', async () => {
    expect(await answersTo()).toBe(0);
  });
});

describe('while a notice is to be told in answers', () => {
  beforeAll(async () => {
    await shop.app.notices.start('outage', null, 'test');
  });

  it.each([
    ['a machine', 'Auto-Submitted: auto-replied\r\n', undefined],
    ['a list', 'List-Id: <news.example.com>\r\n', undefined],
    ['nobody', '', ''],
    ['somebody else than whom we wrote to', '', 'eve@example.com'],
  ])('what %s sends is not answered', async (_, headers, from) => {
    expect(await answersTo(headers, from)).toBe(0);
  });

  it('a person is answered in her language, as RFC 3834 wants it', async () => {
    expect(await answersTo()).toBe(1);
    const { from, to, raw } = smtp.accepted.at(-1) ?? { from: '', to: [], raw: '' };
    expect(from).toMatch(/<>/);
    expect(to.join()).toContain('ana@example.com');
    const [head = '', body = ''] = raw.split('\r\n\r\n');
    expect(head).toMatch(/^Auto-Submitted: auto-replied$/m);
    expect(head).toMatch(/^In-Reply-To: <a-0\.\d+@example\.com>$/m);
    expect(head).toMatch(/^References: <a-0\.\d+@example\.com>$/m);
    expect(head).toMatch(/^Subject: =\?UTF-8\?Q\?Respuesta_autom=C3=A1tica/m);
    expect(head).not.toMatch(/^List-Unsubscribe/m);
    expect(`${body}${raw}`).toContain('Estamos de mudanza.');
    expect(raw).not.toContain('strike');
  });

  it('and not again within seven days', async () => {
    expect(await answersTo()).toBe(0);
    shop.pass(6.9 * DAY);
    expect(await answersTo()).toBe(0);
    shop.pass(0.2 * DAY);
    expect(await answersTo()).toBe(1);
  });

  it('of mails that come at the same time one is answered', async () => {
    shop.pass(8 * DAY);
    const before = smtp.accepted.length;
    await Promise.all([answersTo(), answersTo(), answersTo(), answersTo()]);
    expect(smtp.accepted.length - before).toBe(1);
  });
});
