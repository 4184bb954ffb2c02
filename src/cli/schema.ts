import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { idsOf } from '../project/ids.ts';
import { FILES_OF } from '../project/json-schema/kinds.ts';
import { projectSchemas } from '../project/json-schema/project-schemas.ts';
import { readProjectFiles } from '../project/read-files.ts';
import { testFileSchema } from '../simulate/test-file.ts';
import { output } from './output.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
  readonly print?: string;
}

export function addSchema(program: Command): void {
  program
    .command('schema')
    .description(
      "write JSON Schemas with the project's own ids, so that editors complete and check its files",
    )
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--print <kind>', 'print one of them and write nothing: etapa, stages, tone, hours, workflow, …')
    .option('--json', 'tell what was written as JSON')
    .action(async ({ project, json, print }: Options) => {
      const folder = resolve(project);
      const texts = await schemaTexts(folder);
      if (print !== undefined) return output.line(textOf(texts, print));
      const written = await writeSchemas(folder, texts);
      if (json) return output.json({ written });
      for (const path of written) output.line(path);
      output.line(`${written.length} files written. Run it again when stages, events or messages are new.`);
    });
}

type Texts = Readonly<Record<string, string>>;

async function schemaTexts(folder: string): Promise<Texts> {
  const schemas = projectSchemas(idsOf(await readProjectFiles(folder)), testFileSchema);
  return Object.fromEntries(
    Object.entries(schemas).map(([kind, schema]) => [kind, JSON.stringify(schema, null, 2)]),
  );
}

function textOf(texts: Texts, kind: string): string {
  const text = texts[kind];
  if (text !== undefined) return text;
  const kinds = Object.keys(texts).join(', ');
  throw new UserError('no_such_schema', `There is no schema called "${kind}". There are: ${kinds}.`);
}

/** Answers what was written, as paths from the folder. Settings of an editor that are there already stay as they are. */
async function writeSchemas(folder: string, texts: Texts): Promise<string[]> {
  const files = Object.entries(texts).map(([kind, text]): [string, string] => [placeOf(kind), `${text}\n`]);
  const settings: [string, string][] = existsSync(join(folder, EDITOR_SETTINGS))
    ? []
    : [[EDITOR_SETTINGS, editorSettings()]];
  const all = [...files, ...settings];
  await Promise.all(all.map(([path, text]) => write(join(folder, path), text)));
  return all.map(([path]) => path);
}

const EDITOR_SETTINGS = '.vscode/settings.json';

function placeOf(kind: string): string {
  return `.etapa/schema/${kind}.json`;
}

/** For VS Code with the extension redhat.vscode-yaml. */
function editorSettings(): string {
  const schemas: Record<string, string> = {};
  for (const [kind, files] of Object.entries(FILES_OF)) schemas[`./${placeOf(kind)}`] = files;
  return `${JSON.stringify({ 'yaml.schemas': schemas }, null, 2)}\n`;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
