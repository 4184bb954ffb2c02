import { z } from 'zod';
import type { Question } from '../conditions/answer.ts';
import { allOf } from '../conditions/combine.ts';
import {
  compileCondition,
  conditionSchema,
  type Condition,
  type Conditions,
} from '../conditions/condition.ts';
import type { MemorySpec } from '../contacts/memory.ts';
import { oneOrMany, snakeId, textSchema } from '../schema.ts';
import { durationSchema } from '../time/duration.ts';
import { END, type Step } from './step.ts';
import { stepListSchema, verbOf } from './steps/index.ts';
import type { StepSource } from './verb.ts';
import { compileTrigger, triggerSchema } from './triggers/index.ts';
import type { Goal, StepOutline, Workflow } from './workflow.ts';

/** A workflow's file. */
export const workflowSchema = z
  .strictObject({
    version: z.literal(1),
    workflow: snakeId,
    title: textSchema.optional(),
    describe: textSchema.optional(),
    owner: z.string().optional(),
    /** `paused`: nobody enters, and who is inside stays; `stopped`: who is inside leaves. */
    status: z.enum(['draft', 'live', 'paused', 'stopped']).default('live'),
    purpose: z.enum(['promotion', 'service']),
    priority: z.enum(['high', 'normal', 'low']).default('normal'),
    when_edited: z.enum(['finish_old', 'follow']).default('finish_old'),
    moved_to: z.record(z.string(), z.string()).default({}),
    enter_when: triggerSchema,
    only_if: conditionSchema.optional(),
    re_enter: z
      .union(
        [
          z.enum(['never', 'always']),
          z.strictObject({ after: durationSchema }),
          z.strictObject({ per: z.string() }),
        ],
        { error: 'write never, always, { after: 7 days } or { per: order_id }' },
      )
      .optional(),
    exit_when: oneOrMany(conditionSchema).optional(),
    goal: conditionSchema.optional(),
    /** Percent of those who enter that get nothing, so that the effect can be measured. */
    holdout: z.number().min(0).max(90).default(0),
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

/** What a workflow is compiled among. */
export interface Around {
  readonly conditions: Conditions;
  /** The shop's own zone. */
  readonly time_zone: string;
}

/** Makes a checked workflow ready to walk. */
export function compileWorkflow(source: WorkflowSource, version: string, around: Around): Workflow {
  const memory: MemorySpec[] = [];
  const question = (condition: Condition, scope: 'ever' | 'entry' = 'ever'): Question => {
    const compiled = compileCondition(condition, around.conditions, scope);
    memory.push(...compiled.memory);
    return compiled;
  };
  const trigger = compileTrigger(source.enter_when, { question, time_zone: around.time_zone });
  const steps: Step[] = [];
  const indexes = new Map<string, number>();
  const lists = new Map<string, readonly StepOutline[]>();
  const first = compileSteps(source.steps, '', END);
  return {
    id: source.workflow,
    version,
    status: source.status,
    purpose: source.purpose,
    priority: PRIORITIES[source.priority],
    trigger,
    only_if: source.only_if ? question(source.only_if) : allOf([]),
    re_enter: source.re_enter ?? (trigger.by === 'moment' ? 'always' : 'never'),
    exits: (source.exit_when ?? []).map((condition) => question(condition, 'entry')),
    goal: source.goal ? compileGoal(source.goal, question) : null,
    holdout: source.holdout,
    when_edited: source.when_edited,
    moved_to: source.moved_to,
    steps,
    first,
    outline: inOrder(lists, ''),
    memory,
  };

  /** From the last to the first, so that each step knows the one that follows. */
  function compileSteps(list: readonly StepSource[], under: string, after: number): number {
    const ids = list.map((step, index) => step.id ?? `${under}${index + 1}`);
    lists.set(
      under,
      list.map((step, index) => outlineOf(step, ids[index] as string, under)),
    );
    let next = after;
    for (let index = list.length - 1; index >= 0; index--) {
      const step = list[index] as StepSource;
      const id = ids[index] as string;
      const compiled = verbOf(step).compile(step, {
        id,
        workflow: source.workflow,
        time_zone: around.time_zone,
        next,
        trigger: (event) => trigger.by === 'event' && trigger.matches(event),
        question,
        steps: (inner, name, then) => compileSteps(inner, `${id}.${name}.`, then),
        indexOf: (wanted) => indexes.get(wanted) ?? NOT_THERE,
      });
      next = steps.push(compiled) - 1;
      indexes.set(id, next);
    }
    return next;
  }
}

const PRIORITIES = { high: 2, normal: 1, low: 0 } as const;
const NOT_THERE = -2;

function outlineOf(step: StepSource, id: string, under: string): StepOutline {
  const { id: written, ...rest } = step;
  const text = JSON.stringify(rest, (_key, value: unknown) => (isStepList(value) ? undefined : value));
  return { id, named: written !== undefined, verb: step.verb, text, under };
}

function isStepList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null && 'verb' in one)
  );
}

/** Each step, and after it the lists that stand in it. */
function inOrder(lists: ReadonlyMap<string, readonly StepOutline[]>, under: string): readonly StepOutline[] {
  return (lists.get(under) ?? []).flatMap((step) => [
    step,
    ...[...lists.keys()]
      .filter((name) => name.startsWith(`${step.id}.`) && !name.slice(step.id.length + 1, -1).includes('.'))
      .flatMap((name) => inOrder(lists, name)),
  ]);
}

type Ask = (condition: Condition, scope: 'ever' | 'entry') => Question;

/** `within` beside a goal's event counts from the entry into the workflow. */
function compileGoal(condition: Condition, question: Ask): Goal {
  if (condition.subject !== 'event' || !condition.within)
    return { reached: question(condition, 'entry'), within: null };
  const { within, ...event } = condition;
  return { reached: question(event, 'entry'), within };
}
