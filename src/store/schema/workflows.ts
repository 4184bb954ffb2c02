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
  uuid,
} from 'drizzle-orm/pg-core';
import type { Reason } from '../../core/reason.ts';
import type { Run } from '../../core/workflows/run.ts';
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
    because: jsonb().$type<Reason>().notNull(),
    step: text().notNull(),
    visit: integer().notNull(),
    arrived_at: instant().notNull(),
    due_at: instant(),
    ended_at: instant(),
    outcome: text({ enum: ['completed', 'exited', 'converted', 'merged', 'failed'] }),
    ended_because: jsonb().$type<Reason>(),
  },
  (table) => [
    primaryKey({ columns: [table.contact_id, table.workflow, table.number] }),
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
  deployed_at: instant().notNull(),
});

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

/** Who works on which share of the contacts. Leases run by the database's clock; the fence shuts out who lost one. */
export const partitions = pgTable('partitions', {
  id: smallint().primaryKey(),
  /** The instance that holds it: see `instance.ts`. */
  owner: integer(),
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
