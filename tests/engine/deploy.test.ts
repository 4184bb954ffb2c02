/** A project that goes live while people are inside: versions, who follows, what is told before, and several processes. */
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { UserError } from '../../src/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { ReceivedEvent } from '../../src/engine/ports.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { HOUR, MINUTE } from '../support/build.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, product, tracked } from '../support/traffic.ts';

const WORDS: ProjectFiles = {
  ...messageFiles('hello', 'service'),
  ...messageFiles('second', 'service'),
  ...messageFiles('third', 'service'),
};

/** The workflow `plan`, which `asked` starts. */
function plan(steps: string, keys = 'when_edited: follow\n', more: ProjectFiles = {}): ProjectFiles {
  return projectFiles({
    ...WORDS,
    'workflows/plan.yaml': `version: 1
workflow: plan
purpose: service
enter_when: { event: asked }
${keys}steps:
${steps}`,
    ...more,
  });
}

const WAITS = '  - wait: 1 day\n    id: pause\n  - send_email: hello\n';

const engines: Engine[] = [];
async function open(files: ProjectFiles, database_url?: string): Promise<Engine> {
  const engine = await openEngine({ files, ...(database_url ? { database_url } : {}) });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

/** By the clock of the engine, which the test has moved. */
function does(engine: Engine, user_id: string, name: string, properties: JsonObject = {}): ReceivedEvent {
  return tracked({ user_id }, name, properties, { at: engine.now() });
}

async function ask(engine: Engine, ...users: readonly string[]): Promise<void> {
  await engine.receive(...users.map((user) => does(engine, user, 'asked')));
  await engine.settle();
}

/** `ana hello`, in order. */
async function sent(engine: Engine): Promise<readonly string[]> {
  const rows = await engine.query<{ line: string }>(sql`
    select i.value || ' ' || m.message as line from messages m join identities i using (contact_id)
    where i.kind = 'user' order by m.owed_at, 1`);
  return rows.map(({ line }) => line);
}

async function runsOf(
  engine: Engine,
): Promise<readonly { outcome: string | null; because: string | null }[]> {
  return engine.query(sql`
    select r.outcome, r.ended_because ->> 'en' as because from runs r join identities i using (contact_id)
    where i.kind = 'user' order by i.value, r.workflow, r.number`);
}

/** Lets time go by as an engine lives it that is always awake. */
async function live(engine: Engine, hours: number, step = HOUR): Promise<void> {
  for (let passed = 0; passed < hours * HOUR; passed += step) {
    engine.pass(step);
    await engine.settle();
  }
}

describe('versions of a project', () => {
  it('are kept under the hash of their files, and can be live again', async () => {
    const dearer =
      projectFiles()['workflows/journey/stages.yaml']?.replace('more_than: 0', 'more_than: 50') ?? '';
    const [first, second] = [projectFiles(), projectFiles({ 'workflows/journey/stages.yaml': dearer })];
    const engine = await open(first);
    const one = engine.app.live().hash;
    await engine.receive(tracked({ user_id: 'ana' }, 'product_added', product('shoe', 30)));
    await engine.settle();
    expect(await engine.app.deploy(second)).toMatchObject({ changed: true });
    const two = engine.app.live().hash;
    await engine.settle();
    expect(await engine.app.deploy(await engine.app.deployedFiles(one.slice(0, 6)))).toMatchObject({
      changed: true,
    });
    await engine.settle();
    expect((await engine.app.deployments(10)).map(({ hash }) => hash)).toEqual([one, two, one]);
    expect(await engine.app.deployedFiles(two)).toEqual(second);
    const moves = await engine.query(sql`select "from", "to" from stage_moves order by at`);
    expect(moves).toEqual([
      { from: 'awareness', to: 'decision' },
      { from: 'decision', to: 'awareness' },
      { from: 'awareness', to: 'decision' },
    ]);
  });

  it('that are live already are not deployed again', async () => {
    const engine = await open(projectFiles());
    expect(await engine.app.deploy(projectFiles())).toMatchObject({ changed: false });
    expect(await engine.app.deployments(10)).toHaveLength(1);
  });

  it('that were never there are told of', async () => {
    const engine = await open(projectFiles());
    await expect(engine.app.deployedFiles('feed')).rejects.toThrow('No version "feed" was ever live.');
  });

  it('with mistakes leave what was live, with each mistake and its place', async () => {
    const engine = await open(plan(WAITS));
    const { hash } = engine.app.live();
    const failing = engine.app.deploy(plan('  - wait: some days\n'));
    await expect(failing).rejects.toMatchObject({ code: 'project_unsound' });
    const { details } = (await failing.catch((error: unknown) => error)) as UserError;
    expect(details).toEqual([expect.stringMatching(/^workflows\/plan\.yaml:7:11 .*"some days"/)]);
    expect(engine.app.live().hash).toBe(hash);
    expect(await engine.app.deployments(10)).toHaveLength(1);
  });
});

describe('who is inside when a workflow is edited', () => {
  it('goes on in the newest version, wherever he stands', async () => {
    const before = `  - wait: 10 hours
    id: first
  - send_email: hello
  - wait_for: { event: answered }
    up_to: 30 hours
    id: listening
  - send_email: second
`;
    const engine = await open(plan(before));
    await ask(engine, 'ana', 'eva');
    await live(engine, 11);
    await ask(engine, 'ben', 'leo');
    // Ana and Eva wait for an answer since hour 10, Ben and Leo have been waiting since hour 11.
    const after = before
      .replace('wait: 10 hours', 'wait: 5 hours')
      .replace('answered', 'called')
      .replace('send_email: second', 'send_email: third');
    await live(engine, 2);
    await engine.app.deploy(plan(after));
    await engine.settle();
    await engine.receive(does(engine, 'ana', 'called'), does(engine, 'eva', 'answered'));
    await engine.settle();
    expect((await sent(engine)).toSorted()).toEqual(['ana hello', 'ana third', 'eva hello']);
    await live(engine, 4);
    expect((await sent(engine)).slice(3).sort()).toEqual(['ben hello', 'leo hello']);
    await live(engine, 80);
    expect((await sent(engine)).slice(5).sort()).toEqual(['ben third', 'eva third', 'leo third']);
    expect((await runsOf(engine)).map(({ outcome }) => outcome)).toEqual(Array(4).fill('completed'));
  });

  it('is asked anew without anything having happened, and wakes at the new time', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, 'ana');
    await engine.app.deploy(plan(WAITS.replace('1 day', '5 days')));
    await engine.settle();
    await live(engine, 30);
    expect(await sent(engine)).toEqual([]);
    await engine.app.deploy(plan(WAITS.replace('1 day', '2 hours')));
    await engine.settle();
    expect(await sent(engine)).toEqual(['ana hello']);
  });

  it('leaves by a way out that is new, and is not written to on the way', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, 'ana', 'ben');
    engine.pass(MINUTE);
    await engine.receive(does(engine, 'ana', 'bought'));
    await engine.settle();
    await engine.app.deploy(
      plan(WAITS.replace('1 day', '1 second'), 'when_edited: follow\nexit_when: { event: bought }\n'),
    );
    engine.pass(MINUTE);
    await engine.settle();
    expect(await sent(engine)).toEqual(['ben hello']);
    expect(await runsOf(engine)).toMatchObject([{ outcome: 'exited' }, { outcome: 'completed' }]);
  });

  it('finishes a workflow that was taken away, through a process that starts after that', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, 'ana');
    const without = projectFiles(WORDS);
    await engine.app.deploy(without);
    await engine.settle();
    const fresh = await open(without, engine.database_url);
    fresh.pass(25 * HOUR);
    await fresh.settle();
    expect(await sent(fresh)).toEqual(['ana hello']);
  });

  it('leaves a workflow that is stopped, whatever became of its steps', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, 'ana');
    await engine.app.deploy(plan('  - send_email: second\n', 'when_edited: follow\nstatus: stopped\n'));
    await engine.settle();
    expect(await sent(engine)).toEqual([]);
    expect(await runsOf(engine)).toEqual([{ outcome: 'exited', because: 'the workflow was stopped' }]);
  });
});

