/** F20: the files of the project break, stand half written and change while 10,000 people are inside a workflow. */
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageFiles, projectFiles } from '../../support/projects.ts';
import { freePort } from '../../support/redis-server.ts';
import type { FaultCase, Findings, Setting } from '../fault.ts';
import { createCrowd, type Crowd } from '../world/crowd.ts';
import type { EtapaProcess } from '../world/processes.ts';
import { USUAL, type World } from '../world/world.ts';

export const reload: FaultCase = {
  id: 'F20',
  name: 'files that break, are half written, and lose a step while 10,000 are inside',
  correct:
    'What was live stays live, and the place is told; everybody walks the version that they entered; nobody meets half a change.',
  backends: 'both',
  run: reloadUnderRuns,
};

const INSIDE = 10_000;
const FOLLOWERS = 50;
const AFTERWARDS = 200;
const GENERATIONS = 4;

const [PINNED, BESIDE, FOLLOWING] = [
  'workflows/pinned.yaml',
  'workflows/beside.yaml',
  'workflows/following.yaml',
] as const;

/** The first waits at a step that all later ones have no more. */
function pinned(generation: number): string {
  const steps =
    generation === 1
      ? '  - { id: patience, wait_for: { event: released }, up_to: 30 days }\n  - send_email: old_note\n'
      : '  - send_email: new_note\n  - update_contact: { last_step: true }\n';
  return workflow('pinned', generation, 'joined', steps);
}

/** Changes together with the other one. */
function beside(generation: number): string {
  return workflow('beside', generation, 'joined', '  - update_contact: { was_beside: true }\n');
}

function following(steps: string, keys = ''): string {
  return `${workflow('following', 1, 'followed', steps)}when_edited: follow\n${keys}`;
}

function workflow(id: string, generation: number, event: string, steps: string): string {
  return `# generation ${generation}
version: 1
workflow: ${id}
purpose: service
enter_when: { event: ${event} }
steps:
${steps}`;
}

const [STANDS, STANDS_LATER] = [
  '  - { id: patience, wait: 30 days }\n  - send_email: old_note\n',
  '  - { id: later, wait: 40 days }\n  - send_email: old_note\n',
];

const FILES = projectFiles({
  ...messageFiles('old_note', 'service'),
  ...messageFiles('new_note', 'service'),
  [PINNED]: pinned(1),
  [BESIDE]: beside(1),
  [FOLLOWING]: following(STANDS),
});

/** What the steps of the case work with. */
interface Stage extends Pick<Setting, 'dice'> {
  readonly world: World;
  readonly crowd: Crowd;
  readonly watched: readonly Watched[];
  must(is_so: boolean, otherwise: string): void;
  write(file: string, text: string): Promise<void>;
}

async function reloadUnderRuns({ dice, openWorld }: Setting): Promise<Findings> {
  const world = await openWorld({ files: FILES, processes: [] });
  const violations: string[] = [];
  const stage: Stage = {
    ...{ dice, world, crowd: createCrowd(world), watched: await startWatched(world) },
    must: (is_so, otherwise) => void (is_so || violations.push(otherwise)),
    write: (file, text) => writeFile(join(world.folder, 'project', file), text),
  };
  const { crowd, must } = stage;
  const inside = people('inside', INSIDE);
  await crowd.do('joined', inside);
  await crowd.do('followed', people('follower', FOLLOWERS));
  await decided(world);
  const meanwhile = await breakFiles(stage);
  const passing = startPassing(crowd);
  const longest_until_live = await exchangeFiles(stage);
  const passed = await passing.stop();
  await crowd.do('joined', people('after', AFTERWARDS));
  await decided(world);
  await refuseToLose(stage);
  const standing = await runsAt(world, 'pinned', 'patience');
  must(standing >= INSIDE, `${standing} stand at the step that is gone, not those ${INSIDE} who entered it`);
  await crowd.do('released', [...inside, ...meanwhile, ...passed]);
  await settled(world);
  await compareRuns(stage);
  const sent = await compareMails(stage);
  must(world.processes.length === USUAL.length, 'a process ended by itself');
  const missing = await crowd.missing();
  must(missing === 0, `${missing} acknowledged events are in no table`);
  return {
    ...{ acknowledged: crowd.acknowledged, missing, sent: sent.taken, unresolved: sent.unresolved },
    duplicates_outside: sent.twice,
    own: {
      inside: standing,
      entered_during: passed.length,
      longest_until_live_s: longest_until_live.toFixed(1),
    },
    violations,
  };
}

