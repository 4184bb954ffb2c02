/** The project in this repository is the first that people see: every file of it must be sound. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { conditionSchema } from '../src/core/conditions/condition.ts';
import { stepListSchema } from '../src/core/workflows/steps/index.ts';
import { triggerSchema } from '../src/core/workflows/triggers/index.ts';
import { FILE_SCHEMAS } from '../src/project/json-schema/kinds.ts';
import { isSchema, type JsonSchema } from '../src/project/json-schema/json-schema.ts';
import { projectSchemas } from '../src/project/json-schema/project-schemas.ts';
import { loadProject, type Loading } from '../src/project/load.ts';
import { formatProblem } from '../src/project/problem.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import { readYaml } from '../src/project/yaml.ts';
import { compileProject } from '../src/render/compile-project.ts';
import { readTests } from '../src/simulate/check-test-file.ts';
import { testFileSchema } from '../src/simulate/test-file.ts';
import { aContact, anEvent, aStory, at, DAY } from './support/build.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let files: ProjectFiles;
let loading: Loading;

beforeAll(async () => {
  files = await readProjectFiles(ROOT);
  loading = loadProject(files);
});

function loadedProject() {
  if (!loading.loaded) throw new Error(loading.problems.map(formatProblem).join('\n'));
  return loading.loaded;
}

describe('the shipped project', () => {
  test('loads without a problem', () => {
    expect(loading.problems.map(formatProblem)).toEqual([]);
    expect(Object.keys(files).length).toBeGreaterThan(40);
  });

  test('uses every message that it has, and every message has words in both languages', () => {
    const { templates, project } = loadedProject();
    const workflows = Object.entries(files).filter(([path]) => /^workflows\/\w+\.yaml$/.test(path));
    const sent = workflows.flatMap(([, text]) =>
      [...text.matchAll(/\b(?:send_\w+|ask): (\w+)/g)].map(([, id]) => id),
    );
    const told = project.notices.flatMap(({ message }) => message ?? []);
    expect([...new Set([...sent, ...told])].sort()).toEqual(Object.keys(templates).sort());
    expect(project.workflows.size).toBe(workflows.length + told.length);
  });

  test('compiles every template without a problem', async () => {
    const nothing = { get: () => Promise.resolve(new Map<string, never>()), put: () => Promise.resolve() };
    const { emails, problems } = await compileProject(loadedProject(), nothing);
    expect(problems.map(formatProblem)).toEqual([]);
    const bodies = Object.keys(files).filter((path) => /^templates\/(?!layout)\w+\/email/.test(path));
    expect(emails.size).toBe(bodies.length);
  }, 60_000);

  test('reminds of a cart, thanks for the order, and does not take the first order for the second', () => {
    const start = at('2026-11-17T10:00+01:00'); // a Tuesday
    const story = aStory(loadedProject().project, aContact({ fields: { time_zone: 'Europe/Madrid' } }));
    const tell = (days: number, name: string, properties = {}) =>
      story.tell(start + days * DAY, anEvent(name, properties, start + days * DAY));
    for (const minutes of [0, 1, 2]) tell(minutes / 1440, 'product_viewed', { product_id: 's1' });
    tell(0.01, 'product_added', { product_id: 's1', price: 89, quantity: 1 });
    tell(1.1, 'order_completed', { order_id: 'o1', revenue: 89 });
    tell(2, 'page_viewed');
    tell(40, 'page_viewed');
    expect(story.messages.map((line) => line.slice(17))).toEqual([
      'cart_reminder_1',
      'cart_reminder_2_reviews',
      'order_thanks',
      'how_is_it_going',
      'would_you_recommend',
    ]);
    expect(story.runs.map(({ workflow, outcome }) => [workflow, outcome])).toEqual([
      ['browse_abandonment', 'converted'],
      ['abandoned_cart', 'converted'],
      ['after_purchase', 'completed'],
    ]);
  });
});

describe('docs/language.md', () => {
  const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
    ...FILE_SCHEMAS,
    tests: testFileSchema,
    condition: conditionSchema,
    trigger: triggerSchema,
    steps: stepListSchema,
  };
  let text: string;
  let blocks: { readonly kind: string; readonly place: string; readonly yaml: string }[];

  beforeAll(async () => {
    text = await readFile(`${ROOT}docs/language.md`, 'utf8');
    blocks = [...text.matchAll(/^```yaml\n(# (\w+)\n[^]*?)^```$/gm)].map(({ 1: yaml, 2: kind, index }) => ({
      kind: kind ?? '',
      place: `line ${text.slice(0, index).split('\n').length + 1}`,
      yaml: yaml ?? '',
    }));
  });

  test('names the schema of every example, and shows every kind of file', () => {
    expect(blocks).toHaveLength(text.match(/^```yaml$/gm)?.length ?? 0);
    expect(Object.keys(SCHEMAS).filter((kind) => !blocks.some((block) => block.kind === kind))).toEqual([]);
  });

  test('has only examples that are right', () => {
    const problems = blocks.flatMap(({ kind, place, yaml }) => {
      const schema = SCHEMAS[kind];
      return schema
        ? readYaml(place, yaml, schema).problems.map(formatProblem)
        : [`${place}: no schema "${kind}"`];
    });
    expect(problems).toEqual([]);
  });

  test('has a test among its examples that names only what the shipped project has', () => {
    const tests = blocks.filter(({ kind }) => kind === 'tests');
    expect(tests.flatMap(({ place, yaml }) => readTests(place, yaml, loadedProject()).problems)).toEqual([]);
  });

  test('names every key that can be written, of every file', () => {
    const unknown = Object.entries(projectSchemas(NOTHING_KNOWN, testFileSchema)).flatMap(([kind, schema]) =>
      [...keysIn(schema)].filter((key) => !isNamed(key)).map((key) => `${kind}: ${key}`),
    );
    expect(unknown).toEqual([]);
  });

  test('names every word that can be chosen, of every file', () => {
    const unknown = Object.entries(projectSchemas(NOTHING_KNOWN, testFileSchema)).flatMap(([kind, schema]) =>
      [...wordsIn(schema)].filter((word) => !isNamed(word)).map((word) => `${kind}: ${word}`),
    );
    expect(unknown).toEqual([]);
  });

  function isNamed(word: string): boolean {
    return new RegExp(`\\b${word}\\b`).test(code());
  }

  /** What stands in backticks, or in an example. */
  function code(): string {
    const prose = text.replace(/^```[^]*?^```$/gm, '');
    return [...blocks.map(({ yaml }) => yaml), ...(prose.match(/`[^`]+`/g) ?? [])].join('\n');
  }
});

const NOTHING_KNOWN = {
  ...{ stages: [], moods: [], tones: [], segments: [], personas: [], workflows: [] },
  ...{ calendars: [], topics: [], messages: [], events: null, fields: null },
};

/** The names of all keys, at any depth. */
function keysIn(schema: unknown): ReadonlySet<string> {
  return new Set(mapsIn(schema).flatMap(({ properties = {} }) => Object.keys(properties)));
}

/** The words of all lists to choose from, at any depth. */
function wordsIn(schema: unknown): ReadonlySet<string> {
  return new Set(mapsIn(schema).flatMap((map) => (map.enum ?? []).map(String)));
}

/** A schema and all that are in it; names of keys are no keywords, not even `properties`. */
function mapsIn(node: unknown): JsonSchema[] {
  if (Array.isArray(node)) return node.flatMap(mapsIn);
  if (!isSchema(node)) return [];
  const { defaultSnippets: _offered, properties = {}, definitions = {}, ...others } = node;
  const inner = [properties, definitions].flatMap((named) => Object.values(named));
  return [node, ...[...inner, ...Object.values(others)].flatMap(mapsIn)];
}
