import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, inject, it, test } from 'vitest';
import type { Around, Check, DatabaseFound, Finding } from '../../src/cli/doctor/check.ts';
import { clocks } from '../../src/cli/doctor/clocks.ts';
import {
  database,
  judgeAnswers,
  judgeMigrations,
  judgeServer,
  judgeTables,
} from '../../src/cli/doctor/database.ts';
import { dkimRecordFor } from '../../src/dns/dkim.ts';
import type { Resolver } from '../../src/dns/lookup.ts';
import { dns } from '../../src/cli/doctor/dns.ts';
import { readIdentity, type MailIdentity, type SigningKey } from '../../src/cli/doctor/identity.ts';
import { mailServerAt } from '../../src/cli/doctor/mail-server.ts';
import { project } from '../../src/cli/doctor/project.ts';
import { judgeRedis, judgeSchema, queue } from '../../src/cli/doctor/queue.ts';
import { runChecks } from '../../src/cli/doctor/run-checks.ts';
import { secrets } from '../../src/cli/doctor/secrets.ts';
import { smtp, judgeDialogue } from '../../src/cli/doctor/smtp.ts';
import { talkTo, type Dialogue } from '../../src/cli/doctor/smtp-dialogue.ts';
import { settingsFileSchema } from '../../src/project/files/settings-file.ts';
import { readYaml } from '../../src/project/yaml.ts';
import { openBackend } from '../../src/queue/backend.ts';
import { QUEUE_SCHEMA_VERSION, type RedisState } from '../../src/queue/inspection.ts';
import { readSettings } from '../../src/settings.ts';
import { openDatabase, type OpenDatabase } from '../../src/store/database.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { inspectMigrations, tableSizes, type ServerState } from '../../src/store/inspection.ts';
import {
  createWriteKey,
  linkSecrets,
  rotateSecret,
  webhookSecrets,
  type Rotated,
} from '../../src/store/keys.ts';
import { closedAfterEach } from '../support/closing.ts';
import { newDatabase, newEmptyDatabase } from '../support/database.ts';
import { projectFiles } from '../support/projects.ts';
import { freePort, startRedis } from '../support/redis-server.ts';
import { startScriptedSmtp, type ScriptedSmtp, type SmtpAnswer } from '../support/scripted-smtp.ts';
import { buildProgram, type Program } from './program.ts';
import type { Env } from '../support/built-program.ts';

const DAY = 86_400_000;

const closing = closedAfterEach();

interface Name {
  readonly txt?: readonly string[];
  readonly mx?: readonly string[];
  readonly a?: readonly string[];
  readonly ptr?: readonly string[];
  /** What the resolver throws for it. */
  readonly fails?: string;
}

type Zone = Readonly<Record<string, Name>>;

/** Answers from a table, as `node:dns` would; long texts come in parts of 255. */
function fakeResolver(zone: Zone): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  function answer(name: string, kind: keyof Omit<Name, 'fails'>): Promise<string[]> {
    asked.push(`${kind} ${name}`);
    const found = zone[name.toLowerCase()];
    const code = found?.fails ?? (found === undefined ? 'ENOTFOUND' : 'ENODATA');
    const list = found?.fails === undefined ? found?.[kind] : undefined;
    return list ? Promise.resolve([...list]) : Promise.reject(Object.assign(new Error(code), { code }));
  }
  return {
    asked,
    resolveTxt: async (name) => (await answer(name, 'txt')).map((text) => text.match(/.{1,255}/gs) ?? ['']),
    resolveMx: async (name) =>
      (await answer(name, 'mx')).map((exchange, index) => ({ exchange, priority: 10 * (index + 1) })),
    resolve4: (name) => answer(name, 'a'),
    resolve6: (name) => Promise.reject(Object.assign(new Error(name), { code: 'ENODATA' })),
    reverse: (address) => answer(address, 'ptr'),
  };
}

const UNSIGNED: MailIdentity = { keys: [], bounce_domain: undefined, sending_addresses: [] };

const NO_DATABASE: DatabaseFound = { kind: 'absent', why: 'There is none in this test.' };

function around(parts: Partial<Around> & { readonly env?: Env } = {}): Around {
  const { env = {}, ...rest } = parts;
  return {
    settings: readSettings({ ETAPA_HOME: '/nowhere', ...env }, '/nowhere'),
    identity: UNSIGNED,
    project: { kind: 'absent', folder: '/nowhere' },
    domain: 'example.com',
    dns: fakeResolver({}),
    database: NO_DATABASE,
    now: () => Date.now(),
    ...rest,
  };
}

/** `bad: example.com has no SPF record`, for each finding. */
async function told(check: Check, parts: Parameters<typeof around>[0]): Promise<string[]> {
  return (await check.run(around(parts))).map(line);
}

function line({ state, title }: Finding): string {
  return `${state}: ${title}`;
}

/** The finding whose title holds these words. */
function about(findings: readonly Finding[], words: string | RegExp): Finding {
  const found = findings.find(({ title }) => title.search(words) !== -1);
  if (found) return found;
  throw new Error(`Nothing is said about ${String(words)}:\n${findings.map(line).join('\n')}`);
}

const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const KEY = rsa(2048);
const PEM = KEY.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
/** With the key `s1` of example.com, unless these parts say otherwise. */
const signedBy = (parts: Partial<SigningKey> = {}): MailIdentity => ({
  ...UNSIGNED,
  keys: [
    {
      domain: 'example.com',
      selector: 's1',
      private_key: { path: '/dkim.pem', pem: PEM, mode: 0o100600 },
      ...parts,
    },
  ],
});
const SIGNED = signedBy();

const SOUND: Zone = {
  'example.com': {
    txt: ['google-site-verification=x', 'v=spf1 a:smtp.example.com -all'],
    mx: ['mail.example.com'],
  },
  'mail.example.com': { a: ['192.0.2.25'] },
  'smtp.example.com': { a: ['192.0.2.25'] },
  '192.0.2.25': { ptr: ['smtp.example.com'] },
  's1._domainkey.example.com': { txt: [dkimRecordFor(KEY.publicKey)] },
  '_dmarc.example.com': { txt: ['v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com'] },
};

const with_ = (more: Zone): Zone => ({ ...SOUND, ...more });
const withSpf = (text: string, more: Zone = {}): Zone =>
  with_({ 'example.com': { ...SOUND['example.com'], txt: [text] }, ...more });

