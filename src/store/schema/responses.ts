import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { MACHINE_SIGNS, TOUCH_KINDS } from '../../core/messages/touch.ts';
import { REPORT_KINDS, REPORT_CLASSES } from '../../core/messages/report.ts';
import { instant } from '../columns.ts';

/** What mail servers and providers reported about a message that had left. Every report is kept, believed or not. */
export const reports = pgTable(
  'reports',
  {
    /** Equal for the same report that comes twice. */
    id: text().primaryKey(),
    /** Null where it names none of ours. */
    message_id: uuid(),
    channel: text().notNull(),
    /** Lower case; empty where the report names none. */
    address: text().notNull(),
    kind: text({ enum: REPORT_KINDS }).notNull(),
    /** With whom the fault lies; only of bounces. */
    class: text({ enum: REPORT_CLASSES }),
    /** RFC 3463: `5.1.1`. */
    status: text(),
    diagnostic: text(),
    /** The mailbox, or the provider, that it came by. */
    source: text().notNull(),
    at: instant().notNull(),
  },
  (table) => [
    index('reports_address').on(table.channel, table.address, table.at),
    index('reports_message').on(table.message_id),
    index('reports_at').using('brin', table.at),
  ],
);

/** Every fetch of a message's pixel or of one of its links, by whomever. */
export const touches = pgTable(
  'touches',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    message_id: uuid().notNull(),
    kind: text({ enum: TOUCH_KINDS }).notNull(),
    /** Which link of the message, from 0; null for the pixel. */
    link: integer(),
    at: instant().notNull(),
    ip: text().notNull(),
    user_agent: text().notNull(),
    machine: text({ enum: MACHINE_SIGNS }).notNull(),
    /** The sign by which it was told. */
    sign: text().notNull(),
  },
  (table) => [
    index('touches_message').on(table.message_id, table.at),
    index('touches_at').using('brin', table.at),
    check('touches_link', sql`(kind = 'open') = (link is null)`),
  ],
);
