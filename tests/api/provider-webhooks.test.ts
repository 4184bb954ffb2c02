/** The door for webhooks of mail providers, over real HTTP, with keys and certificates made here. */
import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providerWebhookRoutes } from '../../src/api/provider-webhooks.ts';
import { confirmSubscription, createProviders } from '../../src/inbound/providers/index.ts';
import type { ProviderEvent } from '../../src/inbound/providers/provider.ts';
import { createCertificates } from '../../src/inbound/providers/sns.ts';

const NOW = Date.parse('2026-11-22T09:00:00.000Z');
const MINUTE = 60_000;
const OURS = '018f0000-1111-7222-8333-444455556666';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-reports';
const CERTIFICATE = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One provider as it signs and what it must be known by here. */
interface Signing {
  readonly secret: string;
  /** Of the same kind, and another's. */
  readonly other_secret: string;
  send(at: number): Sent;
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const other_curve = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const whsec = (): string => `whsec_${randomBytes(24).toString('base64')}`;
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');
const JSON_TYPE = { 'content-type': 'application/json' };

const SENDGRID_BODY = JSON.stringify([
  {
    event: 'bounce',
    type: 'bounce',
    email: 'gone@shop.example',
    timestamp: NOW / 1000,
    status: '5.1.1',
    sg_event_id: 'sg-1',
    etapa_message: OURS,
  },
]);
const resend_secret = whsec();
const mailgun_key = 'key-0123456789';

const SIGNING: Readonly<Record<string, Signing>> = {
  ses: {
    secret: TOPIC,
    other_secret: 'arn:aws:sns:eu-west-1:999999999999:ses-reports',
    send: (at) => notification(at),
  },
  sendgrid: {
    secret: spki(curve.publicKey),
    other_secret: spki(other_curve.publicKey),
    send: (at) => signedBySendgrid(curve.privateKey, at),
  },
  postmark: basic('etapa:s3cret-of-postmark', {
    RecordType: 'Bounce',
    ID: 7,
    Type: 'HardBounce',
    Email: 'gone@shop.example',
    BouncedAt: new Date(NOW).toISOString(),
    Metadata: { etapa_message: OURS },
  }),
  mailgun: {
    secret: mailgun_key,
    other_secret: 'key-9876543210',
    send: (at) => signedByMailgun(mailgun_key, at),
  },
  brevo: {
    secret: 'token-of-brevo',
    other_secret: 'token-of-another',
    send: () => ({
      headers: { ...JSON_TYPE, authorization: 'Bearer token-of-brevo' },
      body: JSON.stringify({
        event: 'hard_bounce',
        email: 'gone@shop.example',
        ts_epoch: NOW,
        'X-Mailin-custom': `etapa_message:${OURS}`,
      }),
    }),
  },
  sparkpost: basic('etapa:s3cret-of-sparkpost', [
    {
      msys: {
        message_event: {
          type: 'bounce',
          bounce_class: '10',
          event_id: '9',
          rcpt_to: 'gone@shop.example',
          timestamp: String(NOW / 1000),
          rcpt_meta: { etapa_message: OURS },
        },
      },
    },
  ]),
  resend: {
    secret: resend_secret,
    other_secret: whsec(),
    send: (at) =>
      signedByResend(
        resend_secret,
        at,
        JSON.stringify({
          type: 'email.bounced',
          created_at: new Date(NOW).toISOString(),
          data: {
            to: ['gone@shop.example'],
            tags: { etapa_message: OURS },
            bounce: { type: 'Permanent', subType: 'General', message: '550 5.1.1 no such user' },
          },
        }),
      ),
  },
};

function basic(secret: string, event: unknown): Signing {
  const authorization = `Basic ${Buffer.from(secret).toString('base64')}`;
  return {
    secret,
    other_secret: `${secret}x`,
    send: () => ({ headers: { ...JSON_TYPE, authorization }, body: JSON.stringify(event) }),
  };
}

function signedBySendgrid(key: KeyObject, at: number): Sent {
  const timestamp = String(at / 1000);
  const signature = sign('sha256', Buffer.from(timestamp + SENDGRID_BODY), key).toString('base64');
  return {
    headers: {
      ...JSON_TYPE,
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': signature,
    },
    body: SENDGRID_BODY,
  };
}

function signedByMailgun(key: string, at: number): Sent {
  const [timestamp, token] = [String(at / 1000), randomBytes(25).toString('hex')];
  const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
  const body = {
    signature: { timestamp, token, signature },
    'event-data': {
      event: 'failed',
      severity: 'permanent',
      reason: 'bounce',
      id: 'ev-1',
      recipient: 'gone@shop.example',
      timestamp: NOW / 1000,
      'delivery-status': { message: '5.1.1 no such user' },
      'user-variables': { etapa_message: OURS },
    },
  };
  return { headers: JSON_TYPE, body: JSON.stringify(body) };
}

function signedByResend(secret: string, at: number, body: string): Sent {
  const [id, timestamp] = ['msg_1', String(at / 1000)];
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      ...JSON_TYPE,
      'svix-id': id,
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${randomBytes(32).toString('base64')} v1,${signature}`,
    },
    body,
  };
}

function notification(at: number, more: Readonly<Record<string, string>> = {}): Sent {
  const Message = JSON.stringify({
    eventType: 'Bounce',
    mail: { tags: { etapa_message: [OURS] } },
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: 'gone@shop.example', status: '5.1.1' }],
    },
  });
  return signedBySns({
    Type: 'Notification',
    MessageId: 'sns-1',
    Message,
    Timestamp: new Date(at).toISOString(),
    TopicArn: TOPIC,
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE,
    ...more,
  });
}

function subscription(more: Readonly<Record<string, string>> = {}): Sent {
  return signedBySns({
    Type: 'SubscriptionConfirmation',
    MessageId: 'sns-2',
    Message: 'You have chosen to subscribe',
    SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=abc`,
    Token: 'abc',
    Timestamp: new Date(NOW).toISOString(),
    TopicArn: TOPIC,
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE,
    ...more,
  });
}