function people(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

/** A process, and where its own figures are told. */
interface Watched {
  readonly process: EtapaProcess;
  figures(): Promise<{ readonly refused: number; readonly live: number; readonly version: string }>;
}

function startWatched(world: World): Promise<readonly Watched[]> {
  return Promise.all(
    USUAL.map(async (roles) => {
      const place = `127.0.0.1:${await freePort()}`;
      const process = await world.start(roles, { METRICS_LISTEN: place });
      return { process, figures: () => figuresAt(place) };
    }),
  );
}

async function figuresAt(place: string): ReturnType<Watched['figures']> {
  const text = await (await fetch(`http://${place}/metrics`)).text();
  const deployments = (outcome: string): number =>
    Number(new RegExp(`^etapa_deployments_total{outcome="${outcome}"} (\\d+)`, 'm').exec(text)?.[1]);
  const version = /^etapa_project_info{version="(\w+)"} 1/m.exec(text)?.[1] ?? '';
  return { refused: deployments('refused'), live: deployments('live'), version };
}

async function decided({ query }: World): Promise<void> {
  await until(async () => (await query('select from happenings limit 1')).length === 0);
}

async function settled(world: World): Promise<void> {
  await decided(world);
  const owed = `select from messages where state in ('owed', 'claimed', 'handing_over', 'deferred') limit 1`;
  await until(async () => (await world.query(owed)).length === 0);
}

const PATIENCE = 60_000;
const LOOK_EVERY = 100;

/** Or until nobody has patience any more, which what is compared later tells. @returns the seconds. */
async function until(isSo: () => Promise<boolean>): Promise<number> {
  const began = performance.now();
  while (!(await isSo()) && performance.now() - began < PATIENCE) await sleep(LOOK_EVERY);
  return (performance.now() - began) / 1000;
}

/** A file that cannot be read as YAML, and one that was cut off. @returns who came meanwhile, and entered what was live. */
async function breakFiles(stage: Stage): Promise<readonly string[]> {
  const { dice, world, crowd, write } = stage;
  const [before] = await versionsOf(stage);
  await write(PINNED, pinned(2).replace('steps:', 'steps: ['));
  await refusedBy(stage, 1, /workflows\/pinned\.yaml:\d+:\d+/);
  await write(PINNED, pinned(1));
  const last_line = pinned(1).lastIndexOf('- send_email');
  await truncate(
    join(world.folder, 'project', PINNED),
    dice.whole(last_line + '- s'.length, pinned(1).length - 2),
  );
  await refusedBy(stage, 2, /workflows\/pinned\.yaml:8:\d+/);
  const meanwhile = people('meanwhile', FOLLOWERS);
  await crowd.do('joined', meanwhile);
  await decided(world);
  const versions = await versionsOf(stage);
  stage.must(versions.length === 1 && versions[0] === before, 'a broken project became live');
  const stands = await runsAt(world, 'pinned', 'patience');
  stage.must(stands === INSIDE + FOLLOWERS, `${stands} entered what was live, not ${INSIDE + FOLLOWERS}`);
  return meanwhile;
}

async function versionsOf({ watched }: Stage): Promise<readonly string[]> {
  const all = await Promise.all(watched.map(({ figures }) => figures()));
  return [...new Set(all.map(({ version }) => version))];
}

/** Each process says where the mistake is, and counts it. */
async function refusedBy({ watched, must }: Stage, times: number, place: RegExp): Promise<void> {
  for (const { process, figures } of watched) {
    await until(async () => place.test(process.said()) && (await figures()).refused >= times);
    const { refused, live } = await figures();
    must(place.test(process.said()), `${process.name} does not tell the place ${place.source}`);
    must(refused === times && live === 0, `${process.name} counts ${refused} refused, not ${times}`);
  }
}

interface Passing {
  /** @returns who came. */
  stop(): Promise<readonly string[]>;
}

const PASS_EVERY = 50;

/** One person after the other comes. */
function startPassing(crowd: Crowd): Passing {
  const came: string[] = [];
  let stopped = false;
  const passing = passOn();
  async function passOn(): Promise<void> {
    while (!stopped) {
      const one = `passer-${came.push('')}`;
      came[came.length - 1] = one;
      await crowd.do('joined', [one]);
      await sleep(PASS_EVERY);
    }
  }
  return {
    async stop() {
      stopped = true;
      await passing;
      return came;
    },
  };
}

/**
 * Each new version is written as slow hands do it: half of the one file, which would be a sound project too, then the rest of
 * it, then the other file. @returns the longest time from the last write until every process works by it, in seconds.
 */
async function exchangeFiles(stage: Stage): Promise<number> {
  const { dice, write } = stage;
  let longest = 0;
  for (let generation = 2; generation <= GENERATIONS; generation++) {
    const whole = pinned(generation);
    await write(PINNED, whole.slice(0, whole.indexOf('  - update_contact')));
    await sleep(dice.whole(100, SLOW_HAND));
    await write(PINNED, whole);
    await sleep(dice.whole(100, SLOW_HAND));
    await write(BESIDE, beside(generation));
    longest = Math.max(longest, await until(() => isEverywhere(stage, generation)));
  }
  return longest;
}

/** Milliseconds: far below the time for which files must rest. */
const SLOW_HAND = 500;

async function isEverywhere(stage: Stage, generation: number): Promise<boolean> {
  const [latest] = await stage.world.query<{ hash: string; text: string }>(
    `select hash, files ->> '${BESIDE}' as text from deployments order by id desc limit 1`,
  );
  const versions = await versionsOf(stage);
  return latest?.text === beside(generation) && versions.length === 1 && versions[0] === latest.hash;
}

/** Of a workflow that is followed, the step at which people stand is taken away: only with a word where they go. */
async function refuseToLose(stage: Stage): Promise<void> {
  const { watched, world, write, must } = stage;
  await write(FOLLOWING, following('  - send_email: new_note\n'));
  const told = new RegExp(`workflows/following\\.yaml: ${FOLLOWERS} people stand at step .*patience`);
  await until(async () => watched.every(({ process }) => told.test(process.said())));
  const silent = watched.filter(({ process }) => !told.test(process.said()));
  must(silent.length === 0, `${silent.length} processes do not tell that people would be lost`);
  const moved = following(STANDS_LATER, 'moved_to: { patience: later }\n');
  await write(FOLLOWING, moved);
  await until(async () => (await runsAt(world, 'following', 'later')) === FOLLOWERS);
  const later = await runsAt(world, 'following', 'later');
  must(later === FOLLOWERS, `${later} of ${FOLLOWERS} followed to the step that they were told`);
}

async function runsAt({ query }: World, name: string, step: string): Promise<number> {
  const [found] = await query<{ runs: number }>(
    'select count(*)::int as runs from runs where workflow = $1 and step = $2 and ended_at is null',
    [name, step],
  );
  return found?.runs ?? 0;
}

/** The generation of the text by which a run goes. */
const RUNS = `select r.contact_id, r.workflow, r.ended_at, r.outcome,
    substring(v.source from 'generation (\\d+)')::int as generation
  from runs r join workflow_versions v using (workflow, version)`;

/** Everybody has entered both workflows of one and the same version, and gone it to its end. */
async function compareRuns({ world: { query }, must }: Stage): Promise<void> {
  const mixed = await query(`with r as (${RUNS}) select from r a full join r b
    on a.contact_id = b.contact_id and b.workflow = 'beside'
    where a.workflow = 'pinned' and a.generation is distinct from b.generation`);
  must(mixed.length === 0, `${mixed.length} people met half a change`);
  const halves = await query(`select from deployments where files ->> '${PINNED}' not like '%update_contact%'
    and files ->> '${PINNED}' not like '%old_note%'
    or substring(files ->> '${PINNED}' from 'generation \\d+') <> substring(files ->> '${BESIDE}' from 'generation \\d+')`);
  must(halves.length === 0, `${halves.length} versions that were half written were live`);
  const open = await query(
    `with r as (${RUNS}) select from r where workflow <> 'following' and outcome is distinct from 'completed'`,
  );
  must(open.length === 0, `${open.length} runs have not come to their end`);
  const [joined] = await query<{ events: number; runs: number }>(`select
    (select count(*)::int from events where name = 'joined') as events,
    (select count(*)::int from runs where workflow = 'pinned') as runs`);
  must(joined?.events === joined?.runs, `${joined?.events} joined, and ${joined?.runs} runs began`);
  const [after] = await query<{ generation: number; people: number }>(`with r as (${RUNS})
    select generation, count(*)::int as people from r join identities i using (contact_id)
    where r.workflow = 'pinned' and i.value like 'after-%' group by 1 order by 1`);
  must(
    after?.generation === GENERATIONS && after.people === AFTERWARDS,
    'who came afterwards has entered an old version',
  );
}

interface Sent {
  readonly taken: number;
  readonly twice: number;
  readonly unresolved: number;
}

/** One mail to each: the old one to whoever entered the first version, the new one to everybody else. */
async function compareMails({ world, must }: Stage): Promise<Sent> {
  const expected = await world.query<{ to: string; word: string }>(`with r as (${RUNS})
    select i.value || '@example.com' as to, case generation when 1 then 'old_note' else 'new_note' end as word
    from r join identities i using (contact_id) where r.workflow = 'pinned' and i.kind = 'user'`);
  const taken = await world.smtp.taken();
  const subjects = new Map(taken.map(({ to, subject }) => [to, subject]));
  const wrong = expected.filter(({ to, word }) => !subjects.get(to)?.endsWith(word));
  must(
    wrong.length === 0,
    `${wrong.length} people did not get what their version says, such as ${wrong[0]?.to}`,
  );
  const twice = taken.length - subjects.size;
  must(twice === 0, `${twice} mails were taken twice`);
  const others = subjects.size - expected.length;
  must(others === 0, `${others} mails went to people who should have none`);
  const open = await world.query(
    `select from messages where state not in ('sent', 'refused', 'suppressed', 'uncertain')`,
  );
  must(open.length === 0, `${open.length} messages have not come to an end`);
  return { taken: taken.length, twice, unresolved: open.length };
}
