/** What no schema sees: files that are each well written and together do not do what anybody can have meant. */
import { sortProblems, type Problem } from '../problem.ts';
import { askingCircles } from './asking-circles.ts';
import { contradictions } from './contradictions.ts';
import { eagerSends } from './eager-sends.ts';
import { endlessLoops } from './endless-loops.ts';
import { idleRules } from './idle-rules.ts';
import type { Lint, LintInput } from './input.ts';
import { lastingUpdates } from './lasting-updates.ts';
import { loneOpens } from './lone-opens.ts';
import { lostTargets } from './lost-targets.ts';
import { messageLimits } from './message-limits.ts';
import { missingWords } from './missing-words.ts';
import { overlappingWays } from './overlapping-ways.ts';
import { startingCircles } from './starting-circles.ts';
import { strayTemplates } from './stray-templates.ts';
import { unreachedSteps } from './unreached-steps.ts';
import { unreachedWays } from './unreached-ways.ts';
import { unsentMessages } from './unsent-messages.ts';
import { unsubscribeLinks } from './unsubscribe-links.ts';

export type { LintInput } from './input.ts';

/** A new lint is a file beside these and a line here. */
const LINTS: readonly Lint[] = [
  unreachedSteps,
  unreachedWays,
  overlappingWays,
  loneOpens,
  endlessLoops,
  startingCircles,
  lostTargets,
  contradictions,
  unsentMessages,
  unsubscribeLinks,
  missingWords,
  strayTemplates,
  messageLimits,
  idleRules,
  askingCircles,
  lastingUpdates,
  eagerSends,
];

/** Looks through a project whose files were all read without a mistake and refer only to what is there. */
export function lintProject(input: LintInput): Problem[] {
  return sortProblems(LINTS.flatMap((lint) => lint(input)));
}