function signedBySns(envelope: Readonly<Record<string, string>>): Sent {
  const names = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.filter((name) => name in envelope).map((name) => `${name}\n${envelope[name] ?? ''}\n`);
  const algorithm = envelope['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  const Signature = sign(algorithm, Buffer.from(text.join('')), rsa.privateKey).toString('base64');
  return {
    headers: { 'content-type': 'text/plain; charset=UTF-8' },
    body: JSON.stringify({ ...envelope, Signature }),
  };
}

/** X.509, written by hand in DER (RFC 5280), signed by its own key. */
function certificate(from: string, to: string): string {
  const algorithm = der(0x30, OBJECT('2a864886f70d01010b'), der(0x05));
  const name = der(0x30, der(0x31, der(0x30, OBJECT('550403'), der(0x0c, Buffer.from('sns.amazonaws.com')))));
  const validity = der(0x30, der(0x17, Buffer.from(from)), der(0x17, Buffer.from(to)));
  const key = rsa.publicKey.export({ format: 'der', type: 'spki' });
  const content = der(0x30, der(0x02, Buffer.from([1])), algorithm, name, validity, name, key);
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, rsa.privateKey)]);
  const whole = der(0x30, content, algorithm, der(0x03, signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${whole.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function OBJECT(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

const VALID = certificate('250101000000Z', '270101000000Z');
const EXPIRED = certificate('240101000000Z', '250101000000Z');

let server: FastifyInstance;
let origin: string;
let now: number;
let secrets: Record<string, readonly string[]>;
let stored: { readonly provider: string; readonly event: ProviderEvent }[];
let confirmed: string[];
let fetched: string[];
let fetchCertificate: (url: string) => Promise<string | undefined>;
let trouble: Error | undefined;

beforeEach(async () => {
  now = NOW;
  secrets = Object.fromEntries(Object.entries(SIGNING).map(([name, { secret }]) => [name, [secret]]));
  [stored, confirmed, fetched, trouble] = [[], [], [], undefined];
  fetchCertificate = async (url) => (url === CERTIFICATE ? VALID : undefined);
  server = fastify();
  await server.register(
    providerWebhookRoutes({
      providers: createProviders((url) => {
        fetched.push(url);
        return fetchCertificate(url);
      }),
      secretsOf: (name) => secrets[name] ?? [],
      now: () => now,
      async onEvents(provider, events) {
        if (trouble) throw trouble;
        stored.push(...events.map((event) => ({ provider, event })));
      },
      async confirm(url) {
        confirmed.push(url);
      },
    }),
  );
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly received?: number; readonly error?: { code: string; message: string } };
}

async function post(name: string, { headers, body }: Sent): Promise<Answer> {
  const answer = await fetch(`${origin}/v1/providers/${name}`, { method: 'POST', headers, body });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] };
}

function signingOf(name: string): Signing {
  const signing = SIGNING[name];
  if (!signing) throw new Error(`${name} does not sign here`);
  return signing;
}

const NAMES = Object.keys(SIGNING);
/** Those whose proof covers what they tell; the others prove only who they are. */
const COVERING = ['ses', 'sendgrid', 'resend'];
const DATED = [...COVERING, 'mailgun'];

describe('a webhook', () => {
  it.each(NAMES)('of %s with the right proof is stored', async (name) => {
    const answer = await post(name, signingOf(name).send(NOW));
    expect(answer).toMatchObject({ status: 200, body: { received: 1 } });
    expect(stored).toMatchObject([
      {
        provider: name,
        event: {
          kind: 'report',
          report: {
            kind: 'bounced',
            class: 'address',
            address: 'gone@shop.example',
            at: NOW,
            message_id: OURS,
          },
        },
      },
    ]);
  });

  it.each(NAMES)('of %s with another’s secret is refused', async (name) => {
    secrets[name] = [signingOf(name).other_secret];
    const answer = await post(name, signingOf(name).send(NOW));
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'proof_missing' } } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(stored).toEqual([]);
  });

  it.each(NAMES)('of %s is taken by either secret while one is exchanged', async (name) => {
    const { secret, other_secret, send } = signingOf(name);
    secrets[name] = [other_secret, secret];
    expect((await post(name, send(NOW))).status).toBe(200);
  });

  it.each(NAMES)('of %s without any proof is refused', async (name) => {
    const { body } = signingOf(name).send(NOW);
    const bare = body.replaceAll(/"[Ss]ignature":"[^"]*"/g, '"Signature":""');
    expect((await post(name, { headers: JSON_TYPE, body: bare })).status).toBe(401);
    expect(stored).toEqual([]);
  });

  it.each(COVERING)('of %s with one byte altered is refused', async (name) => {
    const { headers, body } = signingOf(name).send(NOW);
    const altered = body.replace('gone@shop.example', 'fine@shop.example');
    expect(altered).not.toBe(body);
    expect((await post(name, { headers, body: altered })).status).toBe(401);
    expect(stored).toEqual([]);
  });

  it('of mailgun with one byte of what it signs altered is refused', async () => {
    const { headers, body } = signingOf('mailgun').send(NOW);
    const token = /"token":"(.)/.exec(body)?.[1] ?? '';
    const altered = body.replace(`"token":"${token}`, `"token":"${token === 'a' ? 'b' : 'a'}`);
    expect((await post('mailgun', { headers, body: altered })).status).toBe(401);
  });

  it.each(DATED)('of %s that comes again much later, or too early, is refused as stale', async (name) => {
    const tolerance = name === 'ses' ? 60 * MINUTE : 5 * MINUTE;
    const sent = signingOf(name).send(NOW);
    for (const at of [NOW - tolerance, NOW + tolerance]) {
      now = at;
      expect((await post(name, sent)).status).toBe(200);
    }
    for (const at of [NOW - tolerance - 1, NOW + tolerance + 1]) {
      now = at;
      expect(await post(name, sent)).toMatchObject({ status: 401, body: { error: { code: 'proof_stale' } } });
    }
    expect(stored).toHaveLength(2);
  });

  it.each(NAMES)('of %s that comes twice has the same ids', async (name) => {
    const sent = signingOf(name).send(NOW);
    await post(name, sent);
    now += MINUTE;
    await post(name, sent);
    const ids = stored.map(({ event }) => event.kind === 'report' && event.report.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it.each(NAMES)('of %s of more than 1 MiB is refused', async (name) => {
    const { headers, body } = signingOf(name).send(NOW);
    const answer = await post(name, { headers, body: body + ' '.repeat(1024 * 1024) });
    expect(answer.status).toBe(413);
    expect(stored).toEqual([]);
  });

  it.each(['', '{', '[1,', '\u0000', 'event=bounce'])('that is not JSON (%j) is refused', async (body) => {
    for (const name of NAMES) {
      const { headers } = signingOf(name).send(NOW);
      const answer = await post(name, { headers, body });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_json' } } });
    }
  });

  it('of a provider that is not known or not set up is not found', async () => {
    secrets['brevo'] = [];
    secrets['postmark'] = [''];
    const { send } = signingOf('brevo');
    for (const name of ['brevo', 'postmark', 'mandrill', 'constructor', '..%2f..']) {
      const answer = await post(name, send(NOW));
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'provider_not_set_up' } } });
    }
  });

  it('that cannot be stored asks the provider to come again, and is stored then', async () => {
    trouble = new Error('no database for gone@shop.example');
    const sent = signingOf('sendgrid').send(NOW);
    const answer = await post('sendgrid', sent);
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body)).not.toContain('gone@');
    trouble = undefined;
    expect((await post('sendgrid', sent)).status).toBe(200);
    expect(stored).toHaveLength(1);
  });

  it('of a kind that means nothing here is taken, so that it does not come for ever', async () => {
    const { headers } = signingOf('brevo').send(NOW);
    const answer = await post('brevo', { headers, body: '{"event":"list_addition"}' });
    expect(answer.status).toBe(200);
    expect(stored.map(({ event }) => event.kind)).toEqual(['ignored']);
  });
});

