import { fileURLToPath } from 'node:url';
import { readProjectFiles, type ProjectFiles } from '../../src/project/read-files.ts';

/**
 * The shipped project without what goes by our ids, which are others in each database: scattered sendings, who is held
 * out, and who takes which variant. So two replays of the same events must come to the same.
 */
export async function shippedWithoutChance(): Promise<ProjectFiles> {
  const files = await readProjectFiles(fileURLToPath(new URL('../..', import.meta.url)));
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, withoutChance(text)]));
}

function withoutChance(text: string): string {
  return text
    .replaceAll(/, spread: [^}]*?(?= \})/g, '')
    .replaceAll(/^holdout:.*\n/gm, '')
    .replaceAll(/^( *)- ab_test:[\s\S]*?steps: \[(\{[^}]*\})\][\s\S]*?\n\1 {2}id: .*\n/gm, '$1- $2\n');
}
