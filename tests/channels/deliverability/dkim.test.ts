/** E1, E2, E3: signatures that hold after real SMTP, and cover what a receiver shows or acts upon. */
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../../src/channels/dkim.ts';
import { UserError } from '../../../src/errors.ts';
import { BOTH, BOUNCES, capture, ED25519, PASSED, RSA, signedNames, verdicts } from './capture.ts';

const WAY = { dkim: BOTH, bounces: BOUNCES };

describe('E1: both signatures hold after real SMTP', () => {
  it.each([
    ['an ordinary promotion', {}],
    ['a service message', { unsubscribe_url: undefined }],
    ['a token of 300 characters', { unsubscribe_url: `https://shop.example/u/${'aB3_-'.repeat(60)}` }],
    ['a subject of emoji', { subject: '👟'.repeat(40) }],
    ['a subject of 900 letters beyond ASCII', { subject: 'ñandú '.repeat(150) }],
    ['a subject with tabs and many blanks', { subject: 'a \t  b\t\t c   ' }],
    ['a line of 2,000 characters', { text: 'x'.repeat(2000), html: `<p>${'y '.repeat(1000)}</p>` }],
    ['lines that begin with a dot', { text: '.\n..\n.a\n...b\n.\n', html: '.\n<p>\n.x\n..\n</p>\n.' }],
    ['empty lines at the end', { text: 'end\n\n\n\r\n\r\n', html: '<p>end</p>\n\n\n\n' }],
    ['blanks at the ends of lines', { text: 'a  \nb\t\n \n\t\n', html: '<p>a   \n \t \nb </p>  ' }],
    ['line ends of three kinds', { text: 'a\nb\r\nc\rd\r\r\ne\n\r', html: '<p>a\rb\nc</p>' }],
    [
      'other scripts',
      {
        text: '日本 ¿qué?',
        html: '<p>שלום 日本</p>',
        from: { name: 'Café "La Última" 👟', email: 'shop@shop.example' },
      },
    ],
    ['a recipient beyond ASCII', { to: 'josé@español.example' }],
    [
      'a name that tries to add a field',
      { from: { name: 'A\r\nBcc: evil@x.com', email: 'shop@shop.example' } },
    ],
  ])('%s', async (_name, parts) => {
    expect(await verdicts((await capture(parts, WAY)).raw)).toEqual(PASSED);
  });

  it('200 messages of random octets and white space', async () => {
    const sign = createSigner(BOTH);
    const alphabet = [' ', '  ', '\t', '\r\n', '\r\n\r\n', '.', 'a', 'ñ', '='];
    for (let n = 0; n < 200; n++) {
      const body = [...randomBytes(n)].map((byte) => alphabet[byte % alphabet.length]).join('');
      const message = `From: a@shop.example\r\nSubject:  x \t y\r\n\tz \r\nTo:b@c.example\r\n\r\n${body}\r\n`;
      expect(await verdicts(await sign(Buffer.from(message))), JSON.stringify(body)).toEqual(PASSED);
    }
  });

  it('with one key there is one signature, and without any none', async () => {
    expect(await verdicts((await capture({}, { dkim: [ED25519] })).raw)).toEqual([PASSED[1]]);
    expect(await verdicts((await capture({}, { dkim: [RSA] })).raw)).toEqual([PASSED[0]]);
    expect((await capture()).fields.map(([name]) => name)).not.toContain('dkim-signature');
  });

  it('every attempt at the same message has the same RSA signature', async () => {
    const sign = createSigner(BOTH);
    const message = Buffer.from('From: a@shop.example\r\n\r\nx\r\n');
    expect(await sign(message)).toEqual(await sign(message));
  });

  it('an empty body has the hash of nothing, as RFC 6376 (3.4.4) writes it down', async () => {
    for (const body of ['', '\r\n', '\r\n\r\n\r\n', ' \t\r\n']) {
      const signed = await createSigner([RSA])(Buffer.from(`From: a@shop.example\r\n\r\n${body}`));
      expect(signed.toString()).toContain('bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;');
    }
  });

  it('makes canonical text as the example of RFC 6376 (3.4.5) does', async () => {
    const signed = await createSigner([ED25519])(
      Buffer.from('From: X\r\nSubject:  Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n'),
    );
    const body_hash = createHash('sha256').update(' C\r\nD E\r\n').digest('base64');
    const field = signed.toString().slice(0, signed.indexOf('From: X'));
    expect(field).toContain(`bh=${body_hash};`);
    const unsigned = field.replaceAll('\r\n', '').replaceAll(/\s+/g, ' ');
    const place = unsigned.indexOf(' b=') + 3;
    const text = `from:X\r\nsubject:Y Z\r\ndkim-signature${unsigned.slice(14, place).replace(': ', ':')}`;
    const bytes = Buffer.from(unsigned.slice(place).replaceAll(' ', ''), 'base64');
    const hash = createHash('sha256').update(text).digest();
    expect(verify(null, hash, createPublicKey(ED25519.private_key), bytes)).toBe(true);
  });
});

