import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault.ts';
import type { World } from '../world/world.ts';

/** One thing broken by hand, and what must be said of it. */
interface Damage {
  readonly expected: string;
  do(world: World): Promise<unknown>;
}

export const checkerItself: FaultCase = {
  id: 'F0',
  name: 'no fault, and then the books damaged by hand',
  correct: 'Without a fault nothing is found; each damage is found and named.',
  backends: 'none',
  in_smoke: true,
  async run({ dice, openWorld }) {
    const world = await openWorld();
    await world.flow();
    await sleep(dice.whole(3000, 4000));
    await world.settle();
    const sound = await world.check();
    for (const damage of DAMAGES) await damage.do(world);
    const { violations: told } = await world.check();
    const unseen = DAMAGES.filter(({ expected }) => !told.some((one) => one.includes(expected)));
    const violations = unseen.map(({ expected }) => `the checker did not say "${expected}"`);
    return { ...sound, own: { damages: DAMAGES.length }, violations: [...sound.violations, ...violations] };
  },
};

const DAMAGES: readonly Damage[] = [
  {
    expected: 'acknowledged events are in no table',
    do: ({ query }) => query(`delete from events where message_id = 'shopper1-known'`),
  },
  {
    expected: 'contacts have other orders in their profile than were told',
    do: ({ query }) => query(`delete from events where message_id = 'shopper2-ordered-1'`),
  },
  {
    expected: 'contacts have more or fewer runs than events that start one',
    do: ({ query }) => query(`delete from events where message_id = 'shopper3-added-1'`),
  },
  {
    expected: 'runs have more or fewer messages than one',
    do: ({ query }) =>
      query(`update messages set run = run + 100 where id = (select min(id::text)::uuid from messages)`),
  },
  {
    expected: 'messages have not come to an end',
    do: ({ query }) =>
      query(`update messages set state = 'deferred', due_at = 'infinity'
        where id = (select max(id::text)::uuid from messages where state = 'sent')`),
  },
  { expected: 'mails were taken whose message says otherwise', do: () => Promise.resolve() },
  { expected: 'promotions were taken twice', do: (world) => takeAgain(world, 'promotion', Date.now()) },
  {
    expected: 'messages were taken twice though nothing was in doubt',
    do: (world) => takeAgain(world, 'service', Date.now()),
  },
  {
    expected: 'promotions went out after an unsubscribing was acknowledged',
    async do({ folder }) {
      const line = { kind: 'unsubscribed', to: 'shopper4@example.com', at: 0 };
      await appendFile(join(folder, 'ledger.jsonl'), `${JSON.stringify(line)}\n`);
    },
  },
  {
    expected: 'mails belong to no message',
    do: ({ folder, smtp }) => addMail(folder, smtp, () => true, { id: 'nobody' }),
  },
  {
    expected: 'messages are called sent, and the mail server has not got them',
    do: ({ query }) =>
      query(`update messages set id = gen_random_uuid()
        where id = (select min(id::text)::uuid from messages where state = 'sent')`),
  },
  {
    expected: 'ended by itself',
    async do({ processes }) {
      const [one] = processes;
      if (one) process.kill(one.pid, 'SIGKILL');
      await one?.ended();
    },
  },
];

function takeAgain({ folder, smtp }: World, purpose: 'promotion' | 'service', at: number): Promise<void> {
  return addMail(folder, smtp, ({ unsubscribe }) => (unsubscribe !== null) === (purpose === 'promotion'), {
    at,
  });
}

type Taken = Awaited<ReturnType<World['smtp']['taken']>>[number];

async function addMail(
  folder: string,
  { taken }: World['smtp'],
  like: (mail: Taken) => boolean,
  other: Partial<Taken>,
): Promise<void> {
  const mail = (await taken()).filter(like)[5];
  await appendFile(join(folder, 'mails.jsonl'), `${JSON.stringify({ ...mail, ...other })}\n`);
}
