/** What mail providers tell, read into one form: by payloads that they really sent, and by hostile ones. */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/messages/report.ts';
import { createProviders } from '../../src/inbound/providers/index.ts';
import type { ProviderEvent } from '../../src/inbound/providers/provider.ts';

const DATA = '../shared/data/webhooks-anymail/payloads.jsonl';
const NOW = Date.parse('2026-11-22T09:00:00Z');
const OURS = '018f0000-1111-7222-8333-444455556666';

const providers = createProviders();

function read(name: string, body: unknown, received_at = NOW): ProviderEvent[] {
  return providers.get(name)?.read(body, received_at) ?? [];
}

function reports(events: readonly ProviderEvent[]): Report[] {
  return events.flatMap((event) => (event.kind === 'report' ? [event.report] : []));
}

function theReport(name: string, body: unknown): Report {
  const [report] = reports(read(name, body));
  if (!report) throw new Error(`${name} reports nothing`);
  return report;
}

/** As SNS wraps what SES tells. */
function envelope(event: unknown): Record<string, unknown> {
  return {
    Type: 'Notification',
    MessageId: '19ba9823-d7f2-53c1-860e-cb10e0d13dfc',
    TopicArn: 'arn:aws:sns:us-east-1:1234567890:SES_Events',
    Message: JSON.stringify(event),
    Timestamp: '2018-03-26T17:58:59.675Z',
  };
}

interface Row {
  readonly provider: string;
  readonly test: string;
  readonly var: string;
  readonly payload: unknown;
  readonly expected: Expected;
}

interface Expected {
  readonly event_type?: string;
  readonly timestamp?: string;
  readonly recipient?: string;
  readonly event_id?: string;
  readonly reject_reason?: string | null;
  readonly mta_response?: string | null;
  readonly user_agent?: string;
  readonly click_url?: string;
}

const NAMES: Readonly<Record<string, string>> = {
  amazon_ses_webhooks: 'ses',
  sendgrid_webhooks: 'sendgrid',
  postmark_webhooks: 'postmark',
  mailgun_webhooks: 'mailgun',
  brevo_webhooks: 'brevo',
  sparkpost_webhooks: 'sparkpost',
  resend_webhooks: 'resend',
};

function readRows(): Row[] {
  const lines = readFileSync(DATA, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row).filter(({ provider }) => provider in NAMES);
}

function eventsOf({ provider, payload, var: kind }: Row): ProviderEvent[] {
  return read(NAMES[provider] ?? '', kind === 'raw_ses_event' ? envelope(payload) : payload);
}

/** What the data calls an event, and what it is called here. Neither sent nor queued is news: we know that ourselves. */
const KINDS: Readonly<Record<string, string>> = {
  bounced: 'bounced',
  failed: 'bounced',
  rejected: 'bounced',
  deferred: 'delayed',
  delivered: 'delivered',
  complained: 'complained',
  unsubscribed: 'unsubscribed',
  opened: 'open',
  clicked: 'click',
  sent: 'ignored',
  queued: 'ignored',
  autoresponded: 'ignored',
  subscribed: 'ignored',
};

/** What the provider refused by its own list, is what the list is for. */
function kindExpected({ event_type = '', reject_reason }: Expected): string | undefined {
  if (event_type === 'rejected' && reject_reason === 'unsubscribed') return 'unsubscribed';
  if (event_type === 'rejected' && reject_reason === 'spam') return 'complained';
  return KINDS[event_type];
}

function kindOf(event: ProviderEvent): string {
  if (event.kind === 'report') return event.report.kind;
  return event.kind === 'touch' ? event.touch : event.kind;
}

/** In milliseconds. The data keeps Postmark's wall clock and has lost its offset, which stands in the payload. */
function timeExpected({ payload, expected }: Row): number | undefined {
  if (expected.timestamp === undefined) return undefined;
  const behind = /T[\d:.]+-(\d\d):00"/.exec(JSON.stringify(payload))?.[1];
  return Math.floor(Date.parse(expected.timestamp) + Number(behind ?? 0) * 3_600_000);
}

/** An event in the words of the data, with null where the event has none. */
function toldBy(event: ProviderEvent): Record<string, unknown> {
  if (event.kind === 'report') {
    const { at, address, diagnostic } = event.report;
    return { at, address, diagnostic };
  }
  if (event.kind !== 'touch') return {};
  const { at, address, url, user_agent } = event;
  return { at, address, url, user_agent };
}

