/** `etapa users`: who may sign in to the console. */
import { Option, type Command } from 'commander';
import type { App } from '../app.ts';
import { ROLES, type Role } from '../core/access/roles.ts';
import { UserError } from '../errors.ts';
import { COMMAND_LINE, output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Common {
  readonly project: string;
  readonly json?: boolean;
}

export function addUsers(program: Command): void {
  const users = program
    .command('users')
    .description('people who sign in to the console, and what they may do');
  const common = (command: Command): Command =>
    command
      .option('-C, --project <folder>', 'the folder of the project', '.')
      .option('--json', 'answer as JSON');

  common(users.command('list'))
    .description('list them')
    .action((options: Common) => withApp(options, (app) => list(app, options)));

  common(users.command('invite <email>'))
    .description('invite somebody: tells a link that lets choose a password, once, within seven days')
    .requiredOption('--name <name>', 'what the person is called')
    .addOption(new Option('--role <role>', 'what the person may do').choices(ROLES).default('viewer'))
    .action((email: string, options: Common & { readonly name: string; readonly role: Role }) =>
      withApp(options, async (app) => {
        const { name, role } = options;
        const invitation = await app.accounts.invite({ email, name, role });
        await writeDown(app, 'invite', invitation.user.id);
        tellLink(invitation, options);
      }),
    );

  common(users.command('reset <email>'))
    .description('tell another such link, for who lost the first one or the password')
    .action((email: string, options: Common) =>
      withApp(options, async (app) => {
        const { id } = await findByEmail(app, email);
        const invitation = await app.accounts.inviteAgain(id);
        await writeDown(app, 'reset', id);
        tellLink(invitation, options);
      }),
    );

  common(users.command('disable <email>'))
    .description('let somebody sign in no more, and end all their sessions')
    .option('--undo', 'let them sign in again')
    .action((email: string, options: Common & { readonly undo?: boolean }) =>
      withApp(options, async (app) => {
        const { id } = await findByEmail(app, email);
        const user = await app.accounts.change(id, { disabled: !options.undo });
        await writeDown(app, options.undo ? 'disable --undo' : 'disable', id);
        if (options.json) return output.json(user);
        output.line(options.undo ? `${email} may sign in again.` : `${email} may not sign in any more.`);
      }),
    );
}

const PAGE = 500;

async function* everybody({ accounts }: App): AsyncGenerator<Listed> {
  for (let after: string | null = null; ;) {
    const page: readonly Listed[] = await accounts.page(after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.email;
  }
}

type Listed = Awaited<ReturnType<App['accounts']['page']>>[number];

async function list(app: App, { json }: Common): Promise<void> {
  const found: Listed[] = [];
  for await (const one of everybody(app)) found.push(one);
  if (json) return output.json(found);
  if (found.length === 0)
    return output.line('There is nobody yet. "etapa start" tells where the first owner is made.');
  const day = (at: number | null): string => (at === null ? '' : new Date(at).toISOString().slice(0, 10));
  output.table(
    ['e-mail', 'name', 'role', '', 'since', 'last seen'],
    found.map((one) => [
      ...[one.email, one.name, one.role, one.state],
      ...[day(one.created_at), day(one.last_seen_at)],
    ]),
  );
}

async function findByEmail(app: App, given: string): Promise<Listed> {
  const email = given.trim().toLowerCase();
  for await (const one of everybody(app)) if (one.email === email) return one;
  throw new UserError('user_unknown', `There is no user "${given}". See "etapa users list".`);
}

function writeDown({ audit }: App, what: string, id: string): Promise<void> {
  return audit.write({ actor: COMMAND_LINE, action: `etapa users ${what}`, subject: id });
}

function tellLink(
  { user, link, expires_at }: Awaited<ReturnType<App['accounts']['invite']>>,
  { json }: Common,
): void {
  const until = new Date(expires_at).toISOString();
  if (json) return output.json({ id: user.id, email: user.email, role: user.role, link, expires_at: until });
  output.line(link);
  output.note(`Hand it over: it can be used once, until ${until.slice(0, 16).replace('T', ' ')} UTC.`);
}
