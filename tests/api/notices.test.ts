/** Notices by the API and by the command line, on one database. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { openServer } from '../../src/api/server.ts';
import { addNotice } from '../../src/cli/notice.ts';
import type { NoticeStanding } from '../../src/engine/notices.ts';
import { addWriteKey, createWriteKey } from '../../src/store/keys.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { projectFiles } from '../support/projects.ts';

const FILES = projectFiles({
  'workflows/journey/hours.yaml': `version: 1
calendars:
  support: { title: Support, open: { weekdays: '09:00-14:00' } }
notices:
  - { id: holidays, calendar: support, show_in: chat, text: Closed }
  - { id: outage, show_in: chat, text: We are working on it }
  - { id: sale, from: 2020-01-01, to: 2099-12-31, show_in: chat, text: All is cheap }
`,
});

let engine: Engine;
let server: FastifyInstance;
let key: string;
let folder: string;

beforeAll(async () => {
  engine = await openEngine({ files: FILES });
  key = (await createWriteKey(engine.app.db, 'Shop', 'api')).key;
  await addWriteKey(engine.app.db, 'browser', 'Browser', 'wk_browser');
  server = await openServer(engine.app);
  folder = await mkdtemp(join(tmpdir(), 'etapa-notice-'));
});
afterAll(async () => {
  await server.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  by = key,
): Promise<[number, unknown]> {
  const answer = await server.inject({
    method,
    url: `/v1/notices${path}`,
    headers: { authorization: `Bearer ${by}` },
    ...(body ? { payload: body } : {}),
  });
  return [answer.statusCode, answer.json()];
}

async function etapa(...args: readonly string[]): Promise<string> {
  let out = '';
  vi.stubEnv('DATABASE_URL', engine.database_url);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
  try {
    const program = new Command('etapa').exitOverride();
    addNotice(program);
    await program.parseAsync(['node', 'etapa', 'notice', ...args, '-C', folder]);
    return out;
  } finally {
    write.mockRestore();
    vi.unstubAllEnvs();
  }
}

const error = (code: string) => ({ error: { code } });

describe('the API', () => {
  it('begins a notice, tells that it is on, and ends it', async () => {
    expect(await ask('POST', '/outage/start', { until: '2099-01-31' })).toMatchObject([
      200,
      { notice: { id: 'outage', is_on: true, is_shown: true, to: Date.parse('2099-01-31T23:00Z') } },
    ]);
    expect(await ask('POST', '/outage/start')).toMatchObject([409, error('notice_is_on')]);
    const [, listed] = await ask('GET', '');
    expect((listed as { notices: NoticeStanding[] }).notices).toMatchObject([
      { id: 'holidays', is_on: false, from: null },
      { id: 'outage', is_on: true, started_by: expect.any(String) as string },
      { id: 'sale', is_on: true, started_by: null },
    ]);
    expect(await ask('POST', '/outage/end')).toMatchObject([200, { notice: { is_on: false, from: null } }]);
    expect(await ask('POST', '/outage/end')).toMatchObject([409, error('notice_is_not_on')]);
  });

  it.each([
    ['/outtage/start', {}, 404, 'no_such_notice'],
    ['/holidays/start', {}, 422, 'notice_of_a_calendar'],
    ['/outage/start', { until: 'soon' }, 422, 'not_a_date'],
    ['/outage/start', { until: '2020-01-01' }, 422, 'date_is_over'],
    ['/outage/start', { til: '2020-01-01' }, 422, 'field_unusable'],
  ])('refuses %s with %o', async (path, body, status, code) => {
    expect(await ask('POST', path, body)).toMatchObject([status, error(code)]);
  });

  it('asks for a key of scope api, and is documented', async () => {
    expect(await ask('GET', '', undefined, 'wk_browser')).toMatchObject([403, error('key_of_other_scope')]);
    expect(await ask('POST', '/outage/start', {}, 'nobody')).toMatchObject([401, error('key_unknown')]);
    const { paths } = (await server.inject('/openapi.json')).json<{ paths: Record<string, object> }>();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/notices', '/v1/notices/{id}/start', '/v1/notices/{id}/end']),
    );
  });

  it('of two that begin it at the same time one is told that it is on', async () => {
    const answers = await Promise.all([ask('POST', '/outage/start'), ask('POST', '/outage/start')]);
    expect(answers.map(([status]) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    await ask('POST', '/outage/end');
  });
});

describe('etapa notice', () => {
  it('begins and ends one, which the running process takes up', async () => {
    expect(await etapa('start', 'outage', '--until', '2099-02-01')).toMatch(/^outage is on until .*2099/);
    expect(await etapa('list')).toMatch(/outage +on .* etapa notice/);
    await engine.app.refresh();
    expect(await ask('POST', '/outage/start')).toMatchObject([409, error('notice_is_on')]);
    expect(await etapa('end', 'outage')).toBe('outage is over; what waited for it goes on.\n');
    expect(JSON.parse(await etapa('list', '--json'))).toMatchObject({
      notices: [{ id: 'holidays' }, { id: 'outage', is_on: false }, { id: 'sale', is_on: true }],
    });
  });

  it('ends what stands in the file', async () => {
    expect(JSON.parse(await etapa('end', 'sale', '--json'))).toMatchObject({ is_on: false, from: null });
    expect(await ask('GET', '')).toMatchObject([200, { notices: [{}, {}, { id: 'sale', is_on: false }] }]);
  });

  it('tells the mend of what cannot be', async () => {
    await expect(etapa('start', 'outtage')).rejects.toThrow('known here: holidays, outage, sale.');
    await expect(etapa('end', 'outage')).rejects.toThrow('"outage" is not on; see "etapa notice list".');
  });
});
