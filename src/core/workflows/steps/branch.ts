import { z } from 'zod';
import { conditionSchema } from '../../conditions/condition.ts';
import type { Question } from '../../conditions/answer.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepId, type StepListSchema } from '../verb.ts';

/** `branch`: the first way whose `when` holds is taken; `otherwise`, if written, stands last. */
export const branch = (list: StepListSchema) =>
  defineVerb({
    schema: z.strictObject({
      branch: z.array(waySchema(list)).min(1).superRefine(otherwiseIsLast),
      id: stepId,
    }),
    compile(options, { id, next, question, steps }): Step {
      const ways = options.branch.map((way, index) => compileWay(way, index));
      return {
        id,
        verb: 'branch',
        arrive({ facts }) {
          const taken = ways.find(({ when }) => when === null || when.answer(facts).holds);
          return { go: taken?.go ?? next };
        },
      };

      function compileWay(way: Way, index: number): { when: Question | null; go: number } {
        if (way.otherwise) return { when: null, go: steps(way.otherwise, 'otherwise', next) };
        const when = way.when ? question(way.when, 'ever') : null;
        return { when, go: steps(way.steps ?? [], String(index + 1), next) };
      }
    },
  });

type Way = z.infer<ReturnType<typeof waySchema>>;

function otherwiseIsLast(ways: readonly Way[], context: z.RefinementCtx): void {
  const place = ways.findIndex((way) => way.otherwise !== undefined);
  if (place === -1 || place === ways.length - 1) return;
  const message = 'no way after "otherwise" is ever taken; let it stand last';
  context.addIssue({ code: 'custom', path: [place], message });
}

const waySchema = (list: StepListSchema) =>
  z
    .strictObject({
      name: z.string().optional(),
      when: conditionSchema.optional(),
      steps: list.optional(),
      otherwise: list.optional(),
    })
    .refine(
      (way) => (way.otherwise ? !way.when && !way.steps : way.when !== undefined && way.steps !== undefined),
      {
        error: 'a way of a branch is written with "when" and "steps", the last one with "otherwise" alone',
        // A misspelt key is told as such, and not again as a missing one.
        when: ({ issues }) => issues.length === 0,
      },
    );
