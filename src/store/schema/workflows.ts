import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { JsonObject } from '../../core/json.ts';
import type { Reason } from '../../core/reason.ts';
import type { Run } from '../../core/workflows/run.ts';
import type { CallSpec } from '../../core/workflows/step.ts';
import { instant } from '../columns.ts';

/** One contact's walks through workflows, those that go on and those that ended. */
export const runs = pgTable(
  'runs',
  {
    contact_id: uuid().notNull(),
    workflow: text().notNull(),
    number: integer().notNull(),
    version: text().notNull(),
    entered_at: instant().notNull(),
    event: jsonb().$type<NonNullable<Run['event']>>(),
    /** What the run is about, where there is one for each value. */
    key: text(),
    held_out: boolean().notNull().default(false),
    /** The variant that it took, by the id of the step. */
    variants: jsonb().$type<Run['variants']>().notNull().default({}),
    because: jsonb().$type<Reason>().notNull(),
    step: text().notNull(),
    visit: integer().notNull(),
    arrived_at: instant().notNull(),
    due_at: instant(),
    /** The step before which it is held while its workflow is paused. */
    held_before: text(),
    ended_at: instant(),
    outcome: text({ enum: ['completed', 'exited', 'converted', 'merged', 'failed'] }),
    ended_because: jsonb().$type<Reason>(),
  },
  (table) => [
    primaryKey({ columns: [table.contact_id, table.workflow, table.number] }),
    index('runs_entered').using('brin', table.entered_at),
    index('runs_active')
      .on(table.contact_id)
      .where(sql`ended_at is null`),
    index('runs_workflow')
      .on(table.workflow, table.version)
      .where(sql`ended_at is null`),
  ],
);

/** Projects as they were deployed: the text of every file. The newest is the active one. */
export const deployments = pgTable('deployments', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  hash: text().notNull(),
  files: jsonb().$type<Record<string, string>>().notNull(),
  /** Names everything that decides, and none of the words. */
  rules: text().notNull().default(''),
  /** Since when its rules hold, by the engine's clock; null: what they change starts workflows as anything else does. */
  live_since: instant(),
  deployed_at: instant().notNull(),
  /** By whom over the API; null: from a folder, by a command or at a start. */
  deployed_by: text(),
});

/** New rules on their way through all contacts, in the order of their ids. */
export const recomputations = pgTable('recomputations', {
  deployment: integer().primaryKey(),
  rules: text().notNull(),
  /** All contacts up to this one have been asked anew. */
  after: uuid(),
  asked: integer().notNull().default(0),
  /** How many of them were decided by other rules, on this way through all of them; where there was none, it was the last. */
  found: integer().notNull().default(0),
  total: integer().notNull(),
  started_at: instant().notNull(),
  finished_at: instant(),
});

/** What an `ab_test` has come to. */
export const experiments = pgTable(
  'experiments',
  {
    workflow: text().notNull(),
    step: text().notNull(),
    /** How often its figures have been looked at for a winner. */
    looks: integer().notNull().default(0),
    looked_at: instant().notNull(),
    winner: text(),
    because: jsonb().$type<Reason>(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.step] })],
);

/** What is told to the outside on behalf of a run: the shop's own people, or another system. */
export const calls = pgTable(
  'calls',
  {
    id: uuid().primaryKey(),
    contact_id: uuid().notNull(),
    workflow: text().notNull(),
    run: integer().notNull(),
    step: text().notNull(),
    visit: integer().notNull(),
    spec: jsonb().$type<CallSpec>().notNull(),
    event: jsonb().$type<JsonObject>().notNull(),
    state: text({ enum: ['owed', 'claimed', 'done', 'failed'] }).notNull(),
    owed_at: instant().notNull(),
    /** When it is to be tried next. */
    due_at: instant().notNull(),
    attempts: integer().notNull().default(0),
    claim: uuid(),
    /** The instance that holds the claim: see `instance.ts`. */
    claimed_by: integer(),
    lease_until: instant(),
    /** What came of the last attempt, in one line. */
    response: text(),
    finished_at: instant(),
  },
  (table) => [
    uniqueIndex('calls_visit').on(table.contact_id, table.workflow, table.run, table.step, table.visit),
    index('calls_owed').using('brin', table.owed_at),
    index('calls_due')
      .on(table.due_at)
      .where(sql`state = 'owed'`),
    index('calls_leased')
      .on(table.lease_until)
      .where(sql`state = 'claimed'`),
  ],
);

/** Each version of each workflow that was ever live, so that runs can finish the one that they entered. */
export const workflow_versions = pgTable(
  'workflow_versions',
  {
    workflow: text().notNull(),
    version: text().notNull(),
    source: text().notNull(),
    deployed_at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workflow, table.version] })],
);

/** E-mail templates after MJML, by the hash of their source, so that each is compiled once. */
export const compiled_templates = pgTable('compiled_templates', {
  hash: text().primaryKey(),
  html: text().notNull(),
  text: text().notNull(),
});

/** Which process does what is done once for the whole installation, until its lease ends by the database's clock. */
export const leadership = pgTable('leadership', {
  role: text().primaryKey(),
  /** The instance that leads: see `instance.ts`. */
  owner: integer(),
  since: instant(),
  lease_until: instant(),
  fence: bigint({ mode: 'number' }).notNull().default(0),
});

/** Secrets that this installation made for itself, such as the key that signs links. */
export const secrets = pgTable('secrets', {
  name: text().primaryKey(),
  value: text().notNull(),
  created_at: instant().notNull(),
  active: boolean().notNull().default(true),
});

/** Notices that were begun by a command, and ended by another. */
export const incidents = pgTable('incidents', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  /** Which notice of hours.yaml. */
  notice: text().notNull(),
  started_at: instant().notNull(),
  /** When it is thought to end; null: not known. */
  until: instant(),
  ended_at: instant(),
  started_by: text().notNull(),
});
