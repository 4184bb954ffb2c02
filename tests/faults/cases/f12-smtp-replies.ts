/** F12: what mail servers answer, row by row. */
import type { Dice } from '../../../src/demo/shop/random.ts';
import type { SendingAlert } from '../../../src/engine/alert.ts';
import type { SmtpMoment, SmtpStep } from '../../support/scripted-smtp.ts';
import type { MessageRow, Shop } from '../../support/shop.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const smtpReplies: FaultCase = {
  id: 'F12',
  name: 'a mail server that answers 4xx, 5xx and garbage at each step',
  correct:
    'Each answer counts for whom it is about: the recipient, the domain, or us. Only an address that is gone is suppressed, and what was put off is sent once.',
  backends: 'none',
  run: (setting) => inRoom(setting, hearThem),
};

interface Reply {
  readonly at: SmtpStep;
  readonly says: string;
  readonly becomes: 'deferred' | 'refused' | 'uncertain';
  /** Nothing goes to this address any more. */
  readonly suppresses?: true;
  /** It was not about this recipient: the attempt does not count. */
  readonly is_free?: true;
  readonly alerts?: SendingAlert['kind'];
}

/** Said to whoever connects, before any recipient was named. */
const BEFORE_RECIPIENTS: readonly Reply[] = [
  { at: 'greeting', says: 'drop', becomes: 'deferred' },
  { at: 'greeting', says: '421 4.3.2 too busy', becomes: 'deferred', is_free: true },
  { at: 'greeting', says: '554 5.7.1 you are blocked', becomes: 'deferred', alerts: 'shut_out' },
  { at: 'greeting', says: 'HTTP/1.1 400 Bad Request', becomes: 'deferred', alerts: 'nonsense' },
  { at: 'mail', says: '452 4.3.1 no room', becomes: 'deferred' },
  { at: 'mail', says: '550 5.7.1 no mail from you', becomes: 'refused', alerts: 'unwanted' },
];

const ABOUT_RECIPIENTS: readonly Reply[] = [
  { at: 'rcpt', says: '450 4.2.0 greylisted', becomes: 'deferred' },
  { at: 'rcpt', says: '451 4.7.1 greylisted, come again', becomes: 'deferred' },
  { at: 'rcpt', says: '452 4.5.3 too many recipients', becomes: 'deferred' },
  { at: 'rcpt', says: '421 4.7.28 unusual rate', becomes: 'deferred' },
  { at: 'rcpt', says: '550 5.1.1 no such user', becomes: 'refused', suppresses: true },
  { at: 'rcpt', says: '550 5.1.2 no such domain', becomes: 'refused', suppresses: true },
  { at: 'rcpt', says: '556 5.1.10 null MX', becomes: 'refused', suppresses: true },
  { at: 'rcpt', says: '550 no mailbox here by that name', becomes: 'refused', suppresses: true },
  { at: 'rcpt', says: '552 5.2.2 mailbox full', becomes: 'deferred' },
  { at: 'rcpt', says: '550 5.2.1 mailbox disabled', becomes: 'deferred' },
  { at: 'rcpt', says: '550 5.7.26 unauthenticated', becomes: 'refused', alerts: 'unwanted' },
  { at: 'rcpt', says: '550 5.7.515 does not meet the level', becomes: 'refused', alerts: 'unwanted' },
  { at: 'rcpt', says: '550 5.7.1 policy', becomes: 'refused', alerts: 'unwanted' },
  { at: 'dot', says: '554 spam', becomes: 'refused', alerts: 'unwanted' },
  { at: 'dot', says: '451 4.3.0 later', becomes: 'deferred' },
  { at: 'dot', says: '550 5.1.1 gone', becomes: 'refused', suppresses: true },
  { at: 'dot', says: '552 5.3.4 too big', becomes: 'refused' },
  { at: 'dot', says: '554 5.6.0 \u0000 \ud83d', becomes: 'refused' },
  { at: 'dot', says: 'drop', becomes: 'uncertain' },
  { at: 'rcpt', says: '999 what', becomes: 'deferred', alerts: 'nonsense' },
];

/** So many answers of chance that are no SMTP. */
const GARBAGE = 8;

