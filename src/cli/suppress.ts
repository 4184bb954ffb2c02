/** `etapa suppress`: addresses and domains that nothing is sent to any more. */
import { Option, type Command } from 'commander';
import type { App } from '../app.ts';
import { suppressible, SUPPRESSED_CHANNELS, type SuppressedChannel } from '../core/messages/suppression.ts';
import { UserError } from '../errors.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly channel: SuppressedChannel;
  readonly promotionsOnly?: boolean;
  readonly reason: string;
  readonly remove?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function addSuppress(program: Command): void {
  program
    .command('suppress [address]')
    .description('send nothing more to an address, or to a whole domain written as @example.org')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .addOption(
      new Option('--channel <channel>', 'by which it is written to')
        .choices(SUPPRESSED_CHANNELS)
        .default('email'),
    )
    .option('--promotions-only', 'service messages still go there')
    .option('--reason <text>', 'stands beside each message that is held back for it', 'by hand')
    .option('--remove', 'allow the address again, also one whose owner was erased')
    .option('--list', 'list what is suppressed')
    .option('--json', 'answer as JSON')
    .action(async (address: string | undefined, options: Options) => {
      return withApp(options, async (app) => {
        if (options.list) await tellList(app, options);
        else if (options.remove) await remove(app, readAddress(address, options), options);
        else await put(app, readAddress(address, options), options);
      });
    });
}

function readAddress(text: string | undefined, { channel }: Options): string {
  if (text === undefined)
    throw new UserError('no_address', 'Write the address or the @domain that is meant, or --list.');
  const address = suppressible(channel, text);
  if (address !== undefined) return address;
  const example = channel === 'sms' ? '+34600111222' : 'ana@example.org, or @example.org for all of a domain';
  throw new UserError('not_an_address', `"${text}" is not one address; write it like ${example}.`);
}

async function put(app: App, address: string, options: Options): Promise<void> {
  const { channel, reason, promotionsOnly, json } = options;
  const at = await app.now();
  const scope = promotionsOnly ? 'promotion' : 'all';
  const given = { channel, address, scope, reason: reason.slice(0, 200), at } as const;
  await app.suppressions.put(given);
  if (json) return output.json({ ...given, at: new Date(at).toISOString() });
  output.line(`${promotionsOnly ? 'No promotions go' : 'Nothing goes'} to ${address} any more.`);
}

async function remove(app: App, address: string, { channel, json }: Options): Promise<void> {
  if (!(await app.suppressions.remove(channel, address)))
    throw new UserError('not_suppressed', `${address} is not suppressed. See "etapa suppress --list".`);
  if (json) return output.json({ channel, address, removed: true });
  output.line(`${address} may be written to again.`);
}

const PAGE = 500;

/** Written page by page, so that a list of any length can be read; with --json a line each. */
async function tellList(app: App, { json }: Options): Promise<void> {
  let told = 0;
  for (let after: Parameters<App['suppressions']['page']>[0] = null; ;) {
    const { list, next } = await app.suppressions.page(after, PAGE);
    told += list.length;
    for (const { at, ...one } of list) {
      const since = new Date(at).toISOString();
      const address = one.address ?? '(somebody who was erased)';
      const only = one.scope === 'all' ? '' : ' (promotions)';
      if (json) output.line(JSON.stringify({ ...one, at: since }));
      else output.line(`${since.slice(0, 10)}  ${one.channel}  ${address}${only}  ${one.reason}`);
    }
    if (next === null) break;
    after = next;
  }
  if (told === 0 && !json) output.line('Nothing is suppressed.');
}
