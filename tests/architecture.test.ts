/** The house keeps its rules: who imports whom, what the core may not know, what only one place may know. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = '.dependency-cruiser.cjs';

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly Violation[] };
}
interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** The tool exits with the number of violations, and tells them on its output all the same. */
async function cruise(folder: string): Promise<Cruise> {
  const args = [CRUISER, '--config', CONFIG, '--output-type', 'json', 'src'];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (error: unknown) => error as { stdout: string },
  );
  return JSON.parse(stdout) as Cruise;
}

describe('who imports whom', () => {
  test('every module of the house is looked at, and none imports what it may not', async () => {
    const { modules, summary } = await cruise(ROOT);
    const seen = modules.map(({ source }) => source).filter((source) => /^src\/.*\.tsx?$/.test(source));
    expect(seen.length).toBeGreaterThan(100);
    expect(seen.toSorted()).toEqual(sourcesIn('src'));
    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  /** File, its text, and the rule that it breaks, if it breaks one. A cycle is told once. */
  const PLANTS: readonly (readonly [file: string, text: string, breaks?: string])[] = [
    ['src/core/sound.ts', "import { z } from 'zod'; export const sound = z.string();"],
    [
      'src/core/types.ts',
      "export type { Engine } from '../engine/sound.ts';",
      'core-imports-only-what-it-may',
    ],
    ['src/core/node.ts', "import { hostname } from 'node:os'; hostname();", 'core-imports-only-what-it-may'],
    ['src/core/package.ts', "import { parse } from 'yaml'; parse('');", 'core-imports-only-what-it-may'],
    ['src/project/up.ts', "import '../store/sound.ts';", 'project-imports-only-what-it-may'],
    [
      'src/engine/sound.ts',
      "import type { sound } from '../core/sound.ts'; export type Engine = typeof sound;",
    ],
    ['src/engine/up.ts', "import '../store/sound.ts';", 'engine-imports-only-what-it-may'],
    [
      'src/engine/later.ts',
      "export const later = () => import('../queue/up.ts');",
      'engine-imports-only-what-it-may',
    ],
    ['src/store/sound.ts', "import type { Engine } from '../engine/sound.ts'; export type Store = Engine;"],
    [
      'src/store/aside.ts',
      "import type { Bell } from '../queue/sound.ts'; export type A = Bell;",
      'store-imports-only-what-it-may',
    ],
    [
      'src/store/pool.ts',
      "import { Redis } from 'ioredis'; export const redis = Redis;",
      'bullmq-stays-in-its-place',
    ],
    ['src/queue/sound.ts', "import { Queue } from 'bullmq'; export type Bell = Queue;"],
    ['src/queue/up.ts', "import '../app.ts';", 'queue-imports-only-what-it-may'],
    ['src/queue/sql.ts', "import { sql } from 'drizzle-orm'; sql``;", 'drizzle-orm-stays-in-its-place'],
    ['src/queue/direct.ts', "import pg from 'pg'; export const client = pg.Client;", 'pg-stays-in-its-place'],
    ['src/channels/aside.ts', "import '../render/sound.ts';", 'channels-imports-only-what-it-may'],
    ['src/render/sound.ts', "import handlebars from 'handlebars'; export const words = handlebars;"],
    [
      'src/render/mail.ts',
      "import { createTransport } from 'nodemailer'; createTransport();",
      'nodemailer-stays-in-its-place',
    ],
    ['src/render/dev.ts', "import fc from 'fast-check'; export const check = fc;", 'only-declared-packages'],
    ['src/render/lost.ts', "import './nowhere.ts';", 'no-lost-imports'],
    ['src/demo/inside.ts', "import '../engine/sound.ts';", 'demo-imports-only-what-it-may'],
    ['src/api/inside.ts', "import '../store/sound.ts';", 'api-imports-only-what-it-may'],
    ['src/cli/inside.ts', "import '../queue/sound.ts';", 'cli-imports-only-what-it-may'],
    ['src/app.ts', "import './api/inside.ts';", 'app.ts-imports-only-what-it-may'],
    ['src/main.ts', "import './app.ts';", 'main.ts-imports-only-what-it-may'],
    ['src/api/map/shapes.ts', "import { z } from 'zod'; export const map = z.string();"],
    [
      'src/console/sound.tsx',
      "import type { map } from '../api/map/shapes.ts'; export const Sound = () => <b>{'' as typeof map}</b>;",
    ],
    [
      'src/console/inside.tsx',
      "import type { Engine } from '../engine/sound.ts'; export const Inside = (_: Engine) => <b />;",
      'console-imports-only-what-it-may',
    ],
    ['src/api/drawn.ts', "import { use } from 'react'; use;", 'only-declared-packages'],
    ['src/shed/new.ts', "import '../core/sound.ts';", 'every-file-has-a-room'],
    [
      'src/store/chicken.ts',
      "import type { Egg } from './egg.ts'; export type Chicken = Egg[];",
      'no-cycles',
    ],
    ['src/store/egg.ts', "import type { Chicken } from './chicken.ts'; export type Egg = Chicken[];"],
  ];

  let house: string;
  let found: ReadonlySet<string>;

  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), 'etapa-house-'));
    await symlink(join(ROOT, 'node_modules'), join(house, 'node_modules'));
    for (const file of [CONFIG, 'package.json']) await copyFile(join(ROOT, file), join(house, file));
    for (const [file, text] of PLANTS) {
      await mkdir(dirname(join(house, file)), { recursive: true });
      await writeFile(join(house, file), text);
    }
    const { summary } = await cruise(house);
    found = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
  });

  afterAll(() => rm(house, { recursive: true }));

  test.each(PLANTS.filter(([, , breaks]) => breaks !== undefined))(
    '%s with `%s` breaks %s',
    (file, _, breaks) => {
      expect(found).toContain(`${file}: ${breaks}`);
    },
  );

  test('nothing else is found in the planted house', () => {
    const planted = PLANTS.flatMap(([file, , breaks]) =>
      breaks === undefined ? [] : [`${file}: ${breaks}`],
    );
    expect([...found].toSorted()).toEqual(planted.toSorted());
  });
});

