/** What comes back about messages that have left: reports, openings, clicks, replies. */
import type { Instant } from '../core/events/event.ts';
import type { Fetch } from '../core/messages/machine.ts';
import type { Report } from '../core/messages/report.ts';
import type { Bell, Clock } from './ports.ts';

/** By which way reports came, and how far they are believed. */
export interface ReportSource {
  /** The mailbox or the provider. */
  readonly source: string;
  /**
   * Whether the sender has proved who it is, so that an address may be suppressed on its word alone. Anybody can write
   * a mail: one of those counts only for the message that its token names.
   */
  readonly trusted: boolean;
}

/** What a person wrote back. */
export interface Reply {
  readonly message_id: string;
  readonly subject: string;
  readonly text: string;
  /** Equal for the same mail that comes twice. */
  readonly id: string;
}

/** A touch as a request tells it; when it was, the database's clock tells. */
export type Noted = Omit<Fetch, 'at'>;

/** Where it is kept. Each tells the partitions in which something happened. */
export interface ResponseBook {
  recordReports(reports: readonly Report[], source: ReportSource): Promise<readonly number[]>;
  recordTouch(touch: Fetch): Promise<number | undefined>;
  recordReply(reply: Reply, at: Instant): Promise<number | undefined>;
  /** Where a link of a message leads; undefined for a number that it does not have. */
  leadsTo(message_id: string, number: number): Promise<string | undefined>;
  /** The number of a link, by where it leads; a provider that follows links itself tells of ones that we never wrote. */
  numberOf(message_id: string, url: string): Promise<number | undefined>;
}

export interface Responses {
  report(reports: readonly Report[], source: ReportSource): Promise<void>;
  touch(touch: Noted): Promise<void>;
  /** As a provider tells it: with its own time, and with where the link leads. */
  touchAt(touch: Omit<Fetch, 'link'>, url: string | null): Promise<void>;
  reply(reply: Reply): Promise<void>;
  leadsTo(message_id: string, number: number): Promise<string | undefined>;
}

export interface ResponsesParts {
  readonly book: ResponseBook;
  readonly bell: Bell;
  readonly clock: Clock;
  databaseNow(): Promise<Instant>;
}

/** Keeps what comes back, and rings for whom it is news. */
export function createResponses({ book, bell, clock, databaseNow }: ResponsesParts): Responses {
  const now = async (): Promise<Instant> => clock.at(await databaseNow());
  const ring = (partition: number | undefined): void => {
    if (partition !== undefined) bell.ringTurns([partition]);
  };
  return {
    async report(reports, source) {
      const partitions = await book.recordReports(reports, source);
      if (partitions.length > 0) bell.ringTurns(partitions);
    },
    async touch(touch) {
      ring(await book.recordTouch({ ...touch, at: await now() }));
    },
    async touchAt(touch, url) {
      const link = url === null ? null : await book.numberOf(touch.message_id, url);
      if (link !== undefined) ring(await book.recordTouch({ ...touch, link }));
    },
    async reply(reply) {
      ring(await book.recordReply(reply, await now()));
    },
    leadsTo: (message_id, number) => book.leadsTo(message_id, number),
  };
}