async function hearThem(room: Room): Promise<OwnFindings> {
  const { dice, must } = room;
  const garbage = Array.from({ length: GARBAGE }, () => garbled(dice));
  const replies = [...BEFORE_RECIPIENTS, ...dice.shuffle([...ABOUT_RECIPIENTS, ...garbage])];
  const server = scriptOf(replies);
  const smtp = await room.startSmtp(server.answer);
  const alerts: SendingAlert[] = [];
  const shop = await room.openShop({
    smtp_url: smtp.url,
    overrides: { onAlert: (alert) => alerts.push(alert) },
  });
  for (const [number, reply] of replies.entries()) {
    server.begin(number);
    await writeTo(shop, number);
    const row = await outcomeOf(shop, number);
    must(row.state === reply.becomes, `${told(reply)}: ${row.state}, not ${reply.becomes}`);
    must(row.attempts === (reply.is_free ? 0 : 1), `${told(reply)}: ${row.attempts} attempts counted`);
    must(row.state !== 'deferred' || row.due_in > 5, `${told(reply)}: tried again in ${row.due_in} s`);
    const alerted = alerts.splice(0).map(({ kind }) => kind);
    must(
      alerted.join() === (reply.alerts ?? ''),
      `${told(reply)}: people were told "${alerted.join()}", not "${reply.alerts ?? ''}"`,
    );
  }
  await onlyTheGoneAreSuppressed(room, replies);
  server.befriend();
  const tries = await sendTheRest(shop);
  for (const [number, reply] of replies.entries()) {
    const times = smtp.accepted.filter(({ to }) => to[0]?.includes(`@r${number}.example`)).length;
    const wanted = reply.becomes === 'deferred' || TAKES.test(reply.says) ? 1 : 0;
    must(times === wanted, `${told(reply)}: came ${times} times in the end, not ${wanted}`);
  }
  return {
    sent: smtp.accepted.length,
    own: { replies: replies.length, garbage: GARBAGE, further_rounds: tries },
  };
}

/** What the scripted server takes for a mail of its own, though its answer is no yes. */
const TAKES = /^(drop|2)/;

function told({ at, says }: Reply): string {
  return `${JSON.stringify(says.slice(0, 40))} at ${at}`;
}

interface Script {
  answer(moment: SmtpMoment): string | undefined;
  /** From now on this one is said, too, to whom it is for. */
  begin(number: number): void;
  befriend(): void;
}

/** Everybody has a domain of his own, so that nobody waits for what another one's said. */
function scriptOf(replies: readonly Reply[]): Script {
  let now: number | undefined;
  return {
    answer({ step, said }) {
      const reply = now === undefined ? undefined : replies[now];
      if (!reply || reply.at !== step) return undefined;
      const named = /@r(\d+)\.example/.exec(said)?.[1];
      return named === undefined || Number(named) === now ? reply.says : undefined;
    },
    begin: (number) => (now = number),
    befriend: () => (now = undefined),
  };
}

async function writeTo(shop: Shop, number: number): Promise<void> {
  const user = `r${number}`;
  await shop.receive(shop.knows(user, { email: `ana@${user}.example` }), shop.puts(user));
  await shop.until((list) => list.some((one) => one.user === user));
  shop.send();
}

const UNDER_WAY: ReadonlySet<string> = new Set(['owed', 'claimed', 'handing_over']);

async function outcomeOf(shop: Shop, number: number): Promise<MessageRow> {
  const isHis = ({ user }: MessageRow): boolean => user === `r${number}`;
  const list = await shop.until((all) => all.filter(isHis).every(({ state }) => !UNDER_WAY.has(state)));
  return list.find(isHis) as MessageRow;
}

async function onlyTheGoneAreSuppressed({ world, must }: Room, replies: readonly Reply[]): Promise<void> {
  const kept = await world.query<{ address: string }>('select address from suppressions');
  const suppressed = new Set(kept.map(({ address }) => address));
  for (const [number, reply] of replies.entries())
    must(
      suppressed.has(`ana@r${number}.example`) === (reply.suppresses ?? false),
      `${told(reply)}: ${reply.suppresses ? 'the address is not' : 'somebody is'} suppressed`,
    );
}

/** How often the clock had to go on until nothing was put off any more. */
async function sendTheRest(shop: Shop): Promise<number> {
  for (let round = 1; round <= 10; round++) {
    shop.pass(20 * 60_000);
    shop.send();
    const list = await shop.until((all) =>
      all.every(({ state, due_in }) => !UNDER_WAY.has(state) && (state !== 'deferred' || due_in > 1)),
    );
    if (list.every(({ state }) => state !== 'deferred')) return round;
  }
  return Infinity;
}

/** What no mail server says, or what is left of what one said. */
function garbled(dice: Dice): Reply {
  const letters = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(dice.whole(58, 255))).join('');
  const nonsense = ['HTTP/1.1 200 OK', '999 what', '000', '{"error":"teapot"}', '\u0000\u0001\u0002'];
  const at = dice.pick(['mail', 'rcpt', 'data', 'dot'] as const);
  if (at === 'dot') return { at, says: dice.pick([...nonsense, letters(40), '25']), becomes: 'uncertain' };
  return { at, says: dice.pick([...nonsense, letters(20_000)]), becomes: 'deferred', alerts: 'nonsense' };
}
