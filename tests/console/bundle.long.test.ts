/** What a browser has to fetch before the first page stands. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { buildConsoleOnce } from './built-console.ts';

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const MOST_BYTES = 250_000;

test('the first page is smaller than 250 kB, and draws no chart, graph or editor before it stands', async () => {
  const folder = await buildConsoleOnce(inject('builds'));
  const chunks = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const take = (name: string): void => {
    const { file, imports = [], css = [] } = chunks[name] ?? { file: '' };
    if (files.has(file)) return;
    for (const one of [file, ...css]) files.add(one);
    imports.forEach(take);
  };
  take('index.html');
  take('pages/map/index.tsx');
  const sizes = await Promise.all(
    [...files].map(async (file) => (await stat(join(folder, `${file}.gz`))).size),
  );
  expect(sizes.length).toBeGreaterThan(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  const text = await Promise.all([...files].map((file) => readFile(join(folder, file), 'utf8')));
  for (const heavy of ['react-flow__', 'cm-editor', 'echarts'])
    expect(
      text.filter((one) => one.includes(heavy)),
      heavy,
    ).toHaveLength(0);
}, 120_000);
