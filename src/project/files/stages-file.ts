import { z } from 'zod';
import { conditionSchema, compileCondition, type Conditions } from '../../core/conditions/condition.ts';
import { inBoth } from '../../core/reason.ts';
import { snakeId, textSchema } from '../../core/schema.ts';
import type { Stage, StagePlan } from '../../core/stages/stages.ts';
import { durationSchema } from '../../core/time/duration.ts';

const stageSchema = z.strictObject({
  id: snakeId,
  title: textSchema.optional(),
  describe: textSchema.optional(),
  start_here: z.literal(true).optional(),
  enter_when: conditionSchema.optional(),
  stay_at_least: durationSchema.optional(),
});

/** `workflows/journey/stages.yaml`: the stages of the journey and how one gets into each. */
export const stagesFileSchema = z
  .strictObject({
    version: z.literal(1),
    order: z.enum(['furthest_match_wins']).default('furthest_match_wins'),
    may_go_back: z.boolean().default(true),
    stages: z.array(stageSchema).min(1),
  })
  .superRefine((file, context) => {
    file.stages.forEach((stage, index) => {
      const path = ['stages', index];
      if (index === 0 && !stage.start_here) {
        context.addIssue({ code: 'custom', path, message: 'the first stage must say "start_here: true"' });
      }
      if (index > 0 && stage.start_here) {
        context.addIssue({
          code: 'custom',
          path,
          message: 'only the first stage may say "start_here: true"',
        });
      }
      if (!stage.start_here && !stage.enter_when) {
        context.addIssue({ code: 'custom', path, message: `stage "${stage.id}" needs "enter_when"` });
      }
      if (file.stages.findIndex((other) => other.id === stage.id) !== index) {
        context.addIssue({
          code: 'custom',
          path: [...path, 'id'],
          message: `stage "${stage.id}" stands here twice`,
        });
      }
    });
  });

export type StagesFile = z.infer<typeof stagesFileSchema>;

export function compileStages(file: StagesFile, conditions: Conditions): StagePlan {
  const list = file.stages.map((stage): Stage => ({
    id: stage.id,
    title: inBoth(stage.title, stage.id),
    enter_when: stage.enter_when ? compileCondition(stage.enter_when, conditions) : null,
    stay_at_least: stage.stay_at_least ?? null,
  }));
  return { list, may_go_back: file.may_go_back, start: list[0]?.id ?? '' };
}
