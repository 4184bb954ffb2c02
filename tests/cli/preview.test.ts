/** `etapa preview` on the project that is shipped, and for somebody in a database. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addPreview } from '../../src/cli/preview.ts';
import { openTestApp } from '../support/app.ts';
import { HOUR, MINUTE } from '../support/build.ts';
import { EXPLAINED_FILES } from '../support/explained.ts';
import { identified, product, tracked } from '../support/traffic.ts';
import { writeFiles } from '../support/built-program.ts';

const REPOSITORY = new URL('../..', import.meta.url).pathname;
const usual = process.env.DATABASE_URL;

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etapa-preview-'));
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += stripVTControlCharacters(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  if (usual === undefined) delete process.env.DATABASE_URL;
  else process.env.DATABASE_URL = usual;
  await rm(folder, { recursive: true, force: true });
});

async function etapa(...args: readonly string[]): Promise<void> {
  const program = new Command('etapa').exitOverride();
  addPreview(program);
  await program.parseAsync(['node', 'etapa', 'preview', ...args]);
}

describe('etapa preview', () => {
  it('shows head, tone with its reason and words for somebody made up, without a database', async () => {
    process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/x';
    await etapa('cart_reminder_1', '-C', REPOSITORY);
    expect(out).toMatch(/^From {5}Lumbre <hola@lumbre\.example>\nTo {7}ana@example\.com \(made up\)$/m);
    expect(out).toMatch(/^Subject {2}.*Ana/m);
    expect(out).toMatch(/^Tone {5}\w+, (tu|usted) \(es\) {2}because \S/m);
    expect(out).toMatch(/Taza azul/);
  });

  it('prints the text alone, or everything as JSON, in the tone and language that are asked for', async () => {
    await etapa('cart_reminder_1', '-C', REPOSITORY, '--text', '--language', 'en', '--tone', 'calm');
    expect(out).not.toContain('From');
    expect(out).toContain('Blue mug');
    const text = out;
    out = '';
    await etapa('cart_reminder_1', '-C', REPOSITORY, '--json', '--language', 'en', '--tone', 'calm');
    const made = JSON.parse(out) as Record<string, string>;
    expect(made).toMatchObject({
      message: 'cart_reminder_1',
      contact: 'sample',
      tone: 'calm',
      language: 'en',
    });
    expect(`${made.text}\n`).toBe(text);
  });

  it('writes HTML and text in every tone and language, or in those that are named', async () => {
    await writeFiles(folder, EXPLAINED_FILES);
    const place = join(folder, 'out');
    await etapa('reminder', '-C', folder, '--out', place);
    const kinds = ['en.calm', 'en.plain', 'es.calm', 'es.plain'].flatMap((kind) => [
      `${kind}.html`,
      `${kind}.txt`,
    ]);
    expect((await readdir(place)).sort()).toEqual(kinds.map((kind) => `reminder.${kind}`));
    expect(out.trim().split('\n')).toHaveLength(8);
    expect(await readFile(join(place, 'reminder.es.calm.txt'), 'utf8')).toMatch(
      /^Hola Ana de reminder\n\nTu carrito/,
    );
    const one = join(folder, 'one');
    await etapa('reminder', '-C', folder, '--out', one, '--tone', 'plain', '--language', 'es');
    expect((await readdir(one)).sort()).toEqual(['reminder.es.plain.html', 'reminder.es.plain.txt']);
  });

  it('takes somebody from the database, with what started the message then, and says what holds it back', async () => {
    await writeFiles(folder, EXPLAINED_FILES);
    const start = Date.now() - 3 * HOUR;
    const shop = await openTestApp({ files: EXPLAINED_FILES, backend: 'postgres', start: start - MINUTE });
    const eva = { user_id: 'eva' };
    await shop.live(
      [
        identified(eva, { email: 'eva@example.com', first_name: 'Eva' }, { at: start }),
        tracked(eva, 'product_added', product('shoe', 60), { at: start + MINUTE }),
      ],
      start + 2 * HOUR,
    );
    await shop.close();
    process.env.DATABASE_URL = shop.database_url;
    await etapa('reminder', '-C', folder, '--contact', 'eva@example.com');
    expect(out).toMatch(/^To {7}eva@example\.com$/m);
    expect(out).toMatch(/^Subject {2}Hello Eva from reminder$/m);
    expect(out).toMatch(/^It would be held back: never allowed promotions by email$/m);
    expect(out).toMatch(/Your cart is worth €60\.00/);
    await expect(etapa('reminder', '-C', folder, '--contact', 'nobody')).rejects.toThrow(
      'Nobody is known as "nobody".',
    );
  });

  it('says what was perhaps meant, and what cannot be asked together', async () => {
    await expect(etapa('cart_remindr_1', '-C', REPOSITORY)).rejects.toThrow(
      /did you mean "cart_reminder_1"\?/,
    );
    await expect(etapa('cart_reminder_1', '-C', REPOSITORY, '--tone', 'clam')).rejects.toThrow(
      /There is no tone called "clam"; did you mean "calm"\?/,
    );
    await expect(etapa('cart_reminder_1', '-C', REPOSITORY, '--sample', '--contact', 'x')).rejects.toThrow(
      /not both/,
    );
    await expect(etapa('x', '-C', folder)).rejects.toThrow(/There is no project in/);
  });
});
