import { z } from 'zod';
import { reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import type { Personas } from '../../segments/personas.ts';
import type { Question } from '../answer.ts';
import { exactly } from '../combine.ts';

export const personaConditionSchema = z.strictObject({ persona: oneOrMany(z.string()) });
export type PersonaCondition = z.infer<typeof personaConditionSchema>;

/** Whether one of these personas is the contact's. */
export function personaQuestion({ persona }: PersonaCondition, personas: Personas): Question {
  return {
    answer: exactly((facts) => {
      const now = personas.fitting(facts);
      return { holds: now.persona !== null && persona.includes(now.persona), until: now.until };
    }),
    because(facts) {
      const { persona: id, because } = personas.of(facts);
      if (id === null) return reason('no persona fits', 'ninguna persona encaja');
      return because
        ? reason(`the persona is ${id}, because ${because.en}`, `la persona es ${id}, porque ${because.es}`)
        : reason(`the persona is ${id}`, `la persona es ${id}`);
    },
    memory: personas.memory,
    looks_at: personas.looks_at,
  };
}
