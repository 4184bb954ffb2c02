/** What is measured of a project's tests and holdouts: read from the workflows as they are written. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Where } from '../../core/conditions/where.ts';
import { exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import type { LoadedProject } from '../../project/load.ts';

/** What counts as a success, and for how long, in milliseconds. */
export type Success =
  /** One of these events, after the entry into the workflow. */
  | {
      readonly by: 'event';
      readonly event: readonly string[];
      readonly where: Where;
      readonly window: number;
    }
  /** The run ended as converted: for goals that are more than an event. */
  | { readonly by: 'outcome'; readonly window: number }
  /** What became of the first message that the variant sent, counted from when it was sent. */
  | {
      readonly by: 'message';
      readonly event: 'message_opened' | 'message_clicked';
      /** Steps that send, in any of the variants. */
      readonly steps: readonly string[];
      readonly window: number;
    };

/** An `ab_test` of a workflow. */
export interface Test {
  readonly workflow: string;
  readonly step: string;
  /** With the percent that each gets. */
  readonly variants: Readonly<Record<string, number>>;
  /** Null where no winner is looked for; the goal is counted then. */
  readonly winner_by: 'goal' | 'opened' | 'clicked' | null;
  readonly decide_after: Duration | null;
  readonly success: Success;
}

/** A workflow of which some get nothing. */
export interface Holdout {
  readonly workflow: string;
  /** Percent of those who enter. */
  readonly percent: number;
  readonly success: Success;
  /** The goal is an order, so that its revenue can be compared. */
  readonly has_revenue: boolean;
}

/** As long as those who are held out are watched where the goal has no limit. */
const WITHOUT_LIMIT: Duration = { amount: 30, unit: 'day' };

/** Hardly a message is opened later. */
const AFTER_SENDING: Duration = { amount: 3, unit: 'day' };

export function testsOf({ workflow_sources, project }: LoadedProject): readonly Test[] {
  return workflow_sources.flatMap(({ id, source }) =>
    writtenTests(source.steps).map(({ id: step, ab_test: { variants, winner_by, decide_after } }): Test => {
      const inside = (project.workflows.get(id)?.outline ?? []).filter(({ under }) =>
        Object.keys(variants).some((name) => isWithin(under, `${step}.${name}.`, id, project)),
      );
      return {
        workflow: id,
        step,
        variants: Object.fromEntries(Object.entries(variants).map(([name, { share }]) => [name, share])),
        winner_by: winner_by ?? null,
        decide_after: decide_after ?? null,
        success:
          winner_by === 'opened' || winner_by === 'clicked'
            ? {
                by: 'message',
                event: `message_${winner_by}`,
                steps: inside.map((one) => one.id),
                window: exactMilliseconds(AFTER_SENDING),
              }
            : goalOf(source),
      };
    }),
  );
}

export function holdoutsOf({ workflow_sources }: LoadedProject): readonly Holdout[] {
  return workflow_sources
    .filter(({ source }) => source.holdout > 0)
    .map(({ id, source }) => {
      const success = goalOf(source);
      const has_revenue = success.by === 'event' && success.event.every((name) => name === 'order_completed');
      return { workflow: id, percent: source.holdout, success, has_revenue };
    });
}

/** `under` names a list of steps; the list in which its holder stands is asked in turn. */
function isWithin(under: string, list: string, workflow: string, project: LoadedProject['project']): boolean {
  if (under === '') return false;
  if (under.startsWith(list)) return true;
  const holder = project.workflows.get(workflow)?.outline.find(({ id }) => under.startsWith(`${id}.`));
  return holder !== undefined && holder.under !== under && isWithin(holder.under, list, workflow, project);
}

interface WrittenTest {
  readonly id: string;
  readonly ab_test: {
    readonly variants: Readonly<Record<string, { readonly share: number }>>;
    readonly winner_by?: 'goal' | 'opened' | 'clicked' | undefined;
    readonly decide_after?: Duration | undefined;
  };
}

/** Also those that stand within other steps. */
function writtenTests(node: unknown): readonly WrittenTest[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = (node as Partial<StepSource>).verb === 'ab_test' ? [node as unknown as WrittenTest] : [];
  return [...own, ...Object.values(node).flatMap(writtenTests)];
}

function goalOf({ goal }: WorkflowSource): Success {
  const within = goal?.subject === 'event' ? goal.within : undefined;
  const window = exactMilliseconds(within ?? WITHOUT_LIMIT);
  return goal && isPlainEvent(goal)
    ? { by: 'event', event: goal.event, where: goal.where ?? {}, window }
    : { by: 'outcome', window };
}

/** It asks that one of some events happens, and nothing else. */
function isPlainEvent(goal: Condition): goal is Extract<Condition, { subject: 'event' }> {
  return goal.subject === 'event' && Object.keys(goal).every((key) => PLAIN.has(key));
}

const PLAIN: ReadonlySet<string> = new Set(['subject', 'event', 'where', 'within', 'since']);