describe('a shared secret', () => {
  const body = JSON.stringify({ RecordType: 'Delivery', Recipient: 'a@b.example' });
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await post('postmark', { headers: { ...JSON_TYPE, ...headers }, body })).status;
  const pair = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it('may be a token in a header of its own, or the password of any user', async () => {
    secrets['postmark'] = ['a-token'];
    expect(await status({ 'x-webhook-token': 'a-token' })).toBe(200);
    expect(await status({ authorization: 'bearer a-token' })).toBe(200);
    expect(await status({ authorization: pair('anybody:a-token') })).toBe(200);
  });

  it('with a user is good with that user only, and nothing near it is good', async () => {
    expect(await status({ authorization: pair('etapa:s3cret-of-postmark') })).toBe(200);
    const wrong = [
      'other:s3cret-of-postmark',
      's3cret-of-postmark',
      'etapa:',
      ':',
      'etapa:S3cret-of-postmark',
    ];
    for (const text of wrong) expect(await status({ authorization: pair(text) })).toBe(401);
    for (const authorization of ['Basic', 'Basic ', 'Digest x', 'Bearer ', 'Bearer undefined'])
      expect(await status({ authorization })).toBe(401);
  });
});

describe('a notification of SNS', () => {
  it('is taken with both versions of the signature', async () => {
    for (const SignatureVersion of ['1', '2'])
      expect((await post('ses', notification(NOW, { SignatureVersion, Subject: 'x' }))).status).toBe(200);
  });

  it.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
    'https://evil.example/a.pem',
    'https://evil.example/?sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
    'https://user@sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com:444/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.pem?Action=x',
    'https://sns.eu-west-1.amazonaws.com/a.pem#x',
    'https://sns.eu-west-1.amazonaws.com/../x/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.txt',
    'https://sns.us-east-1.amazonaws.com/a.pem',
    'https://s3.amazonaws.com/evil/a.pem',
    'https://169.254.169.254/a.pem',
    'file:///etc/passwd.pem',
    '',
  ])('makes nobody fetch a certificate from %j', async (SigningCertURL) => {
    expect((await post('ses', notification(NOW, { SigningCertURL }))).status).toBe(401);
    expect(fetched).toEqual([]);
  });

  it('of a topic of somebody else is refused, though Amazon signed it', async () => {
    const TopicArn = 'arn:aws:sns:eu-west-1:999999999999:ses-reports';
    expect((await post('ses', notification(NOW, { TopicArn }))).status).toBe(401);
    expect(fetched).toEqual([]);
  });

  it('is refused with a certificate that has ended, is none, or is not there', async () => {
    for (const pem of [EXPIRED, 'no certificate', undefined]) {
      fetchCertificate = async () => pem;
      expect((await post('ses', notification(NOW))).status).toBe(401);
    }
    expect(fetched).toHaveLength(3);
  });

  it('comes again where its certificate cannot be had just now', async () => {
    fetchCertificate = () => Promise.reject(new Error('no network'));
    expect((await post('ses', notification(NOW))).status).toBe(503);
    expect(stored).toEqual([]);
  });

  it('of another type or version of signature is refused', async () => {
    for (const more of [{ Type: 'Other' }, { SignatureVersion: '3' }, { Timestamp: 'yesterday' }])
      expect((await post('ses', notification(NOW, more))).status).toBe(401);
  });
});

