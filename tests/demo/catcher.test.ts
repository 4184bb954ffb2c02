import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { startCatcher } from '../../src/demo/catcher.ts';
import type { Catcher, CatcherOptions, MailSummary } from '../../src/demo/catcher.ts';
import { inboxRoutes } from '../../src/demo/inbox/routes.ts';
import { closedAfterEach } from '../support/closing.ts';

const closing = closedAfterEach();

type Message = Parameters<ReturnType<typeof createTransport>['sendMail']>[0];

describe('catching', () => {
  test('a mail sent over SMTP is kept with its envelope, marks, parts and bytes', async () => {
    const { catcher, send } = await catching();
    await send({
      from: '"Casa Oliva" <hola@casaoliva.example>',
      to: '"María José" <mj@example.com>',
      subject: 'Tu cesta te espera, ñandú ☀',
      date: new Date('2026-03-12T10:02:00Z'),
      text: 'Hola, María José.\n.una línea con punto',
      html: '<p>Hola, <b>María José</b></p>',
      headers: {
        ...marks('warm', 'abandoned_cart', 'es'),
        'X-Etapa-Stage': 'decision',
        'X-Etapa-Template': 'cart',
      },
    });

    const mail = await catcher.get(1);
    expect(mail).toMatchObject({
      seq: 1,
      date: Date.parse('2026-03-12T10:02:00Z'),
      envelope: { from: 'hola@casaoliva.example', to: ['mj@example.com'] },
      subject: 'Tu cesta te espera, ñandú ☀',
      tone: 'warm',
      stage: 'decision',
      workflow: 'abandoned_cart',
      template: 'cart',
      language: 'es',
    });
    expect(mail?.to).toContain('María José');
    expect(mail?.html).toContain('<b>María José</b>');
    expect(mail?.text).toContain('\n.una línea con punto');
    expect(mail?.message_id).toMatch(/^<.+@.+>$/);
    expect(mail?.headers.find(({ key }) => key === 'Subject')?.value).toBe('Tu cesta te espera, ñandú ☀');
    expect(catcher.raw(1)).toHaveLength(mail?.raw_size ?? 0);
  });

  test('it offers PIPELINING, 8BITMIME, SMTPUTF8 and a size, but neither login nor TLS', async () => {
    const { catcher } = await catching();
    const answer = await speak(catcher.port, ['EHLO tests.example', 'QUIT']);
    for (const word of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 10485760'])
      expect(answer).toContain(word);
    for (const word of ['AUTH', 'STARTTLS']) expect(answer).not.toContain(word);
  });

  test('an address and headers in raw UTF-8 are read as they are', async () => {
    const { catcher } = await catching();
    const answer = await speak(catcher.port, [
      'EHLO tests.example',
      'MAIL FROM:<niño@casaoliva.example> SMTPUTF8 BODY=8BITMIME',
      'RCPT TO:<señora@example.com>',
      'DATA',
      'Subject: Año nuevo\r\n\r\n¡Hola!\r\n.',
      'QUIT',
    ]);
    expect(answer).toContain('250 OK: caught as 1');
    expect(catcher.list()[0]).toMatchObject({
      subject: 'Año nuevo',
      envelope: { to: ['señora@example.com'] },
    });
    expect((await catcher.get(1))?.text).toContain('¡Hola!');
  });

  test('sixty connections at once lose nothing', async () => {
    const { catcher } = await catching();
    const senders = Array.from({ length: 60 }, () => transport(catcher));
    await Promise.all(senders.map((sender, at) => sender.sendMail(letter(`mail ${at}`))));
    expect(catcher.count()).toBe(60);
    expect(new Set(catcher.list().map(({ subject }) => subject)).size).toBe(60);
  });

  test('a recipient may be refused with a code and words, and the others are still served', async () => {
    const { catcher, send } = await catching({
      refuse: (recipient) =>
        recipient.startsWith('gone') ? { code: 550, message: '5.1.1 No such person' } : undefined,
    });
    await expect(send(letter('to nobody', 'gone@example.com'))).rejects.toMatchObject({ responseCode: 550 });
    await send({ ...letter('to both'), to: ['gone@example.com', 'here@example.com'] });
    expect(catcher.list().map(({ envelope }) => envelope.to)).toEqual([['here@example.com']]);
  });

  test('a mail above 10 MB is refused with 552 and not kept', async () => {
    const { catcher } = await catching();
    const answer = await speak(catcher.port, [
      'EHLO tests.example',
      'MAIL FROM:<a@example.com>',
      'RCPT TO:<b@example.com>',
      'DATA',
      `Subject: big\r\n\r\n${'x'.repeat(998).concat('\r\n').repeat(10_600)}.`,
      'QUIT',
    ]);
    expect(answer).toMatch(/^552 /m);
    expect(catcher.count()).toBe(0);
  });

  test('the journal has its line before the mail is acknowledged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'etapa-catcher-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const journal = join(folder, 'mails.jsonl');
    const { send } = await catching({ journal });
    for (const subject of ['one', 'two']) {
      const { messageId } = await send(letter(subject));
      const lines = readFileSync(journal, 'utf8').trim().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
        message_id: messageId,
        rcpt: ['ana@example.com'],
      });
    }
  });

  test('only the newest are kept, by number or by bytes, while the count goes on', async () => {
    const few = await catching({ keep: 3 });
    for (let n = 1; n <= 5; n += 1) await few.send(letter(`mail ${n}`));
    expect(few.catcher.list().map(({ seq }) => seq)).toEqual([5, 4, 3]);
    expect(few.catcher.count()).toBe(5);
    expect(await few.catcher.get(1)).toBeUndefined();

    const small = await catching({ keepBytes: 1 });
    for (let n = 1; n <= 2; n += 1)
      await small.send({ ...letter(`mail ${n}`), headers: marks('warm', 'w', 'es') });
    expect(small.catcher.list().map(({ seq }) => seq)).toEqual([2]);
    expect(small.catcher.facets().tone).toEqual({ warm: 1 });
  });

  test('after a clear nothing is kept, and numbers are not used twice', async () => {
    const { catcher, send } = await catching();
    await send({ ...letter('before'), headers: marks('warm', 'w', 'es') });
    catcher.clear();
    expect([catcher.count(), catcher.list(), catcher.facets().tone]).toEqual([0, [], {}]);
    await send(letter('after'));
    expect(catcher.list()).toMatchObject([{ seq: 2, subject: 'after' }]);
  });

  test('listeners hear of each mail until they leave', async () => {
    const { catcher, send } = await catching();
    const heard: string[] = [];
    const leave = catcher.onMail(({ subject }) => heard.push(subject));
    await send(letter('heard'));
    leave();
    await send(letter('unheard'));
    expect(heard).toEqual(['heard']);
  });

  test('a taken port is named in a plain sentence', async () => {
    const { catcher } = await catching();
    await expect(startCatcher({ port: catcher.port })).rejects.toThrow(`Port ${catcher.port} is taken`);
  });

  test('a mail without headers, with a wrong date or with a broken part is still caught and readable', async () => {
    const { catcher } = await catching();
    const bodies = [
      'just words',
      'Date: not a date\r\n\r\nhello',
      'Content-Type: multipart/mixed; boundary="never"\r\n\r\nx',
    ];
    for (const body of bodies) {
      await speak(catcher.port, [
        'EHLO t',
        'MAIL FROM:<>',
        'RCPT TO:<b@example.com>',
        'DATA',
        `${body}\r\n.`,
        'QUIT',
      ]);
    }
    expect(catcher.count()).toBe(3);
    for (const seq of [1, 2, 3])
      expect(await catcher.get(seq)).toMatchObject({ seq, subject: '', to: 'b@example.com' });
    expect((await catcher.get(2))?.date).toBe((await catcher.get(2))?.caught_at);
  });
});

