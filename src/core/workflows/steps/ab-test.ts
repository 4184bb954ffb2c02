import { z } from 'zod';
import { own } from '../../json.ts';
import { inQuotes, snakeId } from '../../schema.ts';
import { durationSchema } from '../../time/duration.ts';
import { chooseVariant } from '../experiment.ts';
import type { Step } from '../step.ts';
import { defineVerb, stepName, type StepListSchema } from '../verb.ts';

/**
 * `ab_test: { variants: { benefits: { share: 50, steps: […] }, reviews: … } }` takes each contact along one of several
 * ways, always the same, until a winner is known; with `winner_by` and `decide_after` one is looked for.
 */
export const abTest = (list: StepListSchema) =>
  defineVerb({
    schema: z.strictObject({ ab_test: testSchema(list), id: requiredId }),
    compile({ ab_test }, { id, workflow, next, steps }): Step {
      const ways = Object.fromEntries(
        Object.entries(ab_test.variants).map(([name, { steps: inner }]) => [name, steps(inner, name, next)]),
      );
      return {
        id,
        verb: 'ab_test',
        arrive({ facts, run, winner }) {
          const kept = [own(run.variants, id), winner(id)].find(
            (name) => name !== undefined && Object.hasOwn(ways, name),
          );
          const variant = kept ?? chooseVariant(`${facts.contact.id}/${workflow}/${id}`, ab_test.variants);
          return { go: own(ways, variant) ?? next, variant };
        },
      };
    },
  });

const testSchema = (list: StepListSchema) =>
  z
    .strictObject({
      variants: z.record(snakeId, variantSchema(list)).superRefine(checkShares),
      /** The goal of the workflow, or what becomes of the messages of a variant. */
      winner_by: z.enum(['goal', 'opened', 'clicked']).optional(),
      /** When the results are looked at for the first time, counted from the first contact that came here. */
      decide_after: durationSchema.optional(),
    })
    .refine(({ winner_by, decide_after }) => (winner_by === undefined) === (decide_after === undefined), {
      error:
        'write "winner_by" and "decide_after" together, like "winner_by: goal" and "decide_after: 14 days"; without both the test goes on for ever',
    });

const variantSchema = (list: StepListSchema) =>
  z.strictObject({
    share: z
      .number({
        error: ({ input }) =>
          input === undefined
            ? 'say how many percent of the contacts take this variant, like "share: 50"'
            : undefined,
      })
      .positive(),
    steps: list,
  });

const requiredId = z
  .string({
    error: ({ input }) =>
      input === undefined
        ? 'the results are kept by it, so give the test one, like "id: second_reminder"'
        : undefined,
  })
  .pipe(stepName);

function checkShares(
  variants: Readonly<Record<string, { readonly share: number }>>,
  context: z.RefinementCtx,
): void {
  const names = Object.keys(variants);
  const sum = Number(
    Object.values(variants)
      .reduce((total, { share }) => total + share, 0)
      .toFixed(6),
  );
  if (names.length < 2) {
    const known = names.map(inQuotes).join('');
    const message = `a test needs two variants or more; put another beside ${known}`;
    context.addIssue({ code: 'custom', message });
  } else if (sum !== 100) {
    const message = `the shares of ${names.join(', ')} add up to ${sum} percent; they must add up to 100`;
    context.addIssue({ code: 'custom', message });
  }
}
