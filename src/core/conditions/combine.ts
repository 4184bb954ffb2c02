import { joinReasons } from '../reason.ts';
import type { Instant } from '../events/event.ts';
import { always, looksOf, type Answer, type Facts, type Question } from './answer.ts';

/** Holds when every part holds. Nothing in it means yes. */
export function allOf(parts: readonly Question[]): Question {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return combination(
    parts,
    (facts) => together(parts, facts, true),
    (holds) => holds,
  );
}

/** Holds when at least one part holds. */
export function anyOf(parts: readonly Question[]): Question {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return combination(
    parts,
    (facts) => together(parts, facts, false),
    (holds) => holds,
  );
}

/** Holds when no part holds. */
export function noneOf(parts: readonly Question[]): Question {
  return combination(
    parts,
    (facts) => {
      const { holds, until } = together(parts, facts, false);
      return until === Infinity ? always(!holds) : { holds: !holds, until };
    },
    (holds) => !holds,
  );
}

/**
 * All (`sought` true) or any (`sought` false) of the answers. The parts that decide the outcome keep it for as
 * long as the last of them stands; without such a part, the outcome stands until the first part may change.
 */
function together(parts: readonly Question[], facts: Facts, sought: boolean): Answer {
  let until = Infinity;
  let decided = -Infinity;
  for (const part of parts) {
    const answer = part.answer(facts);
    if (answer.holds === sought) until = Math.min(until, answer.until);
    // What one part settles for ever, no other can change.
    else if (answer.until === Infinity) return always(!sought);
    else decided = Math.max(decided, answer.until);
  }
  if (decided !== -Infinity) return { holds: !sought, until: decided };
  return until === Infinity ? always(sought) : { holds: sought, until };
}

/** The reasons of a combination are those of its parts that speak for the outcome. */
function combination(
  parts: readonly Question[],
  asked: (facts: Facts) => Answer,
  speaksFor: (partHolds: boolean) => boolean,
): Question {
  const answer = exactly(asked);
  return {
    answer,
    because(facts) {
      const { holds } = answer(facts);
      const speaking = parts.filter((part) => speaksFor(part.answer(facts).holds) === holds);
      return joinReasons((speaking.length > 0 ? speaking : parts).map((part) => part.because(facts)));
    },
    memory: parts.flatMap((part) => part.memory),
    looks_at: looksOf(parts),
  };
}

/**
 * Makes `until` exact: where an answer only stands *at least* so long, it is asked again at that moment, and on, until
 * it is another. What time alone does is known in advance.
 */
export function exactly(ask: (facts: Facts) => Answer): (facts: Facts) => Answer {
  return (facts) => {
    // Within a look ahead an early answer will do, as whoever looks asks on; else nested looks would multiply.
    if (facts.looks_ahead) return ask(facts);
    const first = ask(facts);
    const { holds, until } = first;
    if (until === Infinity) return first;
    let next: Instant = until;
    for (let looks = 0; next < Infinity && looks < MOST_LOOKS; looks++) {
      const later = ask(lookingAhead(facts, next));
      if (later.holds !== holds) break;
      next = later.until;
    }
    return { holds, until: next };
  };
}

/** Written out, because it is asked for so often. */
function lookingAhead({ contact, zone, entered_at, happening }: Facts, now: Instant): Facts {
  return { contact, now, zone, entered_at, happening, looks_ahead: true };
}

/** Beyond so many the answer is early, never late. */
const MOST_LOOKS = 1000;
