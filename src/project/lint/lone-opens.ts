/** Branches that know nothing of a contact but whether a message was opened, which pictures tell and machines load. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Problem } from '../problem.ts';
import { problemAt, workflowFile, type Lint } from './input.ts';
import { everyWay, type BranchWay } from './ways.ts';

export const loneOpens: Lint = (input) =>
  input.workflows.flatMap(({ source }) =>
    byBranch(everyWay(source.steps)).flatMap((ways): Problem[] => {
      const signs = ways.map(signsOf);
      const opened = ways[signs.findIndex((list) => list.includes('opened'))];
      if (!opened || signs.flat().includes('other')) return [];
      return [problemAt(input, 'warning', workflowFile(source), [...opened.path, 'when'], MESSAGE)];
    }),
  );

const MESSAGE =
  'this branch knows only whether a message was opened, and many people open without our seeing it: ' +
  'their mail program loads no pictures, or loads them for everybody; ask "was: clicked", or for another sign beside it, such as an event';

/** The ways of each branch, in which every later one names those before it. */
function byBranch(ways: readonly BranchWay[]): readonly (readonly BranchWay[])[] {
  const firsts = ways.filter(({ before }) => before.length === 0);
  return firsts.map((first) => ways.filter((way) => way === first || way.before[0] === first));
}

type Sign = 'opened' | 'other';

/** What a way asks of what somebody did. Stage, fields and dates tell nothing of what became of a message. */
function signsOf({ when }: BranchWay): readonly Sign[] {
  return when ? signsIn(when) : [];
}

function signsIn(condition: Condition): readonly Sign[] {
  switch (condition.subject) {
    case 'all':
      return condition.all.flatMap(signsIn);
    case 'any':
      return condition.any.flatMap(signsIn);
    case 'none':
      return condition.none.flatMap(signsIn);
    case 'message':
      return [condition.was === 'opened' ? 'opened' : 'other'];
    case 'event':
      return ['other'];
    default:
      return [];
  }
}
