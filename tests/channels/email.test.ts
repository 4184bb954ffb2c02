import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { createEmailChannel, type EmailOptions } from '../../src/channels/email.ts';
import type { Channel, Delivery, Parcel } from '../../src/engine/ports.ts';
import { startCatcher, type Catcher } from '../../src/demo/catcher.ts';
import { closedAfterEach } from '../support/closing.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { aParcel } from './parcel.ts';

const closing = closedAfterEach();

const OPEN = (): Promise<boolean> => Promise.resolve(true);

function channelTo(url: string, connections = 1, way: Partial<EmailOptions> = {}): Channel {
  const channel = createEmailChannel({ url, connections, ...way });
  closing.push(() => channel.close());
  return channel;
}

async function scripted(): Promise<ScriptedSmtp> {
  const smtp = await startScriptedSmtp();
  closing.push(() => smtp.stop());
  return smtp;
}

interface Received {
  /** Over the wire, with dot-stuffing, one character per octet. */
  readonly wire: string;
  readonly lines: readonly string[];
  /** Field names in lower case with their unfolded values, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly mail: Email;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
}

/** What a server gets when this parcel is sent. */
async function received(parts: Partial<Parcel> = {}, way: Partial<EmailOptions> = {}): Promise<Received> {
  const smtp = await scripted();
  expect(await channelTo(smtp.url, 1, way).deliver(aParcel(parts), OPEN)).toMatchObject({
    outcome: 'accepted',
  });
  expect(smtp.accepted).toHaveLength(1);
  const { raw: wire, from, to } = smtp.accepted[0] ?? { raw: '', from: '', to: [] };
  const unstuffed = wire.replaceAll(/^\./gm, '');
  const head = wire.slice(0, wire.indexOf('\r\n\r\n'));
  const fields = head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line): [string, string] => {
      const place = line.indexOf(':');
      return [line.slice(0, place).toLowerCase(), line.slice(place + 1).trim()];
    });
  const mail = await PostalMime.parse(Buffer.from(unstuffed, 'latin1'));
  return { wire, lines: wire.split('\r\n'), fields, mail, envelope: { from, to } };
}

function values({ fields }: Received, wanted: string): string[] {
  return fields.filter(([name]) => name === wanted.toLowerCase()).map(([, value]) => value);
}

/** RFC 5321 and 5322: only CRLF ends a line, no control characters, no line longer than 998 octets, no field twice. */
function expectSound(one: Received): void {
  expect(one.wire).not.toMatch(/(?<!\r)\n|\r(?!\n)/);
  expect(one.wire).not.toContain('\0');
  expect(Math.max(...one.lines.map((line) => line.length))).toBeLessThanOrEqual(998);
  const names = one.fields.map(([name]) => name);
  expect(names).toEqual([...new Set(names)]);
  for (const name of names) expect(name).toMatch(/^[!-9;-~]+$/);
  for (const name of ['from', 'to', 'date', 'message-id', 'subject', 'mime-version', 'content-type']) {
    expect(values(one, name), name).toHaveLength(1);
  }
  expect(one.envelope.to).toEqual(['RCPT TO:<ana@example.com>']);
}