describe('a subscription of SNS', () => {
  it('is confirmed at the address that Amazon signed', async () => {
    expect((await post('ses', subscription())).status).toBe(200);
    expect(confirmed).toEqual([
      `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=abc`,
    ]);
  });

  it('is not confirmed elsewhere, for another’s topic, or when it was altered', async () => {
    const evil = 'https://evil.example/?Action=ConfirmSubscription';
    expect((await post('ses', subscription({ SubscribeURL: evil }))).status).toBe(200);
    await post('ses', subscription({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:x' }));
    const { headers, body } = subscription();
    expect((await post('ses', { headers, body: body.replace('Token=abc', 'Token=abd') })).status).toBe(401);
    expect(confirmed).toEqual([]);
  });

  it('follows no redirect, and fails where Amazon says no', async () => {
    const asked: unknown[] = [];
    const ask: typeof fetch = async (url, init) => {
      asked.push([url, init?.redirect]);
      return new Response('', { status: asked.length === 1 ? 200 : 403 });
    };
    await confirmSubscription('https://sns.eu-west-1.amazonaws.com/?x', ask);
    await expect(confirmSubscription('https://sns.eu-west-1.amazonaws.com/?x', ask)).rejects.toThrow('403');
    expect(asked[0]).toEqual(['https://sns.eu-west-1.amazonaws.com/?x', 'error']);
  });
});

describe('certificates', () => {
  it('are fetched once each; one that is absent is asked for again, one that fails is an error', async () => {
    const answers = [
      new Response('', { status: 404 }),
      new Response('', { status: 503 }),
      new Response('PEM'),
    ];
    let asked = 0;
    const fetchOne = createCertificates(async () => answers[asked++] ?? new Response('another'));
    expect(await fetchOne(CERTIFICATE)).toBeUndefined();
    await expect(fetchOne(CERTIFICATE)).rejects.toThrow('503');
    expect(await fetchOne(CERTIFICATE)).toBe('PEM');
    expect(await fetchOne(CERTIFICATE)).toBe('PEM');
    expect(asked).toBe(3);
  });
});

describe('a verification key of SendGrid', () => {
  it('may be PEM; one that is none is told to the operator, and nothing is lost', async () => {
    const sent = signingOf('sendgrid').send(NOW);
    secrets['sendgrid'] = [String(curve.publicKey.export({ format: 'pem', type: 'spki' }))];
    expect((await post('sendgrid', sent)).status).toBe(200);
    secrets['sendgrid'] = ['not a key'];
    expect((await post('sendgrid', sent)).status).toBe(503);
  });
});

describe('the old webhooks of Mailgun', () => {
  it('come as forms, and are signed the same way', async () => {
    const [timestamp, token] = [String(NOW / 1000), 'a-token'];
    const signature = createHmac('sha256', mailgun_key).update(`${timestamp}${token}`).digest('hex');
    const fields = { event: 'bounced', recipient: 'gone@shop.example', code: '550', timestamp, token };
    const form = (more: object): Sent => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...fields, ...more }).toString(),
    });
    expect((await post('mailgun', form({ signature }))).status).toBe(200);
    expect((await post('mailgun', form({ signature: '0'.repeat(64) }))).status).toBe(401);
    expect(stored).toMatchObject([{ event: { report: { kind: 'bounced', at: NOW } } }]);
  });
});

describe('the vector of Standard Webhooks', () => {
  const VECTOR = '../shared/data/webhooks-standard/vector.json';

  it.skipIf(!existsSync(VECTOR))('is genuine, and no longer when a byte of it changes', async () => {
    const vector = JSON.parse(readFileSync(VECTOR, 'utf8')) as Record<string, string>;
    const { secret = '', body = '' } = vector;
    secrets['resend'] = [secret];
    now = Number(vector['webhook-timestamp']) * 1000;
    const headers = Object.fromEntries(
      Object.entries(vector).filter(([name]) => name.startsWith('webhook-')),
    );
    expect((await post('resend', { headers, body })).status).toBe(200);
    expect((await post('resend', { headers, body: body.replace('2', '3') })).status).toBe(401);
  });
});
