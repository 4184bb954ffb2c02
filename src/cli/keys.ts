import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { createWriteKey, listWriteKeys, revokeWriteKey } from '../store/keys.ts';
import { output } from './output.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

interface Common {
  readonly project: string;
  readonly json?: boolean;
}

export function addKeys(program: Command): void {
  const keys = program.command('keys').description('write keys, with which shops send events');
  const common = (command: Command): Command =>
    command
      .option('-C, --project <folder>', 'the folder of the project', '.')
      .option('--json', 'answer as JSON');

  common(keys.command('create <name>'))
    .description('make a write key; it is shown once and kept only as a hash')
    .action((name: string, options: Common) =>
      within(options, async ({ app }) => {
        const { id, key } = await createWriteKey(app.db, name);
        if (options.json) return output.json({ id, name, key });
        output.line(key);
        output.note(`Keep it now: it is not shown again. Its id is ${id}.`);
      }),
    );

  common(keys.command('list'))
    .description('list the write keys')
    .action((options: Common) =>
      within(options, async ({ app }) => {
        const list = await listWriteKeys(app.db);
        if (options.json) return output.json(list);
        if (list.length === 0)
          return output.line('There are none yet. Make one with "etapa keys create <name>".');
        const day = (at: number | null): string =>
          at === null ? '' : new Date(at).toISOString().slice(0, 10);
        output.table(
          ['id', 'name', 'created', 'revoked'],
          list.map((key) => [key.id, key.name, day(key.created_at), day(key.revoked_at)]),
        );
      }),
    );

  common(keys.command('revoke <id>'))
    .description('refuse events that come with this key from now on')
    .action((id: string, options: Common) =>
      within(options, async ({ app }) => {
        const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) || id === 'demo';
        if (!uuid || !(await revokeWriteKey(app.db, id))) {
          throw new UserError(
            'no_such_key',
            `There is no key in use with the id "${id}". See "etapa keys list".`,
          );
        }
        if (options.json) return output.json({ id, revoked: true });
        output.line(`The key ${id} is refused from now on.`);
      }),
    );
}

async function within(options: Common, work: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  const surroundings = await openSurroundings({ project: options.project, hold: false });
  try {
    await work(surroundings);
  } finally {
    await surroundings.close();
  }
}
