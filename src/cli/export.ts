/** `etapa export`: everything that is kept of a person, as one JSON document. */
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import type { Command } from 'commander';
import { UserError, wordsOf } from '../errors.ts';
import { unknownContact } from './explain/names.ts';
import { output } from './output.ts';
import { withApp } from './surroundings.ts';

interface Options {
  readonly project: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addExport(program: Command): void {
  program
    .command('export <contact>')
    .description('everything that is kept of a person, as one JSON document')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--out <file>', 'where to write it; must not be there yet')
    .option('--json', 'with --out: tell as JSON what was written; the document is JSON anyway')
    .action(async (who: string, { project, out, json }: Options) => {
      return withApp({ project }, async (app) => {
        const contact_id = (await app.reader.findContact(who))?.contact.id;
        if (contact_id === undefined) throw unknownContact(who);
        const pieces = app.people.export(contact_id, await app.now());
        if (out === undefined) return await print(pieces);
        const octets = await writeFile(out, pieces);
        if (json) output.json({ contact_id, file: out, octets });
        else output.line(`${octets} octets about contact ${contact_id} were written to ${out}.`);
      });
    });
}

/** As fast as it is read. */
async function print(pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}

/** Readable for its owner alone. @throws UserError where it cannot be made. */
async function writeFile(path: string, pieces: AsyncIterable<string>): Promise<number> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw new UserError('not_written', `${path} cannot be written: ${wordsOf(error)}`);
  });
  try {
    for await (const piece of pieces) await file.write(piece);
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