describe('the inbox routes', () => {
  test('the list filters by words, marks and recipient, whatever the case and accents', async () => {
    const { app, send } = await inbox();
    await send({ ...letter('¡Feliz CUMPLEAÑOS!'), headers: marks('celebrating', 'birthday', 'es') });
    await send({ ...letter('Your basket', 'james@example.com'), headers: marks('warm', 'cart', 'en') });
    await send({ ...letter('Tu cesta'), headers: marks('warm', 'cart', 'es') });

    expect(await subjects(app, 'q=cumpleanos')).toEqual(['¡Feliz CUMPLEAÑOS!']);
    expect(await subjects(app, 'q=cart%20james')).toEqual(['Your basket']);
    expect(await subjects(app, 'tone=warm')).toEqual(['Tu cesta', 'Your basket']);
    expect(await subjects(app, 'tone=warm&language=es')).toEqual(['Tu cesta']);
    expect(await subjects(app, 'workflow=birthday')).toEqual(['¡Feliz CUMPLEAÑOS!']);
    expect(await subjects(app, 'to=JAMES@example.com')).toEqual(['Your basket']);
    expect(await subjects(app, 'q=&tone=')).toHaveLength(3);
    const { facets, count } = (await app.inject('/inbox/mails.json')).json<ListAnswer>();
    expect([count, facets['tone']]).toEqual([3, { celebrating: 1, warm: 2 }]);
  });

  test('the cursor walks through all mails, none twice, also while new ones arrive', async () => {
    const { app, send } = await inbox();
    for (let n = 1; n <= 7; n += 1) await send(letter(`mail ${n}`));
    const seen: string[] = [];
    let next: number | null = null;
    do {
      const page = await list(app, `limit=3${next === null ? '' : `&before=${next}`}`);
      seen.push(...page.mails.map(({ subject }) => subject));
      next = page.next;
      if (seen.length === 3) await send(letter('newcomer'));
    } while (next !== null);
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((n) => `mail ${n}`));
    expect(await subjects(app, 'after=7')).toEqual(['newcomer']);
  });

  test('a query that makes no sense is answered with 400 and a sentence', async () => {
    const { app } = await inbox();
    const answer = await app.inject('/inbox/mails.json?limit=many');
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ error: string }>().error).toContain('"limit"');
  });

  test('one mail is given as JSON, as HTML and as the very bytes', async () => {
    const { app, catcher, send } = await inbox();
    await send({
      ...letter('With links'),
      html: '<!doctype html><html><head></head><body><a href="https://shop.example/x?a=1&amp;b=2">To <b>the shop</b></a><a href="javascript:alert(1)">no</a><a href="mailto:a@b.example"><img alt="Write"></a></body></html>',
    });
    expect((await app.inject('/inbox/mails/1.json')).json()).toMatchObject({
      subject: 'With links',
      links: [
        { url: 'https://shop.example/x?a=1&b=2', label: 'To the shop' },
        { url: 'mailto:a@b.example', label: 'Write' },
      ],
    });
    const html = await app.inject('/inbox/mails/1/html');
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(html.body).toContain('<!doctype html><html><head><base target="_blank">');
    const raw = await app.inject('/inbox/mails/1/raw');
    expect(raw.headers['content-type']).toBe('message/rfc822');
    expect(raw.headers['content-disposition']).toBe('attachment; filename="mail-1.eml"');
    expect(raw.rawPayload.equals(catcher.raw(1) ?? Buffer.alloc(0))).toBe(true);
  });

  test('a mail that is not there is 404 in every form', async () => {
    const { app, send } = await inbox();
    await send(letter('text only'));
    for (const path of ['9.json', '9/html', '9/raw', '1/html']) {
      expect((await app.inject(`/inbox/mails/${path}`)).statusCode, path).toBe(404);
    }
  });

  test('a hostile mail cannot run, load or post anything, and its words are never markup on the page', async () => {
    const { app, send } = await inbox();
    const attack = '</script><script>alert(1)</script><img src=x onerror=alert(1)>';
    await send({ ...letter(attack), html: `<p>x</p>${attack}`, headers: { 'X-Etapa-Tone': attack } });

    const { headers } = await app.inject('/inbox/mails/1/html');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", 'img-src data:', "form-action 'none'", 'sandbox']),
    );
    expect(policy.join()).not.toContain('script-src');
    expect(headers['x-content-type-options']).toBe('nosniff');

    const answer = await app.inject('/inbox/mails.json');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json<ListAnswer>().mails[0]?.subject).toBe(attack);
    expect((await app.inject('/inbox/')).body).not.toContain('alert(1)');
    expect((await app.inject('/inbox/inbox.js')).body).not.toMatch(
      /innerHTML|insertAdjacentHTML|document\.write/,
    );
  });

  test('the page allows no inline script or style, escapes its title, and speaks the language of the browser', async () => {
    const { app } = await inbox({ title: 'Casa "Oliva" <b>' });
    const spanish = await app.inject({
      url: '/inbox',
      headers: { 'accept-language': 'es-MX,es;q=0.9,en;q=0.8' },
    });
    expect(spanish.body).toContain('<html lang="es" data-base="/inbox">');
    expect(spanish.body).toContain('Buzón');
    expect(spanish.body).not.toContain('<b>');
    expect(String(spanish.headers['content-security-policy'])).not.toContain('unsafe');
    expect(spanish.body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    const english = await app.inject({
      url: '/inbox',
      headers: { 'accept-language': 'fr,en;q=0.8,es;q=0.2' },
    });
    expect(english.body).toContain('<html lang="en"');
  });

  test('deleting empties the inbox', async () => {
    const { app, catcher, send } = await inbox();
    await send(letter('gone soon'));
    expect((await app.inject({ method: 'DELETE', url: '/inbox/mails' })).statusCode).toBe(204);
    expect([catcher.count(), await subjects(app, '')]).toEqual([0, []]);
  });

  test('an open page is told of a new mail and of a deletion, and does not keep the server from stopping', async () => {
    const { app, send } = await inbox();
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await fetch(`${origin}/inbox/events`);
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const read = eventReader(stream);
    await read('retry: 2000');
    await send(letter('live'));
    await read('event: news\ndata: {"count":1}');
    await fetch(`${origin}/inbox/mails`, { method: 'DELETE' });
    await read('event: news\ndata: {"count":0}');
    await app.close();
  });
});

