/**
 * Lumbre, the shop of the demo: running gear, sold from Madrid and Mexico City to people who do not exist.
 * The same options give the same history on every machine.
 */
import type { IncomingEvent, Instant } from '../core/events/event.ts';
import { byArrival, withRepeats } from './shop/arrival.ts';
import { castBehaviours } from './shop/behaviour/index.ts';
import { openDiary } from './shop/diary.ts';
import { DAY } from './shop/humane-hours.ts';
import { makePeople } from './shop/people.ts';
import { makeDice } from './shop/random.ts';

export { byContact, summary } from './shop/summary.ts';

export interface ShopOptions {
  readonly seed: number;
  /** The present of the history: nothing happens or is received later. */
  readonly ends_at: Instant;
  /** The length of the season, 60 for the demo. Customers of old have ordered up to twice as long ago. */
  readonly days: number;
  /** How many people come by, 320 for the demo. */
  readonly people: number;
}

/** What everybody did, in the order in which the events are received. */
export function shopHistory({ seed, ends_at, days, people }: ShopOptions): IncomingEvent[] {
  const season = { from: ends_at - days * DAY, to: ends_at };
  // Persons draw from streams of their own; these two are the shop's.
  const behaviours = castBehaviours(makeDice(seed, -1), people);
  const events = makePeople(seed, people, ends_at).flatMap((person, number) => {
    const diary = openDiary(person, makeDice(seed, number * 2 + 2), seed, ends_at);
    behaviours[number]?.(diary, season);
    return diary.entries;
  });
  return withRepeats(events, makeDice(seed, -2), ends_at).sort(byArrival);
}