describe('a deployment that would lose people', () => {
  const GONE = '  - send_email: hello\n';

  it('is refused, with the file, how many stand where, and what to write', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, ...['ana', 'ben', 'eva']);
    const { hash } = engine.app.live();
    const failing = engine.app.deploy(plan(GONE));
    await expect(failing).rejects.toMatchObject({
      code: 'people_would_be_lost',
      details: [
        expect.stringMatching(
          /^workflows\/plan\.yaml: 3 people stand at step "pause", which is gone; write .*moved_to/,
        ) as string,
      ],
    });
    expect(engine.app.live().hash).toBe(hash);
    expect(await engine.app.deployments(10)).toHaveLength(1);
  });

  it('goes live where it says where they go', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, 'ana');
    const said = 'when_edited: follow\nmoved_to: { pause: rest }\n';
    await engine.app.deploy(plan(`${GONE}  - wait: 2 days\n    id: rest\n  - send_email: third\n`, said));
    await live(engine, 49);
    expect(await sent(engine)).toEqual(['ana third']);
  });

  it('loses nobody where nobody stands there, or everybody finishes the old version', async () => {
    const empty = await open(plan(WAITS));
    await expect(empty.app.deploy(plan(GONE))).resolves.toMatchObject({ changed: true });
    const pinned = await open(plan(WAITS, 'when_edited: finish_old\n'));
    await ask(pinned, 'ana');
    await expect(pinned.app.deploy(plan(GONE, 'when_edited: finish_old\n'))).resolves.toMatchObject({
      changed: true,
    });
    await live(pinned, 25);
    expect(await sent(pinned)).toEqual(['ana hello']);
  });
});

