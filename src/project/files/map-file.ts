import { z } from 'zod';
import { conditionSchema } from '../../core/conditions/condition.ts';
import { fieldConditionSchema } from '../../core/conditions/subjects/field.ts';
import { snakeId, textSchema } from '../../core/schema.ts';
import { durationSchema } from '../../core/time/duration.ts';

const personaSchema = z
  .strictObject({
    id: snakeId,
    name: textSchema.optional(),
    about: textSchema.optional(),
    when: conditionSchema.optional(),
    otherwise: z.literal(true).optional(),
    goals: z.array(textSchema).optional(),
    worries: z.array(textSchema).optional(),
  })
  .refine(({ when, otherwise }) => (when === undefined) !== (otherwise === undefined), {
    error: 'a persona is written with "when", the last one with "otherwise: true"',
  });

const share = z.string().regex(/^\d{1,3} percent$/, { error: 'write the share like "20 percent"' });

/** What a stage is to bring about: a move, or a field that is known, for this share of the people in it. */
const goalSchema = z.union(
  [
    z.strictObject({ moves_to: z.string(), within: durationSchema, share }),
    fieldConditionSchema.safeExtend({ share }),
  ],
  {
    error:
      'write { moves_to: experience, within: 7 days, share: 35 percent } or { field: email, exists: true, share: 20 percent }',
  },
);

const touchpointSchema = z.strictObject({
  name: textSchema,
  channel: z.string(),
  measured_by: z.string().optional(),
  workflow: z.string().optional(),
});

const stageSchema = z.strictObject({
  stage: z.string(),
  customer_goal: textSchema.optional(),
  our_goal: goalSchema.optional(),
  doing: z.array(textSchema).optional(),
  thinking: z.array(textSchema).optional(),
  /** From -2 (very bad) to 2 (very good). */
  feeling: z.strictObject({ expected: z.number().min(-2).max(2), words: textSchema.optional() }).optional(),
  touchpoints: z.array(touchpointSchema).optional(),
  pains: z.array(textSchema).optional(),
  ideas: z.array(textSchema).optional(),
  moment_of_truth: z.boolean().optional(),
});

/** `workflows/journey/map.yaml`: the personas, and the journey as it is planned. */
export const mapFileSchema = z
  .strictObject({
    version: z.literal(1),
    map: snakeId,
    title: textSchema.optional(),
    scope: textSchema.optional(),
    personas: z.array(personaSchema).default([]),
    stages: z.array(stageSchema).default([]),
  })
  .superRefine(({ personas }, context) => {
    personas.forEach(({ id, otherwise }, index) => {
      const path = ['personas', index];
      if (personas.findIndex((other) => other.id === id) !== index)
        context.addIssue({
          code: 'custom',
          path: [...path, 'id'],
          message: `persona "${id}" stands here twice`,
        });
      if (otherwise && index < personas.length - 1)
        context.addIssue({
          code: 'custom',
          path,
          message: 'no persona after "otherwise" is ever reached; let it stand last',
        });
    });
  });

export type MapFile = z.infer<typeof mapFileSchema>;