describe('dns', () => {
  it('finds nothing to mend in a domain that is set up', async () => {
    const found = await told(dns, {
      dns: fakeResolver(SOUND),
      identity: SIGNED,
      env: { SMTP_URL: 'smtp://smtp.example.com' },
    });
    expect(found).toEqual([
      'good: SPF of example.com ends in -all, after 1 look-up',
      'good: The DKIM key at s1._domainkey.example.com has 2048 bits (RSA) and belongs to the private key',
      'good: DMARC of example.com: p=quarantine',
      'good: The signature of example.com counts for From example.com',
      'good: Bounces to example.com go to mail.example.com',
      'good: 192.0.2.25 is called smtp.example.com, and smtp.example.com is 192.0.2.25',
    ]);
  });

  const chain = (length: number): Zone =>
    Object.fromEntries(
      Array.from({ length }, (_, n) => [
        `n${n}.example.net`,
        { txt: [n + 1 < length ? `v=spf1 include:n${n + 1}.example.net -all` : 'v=spf1 ip4:192.0.2.1 -all'] },
      ]),
    );

  const SPF: readonly [words: string, zone: Zone, expected: string][] = [
    ['none', with_({ 'example.com': { mx: ['mail.example.com'] } }), 'bad: example.com has no SPF record'],
    ['one of a later version is none', withSpf('v=spf10 -all'), 'bad: example.com has no SPF record'],
    [
      'two',
      with_({ 'example.com': { txt: ['v=spf1 -all', 'V=SPF1 mx ~all'] } }),
      'bad: example.com has 2 SPF records',
    ],
    [
      'ten look-ups are allowed',
      withSpf('v=spf1 include:n0.example.net ~all', chain(10)),
      'good: SPF of example.com ends in ~all, after 10 look-ups',
    ],
    [
      'eleven are not, though they lie deep',
      withSpf('v=spf1 include:n0.example.net ~all', chain(11)),
      'bad: SPF of example.com needs 11 look-ups; receivers stop after 10',
    ],
    [
      'every kind of question counts, addresses do not',
      withSpf(
        'v=spf1 a mx a:smtp.example.com/28 exists:%{i}.example.com ip4:192.0.2.0/24 ip6:2001:db8::/32 -all',
        {
          'example.com': {
            ...SOUND['example.com'],
            a: ['192.0.2.1'],
            txt: [
              'v=spf1 a mx a:smtp.example.com/28 exists:%{i}.example.com ip4:192.0.2.0/24 ip6:2001:db8::/32 -all',
            ],
          },
        },
      ),
      'good: SPF of example.com ends in -all, after 4 look-ups',
    ],
    [
      'the ending of a redirect is its own',
      withSpf('v=spf1 redirect=_spf.example.com', {
        '_spf.example.com': { txt: ['v=spf1 ip4:192.0.2.1 ~all'] },
      }),
      'good: SPF of example.com ends in ~all, after 1 look-up',
    ],
    [
      'a redirect beside all is not followed',
      withSpf('v=spf1 redirect=gone.example.com -all'),
      'good: SPF of example.com ends in -all, after 0 look-ups',
    ],
    [
      'what it takes in is not there',
      withSpf('v=spf1 include:gone.example.net -all'),
      'bad: SPF of example.com is broken: gone.example.net, which is taken in, has no SPF record',
    ],
    [
      'a circle',
      withSpf('v=spf1 include:n0.example.net -all', {
        'n0.example.net': { txt: ['v=spf1 include:example.com'] },
      }),
      'bad: SPF of example.com is broken: example.com takes itself in',
    ],
    [
      'a misspelt word',
      withSpf('v=spf1 ipv4:192.0.2.1 -all'),
      'bad: SPF of example.com is broken: "ipv4:192.0.2.1" in the record of example.com means nothing',
    ],
    [
      'no address behind ip4',
      withSpf('v=spf1 ip4:192.0.2.300 -all'),
      'bad: SPF of example.com is broken: "ip4:192.0.2.300" in the record of example.com means nothing',
    ],
    [
      'three names that are not there',
      withSpf('v=spf1 a:x.example.com a:y.example.com mx:z.example.com -all'),
      'bad: 3 names in the SPF record of example.com do not exist; receivers stop after 2',
    ],
    ['+all', withSpf('v=spf1 +all'), 'bad: SPF of example.com lets anybody send for it (+all)'],
    [
      'all alone means +all',
      withSpf('v=spf1 all'),
      'bad: SPF of example.com lets anybody send for it (+all)',
    ],
    [
      '?all',
      withSpf('v=spf1 mx ?all'),
      'warning: SPF of example.com ends in ?all, so it says nothing about strangers',
    ],
    [
      'no ending',
      withSpf('v=spf1 mx'),
      'warning: SPF of example.com does not end in -all or ~all, so it says nothing about strangers',
    ],
    ['ptr', withSpf('v=spf1 ptr -all'), 'warning: SPF of example.com uses ptr'],
    [
      'DNS is silent',
      with_({ 'example.com': { fails: 'ETIMEOUT' } }),
      'not_asked: SPF could not be asked: DNS did not answer about example.com (ETIMEOUT)',
    ],
  ];
  test.each(SPF)('SPF: %s', async (_, zone, expected) => {
    expect(await told(dns, { dns: fakeResolver(zone), identity: SIGNED })).toContain(expected);
  });

  it('does not follow an SPF chain without end', async () => {
    const endless: Resolver = {
      ...fakeResolver(SOUND),
      resolveTxt: (name) => Promise.resolve([[`v=spf1 include:x${name} include:y${name} -all`]]),
    };
    const found = await dns.run(around({ dns: endless }));
    expect(about(found, /needs \d+ look-ups/).state).toBe('bad');
  });

  test.each([
    ['smtp://email-smtp.eu-west-1.amazonaws.com', '"v=spf1 include:amazonses.com ~all"'],
    ['smtp://smtp.example.com', '"v=spf1 a:smtp.example.com ~all"'],
    ['smtp://smtp.sendgrid.net', '"v=spf1 include:sendgrid.net ~all"'],
    ['smtp://mx.unknown.net', 'include:<what your mail provider tells>'],
    ['smtp://127.0.0.1', 'ip4:<the public address of your mail server>'],
  ])('SPF: with %s the record to add is told: %s', async (url, record) => {
    const zone = with_({ 'example.com': { mx: ['mail.example.com'] } });
    const found = await dns.run(around({ dns: fakeResolver(zone), env: { SMTP_URL: url } }));
    expect(about(found, 'no SPF record').mend).toContain(`Add a TXT record at example.com: `);
    expect(about(found, 'no SPF record').mend).toContain(record);
  });

  const AT = 's1._domainkey.example.com';
  const ed25519 = generateKeyPairSync('ed25519').publicKey;
  const dkim = (...txt: string[]): Zone => with_({ [AT]: { txt } });
  const text = dkimRecordFor(KEY.publicKey);
  const DKIM: readonly [words: string, zone: Zone, own_key: boolean, expected: string][] = [
    ['none', with_({ [AT]: {} }), true, `bad: There is no DKIM record at ${AT}`],
    ['two', dkim(text, text), true, `bad: There are 2 TXT records at ${AT}`],
    [
      'without v= and k=',
      dkim(text.replace('v=DKIM1; k=rsa; ', '')),
      true,
      `good: The DKIM key at ${AT} has 2048 bits (RSA) and belongs to the private key`,
    ],
    ['Ed25519', dkim(dkimRecordFor(ed25519)), false, `good: The DKIM key at ${AT} has 256 bits (Ed25519)`],
    [
      '1024 bits',
      dkim(dkimRecordFor(rsa(1024).publicKey)),
      false,
      `warning: The DKIM key at ${AT} has only 1024 bits`,
    ],
    [
      '768 bits',
      dkim(dkimRecordFor(rsa(768).publicKey)),
      false,
      `bad: The DKIM key at ${AT} has only 768 bits`,
    ],
    [
      'that of another key',
      dkim(dkimRecordFor(rsa(2048).publicKey)),
      true,
      `bad: The private key does not belong to the DKIM record at ${AT}`,
    ],
    ['revoked', dkim('v=DKIM1; p='), true, `bad: The DKIM key at ${AT} is revoked (p= is empty)`],
    [
      'a key that is cut off',
      dkim(text.slice(0, 255)),
      true,
      `bad: The DKIM record at ${AT} is broken: its key cannot be read as rsa`,
    ],
    [
      'no key at all',
      dkim('v=DKIM1; k=rsa'),
      true,
      `bad: The DKIM record at ${AT} is broken: it has no key (p=)`,
    ],
    [
      'another version',
      dkim(text.replace('DKIM1', 'DKIM2')),
      true,
      `bad: The DKIM record at ${AT} is broken: it must begin with "v=DKIM1"`,
    ],
    [
      'sha1 alone',
      dkim(text.replace('k=rsa;', 'k=rsa; h=sha1;')),
      true,
      `bad: The DKIM record at ${AT}: h= does not allow sha256`,
    ],
    [
      'on trial',
      dkim(text.replace('k=rsa;', 'k=rsa; t=y:s;')),
      true,
      `warning: The DKIM record at ${AT}: t=y tells receivers that it is only being tried`,
    ],
  ];
  test.each(DKIM)('DKIM: %s', async (_, zone, own_key, expected) => {
    const identity = own_key ? SIGNED : signedBy({ private_key: undefined });
    expect(await told(dns, { dns: fakeResolver(zone), identity })).toContain(expected);
  });

  it('DKIM: reads an RSA key that is published without its frame (PKCS #1)', async () => {
    const bare = KEY.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
    expect(await told(dns, { dns: fakeResolver(dkim(`k=rsa; p=${bare}`)), identity: SIGNED })).toContain(
      `good: The DKIM key at ${AT} has 2048 bits (RSA) and belongs to the private key`,
    );
  });

  it('DKIM: tells the record to add, which then is found sound', async () => {
    const bare = await dns.run(around({ dns: fakeResolver(with_({ [AT]: {} })), identity: SIGNED }));
    const record = /"(v=DKIM1[^"]+)"/.exec(about(bare, 'no DKIM record').mend ?? '')?.[1] ?? '';
    expect(await told(dns, { dns: fakeResolver(dkim(record)), identity: SIGNED })).toContain(
      `good: The DKIM key at ${AT} has 2048 bits (RSA) and belongs to the private key`,
    );
  });

  it('DKIM: is not asked where nobody told the key, and asked of each key where there are several', async () => {
    expect(await told(dns, { dns: fakeResolver(SOUND) })).toContain(
      'not_asked: The DKIM key is not known here',
    );
    const two = {
      ...SIGNED,
      keys: [...SIGNED.keys, ...signedBy({ selector: 's2', private_key: undefined }).keys],
    };
    const found = await told(dns, { dns: fakeResolver(SOUND), identity: two });
    expect(found).toContain(`good: The DKIM key at ${AT} has 2048 bits (RSA) and belongs to the private key`);
    expect(found).toContain('bad: There is no DKIM record at s2._domainkey.example.com');
  });

  test.each<[string, SigningKey['private_key'], RegExp]>([
    ['no key', { path: 'x.pem', pem: 'x', mode: 0o600 }, /^bad: x\.pem holds no private key/],
    ['not there', { path: 'x.pem', problem: 'ENOENT' }, /^bad: The private key in x\.pem cannot be read/],
  ])('DKIM: the file is %s', async (_, private_key, expected) => {
    const identity = signedBy({ private_key });
    expect(await told(dns, { dns: fakeResolver(SOUND), identity })).toContainEqual(
      expect.stringMatching(expected),
    );
  });

  const DMARC: readonly [words: string, txt: readonly string[], expected: string][] = [
    ['none', [], 'bad: example.com has no DMARC record'],
    ['not at the beginning', ['p=none; v=DMARC1'], 'bad: example.com has no DMARC record'],
    [
      'two',
      ['v=DMARC1; p=none', 'v=DMARC1; p=reject'],
      'bad: There are 2 DMARC records at _dmarc.example.com',
    ],
    ['no policy', ['v=DMARC1; rua=mailto:a@example.com'], 'bad: DMARC of example.com has no policy'],
    ['a policy that is none', ['v=DMARC1; p=refuse'], 'bad: DMARC of example.com has no policy'],
    [
      'nobody hears of it',
      ['v=DMARC1; p=none'],
      'warning: DMARC of example.com asks for nothing: p=none, and no address for reports',
    ],
    ['reports', ['v=DMARC1; p=none; rua=mailto:a@example.com'], 'good: DMARC of example.com: p=none'],
    ['refusal', ['v=DMARC1;p=reject'], 'good: DMARC of example.com: p=reject'],
  ];
  test.each(DMARC)('DMARC: %s', async (_, txt, expected) => {
    const zone = with_({ '_dmarc.example.com': { txt } });
    expect(await told(dns, { dns: fakeResolver(zone), identity: SIGNED })).toContain(expected);
  });

  it('DMARC: the policy of a subdomain is that of the domain above it', async () => {
    const zone = with_({ '_dmarc.example.com': { txt: ['v=DMARC1; p=reject; sp=quarantine'] } });
    const found = await told(dns, { dns: fakeResolver(zone), domain: 'news.example.com' });
    expect(found).toContain('good: DMARC of news.example.com: p=quarantine, from example.com');
  });

  const relaxed = 'v=DMARC1; p=reject';
  const ALIGNED: readonly [
    from: string,
    signs: string | null,
    envelope: string,
    record: string,
    expected: string,
  ][] = [
    [
      'example.com',
      'news.example.com',
      'example.com',
      relaxed,
      'good: The signature of news.example.com counts for From example.com',
    ],
    [
      'news.example.com',
      'mail.example.com',
      'example.com',
      relaxed,
      'good: The signature of mail.example.com counts for From news.example.com',
    ],
    [
      'example.com',
      'news.example.com',
      'b.example.com',
      `${relaxed}; adkim=s; aspf=s`,
      'bad: DMARC does not count the signature of news.example.com for From example.com (strict)',
    ],
    [
      'example.com',
      'provider.net',
      'example.com',
      relaxed,
      'warning: DMARC does not count the signature of provider.net for From example.com',
    ],
    [
      'example.com',
      'provider.net',
      'bounces.provider.net',
      relaxed,
      'bad: DMARC does not count the signature of provider.net for From example.com',
    ],
    [
      'example.com',
      null,
      'b.example.com',
      relaxed,
      'good: The envelope of b.example.com counts for From example.com',
    ],
    [
      'example.com',
      null,
      'provider.net',
      relaxed,
      'bad: DMARC does not count the envelope of provider.net for From example.com',
    ],
  ];
  test.each(ALIGNED)(
    'DMARC: From %s, signed by %s, envelope %s, %s',
    async (domain, signs, envelope, record, expected) => {
      const zone = with_({
        '_dmarc.example.com': { txt: [record] },
        '_dmarc.provider.net': { txt: ['v=DMARC1; p=none'] },
      });
      const keys = signs === null ? [] : signedBy({ domain: signs, private_key: undefined }).keys;
      const identity: MailIdentity = { ...UNSIGNED, bounce_domain: envelope, keys };
      expect(await told(dns, { dns: fakeResolver(zone), identity, domain })).toContain(expected);
    },
  );

  it('DMARC: a suffix under which anybody registers joins nobody', async () => {
    const suffix = { txt: ['v=DMARC1; p=none; psd=y'] };
    const ours = { txt: ['v=DMARC1; p=reject'] };
    const zone = { '_dmarc.co.uk': suffix, '_dmarc.shop.co.uk': ours, 'shop.co.uk': {}, 'thief.co.uk': {} };
    const identity = signedBy({ domain: 'thief.co.uk', private_key: undefined });
    const found = await told(dns, {
      dns: fakeResolver(zone),
      identity: { ...identity, bounce_domain: 'thief.co.uk' },
      domain: 'shop.co.uk',
    });
    expect(found).toContain('bad: DMARC does not count the signature of thief.co.uk for From shop.co.uk');
  });

  const MX: readonly [words: string, name: Name, expected: string][] = [
    ['null MX', { mx: [''] }, 'bad: b.example.com says that it takes no mail (null MX)'],
    ['null MX with a dot', { mx: ['.'] }, 'bad: b.example.com says that it takes no mail (null MX)'],
    ['nothing', {}, 'bad: Bounces to b.example.com go nowhere: it has no MX record'],
    ['only an address', { a: ['192.0.2.9'] }, 'warning: b.example.com has no MX record'],
    [
      'servers without addresses',
      { mx: ['gone.example.com'] },
      'bad: The mail servers of b.example.com have no address: gone.example.com',
    ],
    [
      'one without',
      { mx: ['gone.example.com', 'mail.example.com'] },
      'warning: Of the mail servers of b.example.com, these have no address: gone.example.com',
    ],
    ['one with', { mx: ['mail.example.com'] }, 'good: Bounces to b.example.com go to mail.example.com'],
  ];
  test.each(MX)('MX of the domain of bounces: %s', async (_, name, expected) => {
    const identity = { ...SIGNED, bounce_domain: 'b.example.com' };
    expect(await told(dns, { dns: fakeResolver(with_({ 'b.example.com': name })), identity })).toContain(
      expected,
    );
  });

  const PTR: readonly [words: string, url: string, ip: string[], zone: Zone, expected: RegExp][] = [
    [
      'there is none',
      'smtp://smtp.example.com',
      [],
      with_({ '192.0.2.25': {} }),
      /^bad: 192\.0\.2\.25 has no name/,
    ],
    [
      'it leads elsewhere',
      'smtp://smtp.example.com',
      [],
      with_({ '192.0.2.25': { ptr: ['host25.isp.net'] } }),
      /^bad: 192\.0\.2\.25 is called host25\.isp\.net, but/,
    ],
    [
      'a provider sends',
      'smtp://smtp.provider.net',
      [],
      SOUND,
      /^not_asked: The name of the sending address/,
    ],
    [
      'the address is told',
      'smtp://localhost',
      ['192.0.2.25'],
      SOUND,
      /^good: 192\.0\.2\.25 is called smtp\.example\.com/,
    ],
  ];
  test.each(PTR)('PTR: %s', async (_, url, sending_addresses, zone, expected) => {
    const found = await told(dns, {
      dns: fakeResolver(zone),
      identity: { ...SIGNED, sending_addresses },
      env: { SMTP_URL: url },
    });
    expect(found).toContainEqual(expect.stringMatching(expected));
  });

  it('asks nothing where no domain is known', async () => {
    const resolver = fakeResolver(SOUND);
    const [finding] = await dns.run(around({ dns: resolver, domain: undefined }));
    expect([finding?.state, resolver.asked]).toEqual(['not_asked', []]);
    expect(finding?.mend).toContain('etapa doctor --domain example.com');
  });

  test.each([
    ['gone.example.com', {}, 'bad: DNS does not know gone.example.com'],
    [
      'lumbre.example',
      SOUND,
      'not_asked: DNS was not asked about lumbre.example, which is a name for examples',
    ],
  ])('says in one finding that %s is nobody’s', async (domain, zone, expected) => {
    expect(await told(dns, { dns: fakeResolver(zone), domain })).toEqual([expected]);
  });

  it('lets nothing that stands in DNS move the cursor of a terminal', async () => {
    const zone = withSpf('v=spf1 \u001B[2Jevil:\u0007 -all');
    const found = await dns.run(around({ dns: fakeResolver(zone) }));
    expect(JSON.stringify(found.map(({ title, detail }) => title + detail))).not.toMatch(/\\u00|\u001B/);
  });
});

