/** `etapa suppress`, `export` and `erase`, as far as they need no engine. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addErase } from '../../src/cli/erase.ts';
import { addExport } from '../../src/cli/export.ts';
import { addSuppress } from '../../src/cli/suppress.ts';
import { openTestApp } from '../support/app.ts';
import { projectFiles } from '../support/projects.ts';
import { identified } from '../support/traffic.ts';

const usual = { DATABASE_URL: process.env.DATABASE_URL, REDIS_URL: process.env.REDIS_URL };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-export-'));
  const shop = await openTestApp({ files: projectFiles(), backend: 'postgres', start: 0, roles: [] });
  await shop.app.receiver.receive([
    identified({ user_id: 'ana' }, { email: 'ana@example.com' }),
    identified({ user_id: 'twin' }, { email: 'twin@example.com' }),
  ]);
  await shop.close();
  process.env.DATABASE_URL = shop.database_url;
  delete process.env.REDIS_URL;
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  for (const [name, value] of Object.entries(usual)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

let out: string;
beforeEach(() => {
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function etapa(...args: readonly string[]): Promise<string> {
  out = '';
  const program = new Command('etapa').exitOverride();
  for (const add of [addSuppress, addExport, addErase]) add(program);
  await program.parseAsync(['node', 'etapa', ...args]);
  return out;
}

describe('etapa suppress', () => {
  it('puts addresses and domains on the list, tells it, and takes them off again', async () => {
    expect(await etapa('suppress', '--list')).toBe('Nothing is suppressed.\n');
    expect(await etapa('suppress', 'Ana@Example.com', '--reason', 'by phone')).toBe(
      'Nothing goes to ana@example.com any more.\n',
    );
    await etapa('suppress', '@Shop.EXAMPLE', '--promotions-only');
    await etapa('suppress', '+34600111222', '--channel', 'sms', '--json');
    expect(JSON.parse(out)).toMatchObject({ channel: 'sms', address: '+34600111222', scope: 'all' });
    const listed = (await etapa('suppress', '--list')).split('\n').map((line) => line.slice(12));
    expect(listed).toEqual([
      'email  @shop.example (promotions)  by hand',
      'email  ana@example.com  by phone',
      'sms  +34600111222  by hand',
      '',
    ]);
    await etapa('suppress', 'ANA@example.com', '--remove');
    await expect(etapa('suppress', 'ana@example.com', '--remove')).rejects.toThrow('is not suppressed');
    expect((await etapa('suppress', '--list', '--json')).trim().split('\n')).toHaveLength(2);
  });

  it('refuses what is no one address, with the mend', async () => {
    for (const address of ['a@b.example, c@d.example', 'ana', '@localhost', '@'])
      await expect(etapa('suppress', address), address).rejects.toThrow('is not one address; write it like');
    await expect(etapa('suppress', '600', '--channel', 'sms')).rejects.toThrow('+34600111222');
    await expect(etapa('suppress')).rejects.toThrow('Write the address');
  });
});

describe('etapa export and erase', () => {
  it('write what is kept into a file for its owner alone, and never over another', async () => {
    const file = join(folder, 'ana.json');
    expect(await etapa('export', 'ana', '--out', file)).toMatch(
      /^\d+ octets about contact [0-9a-f-]{36} were/,
    );
    const person = JSON.parse(await readFile(file, 'utf8')) as { format: string; events: unknown[] };
    expect(person).toMatchObject({ format: 'etapa-person-1', events: [{ name: 'identified' }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(etapa('export', 'ana', '--out', file)).rejects.toThrow('cannot be written');
    expect(JSON.parse(await etapa('export', 'ana'))).toMatchObject({ format: 'etapa-person-1' });
    await expect(etapa('export', 'nobody')).rejects.toThrow('Nobody is known as "nobody"');
  });

  it('erase only who is there, and only when it was said', async () => {
    await expect(etapa('erase', 'ana')).rejects.toThrow('add --yes');
    expect(JSON.parse(await etapa('erase', 'ana', '--yes', '--json'))).toMatchObject({
      contacts: 1,
      events: 1,
      addresses: 1,
    });
    expect(await etapa('erase', 'twin', '--yes')).toMatch(/^Contact [0-9a-f-]{36} is erased\./);
    await expect(etapa('erase', 'ana', '--yes')).rejects.toThrow('Nobody is known as "ana"');
    expect((await etapa('suppress', '--list')).match(/\(somebody who was erased\)/g)).toHaveLength(2);
  });
});
