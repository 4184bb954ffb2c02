/** F13: a mail server that takes its time, falls silent, or breaks off. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEmailChannel, type Patience } from '../../../src/channels/email.ts';
import { aParcel } from '../../channels/parcel.ts';
import type { SmtpAnswer, SmtpStep } from '../../support/scripted-smtp.ts';
import type { MessageRow, Shop } from '../../support/shop.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const slowMailServer: FaultCase = {
  id: 'F13',
  name: 'a mail server that is mute, trickles, breaks TLS or the line; and one domain that answers slowly',
  correct:
    'Each attempt ends within our own times, and is made again; a slow domain never holds more than a fifth of the places, and the others go on.',
  backends: 'none',
  async run(setting) {
    return inRoom(setting, async (room) => {
      const longest = await endInTime(room);
      return { own: { longest_attempt_seconds: longest, ...(await besideASlowDomain(room)) } };
    });
  },
};

/** A tenth of ours, and in the same proportions. */
const PATIENCE: Patience = { connecting: 1000, greeting: 1500, silence: 6000, whole: 3000 };

const TROUBLES: readonly (readonly [name: string, at: SmtpStep, answer: SmtpAnswer])[] = [
  ['a mute greeting', 'greeting', 'mute'],
  ['a greeting octet by octet', 'greeting', 'trickle'],
  ['a greeting that ends the line', 'greeting', 'drop'],
  ['a mute EHLO', 'ehlo', 'mute'],
  ['a TLS that breaks', 'ehlo', '250-script.example\r\n250 STARTTLS'],
  ['an answer to RCPT octet by octet', 'rcpt', 'trickle'],
  ['a mute RCPT', 'rcpt', 'mute'],
  ['a line that ends at RCPT', 'rcpt', 'drop'],
  ['a mute DATA', 'data', 'mute'],
  ['a line that ends in the middle of the text', 'data', 'cut'],
];

/** What stands before the final dot: so a line that ends before it has ended in the middle of the text. */
const commit = (): Promise<boolean> => sleep(200, true);

/** The seconds of the longest attempt. */
async function endInTime({ dice, must, startSmtp, atEnd }: Room): Promise<string> {
  const attempts = dice.shuffle([...TROUBLES]).map(async ([name, at, answer]) => {
    let is_friendly = false;
    const smtp = await startSmtp(({ step }) => (step === at && !is_friendly ? answer : undefined));
    const channel = createEmailChannel({ url: smtp.url, patience: PATIENCE });
    atEnd(() => channel.close());
    const began = performance.now();
    const { outcome } = await channel.deliver(aParcel(), commit);
    const took = performance.now() - began;
    const isLate = answer === 'trickle' && outcome === 'accepted';
    must(outcome === 'deferred' || isLate, `${name}: ${outcome}`);
    must(took < PATIENCE.whole + 1500, `${name}: took ${Math.round(took)} ms`);
    is_friendly = true;
    const again = isLate ? outcome : (await channel.deliver(aParcel(), commit)).outcome;
    must(
      again === 'accepted' && smtp.accepted.length === 1,
      `${name}: came ${smtp.accepted.length} times in the end`,
    );
    return took;
  });
  return (Math.max(...(await Promise.all(attempts))) / 1000).toFixed(1);
}

const MESSAGES = 300;
const DOMAINS = 15;
/** Of the places of a sender, of which there are 40. */
const A_FIFTH = 8;

async function besideASlowDomain({
  dice,
  must,
  startSmtp,
  openShop,
}: Room): Promise<OwnFindings['own'] & object> {
  let stuck = 0;
  let most_stuck = 0;
  const takes = dice.whole(1500, 3000);
  const smtp = await startSmtp(async ({ step, said }) => {
    if (step !== 'rcpt' || !said.includes('@slow.example')) return undefined;
    most_stuck = Math.max(most_stuck, ++stuck);
    await sleep(takes);
    stuck--;
    return undefined;
  });
  const shop = await openShop({ smtp_url: smtp.url });
  await owe(shop, 'warming', 0);
  await ratePerSecond(shop, 'warming');
  await owe(shop, 'alone', 0);
  const alone = await ratePerSecond(shop, 'alone');
  await owe(shop, 'beside', MESSAGES / 2);
  const beside = await ratePerSecond(shop, 'beside');
  must(most_stuck <= A_FIFTH, `the slow domain held ${most_stuck} places of 40`);
  must(most_stuck > 0, 'the slow domain was never asked');
  return {
    most_places_of_40: most_stuck,
    others_per_second_alone: Math.round(alone),
    others_per_second_beside: Math.round(beside),
    share_of_rate: (beside / alone).toFixed(2),
  };
}

/** To many domains, with so many to the slow one in between. */
async function owe(shop: Shop, name: string, slow: number): Promise<void> {
  const others = Array.from(
    { length: MESSAGES },
    (_, n) => [`${name}-${n}`, `d${n % DOMAINS}.example`] as const,
  );
  const slowly = Array.from({ length: slow }, (_, n) => [`slow-${name}-${n}`, 'slow.example'] as const);
  const all = others.flatMap((one, n) => [one, ...slowly.slice(n, n + 1)]);
  await shop.receive(
    ...all.flatMap(([user, domain]) => [shop.knows(user, { email: `${user}@${domain}` }), shop.puts(user)]),
  );
  await shop.until(
    (list) => list.filter(({ user }) => all.some(([one]) => one === user)).length === all.length,
    60_000,
  );
}

async function ratePerSecond(shop: Shop, name: string): Promise<number> {
  const isOther = ({ user }: MessageRow): boolean => user.startsWith(`${name}-`);
  const began = performance.now();
  shop.send();
  await shop.until((list) => list.filter((one) => isOther(one) && one.sent).length === MESSAGES, 60_000);
  return MESSAGES / ((performance.now() - began) / 1000);
}