interface ListAnswer {
  mails: MailSummary[];
  next: number | null;
  count: number;
  facets: Record<string, Record<string, number>>;
}

async function catching(options: CatcherOptions = {}): Promise<{
  catcher: Catcher;
  send: (message: Message) => Promise<{ messageId: string }>;
}> {
  const catcher = await startCatcher(options);
  closing.push(() => catcher.stop());
  const sender = transport(catcher);
  return { catcher, send: (message) => sender.sendMail(message) };
}

function transport(catcher: Catcher): ReturnType<typeof createTransport> {
  const sender = createTransport(catcher.url);
  closing.push(() => sender.close());
  return sender;
}

async function inbox(options = {}): Promise<Awaited<ReturnType<typeof catching>> & { app: FastifyInstance }> {
  const caught = await catching();
  const app = Fastify();
  await app.register(inboxRoutes(caught.catcher, options), { prefix: '/inbox' });
  closing.push(() => app.close());
  return { ...caught, app };
}

function letter(subject: string, to = 'ana@example.com'): Message {
  return { from: 'hola@casaoliva.example', to, subject, text: `About: ${subject}` };
}

function marks(tone: string, workflow: string, language: string): Record<string, string> {
  return { 'X-Etapa-Tone': tone, 'X-Etapa-Workflow': workflow, 'Content-Language': language };
}

async function list(app: FastifyInstance, query: string): Promise<ListAnswer> {
  return (await app.inject(`/inbox/mails.json?${query}`)).json<ListAnswer>();
}

async function subjects(app: FastifyInstance, query: string): Promise<string[]> {
  return (await list(app, query)).mails.map(({ subject }) => subject);
}

/** Speaks SMTP by hand, one line per answer, and gives everything that the server said. */
function speak(port: number, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    let said = '';
    const left = [...lines];
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      // A line with a space after its code ends an answer; a hyphen announces more.
      if (/^\d{3} .*\r\n$/m.test(said.slice(said.lastIndexOf('\r\n', said.length - 3) + 1))) {
        const line = left.shift();
        if (line !== undefined) socket.write(`${line}\r\n`);
      }
    });
    socket.on('close', () => resolve(said)).on('error', reject);
  });
}

/** Reads a stream of events until the wanted text has come. */
function eventReader(stream: Response): (wanted: string) => Promise<void> {
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  return async (wanted) => {
    while (!held.includes(wanted)) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) throw new Error(`The stream ended before "${wanted}"; it held: ${held}`);
      held += chunk.value;
    }
    held = held.slice(held.indexOf(wanted) + wanted.length);
  };
}