function toldExpected(row: Row): Record<string, unknown> {
  const { recipient, mta_response, user_agent, click_url } = row.expected;
  const told = {
    at: timeExpected(row),
    address: recipient?.toLowerCase(),
    diagnostic: mta_response?.replace(/\s+/g, ' ').trim(),
    user_agent,
    url: click_url,
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

describe.skipIf(!existsSync(DATA))('payloads of seven providers, collected by others', () => {
  const rows = existsSync(DATA) ? readRows() : [];
  const told = rows.filter(({ expected }) => kindExpected(expected) !== undefined);

  it('are 86, of which 78 have an expected kind', () => {
    expect(rows).toHaveLength(86);
    expect(told).toHaveLength(78);
    expect(new Set(told.map(({ provider }) => provider)).size).toBe(7);
  });

  it.each(told)('$provider $test', (row) => {
    const events = eventsOf(row);
    const wanted = kindExpected(row.expected);
    const found = events.filter((event) => kindOf(event) === wanted);
    expect(events.map(kindOf)).toContain(wanted);
    if (wanted === 'ignored' || row.test === 'SparkPostDeliveryTestCase.test_bounce_challenge_response')
      return;
    // Of several recipients the data expects the last one.
    const event = found.at(-1);
    const { diagnostic, user_agent, ...rest } = toldExpected(row);
    expect(event && toldBy(event)).toMatchObject(rest);
    // That of a complaint is the program of its reader's provider.
    if (event?.kind === 'touch' && user_agent !== undefined) expect(event.user_agent).toBe(user_agent);
    if (diagnostic !== undefined && event?.kind === 'report') {
      expect(event.report.diagnostic).toBe(diagnostic);
    }
  });

  it('those without an expected kind are openings, deliveries, or nothing', () => {
    const others = rows.filter((row) => !told.includes(row));
    const kinds = others.map((row) => [row.test.split('.')[1], ...eventsOf(row).map(kindOf)].join(' '));
    expect(kinds.sort()).toEqual([
      'test_amp_events open open click',
      'test_compatibility_message_id_from_smtp_id delivered',
      'test_delivery_status_is_none_event ignored',
      'test_incorrect_received_event ignored',
      'test_initial_open_event_as_unknown open',
      'test_metadata_message_headers delivered',
      'test_metadata_post_fields click',
      'test_misconfigured_inbound ignored',
    ]);
  });

  it('take the id of the event that the data expects, wherever it is the same when the event comes again', () => {
    const same = new Set(['sendgrid_webhooks', 'sparkpost_webhooks', 'postmark_webhooks']);
    const given = told.filter(({ provider, expected }) => same.has(provider) && expected.event_id);
    const ids = given.map((row) => eventsOf(row).map((event) => idsOf([event])[0]?.split(':')[1]));
    const wanted = given.map(({ expected }) => [expected.event_id]);
    const news = given.map((row) => kindExpected(row.expected) !== 'ignored');
    expect(ids.filter((_, index) => news[index])).toEqual(wanted.filter((_, index) => news[index]));
    expect(news.filter(Boolean).length).toBeGreaterThan(8);
  });

  it('never take the provider’s id of the message for ours', () => {
    const ids = rows.flatMap((row) => eventsOf(row).map(messageIdOf));
    expect(ids.filter((id) => id !== undefined && id !== null)).toEqual([]);
  });

  it('have ids that are equal when they come again later, and differ otherwise', () => {
    const ids = rows.flatMap((row) => idsOf(eventsOf(row)));
    const again = rows.flatMap((row) => {
      const body = row.var === 'raw_ses_event' ? envelope(row.payload) : row.payload;
      return idsOf(read(NAMES[row.provider] ?? '', body, NOW + 3_600_000));
    });
    expect(again).toEqual(ids);
    expect(ids.length).toBeGreaterThan(70);
    for (const id of ids) expect(id).toMatch(/^[a-z]+:[\x21-\x7e]{1,300}$/);
  });
});

function idsOf(events: readonly ProviderEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'report') return [event.report.id];
    return event.kind === 'touch' ? [event.id] : [];
  });
}

function messageIdOf(event: ProviderEvent): string | null | undefined {
  if (event.kind === 'report') return event.report.message_id;
  return event.kind === 'touch' ? event.message_id : undefined;
}