describe('a signature breaks', () => {
  it.each([
    ['the body', 'Hello Ana</p>', 'Hello Eve</p>'],
    ['the subject', 'Subject: Hello', 'Subject: Howdy'],
    ['the sender', 'shop@shop.example>', 'evil@shop.example>'],
    ['the recipient', 'To: ana@', 'To: eve@'],
    ['the address for answers', 'Reply-To: help@', 'Reply-To: evil@'],
    ['the date', 'Date: Sat', 'Date: Sun'],
    ['the kind of content', 'multipart/alternative', 'multipart/mixed'],
    ['the way out', 'List-Unsubscribe: <https://shop', 'List-Unsubscribe: <https://evil'],
    ['E2: the way out by one POST', 'List-Unsubscribe=One-Click', 'List-Unsubscribe=Two-Clicks'],
    ['the name of the list', 'etapa.shop.example', 'etapa.evil.example'],
    ['whom complaints count for', 'Feedback-ID: cart', 'Feedback-ID: evil'],
  ])('when somebody changes %s', async (_name, was, becomes) => {
    const { text } = await capture({}, WAY);
    expect(text).toContain(was);
    const altered = await verdicts(Buffer.from(text.replace(was, becomes), 'latin1'));
    expect(altered.map(({ result }) => result)).toEqual([
      expect.not.stringMatching('pass'),
      expect.not.stringMatching('pass'),
    ]);
  });

  it.each(['before', 'behind'])('when somebody puts a second sender %s the first', async (where) => {
    const { text } = await capture({}, WAY);
    const [from = ''] = /^From: .*\r\n/m.exec(text) ?? [];
    const second = 'From: evil@x.example\r\n';
    const altered = text.replace(from, where === 'before' ? second + from : from + second);
    expect((await verdicts(Buffer.from(altered, 'latin1'))).map(({ result }) => result)).toEqual([
      'fail',
      'fail',
    ]);
  });

  it('when it is checked with the key of somebody else', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = { ...RSA, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
    const { raw } = await capture({}, { dkim: [RSA] });
    expect(await verdicts(raw, [other])).toMatchObject([{ result: 'fail' }]);
  });
});

describe('E2, E3: what both signatures cover', () => {
  const ALWAYS = [
    ...['from', 'from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'feedback-id'],
  ];

  it('is all that a promotion shows or that is acted upon, with both list fields and From once more', async () => {
    const names = await capture({}, WAY).then(signedNames);
    const wanted = [...ALWAYS, 'reply-to', 'list-id', 'list-unsubscribe', 'list-unsubscribe-post'].toSorted();
    expect(names.map((list) => list.toSorted())).toEqual([wanted, wanted]);
  });

  it('is in a service message no field that it does not have', async () => {
    const names = await capture({ unsubscribe_url: undefined, reply_to: undefined }, WAY).then(signedNames);
    expect(names.map((list) => list.toSorted())).toEqual([ALWAYS.toSorted(), ALWAYS.toSorted()]);
  });

  it('is the encoding where a message has one part only', async () => {
    const names = await capture({ html: '' }, WAY).then(signedNames);
    expect(names[0]).toContain('content-transfer-encoding');
  });
});

describe('a key that cannot be used stops the start, with the mend', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey;
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each([
    ['no key at all', { ...RSA, private_key: 'secret' }, /cannot be read: give the private key as PEM/],
    [
      'a weak one',
      { ...RSA, private_key: weak.export({ type: 'pkcs8', format: 'pem' }) as string },
      /must be RSA with 2048 bits/,
    ],
    [
      'one of another kind',
      { ...RSA, private_key: curve.export({ type: 'pkcs8', format: 'pem' }) as string },
      /or Ed25519/,
    ],
    ['a selector with more in it', { ...RSA, selector: 'a; d=evil.example' }, /as they stand in DNS/],
    ['a domain that is none', { ...RSA, domain: 'shop example' }, /as they stand in DNS/],
  ])('%s', (_name, key, sentence) => {
    expect(() => createSigner([key])).toThrow(UserError);
    expect(() => createSigner([key])).toThrow(sentence);
  });
});

it('a million blanks and empty lines are signed in proportion to their length', async () => {
  const sign = createSigner([ED25519]);
  const body = `${' '.repeat(500_000)}x\r\n${'\r\n'.repeat(250_000)}x${'\r\n \t'.repeat(200_000)}`;
  const began = performance.now();
  await sign(Buffer.from(`From: a@shop.example\r\n\r\n${body}`));
  expect(performance.now() - began).toBeLessThan(1000);
});
