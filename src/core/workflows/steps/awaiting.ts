import type { Question } from '../../conditions/answer.ts';
import type { Instant } from '../../events/event.ts';
import { after, type Duration } from '../../time/duration.ts';
import type { Step, Then, Walk } from '../step.ts';

interface Awaited {
  /** What must become true while the run stands here. */
  readonly sought: Question;
  readonly up_to: Duration;
  /** Where the run goes when it did. */
  readonly next: number;
  /** Where it goes when the time is over. */
  readonly otherwise: number;
}

/** How a run stays at a step until something holds, or a time is over; both count from the arrival. */
export function awaiting({ sought, up_to, next, otherwise }: Awaited): Awaiting {
  const deadline = ({ run, facts }: Walk): Instant => after(run.arrived_at, up_to, facts.zone);
  const ask = (walk: Walk): Then => {
    const { holds, until } = sought.answer(sinceArrival(walk));
    return holds ? { go: next } : { stay_until: Math.min(deadline(walk), until) };
  };
  const due = (walk: Walk): Then => {
    const end = deadline(walk);
    if (walk.now < end) return ask(walk);
    const { facts } = walk;
    // What became true in time counts, also where nobody was awake to see it.
    const atTheEnd = { ...walk, facts: { ...facts, now: Math.min(facts.now, end) } };
    return sought.answer(sinceArrival(atTheEnd)).holds ? { go: next } : { go: otherwise };
  };
  return {
    arrive: ask,
    happen: (walk, event) => ((event?.occurred_at ?? walk.now) > deadline(walk) ? undefined : ask(walk)),
    due,
    adopt: due,
  };
}

type Awaiting = Required<Pick<Step, 'arrive' | 'happen' | 'due' | 'adopt'>>;

function sinceArrival({ facts, run }: Walk): Walk['facts'] {
  return { ...facts, entered_at: run.arrived_at };
}
