import { useQueryClient } from '@tanstack/react-query';
import { useAccountSentence } from '../../app/account-sentence.ts';
import { tell } from '../../parts/tell.ts';

/** Does something to a list of the settings, says what came of it, and has the list asked anew. */
export function useAction(path: string): (work: () => Promise<unknown>, done: string) => Promise<void> {
  const queries = useQueryClient();
  const sentenceOf = useAccountSentence();
  return async (work, done) => {
    try {
      await work();
      tell.done(done);
    } catch (error) {
      tell.failed(new Error(sentenceOf(error)));
    }
    await queries.invalidateQueries({ queryKey: [path] });
  };
}
