/** What is said where nothing, or nobody, goes by a name. */
import { UserError } from '../../errors.ts';
import { orMeant } from '../../project/did-you-mean.ts';

/** @throws UserError with the word that was perhaps meant. */
export function checkName(noun: string, word: string, known: readonly string[]): void {
  if (known.includes(word)) return;
  throw new UserError('no_such_name', `There is no ${noun} called "${word}"${orMeant(word, known)}`);
}

export function unknownContact(who: string): UserError {
  return new UserError('no_such_contact', `Nobody is known as "${who}".`, [
    'A contact is found by its own id, by a user id or anonymous id of the shop, or by its e-mail address, all written out in full.',
  ]);
}
