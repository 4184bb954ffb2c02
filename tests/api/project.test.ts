/** The project as it is edited, by the API over real HTTP, on the real engine. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/api/server.ts';
import type {
  Checked,
  Completed,
  Deployed,
  DeployImpact,
  FileList,
} from '../../src/api/project-edits/shapes.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openShop, SHOP_FILES, type Shop } from '../support/shop.ts';

let shop: Shop;
let server: FastifyInstance;
let api_key: string;

beforeAll(async () => {
  shop = await openShop({ roles: ['engine'] });
  api_key = (await createWriteKey(shop.app.db, 'Shop', 'api')).key;
  await addWriteKey(shop.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(shop.app);
});

afterAll(async () => {
  await server.close();
  await shop.close();
});

async function ask(method: 'GET' | 'POST', path: string, body?: object, key = api_key) {
  const answer = await server.inject({
    method,
    url: `/v1${path}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body ? { payload: body } : {}),
  });
  return {
    ...{ status: answer.statusCode, body: answer.json<unknown>() },
    as: answer.json.bind(answer),
  };
}

const OFFERING = 'workflows/offering.yaml';
const text = SHOP_FILES[OFFERING] ?? '';
const base = (): string => shop.app.live().hash;

interface Refused {
  readonly error: { readonly code: string; readonly problems?: readonly { readonly file: string }[] };
}

/** The outcome of a job, when it has ended. */
async function outcome<T>(id: string): Promise<T> {
  const look = async () =>
    (await ask('GET', `/jobs/${id}`)).as<{ state: string; result: T; error: unknown }>();
  await expect.poll(async () => (await look()).state, { timeout: 15_000 }).toMatch(/done|failed/);
  const ended = await look();
  expect(ended.error).toBeNull();
  return ended.result;
}

describe('the files', () => {
  it('are listed with the version that they are of, and read one by one', async () => {
    const body = (await ask('GET', '/project/files')).as<FileList>();
    expect(body.hash).toBe(base());
    expect(body.folder_differs).toBe(false);
    expect(body.files.map(({ path }) => path)).toEqual(Object.keys(SHOP_FILES).toSorted());
    expect((await ask('GET', `/project/file?path=${OFFERING}`)).body).toEqual({
      path: OFFERING,
      hash: base(),
      text,
    });
    for (const path of ['workflows/none.yaml', '../package.json', '__proto__'])
      expect(await ask('GET', `/project/file?path=${path}`), path).toMatchObject({
        status: 404,
        body: { error: { code: 'no_such_file' } },
      });
  });
});

describe('a check', () => {
  it('tells what is wrong, where from and to, and the mend, and changes nothing', async () => {
    const before = base();
    const files = { [OFFERING]: text.replace('send_email: offer', 'send_email: ofer') };
    const answer = await ask('POST', '/project/check', { files, graph_of: 'offering' });
    const { status } = answer;
    const body = answer.as<Checked>();
    expect(status).toBe(200);
    expect(body.problems).toContainEqual({
      ...{ file: OFFERING, line: 7, column: 17, end_column: 21, severity: 'error' },
      ...{ sentence: 'there is no message called "ofer"', mend: 'did you mean "offer"?' },
    });
    expect(body.graph?.nodes.map(({ id, line }) => [id, line])).toEqual([
      [':start', null],
      ['1', 7],
      [':end', null],
    ]);
    expect(base()).toBe(before);
  });

  it('finds nothing wrong with what is live, and draws nothing that cannot be read', async () => {
    expect((await ask('POST', '/project/check', {})).as<Checked>().problems).toEqual([]);
    const files = { [OFFERING]: 'workflow: [' };
    const body = (await ask('POST', '/project/check', { files, graph_of: 'offering' })).as<Checked>();
    expect(body.graph).toBeNull();
    expect(body.problems[0]).toMatchObject({ file: OFFERING, line: 1, severity: 'error' });
  });

  it('looks at the words of a message that is changed', async () => {
    const files = { 'templates/offer/email.en.mjml': '<mj-section><mj-column><mj-text>{{nonsense' };
    const body = (await ask('POST', '/project/check', { files })).as<Checked>();
    expect(body.problems[0]).toMatchObject({ file: 'templates/offer/email.en.mjml', severity: 'error' });
  });

  it('refuses paths that are none of a project', async () => {
    for (const path of [
      '../evil.yaml',
      '/etc/passwd',
      'workflows/../../x.yaml',
      'workflows/tests/a.test.yaml',
    ])
      expect(await ask('POST', '/project/check', { files: { [path]: 'x' } }), path).toMatchObject({
        status: 422,
        body: { error: { code: 'path_unusable' } },
      });
  });
});

describe('the editor', () => {
  const writing = (written: string) => {
    const lines = (written.split('§')[0] ?? '').split('\n');
    return {
      path: OFFERING,
      text: written.replace('§', ''),
      ...{ line: lines.length, column: (lines.at(-1) ?? '').length + 1 },
    };
  };

  it("is told the project's own messages, and takes the place of what was begun", async () => {
    const body = (
      await ask('POST', '/project/complete', writing(text.replace('send_email: offer', 'send_email: off§')))
    ).as<Completed>();
    const offered = body.completions.find(({ label }) => label === 'offer');
    expect(offered).toMatchObject({ insert: 'offer', from: 17, to: 20 });
    expect(body.completions.map(({ label }) => label)).toContain('receipt');
  });

  it('is told what a key means, and nothing of files that it has no schema for', async () => {
    const hovered = await ask('POST', '/project/hover', writing(text.replace('re_enter', 're_en§ter')));
    expect(hovered.as<{ text: string }>().text.length).toBeGreaterThan(10);
    const none = await ask('POST', '/project/complete', {
      path: 'templates/offer/email.en.mjml',
      text: '<',
      line: 1,
      column: 2,
    });
    expect(none.body).toEqual({ completions: [] });
  });
});

