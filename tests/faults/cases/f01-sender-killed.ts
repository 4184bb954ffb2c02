import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import type { SmtpRule } from '../world/smtp-words.ts';
import type { World } from '../world/world.ts';

/** One of two senders is killed while the mail server keeps its mails waiting; the other one sends on. */
export const senderKilledAfterRcpt: FaultCase = {
  id: 'F1a',
  name: 'kill -9 of a sender, its mails after RCPT',
  correct: 'Nothing had left the house, so others send the same messages once.',
  backends: 'both',
  run: (setting) => killSender(setting, 'rcpt'),
};

export const senderKilledInText: FaultCase = {
  id: 'F1b',
  name: 'kill -9 of a sender, its mails before the final dot',
  correct:
    'A text without its final dot is no mail, so others send the same messages once; a promotion whose handing over was being written at that instant may stay uncertain.',
  backends: 'both',
  run: (setting) => killSender(setting, 'text'),
};

export const senderKilledAfterDot: FaultCase = {
  id: 'F1c',
  name: 'kill -9 of a sender, its mails after the final dot and before the answer',
  correct:
    'Nobody can know what became of them: promotions stay uncertain, service messages go once more under the same Message-ID.',
  backends: 'both',
  in_smoke: true,
  run: (setting) => killSender(setting, 'dot'),
};

async function killSender({ dice, openWorld }: Setting, at: SmtpRule['at']): Promise<Findings> {
  const world = await openWorld();
  await world.flow();
  await sleep(dice.whole(1000, 2500));
  const victim = dice.pick(world.running('sender'));
  const wanted = dice.whole(1, 4);
  const let_go =
    at === 'text' ? await stopInText(world, victim.name) : await stopAt(world, at, victim.name, wanted);
  const before = (await world.smtp.taken()).filter(({ by }) => by !== victim.name).length;
  await sleep(dice.whole(300, 1200));
  await victim.kill();
  const held = world.smtp.timesCarriedOut(at);
  const in_doubt = at === 'rcpt' ? 0 : held;
  await let_go();
  await world.recovery();
  const after = (await world.smtp.taken()).filter(({ by }) => by !== victim.name).length;
  await world.settle();
  const found = await world.check({ twice_inside: at === 'dot' ? held : 0, uncertain: in_doubt });
  const idle = after > before ? [] : ['the other sender sent nothing'];
  return { ...found, own: { held }, violations: [...found.violations, ...idle] };
}

/** All mails of this process wait there, and so many of them do. @returns ends it. */
async function stopAt(
  world: World,
  at: SmtpRule['at'],
  by: string,
  wanted: number,
): Promise<() => Promise<void>> {
  await world.smtp.rules([{ at, does: 'pause', by }]);
  await world.smtp.carriedOut(at, wanted);
  return () => world.smtp.rules([]);
}

/** The final dot waits for the commit that says so, and that waits for a lock of ours. @returns ends it. */
async function stopInText(world: World, by: string): Promise<() => Promise<void>> {
  await world.smtp.rules([
    { at: 'data', does: 'pause', by },
    { at: 'text', does: 'note', by },
  ]);
  await world.smtp.carriedOut('data', 1);
  const lock = new pg.Client({ connectionString: world.database_url });
  await lock.connect();
  await lock.query('begin');
  await lock.query('lock table messages in share mode');
  await world.smtp.release();
  await world.smtp.carriedOut('text', 1);
  return async () => {
    await lock.end();
    await world.smtp.rules([]);
  };
}
