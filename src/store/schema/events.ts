import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { EVENT_TYPES } from '../../core/events/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { instant } from '../columns.ts';

/** Everything that was accepted, for ever. */
export const events = pgTable(
  'events',
  {
    /** The first 128 bits of SHA-256 of the message id: one index both names the event and refuses duplicates. */
    id: uuid().primaryKey(),
    contact_id: uuid().notNull(),
    message_id: text().notNull(),
    type: text({ enum: EVENT_TYPES }).notNull(),
    name: text().notNull(),
    properties: jsonb().$type<JsonObject>().notNull(),
    occurred_at: instant().notNull(),
    received_at: instant().notNull(),
    source: text().notNull(),
  },
  (table) => [
    index('events_contact').on(table.contact_id, table.occurred_at),
    // Written nearly in the order of time: what is too old is found by a block range, which costs nothing to keep.
    index('events_received').using('brin', table.received_at),
  ],
);

/** What is new about contacts and not yet decided. Rows are deleted in the transaction that decides them. */
export const happenings = pgTable(
  'happenings',
  {
    partition: smallint().notNull(),
    contact_id: uuid().notNull(),
    id: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    event_id: uuid(),
    /** The contact that turned out to be this one, where the happening is a merge. */
    gone_id: uuid(),
    /** Not to be decided before; the moment of receipt, but for a replay, where it is the moment of the event. */
    due_at: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.partition, table.contact_id, table.id] }),
    index('happenings_merges')
      .on(table.due_at)
      .where(sql`gone_id is not null`),
  ],
);

/** What was refused, so that a developer sees why his events do not arrive. Old rows are cleared. */
export const rejected_events = pgTable(
  'rejected_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    source: text().notNull(),
    code: text().notNull(),
    message: text().notNull(),
    pointer: text().notNull(),
    message_id: text(),
    received_at: instant().notNull(),
  },
  (table) => [index('rejected_events_received').on(table.received_at)],
);

/** Who may send events. The key itself is shown once and kept only as a hash. */
export const write_keys = pgTable('write_keys', {
  id: text().primaryKey(),
  name: text().notNull(),
  /** What it opens: `events` alone, as in a browser where everybody can read it, or the whole `api`. */
  scope: text({ enum: ['events', 'api'] })
    .notNull()
    .default('events'),
  /** SHA-256 of the key, in hexadecimal. */
  hash: text().notNull().unique(),
  created_at: instant().notNull(),
  revoked_at: instant(),
});
