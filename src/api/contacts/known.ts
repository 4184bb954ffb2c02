import { ApiProblem } from '../problem.ts';

const MOST_TOLD = 20;

/** @throws ApiProblem with the names that there are, where the project has nothing of this one. */
export function checkKnown(noun: string, word: string, list: readonly string[]): string {
  if (list.includes(word)) return word;
  const names = list.length > MOST_TOLD ? `${list.slice(0, MOST_TOLD).join(', ')} …` : list.join(', ');
  const sentence = `There is no ${noun} called "${word}"; known here: ${names || 'none'}.`;
  throw new ApiProblem(422, `${noun}_unknown`, sentence, `/${noun}`);
}