/** Each provider hands back what went out with the message, in its own place. */
const TAGGED: readonly (readonly [name: string, place: string, body: (id: string) => unknown])[] = [
  ['ses', 'tag', (id) => envelope(sesDelivery({ tags: { etapa_message: [id] } }))],
  ['ses', 'header', (id) => envelope(sesDelivery({ headers: [{ name: 'X-Etapa-Message', value: id }] }))],
  ['sendgrid', 'argument', (id) => [{ event: 'delivered', email: 'a@b.example', etapa_message: id }]],
  ['postmark', 'metadata', (id) => ({ RecordType: 'Delivery', Metadata: { etapa_message: id } })],
  [
    'mailgun',
    'variable',
    (id) => ({ 'event-data': { event: 'delivered', 'user-variables': { etapa_message: id } } }),
  ],
  ['mailgun', 'old variable', (id) => ({ event: 'delivered', etapa_message: id })],
  ['brevo', 'JSON', (id) => ({ event: 'delivered', 'X-Mailin-custom': `{"etapa_message":"${id}"}` })],
  ['brevo', 'pair', (id) => ({ event: 'delivered', 'X-Mailin-custom': `a:b|etapa_message:${id}|c:d` })],
  [
    'sparkpost',
    'metadata',
    (id) => [{ msys: { message_event: { type: 'delivery', rcpt_meta: { etapa_message: id } } } }],
  ],
  [
    'resend',
    'header',
    (id) => ({ type: 'email.delivered', data: { headers: [{ name: 'x-etapa-message', value: id }] } }),
  ],
  ['resend', 'tag', (id) => ({ type: 'email.delivered', data: { tags: { etapa_message: id } } })],
  [
    'resend',
    'tag in a list',
    (id) => ({ type: 'email.delivered', data: { tags: [{ name: 'etapa_message', value: id }] } }),
  ],
];

function sesDelivery(mail: object): object {
  return { eventType: 'Delivery', mail, delivery: { recipients: ['a@b.example'] } };
}

describe('our id of the message', () => {
  it.each(TAGGED)('is found in what %s hands back: %s', (name, _place, body) => {
    expect(theReport(name, body(OURS)).message_id).toBe(OURS);
    expect(theReport(name, body(OURS.toUpperCase())).message_id).toBe(OURS);
  });

  it.each(TAGGED)('is never anything but a UUID, in what %s hands back: %s', (name, _place, body) => {
    for (const forged of ["' or 1=1 --", `${OURS}0`, ` ${OURS}\n`, '', '42'])
      expect(theReport(name, body(forged)).message_id).toBeNull();
  });
});

