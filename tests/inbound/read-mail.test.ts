import { describe, expect, test } from 'vitest';
import { complaint, dsn, letter, MESSAGE_ID, read, RECEIVED_AT, reportsIn, SIGNED, words } from './mails.ts';

describe('bounces with fields', () => {
  test('a refused address is a report with all that is known', async () => {
    expect(await reportsIn(dsn({ address: 'Ana@Example.com' }))).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{32}$/),
        kind: 'bounced',
        class: 'address',
        address: 'ana@example.com',
        status: '5.1.1',
        diagnostic: '550 5.1.1 <Ana@Example.com>: User unknown',
        at: Date.parse('2026-03-12T09:58:00Z'),
        message_id: MESSAGE_ID,
      },
    ]);
  });

  test.each([
    ['5.1.1', '550 no', 'address'],
    ['5.1.2', '550 no', 'address'],
    ['5.1.10', '550 no', 'address'],
    ['5.2.2', '552 no', 'mailbox'],
    ['5.2.1', '550 no', 'mailbox'],
    ['5.7.1', '550 no', 'sender'],
    ['5.7.26', '550 no', 'sender'],
    ['5.7.515', '550 no', 'sender'],
    ['5.1.8', '550 no', 'sender'],
    ['5.3.4', '552 no', 'content'],
    ['5.6.0', '554 no', 'content'],
    ['5.0.0', '554 no', 'unknown'],
    ['5.4.4', '554 no', 'unknown'],
    ['4.4.7', '450 no', 'unknown'],
    ['4.1.1', '450 no', 'unknown'],
    // What the server says weighs more than a code that it gives for everything.
    ['5.7.1', '550 5.7.1 <x@example.com>: Recipient address rejected: User unknown', 'address'],
    ['5.1.1', '550 5.1.1 203.0.113.2 has sent too many messages this hour', 'sender'],
    [
      '5.0.0',
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
      'sender',
    ],
    ['5.1.0', '550 5.1.0 Domain of sender address a@b.example does not exist', 'sender'],
    // Of the host or the domain that sent it, in words that elsewhere are of the address.
    ['5.7.1', '550 5.7.1 <x>: Helo command rejected: Host not found', 'sender'],
    ['5.1.0', '550 5.1.0 The IP address 192.0.2.1 was not found in reverse DNS', 'sender'],
    ['5.1.1', '550 5.1.1 unknown host, no PTR record', 'sender'],
    ['5.0.0', '550 Sender address rejected: Domain not found', 'sender'],
    ['5.0.0', '550 El usuario no existe', 'address'],
    ['5.0.0', '550 No existe el buzón', 'address'],
    ['5.0.0', '552 El buzón del destinatario está lleno', 'mailbox'],
    ['5.0.0', '552 Cuota de almacenamiento excedida', 'mailbox'],
    ['5.0.0', '550 Mensaje rechazado: remitente en lista negra', 'sender'],
  ])('status %s and "%s" mean: %s', async (status, said, expected) => {
    const [report] = await reportsIn(dsn({ status, said: `smtp; ${said}` }));
    expect(report).toMatchObject({ kind: 'bounced', class: expected, status });
  });

  test.each([
    ['delayed', '4.4.1', 'delayed'],
    ['delayed', '5.1.1', 'delayed'],
    ['delivered', '2.1.5', 'delivered'],
    ['', '4.2.0', 'delayed'],
  ])('action "%s" with status %s is no bounce', async (action, status, kind) => {
    expect(await reportsIn(dsn({ action, status }))).toMatchObject([{ kind, class: null }]);
  });

  test('what was passed on to others tells of nobody', async () => {
    expect(await reportsIn(dsn({ action: 'relayed', status: '2.1.9' }))).toEqual([]);
  });

  test('each of several addresses has its own class', async () => {
    const both = dsn().replace(
      'Action: failed',
      'Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; luis@example.com\nAction: failed\nStatus: 5.2.2\n\nX-Rest: 1',
    );
    const reports = await reportsIn(both);
    expect(reports.map(({ address, class: of }) => [address, of])).toEqual([
      ['ana@example.com', 'address'],
      ['luis@example.com', 'mailbox'],
    ]);
    expect(new Set(reports.map(({ id }) => id)).size).toBe(2);
  });

  test('the same mail has the same ids again, also by another way; another mail has others', async () => {
    const [first] = await reportsIn(dsn());
    const [again] = await reportsIn(`Received: from b.example by c.example; now\n${dsn()}`);
    const [other] = await reportsIn(dsn().replace('report-1', 'report-2'));
    expect(again!.id).toBe(first!.id);
    expect(other!.id).not.toBe(first!.id);
  });

  test('a date that cannot be true is that of the arrival', async () => {
    for (const date of ['Thu, 12 Mar 2099 10:00:00 +0000', 'Sat, 01 Jan 2000 00:00:00 +0000', 'yesterday']) {
      const mail = dsn().replace('Thu, 12 Mar 2026 09:58:00 +0000', date);
      expect((await reportsIn(mail))[0]!.at).toBe(RECEIVED_AT);
    }
  });
});