describe('who sends', () => {
  it('is read from the settings, with each private key, and from what the command was told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'etapa-doctor-'));
    closing.push(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'a.pem'), PEM, { mode: 0o600 });
    const env = { DKIM_DOMAIN: 'Example.com', DKIM_SELECTOR: 'a, b', DKIM_PRIVATE_KEY: 'a.pem, gone.pem' };
    const { mail } = readSettings({ ...env, BOUNCE_DOMAIN: 'b.example.com' }, folder);
    const identity = await readIdentity(mail, 'example.com', {
      selector: 'theirs',
      sending_addresses: ['192.0.2.1'],
    });
    expect(identity).toEqual({
      keys: [
        {
          domain: 'example.com',
          selector: 'a',
          private_key: { path: join(folder, 'a.pem'), pem: PEM, mode: 0o100600 },
        },
        {
          domain: 'example.com',
          selector: 'b',
          private_key: { path: join(folder, 'gone.pem'), problem: 'ENOENT' },
        },
        { domain: 'example.com', selector: 'theirs', private_key: undefined },
      ],
      bounce_domain: 'b.example.com',
      sending_addresses: ['192.0.2.1'],
    });
  });
});

describe('smtp', () => {
  async function server(
    answers: Readonly<Record<string, SmtpAnswer>>,
    login = '',
  ): Promise<ScriptedSmtp & { readonly env: Env; readonly heard: string[] }> {
    const heard: string[] = [];
    const scripted = await startScriptedSmtp(({ step, said }) => {
      heard.push(said);
      return answers[step];
    });
    closing.push(() => scripted.stop());
    return Object.assign(scripted, { env: { SMTP_URL: scripted.url.replace('//', `//${login}`) }, heard });
  }

  it('that has no TLS is of no use where nothing may go in clear text', async () => {
    const { env } = await server({});
    const found = await smtp.run(around({ env: { ...env, SMTP_REQUIRE_TLS: 'true' } }));
    expect(about(found, 'does not offer STARTTLS').state).toBe('bad');
  });

  it('is greeted, introduces itself, and sends nothing', async () => {
    const scripted = await server({ ehlo: '250-script.example\r\n250-SIZE 26214400\r\n250 SMTPUTF8' });
    expect(await told(smtp, { env: scripted.env })).toEqual([
      'good: 127.0.0.1 does not offer STARTTLS: mail goes to it in clear text',
      'good: 127.0.0.1 takes us without a password',
      'good: 127.0.0.1 takes messages of up to 26.2 MB, with letters of any script in addresses (SMTPUTF8)',
    ]);
    await scripted.seen('closed');
    expect(scripted.log).toEqual(['greeting', 'ehlo', 'closed']);
  });

  const AUTH = '250-script.example\r\n250 AUTH PLAIN LOGIN';
  test.each<[string, Readonly<Record<string, SmtpAnswer>>, string, string]>([
    [
      '421 at once',
      { greeting: '421 4.7.0 try later' },
      '',
      'bad: 127.0.0.1:PORT does not take us at greeting',
    ],
    ['554 at once', { greeting: '554 no' }, '', 'bad: 127.0.0.1:PORT does not take us at greeting'],
    [
      'no mail server at all',
      { greeting: 'HTTP/1.1 400 Bad Request' },
      '',
      'bad: 127.0.0.1:PORT does not take us at greeting',
    ],
    ['hangs up', { greeting: 'drop' }, '', 'bad: 127.0.0.1:PORT does not take us at greeting'],
    ['no EHLO', { ehlo: '502 what?' }, '', 'bad: 127.0.0.1:PORT does not take us at EHLO'],
    [
      'STARTTLS without TLS',
      { ehlo: '250-x\r\n250 STARTTLS' },
      '',
      'bad: 127.0.0.1:PORT does not take us at STARTTLS',
    ],
    ['the right password', { ehlo: AUTH }, 'ana:p%40ss@', 'good: 127.0.0.1 takes the user and password'],
    [
      'a wrong password',
      { ehlo: AUTH, auth: '535 5.7.8 no' },
      'ana:no@',
      'bad: 127.0.0.1 refuses the user and password',
    ],
    [
      'no way in that we know',
      { ehlo: '250-x\r\n250 AUTH XOAUTH2' },
      'ana:x@',
      'not_asked: The password was not tried: neither PLAIN nor LOGIN is offered',
    ],
    [
      'a user that is wanted and not set',
      { ehlo: AUTH },
      '',
      'good: 127.0.0.1 offers AUTH, and no user is set',
    ],
    [
      'room for little',
      { ehlo: '250-x\r\n250 SIZE 50000' },
      '',
      'warning: 127.0.0.1 takes only messages of up to 0.1 MB',
    ],
  ])('meets a server that says: %s', async (_, answers, login, expected) => {
    const scripted = await server(answers, login);
    const port = new URL(scripted.url).port;
    expect(await told(smtp, { env: scripted.env })).toContain(expected.replace('PORT', port));
    expect(scripted.log).not.toContain('mail');
    if (login.startsWith('ana:p')) expect(scripted.heard).toContain(`AUTH PLAIN ${btoa('\0ana\0p@ss')}`);
  });

  it('tells of a port where nobody listens', async () => {
    const port = await freePort();
    const [finding] = await smtp.run(around({ env: { SMTP_URL: `smtp://127.0.0.1:${port}` } }));
    expect(finding).toMatchObject({
      state: 'bad',
      title: `127.0.0.1:${port} does not take us at connection`,
    });
    expect(finding?.detail).toContain('ECONNREFUSED');
  });

  test.each([
    ['STARTTLS', false, 'smtp'],
    ['TLS from the beginning', true, 'smtps'],
  ])('logs in over %s, and tells that a certificate does not hold', async (_, secure, scheme) => {
    const users: (string | undefined)[] = [];
    const real = new SMTPServer({
      secure,
      authMethods: ['LOGIN'],
      onAuth: ({ username, password }, _session, done) => {
        users.push(`${username}:${password}`);
        done(null, { user: username });
      },
    });
    real.on('error', () => undefined);
    real.listen(0, '127.0.0.1');
    await once(real.server, 'listening');
    closing.push(() => new Promise<void>((done) => real.close(() => done())));
    const { port } = real.server.address() as AddressInfo;
    const found = await smtp.run(around({ env: { SMTP_URL: `${scheme}://ana:secret@127.0.0.1:${port}` } }));
    expect(about(found, 'certificate')).toMatchObject({ state: 'bad' });
    expect(about(found, 'user and password').state).toBe('good');
    expect(users).toEqual(['ana:secret']);
  });

  it('shows no password in clear text, except on this machine or in a private network', async () => {
    const scripted = await server({ ehlo: AUTH }, 'ana:secret@');
    const near = mailServerAt(scripted.env.SMTP_URL ?? '');
    const { login } = await talkTo({ ...near, is_near: false });
    expect(login).toEqual({ kind: 'not_tried', why: 'the password would travel in clear text' });
    expect(scripted.heard.join()).not.toContain('AUTH');
  });

  it('shows no password to a server whose certificate does not hold', async () => {
    const users: unknown[] = [];
    const real = new SMTPServer({
      onAuth: ({ username }, _session, done) => done(null, { user: users.push(username) }),
    });
    real.on('error', () => undefined);
    real.listen(0, '127.0.0.1');
    await once(real.server, 'listening');
    closing.push(() => new Promise<void>((done) => real.close(() => done())));
    const { port } = real.server.address() as AddressInfo;
    const near = mailServerAt(`smtp://ana:secret@127.0.0.1:${port}`);
    const { login } = await talkTo({ ...near, is_near: false });
    expect(login).toEqual({ kind: 'not_tried', why: 'the certificate is not valid' });
    expect(users).toEqual([]);
  });

  it('waits for an answer only so long', async () => {
    const scripted = await server({ greeting: 'mute' });
    await expect(talkTo(mailServerAt(scripted.url), 50)).rejects.toThrow('no answer within 0.05 s');
  });

  const NOW = Date.parse('2026-11-22T00:00Z');
  const certificate = (days: number, problem: string | null = null) => ({
    problem,
    valid_to: NOW + days * DAY,
    protocol: 'TLSv1.3',
  });
  const spoken = (parts: Partial<Dialogue>): Dialogue => ({
    extensions: new Map([['AUTH', 'PLAIN']]),
    certificate: certificate(60),
    login: { kind: 'accepted', reply: '235 ok' },
    ...parts,
  });
  test.each<[string, Partial<Dialogue>, string, string]>([
    [
      'a certificate that holds',
      {},
      'u:p@',
      'good: mx.example.net speaks TLSv1.3; its certificate holds for 60 days more',
    ],
    [
      'one that ends soon',
      { certificate: certificate(13.9) },
      'u:p@',
      'warning: The certificate of mx.example.net runs out in 13 days',
    ],
    [
      'one that has ended',
      { certificate: certificate(-1, 'CERT_HAS_EXPIRED') },
      'u:p@',
      'bad: The certificate of mx.example.net is not valid: CERT_HAS_EXPIRED',
    ],
    [
      'clear text with a password',
      { certificate: undefined },
      'u:p@',
      'bad: mx.example.net does not offer STARTTLS: mail goes to it in clear text',
    ],
    [
      'clear text without one',
      { certificate: undefined },
      '',
      'warning: mx.example.net does not offer STARTTLS: mail goes to it in clear text',
    ],
  ])('judges %s', (_, parts, login, expected) => {
    const server = { ...mailServerAt(`smtp://${login}mx.example.net`), require_tls: false };
    expect(judgeDialogue(spoken(parts), server, NOW).map(line)).toContain(expected);
  });

  it('asks nothing where no server is set', async () => {
    expect(await told(smtp, {})).toEqual(['not_asked: There is no mail server to ask']);
  });
});

