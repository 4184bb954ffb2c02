/** Folders of templates that no message belongs to. */
import type { Lint } from './input.ts';

/** The layout stands beside the messages. */
const NO_MESSAGES: ReadonlySet<string> = new Set(['layout']);

export const strayTemplates: Lint = ({ files }) => {
  const firsts = new Map<string, string>();
  for (const file of Object.keys(files)) {
    const folder = /^templates\/([^/]+)\//.exec(file)?.[1];
    if (folder !== undefined && !firsts.has(folder)) firsts.set(folder, file);
  }
  return [...firsts]
    .filter(([folder]) => !NO_MESSAGES.has(folder) && files[`templates/${folder}/message.yaml`] === undefined)
    .map(([folder, file]) => ({
      file,
      line: 1,
      column: 1,
      message: `templates/${folder}/message.yaml is missing, so these words belong to no message; write it, or delete the folder`,
      severity: 'error',
    }));
};
