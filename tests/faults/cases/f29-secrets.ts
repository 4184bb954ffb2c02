/** F29: everything that signs is exchanged five times while shoppers, readers and another system go on. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import type { DkimKey } from '../../../src/channels/dkim.ts';
import { signatureHeaders } from '../../../src/channels/webhook-signature.ts';
import { createLinks } from '../../../src/engine/links.ts';
import { openDatabase, type OpenDatabase } from '../../../src/store/database.ts';
import { retireSecrets, ROTATED, rotateSecret, type Rotated } from '../../../src/store/keys.ts';
import { verdictsOf } from '../../support/dkim-verdicts.ts';
import { startScriptedHttp, type HttpAsked } from '../../support/scripted-http.ts';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { LOAD_PROJECT } from '../world/project.ts';
import type { TakenMail } from '../world/smtp-words.ts';
import type { World } from '../world/world.ts';

export const secretsExchanged: FaultCase = {
  id: 'F29',
  name: 'the secrets of links and calls and the DKIM key exchanged five times under load',
  correct:
    'Links of before each exchange open, lead on and unsubscribe; no DKIM signature fails, and no call is unsigned for whoever has the secret of before or the new one.',
  backends: 'both',
  run: exchange,
};

const TIMES = 5;
const DOMAIN = 'shop.example';
/** A process looks for new secrets every two seconds; whoever checks calls changes so much later, in milliseconds. */
const CHANGES_LATER = 10_000;
/** In seconds: a new secret of links waits for thirty before it signs. */
const RIPE_WITHIN = 90;
/** Of the mails of before each exchange, so many are opened again in the end. */
const OPENED_AGAIN = 3;

interface Call extends HttpAsked {
  readonly at: number;
}

async function exchange({ dice, openWorld }: Setting): Promise<Findings> {
  const calls: Call[] = [];
  let database: OpenDatabase | undefined;
  const shop = await startScriptedHttp((asked) => {
    calls.push({ ...asked, at: Date.now() });
    return { status: 204 };
  });
  try {
    const world = await openWorld({
      processes: [['api'], ['engine', 'chores'], ['engine', 'chores']],
      files: { ...LOAD_PROJECT, 'workflows/calling.yaml': calling(shop.origin) },
      keeps_texts: true,
      env: { WEBHOOKS_MAY_REACH: new URL(shop.origin).host },
    });
    database = openDatabase(world.database_url, { max: 1 });
    const keys = await writeKeys(world);
    await restartSenders(world, keys.slice(0, 1));
    await world.flow();
    const reader = startReader(world);
    const moments: number[] = [];
    const violations: string[] = [];
    for (let time = 1; time <= TIMES; time++) {
      await sleep(dice.whole(1000, 3000));
      moments.push(Date.now());
      for (const what of dice.shuffle(ROTATED)) violations.push(...(await rotate(database, what)));
      // The way that docs/operations.md tells, and the abrupt one: both are published.
      await restartSenders(world, keys.slice(dice.chance(0.5) ? time - 1 : time, time + 1));
    }
    await newestSigns(world);
    const read = await reader.stop();
    const again = moments.flatMap((moment) =>
      dice.shuffle(read.letters.filter(({ at }) => at < moment)).slice(0, OPENED_AGAIN),
    );
    for (const letter of again) violations.push(...(await openAgain(letter)));
    await world.recovery();
    await world.settle();
    const found = await world.check();
    const mails = await world.smtp.taken();
    const [link_secrets, call_secrets] = [
      await secretsOf(world, 'links'),
      await secretsOf(world, 'webhooks'),
    ];
    const signers = await signersOf(read.letters, link_secrets);
    const signed = await dkimOf(mails, keys);
    const unsigned = calls.filter((call) => !isBelieved(call, call_secrets));
    const own = {
      ...{ letters_read: read.letters.length, link_signers: signers, opened_again: again.length },
      ...{ dkim_signatures: signed.count, dkim_selectors: signed.selectors, calls: calls.length },
    };
    const wrong = [
      ...read.wrong,
      ...signed.wrong,
      ...(await untouched(world, again)),
      ...(unsigned.length > 0 ? [`${unsigned.length} of ${calls.length} calls would not be believed`] : []),
      ...(signers === TIMES + 1 ? [] : [`links were signed by ${signers} secrets, not by ${TIMES + 1}`]),
      ...(signed.selectors === TIMES + 1
        ? []
        : [`${signed.selectors} DKIM keys have signed, not ${TIMES + 1}`]),
      ...(calls.length === 0 ? ['nobody was called'] : []),
      ...Object.entries(world.load.refused).flatMap(([what, times]) =>
        what.startsWith('4') ? [`${times} requests were answered with ${what}`] : [],
      ),
    ];
    return { ...found, own, violations: [...found.violations, ...violations, ...wrong] };
  } finally {
    await database?.close();
    await shop.stop();
  }
}

