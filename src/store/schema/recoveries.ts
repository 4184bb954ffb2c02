import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../columns.ts';

/** Each time the database was restored from a backup, and how it was decided what may be sent again. */
export const recoveries = pgTable('recoveries', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  /** The moment whose state came back. */
  backup_at: instant().notNull(),
  /** Until when the lost database may have been sent from. */
  lost_until: instant().notNull(),
  begun_at: instant().notNull(),
  /** When it was known of everything whether it was sent, or somebody decided. */
  ended_at: instant(),
});

/** To whom nothing goes until it is decided: something of theirs may have been sent in the time that is lost. */
export const recovery_contacts = pgTable('recovery_contacts', {
  contact_id: uuid().primaryKey(),
});

/** What was sent in the time that is lost, by a list from whoever took it. */
export const recovery_sent = pgTable('recovery_sent', {
  /** Our Message-ID without its brackets and domain. */
  id: uuid().primaryKey(),
  /** To whom, in lower case; null where the list does not tell. */
  address: text(),
  /** Which message of the project; null where the list does not tell. */
  message: text(),
  at: instant(),
  /** The message of the restored database that it turned out to be. */
  proved: uuid(),
});
