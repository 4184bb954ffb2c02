/** What we and the contact write to each other in the shop's own pages. */
import type { Instant } from '../core/events/event.ts';
import type { Bell, Clock } from './ports.ts';

export interface ChatEntry {
  /** The message's id where we wrote it. */
  readonly id: string;
  readonly written_by: 'us' | 'contact';
  readonly text: string;
  readonly at: Instant;
  readonly read_at: Instant | null;
}

/** Where a page of the inbox goes on: after this entry. */
export type ChatPlace = Pick<ChatEntry, 'id' | 'at'>;

export interface ChatPage {
  /** The newest first. */
  readonly entries: readonly ChatEntry[];
  /** Whether there are older ones. */
  readonly more: boolean;
  /** How many of ours the contact has not read, on all pages. */
  readonly unread: number;
}

export interface Written {
  readonly contact_id: string;
  /** Equal for the same text that comes twice. */
  readonly message_id: string;
  readonly text: string;
  readonly at: Instant;
}

/** Where it is kept. */
export interface ChatBook {
  /** Puts a message of ours there, once for each id. */
  keep(entry: Pick<ChatEntry, 'id' | 'text' | 'at'> & { readonly contact_id: string }): Promise<void>;
  page(contact_id: string, before: ChatPlace | null, limit: number): Promise<ChatPage>;
  /** Stores it, and that it happened, together; tells in which partition. Undefined where there is no such contact. */
  write(written: Written): Promise<{ readonly id: string; readonly partition: number } | undefined>;
  /** Up to this entry, or all; tells how many of ours are still unread. */
  read(contact_id: string, up_to: string | null, at: Instant): Promise<number>;
}

export interface Chat {
  page: ChatBook['page'];
  /** The entry's id. */
  write(written: Omit<Written, 'at'>): Promise<string | undefined>;
  read(contact_id: string, up_to: string | null): Promise<number>;
}

interface ChatParts {
  readonly book: ChatBook;
  readonly bell: Bell;
  readonly clock: Clock;
  databaseNow(): Promise<Instant>;
}

export function createChat({ book, bell, clock, databaseNow }: ChatParts): Chat {
  const now = async (): Promise<Instant> => clock.at(await databaseNow());
  return {
    page: (contact_id, before, limit) => book.page(contact_id, before, limit),
    async write(written) {
      const stored = await book.write({ ...written, at: await now() });
      if (stored) bell.ringTurns([stored.partition]);
      return stored?.id;
    },
    read: async (contact_id, up_to) => book.read(contact_id, up_to, await now()),
  };
}
