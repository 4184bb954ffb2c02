import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Contact, Profile } from '../../core/contacts/contact.ts';
import type { JsonObject } from '../../core/json.ts';
import { instant } from '../columns.ts';
import { FULL_NAME } from '../full-name.ts';

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
    // Counts of everybody by stage and by persona read this alone.
    index('contacts_stage_persona')
      .on(table.stage, table.persona)
      .where(sql`merged_into is null`),
    // Who was still decided by other rules.
    index('contacts_rules')
      .on(table.rules)
      .where(sql`merged_into is null and decided_at is not null`),
    // By the whole of it and by its beginning; in no language's order, which beginnings are not found by.
    index('contacts_email_begin')
      .on(sql`lower(profile #>> '{fields,email,value}') text_pattern_ops`)
      .where(sql`merged_into is null`),
    index('contacts_name_begin')
      .on(sql`${sql.raw(FULL_NAME)} text_pattern_ops`)
      .where(sql`merged_into is null`),
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
    index('identities_begin').on(table.value.op('text_pattern_ops')),
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
  (table) => [
    index('stage_moves_contact').on(table.contact_id, table.at),
    index('stage_moves_at').using('brin', table.at),
  ],
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
  (table) => [
    index('segment_moves_contact').on(table.contact_id, table.at),
    index('segment_moves_at').using('brin', table.at),
  ],
);

/** What a contact said about each channel, and about each topic of it, last. */
export const consents = pgTable(
  'consents',
  {
    contact_id: uuid().notNull(),
    channel: text().notNull(),
    /** Empty: all that comes by this channel. */
    topic: text().notNull().default(''),
    granted: boolean().notNull(),
    at: instant().notNull(),
    /** When the contact last confirmed it by a link in a message to the address. */
    confirmed_at: instant(),
    /** When the contact last said no. */
    refused_at: instant(),
    source: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.contact_id, table.channel, table.topic] })],
);

/** Every yes and no to promotions, for ever: the proof of GDPR art. 7 (1). */
export const consent_records = pgTable(
  'consent_records',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    contact_id: uuid().notNull(),
    channel: text().notNull(),
    topic: text().notNull().default(''),
    said: text({ enum: ['given', 'confirmed', 'withdrawn'] }).notNull(),
    at: instant().notNull(),
    /** By which door it came: the write key, the page, the mail. */
    source: text().notNull(),
    /** Which wording the contact saw; null where the source told none. */
    text_version: text(),
    ip: text(),
    user_agent: text(),
    /** The event that said it. */
    event_id: uuid(),
  },
  (table) => [
    index('consent_records_contact').on(table.contact_id, table.at),
    uniqueIndex('consent_records_event').on(table.event_id, table.channel, table.topic),
  ],
);

/** Contacts that could not be decided, so that nobody else waits for them. */
export const put_aside = pgTable(
  'put_aside',
  {
    contact_id: uuid().primaryKey(),
    /** What went wrong, in one line and without what was given. */
    because: text().notNull(),
    attempts: integer().notNull(),
    since: instant().notNull(),
    /** Null: not by itself any more. */
    retry_at: instant(),
  },
  (table) => [index('put_aside_since').on(table.since, table.contact_id)],
);

/** That somebody was erased, and nothing of who it was. */
export const erasures = pgTable('erasures', {
  contact_id: uuid().primaryKey(),
  at: instant().notNull(),
  /** Who asked for it here: a key, or the command line. */
  source: text().notNull(),
});

/** Addresses that nothing is sent to any more, whoever they belong to. */
export const suppressions = pgTable(
  'suppressions',
  {
    channel: text().notNull(),
    /** Lower case; `@example.org` for a whole domain, `#…` for the keyed hash of somebody's who was erased. */
    address: text().notNull(),
    /** `all`, or `promotion` where only promotions are refused. */
    scope: text({ enum: ['all', 'promotion'] }).notNull(),
    reason: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.channel, table.address] })],
);
