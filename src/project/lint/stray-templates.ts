/** Folders of templates that no message belongs to, and words that nothing reads. */
import { CHANNELS } from '../../core/messages/message.ts';
import type { Problem } from '../problem.ts';
import { orMeant } from '../did-you-mean.ts';
import { wordsFile } from '../messages.ts';
import type { Lint, LintInput } from './input.ts';

/** The layout stands beside the messages. */
const NO_MESSAGES: ReadonlySet<string> = new Set(['layout']);

export const strayTemplates: Lint = (input) => [...strayFolders(input), ...strayWords(input)];

function strayFolders({ files }: LintInput): Problem[] {
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
}

/** A name that is nearly right would be silently without effect. */
function strayWords({ files, templates, settings }: LintInput): Problem[] {
  return Object.keys(templates).flatMap((id) => {
    const known = settings.languages.flatMap((language) =>
      CHANNELS.map((channel) => wordsFile(id, channel, language)),
    );
    return Object.keys(files)
      .filter((file) => file.startsWith(`templates/${id}/`) && file.endsWith('.txt') && !known.includes(file))
      .map((file) => ({
        ...{ file, line: 1, column: 1, severity: 'warning' as const },
        message: `nothing reads this file; words stand in files such as sms.${settings.languages[0] ?? 'en'}.txt${orMeant(file, known)}`,
      }));
  });
}
