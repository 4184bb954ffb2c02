/** Dockerfile and compose.yaml, as far as they can be judged where no container engine runs; docs of the settings. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROLES } from '../../src/app.ts';
import { readSettings, VARIABLES } from '../../src/settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string): Promise<string> => readFile(join(ROOT, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = async (): Promise<Compose> => parse(await read('compose.yaml'), { merge: true }) as Compose;

describe('the Dockerfile', () => {
  test('has nothing that a builder would complain of', async () => {
    expect(validate(await read('Dockerfile'))).toEqual([]);
    expect(validate('FROM\nEXPOSE x\n')).not.toEqual([]);
  });

  test('installs by the lock file from whichever registry is set, runs as nobody special, and tells its health', async () => {
    const text = await read('Dockerfile');
    expect(text).toContain('npm ci --omit=dev');
    expect(text).not.toMatch(/registry|npm install|curl|wget|https:/);
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK /m);
    expect(text.match(/^FROM node:20-slim/gm)).toHaveLength(3);
  });

  test('copies only what there is, and sets only what is read', async () => {
    const text = await read('Dockerfile');
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, places = '']) =>
      places.split(' '),
    );
    expect(copied.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
    const ignored = (await read('.dockerignore')).split('\n');
    expect(copied.filter((place) => ignored.includes(place))).toEqual([]);
    const [, set = ''] = /^ENV (.*)$/m.exec(text) ?? [];
    const names = set.split(' ').map((one) => one.split('=')[0] ?? '');
    expect(names.filter((name) => name !== 'NODE_ENV' && !VARIABLES.includes(name))).toEqual([]);
  });
});

describe('compose.yaml', () => {
  test('starts the database, Redis, each role, and a catcher of mail, each with its health', async () => {
    const { services, volumes } = await compose();
    expect(Object.keys(services)).toEqual(['postgres', 'redis', 'api', 'engine', 'sender', 'mail']);
    for (const name of ['postgres', 'redis', 'api', 'mail'])
      expect(services[name]?.healthcheck?.test.length, name).toBeGreaterThan(1);
    const roles = Object.values(services).flatMap(({ command = [] }) =>
      command[0] === 'start' ? command.slice(command.indexOf('--only') + 1) : [],
    );
    expect(new Set(roles)).toEqual(new Set(ROLES));
    expect(services.redis?.command).toContain('noeviction');
    const named = Object.values(services).flatMap(({ volumes: list = [] }) =>
      list.map((one) => one.split(':')[0] ?? '').filter((one) => !one.startsWith('.')),
    );
    expect(named.toSorted()).toEqual(Object.keys(volumes).toSorted());
  });

  test('sets only variables that are read, with values that are good', async () => {
    const { services } = await compose();
    for (const name of ['api', 'engine', 'sender']) {
      const { environment = {}, depends_on = {}, stop_grace_period } = services[name] ?? {};
      const values = Object.entries(environment).map(([key, text]) => [
        key,
        text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'),
      ]);
      expect(Object.keys(environment).filter((key) => !VARIABLES.includes(key))).toEqual([]);
      const settings = readSettings(Object.fromEntries(values) as Record<string, string>, '/project');
      expect(settings.database_url).toBe('postgresql://etapa:etapa@postgres:5432/etapa');
      expect(settings.redis_url).toContain('redis:6379');
      expect(Object.values(depends_on).map(({ condition }) => condition)).toEqual([
        'service_healthy',
        'service_healthy',
      ]);
      expect(Number.parseInt(stop_grace_period ?? '', 10)).toBeGreaterThan(28);
    }
  });
});

test('docs/operations.md tells every variable, and none that is not read', async () => {
  const text = await read('docs/operations.md');
  const table = text.slice(text.indexOf('\n## Settings\n'), text.indexOf('\n## Logs\n'));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name),
  );
  expect(told.toSorted()).toEqual(VARIABLES.toSorted());
});
