import { Option, type Command } from 'commander';
import type { App } from '../app.ts';
import { KEY_SCOPES, type KeyScope } from '../core/access/roles.ts';
import { UserError } from '../errors.ts';
import {
  createWriteKey,
  KEPT_DAYS,
  listWriteKeys,
  retireSecrets,
  revokeWriteKey,
  ROTATED,
  rotateSecret,
  webhookSecrets,
  type Rotated,
} from '../store/keys.ts';
import { COMMAND_LINE, output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Common {
  readonly project: string;
  readonly json?: boolean;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('keys with which shops send events and use the API');
  const common = (command: Command): Command =>
    command
      .option('-C, --project <folder>', 'the folder of the project', '.')
      .option('--json', 'answer as JSON');

  common(keys.command('create <name>'))
    .description('make a key; it is shown once and kept only as a hash')
    .addOption(
      new Option(
        '--scope <scope>',
        'events: may only send events, also from a browser; api: may do everything',
      )
        .choices(KEY_SCOPES)
        .default('events'),
    )
    .action((name: string, options: Common & { readonly scope: KeyScope }) =>
      withApp(options, async (app) => {
        const { scope } = options;
        const { id, key } = await createWriteKey(app.db, name, scope);
        await app.audit.write({ actor: COMMAND_LINE, action: 'etapa keys create', subject: id });
        if (options.json) return output.json({ id, name, scope, key });
        output.line(key);
        output.note(`Keep it now: it is not shown again. Its id is ${id}.`);
      }),
    );

  common(keys.command('list'))
    .description('list the keys')
    .action((options: Common) =>
      withApp(options, async (app) => {
        const list = await listWriteKeys(app.db);
        if (options.json) return output.json(list);
        if (list.length === 0)
          return output.line('There are none yet. Make one with "etapa keys create <name>".');
        const day = (at: number | null): string =>
          at === null ? '' : new Date(at).toISOString().slice(0, 10);
        output.table(
          ['id', 'name', 'scope', 'created', 'revoked'],
          list.map((key) => [key.id, key.name, key.scope, day(key.created_at), day(key.revoked_at)]),
        );
      }),
    );

  common(keys.command('revoke <id>'))
    .description('refuse whatever comes with this key from now on')
    .action((id: string, options: Common) =>
      withApp(options, async (app) => {
        const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) || id === 'demo';
        if (!uuid || !(await revokeWriteKey(app.db, id))) {
          throw new UserError(
            'no_such_key',
            `There is no key in use with the id "${id}". See "etapa keys list".`,
          );
        }
        await app.audit.write({ actor: COMMAND_LINE, action: 'etapa keys revoke', subject: id });
        if (options.json) return output.json({ id, revoked: true });
        output.line(`The key ${id} is refused from now on.`);
      }),
    );

  common(keys.command('webhook'))
    .description('show the secret that signs calls of other systems, for checking them there')
    .action((options: Common) =>
      withApp(options, async (app) => {
        const [secret = ''] = await webhookSecrets(app.db);
        if (options.json) return output.json({ secret });
        output.line(secret);
        output.note('Calls are signed by https://www.standardwebhooks.com; keep it where they are checked.');
      }),
    );

  common(keys.command('rotate <what>'))
    .description(
      'make a new secret of "links" or "webhooks", or a new key in place of the one with this id; the old one stays good',
    )
    .action((what: string, options: Common) =>
      withApp(options, (app) => (isRotated(what) ? rotate(app, what, options) : renew(app, what, options))),
    );

  common(keys.command('retire <what>'))
    .description('put away secrets of "links" or "webhooks" that were replaced long enough ago')
    .action((what: string, options: Common) =>
      withApp(options, async (app) => {
        if (!isRotated(what))
          throw new UserError('no_such_secret', `Write ${ROTATED.join(' or ')}; keys are revoked.`);
        const retired = await retireSecrets(app.db, what);
        if (options.json) return output.json({ retired });
        const days = KEPT_DAYS[what];
        output.line(
          retired.length === 0
            ? `Nothing was put away: no secret of ${what} was replaced more than ${days} days ago.`
            : `Put away: ${retired.join(', ')}.`,
        );
      }),
    );
}

function isRotated(what: string): what is Rotated {
  return (ROTATED as readonly string[]).includes(what);
}

async function rotate({ db, audit }: App, what: Rotated, { json }: Common): Promise<void> {
  const good = await rotateSecret(db, what);
  await audit.write({ actor: COMMAND_LINE, action: 'etapa keys rotate', subject: what });
  if (json) return output.json({ rotated: what, good });
  output.line(`A new secret of ${what} signs from now on; ${good} are good.`);
  output.note(
    what === 'links'
      ? `Running processes take it up by themselves. After ${KEPT_DAYS.links} days: "etapa keys retire links".`
      : 'Calls carry a signature for each. Show it with "etapa keys webhook", and put it where they are checked.',
  );
}

/** A key of the same name and scope; whoever uses the old one has time to change. */
async function renew({ db, audit }: App, id: string, { json }: Common): Promise<void> {
  const old = (await listWriteKeys(db)).find((one) => one.id === id && one.revoked_at === null);
  if (!old)
    throw new UserError(
      'no_such_key',
      `"${id}" is neither ${ROTATED.join(' nor ')} nor the id of a key in use. See "etapa keys list".`,
    );
  const fresh = await createWriteKey(db, old.name, old.scope);
  await audit.write({ actor: COMMAND_LINE, action: 'etapa keys rotate', subject: `${id} ${fresh.id}` });
  if (json) return output.json({ ...fresh, name: old.name, scope: old.scope, replaces: id });
  output.line(fresh.key);
  output.note(`Keep it now: it is not shown again. When nobody uses the old one: "etapa keys revoke ${id}".`);
}
