/** Mail made to harm its reader. Each must be read, or not, in good time and without throwing. */
import { describe, expect, test } from 'vitest';
import { readMail } from '../../src/inbound/read-mail.ts';
import { dsn, letter, read, RECEIVED_AT, reportsIn, SIGNED, words } from './mails.ts';

/** Most take a tenth of it; other tests may run beside this one. */
const PATIENCE_MS = 3_000;

describe('hostile mail', () => {
  test('a script in what the server said stays one line of text', async () => {
    const said = 'smtp; 550 <script>alert(1)</script>\u0007\u001B[31m\u202Egnp\u2028\n\u2029 next';
    const [report] = await reportsIn(dsn({ said }));
    expect(report!.diagnostic).toContain('<script>alert(1)</script>');
    expect(report!.diagnostic).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  test('what the server said is cut at 500 characters', async () => {
    const [report] = await reportsIn(dsn({ said: `smtp; 550 ${'x😀'.repeat(5_000)}` }));
    expect(report!.diagnostic!.length).toBeLessThanOrEqual(500);
    expect(report!.diagnostic).not.toMatch(/[\uD800-\uDBFF]$/);
  });

  test('fifty levels of parts within parts', async () => {
    let inner =
      'Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ana@example.com\nAction: failed\n';
    for (let level = 0; level < 50; level++)
      inner = `Content-Type: multipart/mixed; boundary="=_${level}"\n\n--=_${level}\n${inner}\n--=_${level}--\n`;
    expect(await inTime(`From: MAILER-DAEMON@x.example\nTo: ${SIGNED}\n${inner}`)).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('nesting'),
    });
  });

  test('a report within the message that came back is not about that message', async () => {
    const inner = dsn({ address: 'victim@example.com' }).replaceAll('=_b', '=_i');
    const mail = dsn().replace(
      'Content-Type: text/rfc822-headers\n\n',
      `Content-Type: message/rfc822\n\n${inner}`,
    );
    expect((await reportsIn(mail)).map(({ address }) => address)).toEqual(['ana@example.com']);
  });

  test('fifty megabytes, of which one is looked at', async () => {
    const mail = dsn().replace('--=_b--', `${'x'.repeat(75)}\n`.repeat(690_000));
    expect(mail.length).toBeGreaterThan(50_000_000);
    expect(await inTime(mail)).toMatchObject({ kind: 'reports', reports: [{ address: 'ana@example.com' }] });
  });

  test('ten thousand recipients make a hundred reports', async () => {
    const many = Array.from(
      { length: 10_000 },
      (_, index) => `Final-Recipient: rfc822; u${index}@example.com\nAction: failed\nStatus: 5.1.1\n`,
    );
    const mail = dsn().replace('Final-Recipient', `${many.join('\n')}\nFinal-Recipient`);
    const result = await inTime(mail);
    expect(result.kind === 'reports' && result.reports.length).toBe(100);
  });

  test('ten thousand addresses that may be signed are not all tried', async () => {
    let tried = 0;
    const to = Array.from({ length: 10_000 }, (_, index) => `u${index}@bounces.casaoliva.example`).join(
      ',\n ',
    );
    await readMail(Buffer.from(dsn({ to })), {
      message_of: () => {
        tried++;
        return undefined;
      },
      received_at: RECEIVED_AT,
    });
    expect(tried).toBeLessThanOrEqual(40);
  });

  test.each([
    ['a header of a megabyte', `Subject: ${'a'.repeat(1_000_000)}\n\nHola`],
    ['a hundred thousand headers', `${'X-A: b\n'.repeat(100_000)}\nHola`],
    ['a header folded a hundred thousand times', `To: a\n${' b\n'.repeat(100_000)}\nHola`],
    ['nothing', ''],
    ['line breaks alone', '\r\n\r\n\r\n'],
    ['carriage returns alone', '\r'.repeat(1_000_000)],
    ['zero octets', '\0'.repeat(100_000)],
    ['a boundary that is empty', 'Content-Type: multipart/mixed; boundary=""\n\n--\n--\n'],
    ['a boundary without end', `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n'.repeat(200_000)}`],
    ['a broken charset', 'From: a@b.example\nContent-Type: text/plain; charset=nonsense\n\nHola'],
    ['half a character', 'From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n\u00C3'],
    ['a name that ends objects', 'constructor: x\n__proto__: y\nFrom: a@b.example\n\nHola'],
    ['parentheses', `From: ${'('.repeat(50_000)}\n\nHola`],
    ['quotes', `From: ${'"'.repeat(50_000)}a@b.example\n\nHola`],
    ['encoded words', `Subject: ${'=?utf-8?Q?=41?= '.repeat(20_000)}\n\nHola`],
    ['an address as long as a book', words(`<${'a'.repeat(500_000)}@example.com>:\n550 user unknown`)],
    ['addresses without end', words('a@b.c '.repeat(150_000))],
    ['at signs', words('@'.repeat(900_000))],
    ['words that nearly mean something', words(`550 ${'mailbox user account '.repeat(40_000)}`)],
    ['codes that nearly are codes', words('5.1.1.'.repeat(150_000))],
    ['blanks', words(`delivery failed${' '.repeat(900_000)}x`)],
    ['angle brackets', letter('Subject: x', '<'.repeat(900_000)).replace('text/plain', 'text/html')],
    ['quoting marks', letter('Subject: Re: x', `On ${'a '.repeat(400_000)}`)],
    ['lines that nearly begin a quotation', letter('Subject: Re: x', 'On a\n'.repeat(200_000))],
  ])('%s', async (_name, mail) => {
    await inTime(mail);
  });
});

async function inTime(mail: string) {
  const start = performance.now();
  const result = await read(mail);
  expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
  return result;
}
