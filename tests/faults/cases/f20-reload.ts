/** F20: the project's files change, break and are cut off while it runs and people are inside. */
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { messageFiles, projectFiles } from '../../support/projects.ts';
import { basicOf } from '../room.ts';
import type { World } from '../world/world.ts';

export const reload: FaultCase = {
  id: 'F20',
  name: 'YAML that breaks, is half written, and loses a step while 10,000 runs are inside',
  correct:
    'What was live stays live, and the place is told; runs walk the version that they entered; a step at which people stand is not taken away.',
  backends: 'both',
  run: reloadUnderRuns,
};

const INSIDE = 2_000;
const AT_A_TIME = 200;

const workflowOf = (id: string, event: string, edited: string, steps: string): string => `version: 1
workflow: ${id}
purpose: service
enter_when: { event: ${event} }
re_enter: always
${edited}
steps:
${steps}`;

const WAITING = '  - { id: patience, wait: 30 days }\n  - { id: note, send_email: old_note }\n';
const PINNED = 'workflows/pinned.yaml';
const FOLLOWING = 'workflows/following.yaml';

const pinned = (steps: string): string =>
  workflowOf('pinned', 'product_added', 'when_edited: finish_old', steps);
const following = (more: string, steps: string): string =>
  workflowOf('following', 'product_added', `when_edited: follow${more}`, steps);

const FILES = projectFiles({
  ...messageFiles('old_note', 'service'),
  ...messageFiles('new_note', 'service'),
  [PINNED]: pinned(WAITING),
  [FOLLOWING]: following('', WAITING),
});

async function reloadUnderRuns({ dice, openWorld }: Setting): Promise<Findings> {
  const world = await openWorld({ files: FILES, processes: [['api', 'engine', 'sender', 'chores']] });
  const violations: string[] = [];
  const must = (is_so: boolean, otherwise: string): void => void (is_so || violations.push(otherwise));
  const [running] = world.processes;
  if (!running) throw new Error('nothing runs');
  const file = (name: string): string => join(world.folder, 'project', name);
  const versions = (): number => running.said().split(' is live.').length - 1;

  await enter(world, 'inside', INSIDE);
  const entered = await runsInside(world);
  must(entered === 2 * INSIDE, `${entered} runs are inside, not ${2 * INSIDE}`);

  await writeFile(file(PINNED), pinned(WAITING).replace('send_email: old_note', 'send_email: old_not'));
  await running.says(/workflows\/pinned\.yaml:\d+:\d+/);
  await writeFile(file(FOLLOWING), following('', WAITING));
  await truncate(file(FOLLOWING), dice.whole(20, following('', WAITING).length - 40));
  await running.says(/workflows\/following\.yaml:\d+:\d+/);
  must(versions() === 0, 'a broken version became live');
  await enter(world, 'meanwhile', 10);
  must((await runsInside(world)) === 2 * (INSIDE + 10), 'while files are broken nobody enters what was live');

  await writeFile(file(PINNED), pinned('  - { id: note, send_email: new_note }\n'));
  await writeFile(file(FOLLOWING), following('', '  - { id: other, send_email: new_note }\n'));
  await running.says(/people stand at step "patience"/);
  must(versions() === 0, 'a version became live in which people stand at a step that is gone');

  await writeFile(
    file(FOLLOWING),
    following(
      '\nmoved_to: { patience: later }',
      '  - { id: later, wait: 40 days }\n  - { id: note, send_email: old_note }\n',
    ),
  );
  await running.says(/Project version \S+ is live\./);
  await enter(world, 'after', 10);
  await sentAtLeast(world, 10);
  const still = await world.query<{ workflow: string; step: string; runs: number }>(
    'select workflow, step, count(*)::int as runs from runs where ended_at is null group by 1, 2 order by 1, 2',
  );
  const of_pinned = still.filter(({ workflow }) => workflow === 'pinned');
  must(
    of_pinned.length === 1 && of_pinned[0]?.step === 'patience' && of_pinned[0].runs === INSIDE + 10,
    `those who entered before do not stand where they stood: ${JSON.stringify(of_pinned)}`,
  );
  const of_following = still
    .filter(({ workflow }) => workflow === 'following')
    .reduce((sum, { runs }) => sum + runs, 0);
  must(of_following === INSIDE + 20, `${of_following} runs follow, not ${INSIDE + 20}`);
  const mails = (await world.smtp.taken()).map(({ subject }) => subject);
  must(
    mails.length === 10 && mails.every((subject) => subject.includes('new_note')),
    `${mails.length} mails came, not the 10 of those who entered after: ${[...new Set(mails)].join(', ')}`,
  );
  must(!/^\s+at /m.test(running.said()), 'a stack was told');
  return { sent: mails.length, own: { runs_inside: entered, versions_live: versions() }, violations };
}

async function enter(world: World, name: string, people: number): Promise<void> {
  for (let from = 0; from < people; from += AT_A_TIME) {
    const batch = Array.from(
      { length: Math.min(AT_A_TIME, people - from) },
      (_, n) => `${name}-${from + n}`,
    ).flatMap((userId) => [
      {
        ...{ type: 'identify', userId, messageId: `i-${userId}` },
        traits: { email: `${userId}@example.com`, language: 'en' },
      },
      {
        ...{ type: 'track', userId, messageId: `t-${userId}`, event: 'Product Added' },
        properties: { product_id: 'shoe', price: 20, quantity: 1 },
      },
    ]);
    const { status } = await fetch(`${world.origin}/v1/batch`, {
      method: 'POST',
      headers: { authorization: basicOf({ key: 'wk_faults' }), 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (status !== 200) throw new Error(`entering was answered with ${status}`);
  }
  while ((await world.query('select from happenings limit 1')).length > 0) await pause();
}

async function runsInside(world: World): Promise<number> {
  const [found] = await world.query<{ runs: number }>(
    'select count(*)::int as runs from runs where ended_at is null',
  );
  return found?.runs ?? 0;
}

async function sentAtLeast(world: World, mails: number): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until; await pause())
    if ((await world.smtp.taken()).length >= mails) return;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
