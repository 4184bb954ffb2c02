import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { JsonObject } from '../../core/json.ts';
import { MESSAGE_STATES } from '../../core/messages/message.ts';
import type { Formalities } from '../../core/messages/tone.ts';
import type { Reason } from '../../core/reason.ts';
import { instant } from '../columns.ts';

/** One thing to one person through one channel: what was owed, what became of it, and why. */
export const messages = pgTable(
  'messages',
  {
    id: uuid().primaryKey(),
    contact_id: uuid().notNull(),
    workflow: text().notNull(),
    run: integer().notNull(),
    step: text().notNull(),
    visit: integer().notNull(),
    message: text().notNull(),
    channel: text().notNull(),
    purpose: text({ enum: ['promotion', 'service'] }).notNull(),
    state: text({ enum: MESSAGE_STATES }).notNull(),
    owed_at: instant().notNull(),
    /** When it is to be tried next. */
    due_at: instant().notNull(),
    stage: text().notNull(),
    language: text().notNull(),
    tone: text().notNull(),
    formality: jsonb().$type<Formalities>().notNull(),
    because: jsonb().$type<Reason>().notNull(),
    /** Why it was held back, refused or left uncertain. */
    held_because: jsonb().$type<Reason>(),
    event: jsonb().$type<JsonObject>().notNull(),
    attempts: integer().notNull().default(0),
    /** Names the claim: whoever lost it can no longer write. */
    claim: uuid(),
    /** The instance that holds the claim: see `instance.ts`. */
    claimed_by: integer(),
    lease_until: instant(),
    address: text(),
    subject: text(),
    /** What the receiving server said last. */
    response: text(),
    sent_at: instant(),
    /** Where its links lead, in the order of their numbers; null for a message whose links are not followed. */
    links: text().array(),
  },
  (table) => [
    uniqueIndex('messages_visit').on(table.contact_id, table.workflow, table.run, table.step, table.visit),
    index('messages_due')
      .on(table.due_at)
      .where(sql`state in ('owed', 'deferred')`),
    index('messages_owed').on(table.owed_at, table.id),
    // Rows are sent nearly in the order of their writing; a block range costs nothing to keep.
    index('messages_sent').using('brin', table.sent_at),
    index('messages_dead')
      .on(table.owed_at, table.id)
      .where(sql`state in ('refused', 'uncertain')`),
    index('messages_leased')
      .on(table.lease_until)
      .where(sql`state in ('claimed', 'handing_over')`),
  ],
);

/** What stands in the contact's inbox in the shop's own pages: the channel `chat`. */
export const chat_entries = pgTable(
  'chat_entries',
  {
    /** The message's id, or that of what the contact wrote. */
    id: uuid().primaryKey(),
    contact_id: uuid().notNull(),
    written_by: text({ enum: ['us', 'contact'] }).notNull(),
    text: text().notNull(),
    at: instant().notNull(),
    read_at: instant(),
  },
  (table) => [index('chat_entries_contact').on(table.contact_id, table.at)],
);

/** Why promotions do not leave for the time being, by whose decision, and until when they did not. */
export const sending_stops = pgTable('sending_stops', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  channel: text().notNull(),
  cause: text({ enum: ['complaints', 'setup', 'hand'] }).notNull(),
  because: jsonb().$type<Reason>().notNull(),
  since: instant().notNull(),
  ended_at: instant(),
});

/** To whom an automatic answer went, so that two machines never write to each other for ever (RFC 3834, 2). */
export const auto_replies = pgTable('auto_replies', {
  /** Keyed hash of the address. */
  address: text().primaryKey(),
  at: instant().notNull(),
});
