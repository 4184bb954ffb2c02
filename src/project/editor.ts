/**
 * What an editor is told while somebody writes a file of a project: what could stand here, and what this is. Asked of the
 * language server that editors run, with the project's own schemas. It is loaded when it is first asked.
 */
import { randomUUID } from 'node:crypto';
import { FILES_OF, type FileKind } from './json-schema/kinds.ts';
import { projectSchemas } from './json-schema/project-schemas.ts';
import { idsOf } from './ids.ts';
import type { ProjectFiles } from './read-files.ts';

/** A file as it is being written, and where the cursor stands: from 1, columns in UTF-16 units. */
export interface Writing {
  readonly path: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export interface Completion {
  readonly label: string;
  readonly about: string;
  /** In the notation of snippets: `$1`, `${2:3 days}`. */
  readonly insert: string;
  /** What it takes the place of, on the cursor's line. */
  readonly from: number;
  readonly to: number;
}

/** Of longer files nothing is told, as each answer reads all of it. */
const LONGEST_WRITTEN = 64 * 1024;
const MOST_COMPLETIONS = 100;

/** None where the file is none of a project, or is too long. */
export async function completionsAt(files: ProjectFiles, writing: Writing): Promise<readonly Completion[]> {
  const opened = await open(files, writing);
  if (!opened) return [];
  const { service, document, cursor } = opened;
  const { items } = await service.doComplete(document, cursor, false);
  return items.slice(0, MOST_COMPLETIONS).map(({ label, documentation, detail, textEdit, insertText }) => {
    const range = textEdit && ('range' in textEdit ? textEdit.range : textEdit.replace);
    const isHere = range?.start.line === cursor.line && range.end.line === cursor.line;
    return {
      label,
      about: plainText(documentation) || (detail ?? ''),
      insert: textEdit?.newText ?? insertText ?? label,
      from: (isHere ? range.start.character : cursor.character) + 1,
      to: (isHere ? range.end.character : cursor.character) + 1,
    };
  });
}

/** Empty where there is nothing to tell. */
export async function explanationAt(files: ProjectFiles, writing: Writing): Promise<string> {
  const opened = await open(files, writing);
  if (!opened) return '';
  const told = await opened.service.doHover(opened.document, opened.cursor);
  return plainText(told?.contents);
}

/** The server changes schemas and remembers documents by their names, for the whole process: each time gets its own. */
async function open(files: ProjectFiles, { path, text, line, column }: Writing) {
  const kind = kindOf(path);
  if (kind === undefined || text.length > LONGEST_WRITTEN) return undefined;
  const [{ getLanguageService }, { TextDocument }] = await Promise.all([
    import('yaml-language-server'),
    import('vscode-languageserver-textdocument'),
  ]);
  const name = randomUUID();
  const schema = schemaText(files, kind);
  const service = getLanguageService({
    schemaRequestService: () => Promise.resolve(schema),
    workspaceContext: { resolveRelativePath: (relative) => relative },
  });
  const schemas = [{ uri: `file:///schema/${name}.json`, fileMatch: ['*.yaml'] }];
  service.configure({ validate: false, hover: true, completion: true, hoverSchemaSource: false, schemas });
  const document = TextDocument.create(`file:///project/${name}.yaml`, 'yaml', 1, unnamed(text));
  return { service, document, cursor: { line: line - 1, character: column - 1 } };
}

/** Without the schema that the first line names for editors on a disk: it is not there, and as long as before. */
function unnamed(text: string): string {
  return text.replace(/^# yaml-language-server: [^\n]*/, (line) => '#'.padEnd(line.length));
}

const texts = new WeakMap<ProjectFiles, Map<FileKind, string>>();

/** The files of a project that is live stay the same object, and so its schemas are made once. */
function schemaText(files: ProjectFiles, kind: FileKind): string {
  const known = texts.get(files) ?? allTexts(files);
  texts.set(files, known);
  return known.get(kind) ?? '{}';
}

function allTexts(files: ProjectFiles): Map<FileKind, string> {
  const schemas = Object.entries(projectSchemas(idsOf(files)));
  return new Map(schemas.map(([kind, schema]) => [kind as FileKind, JSON.stringify(schema)]));
}

function kindOf(path: string): FileKind | undefined {
  const found = Object.entries(FILES_OF).find(([, pattern]) => patternOf(pattern).test(path));
  return found?.[0] as FileKind | undefined;
}

/** Of which one star does not cross a folder. */
function patternOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
}

type Told = string | { readonly value: string } | readonly Told[] | undefined;

function plainText(told: Told): string {
  if (told === undefined || typeof told === 'string') return told ?? '';
  if ('value' in told) return told.value;
  return told.map(plainText).join('\n\n');
}