describe('bounces in words', () => {
  test('qmail', async () => {
    const mail = words(`Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

<luis@example.com>:
Remote host said: 552 5.2.2 mailbox full

--- Below this line is a copy of the message.

Return-Path: <hola@casaoliva.example>
To: ana@example.com
`);
    expect(await reportsIn(mail)).toMatchObject([
      { address: 'ana@example.com', class: 'address', status: '5.1.1', message_id: MESSAGE_ID },
      { address: 'luis@example.com', class: 'mailbox', status: '5.2.2', message_id: MESSAGE_ID },
    ]);
  });

  test('Exim, with what it gives back left unread', async () => {
    const mail = words(
      `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ana@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after end of data:
    554 5.7.1 message rejected as spam

------ This is a copy of the message, including all the headers. ------

To: user-unknown@example.com
Subject: 550 user unknown
`,
      'X-Failed-Recipients: ana@example.com\n',
    );
    expect(await reportsIn(mail)).toMatchObject([{ address: 'ana@example.com', class: 'sender' }]);
  });

  test('in Spanish', async () => {
    const mail = words(`No se ha podido entregar su mensaje a los siguientes destinatarios:

ana@example.com: El usuario no existe

--- Mensaje original ---
To: ana@example.com
`);
    expect(await reportsIn(mail)).toMatchObject([{ address: 'ana@example.com', class: 'address' }]);
  });

  test('a warning is a delay', async () => {
    const mail = words(`THIS IS A WARNING MESSAGE ONLY.
YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipient has been delayed:

     ana@example.com

Message will be retried for 2 more day(s)
`);
    expect(await reportsIn(mail)).toMatchObject([
      { kind: 'delayed', class: null, address: 'ana@example.com' },
    ]);
  });

  test('a person who writes of a bounce has not sent one', async () => {
    const mail = letter(
      'Subject: Fwd: Returned mail',
      'Me ha llegado esto:\n\n550 5.1.1 <ana@example.com>: User unknown\nDelivery failed',
    );
    expect(await read(mail)).toMatchObject({ kind: 'reply' });
  });
});

describe('complaints', () => {
  test('with all fields', async () => {
    const fields = `Feedback-Type: abuse
User-Agent: Example/1.0
Version: 1
Original-Mail-From: <${SIGNED}>
Original-Rcpt-To: <Ana@example.com>`;
    expect(await reportsIn(complaint(fields, 'fbl@casaoliva.example'))).toMatchObject([
      {
        kind: 'complained',
        class: null,
        status: null,
        address: 'ana@example.com',
        diagnostic: 'abuse',
        message_id: MESSAGE_ID,
      },
    ]);
  });

  test('headers alone, without the address: it is found in the message complained of', async () => {
    expect(await reportsIn(complaint('Feedback-Type: abuse\nVersion: 0.1'))).toMatchObject([
      { kind: 'complained', address: 'ana@example.com', message_id: MESSAGE_ID },
    ]);
  });

  test("the copy that Microsoft's junk mail program sends", async () => {
    const mail = `From: staff@hotmail.com
To: fbl@casaoliva.example
Subject: complaint about message from 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_j"

--=_j
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: ana@hotmail.com
Return-Path: ${SIGNED}
From: hola@casaoliva.example
To: ana@hotmail.com

Hola
--=_j--
`;
    expect(await reportsIn(mail)).toMatchObject([
      { kind: 'complained', address: 'ana@hotmail.com', message_id: MESSAGE_ID },
    ]);
  });

  test('one that was taken back is none', async () => {
    expect(await reportsIn(complaint('Feedback-Type: not-spam\nVersion: 1'))).toEqual([]);
  });

  test('a report of failed authentication is counted, but holds for nobody, as no reader wished it', async () => {
    expect(await reportsIn(complaint('Feedback-Type: auth-failure\nVersion: 1'))).toMatchObject([
      { kind: 'complained', message_id: null },
    ]);
  });
});

describe('proof', () => {
  test('a forged report about a stranger names no message of ours, though it knows its Message-ID', async () => {
    for (const to of ['bounces@casaoliva.example', SIGNED.toLowerCase(), `x${SIGNED}`]) {
      const [report] = await reportsIn(dsn({ to, address: 'stranger@example.com' }));
      expect(report).toMatchObject({ address: 'stranger@example.com', message_id: null });
    }
    const [complained] = await reportsIn(complaint('Feedback-Type: abuse', 'fbl@casaoliva.example'));
    expect(complained!.message_id).toBeNull();
  });

  test('the envelope, the address written to and the returned return path prove it', async () => {
    const unsigned = dsn({ to: 'postmaster@casaoliva.example' });
    expect((await reportsIn(unsigned, [SIGNED]))[0]!.message_id).toBe(MESSAGE_ID);
    expect((await reportsIn(`Delivered-To: ${SIGNED}\n${unsigned}`))[0]!.message_id).toBe(MESSAGE_ID);
    const returned = dsn({ to: 'postmaster@casaoliva.example', return_path: SIGNED });
    expect((await reportsIn(returned))[0]!.message_id).toBe(MESSAGE_ID);
  });
});
