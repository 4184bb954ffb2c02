import colors from 'picocolors';
import { durationWords, type Duration } from '../core/time/duration.ts';
import type { StepOutline } from '../core/workflows/workflow.ts';
import type { DeploymentPreview, WorkflowPreview } from '../engine/impact.ts';
import type { Impact } from '../simulate/impact.ts';
import { output } from './output.ts';

/** Tells what deploying would change: to files, to workflows and who is inside, to people, to what is sent. */
export function tellPreview(preview: DeploymentPreview): void {
  if (preview.files.length === 0) return output.line('Nothing differs from what is live.');
  output.line(`From ${preview.from ?? 'nothing'} to ${colors.bold(preview.to)}:`);
  for (const { file, change } of preview.files) output.line(`  ${MARKS[change]} ${file}`);
  for (const workflow of preview.workflows) tellWorkflow(workflow);
  if (preview.impact) tellImpact(preview.impact);
  else if (preview.from !== null) output.line('\nOnly words change: nobody moves, and nothing more is sent.');
}

const MARKS = { added: colors.green('+'), changed: colors.yellow('~'), removed: colors.red('-') } as const;

function tellWorkflow({ workflow, change, steps, inside, when_edited, displaced }: WorkflowPreview): void {
  output.line(`\n${MARKS[change]} workflow ${colors.bold(workflow)}, ${people(inside)} inside`);
  if (inside > 0) output.line(`  ${FATES[change === 'removed' ? 'finish_old' : when_edited]}`);
  for (const step of steps) output.line(`  ${STEP_MARKS[step.change]} ${describe(step)}`);
  for (const { step, runs, to } of displaced) {
    output.line(`  ${people(runs)} at "${step}", which is gone: ${to === null ? 'they end' : `to "${to}"`}`);
  }
}

const FATES = {
  finish_old: 'They finish the version that they entered.',
  follow: 'They go on in the new version from where they stand.',
} as const;

type Step = WorkflowPreview['steps'][number];

const STEP_MARKS: Readonly<Record<Step['change'], string>> = {
  added: colors.green('+'),
  changed: colors.yellow('~'),
  removed: colors.red('-'),
  moved: colors.cyan('>'),
};

function describe(step: Step): string {
  switch (step.change) {
    case 'changed':
      return `${written(step.before)} → ${written(step.after)}`;
    case 'moved':
      return `${written(step.after)} (moved)`;
    case 'added':
      return written(step.step);
    case 'removed':
      return `${written(step.step)}${step.next === null ? '' : `; who stands there goes to "${step.next}"`}`;
  }
}

/** A step in one line, such as `wait {"amount":2,"unit":"day"}`. */
function written({ id, named, verb, text }: StepOutline): string {
  const rest = Object.entries(JSON.parse(text) as Record<string, unknown>)
    .filter(([key]) => key !== 'verb')
    .map(([key, value]) => `${key}: ${wordsFor(value)}`)
    .join(', ');
  return `${named ? `${id}: ` : ''}${rest === '' ? verb : rest}`;
}

function wordsFor(value: unknown): string {
  if (isDuration(value)) return durationWords(value, 'en');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isDuration(value: unknown): value is Duration {
  return typeof value === 'object' && value !== null && 'amount' in value && 'unit' in value;
}

function tellImpact({ people: all, asked, moves, segments, ended_runs, messages }: Impact): void {
  output.line(
    `\n${people(all)} are decided anew${asked < all ? `; what follows is estimated from ${asked} of them` : ''}.`,
  );
  if (moves.length > 0) {
    output.table(
      ['stage moves at once', 'people', 'for example, because'],
      moves.map((move) => [`${move.from} → ${move.to}`, move.people, move.examples[0]?.because.en ?? '']),
    );
  } else output.line('Nobody changes stage.');
  const moved = segments.filter(({ enter, leave }) => enter + leave > 0);
  if (moved.length > 0) {
    output.table(
      ['segment', 'before', 'after', 'come in', 'go out'],
      moved.map(({ id, before, after, enter, leave }) => [id, before, after, enter, leave]),
    );
  }
  if (ended_runs.length > 0) {
    output.table(
      ['runs that end at once', 'runs', 'because'],
      ended_runs.map(({ workflow, runs, because }) => [workflow, runs, because.en]),
    );
  }
  if (messages.length > 0) {
    output.table(
      ['sent in the next 24 hours', 'by what is live', 'by the new version'],
      messages.map(({ id, before, after }) => [id, before, after]),
    );
  } else output.line('What is sent in the next 24 hours stays the same.');
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}
