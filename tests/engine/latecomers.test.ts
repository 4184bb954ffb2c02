/** What is lost between a deployment and the moment at which every process has heard of it. */
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { HOUR } from '../support/build.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { product, tracked } from '../support/traffic.ts';

const WORDS: ProjectFiles = { ...messageFiles('hello', 'service'), ...messageFiles('second', 'service') };

function plan(steps: string, keys = 'when_edited: finish_old\n'): ProjectFiles {
  return projectFiles({
    ...WORDS,
    'workflows/plan.yaml': `version: 1\nworkflow: plan\npurpose: service\nenter_when: { event: asked }\n${keys}steps:\n${steps}`,
  });
}
const OLD = '  - wait: 1 day\n  - send_email: hello\n';
const NEW = '  - wait: 2 hours\n  - send_email: second\n';

const engines: Engine[] = [];
async function open(files: ProjectFiles, database_url?: string): Promise<Engine> {
  const engine = await openEngine({ files, ...(database_url ? { database_url } : {}) });
  engines.push(engine);
  return engine;
}
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

const does = (engine: Engine, user_id: string, name: string, properties = {}) =>
  tracked({ user_id }, name, properties, { at: engine.now() });
const outcomes = (engine: Engine) =>
  engine.query(sql`select outcome, ended_because ->> 'en' as because from runs order by entered_at`);

describe('while a process has not heard of a deployment yet', () => {
  it.each(['finish_old', 'follow'])(
    'who enters the version before through it is not lost (%s)',
    async (mode) => {
      const keys = `when_edited: ${mode}\n`;
      const one = await open(plan(OLD, keys));
      const late = await open(plan(OLD, keys), one.database_url);
      await one.app.deploy(plan(NEW, keys));
      await late.receive(does(late, 'ana', 'asked'));
      await late.settle();
      one.pass(HOUR);
      await one.receive(does(one, 'ana', 'page_viewed'));
      await one.settle();
      expect(await outcomes(one)).toEqual([{ outcome: null, because: null }]);
      one.pass(25 * HOUR);
      await one.settle();
      expect(await one.query(sql`select message from messages`)).toEqual([
        { message: mode === 'follow' ? 'second' : 'hello' },
      ]);
    },
  );

  it('through two deployments in a row, who entered the first version is not lost', async () => {
    const one = await open(plan(OLD));
    const late = await open(plan(OLD), one.database_url);
    await one.app.deploy(plan(NEW));
    await one.app.deploy(plan(NEW.replace('2 hours', '3 hours')));
    await late.receive(does(late, 'ana', 'asked'));
    await late.settle();
    one.pass(25 * HOUR);
    await one.settle();
    expect(await outcomes(one)).toMatchObject([{ outcome: 'completed' }]);
  });

  it('who enters while the new words are being compiled is not lost', async () => {
    const engine = await open(plan(OLD));
    const deploying = engine.app.deploy(plan(NEW));
    await engine.receive(does(engine, 'ana', 'asked'));
    await engine.settle();
    await deploying;
    engine.pass(25 * HOUR);
    await engine.settle();
    expect(await outcomes(engine)).toMatchObject([{ outcome: 'completed' }]);
  });

  it('whom it decides by the old rules after all others were asked is asked as well', async () => {
    const dearer =
      projectFiles()['workflows/journey/stages.yaml']?.replace('more_than: 0', 'more_than: 50') ?? '';
    const one = await open(projectFiles());
    const late = await open(projectFiles(), one.database_url);
    await one.receive(does(one, 'ana', 'page_viewed'));
    await one.settle();
    await one.app.deploy(projectFiles({ 'workflows/journey/stages.yaml': dearer }));
    await one.settle();
    expect(await one.app.recomputation()).toMatchObject({ finished: true });
    await late.receive(
      does(late, 'ana', 'product_added', product('shoe', 30)),
      does(late, 'new', 'product_added', product('shoe', 30)),
    );
    await late.settle();
    expect(await one.query(sql`select distinct stage from contacts`)).toEqual([{ stage: 'decision' }]);
    await late.app.refresh();
    await one.settle();
    expect(await one.query(sql`select distinct stage from contacts`)).toEqual([{ stage: 'awareness' }]);
    expect(await one.query(sql`select count(distinct rules)::int as rules from contacts`)).toEqual([
      { rules: 1 },
    ]);
  });

  it('the same where nobody was there when the new rules went live', async () => {
    const dearer =
      projectFiles()['workflows/journey/stages.yaml']?.replace('more_than: 0', 'more_than: 50') ?? '';
    const one = await open(projectFiles());
    const late = await open(projectFiles(), one.database_url);
    await one.app.deploy(projectFiles({ 'workflows/journey/stages.yaml': dearer }));
    await late.receive(does(late, 'new', 'product_added', product('shoe', 30)));
    await late.settle();
    await late.app.refresh();
    await one.settle();
    expect(await one.query(sql`select stage from contacts`)).toEqual([{ stage: 'awareness' }]);
  });

  it('that goes back to what it still works by, it takes up who entered in between', async () => {
    const one = await open(plan(OLD));
    const late = await open(plan(OLD), one.database_url);
    await one.app.deploy(plan(NEW));
    await one.receive(does(one, 'ana', 'asked'));
    await one.settle();
    await one.app.deploy(plan(OLD));
    await late.app.refresh();
    late.pass(3 * HOUR);
    await late.settle();
    expect(await outcomes(late)).toMatchObject([{ outcome: 'completed' }]);
  });

  it('all processes look at the workflows in the same order', async () => {
    const files = projectFiles({
      ...WORDS,
      ...Object.fromEntries(
        ['longer_name', 'b', 'a'].map((id) => [
          `workflows/${id}.yaml`,
          `version: 1\nworkflow: ${id}\npurpose: service\nenter_when: { event: asked }\nsteps:\n  - send_email: hello\n`,
        ]),
      ),
    });
    const one = await open(files);
    const late = await open(projectFiles(), one.database_url);
    await one.app.deploy(files);
    await late.app.refresh();
    expect([...late.app.live().project.workflows.keys()]).toEqual([
      ...one.app.live().project.workflows.keys(),
    ]);
  });
});
