import { z } from 'zod';
import { conditionSchema } from '../../core/conditions/condition.ts';
import { snakeId, textSchema } from '../../core/schema.ts';

/** `workflows/journey/segments.yaml`: people with something in common, by id. */
export const segmentsFileSchema = z.strictObject({
  version: z.literal(1),
  segments: z.record(
    snakeId,
    z.strictObject({ title: textSchema.optional(), describe: textSchema.optional(), when: conditionSchema }),
  ),
});

export type SegmentsFile = z.infer<typeof segmentsFileSchema>;