describe('on a real database', () => {
  let url: string;
  let opened: OpenDatabase;
  let found: DatabaseFound;
  beforeAll(async () => {
    url = await newEmptyDatabase();
    opened = openDatabase(url, { max: 2 });
    found = { kind: 'open', db: opened.db };
  });
  afterAll(() => opened.close());

  it('tells that there are no tables yet, then that they are current', async () => {
    const before = await database.run(around({ database: found }));
    expect(about(before, 'no tables of Etapa yet').state).toBe('warning');
    expect(await told(secrets, { database: found })).toEqual(['not_asked: There are no keys yet']);
    expect(await told(queue, { database: found })).toEqual([
      'warning: The queue is on PostgreSQL, and has no tables there yet',
    ]);
    await migrateDatabase(url);
    await (await openBackend({ kind: 'postgres', url })).close();
    expect((await inspectMigrations(opened.db)).state).toBe('current');
    expect(await told(queue, { database: found })).toEqual([
      'good: The queue is on PostgreSQL, and its tables are current',
    ]);
  });

  it('reads what the server is set to', async () => {
    const list = await database.run(around({ database: found }));
    expect(about(list, /^PostgreSQL \d+$/).state).toBe('good');
    expect(about(list, 'acknowledged').state).toBe('good');
    expect(about(list, 'tables are those of this Etapa').state).toBe('good');
    expect(about(list, 'The database answers in').state).toBe('good');
    expect(about(list, 'The tables take').detail).toMatch(/^[\w.]+ [\d.]+ [kMG]B, /);
    expect(about(list, 'room for').title).toMatch(
      /room for \d+ connections; one process of Etapa holds up to 35/,
    );
  });

  it('sees what a database is set to that acknowledges early', async () => {
    await opened.pool.query(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
    const fresh = openDatabase(url, { max: 1 });
    const list = await database.run(around({ database: { kind: 'open', db: fresh.db } }));
    await fresh.close();
    const finding = about(list, 'acknowledges before it is on disk: synchronous_commit off');
    expect(finding.state).toBe('bad');
    expect(finding.mend).toContain('alter system set synchronous_commit = on;');
  });

  it('tells migrations that are missing, and those of a newer Etapa', async () => {
    const latest = 'select max(created_at) from drizzle.__drizzle_migrations';
    await opened.pool.query(
      `update drizzle.__drizzle_migrations set created_at = created_at + 1 where created_at = (${latest})`,
    );
    expect((await inspectMigrations(opened.db)).state).toBe('ahead');
    const removed = await opened.pool.query<{ hash: string; created_at: string }>(
      `delete from drizzle.__drizzle_migrations where created_at = (${latest}) returning hash, created_at`,
    );
    const behind = await inspectMigrations(opened.db);
    expect(behind).toMatchObject({ state: 'behind', pending: [expect.stringMatching(/^\d{4}_/)] });
    expect(judgeMigrations(behind).detail).toContain(behind.pending[0]);
    const [row] = removed.rows;
    await opened.pool.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
      row?.hash,
      Number(row?.created_at) - 1,
    ]);
    expect((await inspectMigrations(opened.db)).state).toBe('current');
  });

  it('measures the tables', async () => {
    const sizes = await tableSizes(opened.db);
    expect(sizes.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['contacts', 'events', 'etapa_queue.job']),
    );
    expect(sizes[0]?.bytes).toBeGreaterThanOrEqual(sizes.at(-1)?.bytes ?? Infinity);
  });

  const at = (time: number): { now: () => number; database: DatabaseFound } => ({
    now: () => time,
    database: found,
  });

  it('finds nothing wrong with young secrets, and all old a year later', async () => {
    await Promise.all([linkSecrets(opened.db), webhookSecrets(opened.db)]);
    const { id } = await createWriteKey(opened.db, 'shop', 'api');
    const young = await told(secrets, at(Date.now()));
    expect(young).toEqual([
      'good: The secret that signs links in messages is 0 days old',
      'good: The secret that signs calls of other systems is 0 days old',
      'good: 1 key is in use, none older than a year',
    ]);
    const old = await secrets.run(around(at(Date.now() + 366 * DAY)));
    expect(old.map(({ state }) => state)).toEqual(['warning', 'warning', 'warning']);
    expect(about(old, 'The key "shop"').mend).toContain(`etapa keys revoke ${id}`);
    expect(about(old, 'The key "shop"').mend).toContain('etapa keys create <name> --scope api');
  });

  it('tells how a new secret is made, after which the old one still opens what it signed', async () => {
    const later = around(at(Date.now() + 366 * DAY));
    const [first] = await linkSecrets(opened.db);
    for (const { mend } of (await secrets.run(later)).slice(0, 2)) {
      const [, use] = /"etapa keys rotate (links|webhooks)"/.exec(mend ?? '') ?? [];
      await rotateSecret(opened.db, use as Rotated, 0);
    }
    const now = await linkSecrets(opened.db);
    expect(now).toHaveLength(2);
    expect(now[0]).not.toBe(first);
    expect(now[1]).toBe(first);
    const [webhook = ''] = await webhookSecrets(opened.db);
    expect(Buffer.from(webhook.replace('whsec_', ''), 'base64')).toHaveLength(32);
  });

  test.each([
    [0, /^good: This machine and the database have the same time/],
    [900, /^good:/],
    [1500, /^warning: The clock of the database is 1\.[45] s behind this machine's/],
    [-1500, /^warning: The clock of the database is 1\.[56] s ahead of this machine's/],
    [6000, /^bad: The clock of the database is [56]\.\d s behind/],
    [-6000, /^bad: The clock of the database is 6\.\d s ahead of/],
  ])('a clock that is %i ms ahead is judged %s', async (ahead, expected) => {
    const [finding] = await told(clocks, { database: found, now: () => Date.now() + ahead });
    expect(finding).toMatch(expected);
  });
});

