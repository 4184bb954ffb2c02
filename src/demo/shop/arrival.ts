import type { IncomingEvent } from '../../core/events/event.ts';
import { MINUTE, SECOND } from './humane-hours.ts';
import type { Dice } from './random.ts';

/** How the events reach the shop's engine: a few twice, all in the order in which they are received. */

const TOLD_TWICE = 0.01;

/** Clients that miss the answer send again, with the same message id, seconds or minutes later. */
export function withRepeats(events: readonly IncomingEvent[], dice: Dice, ends_at: number): IncomingEvent[] {
  return events.flatMap((event) => {
    if (!dice.chance(TOLD_TWICE)) return [event];
    const received_at = event.received_at + dice.whole(2 * SECOND, 20 * MINUTE);
    return received_at > ends_at ? [event] : [event, { ...event, received_at }];
  });
}

/** Those received at once, as a phone's queue is, keep the order in which they happened. */
export function byArrival(a: IncomingEvent, b: IncomingEvent): number {
  return a.received_at - b.received_at || a.occurred_at - b.occurred_at;
}
