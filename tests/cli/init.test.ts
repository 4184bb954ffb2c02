/** `etapa init`: what it makes is sound and tested, and nothing is left of what was not finished. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { addCheck } from '../../src/cli/check.ts';
import { addInit } from '../../src/cli/init.ts';
import { KINDS } from '../../src/cli/init/answers.ts';
import { addTest } from '../../src/cli/test.ts';

let home: string;
let out: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'etapa-init-'));
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(home, { recursive: true, force: true });
});

async function etapa(...args: readonly string[]): Promise<string> {
  const program = new Command('etapa').exitOverride();
  for (const add of [addInit, addCheck, addTest]) add(program);
  out = '';
  await program.parseAsync(['node', 'etapa', ...args]);
  return out;
}

describe('a new project', () => {
  it.each(KINDS)('is sound without a warning, and its tests pass: %s', { timeout: 60_000 }, async (kind) => {
    const folder = join(home, 'mi-casa');
    await etapa('init', folder, '--yes', '--kind', kind);
    expect(await etapa('check', '-C', folder, '--strict')).toMatch(/^\d+ files are sound\.\n$/);
    expect(await etapa('test', '-C', folder)).toMatch(/7 tests, 7 passed in/);
    expect(process.exitCode).toBeUndefined();
  });

  it.each(['en', 'es'])(
    'speaks one language alone where only %s is wanted',
    { timeout: 60_000 },
    async (only) => {
      await etapa('init', home, '--yes', '--languages', only);
      expect(await etapa('check', '-C', home, '--strict')).toMatch(/sound\.\n$/);
      expect(await readdir(join(home, 'templates/layout'))).toEqual([`email.${only}.mjml`]);
      expect(await readFile(join(home, 'workflows/welcome.yaml'), 'utf8')).not.toMatch(/\ben: |\bes: /);
    },
  );

  it('takes what the flags say, whatever stands in it', async () => {
    const name = 'Casa "Sol": té & más # 1';
    await etapa(
      ...[
        'init',
        home,
        '--yes',
        '--name',
        name,
        '--languages',
        'es,en',
        '--time-zone',
        'America/Mexico_City',
      ],
      ...['--currency', 'mxn', '--sender', 'hola@sol.example', '--address', 'Calle 5 #12: Centro'],
    );
    expect(parse(await readFile(join(home, 'etapa.yaml'), 'utf8'))).toMatchObject({
      name,
      languages: ['es', 'en'],
      time_zone: 'America/Mexico_City',
      currency: 'MXN',
      from: { name, email: 'hola@sol.example' },
      postal_address: 'Calle 5 #12: Centro',
    });
    expect(await etapa('check', '-C', home, '--strict')).toMatch(/sound\.\n$/);
  });

  it('brings schemas and settings for the editor, keeps them out of git, and tells what comes next', async () => {
    const said = await etapa('init', home, '--yes');
    expect(said).toMatch(/Next steps:[\s\S]*etapa check[\s\S]*etapa test[\s\S]*etapa deploy/);
    expect(await readFile(join(home, '.gitignore'), 'utf8')).toMatch(/^\.etapa\/$/m);
    const workflow = await readFile(join(home, '.etapa/schema/workflow.json'), 'utf8');
    expect(workflow).toContain('cart_reminder_1');
    const settings = JSON.parse(await readFile(join(home, '.vscode/settings.json'), 'utf8')) as object;
    expect(settings).toHaveProperty(['yaml.schemas', './.etapa/schema/workflow.json'], 'workflows/*.yaml');
  });
});

describe('what is there already', () => {
  it('is never written over: a project is refused', async () => {
    await writeFile(join(home, 'etapa.yaml'), 'version: 1\n');
    await expect(etapa('init', home, '--yes')).rejects.toThrow(/There is a project in .* already/);
    expect(await readdir(home)).toEqual(['etapa.yaml']);
  });

  it('is never written over: nor a folder called templates', async () => {
    await mkdir(join(home, 'templates'));
    await expect(etapa('init', home, '--yes')).rejects.toThrow(/holds templates already/);
    expect(await readdir(home)).toEqual(['templates']);
  });

  it('stays beside a new project where it is no part of one', async () => {
    await writeFile(join(home, 'README.md'), 'ours');
    await writeFile(join(home, '.gitignore'), 'dist\n');
    expect(await etapa('init', home, '--yes')).toContain('Left as it was: .gitignore');
    expect(await readFile(join(home, '.gitignore'), 'utf8')).toBe('dist\n');
    expect(await readdir(home)).toEqual(expect.arrayContaining(['README.md', 'etapa.yaml', 'workflows']));
  });
});

describe('nothing is written', () => {
  it('when somebody leaves in the middle of the questions', async () => {
    const terminal = Object.getOwnPropertyDescriptor(process.stdin, 'isTTY');
    Object.defineProperty(process.stdin, 'isTTY', { value: true, configurable: true });
    onTestFinished(() => {
      if (terminal) Object.defineProperty(process.stdin, 'isTTY', terminal);
      else Reflect.deleteProperty(process.stdin, 'isTTY');
    });
    vi.resetModules();
    vi.doMock('@clack/prompts', async (original) => ({
      ...(await original<object>()),
      group: (_questions: object, { onCancel }: { onCancel(): void }) => Promise.resolve().then(onCancel),
    }));
    onTestFinished(() => {
      vi.doUnmock('@clack/prompts');
    });
    const fresh = await import('../../src/cli/init.ts');
    const program = new Command('etapa').exitOverride();
    fresh.addInit(program);
    await program.parseAsync(['node', 'etapa', 'init', join(home, 'shop')]);
    expect(out).toContain('Nothing was written');
    expect(process.exitCode).toBe(1);
    expect(await readdir(home)).toEqual([]);
  });

  it.each([
    [['--time-zone', 'Madrid'], /--time-zone: "Madrid" is not a time zone/],
    [['--languages', 'fr'], /--languages: /],
    [['--languages', 'en,en'], /--languages: name each language once/],
    [['--currency', 'euro'], /--currency: write the currency as its three letters/],
    [['--kind', 'bakery'], /--kind: write one of shop, subscription, services/],
    [['--sender', 'nobody'], /--sender: write an e-mail address/],
    [['--name', 'two\nlines'], /--name: write it on one line/],
  ])('when a flag cannot be used: %s', async (flags, told) => {
    await expect(etapa('init', join(home, 'shop'), '--yes', ...flags)).rejects.toThrow(told);
    expect(await readdir(home)).toEqual([]);
  });
});
