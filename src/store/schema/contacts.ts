import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import type { Contact, Profile } from '../../core/contacts/contact.ts';
import type { JsonObject } from '../../core/json.ts';
import { instant } from '../columns.ts';

/** People, with all that a decision about them needs. */
export const contacts = pgTable(
  'contacts',
  {
    id: uuid().primaryKey(),
    /** The last byte of the id modulo the number of partitions. */
    partition: smallint().notNull(),
    profile: jsonb().$type<Profile>().notNull(),
    /** Under which memory plan the profile was folded; another one asks for folding it anew. */
    shape: text().notNull(),
    entries: jsonb().$type<Contact['entries']>().notNull(),
    sent: jsonb().$type<Contact['sent']>().notNull(),
    stage: text().notNull(),
    stage_since: instant().notNull(),
    /** When the contact last left each stage, in milliseconds since the epoch. */
    stages_left: jsonb().$type<Contact['stages_left']>().notNull().default({}),
    /** The segments that it is in, each with the moment from which on. */
    segments: jsonb().$type<Contact['segments']>().notNull().default({}),
    persona: text(),
    /** By which rules it was decided last. */
    rules: text().notNull().default(''),
    /** What is worked out from the profile: `cart.value`, `orders.count`, …, for questions in SQL. */
    derived: jsonb().$type<JsonObject>().notNull().default({}),
    decided_at: instant(),
    settled_until: instant(),
    /** When time alone asks for the next decision: what the sweep looks for. */
    next_due_at: instant(),
    /** The contact that this one turned out to be. */
    merged_into: uuid(),
    created_at: instant().notNull(),
  },
  (table) => [
    index('contacts_due')
      .on(table.partition, table.next_due_at)
      .where(sql`next_due_at is not null`),
    index('contacts_stage').on(table.stage),
    index('contacts_merged')
      .on(table.merged_into)
      .where(sql`merged_into is not null`),
  ],
);

/** By which ids of the shop a contact is known. */
export const identities = pgTable(
  'identities',
  {
    kind: text({ enum: ['user', 'anonymous'] }).notNull(),
    value: text().notNull(),
    contact_id: uuid().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.value] }),
    index('identities_contact').on(table.contact_id),
  ],
);

/** Every move from one stage to another, with its reason. */
export const stage_moves = pgTable(
  'stage_moves',
  {
    contact_id: uuid().notNull(),
    at: instant().notNull(),
    from: text().notNull(),
    to: text().notNull(),
    because: jsonb().notNull(),
  },
  (table) => [index('stage_moves_contact').on(table.contact_id, table.at)],
);

/** Who is in which segment now. */
export const segment_members = pgTable(
  'segment_members',
  {
    segment: text().notNull(),
    contact_id: uuid().notNull(),
    since: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.segment, table.contact_id] }),
    index('segment_members_contact').on(table.contact_id),
  ],
);

/** Every coming into a segment and going out of it, with its reason. */
export const segment_moves = pgTable(
  'segment_moves',
  {
    contact_id: uuid().notNull(),
    at: instant().notNull(),
    segment: text().notNull(),
    way: text({ enum: ['enters', 'leaves'] }).notNull(),
    because: jsonb().notNull(),
  },
  (table) => [index('segment_moves_contact').on(table.contact_id, table.at)],
);

/** What a contact said about each channel, last. */
export const consents = pgTable(
  'consents',
  {
    contact_id: uuid().notNull(),
    channel: text().notNull(),
    granted: boolean().notNull(),
    at: instant().notNull(),
    source: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.contact_id, table.channel] })],
);

/** Addresses that nothing is sent to any more, whoever they belong to. */
export const suppressions = pgTable(
  'suppressions',
  {
    channel: text().notNull(),
    /** Lower case. */
    address: text().notNull(),
    /** `all`, or `promotion` where only promotions are refused. */
    scope: text({ enum: ['all', 'promotion'] }).notNull(),
    reason: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.address] })],
);