const SERVER: ServerState = {
  major: 18,
  encoding: 'UTF8',
  synchronous_commit: 'on',
  fsync: 'on',
  full_page_writes: 'on',
  autovacuum: 'on',
  connections: 97,
  connections_of_others: 0,
};

describe('what a database may be set to', () => {
  it('is sound as it is shipped', () => {
    expect(judgeServer(SERVER, 35).map(({ state }) => state)).toEqual(['good', 'good', 'good']);
  });

  test.each<[Partial<ServerState>, string]>([
    [{ major: 14 }, 'bad: PostgreSQL 14 is too old; Etapa needs 15 or newer'],
    [{ fsync: 'off' }, 'bad: PostgreSQL acknowledges before it is on disk: fsync off'],
    [{ full_page_writes: 'off' }, 'bad: PostgreSQL acknowledges before it is on disk: full_page_writes off'],
    [
      { synchronous_commit: 'off', fsync: 'off' },
      'bad: PostgreSQL acknowledges before it is on disk: fsync, synchronous_commit off',
    ],
    [{ synchronous_commit: 'local' }, 'good: What was acknowledged is on disk'],
    [
      { encoding: 'SQL_ASCII' },
      'bad: The database cannot hold all letters: its encoding is SQL_ASCII, not UTF8',
    ],
    [{ autovacuum: 'off' }, 'warning: PostgreSQL does not tidy up (autovacuum is off)'],
    [{ connections: 17 }, 'bad: PostgreSQL has room for 17 connections; one process of Etapa holds up to 35'],
    [
      { connections_of_others: 80 },
      'warning: PostgreSQL has room for 17 connections; one process of Etapa holds up to 35',
    ],
  ])('%j', (parts, expected) => {
    expect(judgeServer({ ...SERVER, ...parts }, 35).map(line)).toContain(expected);
  });

  it('slow answers and untidy tables are told', () => {
    expect([judgeAnswers(0.4), judgeAnswers(120)].map(line)).toEqual([
      'good: The database answers in less than 1 ms',
      'warning: The database answers in 120 ms',
    ]);
    const table = { table: 'happenings', bytes: 3e9, rows: 10, dead: 500_000 };
    expect(judgeTables([table]).map(line)).toEqual([
      'good: The tables take 3.0 GB',
      'warning: happenings holds more rows that are gone (500000) than rows (10)',
    ]);
  });

  it('one that does not answer is bad for itself, and not asked by the others', async () => {
    const away: DatabaseFound = { kind: 'away', why: 'connect ECONNREFUSED' };
    const found = await runChecks([database, queue, clocks, secrets], around({ database: away }));
    expect(found.map(({ check, state }) => `${check} ${state}`)).toEqual([
      'database bad',
      'queue not_asked',
      'clocks not_asked',
      'secrets not_asked',
    ]);
  });
});

