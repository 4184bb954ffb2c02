import { describe, expect, it, test } from 'vitest';
import { createEmailChannel, type Patience } from '../../src/channels/email.ts';
import { classify } from '../../src/channels/smtp-reply.ts';
import type { Channel, Delivery } from '../../src/engine/ports.ts';
import { closedAfterEach } from '../support/closing.ts';
import { freePort } from '../support/redis-server.ts';
import {
  startScriptedSmtp,
  type ScriptedSmtp,
  type SmtpAnswer,
  type SmtpMoment,
  type SmtpStep,
} from '../support/scripted-smtp.ts';
import { aParcel } from './parcel.ts';

const SHORT: Patience = { connecting: 300, greeting: 300, silence: 300, whole: 3000 };

const closing = closedAfterEach();

async function serve(answer: (moment: SmtpMoment) => SmtpAnswer): Promise<ScriptedSmtp> {
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  return smtp;
}

function channelTo(url: string, patience: Partial<Patience> = SHORT, connections = 1): Channel {
  const channel = createEmailChannel({ url, connections, patience });
  closing.push(() => channel.close());
  return channel;
}

const OPEN = (): Promise<boolean> => Promise.resolve(true);

/** What comes of one message when the server answers one step so, and all others kindly. */
async function sent(
  step: SmtpStep,
  line: string,
): Promise<{ delivery: Delivery; smtp: ScriptedSmtp; gate: number }> {
  const smtp = await serve((moment) => (moment.step === step ? line : undefined));
  let gate = 0;
  const delivery = await channelTo(smtp.url).deliver(aParcel(), () => Promise.resolve(++gate > 0));
  return { delivery, smtp, gate };
}

