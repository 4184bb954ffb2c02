/** F22: jobs that hold garbage, and words that cannot be made for one message in a hundred. */
import { openBackend } from '../../../src/queue/backend.ts';
import { SENDS, TURNS } from '../../../src/queue/bell.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { SHOP_FILES, type MessageRow, type Shop } from '../../support/shop.ts';
import { tracked } from '../../support/traffic.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const poisonedJobs: FaultCase = {
  id: 'F22a',
  name: 'jobs in the queue that hold garbage',
  correct: 'Each is told once and gone, and the work goes on: what rings are for stands in the book.',
  backends: 'both',
  run: (setting) => inRoom(setting, ringGarbage),
};

export const poisonedTemplates: FaultCase = {
  id: 'F22b',
  name: 'words that cannot be made or never end, in one message of a hundred',
  correct:
    'Only these are refused, with the reason, the others keep nine tenths of their rate, and a retry sends them when the words are mended.',
  backends: 'none',
  run: (setting) => inRoom(setting, sendPoison),
};

const GARBAGE: readonly unknown[] = [
  ...[null, 'garbage', 7, [], {}, { partitions: null }, { partitions: 'all' }, { partitions: {} }],
  ...[{ partitions: [999_999] }, { partitions: [-1, 1.5, 'x', null] }, { partitions: [['0'], { a: 1 }] }],
  ...[{ partitions: Array.from({ length: 20_000 }, (_, n) => n) }, { text: 'x'.repeat(100_000) }],
];
const ORDERS = 200;

async function ringGarbage({ place, dice, world, must, openShop, atEnd }: Room): Promise<OwnFindings> {
  const shop = await openShop({
    roles: ['engine', 'sender', 'chores'],
    overrides: { onParcel: () => undefined },
  });
  const backend = await openBackend(place.queue);
  atEnd(() => backend.close());
  const queues = [TURNS, SENDS].map((name) => backend.queue(name));
  for (const queue of queues) atEnd(() => queue.close());
  const users = Array.from({ length: ORDERS }, (_, n) => `user-${n}`);
  let jobs = 0;
  for (let at = 0; at < users.length; at += 20) {
    const some = dice.shuffle(GARBAGE.map((data) => ({ name: 'ring', data })));
    for (const queue of queues) await queue.addBulk(some);
    jobs += 2 * some.length;
    await shop.receive(...users.slice(at, at + 20).flatMap((user) => [shop.knows(user), shop.orders(user)]));
  }
  const list = await shop.until(
    (all) => all.length >= ORDERS && all.every(({ state }) => state === 'sent'),
    20_000,
  );
  must(list.length === ORDERS, `${list.length} receipts for ${ORDERS} orders`);
  const told = shop.errors.length;
  must(told > 0, 'nobody was told of the garbage');
  must(told <= jobs, `${told} complaints about ${jobs} jobs`);
  const doubled = await world.query('select from messages group by contact_id having count(*) > 1');
  must(doubled.length === 0, `${doubled.length} people got their receipt twice`);
  return { sent: list.length, own: { jobs_of_garbage: jobs, told } };
}

/** Sound when it is deployed; what it costs is decided by what an event brings. */
const ENDLESS = '{{#each event.poison}}{{#each ../event.poison}}{{this}}{{/each}}{{/each}}';
const MESSAGES = 500;
const ROUNDS = 5;

/** What becomes of the words of an event: none at all, or far too many. */
const POISONS = ['nothing', 'endless'] as const;
type Poison = (typeof POISONS)[number];
type Brings = 'words' | Poison;

const SAID: Readonly<Record<Poison, string>> = {
  nothing: 'what fails at once',
  endless: 'words without end',
};

