/** E15, E16, E17: Message-ID, form and parts, read strictly from the octets that arrive. */
import PostalMime from 'postal-mime';
import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../../src/channels/email.ts';
import { attacks } from '../../attacks/cases.ts';
import { aParcel } from '../parcel.ts';
import { BOTH, BOUNCES, capture, closing, OPEN, serve, valuesOf, type Captured } from './capture.ts';

const WAY = { dkim: BOTH, bounces: BOUNCES };

describe('E15: the Message-ID', () => {
  it('is the same on three attempts, each of another connection, and of the domain of From', async () => {
    const smtp = await serve(({ step, connection }) =>
      step === 'dot' && connection < 3 ? '421 4.3.2 later' : undefined,
    );
    const channel = createEmailChannel({ url: smtp.url, connections: 1, ...WAY });
    closing.push(() => channel.close());
    const outcomes = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const date = Date.UTC(2026, 0, 31, 9 + attempt);
      outcomes.push((await channel.deliver(aParcel({ date }), OPEN)).outcome);
    }
    expect(outcomes).toEqual(['deferred', 'deferred', 'accepted']);
    expect(smtp.accepted).toHaveLength(1);
    expect(smtp.accepted[0]?.raw).toContain(`\r\nMessage-ID: <${aParcel().id}@shop.example>\r\n`);
    expect((await capture({}, WAY)).text).toContain(`\r\nMessage-ID: <${aParcel().id}@shop.example>\r\n`);
  });

  it('is in ASCII where the domain is in other letters', async () => {
    const one = await capture({ from: { name: 'Tienda', email: 'hola@español.example' } });
    expect(valuesOf(one, 'message-id')).toEqual([`<${aParcel().id}@xn--espaol-zwa.example>`]);
    expect(valuesOf(one, 'from')).toEqual(['Tienda <hola@xn--espaol-zwa.example>']);
    expect(one.from).toBe('MAIL FROM:<hola@xn--espaol-zwa.example>');
  });

  it('is made of an id of which a hundred thousand are all different', () => {
    const ids = new Set<string>();
    for (let n = 0; n < 100_000; n++) ids.add(uuidv7());
    expect(ids.size).toBe(100_000);
  });
});

/** A reader that forgives nothing: RFC 5322 (2.1, 2.2, 3.6) and RFC 5321 (2.3.8, 4.5.3.1.6). */
function faultsOf({ raw, text, lines }: Captured): string[] {
  const faults: string[] = [];
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) faults.push('a line end that is not CRLF');
  if (raw.includes(0)) faults.push('a NUL');
  if (lines.some((line) => line.length > 998)) faults.push('a line of more than 998 octets');
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  if (/[^\t\r\n -~]/.test(head)) faults.push('a field that is not ASCII');
  if (/\r\n[ \t]+(\r\n|$)/.test(head)) faults.push('a folded line without words');
  const names: string[] = [];
  for (const field of head.split(/\r\n(?![ \t])/)) {
    const [, name = ''] = /^([!-9;-~]+):(?: |\r\n )?\S/.exec(field) ?? [];
    if (name === '') faults.push(`no field: ${field}`);
    names.push(name.toLowerCase());
  }
  const once = names.filter((name) => name !== 'dkim-signature');
  if (new Set(once).size !== once.length) faults.push(`a field twice: ${once.join(' ')}`);
  for (const name of ['from', 'to', 'date', 'message-id', 'subject', 'mime-version', 'content-type'])
    if (!names.includes(name)) faults.push(`no ${name}`);
  const [from = ''] = /^From:(?:.*\r\n[ \t])*.*/m.exec(head) ?? [];
  if (from.split('@').length !== 2) faults.push(`not one sender: ${from}`);
  const [date = ''] = /^Date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000\r$/m.exec(head) ?? [];
  if (Number.isNaN(Date.parse(date.slice(6)))) faults.push('no date');
  return faults;
}

describe('E16: the form', () => {
  it.each([
    ['a promotion', {}],
    ['a service message', { unsubscribe_url: undefined }],
    ['words with every kind of line end', { text: 'a\rb\nc\r\nd\r\r\n.\n.\r.', html: '<p>\r.\r</p>\n.\n' }],
    ['the end of the data in other spellings', { text: 'x\n.\nMAIL FROM:<a@b.c>\r.\r\nx\r\n.\r\nQUIT' }],
    ['lines of 100,000 characters', { text: 'x'.repeat(100_000), html: `<p>${'é'.repeat(100_000)}</p>` }],
    ['a link of 900 characters', { unsubscribe_url: `https://shop.example/u/${'x'.repeat(880)}` }],
  ])('of %s is faultless', async (_name, parts) => {
    expect(faultsOf(await capture(parts, WAY))).toEqual([]);
  });

  it.each(attacks('headers'))(
    'has the same fields whatever stands in the subject and the name: $name',
    async ({ input: words }) => {
      const plain = await capture({}, WAY);
      const one = await capture({ subject: words, from: { name: words, email: 'shop@shop.example' } }, WAY);
      expect(faultsOf(one)).toEqual([]);
      expect(one.fields.map(([name]) => name)).toEqual(plain.fields.map(([name]) => name));
    },
  );

  it('is looked at by a reader that finds faults', async () => {
    const one = await capture({}, WAY);
    const spoilt = (was: string | RegExp, becomes: string): string[] => {
      const text = one.text.replace(was, becomes);
      return faultsOf({ ...one, text, raw: Buffer.from(text), lines: text.split('\r\n') });
    };
    expect(spoilt('Subject:', 'From: a@b.c\r\nSubject:')).toContainEqual(expect.stringMatching('twice'));
    expect(spoilt('Hello Ana', 'Hello\nAna')).toContain('a line end that is not CRLF');
    expect(spoilt('Hello Ana', `Hello ${'x'.repeat(998)}`)).toContain('a line of more than 998 octets');
    expect(spoilt('<shop@shop.example>', '<a@b.c>, d@e.f')).toContainEqual(
      expect.stringMatching('one sender'),
    );
    expect(spoilt(/^Date: .*\r\n/m, '')).toEqual(['no date', 'no date']);
  });
});

describe('E17: the parts', () => {
  it('are text and HTML in UTF-8, the better one last', async () => {
    const text = '¡Hola! 日本';
    const one = await capture({ text, html: `<p>${text}</p>` }, WAY);
    const types = one.lines.filter((line) => line.startsWith('Content-Type: text/'));
    expect(types).toEqual([
      'Content-Type: text/plain; charset=utf-8',
      'Content-Type: text/html; charset=utf-8',
    ]);
    const mail = await PostalMime.parse(one.raw);
    expect([mail.text?.trim(), mail.html?.trim()]).toEqual([text, `<p>${text}</p>`]);
    expect(mail.subject).not.toBe('');
  });

  it.each(['', '  ', '\r\n\t'])('do not go out without a subject: %j', async (subject) => {
    const smtp = await serve();
    const channel = createEmailChannel({ url: smtp.url });
    closing.push(() => channel.close());
    const delivery = await channel.deliver(aParcel({ subject }), OPEN);
    expect(delivery).toEqual({ outcome: 'refused', response: 'the subject is empty', fault: 'content' });
    expect(smtp.connections).toBe(0);
  });
});
