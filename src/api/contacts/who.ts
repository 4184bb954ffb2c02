/** How requests name a contact. */
import { z } from 'zod';
import { ApiProblem } from '../problem.ts';

export interface Who {
  Params: { id: string };
}

export const contactParams = z.object({
  id: z.string().describe("Etapa's id of a contact, an id of yours, or its e-mail address."),
});

/** Does not repeat who was asked for: answers end in logs. */
export function unknownContact(): ApiProblem {
  return new ApiProblem(
    404,
    'contact_unknown',
    'There is no such contact. It is found by its own id, by a user id or anonymous id, or by its e-mail address.',
  );
}