describe('what is told before a deployment', () => {
  const STAGES = (least: number) => ({
    'workflows/journey/stages.yaml': `version: 1
stages:
  - { id: awareness, start_here: true }
  - { id: consideration, enter_when: { event: product_viewed, at_least: 2, within: 9 hours } }
  - { id: decision, enter_when: { field: cart.value, more_than: ${least} } }
`,
  });
  const SEGMENTS = (asked: string) => ({
    'workflows/journey/segments.yaml': `version: 1
segments:
  lookers: { title: Lookers, when: { event: product_viewed, ${asked} } }
`,
  });
  const reminders = (wait: string, keys = '') => ({
    'workflows/reminder.yaml': `version: 1
workflow: reminder
purpose: promotion
when_edited: follow
enter_when: { event: product_added }
${keys}steps:
  - wait: ${wait}
  - send_email: second
  - wait: 7 hours
  - send_email: third
`,
  });
  const BEFORE = plan(WAITS, 'when_edited: finish_old\n', {
    ...STAGES(0),
    ...SEGMENTS('at_least: 2'),
    ...reminders('30 hours'),
  });
  /** Other stages, a narrower segment, shorter waits, a way out, a new message, and what was counted by nobody before. */
  const AFTER = plan('  - send_email: third\n', 'when_edited: finish_old\n', {
    ...STAGES(40),
    ...SEGMENTS('at_least: 3'),
    ...reminders('12 hours', 'exit_when: { event: complained }\n'),
    'workflows/journey/stages.yaml': STAGES(40)['workflows/journey/stages.yaml'].replace(
      'at_least: 2',
      'at_least: 3',
    ),
    'workflows/welcome.yaml': `version: 1
workflow: welcome
purpose: service
enter_when: { leaves_stage: consideration }
steps:
  - send_email: hello
`,
  });

  /** Everybody does something else, in the hours before. */
  async function aShop(): Promise<Engine> {
    const engine = await open(BEFORE);
    const people = Array.from({ length: 48 }, (_, index) => `person-${String(index).padStart(2, '0')}`);
    for (let hour = 0; hour < 12; hour++) {
      const events = people.flatMap((user_id, index) => {
        const email = `${user_id}@shop.example`;
        const at = { at: engine.now() };
        if (hour === 0)
          return [identified({ user_id }, index % 5 === 0 ? { email } : { email, consent: ['email'] }, at)];
        if (hour === 1 + (index % 11) && index % 3 === 0)
          return [does(engine, user_id, 'product_added', product('shoe', 10 + index))];
        if (hour === 8 && index % 7 === 0) return [does(engine, user_id, 'complained')];
        if (hour === 9 && index % 4 === 1) return [does(engine, user_id, 'asked')];
        return hour > 5 && hour < 6 + (index % 6) ? [does(engine, user_id, 'product_viewed')] : [];
      });
      await engine.receive(...events);
      await engine.settle();
      await live(engine, 1, 30 * MINUTE);
    }
    return engine;
  }

  const messagesSince = async (engine: Engine, since: number): Promise<Record<string, number>> => {
    const rows = await engine.query<{ id: string; count: number }>(sql`
      select workflow || ' / ' || message as id, count(*)::int as count from messages
      where owed_at >= ${new Date(since).toISOString()}::timestamptz and state = 'owed' group by 1`);
    return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
  };

  it('is what then happens: moves, segments, runs that end, and messages of a day', async () => {
    const [changed, untouched] = [await aShop(), await aShop()];
    const progress: number[] = [];
    const preview = await changed.app.previewDeployment(AFTER, (share) => progress.push(share));
    const impact = preview.impact;
    if (!impact) throw new Error('the rules change');
    expect(progress.at(-1)).toBe(1);
    const since = changed.now();
    await changed.app.deploy(AFTER);
    await changed.settle();

    const moves = await changed.query<{ from: string; to: string; people: number }>(sql`
      select "from", "to", count(*)::int as people from stage_moves
      where at >= ${new Date(since - 1000).toISOString()}::timestamptz group by 1, 2`);
    const inOrder = (list: readonly { from: string; to: string; people: number }[]) =>
      list.map(({ from, to, people }) => `${from} → ${to}: ${people}`).sort();
    expect(inOrder(impact.moves)).toEqual(inOrder(moves));
    expect(moves.length).toBeGreaterThan(1);

    const members = await changed.query<{ segment: string; after: number }>(sql`
      select segment, count(*)::int as after from segment_members group by 1`);
    expect(impact.segments).toMatchObject([{ id: 'lookers', after: members[0]?.after ?? 0, enter: 0 }]);
    expect(impact.segments[0]?.leave).toBeGreaterThan(0);

    const ended = await changed.query<{ workflow: string; runs: number }>(sql`
      select workflow, count(*)::int as runs from runs
      where ended_at >= ${new Date(since - 1000).toISOString()}::timestamptz and outcome <> 'completed' group by 1`);
    expect(impact.ended_runs.map(({ workflow, runs }) => ({ workflow, runs }))).toEqual(ended);
    expect(ended.length).toBeGreaterThan(0);

    await Promise.all([live(changed, 24, 30 * MINUTE), live(untouched, 24, 30 * MINUTE)]);
    const [by_new, by_old] = await Promise.all([
      messagesSince(changed, since),
      messagesSince(untouched, since),
    ]);
    const ids = [...new Set([...Object.keys(by_new), ...Object.keys(by_old)])].sort();
    expect(impact.messages).toEqual(
      ids
        .map((id) => ({ id, before: by_old[id] ?? 0, after: by_new[id] ?? 0 }))
        .filter(({ before, after }) => before !== after),
    );
    expect(impact.messages.length).toBeGreaterThan(1);
  }, 120_000);

  it('changes nothing', async () => {
    const engine = await aShop();
    const tables = [
      'contacts',
      'runs',
      'messages',
      'stage_moves',
      'deployments',
      'recomputations',
      'workflow_versions',
    ];
    const book = () =>
      Promise.all(
        tables.map((table) =>
          engine.query(sql`select to_jsonb(t) as row from ${sql.identifier(table)} t order by 1`),
        ),
      );
    const before = await book();
    await engine.app.previewDeployment(AFTER, () => undefined);
    expect(await book()).toEqual(before);
  });

  it('tells each file and workflow, how many are inside, and who stands where something is gone', async () => {
    const engine = await open(plan(WAITS));
    await ask(engine, ...['ana', 'ben']);
    const preview = await engine.app.previewDeployment(plan('  - send_email: hello\n'), () => undefined);
    expect(preview.files).toEqual([{ file: 'workflows/plan.yaml', change: 'changed' }]);
    expect(preview.workflows).toMatchObject([
      {
        workflow: 'plan',
        change: 'changed',
        when_edited: 'follow',
        inside: 2,
        steps: [{ change: 'removed', step: { id: 'pause' }, next: '1' }],
        displaced: [{ step: 'pause', runs: 2, to: '1', said: false }],
      },
    ]);
    // Both would be written to at once.
    expect(preview.impact?.messages).toEqual(
      [{ id: 'plan / hello', before: 2, after: 2 }].filter((one) => one.before !== one.after),
    );
  });

  it('of words alone tells that nobody is concerned', async () => {
    const engine = await open(plan(WAITS));
    const words = {
      'templates/hello/email.en.mjml': WORDS['templates/second/email.en.mjml']?.replace('Your', 'The') ?? '',
    };
    const preview = await engine.app.previewDeployment(plan(WAITS, undefined, words), () => undefined);
    expect(preview).toMatchObject({ workflows: [], impact: null });
  });
});

