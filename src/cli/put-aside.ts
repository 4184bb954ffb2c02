/** `etapa put-aside`: contacts that could not be decided, why, and trying them again. */
import type { Command } from 'commander';
import type { App } from '../app.ts';
import { contactOf } from './contact-of.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
}

/** So many are listed; the API tells more of them. */
const LISTED = 100;

export function addPutAside(program: Command): void {
  const aside = program
    .command('put-aside')
    .description('contacts that could not be decided and wait apart, oldest first, and why')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'answer as JSON')
    .action((options: Options) => withApp(options, (app) => list(app, options)));
  aside
    .command('retry [who...]')
    .description('try these again now: ids or e-mail addresses; without any, all of them')
    .action((who: string[], _: unknown, command: Command) => {
      const options: Options = command.optsWithGlobals();
      return withApp(options, (app) => retry(app, who, options));
    });
}

async function list({ aside }: App, { json }: Options): Promise<void> {
  const found = await aside.list(null, LISTED);
  if (json) return output.json(found);
  if (found.length === 0) return output.line('Everybody could be decided.');
  output.table(
    ['contact', 'since', 'tries', 'next try', 'because'],
    found.map(({ contact_id, since, attempts, retry_at, because }) => [
      contact_id,
      minute(since),
      attempts,
      retry_at === null ? 'when asked to' : minute(retry_at),
      because,
    ]),
  );
  output.line('They are tried again when other rules are deployed, or by "etapa put-aside retry".');
}

function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

async function retry(app: App, who: readonly string[], { json }: Options): Promise<void> {
  const ids = await Promise.all(who.map((one) => contactOf(app, one)));
  const tried = await app.aside.retry(ids.length === 0 ? 'all' : ids);
  if (json) return output.json({ tried });
  output.line(
    tried === 0
      ? 'None of them was put aside.'
      : `${tried === 1 ? 'One contact is' : `${tried} contacts are`} tried again now.`,
  );
}
