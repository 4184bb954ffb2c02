import { orMeant } from '../../project/did-you-mean.ts';
import { ApiProblem } from '../problem.ts';

/** @throws ApiProblem with the word that was perhaps meant, where the project has nothing of this name. */
export function checkKnown(noun: string, word: string, list: readonly string[]): string {
  if (list.includes(word)) return word;
  const sentence = `There is no ${noun} called "${word}"${orMeant(word, list)}`;
  throw new ApiProblem(422, `${noun}_unknown`, sentence, `/${noun}`);
}