describe('two processes', () => {
  const SHORT = WAITS.replace('1 day', '2 hours').replace('hello', 'second');

  it('of which one deploys, the other takes it up, and nobody is lost or written to twice', async () => {
    const one = await open(plan(WAITS, 'when_edited: follow\nre_enter: always\n'));
    const other = await open(plan(WAITS, 'when_edited: follow\nre_enter: always\n'), one.database_url);
    const people = Array.from({ length: 40 }, (_, index) => `person-${index}`);
    await one.receive(...people.slice(0, 20).map((user) => does(one, user, 'asked')));
    await Promise.all([one.settle(), other.settle()]);
    await one.app.deploy(plan(SHORT, 'when_edited: follow\nre_enter: always\n'));
    // The other one has not heard of it yet, and works beside.
    await other.receive(...people.slice(20).map((user) => does(other, user, 'asked')));
    await Promise.all([one.settle(), other.settle()]);
    await other.app.refresh();
    expect(other.app.live().hash).toBe(one.app.live().hash);
    one.pass(3 * HOUR);
    other.pass(3 * HOUR);
    await Promise.all([one.settle(), other.settle()]);
    expect(await sent(one)).toHaveLength(40);
    expect(new Set(await sent(other))).toEqual(new Set(people.map((user) => `${user} second`)));
    expect((await runsOf(one)).map(({ outcome }) => outcome)).toEqual(Array(40).fill('completed'));
  });

  it('of which one starts later knows the version of everybody inside', async () => {
    const one = await open(plan(WAITS, 'when_edited: finish_old\n'));
    await ask(one, 'ana');
    await one.app.deploy(plan(SHORT, 'when_edited: finish_old\n'));
    const later = await open(plan(SHORT, 'when_edited: finish_old\n'), one.database_url);
    later.pass(25 * HOUR);
    await later.settle();
    expect(await sent(later)).toEqual(['ana hello']);
  });

  it('that both deploy the same at once come to one version', async () => {
    const one = await open(plan(WAITS));
    const other = await open(plan(WAITS), one.database_url);
    await Promise.all([one.app.deploy(plan(SHORT)), other.app.deploy(plan(SHORT))]);
    expect(one.app.live().hash).toBe(other.app.live().hash);
    const [latest] = await one.app.deployments(1);
    expect(latest?.hash).toBe(one.app.live().hash);
  });
});
