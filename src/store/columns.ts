import { customType } from 'drizzle-orm/pg-core';
import type { Instant } from '../core/events/event.ts';

/** A moment: `timestamptz` in the database, milliseconds since the epoch in the code. */
export const instant = customType<{ data: Instant; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  toDriver: (value) => new Date(value).toISOString(),
  fromDriver: (value) => Date.parse(value),
});