describe('an answer of the server before it has the message', () => {
  test.each<[SmtpStep, string, Partial<Delivery>]>([
    ['greeting', '421 4.3.2 too busy', { outcome: 'deferred', by: 'closed' }],
    ['greeting', '554 5.7.1 your address is blocked', { outcome: 'deferred', by: 'us' }],
    ['greeting', 'drop', { outcome: 'deferred', by: 'connection' }],
    ['greeting', 'mute', { outcome: 'deferred', by: 'connection' }],
    ['greeting', 'hello there', { outcome: 'deferred', by: 'nonsense' }],
    ['ehlo', '421 4.3.2 closing', { outcome: 'deferred', by: 'closed' }],
    ['ehlo', 'mute', { outcome: 'deferred', by: 'connection' }],
    ['mail', '452 4.3.1 out of storage', { outcome: 'deferred', by: 'domain' }],
    ['mail', '421 4.7.0 slow down', { outcome: 'deferred', by: 'domain' }],
    ['mail', '550 5.7.1 we do not want you', { outcome: 'refused', fault: 'sender' }],
    ['mail', '553 5.1.8 sender domain unknown', { outcome: 'refused', fault: 'sender' }],
    ['mail', '530 5.7.0 log in first', { outcome: 'deferred', by: 'us' }],
    ['mail', 'drop', { outcome: 'deferred', by: 'connection' }],
    ['rcpt', '450 4.2.0 greylisted', { outcome: 'deferred', by: 'recipient' }],
    ['rcpt', '451 4.7.1 greylisted', { outcome: 'deferred', by: 'recipient' }],
    ['rcpt', '421 4.7.28 unusual rate', { outcome: 'deferred', by: 'domain' }],
    ['rcpt', '550 5.1.1 no such user', { outcome: 'refused', fault: 'address' }],
    ['rcpt', '550 5.1.2 no such domain', { outcome: 'refused', fault: 'address' }],
    ['rcpt', '550 5.1.10 null MX', { outcome: 'refused', fault: 'address' }],
    [
      'rcpt',
      '550-5.1.1 The account that you tried\r\n550 5.1.1 does not exist',
      { outcome: 'refused', fault: 'address' },
    ],
    ['rcpt', '550 No such user here', { outcome: 'refused', fault: 'address' }],
    ['rcpt', '552 mailbox full', { outcome: 'deferred', by: 'mailbox' }],
    ['rcpt', '552 5.2.2 mailbox full', { outcome: 'deferred', by: 'mailbox' }],
    ['rcpt', '550 5.2.1 account is resting', { outcome: 'deferred', by: 'mailbox' }],
    ['rcpt', '451 4.7.500 Server busy. Please try again later', { outcome: 'deferred', by: 'domain' }],
    ['rcpt', '451 4.7.650 rate limited due to IP reputation', { outcome: 'deferred', by: 'domain' }],
    ['rcpt', '450 4.7.1 Greylisted, too many new senders', { outcome: 'deferred', by: 'recipient' }],
    ['rcpt', '452 4.5.3 too many recipients', { outcome: 'deferred', by: 'domain' }],
    ['rcpt', '450 mailbox busy', { outcome: 'deferred', by: 'recipient' }],
    ['rcpt', '550 5.1.8 bad sender domain', { outcome: 'refused', fault: 'sender' }],
    ['rcpt', '550 blocked by our policy', { outcome: 'refused', fault: 'sender' }],
    ['rcpt', '554 5.7.1 rejected as spam', { outcome: 'refused', fault: 'sender' }],
    ['mail', '552 5.3.4 too big', { outcome: 'refused', fault: 'content' }],
    ['rcpt', '550 5.7.26 not authenticated', { outcome: 'refused', fault: 'sender' }],
    ['rcpt', '550 5.7.515 access denied', { outcome: 'refused', fault: 'sender' }],
    ['rcpt', '550 Rejected by policy (5.7.1)', { outcome: 'refused', fault: 'sender' }],
    ['rcpt', '553 5.6.7 SMTPUTF8 is not offered', { outcome: 'refused', fault: 'content' }],
    ['rcpt', '999 what', { outcome: 'deferred', by: 'nonsense' }],
    ['rcpt', 'what is this', { outcome: 'deferred', by: 'nonsense' }],
    ['rcpt', 'drop', { outcome: 'deferred', by: 'connection' }],
    ['rcpt', 'mute', { outcome: 'deferred', by: 'connection' }],
    ['data', '451 4.3.0 not now', { outcome: 'deferred', by: 'recipient' }],
    ['data', '554 5.5.1 no valid recipients', { outcome: 'refused', fault: 'content' }],
    ['data', 'drop', { outcome: 'deferred', by: 'connection' }],
    ['data', 'mute', { outcome: 'deferred', by: 'connection' }],
  ])('%s: %s', async (step, line, expected) => {
    const { delivery, smtp, gate } = await sent(step, line);
    expect(delivery).toMatchObject(expected);
    expect(gate).toBe(0);
    expect(smtp.accepted).toEqual([]);
    if (/^[45]/.test(line)) expect(delivery.response).toContain(line.split('\r\n')[0]);
  });

  it('is a refused connection: later', async () => {
    const channel = channelTo(`smtp://127.0.0.1:${await freePort()}`);
    expect(await channel.deliver(aParcel(), OPEN)).toMatchObject({ outcome: 'deferred', by: 'connection' });
  });

  it('is a wrong password: later, because the message is as good as ever', async () => {
    const smtp = await serve(({ step }) => {
      if (step === 'ehlo') return '250-script.example\r\n250 AUTH PLAIN';
      return step === 'auth' ? '535 5.7.8 wrong password' : undefined;
    });
    const channel = channelTo(smtp.url.replace('//', '//me:secret@'));
    expect(await channel.deliver(aParcel(), OPEN)).toMatchObject({ outcome: 'deferred', by: 'us' });
    expect(smtp.log).toContain('auth');
  });
});

