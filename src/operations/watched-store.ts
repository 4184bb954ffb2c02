import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import { domainOf } from '../core/messages/address.ts';
import { addressOf } from '../core/messages/address-of.ts';
import type { Asking, Batch, Claim, Store } from '../engine/ports.ts';

/** What the book is asked for and answers, told to whoever counts. */
export interface StoreWatcher {
  appended(outcome: 'accepted' | 'duplicate' | 'rejected', events: number): void;
  /** A turn asked for partitions: so many it holds, at so many another process is. */
  turned(held: number, elsewhere: number): void;
  /** Something fell due so many milliseconds before it was taken up. */
  taken(kind: 'event' | 'contact' | 'message', late: number): void;
  /** A message is in our hands, for this domain if it is an e-mail. */
  claimed(message_id: string, channel: string, domain: string | undefined): void;
  /** The chores looked for what is due. */
  swept(): void;
}

/** The same store; listening changes nothing. */
export function watchStore(store: Store, watcher: StoreWatcher): Store {
  return {
    ...store,
    async append(events, appending) {
      const appended = await store.append(events, appending);
      watcher.appended('accepted', appended.added);
      watcher.appended('duplicate', events.length - appended.added);
      return appended;
    },
    async reject(rows, source, at) {
      await store.reject(rows, source, at);
      watcher.appended('rejected', rows.length);
    },
    turn: (partitions, work) =>
      store.turn(partitions, (book) => {
        watcher.turned(book.held.length, partitions.length - book.held.length);
        return work({
          ...book,
          async read(asking) {
            const batch = await book.read(asking);
            tellLateness(batch, asking, watcher);
            return batch;
          },
        });
      }),
    async claim(now, limit) {
      const claim = await store.claim(now, limit);
      tellClaimed(claim, now, watcher);
      return claim;
    },
    hasOwed(now) {
      watcher.swept();
      return store.hasOwed(now);
    },
  };
}

/** A turn may hold thousands; a few tell how late they are. */
const SAMPLE = 10;

function tellLateness({ contacts, happenings }: Batch, { now }: Asking, watcher: StoreWatcher): void {
  for (const list of first(happenings.values())) {
    const [oldest] = list;
    if (oldest) watcher.taken('event', now - oldest.due_at);
  }
  for (const { contact } of first(contacts.values())) {
    const due = happenings.has(contact.id) ? undefined : dueOf(contact);
    if (due !== undefined && due <= now) watcher.taken('contact', now - due);
  }
}

function* first<T>(values: Iterable<T>): Generator<T> {
  let left = SAMPLE;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}

/** Undefined where a run is held: that is late because its workflow is paused. */
function dueOf({ settled_until, runs }: Contact): Instant | undefined {
  if (runs.some(({ held_before }) => held_before !== undefined)) return undefined;
  return Math.min(settled_until, ...runs.map(({ due_at }) => due_at ?? Infinity));
}

function tellClaimed({ messages }: Claim, now: Instant, watcher: StoreWatcher): void {
  for (const { id, contact, channel, attempts, owed_at } of messages) {
    const address = channel === 'email' ? addressOf(contact, channel) : undefined;
    watcher.claimed(id, channel, address === undefined ? undefined : domainOf(address));
    // Later attempts are late on purpose.
    if (attempts === 1) watcher.taken('message', now - owed_at);
  }
}
