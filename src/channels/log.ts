import type { Channel, Parcel } from '../engine/ports.ts';
import { wordsOf } from '../errors.ts';

/** A channel from which nothing leaves the house: replays and rehearsals write to it. */
export function createLogChannel(name: string, onParcel: (parcel: Parcel) => void): Channel {
  return {
    name,
    async deliver(parcel, beforeHandingOver) {
      try {
        if (!(await beforeHandingOver()))
          return { outcome: 'deferred', response: 'the claim on this message was lost' };
      } catch (error) {
        return { outcome: 'deferred', response: wordsOf(error) };
      }
      onParcel(parcel);
      return { outcome: 'accepted', response: 'kept in the house' };
    },
    close: () => Promise.resolve(),
  };
}
