/** `etapa test` on the project that is shipped, with the words of its real templates. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addTest } from '../../src/cli/test.ts';
import { UserError } from '../../src/errors.ts';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

const HEAD = `version: 1
workflow: abandoned_cart
defaults:
  start: 2026-11-20 16:30
  contact: { email: ana@example.com, first_name: Ana, language: en, time_zone: America/Mexico_City, consent: [email] }
tests:
`;

const ADDED = `
    given:
      - { at: start, event: product_added, with: { product_id: s1, name: Trail shoe, price: 89, quantity: 1 } }
`;

const SOUND = `${HEAD}  - name: Is reminded after an hour${ADDED}    expect:
      - { at: +1 hour, email: cart_reminder_1, subject: 'Did you forget something, Ana?', contains: [Ana, Trail shoe, '89'], tone: friendly }
`;

const WRONG = `${HEAD}  - name: Is reminded in two hours${ADDED}    expect:
      - { at: +2 hours, email: cart_reminder_1 }
      - { at: +2 hours, stage: loyalty }
`;

let folder: string;
let out: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-test-'));
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  // The command tells its failure so, and it is not that of these tests.
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function etapa(...args: readonly string[]): Promise<number | string | undefined> {
  const program = new Command('etapa').exitOverride();
  addTest(program);
  await program.parseAsync(['node', 'etapa', 'test', ...args]);
  return process.exitCode ?? undefined;
}

describe('etapa test', () => {
  test('runs the tests with the real words, and ends well', async () => {
    const path = await file('cart.test.yaml', SOUND);
    expect(await etapa(path, '-C', REPOSITORY)).toBeUndefined();
    expect(out).toMatch(/✔ Is reminded after an hour \d+ ms/);
    expect(out).toMatch(/1 test, 1 passed in \d+\.\d s/);
  });

  test('tells what was expected, what came instead, and everything that happened', async () => {
    const path = await file('cart.test.yaml', WRONG);
    expect(await etapa(path, '-C', REPOSITORY)).toBe(1);
    expect(out).toContain('✖ Is reminded in two hours');
    expect(out).toContain(`${path}:11:9`);
    expect(out).toContain('− Fri 2026-11-20 18:30 (+2 hours)  email cart_reminder_1');
    expect(out).toContain(
      '+ Fri 2026-11-20 17:30 (+1 hour)  email cart_reminder_1, tone friendly, 1 hour earlier',
    );
    expect(out).toContain('+ Fri 2026-11-20 18:30 (+2 hours)  stage decision');
    expect(out).toContain('Fri 2026-11-20 16:30 (start)  enters abandoned_cart: product_added happened');
    expect(out).toMatch(/1 test, 0 passed, 1 failed/);
  });

  test('finds the tests of a project by itself, and tells mistakes in them with their place', async () => {
    await mkdir(join(folder, 'workflows/tests'), { recursive: true });
    await writeProject(folder);
    await file(
      'workflows/tests/hello.test.yaml',
      'version: 1\ntests:\n  - { name: x, start: 2026-01-01 10:00, expect: [{ emial: x }] }\n',
    );
    expect(await etapa('-C', folder)).toBe(1);
    expect(out).toMatch(
      /hello\.test\.yaml:3:52 {2}"emial" is not a known expectation; did you mean "email"\?/,
    );
    expect(out).toContain('1 problem in the files');
  });

  test('answers with JSON', async () => {
    const path = await file('cart.test.yaml', WRONG);
    await etapa(path, '-C', REPOSITORY, '--json');
    const answer = JSON.parse(out) as {
      passed: number;
      failed: number;
      files: { tests: { name: string }[] }[];
    };
    expect(answer).toMatchObject({ passed: 0, failed: 1 });
    expect(answer.files[0]?.tests[0]).toMatchObject({
      name: 'Is reminded in two hours',
      passed: false,
      position: `${path}:11:9`,
      checks: [
        { expected: 'Fri 2026-11-20 18:30 (+2 hours)  email cart_reminder_1' },
        { instead: expect.stringContaining('stage decision') as string },
      ],
    });
  });

  test('says so where there is nothing to run', async () => {
    await writeProject(folder);
    await expect(etapa('-C', folder)).rejects.toThrow(/There is no test in .*workflows\/tests/);
    await expect(etapa('nowhere.test.yaml', '-C', folder)).rejects.toThrow(UserError);
    await expect(etapa('-C', join(folder, 'nowhere'))).rejects.toThrow(/There is no project in/);
  });
});

async function writeProject(root: string): Promise<void> {
  await mkdir(join(root, 'workflows/journey'), { recursive: true });
  await writeFile(
    join(root, 'etapa.yaml'),
    'version: 1\nname: Lumbre\nlanguages: [en]\ntime_zone: Europe/Madrid\ncurrency: EUR\nfrom: { name: Lumbre, email: hola@lumbre.example }\npostal_address: Calle del Pez 12, Madrid\n',
  );
  await writeFile(
    join(root, 'workflows/journey/stages.yaml'),
    'version: 1\nstages:\n  - { id: awareness, start_here: true }\n',
  );
}
