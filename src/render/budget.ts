/**
 * How much one template may do for one message. Only `each` can multiply what a template does, and how often it goes
 * round is decided by what an event or a contact brings along: without a bound, a few of them would keep the rendering
 * thread from everybody else until they are stopped by time.
 */

/** Rounds and calls of helpers: some milliseconds, and more rows than a message has room for. */
const MOST_STEPS = 5_000;
/** Characters, each counted once for every `each` that it stands in: a multiple of the largest message. */
const MOST_LENGTH = 4 * 512 * 1024;

export interface Budget {
  /** @throws Error when there is no more. */
  spend(steps: number, length: number): void;
}

export function openBudget(): Budget {
  let [steps, length] = [0, 0];
  return {
    spend(more_steps, more_length) {
      steps += more_steps;
      length += more_length;
      if (steps > MOST_STEPS)
        throw new Error(`{{#each}} goes round too often: more than ${MOST_STEPS} steps in all.`);
      if (length > MOST_LENGTH)
        throw new Error(`{{#each}} makes too much text: more than ${MOST_LENGTH} characters in all.`);
    },
  };
}
