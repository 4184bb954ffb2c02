import { describe, expect, test } from 'vitest';
import { address } from '../../../src/core/messages/address.ts';

describe('an address that is taken', () => {
  test.each([
    ['ana@example.com', 'ana@example.com'],
    ['Ana.Ruiz+shop@Example.COM', 'Ana.Ruiz+shop@example.com'],
    ["o'hara_-{x}!#$%&*/=?^`|~@example.com", "o'hara_-{x}!#$%&*/=?^`|~@example.com"],
    ['a@b.co', 'a@b.co'],
    ['1@2.example', '1@2.example'],
    ['x@sub-domain.example-shop.com', 'x@sub-domain.example-shop.com'],
    ['x@xn--espaa-rta.example', 'x@xn--espaa-rta.example'],
    ['peña@españa.example', 'peña@españa.example'],
    ['用户@例子.广告', '用户@例子.广告'],
    ['संपर्क@डाटामेल.भारत', 'संपर्क@डाटामेल.भारत'],
    ['Θσερ@Εχαμπλε.ψομ', 'Θσερ@εχαμπλε.ψομ'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%s', (text, taken) => {
    expect(address(text)).toBe(taken);
  });
});

describe('an address that is refused', () => {
  test.each([
    ['two recipients', 'b@example.org, evil@x.com'],
    ['a comment', 'b@example.org (c) <evil@x.com>'],
    ['a group', 'Group: a@b.c, d@e.f;'],
    ['a quoted local part', '"evil@x.com x"@internal.domain'],
    ['a comment in the domain', 'user@allowed.com(x).evil.com'],
    ['a space in the domain', 'user@allowed.com .evil.com'],
    ['a null character', 'user@allowed.com\u0000.evil.com'],
    ['angle brackets', '<a@a.com>,<b@b.com>'],
    ['a further SMTP command', 'a@b.c\r\nRCPT TO:<evil@x.com>'],
    ['an encoded word', '=?utf-8?q?x?= <a@b.c>'],
    ['an encoded word as local part', '=?utf-8?q?x?=@example.com'],
    ['an IP literal', 'user@[127.0.0.1]'],
    ['an IP address', 'user@127.0.0.1'],
    ['a single label', 'user@localhost'],
    ['a local part of 65 characters', `${'a'.repeat(65)}@example.com`],
    ['a local part of 65 octets', `a${'é'.repeat(32)}@example.com`],
    ['10,000 brackets', '('.repeat(10_000)],
    ['20,000 comments', 'a(b)'.repeat(20_000)],
    ['20,000 comments before a domain', `${'a(b)'.repeat(20_000)}@example.com`],
    ['255 octets', `a@${'b.'.repeat(125)}com`],
    ['255 octets in other letters', `a@${'é.'.repeat(84)}com`],
    ['nothing', ''],
    ['no local part', '@example.com'],
    ['no domain', 'ana@'],
    ['no @', 'ana.example.com'],
    ['two @', 'a@b@example.com'],
    ['a dot at the beginning', '.ana@example.com'],
    ['a dot at the end', 'ana.@example.com'],
    ['two dots', 'an..a@example.com'],
    ['two dots in the domain', 'ana@example..com'],
    ['a dot after the domain', 'ana@example.com.'],
    ['a label that begins with a dash', 'ana@-example.com'],
    ['a label that ends with a dash', 'ana@example-.com'],
    ['a label of 64 characters', `ana@${'b'.repeat(64)}.com`],
    ['a dash alone', 'ana@-.com'],
    ['a space before', ' ana@example.com'],
    ['a line end after', 'ana@example.com\n'],
    ['a tab', 'an\ta@example.com'],
    ['a space of another script', 'ana@example\u3000.com'],
    ['a full stop of another script', 'ana@example。com'],
    ['an @ of another script', 'ana＠example.com'],
    ['text that turns round', 'ana\u202e@example.com'],
    ['a joiner', 'an\u200da@example.com'],
    ['half a letter', 'an\ud800a@example.com'],
    ['a percent and a colon', 'ana%evil.com:x@example.com'],
    ['a backslash', 'an\\a@example.com'],
    ['a mark without a letter', '\u0301ana@example.com'],
    ['mailto', 'mailto:ana@example.com'],
  ])('%s', (_name, text) => {
    expect(address(text)).toBeUndefined();
  });

  test('is refused quickly, however long and strange', () => {
    const started = performance.now();
    for (const piece of ['a.', 'a@', '(', 'a(b)', '\u0301', '<', 'é']) address(piece.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(50);
  });
});
