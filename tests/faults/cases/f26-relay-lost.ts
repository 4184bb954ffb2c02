/** F26: names that do not resolve. Who hands over to a relay asks no MX: the relay does, and answers for it. */
import { openShop } from '../../support/shop.ts';
import type { FaultCase } from '../fault.ts';
import { inRoom, type OwnFindings, type Room } from '../room.ts';

export const relayLost: FaultCase = {
  id: 'F26',
  name: 'the name of the mail relay is unknown, or leads to nobody; the relay finds no MX, or a null MX',
  correct:
    'Without the relay everything is put off and sent once it is there; a null MX (556 5.1.10) is final for that address, an MX that cannot be looked up is not.',
  backends: 'none',
  run: (setting) => inRoom(setting, loseTheRelay),
};

const SAID: Readonly<Record<string, string>> = {
  'null.example': '556 5.1.10 recipient domain has a null MX',
  'nowhere.example': '451 4.4.3 the name of the domain cannot be looked up',
};
const HOUR = 60 * 60_000;

async function loseTheRelay({
  backend,
  dice,
  world,
  must,
  place,
  startSmtp,
  ...room
}: Room): Promise<OwnFindings> {
  const users = dice.shuffle(['good', ...Object.keys(SAID)]);
  const wrong = [`smtp://no-such-relay-${dice.whole(1, 1e9)}.invalid:25`, 'smtp://127.0.0.1:1'];
  const first = await openShop({ smtp_url: dice.pick(wrong), backend, place });
  await first.receive(
    ...users.flatMap((user) => [
      first.knows(user, { email: `ana@${user === 'good' ? 'good.example' : user}` }),
      first.puts(user),
    ]),
  );
  await first.until((list) => list.length === users.length);
  first.send();
  const put_off = await first.until((list) => list.every(({ state }) => state === 'deferred'), 40_000);
  must(
    put_off.every(({ due_in }) => due_in > 5),
    'without a relay they are tried again at once',
  );
  await first.close();
  const is_resolved = ({ step, said }: { step: string; said: string }): string | undefined =>
    step === 'rcpt' && !is_back ? SAID[/@([^>]+)>/.exec(said)?.[1] ?? ''] : undefined;
  let is_back = false;
  const smtp = await startSmtp(is_resolved);
  const second = await room.openShop({ smtp_url: smtp.url });
  second.pass(HOUR);
  second.send();
  const list = await second.until(
    (all) =>
      all.every(
        ({ state, due_in }) =>
          state === 'sent' || state === 'refused' || (state === 'deferred' && due_in > 1),
      ),
    40_000,
  );
  const outcomes = Object.fromEntries(list.map(({ user, state }) => [user, state]));
  const expected = { good: 'sent', 'null.example': 'refused', 'nowhere.example': 'deferred' };
  for (const [user, state] of Object.entries(expected))
    must(outcomes[user] === state, `${user}: ${outcomes[user]}, not ${state}`);
  const suppressed = await world.query<{ address: string }>('select address from suppressions');
  must(
    suppressed.map(({ address }) => address).join() === 'ana@null.example',
    `suppressed: ${suppressed.map(({ address }) => address).join(', ')}`,
  );
  is_back = true;
  second.pass(24 * HOUR);
  second.send();
  await second.until((all) => all.every(({ state }) => state === 'sent' || state === 'refused'), 40_000);
  must(smtp.accepted.length === 2, `${smtp.accepted.length} mails came in the end, not 2`);
  return { sent: smtp.accepted.length, own: { put_off: put_off.length } };
}
