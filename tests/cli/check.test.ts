import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { messageFiles } from '../support/projects.ts';
import { SHOP_FILES } from '../support/shop.ts';
import type { Ended } from '../support/built-program.ts';
import { buildProgram, type Program } from './program.ts';

let program: Program;

beforeAll(async () => {
  program = await buildProgram();
});
afterAll(() => program.remove());

/** A message that nothing sends. */
const WARNED: ProjectFiles = { ...SHOP_FILES, ...messageFiles('unsent', 'service') };

/** Beside it: a message that is not there, under a name with signs that formats must escape. */
const BROKEN: ProjectFiles = {
  ...WARNED,
  'workflows/offering.yaml': (SHOP_FILES['workflows/offering.yaml'] ?? '').replace(
    'send_email: offer',
    'send_email: "100%, ofer"',
  ),
};

async function check(files: ProjectFiles, ...args: string[]): Promise<Ended & { folder: string }> {
  const folder = await program.folder(files);
  return { ...(await program.run(['check', '-C', folder, ...args])), folder };
}

describe('what a check tells people', () => {
  it('counts the files of a sound project', async () => {
    const { code, out, err } = await check(SHOP_FILES);
    expect([code, out, err]).toEqual([0, `${Object.keys(SHOP_FILES).length} files are sound.\n`, '']);
  });

  it('tells warnings, and lets them pass unless it is strict', async () => {
    const files = Object.keys(WARNED).length;
    const warned = {
      out: [
        'templates/unsent/message.yaml:2:10  warning: nothing sends the message "unsent"; write "send_email: unsent" in a workflow, or delete the folder',
        `${files} files are sound, with 1 warning.`,
        '',
      ].join('\n'),
      err: '',
    };
    expect(await check(WARNED)).toMatchObject({ ...warned, code: 0 });
    expect(await check(WARNED, '--strict')).toMatchObject({ ...warned, code: 1 });
    expect(await check(SHOP_FILES, '--strict')).toMatchObject({ code: 0 });
  });

  it('counts errors and warnings apart, and exits with 1', async () => {
    const { code, out } = await check(BROKEN);
    expect(code).toBe(1);
    expect(out).toMatch(/^workflows\/offering\.yaml:7:17 {2}there is no message called "100%, ofer"/m);
    expect(out).toMatch(new RegExp(`^1 error.* in ${Object.keys(BROKEN).length} files\\.$`, 'm'));
  });
});

describe('what a check tells programs', () => {
  it('is JSON, asked for in either way', async () => {
    const { code, out } = await check(WARNED, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      files: Object.keys(WARNED).length,
      errors: 0,
      warnings: 1,
      problems: [
        {
          file: 'templates/unsent/message.yaml',
          line: 2,
          column: 10,
          severity: 'warning',
          message: expect.stringContaining('nothing sends the message "unsent"'),
        },
      ],
    });
    expect((await check(WARNED, '--json')).out).toBe(out);
  });

  it('stands beside the lines of a pull request, with paths from where the command runs, escaped', async () => {
    const { code, out, folder } = await check(BROKEN, '--format', 'github');
    expect(code).toBe(1);
    const [error = ''] = out.split('\n').filter((line) => line.startsWith('::error'));
    const [, file, place, message] = /^::error file=(.*),line=(\d+,col=\d+)::(.*)$/.exec(error) ?? [];
    expect(join(process.cwd(), file ?? '')).toBe(join(folder, 'workflows/offering.yaml'));
    expect(place).toBe('7,col=17');
    expect(message).toContain('"100%25, ofer"');
    const warned = await check(WARNED, '--format', 'github');
    expect(warned.out).toMatch(/^::warning file=.*templates\/unsent\/message\.yaml,line=2,col=10::nothing/m);
  });

  it('takes no other format', async () => {
    const { code, err } = await check(SHOP_FILES, '--format', 'xml');
    expect(code).toBe(1);
    expect(err).toContain('Allowed choices are text, json, github');
  });
});
