import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { quotedPrintable } from '../../src/channels/quoted-printable.ts';

describe('quoted-printable', () => {
  test.each([
    ['plain words', 'plain words'],
    ['a=b', 'a=3Db'],
    ['España €', 'Espa=C3=B1a =E2=82=AC'],
    ['end \nof line\t', 'end=20\r\nof line=09'],
    ['one\r\ntwo\rthree\n', 'one\r\ntwo\r\nthree\r\n'],
    ['x'.repeat(76), 'x'.repeat(76)],
    ['x'.repeat(77), `${'x'.repeat(75)}=\r\nxx`],
    [`${'x'.repeat(73)}ñ`, `${'x'.repeat(73)}=\r\n=C3=B1`],
    [`${'x'.repeat(74)}=`, `${'x'.repeat(74)}=\r\n=3D`],
    ['', ''],
  ])('of %j', (text, encoded) => {
    expect(quotedPrintable(text).toString('latin1')).toBe(encoded);
  });

  const decoded = async (encoded: string): Promise<string> => {
    const fields = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable';
    const { text = '' } = await PostalMime.parse(`${fields}\r\n\r\n${encoded}`);
    return text.replaceAll('\r\n', '\n').replace(/\n$/, '');
  };

  test('of any text comes back as it was, in ASCII lines of at most 76 octets that end in no blank', async () => {
    const texts = fc
      .string({ unit: 'grapheme', maxLength: 400 })
      .map((text) => text.replaceAll(/[\r\n]+/g, '\n').trim());
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const encoded = quotedPrintable(text).toString('latin1');
        expect(await decoded(encoded)).toBe(text);
        for (const line of encoded.split('\r\n')) {
          expect(line).toMatch(/^[\t\x20-\x7e]{0,76}$/);
          expect(line).not.toMatch(/[\t ]$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});