describe('a change', () => {
  const slower = text.replace('steps:\n', 'steps:\n  - wait: 1 hour\n');

  it('is previewed by a job that only who began it sees', async () => {
    const begun = await ask('POST', '/project/preview', { files: { [OFFERING]: slower } });
    expect(begun.status).toBe(202);
    const impact = await outcome<DeployImpact>(begun.as<{ id: string }>().id);
    expect(impact.files).toEqual([{ file: OFFERING, change: 'changed' }]);
    expect(impact.workflows).toMatchObject([
      { workflow: 'offering', change: 'changed', steps: [{ change: 'added', verb: 'wait' }] },
    ]);
    const other = (await createWriteKey(shop.app.db, 'Other', 'api')).key;
    expect((await ask('GET', `/jobs/${begun.as<{ id: string }>().id}`, undefined, other)).status).toBe(404);
  });

  it('that is not sound is refused with its problems, and what was live stays live', async () => {
    const before = base();
    const files = { [OFFERING]: text.replace('send_email: offer', 'send_email: ofer') };
    const refused = await ask('POST', '/project/deploy', { files, base: before });
    expect(refused.status).toBe(422);
    expect(refused.as<Refused>().error).toMatchObject({
      code: 'project_unsound',
      problems: [{ file: OFFERING, line: 7 }],
    });
    expect(base()).toBe(before);
  });

  it('goes live once: over another version than the one that was edited nothing is written', async () => {
    const before = base();
    const done = await ask('POST', '/project/deploy', { files: { [OFFERING]: slower }, base: before });
    expect(done).toMatchObject({ status: 200, body: { changed: true, folder_differs: true } });
    expect(base()).toBe(done.as<Deployed>().hash);
    const late = await ask('POST', '/project/deploy', { files: { [OFFERING]: text }, base: before });
    expect(late).toMatchObject({ status: 409, body: { error: { code: 'base_outdated' } } });
    expect(base()).toBe(done.as<Deployed>().hash);

    const body = (await ask('GET', '/project/versions')).as<{
      versions: { hash: string; deployed_by: string | null; live: boolean }[];
    }>();
    expect(body.versions).toMatchObject([
      { hash: done.as<Deployed>().hash, live: true },
      { hash: before, deployed_by: null, live: false },
    ]);
    expect(body.versions[0]?.deployed_by).not.toBeNull();

    const back = await ask('POST', '/project/rollback', { hash: before, base: done.as<Deployed>().hash });
    expect(back).toMatchObject({ status: 200, body: { hash: before, changed: true, folder_differs: false } });
    expect(await ask('POST', '/project/rollback', { hash: 'aaaaaaaa', base: before })).toMatchObject({
      status: 404,
      body: { error: { code: 'no_such_version' } },
    });
  });

  it('of two that are deployed at once over the same version, one is refused', async () => {
    const both = ['3 hours', '4 hours'].map((length) =>
      ask('POST', '/project/deploy', {
        files: { [OFFERING]: slower.replace('1 hour', length) },
        base: base(),
      }),
    );
    const statuses = (await Promise.all(both)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409]);
  });

  it('over the API makes a folder wait that stands as it was taken up', async () => {
    expect(await shop.app.isOverruled(SHOP_FILES)).toBe(true);
    expect(await shop.app.isOverruled({ ...SHOP_FILES, [OFFERING]: slower })).toBe(false);
    await shop.app.deploy(SHOP_FILES);
    expect(await shop.app.isOverruled(SHOP_FILES)).toBe(false);
  });
});

describe('a workflow', () => {
  it('is paused, goes on and is stopped by its own file, whose comments stay', async () => {
    const noted = text.replace('purpose: promotion', 'status: live # for now\npurpose: promotion # ours');
    await shop.app.deploy({ ...SHOP_FILES, [OFFERING]: noted });
    for (const [word, status] of [
      ['pause', 'paused'],
      ['resume', 'live'],
      ['stop', 'stopped'],
    ] as const) {
      expect(await ask('POST', `/workflows/offering/${word}`), word).toMatchObject({
        status: 200,
        body: { changed: true },
      });
      expect(shop.app.live().files[OFFERING]).toBe(noted.replace('status: live', `status: ${status}`));
    }
    expect((await ask('POST', '/workflows/none/pause')).status).toBe(404);
    await shop.app.deploy(SHOP_FILES);
    expect((await ask('POST', '/workflows/selling/pause')).status).toBe(200);
    expect(shop.app.live().project.workflows.get('selling')?.status).toBe('paused');
  });

  it('is for keys of the API alone', async () => {
    expect((await ask('GET', '/project/files', undefined, 'nobody')).status).toBe(401);
    expect((await ask('POST', '/project/deploy', { files: {}, base: base() }, 'wk_browser')).status).toBe(
      403,
    );
  });
});