function calling(origin: string): string {
  return `version: 1
workflow: calling
purpose: service
enter_when: { event: order_completed }
re_enter: always
steps:
  - call_webhook: { url: '${origin}/orders' }
    up_to: 1 hour
`;
}

type KeyFile = DkimKey & { readonly file: string };

/** One after the other RSA and Ed25519. */
async function writeKeys({ folder }: World): Promise<readonly KeyFile[]> {
  const numbers = Array.from({ length: TIMES + 1 }, (_, number) => number);
  return Promise.all(
    numbers.map(async (number) => {
      const pair =
        number % 2 === 0
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ed25519');
      const private_key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const file = join(folder, `dkim-${number}.pem`);
      await writeFile(file, private_key);
      return { domain: DOMAIN, selector: `s${number}`, private_key, file };
    }),
  );
}

/** Two senders that sign with these, each in place of one of before. */
async function restartSenders(world: World, keys: readonly KeyFile[]): Promise<void> {
  const old = world.running('sender');
  for (const index of [0, 1]) {
    await old[index]?.stop();
    await world.start(['sender'], {
      DKIM_DOMAIN: DOMAIN,
      DKIM_SELECTOR: keys.map(({ selector }) => selector).join(','),
      DKIM_PRIVATE_KEY: keys.map(({ file }) => file).join(','),
    });
  }
}

/** As `etapa keys rotate` and `retire` do; those of before are not put away, whoever asks for it. */
async function rotate({ db }: OpenDatabase, what: Rotated): Promise<readonly string[]> {
  await rotateSecret(db, what);
  const retired = await retireSecrets(db, what);
  return retired.length > 0 ? [`put away at once: ${retired.join(', ')}`] : [];
}

/** The oldest first, each with the moment from which it is good for signing. */
function secretsOf(world: World, use: string): Promise<{ readonly value: string; readonly at: number }[]> {
  return world.query(
    `select value, (extract(epoch from created_at) * 1000)::float as at from secrets where name like $1 order by created_at`,
    [`${use}/%`],
  );
}

/** Until links have been signed with the newest secret. */
async function newestSigns(world: World): Promise<void> {
  const newest = (await secretsOf(world, 'links')).at(-1)?.value ?? '';
  const links = createLinks(world.origin, [newest]);
  for (const until = Date.now() + RIPE_WITHIN * 1000; Date.now() < until; await sleep(LOOK_EVERY)) {
    const lately = (await world.smtp.taken()).slice(-20);
    if (lately.some(({ unsubscribe }) => links.read(tokenOf(unsubscribe ?? '')) !== undefined)) return;
  }
}

const LOOK_EVERY = 200;

interface Letter {
  readonly id: string;
  readonly at: number;
  readonly unsubscribe: string;
  readonly pixel: string;
  readonly click: string;
}

interface Reader {
  stop(): Promise<{ readonly letters: readonly Letter[]; readonly wrong: readonly string[] }>;
}

/** Opens each promotion as soon as it comes, and follows its link. */
function startReader({ smtp }: World): Reader {
  const letters: Letter[] = [];
  const wrong: string[] = [];
  let seen = 0;
  let stopped = false;

  async function readNew(): Promise<void> {
    const mails = (await smtp.taken()).slice(seen);
    seen += mails.length;
    for (const mail of mails.filter(({ unsubscribe }) => unsubscribe !== null)) {
      const letter = await letterOf(mail);
      letters.push(letter);
      wrong.push(...(await follow(letter, 'at once')));
    }
  }

  const reading = (async () => {
    while (!stopped) {
      await readNew();
      await sleep(LOOK_EVERY);
    }
    await readNew();
  })();

  return {
    async stop() {
      stopped = true;
      await reading;
      return { letters, wrong };
    },
  };
}

