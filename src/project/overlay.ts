import type { ProjectFiles } from './read-files.ts';

/** What is changed about the files of a project: texts by path; null takes a file away. */
export type ProjectChanges = Readonly<Record<string, string | null>>;

/** The files as they would be; nothing is written. */
export function overlaid(files: ProjectFiles, changes: ProjectChanges): ProjectFiles {
  const all = Object.entries({ ...files, ...changes });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Whether a path names a file of a project, as `readProjectFiles` finds them: its tests are none. */
export function isProjectPath(path: string): boolean {
  return path === 'etapa.yaml' || (OURS.test(path) && !path.startsWith('workflows/tests/'));
}

const NAME = String.raw`[\w-][\w.-]*`;
const OURS = new RegExp(
  `^(?:workflows/(?:${NAME}/)*${NAME}\\.yaml|templates/(?:${NAME}/)*${NAME}\\.(?:yaml|mjml|txt))$`,
);
