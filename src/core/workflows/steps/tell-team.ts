import { z } from 'zod';
import type { Step } from '../step.ts';
import { defineVerb, stepId } from '../verb.ts';

/** `tell_team: {{first_name}} asks for a call` tells the shop's own people; `to` an address of one of them. */
export const tellTeam = defineVerb({
  schema: z.strictObject({ tell_team: z.string().min(1), to: z.email().optional(), id: stepId }),
  compile: ({ tell_team, to }, { id, next }): Step => ({
    id,
    verb: 'tell_team',
    arrive: () => ({
      go: next,
      effects: [{ do: 'call', call: { kind: 'team', text: tell_team, to: to ?? null } }],
    }),
  }),
});
