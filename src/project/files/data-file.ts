import { z } from 'zod';
import { snakeId } from '../../core/schema.ts';

const typeSchema = z.enum(['text', 'number', 'boolean', 'date', 'list']);

/** `workflows/journey/data.yaml`: which fields contacts have and which events happen. */
export const dataFileSchema = z.strictObject({
  version: z.literal(1),
  fields: z
    .record(
      snakeId,
      z.strictObject({
        type: typeSchema,
        personal: z.boolean().optional(),
        values: z.array(z.string()).optional(),
      }),
    )
    .default({}),
  events: z
    .record(snakeId, z.strictObject({ properties: z.record(snakeId, typeSchema).optional() }))
    .default({}),
});

export type DataFile = z.infer<typeof dataFileSchema>;
