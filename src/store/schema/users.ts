import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { ROLES } from '../../core/access/roles.ts';
import type { JsonObject } from '../../core/json.ts';
import { instant } from '../columns.ts';

/** Who signs in to the console. Moments here and below are the database's own, whatever the engine's clock says. */
export const users = pgTable('users', {
  id: uuid().primaryKey(),
  /** In lower case. */
  email: text().notNull().unique(),
  name: text().notNull(),
  role: text({ enum: ROLES }).notNull(),
  /** Of scrypt, with its salt and cost; null until one was chosen. */
  password_hash: text(),
  created_at: instant().notNull(),
  disabled_at: instant(),
});

/** Who is signed in, by which browser. A row that is deleted is a session that has ended. */
export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of what the cookie holds, in hexadecimal. */
    hash: text().primaryKey(),
    /** What it is called by whoever looks at sessions; opens nothing. */
    id: uuid().notNull().unique(),
    user_id: uuid().notNull(),
    created_at: instant().notNull(),
    last_seen_at: instant().notNull(),
    expires_at: instant().notNull(),
    user_agent: text().notNull(),
    ip: text().notNull(),
  },
  (table) => [
    index('sessions_user').on(table.user_id),
    index('sessions_created').on(table.created_at, table.id),
  ],
);

/** Links that let choose a password, once. */
export const invitations = pgTable(
  'invitations',
  {
    /** SHA-256 of the token in the link, in hexadecimal. */
    hash: text().primaryKey(),
    /** Null: whoever has it becomes the first owner. */
    user_id: uuid(),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
  },
  (table) => [index('invitations_user').on(table.user_id)],
);

/** Tries to sign in that did not succeed, or have not yet. */
export const sign_in_tries = pgTable(
  'sign_in_tries',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** SHA-256 of the e-mail address that was given, whether there is such a user or not. */
    account: text().notNull(),
    /** Of whoever tried; of IPv6 its net. */
    ip: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [
    index('sign_in_tries_account').on(table.account, table.at),
    index('sign_in_tries_ip').on(table.ip, table.at),
    index('sign_in_tries_at').on(table.at),
  ],
);

/** Who changed what. */
export const audit_log = pgTable(
  'audit_log',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant().notNull(),
    /** `user:` or `key:` with an id, `command line`, or `nobody` where somebody failed to sign in. */
    actor: text().notNull(),
    /** Method and route, or the command. */
    action: text().notNull(),
    /** The ids that it was about; never an address. */
    subject: text(),
    detail: jsonb().$type<JsonObject>().notNull().default({}),
    ip: text(),
  },
  (table) => [
    index('audit_log_at').on(table.at, table.id),
    index('audit_log_actor').on(table.actor, table.at, table.id),
    index('audit_log_action').on(table.action, table.at, table.id),
  ],
);
