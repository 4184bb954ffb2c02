import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase, Findings, Setting } from '../fault.ts';

const correct =
  'It is in doubt: promotions stay uncertain and never go again, service messages go once more under the same Message-ID.';

export const droppedAfterDot: FaultCase = {
  id: 'F14a',
  name: 'the mail server takes mails and drops the connection before it answers',
  correct,
  backends: 'both',
  run: (setting) => loseAnswers(setting, 'drop'),
};

export const silentAfterDot: FaultCase = {
  id: 'F14b',
  name: 'the mail server takes mails and never answers (given up after 4 s, in place of 60)',
  correct,
  backends: 'both',
  run: (setting) => loseAnswers(setting, 'hang'),
};

async function loseAnswers({ dice, openWorld }: Setting, does: 'drop' | 'hang'): Promise<Findings> {
  const world = await openWorld({ smtp_options: 'socketTimeout=4000' });
  await world.flow();
  await sleep(dice.whole(1000, 2500));
  const times = dice.whole(3, 12);
  await world.smtp.rules([{ at: 'dot', does, takes: true, times }]);
  await world.smtp.carriedOut('dot', times);
  await world.smtp.rules([]);
  await world.recovery();
  await world.settle();
  const found = await world.check({ twice_inside: times, uncertain: times });
  const resolved = (found.duplicates_inside ?? 0) + (found.uncertain ?? 0);
  const wrong =
    resolved === times ? [] : [`${times} answers were lost, and ${resolved} messages were in doubt`];
  return { ...found, own: { answers_lost: times }, violations: [...found.violations, ...wrong] };
}
