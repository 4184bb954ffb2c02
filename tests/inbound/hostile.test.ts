/** Mail made to harm its reader, beside that of `tests/attacks/inbound.yaml`. Each must be read in good time and without throwing. */
import { describe, expect, test } from 'vitest';
import { readMail } from '../../src/inbound/read-mail.ts';
import { dsn, read, RECEIVED_AT, reportsIn } from './mails.ts';

/** Most take a tenth of it; other tests may run beside this one. */
const PATIENCE_MS = 3_000;

describe('hostile mail', () => {
  test('what the server said is cut at 500 characters', async () => {
    const [report] = await reportsIn(dsn({ said: `smtp; 550 ${'x😀'.repeat(5_000)}` }));
    expect(report!.diagnostic!.length).toBeLessThanOrEqual(500);
    expect(report!.diagnostic).not.toMatch(/[\uD800-\uDBFF]$/);
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
});

async function inTime(mail: string) {
  const start = performance.now();
  const result = await read(mail);
  expect(performance.now() - start).toBeLessThan(PATIENCE_MS);
  return result;
}
