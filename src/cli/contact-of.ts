import type { App } from '../app.ts';
import { UserError } from '../errors.ts';

/** The id of the contact whom somebody names: by an id, or by an e-mail address. @throws UserError where nobody is. */
export async function contactOf({ reader }: App, who: string): Promise<string> {
  const found = await reader.findContact(who);
  if (found) return found.contact.id;
  throw new UserError('contact_unknown', `Nobody is known here as "${who}".`);
}