describe('the pure core', () => {
  test('asks no clock, throws no dice, waits for nothing and touches no process', () => {
    const impure = sourcesIn('src/core').flatMap((file) =>
      impuritiesIn(codeOf(file)).map((what) => `${file}: ${what}`),
    );
    expect(impure).toEqual([]);
  });

  test.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const now = new Date;',
    'const now = Date();',
    'const dice = Math.random();',
    'export async function read() {}',
    'const read = async () => 1;',
    'if (process.pid) exit();',
    "import { hostname } from 'node:os';",
    'setTimeout(go, 1);',
    'const id = crypto.randomUUID();',
  ])('%s would be found', (text) => {
    expect(impuritiesIn(code(text))).toHaveLength(1);
  });

  test.each(['new Date(now)', '// Date.now()', "'https://example.com'; /* async */ 1", 'reprocess(it)'])(
    '%s is pure',
    (text) => {
      expect(impuritiesIn(code(text))).toEqual([]);
    },
  );
});

describe('what only one place may do', () => {
  test('the environment is read by the settings, and else only handed to child processes', () => {
    const readers = sourcesIn('src').filter((file) =>
      codeOf(file).replaceAll(HANDED_OVER, '').includes('process.env'),
    );
    // PostgreSQL's programs and `ps` are started with what they need of it.
    expect(readers).toEqual(['src/store/embedded/account.ts', 'src/store/embedded/process-table.ts']);
  });

  test("transactions are begun by the store's own function, which loses no connection", () => {
    expect(sourcesIn('src').filter((file) => /\.transaction\(/.test(codeOf(file)))).toEqual([]);
  });

  test('nothing is typed any', () => {
    const files = ['src', 'tests', 'bench'].flatMap(sourcesIn);
    expect(files.filter((file) => ANY.test(bare(codeOf(file))))).toEqual([]);
  });

  test.each(['let a: any;', 'b as any', 'new Map<string, any>()', 'let b: any[]', 'type A = any | string'])(
    '%s would be found',
    (text) => {
      expect(text).toMatch(ANY);
    },
  );

  test('no rule is switched off where it is broken', () => {
    const files = ['src', 'bench', 'tests']
      .flatMap(sourcesIn)
      .filter((file) => !import.meta.filename.endsWith(file));
    const quiet = /(?:ox|es)lint-disable|@ts-(?:ignore|nocheck|expect-error)/;
    expect(files.filter((file) => quiet.test(textOf(file)))).toEqual([]);
  });
});

const HANDED_OVER = 'readSettings(process.env,';
const ANY = /(?:: |\bas |[<|=] ?|\w, )any(?=[\s[\],;)>|&}]|$)/m;

const IMPURE: readonly RegExp[] = [
  /\bDate\.now\b/,
  /\bnew Date(?:\(\)|(?!\())/,
  /(?<!new )\bDate\(/,
  /\bMath\.random\b/,
  /\basync\b/,
  /(?<!\.)\bprocess\b/,
  /['"]node:/,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /(?<!\.)\b(?:crypto|performance)\./,
];

function impuritiesIn(text: string): string[] {
  return IMPURE.flatMap((impure) => impure.exec(text)?.[0] ?? []);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${folder}/${file}`)
    .toSorted();
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function codeOf(file: string): string {
  return code(textOf(file));
}

const QUOTED = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
const COMMENT = /\/\*[^]*?\*\/|\/\/[^\n]*/;

/** Without comments; what looks like one inside quotes stays. */
function code(text: string): string {
  return text.replaceAll(new RegExp(`(${QUOTED.source})|${COMMENT.source}`, 'g'), '$1');
}

/** Without what stands in quotes too. */
function bare(text: string): string {
  return text.replaceAll(new RegExp(QUOTED, 'g'), "''");
}
