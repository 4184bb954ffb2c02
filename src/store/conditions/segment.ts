import { sql, type SQL } from 'drizzle-orm';
import type { SegmentCondition } from '../../core/conditions/subjects/segment.ts';
import { own } from '../../core/json.ts';
import { aroundSegment, type Asking } from './asking.ts';

/** By what the segments themselves ask, so also for segments that are not deployed yet. */
export function segmentSql({ segment }: SegmentCondition, { written, compile }: Asking): SQL {
  const parts = segment.flatMap((id) => {
    const when = own(written.segments, id);
    return when ? [compile(when, aroundSegment(written, id))] : [];
  });
  return parts.length === 0 ? sql`false` : sql`(${sql.join(parts, sql` or `)})`;
}