describe('the class of a bounce', () => {
  const ses = (bounceType: string, bounceSubType: string, status?: string): unknown =>
    envelope({
      eventType: 'Bounce',
      bounce: { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: 'a@b.example', status }] },
    });
  const sendgrid = (fields: object): unknown => [{ event: 'bounce', type: 'bounce', ...fields }];
  const postmark = (Type: string, Details = ''): unknown => ({ RecordType: 'Bounce', Type, Details });
  const mailgun = (reason: string, message: string): unknown => ({
    'event-data': { event: 'failed', severity: 'permanent', reason, 'delivery-status': { message } },
  });
  const sparkpost = (bounce_class: string, reason = ''): unknown => [
    { msys: { message_event: { type: 'bounce', bounce_class, reason } } },
  ];
  const resend = (type: string, subType: string): unknown => ({
    type: 'email.bounced',
    data: { bounce: { type, subType } },
  });

  it.each([
    ['ses', 'address', ses('Permanent', 'General')],
    ['ses', 'sender', ses('Permanent', 'General', '5.7.1')],
    ['ses', 'address', ses('Permanent', 'Suppressed', '5.7.1')],
    ['ses', 'unknown', ses('Transient', 'General')],
    ['ses', 'mailbox', ses('Transient', 'MailboxFull')],
    ['ses', 'content', ses('Transient', 'MessageTooLarge')],
    ['ses', 'unknown', ses('Undetermined', 'Undetermined')],
    ['sendgrid', 'address', sendgrid({ status: '5.1.1' })],
    ['sendgrid', 'mailbox', sendgrid({ reason: '552 5.2.2 Over quota' })],
    ['sendgrid', 'sender', sendgrid({ reason: '550 5.7.26 unauthenticated' })],
    ['sendgrid', 'sender', sendgrid({ type: 'blocked', reason: 'listed' })],
    ['sendgrid', 'sender', sendgrid({ bounce_classification: 'Reputation', status: '5.1.1' })],
    ['sendgrid', 'address', sendgrid({ bounce_classification: 'Invalid Address', status: '5.0.0' })],
    ['postmark', 'address', postmark('HardBounce', 'smtp;550 5.1.1 no such user')],
    ['postmark', 'sender', postmark('HardBounce', 'smtp;554 5.7.1 listed')],
    ['postmark', 'mailbox', postmark('SoftBounce')],
    ['postmark', 'sender', postmark('Blocked')],
    ['postmark', 'content', postmark('SpamNotification')],
    ['mailgun', 'address', mailgun('bounce', '5.1.1 no such user')],
    ['mailgun', 'sender', mailgun('bounce', '5.7.1 policy')],
    ['mailgun', 'address', mailgun('suppress-bounce', '')],
    ['mailgun', 'mailbox', mailgun('generic', 'The mailbox is full')],
    ['mailgun', 'unknown', mailgun('old', 'Too old')],
    ['brevo', 'address', { event: 'hard_bounce', reason: '550 5.5.0 mailbox unavailable' }],
    ['brevo', 'mailbox', { event: 'soft_bounce', reason: 'mailbox full' }],
    ['brevo', 'unknown', { event: 'soft_bounce', reason: 'Unable to find MX of domain' }],
    ['brevo', 'unknown', { event: 'blocked' }],
    ['sparkpost', 'address', sparkpost('10', '550 5.7.1 no such user')],
    ['sparkpost', 'mailbox', sparkpost('22')],
    ['sparkpost', 'sender', sparkpost('51')],
    ['sparkpost', 'content', sparkpost('52')],
    ['sparkpost', 'address', sparkpost('1', '550 5.1.1 no such user')],
    ['resend', 'address', resend('Permanent', 'General')],
    ['resend', 'mailbox', resend('Transient', 'MailboxFull')],
    ['resend', 'address', resend('Permanent', 'Suppressed')],
  ])('of %s is %s (row %#)', (name, wanted, body) => {
    expect(theReport(name, body)).toMatchObject({ kind: 'bounced', class: wanted });
  });

  it('is null for whatever is no bounce', () => {
    expect(theReport('brevo', { event: 'deferred', reason: '450 4.2.2 full' })).toMatchObject({
      kind: 'delayed',
      class: null,
      status: '4.2.2',
    });
    expect(theReport('ses', ses('Permanent', 'UnsubscribedRecipient'))).toMatchObject({
      kind: 'unsubscribed',
      class: null,
    });
  });

  it('does not take the number of a host for a status', () => {
    const { status } = theReport('brevo', { event: 'deferred', reason: 'host 5.1.1.9 refused, 15.1.1' });
    expect(status).toBeNull();
  });
});

describe('machines', () => {
  it('are marked where the provider itself tells of them', () => {
    const opened = (name: string, body: unknown): unknown => read(name, body)[0];
    const by_machine = { kind: 'touch', touch: 'open', by_machine: true };
    expect(opened('sendgrid', [{ event: 'open', sg_machine_open: true }])).toMatchObject(by_machine);
    expect(opened('brevo', { event: 'unique_proxy_open' })).toMatchObject(by_machine);
    const mailgun = { 'event-data': { event: 'opened', 'client-info': { bot: 'apple' } } };
    expect(opened('mailgun', mailgun)).toMatchObject(by_machine);
    const sparkpost = { type: 'open', user_agent_parsed: { is_prefetched: true } };
    expect(opened('sparkpost', [{ msys: { track_event: sparkpost } }])).toMatchObject(by_machine);
    expect(opened('sendgrid', [{ event: 'open' }])).toMatchObject({ by_machine: false });
  });

  it('an opening that Brevo tells twice over counts once', () => {
    const event = { email: 'a@b.example', ts_epoch: 1_520_363_423_000, 'message-id': '<1@x>' };
    const [first, second] = ['opened', 'unique_opened'].map((kind) =>
      read('brevo', { ...event, event: kind }),
    );
    expect(idsOf(first ?? [])).toEqual(idsOf(second ?? []));
  });
});

