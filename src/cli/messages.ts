/** `etapa messages`: those that died, or others, and trying one of them again. */
import { Option, type Command } from 'commander';
import type { App } from '../app.ts';
import { MESSAGE_STATES, type MessageState } from '../core/messages/message.ts';
import { DEAD } from '../engine/message-list.ts';
import { UserError } from '../errors.ts';
import { contactOf } from './contact-of.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface ListOptions {
  readonly project: string;
  readonly state?: readonly MessageState[];
  readonly contact?: string;
  readonly json?: boolean;
}

interface RetryCommandOptions extends Pick<ListOptions, 'project' | 'json'> {
  readonly evenIfItMayHaveArrived?: boolean;
}

/** So many are listed; the API tells more of them. */
const LISTED = 50;

export function addMessages(program: Command): void {
  const messages = program
    .command('messages')
    .description('messages that were refused or may not have arrived, newest first, and why')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .addOption(new Option('--state <states...>', 'those in these states instead').choices(MESSAGE_STATES))
    .option('--contact <who>', 'those of one contact: an id, or an e-mail address')
    .option('--json', 'answer as JSON')
    .action((options: ListOptions) => withApp(options, (app) => list(app, options)));
  messages
    .command('retry <id>')
    .description('let a message be sent after all; consent and suppression are asked again')
    .option('--even-if-it-may-have-arrived', 'also a promotion of which nobody knows whether it arrived')
    .action((id: string, _: unknown, command: Command) => {
      const options: RetryCommandOptions = command.optsWithGlobals();
      return withApp(options, (app) => retry(app, id, options));
    });
}

async function list(app: App, { state, contact, json }: ListOptions): Promise<void> {
  const contact_id = contact === undefined ? undefined : await contactOf(app, contact);
  const states = state ?? (contact === undefined ? DEAD : []);
  const { messages: found } = await app.messages.list({ states, contact_id, limit: LISTED });
  if (json) return output.json(found);
  if (found.length === 0) return output.line('There are none.');
  output.table(
    ['id', 'owed', 'message', 'to', 'state', 'tries', 'because'],
    found.map((one) => [
      one.id,
      new Date(one.owed_at).toISOString().slice(0, 16),
      one.message,
      one.address ?? '',
      one.state,
      one.attempts,
      one.held_because?.en ?? '',
    ]),
  );
  if (found.length === LISTED) output.note(`The newest ${LISTED}; GET /v1/messages goes on behind them.`);
}

async function retry(app: App, id: string, options: RetryCommandOptions): Promise<void> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new UserError('message_unknown', `"${id}" is no id of a message. See "etapa messages".`);
  const retried = await app.messages.retry(id, {
    even_if_it_may_have_arrived: options.evenIfItMayHaveArrived ?? false,
  });
  if (!retried.ok) throw new UserError(retried.code, retried.sentence);
  if (options.json) return output.json({ id, state: retried.state });
  output.line(`The message ${id} is on its way (${retried.state}).`);
}
