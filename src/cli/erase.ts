/** `etapa erase`: deletes everything that leads to a person. */
import { confirm, isCancel } from '@clack/prompts';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { unknownContact } from './explain/names.ts';
import { COMMAND_LINE, output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addErase(program: Command): void {
  program
    .command('erase <contact>')
    .description('delete everything that leads to a person; it cannot be undone')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--yes', 'without asking')
    .option('--json', 'answer as JSON')
    .action(async (who: string, options: Options) => {
      return withApp(options, async (app) => {
        const contact_id = (await app.reader.findContact(who))?.contact.id;
        if (contact_id === undefined) throw unknownContact(who);
        if (!options.yes) await ask(contact_id);
        const at = await app.now();
        const erased = await app.people.erase({ contact_id, source: 'command line', at });
        if (!erased) throw unknownContact(who);
        await app.audit.write({ actor: COMMAND_LINE, action: 'etapa erase', subject: contact_id });
        if (options.json) output.json(erased);
        else tell(erased);
      });
    });
}

/** @throws UserError where nobody can be asked, or says no. */
async function ask(contact_id: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new UserError('not_asked', 'Nobody can be asked here; add --yes to erase without asking.');
  const message = `Erase contact ${contact_id} for good? "etapa export" first, if a copy is owed.`;
  const answer = await confirm({ message, initialValue: false });
  if (isCancel(answer) || !answer) throw new UserError('not_erased', 'Nothing was erased.');
}

type Told = Readonly<
  Record<'contacts' | 'events' | 'messages_kept' | 'messages_deleted' | 'addresses', number>
> & { readonly contact_id: string; readonly others: readonly string[] };

/** Without a word of the person: what commands say ends in logs. */
function tell({ contact_id, others, ...counts }: Told): void {
  output.line(`Contact ${contact_id} is erased.`);
  output.table(
    ['what', 'how many'],
    [
      ['contacts, with those merged into it', counts.contacts],
      ['events deleted', counts.events],
      ['messages kept for figures, emptied', counts.messages_kept],
      ['messages that will not be sent', counts.messages_deleted],
      ['addresses suppressed from now on, as hashes', counts.addresses],
    ],
  );
  if (others.length === 0) return;
  output.line('\nThese contacts have one of the same addresses, and were not touched:');
  for (const id of others) output.line(`  ${id}`);
}
