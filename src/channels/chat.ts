import type { Instant } from '../core/events/event.ts';
import type { Channel, Delivery, Parcel } from '../engine/ports.ts';
import { wordsOf } from '../errors.ts';

/** The inbox that contacts have in the shop's own pages. */
export interface ChatInbox {
  /** Puts a message there, once for each id. */
  keep(entry: ChatMessage): Promise<void>;
}

export interface ChatMessage {
  readonly id: string;
  readonly contact_id: string;
  readonly text: string;
  readonly at: Instant;
}

/** Messages into that inbox: nothing leaves the house. */
export function createChatChannel(inbox: ChatInbox): Channel {
  return {
    name: 'chat',
    deliver: (parcel, beforeHandingOver) => deliver(inbox, parcel, beforeHandingOver),
    close: () => Promise.resolve(),
  };
}

async function deliver(
  inbox: ChatInbox,
  { id, to, text, date }: Parcel,
  beforeHandingOver: () => Promise<boolean>,
): Promise<Delivery> {
  if (text === '') return { outcome: 'refused', response: 'the message is empty', fault: 'content' };
  try {
    if (!(await beforeHandingOver()))
      return { outcome: 'deferred', response: 'the claim on this message was lost' };
    await inbox.keep({ id, contact_id: to, text, at: date });
    return { outcome: 'accepted', response: 'put into the inbox' };
  } catch (error) {
    // Where it was kept after all, it is kept only once.
    return { outcome: 'deferred', response: wordsOf(error) };
  }
}
