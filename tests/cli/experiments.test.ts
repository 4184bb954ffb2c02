/** `etapa experiments` and `etapa segments`, as they are read by people and by programs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addExperiments } from '../../src/cli/experiments.ts';
import { addSegments } from '../../src/cli/segments.ts';
import type { ExperimentReport } from '../../src/engine/experiments.ts';
import { UserError } from '../../src/errors.ts';
import { openEngine, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { identified, tracked } from '../support/traffic.ts';

const FILES = projectFiles({
  ...messageFiles('plain', 'service'),
  ...messageFiles('warm', 'service'),
  'workflows/journey/segments.yaml': `version: 1
segments:
  club: { title: { en: Members, es: Socios }, when: { field: plan, is: club } }
  nobody: { when: { field: plan, is: none } }
`,
  'workflows/journey/map.yaml': `version: 1
map: shop
personas:
  - { id: member, name: Members, when: { segment: club } }
  - { id: rest, otherwise: true }
`,
  'workflows/offer.yaml': `version: 1
workflow: offer
purpose: service
enter_when: { event: asked }
goal: { event: order_completed, within: 2 days }
holdout: 10
steps:
  - ab_test:
      variants:
        a: { share: 50, steps: [{ send_email: plain }] }
        b: { share: 50, steps: [{ send_email: warm }] }
      winner_by: goal
      decide_after: 5 days
    id: words
`,
});

vi.setConfig({ hookTimeout: 60_000, testTimeout: 60_000 });

let engine: Engine;
let folder: string;
let out: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-experiments-'));
  engine = await openEngine({ files: FILES });
  await engine.receive(
    identified({ user_id: 'ana' }, { plan: 'club', first_name: 'Ana', email: 'ana@shop.example' }),
    identified({ user_id: 'eva' }, { plan: 'club', first_name: '=Eva, "x"' }),
    tracked({ user_id: 'luis' }, 'product_viewed'),
  );
  await engine.settle();
  // Ten days ago 200 people came: 90 got each variant, and 20 nothing.
  await engine.query(sql`
    insert into runs (contact_id, workflow, number, version, entered_at, held_out, variants, because, step, visit, arrived_at, ended_at, outcome)
    select gen_random_uuid(), 'offer', n, 'v', now() - interval '10 days', n > 180,
      case when n <= 90 then '{"words": "a"}' when n <= 180 then '{"words": "b"}' else '{}' end::jsonb,
      '{}', '', 0, now(), now(), 'completed' from generate_series(1, 200) n`);
  await engine.query(sql`
    insert into events (id, contact_id, message_id, type, name, properties, occurred_at, received_at, source)
    select gen_random_uuid(), contact_id, number::text, 'track', 'order_completed', '{"revenue": 50}', entered_at + interval '1 hour',
      now(), 'test' from runs where number <= 18 or number between 91 and 126 or number = 181`);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  out = '';
  vi.stubEnv('DATABASE_URL', engine.database_url);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function etapa(...args: readonly string[]): Promise<string> {
  out = '';
  const program = new Command('etapa').exitOverride();
  addExperiments(program);
  addSegments(program);
  await program.parseAsync(['node', 'etapa', ...args, '-C', folder]);
  return out;
}

describe('etapa experiments', () => {
  it('tells each variant, each holdout, and why there is no winner', async () => {
    const told = await etapa('experiments');
    expect(told).toMatch(/offer\/words {2}by reached the goal/);
    expect(told).toMatch(/a +50 % +90 +18 +20\.0 % +13\.0 % … 29\.4 % +0/);
    expect(told).toMatch(/b +50 % +90 +36 +40\.0 % +30\.5 % … 50\.3 % +0/);
    expect(told).toMatch(/"b" less "a": \+20\.0 points \(\+6\.\d points … \+32\.\d points\), p 0\.0034/);
    expect(told).toContain('Not yet: the figures have not been looked at for a winner');
    expect(told).toMatch(/got it +180 +54 +30\.0 % .* 15\.00 EUR/);
    expect(told).toMatch(/held out +20 +1 +5\.0 % .* 2\.50 EUR/);
    expect(told).toMatch(/Lift: \+25\.0 points .*; relative \+500\.0 %/);
    expect(told).toMatch(/Revenue per head: \+12\.50 EUR \(.*, Welch\)/);
    const { tests, holdouts } = JSON.parse(await etapa('experiments', '--json')) as ExperimentReport;
    expect(tests[0]?.comparison.best).toBe('b');
    expect(holdouts[0]?.treated.people).toBe(180);
  });

  it('stops a test by hand, and begins it anew', async () => {
    expect(await etapa('experiments', 'stop', 'offer/words', '--winner', 'a')).toContain(
      'gets "a" from now on',
    );
    expect(await etapa('experiments')).toMatch(/Winner: a, .*: it was said so by hand/);
    expect(await etapa('experiments', 'stop', 'offer/words', '--reset')).toContain('begins anew');
    expect(await etapa('experiments')).toContain('Not yet: nobody has come to the test');
    await expect(etapa('experiments', 'stop', 'offer/words')).rejects.toThrow('Write --winner');
    await expect(etapa('experiments', 'stop', 'offer/wods', '--reset')).rejects.toThrow(
      'There are: offer/words.',
    );
  });
});

describe('etapa segments', () => {
  it('counts people by segment and persona', async () => {
    const told = await etapa('segments');
    expect(told).toMatch(/club +2 +66\.7 % +2 +0 +Members/);
    expect(told).toMatch(/nobody +0 +0\.0 % +0 +0 +nobody/);
    expect(told).toMatch(/member +2 +66\.7 % +Members/);
    const { contacts, segments } = JSON.parse(await etapa('segments', '--json')) as {
      contacts: number;
      segments: object[];
    };
    expect(contacts).toBe(3);
    expect(segments[0]).toEqual({
      ...{ segment: 'club', title: { en: 'Members', es: 'Socios' }, people: 2, entered: 2, left: 0 },
    });
  });

  it('lists who is in one, for people, programs and spreadsheets', async () => {
    expect(await etapa('segments', 'club')).toMatch(
      /Ana <ana@shop\.example> {2}awareness, since .*[^]*2 people/,
    );
    const lines = (await etapa('segments', 'club', '--csv')).trim().split('\n');
    expect(lines[0]).toBe('contact,email,first_name,stage,since');
    expect(lines).toContainEqual(expect.stringMatching(/^[0-9a-f-]{36},,"'=Eva, ""x""",awareness,20/));
    const members = (await etapa('segments', 'club', '--json')).trim().split('\n');
    expect(members.map((line) => (JSON.parse(line) as { email: string | null }).email).sort()).toEqual([
      'ana@shop.example',
      null,
    ]);
    await expect(etapa('segments', 'clubs')).rejects.toThrow('did you mean "club"');
    await expect(etapa('segments', '--csv')).rejects.toThrow('write its id');
  });

  it('counts a condition that is not deployed, from its text or a file', async () => {
    expect(await etapa('segments', '--try', '{ none: [{ segment: club }] }')).toContain(
      '1 of 3 people (33.3 %) fulfil it now.',
    );
    const file = join(folder, 'new.yaml');
    await writeFile(file, '- field: plan\n  is: club\n- field: email\n  exists: true\n');
    expect(await etapa('segments', '--try', file)).toMatch(
      /1 of 3 people[^]*Ana <ana@shop\.example> {2}awareness/,
    );
    const wrong = await etapa('segments', '--try', '{ segment: clubb }').catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(UserError);
    expect((wrong as UserError).details.join()).toContain('did you mean "club"');
    await expect(etapa('segments', '--try', 'there.yaml')).rejects.toThrow('cannot be read');
  });
});
