import type { Search } from '../../app/search.ts';
import type { Cell } from './open-cell.ts';

/** The people of a cell as a condition, in the one-line form of YAML: who they are now. */
export function peopleBehind(cell: Cell, { persona, segment, language }: Search): string {
  const parts = [
    `stage: ${cell.stage}`,
    ...(persona ? [`persona: ${persona}`] : []),
    ...(segment ? [`segment: ${segment}`] : []),
    ...(language ? [`field: language, is: ${language}`] : []),
  ];
  return parts.length === 1 ? `{ ${parts.join('')} }` : `[${parts.map((part) => `{ ${part} }`).join(', ')}]`;
}
