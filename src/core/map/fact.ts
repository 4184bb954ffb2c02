/** What the journey map adds up: facts about contacts, counted once, when they are decided. */

/**
 * - `people`: came to stand in a stage (1) or left it (-1), also by changing persona, language or segments; all up to a day make
 *   those who stood there then.
 * - `since`: the same by the day from which on they stand there: what is left of a day stands there since.
 * - `move`: left for the stage `key`; `total` is the time spent in the stage, in milliseconds.
 * - `event`: did what `key` names.
 * - `order`: ordered; `total` is the revenue in the project's currency.
 * - `feeling`: said how it was, by way of `key`; `total` is from -2 to 2 each.
 * - `nps`: answered from 0 to 10; `total` is 1 for promoters, -1 for detractors each. `csat`: from 1 to 5; `total` is the score.
 * - `mood`: was in the mood `key` on that day, of those who did something.
 * - `visit`: a run came to the step `workflow/step`; `stay`: it left it, and `total` is the time spent there, in milliseconds. Of
 *   everybody together: in no stage, persona or language.
 * - `message`: a message `workflow/tone/channel/outcome` came to its end; of those held back by a decision, and by the sender.
 */
export const FACT_KINDS = [
  'people',
  'since',
  'move',
  'event',
  'order',
  'feeling',
  'nps',
  'csat',
  'mood',
  'visit',
  'stay',
  'message',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Whose fact it is. */
export interface FactKey {
  /** In the zone of the project, like `2026-10-31`. */
  readonly day: string;
  readonly fact: FactKind;
  readonly stage: string;
  readonly key: string;
  /** Empty: none. */
  readonly persona: string;
  readonly language: string;
  /** Empty: counted for everybody; else once more for each segment that the contact is in. */
  readonly segment: string;
}

export interface Fact extends FactKey {
  readonly n: number;
  readonly total: number;
}

/** What the pages of workflows ask for, and the map does not. */
export const STEP_FACTS = ['visit', 'stay'] as const satisfies readonly FactKind[];

export function stepKey(workflow: string, step: string): string {
  return `${workflow}/${step}`;
}

export function messageKey(workflow: string, tone: string, channel: string, outcome: MessageOutcome): string {
  return `${workflow}/${tone}/${channel}/${outcome}`;
}

export const MESSAGE_OUTCOMES = ['sent', 'suppressed', 'refused'] as const;
export type MessageOutcome = (typeof MESSAGE_OUTCOMES)[number];

/** Adds up equal facts; those that come to nothing are left out. */
export class Tally {
  readonly #all = new Map<string, { -readonly [Key in keyof Fact]: Fact[Key] }>();

  /** Once for each of these segments. */
  add(common: Omit<FactKey, 'segment'>, segments: readonly string[], n: number, total = 0): void {
    const { day, fact, stage, key, persona, language } = common;
    const group = `${fact}\0${stage}\0${key}\0${persona}\0${language}\0${day}\0`;
    for (const segment of segments) {
      const known = this.#all.get(group + segment);
      if (known) {
        known.n += n;
        known.total += total;
      } else this.#all.set(group + segment, { ...common, segment, n, total });
    }
  }

  facts(): readonly Fact[] {
    return [...this.#all.values()].filter(({ n, total }) => n !== 0 || total !== 0);
  }
}
