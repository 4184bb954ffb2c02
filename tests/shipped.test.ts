/** The project in this repository is the first that people see: every file of it must be sound. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadProject, type Loading } from '../src/project/load.ts';
import { formatProblem } from '../src/project/problem.ts';
import { readProjectFiles, type ProjectFiles } from '../src/project/read-files.ts';
import { compileProject } from '../src/render/compile-project.ts';
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
      [...text.matchAll(/send_email: (\w+)/g)].map(([, id]) => id),
    );
    expect([...new Set(sent)].sort()).toEqual(Object.keys(templates).sort());
    expect(project.workflows.size).toBe(workflows.length);
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
      'cart_reminder_2',
      'order_thanks',
      'how_is_it_going',
      'review_request',
    ]);
    expect(story.runs.map(({ workflow, outcome }) => [workflow, outcome])).toEqual([
      ['browse_abandonment', 'converted'],
      ['abandoned_cart', 'converted'],
      ['after_purchase', 'completed'],
    ]);
  });
});
