import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addDocs } from '../../src/cli/docs.ts';
import { addInit } from '../../src/cli/init.ts';

let home: string;
let out: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'etapa-docs-'));
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(home, { recursive: true, force: true });
});

async function etapa(...args: readonly string[]): Promise<void> {
  const program = new Command('etapa').exitOverride();
  addInit(program);
  addDocs(program);
  await program.parseAsync(['node', 'etapa', ...args]);
}

it(
  'writes the pages of a new project with its mails, and again over its own',
  { timeout: 60_000 },
  async () => {
    const [project, site] = [join(home, 'shop'), join(home, 'site')];
    await etapa('init', project, '--yes', '--languages', 'en');
    await etapa('docs', '-C', project, '--out', site);
    expect(out).toMatch(/\d+ pages written\.\nOpen file:\/\/.*\/site\/index\.html\n$/);
    const mail = await readFile(join(site, 'en/message-cart_reminder_1.html'), 'utf8');
    expect(mail).toContain('Right where you left it');
    expect(mail).toContain('Blue mug');
    expect(await readdir(site)).not.toContain('es');

    await writeFile(join(site, 'en/old.html'), '');
    out = '';
    await etapa('docs', '-C', project, '--out', site, '--json');
    expect(JSON.parse(out)).toMatchObject({
      folder: site,
      files: expect.arrayContaining(['en/stages.html']) as string[],
    });
    expect(await readdir(join(site, 'en'))).not.toContain('old.html');
  },
);

it('never empties a folder that holds something else', async () => {
  await etapa('init', join(home, 'shop'), '--yes');
  await writeFile(join(home, 'letter.txt'), 'dear');
  await expect(etapa('docs', '-C', join(home, 'shop'), '--out', home)).rejects.toThrow(
    /holds something else/,
  );
  expect(await readdir(home)).toContain('letter.txt');
});