describe('a promotion over real SMTP', () => {
  it('has each field once, from the shop, to one person, at the moment it was written', async () => {
    const one = await received();
    expectSound(one);
    expect(values(one, 'from')).toEqual(['Test shop <shop@shop.example>']);
    expect(values(one, 'to')).toEqual(['ana@example.com']);
    expect(values(one, 'reply-to')).toEqual(['help@shop.example']);
    expect(values(one, 'subject')).toEqual(['Hello Ana']);
    expect(Date.parse(values(one, 'date')[0] ?? '')).toBe(Date.UTC(2026, 0, 31, 9));
    expect(values(one, 'content-language')).toEqual(['en']);
    expect(values(one, 'x-etapa-message')).toEqual([aParcel().id]);
    expect(one.envelope.from).toBe('MAIL FROM:<shop@shop.example>');
  });

  it('says that it was sent by a program, so that nobody answers it by program', async () => {
    const one = await received();
    expect(values(one, 'auto-submitted')).toEqual(['auto-generated']);
    expect(values(one, 'x-auto-response-suppress')).toEqual(['OOF, AutoReply']);
    expect(values(one, 'precedence')).toEqual(['bulk']);
  });

  it('shows the way out that mail programs look for, once and in one piece', async () => {
    const one = await received();
    expect(values(one, 'list-unsubscribe')).toEqual([`<${aParcel().unsubscribe_url}>`]);
    expect(values(one, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
    expect(values(one, 'list-id')).toEqual(['Test shop <etapa.shop.example>']);
  });

  it('keeps the link whole when the address of the server is long', async () => {
    const url = `https://${'campaigns.'.repeat(20)}shop.example/a/very/long/path/u/${'x'.repeat(43)}`;
    const one = await received({ unsubscribe_url: url });
    expectSound(one);
    expect(values(one, 'list-unsubscribe')).toEqual([`<${url}>`]);
  });

  it('has the same Message-ID however often it is sent, and another than other messages', async () => {
    const smtp = await scripted();
    const channel = channelTo(smtp.url);
    for (const id of ['a', 'a', 'b']) await channel.deliver(aParcel({ id }), OPEN);
    const ids = smtp.accepted.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
    expect(ids).toEqual(['<a@shop.example>', '<a@shop.example>', '<b@shop.example>']);
  });
});

describe('a service message', () => {
  it('has no list fields, no precedence and no way out, and still asks for no automatic answer', async () => {
    const one = await received({ unsubscribe_url: undefined });
    expectSound(one);
    const names = one.fields.map(([name]) => name);
    expect(names.filter((name) => name.startsWith('list-') || name === 'precedence')).toEqual([]);
    expect(values(one, 'auto-submitted')).toEqual(['auto-generated']);
  });
});

describe('the words', () => {
  it('come as text and as HTML, both in UTF-8, as they were written', async () => {
    const html = '<p>¡Hola, José! ¿Qué tal el café? 👟 日本</p>';
    const text = '¡Hola, José!\n¿Qué tal el café? 👟 日本\n';
    const one = await received({ html, text });
    expectSound(one);
    expect(values(one, 'content-type')[0]).toMatch(/^multipart\/alternative;/);
    const parts = [...one.wire.matchAll(/^Content-Type: (text\/.*)$/gm)].map(([, type]) => type);
    expect(parts).toEqual([
      expect.stringMatching(/^text\/plain; charset=utf-8/),
      expect.stringMatching(/^text\/html; charset=utf-8/),
    ]);
    expect(one.mail.html?.trim()).toBe(html);
    expect(one.mail.text?.trim()).toBe(text.trim());
  });

  it('arrive whole when lines begin with dots or are longer than SMTP allows', async () => {
    const text = `..two dots\n.\n.one dot\n${'long '.repeat(2000)}end\n${'x'.repeat(5000)}\n.\nlast`;
    const html = `<p>\n.\n..\n${'y'.repeat(5000)}\n.</p>`;
    const one = await received({ text, html });
    expectSound(one);
    expect(one.lines.slice(0, -1)).not.toContain('.');
    expect(one.mail.text?.trim()).toBe(text);
    expect(one.mail.html?.trim()).toBe(html);
  });

  it.each([
    [
      'a bare line feed, carriage return and the end of the data',
      'a\rb\nc\r\n.\r\nMAIL FROM:<evil@x.com>\r\n.\rx\n.\nend',
    ],
    ['what looks like the end of a part', '--\n----_NmP-\nContent-Type: text/html\n\n<b>no</b>'],
    ['a NUL and other control characters', 'a\0b\u0001c\u001b[31m'],
    ['half of a character', 'a\ud83db'],
  ])('hide nothing from a strict server: %s', async (_name, text) => {
    const one = await received({ text });
    expectSound(one);
    expect(one.mail.html?.trim()).toBe(aParcel().html);
    expect(one.mail.attachments).toEqual([]);
  });
});

describe('a hostile subject or name', () => {
  it.each([
    ['an emoji', 'Your shoes 👟 are waiting ¡ya!', 'Your shoes 👟 are waiting ¡ya!'],
    ['a new line and a field', 'hi\r\nBcc: evil@x.com', 'hi Bcc: evil@x.com'],
    ['two new lines and markup', 'hi\r\n\r\n<html>evil', 'hi <html>evil'],
    ['a line feed alone', 'hi\nBcc: evil@x.com', 'hi Bcc: evil@x.com'],
    ['a carriage return alone', 'hi\rBcc: evil@x.com', 'hi Bcc: evil@x.com'],
    ['a line separator', 'hi\u2028Bcc: evil@x.com', 'hi\u2028Bcc: evil@x.com'],
    ['a NUL', 'hi\0there', undefined],
    ['half of a character', 'hi \ud83d', 'hi \ufffd'],
    ['an encoded word', '=?utf-8?q?hi=0d=0aBcc:evil?=', undefined],
    ['5,000 letters beyond ASCII', 'á'.repeat(5000), 'á'.repeat(900)],
    ['5,000 characters without a blank', 'x'.repeat(5000), 'x'.repeat(900)],
  ])('makes one subject and no other field: %s', async (_name, subject, read) => {
    const one = await received({ subject });
    expectSound(one);
    const plain = (await received()).fields.map(([name]) => name);
    expect(one.fields.map(([name]) => name)).toEqual(plain);
    if (read !== undefined)
      expect(one.mail.subject?.replaceAll(/\s+/g, ' ')).toBe(read.replaceAll(/\s+/g, ' '));
    expect(one.mail.bcc ?? []).toEqual([]);
    expect(one.mail.html?.trim()).toBe(aParcel().html);
  });

  it.each([
    'Shop\r\nBcc: evil@x.com',
    'Shop <evil@x.com>',
    'Shop, evil@x.com',
    '"Shop" <evil@x.com>, x',
    'Café "La Última" 👟',
    'x'.repeat(2000),
  ])('makes one sender of the name %j', async (name) => {
    const one = await received({ from: { name, email: 'shop@shop.example' } });
    expectSound(one);
    expect(one.mail.from?.address).toBe('shop@shop.example');
    expect(one.envelope.from).toBe('MAIL FROM:<shop@shop.example>');
    expect(values(one, 'list-id')[0]).toMatch(/<etapa\.shop\.example>$/);
  });

  it('makes no field of a value that comes with the message', async () => {
    const headers = { 'X-Etapa-Stage': 'decision\r\nBcc: evil@x.com\0' };
    const one = await received({ headers }, { internal_headers: true });
    expectSound(one);
    expect(values(one, 'x-etapa-stage')).toHaveLength(1);
    expect(values(one, 'bcc')).toEqual([]);
  });
});

describe('an address', () => {
  it.each([
    'ana@example.com, evil@x.com',
    'ana@example.com (c) <evil@x.com>',
    'Group: ana@example.com, d@e.example;',
    '<ana@example.com>,<evil@x.com>',
    'ana@example.com>\r\nRCPT TO:<evil@x.com',
    'ana@example.com\r\nRCPT TO:<evil@x.com>',
    '"evil@x.com x"@example.com',
  ])('of more or other than one person gets nothing, whoever let it through: %j', async (to) => {
    const smtp = await scripted();
    const delivery = await channelTo(smtp.url).deliver(aParcel({ to }), OPEN);
    expect(delivery).toMatchObject({ outcome: 'refused', fault: 'content' });
    expect(smtp.connections).toBe(0);
  });

  it('of a domain in other letters goes out in ASCII', async () => {
    const smtp = await scripted();
    await channelTo(smtp.url).deliver(aParcel({ to: 'ana@español.example' }), OPEN);
    expect(smtp.accepted[0]?.to).toEqual(['RCPT TO:<ana@xn--espaol-zwa.example>']);
  });
});

describe('the gate before the final dot', () => {
  it('opens when the server has the words and not the dot', async () => {
    const smtp = await scripted();
    const delivery = await channelTo(smtp.url).deliver(aParcel(), async () => {
      await smtp.seen('body');
      smtp.log.push('gate');
      return true;
    });
    expect(delivery).toEqual({ outcome: 'accepted', response: '250 2.0.0 taken' });
    expect(smtp.log).toEqual(['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'gate', 'dot']);
  });

  it('stays shut: no dot goes out, the connection ends, and nothing was accepted', async () => {
    const smtp = await scripted();
    const delivery = await channelTo(smtp.url).deliver(aParcel(), async () => {
      await smtp.seen('body');
      return false;
    });
    await smtp.seen('closed');
    expect(delivery).toEqual({ outcome: 'deferred', response: 'the claim on this message was lost' });
    expect(smtp.log).toEqual(['greeting', 'ehlo', 'mail', 'rcpt', 'data', 'body', 'closed']);
    expect(smtp.accepted).toEqual([]);
  });

  it('stays shut when asking it fails', async () => {
    const smtp = await scripted();
    const delivery = await channelTo(smtp.url).deliver(aParcel(), () =>
      Promise.reject(new Error('no database')),
    );
    expect(delivery).toEqual({ outcome: 'deferred', response: 'no database' });
    expect(smtp.log).not.toContain('dot');
  });

  it('is not asked before the server wants the message, so a refusal costs nothing', async () => {
    const smtp = await startScriptedSmtp(({ step }) => (step === 'rcpt' ? '450 4.2.0 later' : undefined));
    closing.push(() => smtp.stop());
    let asked = 0;
    await channelTo(smtp.url).deliver(aParcel(), () => Promise.resolve(++asked > 0));
    expect(asked).toBe(0);
  });

  it('is asked once for each of many messages over few connections, and each arrives once', async () => {
    const catcher: Catcher = await startCatcher();
    closing.push(() => catcher.stop());
    const channel = channelTo(catcher.url, 5);
    const asked = new Map<string, number>();
    const ids = Array.from({ length: 200 }, (_, n) => `message-${n}`);
    const deliveries: Delivery[] = await Promise.all(
      ids.map((id) =>
        channel.deliver(aParcel({ id }), () => {
          asked.set(id, (asked.get(id) ?? 0) + 1);
          return Promise.resolve(true);
        }),
      ),
    );
    expect(deliveries.every(({ outcome }) => outcome === 'accepted')).toBe(true);
    expect([...asked.values()].every((times) => times === 1)).toBe(true);
    const arrived = catcher.list({ limit: 500 }).map(({ message_id }) => message_id);
    expect(arrived.toSorted()).toEqual(ids.map((id) => `<${id}@shop.example>`).toSorted());
  });
});
