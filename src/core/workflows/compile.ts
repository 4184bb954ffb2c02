import { z } from 'zod';
import type { Question } from '../conditions/answer.ts';
import { allOf } from '../conditions/combine.ts';
import {
  compileCondition,
  conditionSchema,
  type Condition,
  type Conditions,
} from '../conditions/condition.ts';
import { isPlainEvent, latestOf } from '../conditions/subjects/event.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import { oneOrMany, snakeId, textSchema } from '../schema.ts';
import { durationSchema } from '../time/duration.ts';
import { END, type Step } from './step.ts';
import { stepListSchema, verbOf } from './steps/index.ts';
import type { StepSource } from './verb.ts';
import type { Goal, Trigger, Workflow } from './workflow.ts';

/** A workflow's file. */
export const workflowSchema = z
  .strictObject({
    version: z.literal(1),
    workflow: snakeId,
    title: textSchema.optional(),
    describe: textSchema.optional(),
    owner: z.string().optional(),
    status: z.enum(['draft', 'live', 'paused']).default('live'),
    purpose: z.enum(['promotion', 'service']),
    when_edited: z.enum(['finish_old']).default('finish_old'),
    enter_when: conditionSchema,
    only_if: conditionSchema.optional(),
    re_enter: z
      .union([z.enum(['never', 'always']), z.strictObject({ after: durationSchema })], {
        error: 'write never, always or { after: 7 days }',
      })
      .default('never'),
    exit_when: oneOrMany(conditionSchema).optional(),
    goal: conditionSchema.optional(),
    steps: stepListSchema,
  })
  .superRefine(({ steps }, context) => refuseSameIds(steps, ['steps'], new Set(), context));

/** Runs remember where they stand by the id of the step. */
function refuseSameIds(
  node: unknown,
  path: (string | number)[],
  seen: Set<string>,
  context: z.RefinementCtx,
): void {
  if (typeof node !== 'object' || node === null) return;
  const { verb, id } = node as Partial<StepSource>;
  if (verb !== undefined && id !== undefined) {
    const message = `another step has the id "${id}" already`;
    if (seen.has(id)) context.addIssue({ code: 'custom', path: [...path, 'id'], message });
    seen.add(id);
  }
  for (const [key, inner] of Object.entries(node)) {
    refuseSameIds(inner, [...path, Array.isArray(node) ? Number(key) : key], seen, context);
  }
}

export type WorkflowSource = z.infer<typeof workflowSchema>;

/** Makes a checked workflow ready to walk. */
export function compileWorkflow(source: WorkflowSource, version: string, conditions: Conditions): Workflow {
  const memory: MemorySpec[] = [];
  const question = (condition: Condition, scope: 'ever' | 'entry'): Question => {
    const compiled = compileCondition(condition, conditions, scope);
    memory.push(...compiled.memory);
    return compiled;
  };
  const trigger = compileTrigger(source.enter_when, question);
  const steps: Step[] = [];
  const first = compileSteps(source.steps, '', END);
  return {
    id: source.workflow,
    version,
    status: source.status,
    purpose: source.purpose,
    trigger,
    only_if: source.only_if ? question(source.only_if, 'ever') : allOf([]),
    re_enter: source.re_enter,
    exits: (source.exit_when ?? []).map((condition) => question(condition, 'entry')),
    goal: source.goal ? compileGoal(source.goal, question) : null,
    steps,
    first,
    memory,
  };

  /** From the last to the first, so that each step knows the one that follows. */
  function compileSteps(list: readonly StepSource[], under: string, after: number): number {
    let next = after;
    for (let index = list.length - 1; index >= 0; index--) {
      const step = list[index] as StepSource;
      const id = step.id ?? `${under}${index + 1}`;
      const compiled = verbOf(step).compile(step, {
        id,
        next,
        trigger: (event) => trigger.by === 'event' && trigger.matches(event),
        question,
        steps: (inner, name, then) => compileSteps(inner, `${id}.${name}.`, then),
      });
      next = steps.push(compiled) - 1;
    }
    return next;
  }
}

type Ask = (condition: Condition, scope: 'ever' | 'entry') => Question;

function compileTrigger(condition: Condition, question: Ask): Trigger {
  if (condition.subject === 'event' && isPlainEvent(condition)) {
    return { by: 'event', matches: latestOf(condition).matches };
  }
  return { by: 'condition', when: question(condition, 'ever') };
}

/** `within` beside a goal's event counts from the entry into the workflow. */
function compileGoal(condition: Condition, question: Ask): Goal {
  if (condition.subject !== 'event' || !condition.within)
    return { reached: question(condition, 'entry'), within: null };
  const { within, ...event } = condition;
  return { reached: question(event, 'entry'), within };
}
