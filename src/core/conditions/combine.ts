import { joinReasons } from '../reason.ts';
import type { Answer, Facts, Question } from './answer.ts';

/** Holds when every part holds. Nothing in it means yes. */
export function allOf(parts: readonly Question[]): Question {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return combination(
    parts,
    (answers) => both(answers, true),
    (holds) => holds,
  );
}

/** Holds when at least one part holds. */
export function anyOf(parts: readonly Question[]): Question {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return combination(
    parts,
    (answers) => both(answers, false),
    (holds) => holds,
  );
}

/** Holds when no part holds. */
export function noneOf(parts: readonly Question[]): Question {
  const negate = ({ holds, until }: Answer): Answer => ({ holds: !holds, until });
  return combination(
    parts,
    (answers) => negate(both(answers, false)),
    (holds) => !holds,
  );
}

/**
 * All (`sought` true) or any (`sought` false) of the answers. The parts that decide the outcome keep it for as
 * long as the last of them stands; without such a part, the outcome stands until the first part may change.
 */
function both(answers: readonly Answer[], sought: boolean): Answer {
  let until = Infinity;
  let decided = -Infinity;
  for (const answer of answers) {
    if (answer.holds !== sought) decided = Math.max(decided, answer.until);
    else until = Math.min(until, answer.until);
  }
  return decided === -Infinity ? { holds: sought, until } : { holds: !sought, until: decided };
}

/** The reasons of a combination are those of its parts that speak for the outcome. */
function combination(
  parts: readonly Question[],
  join: (answers: readonly Answer[]) => Answer,
  speaksFor: (partHolds: boolean) => boolean,
): Question {
  const answer = (facts: Facts): Answer => join(parts.map((part) => part.answer(facts)));
  return {
    answer,
    because(facts) {
      const { holds } = answer(facts);
      const speaking = parts.filter((part) => speaksFor(part.answer(facts).holds) === holds);
      return joinReasons((speaking.length > 0 ? speaking : parts).map((part) => part.because(facts)));
    },
    memory: parts.flatMap((part) => part.memory),
  };
}
