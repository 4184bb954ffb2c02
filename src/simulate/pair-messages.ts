import type { Instant } from '../core/events/event.ts';
import type { ChannelName } from '../core/messages/message.ts';
import { MINUTE } from '../core/time/date.ts';
import type { LivedMessage } from './live.ts';
import { isMessage, nameOf } from './expected-message.ts';
import type { Scene } from './scene.ts';
import type { Expectation } from './test-file.ts';

/** Which message each expectation of one means. */
export interface Pairs {
  /** By the expectation's place. */
  readonly of: ReadonlyMap<number, LivedMessage>;
  readonly paired: ReadonlySet<LivedMessage>;
}

/**
 * Each expected message is met by one that came, of its name, and in its minute where one is written. The order in which
 * they are written means nothing; those with a moment choose first.
 */
export function pairMessages(scene: Scene, expectations: readonly Expectation[]): Pairs {
  const of = new Map<number, LivedMessage>();
  const paired = new Set<LivedMessage>();
  const wanted = expectations.flatMap((one, index) => {
    if (!isMessage(one) && one.verb !== 'held_back') return [];
    const [message, channel] = isMessage(one) ? [nameOf(one), one.verb] : [one.held_back];
    return [{ index, message, channel, at: one.at && scene.momentOf(one.at) }];
  });
  const timed = wanted.toSorted((a, b) => Number(a.at === undefined) - Number(b.at === undefined));
  for (const { index, message, channel, at } of timed) {
    const found = scene.life.messages.find(
      (lived) =>
        !paired.has(lived) &&
        lived.message.message === message &&
        sentBy(lived) === channel &&
        (at === undefined || isSameMinute(lived.message.owed_at, at)),
    );
    if (!found) continue;
    of.set(index, found);
    paired.add(found);
  }
  return { of, paired };
}

/** Undefined where it was held back. */
function sentBy({ message }: LivedMessage): ChannelName | undefined {
  return message.held_back ? undefined : message.channel;
}

export function isSameMinute(a: Instant, b: Instant): boolean {
  return Math.floor(a / MINUTE) === Math.floor(b / MINUTE);
}
