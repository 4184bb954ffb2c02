/** `enters_stage: decision`, `leaves_segment: [vips]`: the contact comes into one of these, or goes out of one. */
import { z } from 'zod';
import { oneOrMany } from '../../schema.ts';
import type { Trigger } from '../workflow.ts';

export type MoveTrigger = Extract<Trigger, { by: 'move' }>;

const ids = oneOrMany(z.string().min(1));

/** By the one key that each is written with. */
export const moveSchemas = {
  enters_stage: z
    .strictObject({ enters_stage: ids })
    .transform((written) => move('stage', 'enters', written.enters_stage)),
  leaves_stage: z
    .strictObject({ leaves_stage: ids })
    .transform((written) => move('stage', 'leaves', written.leaves_stage)),
  enters_segment: z
    .strictObject({ enters_segment: ids })
    .transform((written) => move('segment', 'enters', written.enters_segment)),
  leaves_segment: z
    .strictObject({ leaves_segment: ids })
    .transform((written) => move('segment', 'leaves', written.leaves_segment)),
};

function move(of: MoveTrigger['of'], way: MoveTrigger['way'], list: readonly string[]): MoveTrigger {
  return { by: 'move', of, way, ids: list };
}
