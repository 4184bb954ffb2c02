/** Stages, moods and personas that nobody can ever be in, because another rule takes everybody first. */
import type { Condition } from '../../core/conditions/condition.ts';
import type { Path } from '../../core/schema.ts';
import type { Problem } from '../problem.ts';
import { areExhaustive, type Choices } from './exhaustive.ts';
import { implies } from './implies.ts';
import { JOURNEY, problemAt, type Lint, type LintInput } from './input.ts';
import { contradicts } from './unreached-ways.ts';

export const idleRules: Lint = (input) => [...idleMoods(input), ...idlePersonas(input), ...idleStages(input)];

/** One of several rules of which the first that holds counts. */
interface Rule {
  readonly id: string;
  /** Null: it is left when none other holds. */
  readonly when: Condition | null;
  /** Something can end it while its condition still holds, so that later ones get their turn. */
  readonly may_end: boolean;
  readonly path: Path;
}

function idleMoods(input: LintInput): Problem[] {
  const rules = input.tone.moods.map((mood, index): Rule => {
    const path = ['moods', index];
    if ('otherwise' in mood) return { id: mood.otherwise, when: null, may_end: false, path };
    return { id: mood.id, when: mood.when, may_end: mood.ends_when !== undefined, path };
  });
  const twice = rules.filter(({ id }, index) => rules.findIndex((other) => other.id === id) < index);
  const file = `${JOURNEY}tone.yaml`;
  return [
    ...twice.map(({ id, path }) =>
      problemAt(input, 'error', file, path, `mood "${id}" stands here twice; give one of them another id`),
    ),
    ...idle(input, file, 'mood', rules),
  ];
}

function idlePersonas(input: LintInput): Problem[] {
  const rules = input.map.personas.map(({ id, when }, index): Rule => ({
    id,
    when: when ?? null,
    may_end: false,
    path: ['personas', index],
  }));
  return idle(input, `${JOURNEY}map.yaml`, 'persona', rules);
}

function idle(input: LintInput, file: string, what: string, rules: readonly Rule[]): Problem[] {
  const stage = input.stages.stages.map(({ id }) => id);
  return rules.flatMap((rule, index) => {
    const before = rules.slice(0, index).filter(({ may_end }) => !may_end);
    const found = takenFirst(rule, before, what, { stage, mood: [] });
    return found ? [problemAt(input, found.severity, file, rule.path, found.message)] : [];
  });
}

function takenFirst(
  { id, when }: Rule,
  before: readonly Rule[],
  what: string,
  choices: Choices,
): { severity: 'error' | 'warning'; message: string } | undefined {
  const earlier = before.flatMap((rule) => rule.when ?? []);
  if (!when) {
    if (!areExhaustive(earlier, choices)) return undefined;
    const message = `nobody is ever ${what} "${id}", as one of the rules above always holds; narrow one of them`;
    return { severity: 'warning', message };
  }
  if (contradicts(when)) {
    const message = `nobody is ever ${what} "${id}", as its conditions never hold together; take one of them away`;
    return { severity: 'error', message };
  }
  if (earlier.length === 0 || !implies(when, { subject: 'any', any: earlier })) return undefined;
  const taker = before.find((rule) => rule.when && implies(when, rule.when));
  const who = taker ? `"${taker.id}" above holds` : 'one of those above holds';
  const message = `nobody is ever ${what} "${id}", as ${who} whenever it does; put it further up, or delete it`;
  return { severity: 'error', message };
}

/** A contact stands in the last stage whose rule holds, so here it is the later rule that takes everybody. */
function idleStages(input: LintInput): Problem[] {
  const { stages } = input.stages;
  return stages.flatMap(({ id, enter_when }, index) => {
    if (!enter_when) return [];
    const path = ['stages', index];
    const file = `${JOURNEY}stages.yaml`;
    if (contradicts(enter_when)) {
      const message = `nobody ever comes to stage "${id}", as its conditions never hold together; take one of them away`;
      return [problemAt(input, 'error', file, path, message)];
    }
    const taker = stages
      .slice(index + 1)
      .find((one) => one.enter_when && implies(enter_when, one.enter_when));
    if (!taker) return [];
    const message = `nobody ever comes to stage "${id}", as the rule of "${taker.id}", which comes later, holds whenever its own does; narrow the later rule`;
    return [problemAt(input, 'error', file, path, message)];
  });
}
