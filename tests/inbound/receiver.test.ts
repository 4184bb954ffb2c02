import { createConnection } from 'node:net';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { startReceiver } from '../../src/inbound/receiver.ts';
import type { ReceivedMail, ReceiverOptions } from '../../src/inbound/receiver.ts';
import { readMail } from '../../src/inbound/read-mail.ts';
import { dsn, MESSAGE_ID, SIGNED } from './mails.ts';
import { closedAfterEach } from '../support/closing.ts';

const closing = closedAfterEach();

describe('the receiver', () => {
  test('takes a report over real SMTP, octet for octet, and it can be read', async () => {
    const { send, taken } = await receiving();
    const raw = dsn().replaceAll('\n', '\r\n');
    await send({ envelope: { from: '', to: [SIGNED] }, raw });

    const [mail] = taken;
    expect(mail).toMatchObject({ envelope_from: '', envelope_to: [SIGNED] });
    expect(Buffer.from(mail!.raw).toString()).toBe(raw);
    const result = await readMail(mail!.raw, {
      message_of: (address) => (address === SIGNED ? MESSAGE_ID : undefined),
      received_at: mail!.at,
      envelope_to: mail!.envelope_to,
    });
    expect(result).toMatchObject({
      kind: 'reports',
      reports: [{ class: 'address', message_id: MESSAGE_ID }],
    });
  });

  test('tells the time of arrival as it is told it', async () => {
    const { send, taken } = await receiving({ now: () => 12_345 });
    await send({ envelope: { from: 'ana@example.com', to: [SIGNED] }, raw: 'Subject: x\r\n\r\nHola\r\n' });
    expect(taken[0]!.at).toBe(12_345);
  });

  test('is no relay: an address that is not ours is refused before any of the mail is taken', async () => {
    const { send, taken } = await receiving();
    const sending = send({ envelope: { from: 'ana@example.com', to: ['stranger@example.com'] }, raw: 'x' });
    await expect(sending).rejects.toMatchObject({
      responseCode: 550,
      response: expect.stringContaining('5.1.1'),
      command: 'RCPT TO',
    });
    expect(taken).toEqual([]);
  });

  test('of several recipients it takes only those that are ours', async () => {
    const { send, taken } = await receiving();
    const info = await send({
      envelope: { from: 'ana@example.com', to: ['stranger@example.com', SIGNED] },
      raw: 'Subject: x\r\n\r\nHola\r\n',
    });
    expect(info).toMatchObject({ accepted: [SIGNED], rejected: ['stranger@example.com'] });
    expect(taken[0]!.envelope_to).toEqual([SIGNED]);
  });

  test('what could not be dealt with comes again', async () => {
    let fails = true;
    const { send, taken } = await receiving({
      onMail: (mail) => {
        if (fails) return Promise.reject(new Error('the database is away'));
        taken.push(mail);
        return Promise.resolve();
      },
    });
    const mail = { envelope: { from: '', to: [SIGNED] }, raw: 'Subject: x\r\n\r\nHola\r\n' };
    const refused = await send(mail).catch((error: unknown) => error);
    expect(refused).toMatchObject({ responseCode: 451, command: 'DATA' });
    expect(String(refused)).not.toContain('database');
    fails = false;
    await send(mail);
    expect(taken).toHaveLength(1);
  });

  test('tells its limit of size, and holds to it with whoever says nothing of size', async () => {
    const { port, taken } = await receiving();
    const greeting = await speak(port, ['EHLO tests.example', 'QUIT']);
    expect(greeting).toContain('SIZE 10485760');
    expect(greeting).not.toMatch(/AUTH|STARTTLS/);

    const declared = await speak(port, ['EHLO tests.example', 'MAIL FROM:<> SIZE=50000000', 'QUIT']);
    expect(declared).toMatch(/^552/m);

    const line = `${'x'.repeat(998)}\r\n`;
    const answers = await speak(port, [
      'EHLO tests.example',
      'MAIL FROM:<>',
      `RCPT TO:<${SIGNED}>`,
      'DATA',
      `Subject: x\r\n\r\n${line.repeat(11_000)}.`,
      'QUIT',
    ]);
    expect(answers).toMatch(/^552/m);
    expect(taken).toEqual([]);
  });

  test('speaks LMTP, with an answer for each recipient', async () => {
    const { port, taken } = await receiving({ lmtp: true });
    const answers = await speak(port, [
      'LHLO tests.example',
      'MAIL FROM:<>',
      `RCPT TO:<${SIGNED}>`,
      'RCPT TO:<b-other@bounces.casaoliva.example>',
      'RCPT TO:<stranger@example.com>',
      'DATA',
      'Subject: x\r\n\r\nHola\r\n.',
      'QUIT',
    ]);
    expect(answers).toMatch(/^550 5\.1\.1/m);
    expect(answers.match(/^250 .*Taken/gm)).toHaveLength(2);
    expect(taken).toHaveLength(1);
  });

  test('over LMTP too, what could not be dealt with comes again', async () => {
    const { port } = await receiving({ lmtp: true, onMail: () => Promise.reject(new Error('no')) });
    const answers = await speak(port, [
      'LHLO tests.example',
      'MAIL FROM:<>',
      `RCPT TO:<${SIGNED}>`,
      'DATA',
      'Subject: x\r\n\r\nHola\r\n.',
      'QUIT',
    ]);
    expect(answers).toMatch(/^451/m);
    expect(answers).not.toMatch(/Taken/);
  });

  test('has room for so many at once and no more', async () => {
    const { port } = await receiving();
    const open = await Promise.all(Array.from({ length: 50 }, () => connect(port)));
    const late = await connect(port);
    expect(late.greeting).toMatch(/^421/);
    expect(open.every(({ greeting }) => greeting.startsWith('220'))).toBe(true);
    for (const { end } of [...open, late]) end();
  });

  test('whoever is silent is left, and so is whoever is endlessly slow', async () => {
    const silent = await receiving({ patience: { silence: 100 } });
    expect(await speak(silent.port, ['EHLO tests.example'])).toMatch(/^421 .*[Tt]imeout/m);

    const slow = await receiving({ patience: { whole: 300 } });
    const socket = createConnection(slow.port, '127.0.0.1');
    const drip = setInterval(() => socket.write('NOOP\r\n'), 20);
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    clearInterval(drip);
  });

  test('an address that cannot be looked up just now comes again', async () => {
    const { send } = await receiving({
      accepts: () => {
        throw new Error('no secret');
      },
    });
    const sending = send({ envelope: { from: '', to: [SIGNED] }, raw: 'x' });
    await expect(sending).rejects.toMatchObject({ responseCode: 451 });
  });

  test('a port that another has is told in a sentence', async () => {
    const { port } = await receiving();
    const options = { host: '127.0.0.1', port, accepts: () => true, onMail: () => Promise.resolve() };
    await expect(startReceiver(options)).rejects.toThrow(
      `Mail cannot be received on 127.0.0.1:${port}: another program has it`,
    );
  });
});

async function receiving(options: Partial<ReceiverOptions> = {}) {
  const taken: ReceivedMail[] = [];
  const receiver = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    accepts: (address) => address.endsWith('@bounces.casaoliva.example'),
    onMail: (mail) => Promise.resolve(void taken.push(mail)),
    ...options,
  });
  closing.push(() => receiver.stop());
  const transport = createTransport({ host: '127.0.0.1', port: receiver.port, ignoreTLS: true });
  closing.push(() => transport.close());
  return { port: receiver.port, taken, send: (mail: object) => transport.sendMail(mail) as Promise<unknown> };
}

/** One command after each answer; all that was answered. */
function speak(port: number, commands: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    const left = [...commands];
    let heard = '';
    let fresh = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      heard += text;
      fresh += text;
      if (!/^\d{3} .*\r\n$/m.test(fresh)) return;
      fresh = '';
      const next = left.shift();
      if (next !== undefined) socket.write(`${next}\r\n`);
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}

function connect(port: number): Promise<{ greeting: string; end(): void }> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.once('data', (greeting: string) => resolve({ greeting, end: () => socket.destroy() }));
    socket.once('error', reject);
  });
}