describe('an answer to the final dot', () => {
  test.each<[string, Partial<Delivery>]>([
    ['250 2.0.0 queued as 1', { outcome: 'accepted', response: '250 2.0.0 queued as 1' }],
    ['451 4.3.0 try again', { outcome: 'deferred', by: 'recipient' }],
    ['452 4.3.1 no space', { outcome: 'deferred', by: 'recipient' }],
    ['421 4.3.2 closing', { outcome: 'deferred', by: 'domain' }],
    ['552 5.2.2 mailbox full', { outcome: 'deferred', by: 'mailbox' }],
    ['552 message size exceeds the limit', { outcome: 'refused', fault: 'content' }],
    ['552 over quota', { outcome: 'deferred', by: 'mailbox' }],
    ['554 message looks like spam', { outcome: 'refused', fault: 'sender' }],
    ['552 5.3.4 message too big', { outcome: 'refused', fault: 'content' }],
    ['550 5.1.1 no such user', { outcome: 'refused', fault: 'address' }],
    ['550 no reason given', { outcome: 'refused', fault: 'content' }],
    ['550 5.7.26 not authenticated', { outcome: 'refused', fault: 'sender' }],
    ['554 5.7.1 this is spam', { outcome: 'refused', fault: 'sender' }],
    ['554 no thanks', { outcome: 'refused', fault: 'content' }],
    ['999 what', { outcome: 'uncertain' }],
    ['what is this', { outcome: 'uncertain' }],
    ['25', { outcome: 'uncertain' }],
    // What no database would take is left out, and the lines are one.
    ['250-ok \u0000\r\n250 \u0007taken', { outcome: 'accepted', response: '250-ok 250 taken' }],
    ['drop', { outcome: 'uncertain' }],
    ['mute', { outcome: 'uncertain' }],
  ])('%s', async (line, expected) => {
    const { delivery, gate } = await sent('dot', line);
    expect(delivery).toMatchObject(expected);
    expect(gate).toBe(1);
  });

  it('that never ends is not waited for beyond the whole time, though the server shows signs of life', async () => {
    const smtp = await serve(({ step }) => (step === 'dot' ? '250-still' : undefined));
    const channel = channelTo(smtp.url, { silence: 60_000, whole: 400 });
    const began = performance.now();
    expect(await channel.deliver(aParcel(), OPEN)).toMatchObject({ outcome: 'uncertain' });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('what the pool of connections does by itself', () => {
  it('a connection that the server closed while it was idle costs the next message nothing', async () => {
    const smtp = await serve(({ step, connection, said }) =>
      connection === 1 && step === 'mail' && said !== '' && smtp.accepted.length > 0 ? 'drop' : undefined,
    );
    const channel = channelTo(smtp.url);
    const gates: string[] = [];
    for (const id of ['first', 'second']) {
      const delivery = await channel.deliver(aParcel({ id }), () => Promise.resolve(gates.push(id) > 0));
      expect(delivery.outcome, id).toBe('accepted');
    }
    expect(gates).toEqual(['first', 'second']);
    expect(smtp.connections).toBe(2);
    expect(smtp.accepted.map(({ raw }) => raw.includes('Hello Ana'))).toEqual([true, true]);
  });

  it('a goodbye with 421 between two messages costs the second nothing either: it goes over another connection', async () => {
    const smtp = await serve(({ step, connection }) =>
      connection === 1 && step === 'mail' && smtp.accepted.length > 0 ? '421 4.4.2 idle too long' : undefined,
    );
    const channel = channelTo(smtp.url);
    const came: Delivery[] = [];
    for (const id of ['first', 'second']) came.push(await channel.deliver(aParcel({ id }), OPEN));
    expect(came.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect(smtp.connections).toBe(2);
    expect(smtp.accepted).toHaveLength(2);
    expect(smtp.accepted[1]?.raw).toContain('Message-ID: <second@shop.example>');
    expect(smtp.accepted[1]?.raw).toContain('<p>Hello Ana</p>');
  });

  it('a goodbye with 421 on a new connection too puts the message off, and nobody is to be spared', async () => {
    const smtp = await serve(({ step }) => (step === 'mail' ? '421 4.4.2 idle too long' : undefined));
    const delivery = await channelTo(smtp.url).deliver(aParcel(), OPEN);
    expect(delivery).toMatchObject({ outcome: 'deferred', by: 'connection' });
  });

  it('never sends again by itself what was dropped after the dot', async () => {
    const { delivery, smtp } = await sent('dot', 'drop');
    expect(delivery.outcome).toBe('uncertain');
    // Whatever would be requeued comes before what is sent now.
    const channel = channelTo(smtp.url);
    await channel.deliver(aParcel({ id: 'later' }), OPEN);
    expect(smtp.log.filter((step) => step === 'dot')).toHaveLength(2);
  });

  it('one bad message in four does not fail the others, and none comes twice', async () => {
    const bad = new Map([
      ['rcpt', 'drop'],
      ['dot', 'drop'],
      ['mail', '421 4.7.0 go away'],
    ]);
    const wayOf = (said: string): string | undefined => /(mail|rcpt|dot)-\d+/.exec(said)?.[1];
    const smtp = await serve(({ step, said }) => {
      // The way to fail is written into the sender, the recipient and the words.
      if (step !== 'mail' && step !== 'rcpt' && step !== 'dot') return undefined;
      return wayOf(said) === step ? bad.get(step) : undefined;
    });
    const channel = channelTo(smtp.url, {}, 5);
    const ids = Array.from({ length: 120 }, (_, n) =>
      n % 4 === 0 ? `${['mail', 'rcpt', 'dot'][(n / 4) % 3]}-${n}` : `good-${n}`,
    );
    const outcomes = await Promise.all(
      ids.map(async (id) => {
        const { outcome } = await channel.deliver(
          aParcel({ id, to: `${id}@example.com`, from: { name: 'Shop', email: `${id}@shop.example` } }),
          OPEN,
        );
        return [id, outcome] as const;
      }),
    );
    const of = (way: string): string[] =>
      outcomes.filter(([id]) => id.startsWith(way)).map(([, outcome]) => outcome);
    expect(new Set(of('good'))).toEqual(new Set(['accepted']));
    expect(new Set(of('mail'))).toEqual(new Set(['deferred']));
    expect(new Set(of('rcpt'))).toEqual(new Set(['deferred']));
    expect(new Set(of('dot'))).toEqual(new Set(['uncertain']));
    const arrived = smtp.accepted.map(({ to }) => to[0]);
    expect(arrived).toHaveLength(100);
    expect(new Set(arrived).size).toBe(100);
  });

  it('a refusal leaves the connection open for the next message', async () => {
    const smtp = await serve(({ step, time }) =>
      step === 'rcpt' && time === 1 ? '550 5.1.1 unknown' : undefined,
    );
    const channel = channelTo(smtp.url);
    await channel.deliver(aParcel({ id: 'first' }), OPEN);
    expect((await channel.deliver(aParcel({ id: 'second' }), OPEN)).outcome).toBe('accepted');
    expect(smtp.connections).toBe(1);
  });
});

describe('a code that only looks like one', () => {
  test.each([
    ['550 rejected: host 5.1.2.3 is listed', 'content'],
    ['550 rejected: see 10.5.1.1', 'content'],
    ['550 user unknown (#5.1.1)', 'address'],
    ['550 5.1.1: unknown', 'address'],
  ])('%s', (response, fault) => {
    const error = { response, responseCode: 550, command: 'DATA' };
    expect(classify(error, true)).toEqual({ outcome: 'refused', response, fault });
  });

  it('is no reason to trust anything but a clear answer', () => {
    for (const strange of [undefined, null, 'text', new Error('x'), {}, { responseCode: 250 }]) {
      expect(classify(strange, true).outcome).toBe('uncertain');
      expect(classify(strange, false)).toMatchObject({ outcome: 'deferred', by: 'connection' });
    }
  });
});