describe('hostile words', () => {
  const NAUGHTY = `<script>\r\nBcc: x@y.example\u0000\u2028\u202e\ud800${'A'.repeat(5000)}`;

  it('become one line of bounded length that can be stored', () => {
    const { diagnostic } = theReport('brevo', { event: 'hard_bounce', reason: NAUGHTY });
    expect(diagnostic).toMatch(/^<script> Bcc: x@y\.example A+$/);
    expect(diagnostic).toHaveLength(1000);
  });

  it('are no addresses, no times, no networks', () => {
    const body = [
      { event: 'click', email: 'a@b.example, c@d.example', timestamp: 1e300, ip: '1.2.3.4.5', url: NAUGHTY },
    ];
    const [event] = read('sendgrid', body);
    expect(event).toMatchObject({ kind: 'touch', address: '', at: NOW, ip: '' });
    expect(event?.kind === 'touch' && event.url?.length).toBe(2000);
  });

  it('an address loses its name and its capitals', () => {
    expect(
      theReport('resend', { type: 'email.delivered', data: { to: ['Ana "A" <Ana@X.Example>'] } }),
    ).toMatchObject({ address: 'ana@x.example' });
  });

  it.each([...providers.keys()])('%s reads any JSON without falling over', (name) => {
    const odd = [
      null,
      42,
      'text',
      [],
      [[]],
      [null],
      {},
      { event: {} },
      { Type: 'Notification', Message: '[' },
    ];
    const keys = ['constructor', '__proto__', 'toString'].flatMap((word) => [
      { event: word, type: word, RecordType: word, Type: word, bounce_class: word },
      [{ event: word, msys: { [word]: { type: word } } }],
      { Type: 'Notification', Message: JSON.stringify({ eventType: word }) },
    ]);
    for (const body of [...odd, ...keys]) {
      for (const event of read(name, body)) expect(event.kind).toBe('ignored');
    }
  });

  it('a mark that mail is wanted after all is no complaint', () => {
    const complaint = {
      complaintFeedbackType: 'not-spam',
      complainedRecipients: [{ emailAddress: 'a@b.example' }],
    };
    expect(read('ses', envelope({ eventType: 'Complaint', complaint })).map(kindOf)).toEqual(['ignored']);
  });
});

describe('a subscription that SNS asks to confirm', () => {
  const asked = (SubscribeURL: string): ProviderEvent[] =>
    read('ses', { Type: 'SubscriptionConfirmation', SubscribeURL });
  const CONFIRM = '?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:x&Token=abc';

  it('tells the address that confirms it', () => {
    const url = `https://sns.eu-west-1.amazonaws.com/${CONFIRM}`;
    expect(asked(url)).toEqual([{ kind: 'confirmation', url }]);
  });

  it.each([
    `http://sns.eu-west-1.amazonaws.com/${CONFIRM}`,
    `https://sns.eu-west-1.amazonaws.com.evil.example/${CONFIRM}`,
    `https://evil.example/sns.eu-west-1.amazonaws.com/${CONFIRM}`,
    `https://sns.eu-west-1.amazonaws.com@evil.example/${CONFIRM}`,
    `https://sns.eu-west-1.amazonaws.com:8443/${CONFIRM}`,
    `https://s3.eu-west-1.amazonaws.com/${CONFIRM}`,
    `https://sns.eu-west-1.amazonaws.com/${CONFIRM}\n@evil.example`,
    'https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic',
    'file:///etc/passwd',
    '',
  ])('is ignored for %j', (url) => {
    expect(asked(url).map(({ kind }) => kind)).toEqual(['ignored']);
  });
});

describe('an empty secret', () => {
  const verify = async (name: string, headers: object, body: string, secret: string): Promise<unknown> =>
    providers.get(name)?.verify({ headers: { ...headers }, body: Buffer.from(body) }, [secret], NOW);

  it('proves nothing, though anybody could make the proof', async () => {
    for (const name of ['postmark', 'brevo', 'sparkpost']) {
      for (const authorization of ['', `Basic ${Buffer.from('user:').toString('base64')}`])
        expect(await verify(name, { authorization }, '{}', '')).toBe('forged');
    }
    const timestamp = String(NOW / 1000);
    const hmac = (text: string): Buffer => createHmac('sha256', '').update(text).digest();
    const mailgun = { timestamp, token: 'x', signature: hmac(`${timestamp}x`).toString('hex') };
    expect(await verify('mailgun', {}, JSON.stringify({ signature: mailgun }), '')).toBe('forged');
    const resend = {
      'svix-id': 'x',
      'svix-timestamp': timestamp,
      'svix-signature': `v1,${hmac(`x.${timestamp}.{}`).toString('base64')}`,
    };
    expect(await verify('resend', resend, '{}', 'whsec_')).toBe('forged');
    const ses = { Type: 'Notification', SigningCertURL: 'https://sns..amazonaws.com/a.pem', TopicArn: '' };
    expect(await verify('ses', {}, JSON.stringify(ses), '')).toBe('forged');
  });
});
