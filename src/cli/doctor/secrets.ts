/** `secrets`: how old keys and secrets are, and who may read them. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant } from '../../core/events/event.ts';
import { DAY } from '../../core/time/date.ts';
import { inspectMigrations, secretAges, type SecretAge } from '../../store/inspection.ts';
import { listWriteKeys, ROTATED, type Rotated, type WriteKey } from '../../store/keys.ts';
import { sayAs, type Around, type Check, type Finding } from './check.ts';
import type { SigningKey } from './identity.ts';

const say = sayAs('secrets');

export const secrets: Check = {
  name: 'secrets',
  run: async (around) => [
    ...(await inDatabase(around)),
    ...(await inHome(around.settings.home)),
    ...around.identity.keys.flatMap(judgePrivateKey),
  ],
};

const OLD = 365;

async function inDatabase({ database, now }: Around): Promise<Finding[]> {
  if (database.kind !== 'open') return [say.notAsked('The keys were not asked', database.why)];
  const { state } = await inspectMigrations(database.db);
  if (state === 'none')
    return [say.notAsked('There are no keys yet', 'The database has no tables of Etapa.')];
  const [ages, keys] = await Promise.all([secretAges(database.db), listWriteKeys(database.db)]);
  return [...judgeSecrets(ages, now()), ...judgeKeys(keys, now())];
}

const USES: Readonly<Record<Rotated, { readonly signs: string; readonly then: string }>> = {
  links: {
    signs: 'links in messages',
    then: 'Links that were sent before stay good.',
  },
  webhooks: {
    signs: 'calls of other systems',
    then: 'Then give the secret of "etapa keys webhook" to the systems that check it.',
  },
};

/** Of each use only the newest secret signs. */
function judgeSecrets(ages: readonly SecretAge[], now: Instant): Finding[] {
  return ROTATED.flatMap((use) => {
    const { signs, then } = USES[use];
    const list = ages.filter(({ name }) => name.startsWith(`${use}/`));
    const newest = Math.max(...list.map(({ created_at }) => created_at));
    if (list.length === 0) return [];
    const title = `The secret that signs ${signs} is ${ageWords(now - newest)} old`;
    if (now - newest <= OLD * DAY) return [say.good(title)];
    const why = 'A secret that many have seen in a year is none.';
    return [say.warning(title, why, `Run "etapa keys rotate ${use}". ${then}`)];
  });
}

function judgeKeys(keys: readonly WriteKey[], now: Instant): Finding[] {
  const used = keys.filter(({ revoked_at }) => revoked_at === null);
  const old = used.filter(({ created_at }) => now - created_at > OLD * DAY);
  if (used.length === 0) return [say.good('No key is in use; make one with "etapa keys create <name>"')];
  if (old.length === 0)
    return [
      say.good(`${used.length} ${used.length === 1 ? 'key is' : 'keys are'} in use, none older than a year`),
    ];
  return old.map(({ id, name, scope, created_at }) => {
    const mend = `Run "etapa keys create <name> --scope ${scope}", put the new key where the old one is used, then run "etapa keys revoke ${id}".`;
    return say.warning(
      `The key "${name}" is ${ageWords(now - created_at)} old`,
      `It opens ${SCOPES[scope]}.`,
      mend,
    );
  });
}

const SCOPES = { events: 'the sending of events', api: 'the whole API' };

function ageWords(age: number): string {
  const days = Math.max(0, Math.floor(age / DAY));
  return `${days} ${days === 1 ? 'day' : 'days'}`;
}

const OTHERS_WRITE = 0o022;
const OTHERS_READ = 0o044;

/** The home of the embedded database. Others may pass through it, as PostgreSQL may run as another account. */
async function inHome(home: string): Promise<Finding[]> {
  const mode = await modeOf(home);
  if (mode === undefined) return [];
  const open = await readableConnections(home);
  if (open)
    return [
      say.bad(`Others can read the password of the database in ${open}`, '', `Run "chmod 600 ${open}".`),
    ];
  const written = (mode & 0o777).toString(8);
  const mend = `Run "chmod go-rw ${home}".`;
  if (mode & OTHERS_WRITE) return [say.bad(`Others can write into ${home} (mode ${written})`, '', mend)];
  if (mode & OTHERS_READ) return [say.warning(`Others can look into ${home} (mode ${written})`, '', mend)];
  return [say.good(`Only its owner can look into ${home}`)];
}

async function modeOf(path: string): Promise<number | undefined> {
  // Windows has no such modes.
  if (process.platform === 'win32') return undefined;
  return stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}

async function readableConnections(home: string): Promise<string | undefined> {
  const folder = join(home, 'postgres');
  const files = await readdir(folder).catch((): string[] => []);
  const path = join(folder, 'connection.json');
  if (!files.includes('connection.json')) return undefined;
  return ((await modeOf(path)) ?? 0) & (OTHERS_READ | OTHERS_WRITE) ? path : undefined;
}

function judgePrivateKey({ private_key: file }: SigningKey): Finding[] {
  if (file === undefined || 'problem' in file || process.platform === 'win32') return [];
  if (!(file.mode & (OTHERS_READ | OTHERS_WRITE))) return [say.good(`Only its owner can read ${file.path}`)];
  return [say.bad(`Others can read the private key in ${file.path}`, '', `Run "chmod 600 ${file.path}".`)];
}
