import { describe, expect, test } from 'vitest';
import { readMail } from '../../src/inbound/read-mail.ts';
import { letter, MESSAGE_ID, read, RECEIVED_AT, SIGNED } from './mails.ts';

describe('answers of machines', () => {
  test.each([
    'Auto-Submitted: auto-replied',
    'Auto-Submitted: auto-generated; owner-email="a@b.example"',
    'X-Auto-Response-Suppress: All',
    'Precedence: bulk',
    'Precedence: auto_reply',
    'X-Autoreply: yes',
    'List-Id: <news.example.com>',
    'Return-Path: <>',
    'Subject: Out of office: back on Monday',
    'Subject: Automatic reply: Your cart',
    'Subject: Auto: Re: Your cart',
    'Subject: Away until 5 May',
    'Subject: Respuesta automática: Tu cesta',
    'Subject: =?utf-8?Q?Respuesta_autom=C3=A1tica:_Tu_cesta?=',
    'Subject: Fuera de la oficina hasta el lunes',
    'Subject: Estoy de vacaciones',
    'Subject: Ausente hasta el 5 de mayo',
    'Subject: No estoy en la oficina',
    'Subject: Autorespuesta: gracias',
  ])('%s', async (header) => {
    expect(await read(letter(header))).toMatchObject({ kind: 'auto_reply', from: 'ana@example.com' });
  });

  test('a receipt that a letter was opened', async () => {
    const mail = `From: ana@example.com
To: tienda@casaoliva.example
Subject: Read: Your cart
MIME-Version: 1.0
Content-Type: multipart/report; report-type=disposition-notification; boundary="=_m"

--=_m
Content-Type: text/plain

Your message was read.
--=_m
Content-Type: message/disposition-notification

Final-Recipient: rfc822; ana@example.com
Disposition: manual-action/MDN-sent-manually; displayed

--=_m--
`;
    expect(await read(mail)).toMatchObject({ kind: 'auto_reply' });
  });

  test('whoever sends from an address that takes no answers is a machine', async () => {
    const mail = letter('Subject: Hola').replace('Ana@Example.com', 'no-reply@example.com');
    expect(await read(mail)).toMatchObject({ kind: 'auto_reply' });
  });

  test('what was sent by nobody (the null return path of the envelope) is of a machine', async () => {
    const raw = Buffer.from(letter('Subject: Hola'));
    const known = { message_of: () => undefined, received_at: RECEIVED_AT };
    expect(await readMail(raw, { ...known, envelope_from: '' })).toMatchObject({ kind: 'auto_reply' });
    expect(await readMail(raw, { ...known, envelope_from: 'ana@example.com' })).toMatchObject({
      kind: 'reply',
    });
  });

  test('which message it answers is told where it proves it', async () => {
    const mail = letter('Auto-Submitted: auto-replied').replace('tienda@casaoliva.example', SIGNED);
    expect(await read(mail)).toMatchObject({ kind: 'auto_reply', message_id: MESSAGE_ID });
  });
});

describe('answers of people', () => {
  test.each([
    'Subject: Re: Tu cesta te espera',
    'Subject: Re: Out of office chairs',
    'Subject: Vacaciones en Perú',
    'Subject: Pregunta sobre la automática',
    'Subject: Automatic watches',
    'Subject: Autocares a Madrid',
    'Auto-Submitted: no',
    'Subject: On holidays and gifts',
  ])('%s', async (header) => {
    expect(await read(letter(header))).toMatchObject({ kind: 'reply' });
  });

  test('who, what, to which message and when', async () => {
    const headers = `Subject: =?utf-8?Q?Re:_Tu_cesta_te_espera_=E2=98=80?=
In-Reply-To: <${MESSAGE_ID}@casaoliva.example>
References: <older@casaoliva.example> <${MESSAGE_ID}@casaoliva.example>`;
    expect(await read(letter(headers, '¿Cuánto tarda el envío?'))).toEqual({
      kind: 'reply',
      from: 'ana@example.com',
      from_name: 'Ana Ruiz',
      subject: 'Re: Tu cesta te espera ☀',
      text: '¿Cuánto tarda el envío?',
      in_reply_to: [`${MESSAGE_ID}@casaoliva.example`, 'older@casaoliva.example'],
      mail_id: 'answer-1@example.com',
      // The Message-ID alone proves nothing.
      message_id: null,
      at: RECEIVED_AT - 2 * 60_000,
    });
  });

  test.each([
    ['On Thu, 12 Mar 2026 at 10:02, Casa Oliva <hola@casaoliva.example> wrote:\n> Tu cesta'],
    ['On Thu, 12 Mar 2026 at 10:02, Casa Oliva\n<hola@casaoliva.example> wrote:\n\n> Tu cesta'],
    ['El jue, 12 mar 2026 a las 10:02, Casa Oliva (<hola@casaoliva.example>) escribió:\n\n> Tu cesta'],
    ['-----Original Message-----\nFrom: Casa Oliva\n\nTu cesta'],
    ['-----Mensaje original-----\nDe: Casa Oliva\n\nTu cesta'],
    ['________________________________\nFrom: Casa Oliva\nSent: Thursday\n\nTu cesta'],
    ['De: Casa Oliva <hola@casaoliva.example>\nEnviado: jueves, 12 de marzo\nPara: Ana\n\nTu cesta'],
    ['-- \nAna Ruiz\nDirectora'],
    ['> Tu cesta\n> te espera'],
  ])('what is quoted is left out: %s', async (quoted) => {
    const text = `Sí, me interesa.\n\nOn sale it was better.\n\n${quoted}`;
    expect(await read(letter('Subject: Re: Tu cesta', text))).toMatchObject({
      text: 'Sí, me interesa.\n\nOn sale it was better.',
    });
  });

  test('an answer in HTML alone is read as words, never as a page', async () => {
    const mail = letter('Subject: Re: Tu cesta', '<p>Sí &amp; gracias</p><script>alert(1)</script>').replace(
      'text/plain',
      'text/html',
    );
    const answer = await read(mail);
    expect(answer).toMatchObject({ kind: 'reply', text: expect.stringContaining('Sí & gracias') });
    expect(JSON.stringify(answer)).not.toContain('<script');
  });
});
