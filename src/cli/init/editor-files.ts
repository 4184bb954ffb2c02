/** What editors need to complete, explain and check the files of a project. */
import { idsOf } from '../../project/ids.ts';
import { FILES_OF } from '../../project/json-schema/kinds.ts';
import { projectSchemas } from '../../project/json-schema/project-schemas.ts';
import { testFileSchema } from '../../simulate/test-file.ts';
import type { Files } from './journey-files.ts';

/** JSON Schemas with the project's own ids, and settings for VS Code with the extension redhat.vscode-yaml. */
export function editorFiles(files: Files): Files {
  const schemas = Object.entries(projectSchemas(idsOf(files), testFileSchema)).map(([kind, schema]) => [
    placeOf(kind),
    `${JSON.stringify(schema, null, 2)}\n`,
  ]);
  const settings = {
    'yaml.schemas': Object.fromEntries(
      Object.entries(FILES_OF).map(([kind, pattern]) => [`./${placeOf(kind)}`, pattern]),
    ),
  };
  return {
    ...(Object.fromEntries(schemas) as Files),
    '.vscode/settings.json': `${JSON.stringify(settings, null, 2)}\n`,
    '.vscode/extensions.json': `${JSON.stringify({ recommendations: ['redhat.vscode-yaml'] }, null, 2)}\n`,
  };
}

function placeOf(kind: string): string {
  return `.etapa/schema/${kind}.json`;
}
