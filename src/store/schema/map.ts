import {
  bigint,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import { FACT_KINDS } from '../../core/map/fact.ts';

/** Whose fact it is: `FactKey` of the core says what each means. */
const of_fact = {
  day: date().notNull(),
  fact: text({ enum: FACT_KINDS }).notNull(),
  stage: text().notNull(),
  key: text().notNull(),
  persona: text().notNull(),
  language: text().notNull(),
  segment: text().notNull(),
};

/**
 * What turns and senders have counted for the journey map, written in the transaction of what is counted. Only ever added
 * to, so that no two of them wait for each other; the leader adds the rows up into `map_counts` and deletes them.
 */
export const map_deltas = pgTable(
  'map_deltas',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    ...of_fact,
    n: integer().notNull(),
    total: doublePrecision().notNull(),
  },
  (table) => [index('map_deltas_fact').on(table.segment, table.fact, table.day)],
);

/** The sums of all days; what still stands in `map_deltas` comes on top. */
export const map_counts = pgTable(
  'map_counts',
  { ...of_fact, n: bigint({ mode: 'number' }).notNull(), total: doublePrecision().notNull() },
  (table) => [
    primaryKey({
      columns: [table.segment, table.fact, table.day, table.stage, table.key, table.persona, table.language],
    }),
  ],
);
