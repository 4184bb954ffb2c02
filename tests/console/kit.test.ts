/** Styles of the kit are left out by name: what is used must not be among them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../support/built-program.ts';

const CONSOLE = join(REPOSITORY, 'src/console');
const STYLES = join(REPOSITORY, 'node_modules/@mantine/core/styles');

test('every component of the kit that the console takes comes with its styles', () => {
  const styles = readFileSync(join(CONSOLE, 'app/kit.css'), 'utf8');
  const sources = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.tsx'),
  );
  const taken = new Set(sources.flatMap((file) => takenFrom(readFileSync(join(CONSOLE, file), 'utf8'))));
  expect(taken.size).toBeGreaterThan(20);
  const styled = [...taken].filter((name) => existsSync(join(STYLES, `${name}.css`)));
  expect(styled.filter((name) => !styles.includes(`/${name}.css'`))).toEqual([]);
});

function takenFrom(text: string): string[] {
  return [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
}