describe('on Redis', () => {
  const redis = inject('redis');

  test.skipIf(redis === '')('reads the policy, the memory and the clock of a real one', async () => {
    expect(await told(queue, { env: { REDIS_URL: redis } })).toEqual([
      expect.stringMatching(/^good: Redis \d+\.\d+\.\d+ never drops jobs \(noeviction\)/),
      expect.stringMatching(/^good: Redis holds [\d.]+ [kM]B, and has no limit/),
      'warning: Redis forgets jobs when it restarts (appendonly is off)',
    ]);
    expect(await told(clocks, { env: { REDIS_URL: redis }, now: () => Date.now() - 7000 })).toContainEqual(
      expect.stringMatching(/^bad: The clock of Redis is [67]\.\d s ahead of this machine's/),
    );
  });

  test.skipIf(redis === '')('finds one that drops jobs', async () => {
    const server = await startRedis(tmpdir(), 'allkeys-lru');
    closing.push(() => server?.stop() ?? Promise.resolve());
    const found = await queue.run(around({ env: { REDIS_URL: server?.url ?? '' } }));
    const finding = about(found, 'its maxmemory-policy is allkeys-lru');
    expect(finding.state).toBe('bad');
    expect(finding.mend).toContain('CONFIG SET maxmemory-policy noeviction');
  });

  it('tells of one that is not there', async () => {
    const env = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const [finding] = await queue.run(around({ env }));
    expect(finding).toMatchObject({ state: 'bad', title: 'Redis cannot be reached' });
    expect(finding?.detail).toContain('ECONNREFUSED');
    expect((await told(clocks, { env }))[1]).toBe('not_asked: The clock of Redis was not asked');
  });

  const REDIS: RedisState = {
    version: '7.0.15',
    eviction: 'noeviction',
    used_bytes: 1e6,
    most_bytes: 0,
    keeps_writes: true,
    last_save_failed: false,
  };
  test.each<[Partial<RedisState>, string]>([
    [{}, 'good: Redis keeps its jobs when it restarts (appendonly)'],
    [{ eviction: undefined }, 'not_asked: Redis does not tell its maxmemory-policy'],
    [{ most_bytes: 2e6 }, 'good: Redis holds 1.0 MB of 2.0 MB'],
    [{ most_bytes: 1.2e6 }, 'warning: Redis holds 1.0 MB of 1.2 MB'],
    [{ last_save_failed: true }, 'warning: Redis could not write to its disk the last time'],
  ])('%j', (parts, expected) => {
    expect(judgeRedis({ ...REDIS, ...parts }).map(line)).toContain(expected);
  });

  it('tells tables of the queue that are older or newer than the program', () => {
    expect([judgeSchema(QUEUE_SCHEMA_VERSION - 1), judgeSchema(QUEUE_SCHEMA_VERSION + 1)].map(line)).toEqual([
      'warning: The tables of the queue are older than this Etapa',
      'warning: The tables of the queue are newer than this Etapa',
    ]);
  });
});

describe('the home of the embedded database', () => {
  test.each([
    [0o700, 0o600, 'good: Only its owner can look into HOME'],
    [0o711, 0o600, 'good: Only its owner can look into HOME'],
    [0o755, 0o600, 'warning: Others can look into HOME (mode 755)'],
    [0o777, 0o600, 'bad: Others can write into HOME (mode 777)'],
    [0o700, 0o644, 'bad: Others can read the password of the database in HOME/postgres/connection.json'],
  ])('with the mode %o and its password with %o', async (mode, password_mode, expected) => {
    const home = await mkdtemp(join(tmpdir(), 'etapa-doctor-'));
    closing.push(() => rm(home, { recursive: true }));
    await mkdir(join(home, 'postgres'));
    await writeFile(join(home, 'postgres/connection.json'), '{}');
    await chmod(join(home, 'postgres/connection.json'), password_mode);
    await chmod(home, mode);
    expect(await told(secrets, { env: { ETAPA_HOME: home } })).toContain(expected.replace('HOME', home));
  });

  it('a private key that others can read is told', async () => {
    const identity = signedBy({ private_key: { path: '/dkim.pem', pem: PEM, mode: 0o100644 } });
    expect(await told(secrets, { identity })).toContain('bad: Others can read the private key in /dkim.pem');
  });
});

describe('project', () => {
  const settingsOf = (more = '') => {
    const name = more.split(':')[0] ?? '';
    const lines = (projectFiles()['etapa.yaml'] ?? '').split('\n');
    const kept = lines.filter((one) => more === '' || !one.startsWith(`${name}:`));
    const { value, problems } = readYaml('etapa.yaml', [...kept, more].join('\n'), settingsFileSchema);
    if (!value) throw new Error(problems.map(({ message }) => message).join('\n'));
    return { kind: 'read', settings: value } as const;
  };
  const LIVE = { SMTP_URL: 'smtp://smtp.provider.com' };

  test.each<[Env, string]>([
    [{}, 'warning: PUBLIC_URL is not set, so links in messages lead to http://localhost:8686'],
    [LIVE, 'bad: PUBLIC_URL is not set, so links in messages lead to http://localhost:8686'],
    [
      { ...LIVE, PUBLIC_URL: 'http://localhost:8686' },
      'bad: Links in messages lead to localhost, which nobody outside can reach',
    ],
    [
      { ...LIVE, PUBLIC_URL: 'https://10.0.0.7' },
      'bad: Links in messages lead to 10.0.0.7, which nobody outside can reach',
    ],
    [
      { ...LIVE, PUBLIC_URL: 'https://[::1]' },
      'bad: Links in messages lead to [::1], which nobody outside can reach',
    ],
    [
      { ...LIVE, PUBLIC_URL: 'http://m.lumbre.com' },
      'bad: Links in messages are not encrypted: http://m.lumbre.com',
    ],
    [{ ...LIVE, PUBLIC_URL: 'https://8.8.8.8' }, 'warning: Links in messages lead to an IP address: 8.8.8.8'],
    [{ ...LIVE, PUBLIC_URL: 'https://m.lumbre.com' }, 'good: Links in messages lead to https://m.lumbre.com'],
  ])('links: %j', async (env, expected) => {
    expect(await told(project, { env })).toContain(expected);
  });

  test.each([
    ['shop.example', '', 'good: Messages come from shop@shop.example'],
    ['example.com', '', 'bad: Messages come from shop.example, and DNS was asked about example.com'],
    [
      'lumbre.com',
      'from: { name: Lumbre, email: hola@news.lumbre.com }',
      'warning: Messages come from news.lumbre.com, and DNS was asked about lumbre.com',
    ],
    ['shop.example', '', 'good: Promotions carry a postal address'],
    [
      'shop.example',
      'postal_address: Street and number, postcode, town',
      'bad: The postal address is still the example',
    ],
  ])('asked about %s with "%s"', async (domain, more, expected) => {
    expect(await told(project, { domain, project: settingsOf(more) })).toContain(expected);
  });

  it('tells of files that are not there or not sound', async () => {
    expect(await told(project, {})).toContain('not_asked: There is no etapa.yaml in /nowhere');
    expect(await told(project, { project: { kind: 'unsound', problems: 2 } })).toContain(
      'bad: etapa.yaml has 2 problems',
    );
  });
});

describe('all checks together', () => {
  it('one that fails keeps no other from its answer', async () => {
    const failing: Check = { name: 'failing', run: () => Promise.reject(new Error('of no use')) };
    const found = await runChecks([failing, project], around());
    expect(found[0]).toMatchObject({ check: 'failing', state: 'bad', detail: 'of no use' });
    expect(found.length).toBeGreaterThan(1);
  });

  it('whatever is bad or warned of has a mend that is a sentence', async () => {
    const found = await runChecks(
      [dns, smtp, project, queue],
      around({
        dns: fakeResolver({ 'example.com': {} }),
        env: { SMTP_URL: 'smtp://127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' },
      }),
    );
    const wrong = found.filter(({ state }) => state === 'bad' || state === 'warning');
    expect(wrong.length).toBeGreaterThan(5);
    for (const { mend } of wrong) expect(mend).toMatch(/^[A-Z].+\.$/s);
  });
});

describe('the command', () => {
  let program: Program;
  let folder: string;
  let env: Env;
  beforeAll(async () => {
    program = await buildProgram();
    folder = await program.folder(projectFiles());
    const database_url = await newDatabase();
    await migrateDatabase(database_url);
    env = { DATABASE_URL: database_url };
  }, 180_000);
  afterAll(() => program.remove());

  const doctor = (args: readonly string[], more: Env = env) =>
    program.run(['doctor', '-C', folder, ...args], more);

  it('tells a table, the mends, and a sum', async () => {
    const { code, out, err } = await doctor(['--only', 'project,database,clocks']);
    expect(err).toBe('');
    expect(out).toMatch(/check +found/);
    expect(out).toMatch(/✔ +project +Messages come from shop@shop\.example/);
    expect(out).toMatch(/✔ +clocks +This machine and the database have the same time/);
    expect(out).toMatch(/^! PUBLIC_URL is not set.*\n {2}Set PUBLIC_URL to /m);
    expect(out).toMatch(/^\d+ good, \d+ warnings?, 0 bad, 0 not asked\.$/m);
    expect(code).toBe(0);
  });

  it('answers as JSON, and exits with 1 for what is bad, or for warnings where asked to be strict', async () => {
    const strict = await doctor(['--json', '--only', 'project', '--only', 'secrets', '--strict']);
    const answer = JSON.parse(strict.out) as { bad: number; warning: number; findings: Finding[] };
    expect([strict.code, answer.bad]).toEqual([1, 0]);
    expect(answer.findings.filter(({ state }) => state === 'warning')).toHaveLength(answer.warning);
    expect(Object.keys(answer.findings[0] ?? {})).toEqual(['check', 'state', 'title', 'detail', 'mend']);
    expect(new Set(answer.findings.map(({ check }) => check))).toEqual(new Set(['project', 'secrets']));

    const away = await doctor(['--json', '--only', 'database'], { DATABASE_URL: 'postgres://127.0.0.1:1/x' });
    expect(away.code).toBe(1);
    expect(away.out).toContain('The database cannot be reached');
  });

  it('makes no database where there is none', async () => {
    const { code, out } = await doctor(['--only', 'database,queue,clocks,secrets'], {});
    expect(out).toContain('There is no database yet');
    expect(code).toBe(0);
  });

  test.each([
    [['--only', 'dsn'], /There is no check called "dsn"; did you mean "dns"\?/],
    [['--domain', 'nonsense'], /Write it like "example\.com"/],
    [['--sending-address', 'mail.example.com'], /Write it like "198\.51\.100\.7"/],
  ])('refuses %j', async (args, words) => {
    const { code, err } = await doctor(args);
    expect(err).toMatch(words);
    expect(code).toBe(1);
  });
});
