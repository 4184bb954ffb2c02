import { z } from 'zod';
import { reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import { always, type Question } from '../answer.ts';

export const stageConditionSchema = z.strictObject({ stage: oneOrMany(z.string()) });
export type StageCondition = z.infer<typeof stageConditionSchema>;

/** Whether the contact stands in one of these stages now. */
export function stageQuestion({ stage }: StageCondition): Question {
  return {
    answer: ({ contact }) => always(stage.includes(contact.stage)),
    because: ({ contact }) => reason(`the stage is ${contact.stage}`, `la etapa es ${contact.stage}`),
    memory: [],
  };
}