async function letterOf({ id, at, unsubscribe, text = '' }: TakenMail): Promise<Letter> {
  const { html = '' } = await PostalMime.parse(Buffer.from(text, 'latin1'));
  const found = (place: 'o' | 'c'): string =>
    new RegExp(`"(http://[^"]*/${place}/[^"]+)"`).exec(html)?.[1] ?? '';
  return { id, at, unsubscribe: unsubscribe ?? '', pixel: found('o'), click: found('c') };
}

async function follow({ pixel, click, id }: Letter, when: string): Promise<readonly string[]> {
  const answers = await Promise.all([pixel, click].map((url) => fetch(url, { redirect: 'manual' })));
  const statuses = answers.map(({ status }) => status).join(' and ');
  return statuses === '200 and 302' ? [] : [`picture and link of ${id} answered ${statuses} ${when}`];
}

async function openAgain(letter: Letter): Promise<readonly string[]> {
  const wrong = await follow(letter, 'after the exchanges');
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  const { status } = await fetch(letter.unsubscribe, { method: 'POST', body });
  return status === 200 ? wrong : [...wrong, `unsubscribing by ${letter.id} answered ${status}`];
}

/** Whose second opening was not written down; any picture is answered. */
async function untouched(world: World, letters: readonly Letter[]): Promise<readonly string[]> {
  const ids = [...new Set(letters.map(({ id }) => id))];
  const rows = await world.query<{ message_id: string }>(
    `select message_id from touches where message_id = any($1) group by 1
      having count(*) filter (where kind = 'open') > 1 and count(*) filter (where kind = 'click') > 1`,
    [ids],
  );
  return rows.length === ids.length
    ? []
    : [`${ids.length - rows.length} letters were opened again and it was not noted`];
}

function tokenOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** How many secrets have signed these. */
async function signersOf(
  letters: readonly Letter[],
  secrets: readonly { readonly value: string }[],
): Promise<number> {
  return secrets.filter(({ value }) => {
    const links = createLinks('', [value]);
    return letters.some(({ unsubscribe }) => links.read(tokenOf(unsubscribe)) !== undefined);
  }).length;
}

interface Signed {
  readonly count: number;
  readonly selectors: number;
  readonly wrong: readonly string[];
}

async function dkimOf(mails: readonly TakenMail[], keys: readonly DkimKey[]): Promise<Signed> {
  const selectors = new Set<string>();
  const wrong: string[] = [];
  let count = 0;
  for (const { id, text = '' } of mails) {
    for (const [, selector = ''] of text.matchAll(/^DKIM-Signature:[^=]*=1;[^]*?\ss=(\w+);/gm))
      selectors.add(selector);
    const results = (await verdictsOf(Buffer.from(text, 'latin1'), keys)).map(({ result }) => result);
    count += results.length;
    if (results.length === 0 || results.some((result) => result !== 'pass'))
      wrong.push(`the signatures of ${id}: ${results.join(', ') || 'none'}`);
  }
  return { count, selectors: selectors.size, wrong: wrong.slice(0, 3) };
}

/** By somebody who has never changed the secret, and by somebody who changes it soon after each exchange. */
function isBelieved(
  call: Call,
  secrets: readonly { readonly value: string; readonly at: number }[],
): boolean {
  const [first] = secrets;
  const newest = secrets.findLast(({ at }) => at <= call.at - CHANGES_LATER) ?? first;
  return [first, newest].every((secret) => secret !== undefined && isSignedBy(call, secret.value));
}

function isSignedBy({ headers, body }: Call, secret: string): boolean {
  const [id, timestamp] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
  const { 'webhook-signature': expected = '' } = signatureHeaders(id, timestamp * 1000, body, [secret]);
  return String(headers['webhook-signature']).split(' ').includes(expected);
}
