import { sql, type SQL } from 'drizzle-orm';
import type { StageCondition } from '../../core/conditions/subjects/stage.ts';
import type { Instant } from '../../core/events/event.ts';
import { exactMilliseconds } from '../../core/time/duration.ts';
import { array, timestamp } from '../values.ts';

export function stageSql({ stage, for: long, was, within }: StageCondition, now: Instant): SQL {
  const standsThere = sql`c.stage = any(${array(stage, 'text')})`;
  if (was) {
    const since = within ? now - exactMilliseconds(within) : -Infinity;
    return sql`(${standsThere} or ${leftSince(stage, since)})`;
  }
  const since = now - (long ? exactMilliseconds(long) : 0);
  return sql`(${standsThere} and c.stage_since <= ${timestamp(since)})`;
}

function leftSince(stages: readonly string[], since: Instant): SQL {
  return sql`exists (select from jsonb_each_text(c.stages_left) gone (stage, at)
    where gone.stage = any(${array(stages, 'text')}) and gone.at::float8 > ${since}::float8)`;
}
