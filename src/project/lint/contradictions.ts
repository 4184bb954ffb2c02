/** Workflows that nobody gets into, or that everybody leaves as they enter. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import type { Problem } from '../problem.ts';
import { excludes, implies } from './implies.ts';
import { holdsOfNothing } from './implies-event.ts';
import { problemAt, workflowFile, type Lint, type LintInput } from './input.ts';
import { contradicts } from './unreached-ways.ts';

export const contradictions: Lint = (input) =>
  input.workflows.flatMap(({ source }) => [...neverEntered(input, source), ...leftAtOnce(input, source)]);

function neverEntered(input: LintInput, source: WorkflowSource): Problem[] {
  const { only_if } = source;
  const file = workflowFile(source);
  const trigger = holdsAtTrigger(source, input);
  if (trigger && contradicts(trigger)) {
    const message = 'these conditions never hold together, so nobody ever enters; take one of them away';
    return [problemAt(input, 'error', file, ['enter_when'], message)];
  }
  if (only_if && contradicts(only_if)) {
    const message = 'these conditions never hold together, so nobody ever enters; take one of them away';
    return [problemAt(input, 'error', file, ['only_if'], message)];
  }
  if (!only_if || !trigger || !excludes(trigger, only_if)) return [];
  const message =
    '"only_if" is never true when "enter_when" is, so nobody ever enters; change one of the two';
  return [problemAt(input, 'error', file, ['only_if'], message)];
}

function leftAtOnce(input: LintInput, source: WorkflowSource): Problem[] {
  const { only_if, exit_when = [], goal } = source;
  const known = [holdsAtTrigger(source, input), only_if].filter((one) => one !== undefined);
  const entry: Condition = { subject: 'all', all: known };
  const told = (path: (string | number)[], what: string): Problem => {
    const message = `${what} holds already for everybody who enters, so nobody ever gets in; ask for something that happens later, or change "enter_when" or "only_if"`;
    return problemAt(input, 'error', workflowFile(source), path, message);
  };
  return [
    ...exit_when.flatMap((exit, index) =>
      holdsAtEntry(entry, exit) ? [told(['exit_when', index], 'this way out')] : [],
    ),
    ...(goal && holdsAtEntry(entry, goal) ? [told(['goal'], 'the goal')] : []),
  ];
}

/** What is surely true of a contact as the trigger starts a run; undefined where nothing is known. */
function holdsAtTrigger({ enter_when }: WorkflowSource, { settings }: LintInput): Condition | undefined {
  switch (enter_when.by) {
    case 'condition':
      return enter_when.when;
    case 'event':
      // What happened longer ago than this starts nothing.
      return { subject: 'event', ...enter_when.event, within: settings.ignore_triggers_older_than };
    case 'move': {
      if (enter_when.way === 'leaves') return undefined;
      const ids = [...enter_when.ids];
      return enter_when.of === 'stage'
        ? { subject: 'stage', stage: ids }
        : { subject: 'segment', segment: ids };
    }
    default:
      return undefined;
  }
}

/** In exits and goals events count from the entry, when none has happened yet. */
function holdsAtEntry(entry: Condition, exit: Condition): boolean {
  switch (exit.subject) {
    case 'all':
      return exit.all.every((part) => holdsAtEntry(entry, part));
    case 'any':
      return exit.any.some((part) => holdsAtEntry(entry, part));
    case 'none':
      return exit.none.every((part) => isUntrueAtEntry(entry, part));
    case 'event':
    case 'message':
      return exit.not_within ? implies(entry, exit) : holdsOfNothing(exit) === true;
    default:
      return implies(entry, exit);
  }
}

function isUntrueAtEntry(entry: Condition, exit: Condition): boolean {
  switch (exit.subject) {
    case 'all':
      return exit.all.some((part) => isUntrueAtEntry(entry, part));
    case 'any':
      return exit.any.every((part) => isUntrueAtEntry(entry, part));
    case 'none':
      return exit.none.some((part) => holdsAtEntry(entry, part));
    case 'event':
    case 'message':
      return exit.not_within ? excludes(entry, exit) : holdsOfNothing(exit) === false;
    default:
      return excludes(entry, exit);
  }
}