async function sendPoison(room: Room): Promise<OwnFindings> {
  const { dice, must } = room;
  const smtp = await room.startSmtp();
  const shop = await room.openShop({ smtp_url: smtp.url, files: wordsWith(ENDLESS, '{{event.title}}') });
  const poisoned = new Set<string>();
  const sendSome = async (name: string, poison?: Poison): Promise<number> => {
    const some = new Set(
      poison ? Array.from({ length: MESSAGES / 100 }, (_, n) => dice.whole(n * 100, n * 100 + 99)) : [],
    );
    for (const n of some) poisoned.add(`${name}-${n}`);
    return sendRound(shop, name, (n) => (poison && some.has(n) ? poison : 'words'));
  };
  // Starts threads and connections.
  await sendSome('warming');
  const shares: Record<Poison, number[]> = { nothing: [], endless: [] };
  for (let round = 1; round <= ROUNDS; round++) {
    for (const poison of POISONS) {
      const alone = await sendSome(`alone-${poison}-${round}`);
      shares[poison].push((await sendSome(`beside-${poison}-${round}`, poison)) / alone);
    }
  }
  for (const poison of POISONS) {
    const told = shares[poison].map((one) => one.toFixed(2)).join(', ');
    must(mayBe(0.9, shares[poison]), `beside ${SAID[poison]} the others kept ${told} of their rate`);
  }

  const refused = (await shop.messages()).filter(({ state }) => state === 'refused');
  must(
    refused.length === poisoned.size && refused.every(({ user }) => poisoned.has(user)),
    `${refused.length} were refused, and ${poisoned.size} were poisoned`,
  );
  must(
    refused.every(({ because }) => because !== null && because !== ''),
    'some were refused without a reason',
  );
  await shop.app.deploy(wordsWith('mended', 'mended'));
  for (const { id } of refused) await shop.app.messages.retry(id, { even_if_it_may_have_arrived: false });
  const all = await shop.until((list) => list.every(({ state }) => state === 'sent'), 60_000);
  must(smtp.accepted.length === all.length, `${smtp.accepted.length} mails came for ${all.length} messages`);
  return {
    sent: smtp.accepted.length,
    own: {
      poisoned: poisoned.size,
      share_of_rate: median(shares.nothing).toFixed(2),
      share_beside_words_without_end: median(shares.endless).toFixed(2),
    },
  };
}

/**
 * Whether the shares leave it open that the true one is so large: rounds differ by a quarter through what else the machine
 * does, so a mean counts as too small only where it is so by two standard errors.
 */
function mayBe(share: number, shares: readonly number[]): boolean {
  const mean = shares.reduce((sum, one) => sum + one, 0) / shares.length;
  const variance = shares.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (shares.length - 1);
  return mean + 2 * Math.sqrt(variance / shares.length) >= share;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

function wordsWith(text: string, subject: string): typeof SHOP_FILES {
  const words = `<mj-section>\n  <mj-column>\n    <mj-text>${text}</mj-text>\n  </mj-column>\n</mj-section>\n`;
  return {
    ...SHOP_FILES,
    'templates/receipt/message.yaml': `version: 1\nmessage: receipt\npurpose: service\nsubject: { plain: "${subject}" }\n`,
    'templates/receipt/email.en.mjml': words,
    'templates/receipt/email.es.mjml': words,
  };
}

/** Messages whose words could be made, per second. */
async function sendRound(shop: Shop, name: string, bringsOf: (n: number) => Brings): Promise<number> {
  const users = Array.from({ length: MESSAGES }, (_, n) => `${name}-${n}`);
  const good = users.filter((_, n) => bringsOf(n) === 'words').length;
  await shop.receive(
    // Of many domains, as none has more than its share.
    ...users.flatMap((user, n) => [
      shop.knows(user, { email: `${user}@d${n % 50}.example` }),
      tracked({ user_id: user }, 'order_completed', { order_id: user, total: 20, ...BRINGING[bringsOf(n)] }),
    ]),
  );
  const theirs = new Set(users);
  const isTheirs = ({ user }: MessageRow): boolean => theirs.has(user);
  await shop.until((list) => list.filter(isTheirs).length === MESSAGES, 60_000);
  const began = performance.now();
  shop.send();
  await shop.until((list) => list.filter((one) => isTheirs(one) && one.sent).length === good, 60_000);
  const rate = good / ((performance.now() - began) / 1000);
  await shop.until(
    (list) => list.filter(isTheirs).every(({ state }) => state === 'sent' || state === 'refused'),
    60_000,
  );
  return rate;
}

const BRINGING: Readonly<Record<Brings, JsonObject>> = {
  words: { title: 'Thank you' },
  nothing: {},
  endless: { title: 'Thank you', poison: Array.from({ length: 2000 }, () => 'x') },
};
