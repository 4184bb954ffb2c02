import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../../core/conditions/condition.ts';
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import type { MoodCondition } from '../../core/conditions/subjects/mood.ts';
import { aroundMoods, type Asking } from './asking.ts';
import { eventsIn } from './events-in.ts';
import { firstIsAmong } from './first-that-holds.ts';
import { latestOf } from './happened.ts';

/** By what the moods themselves ask. Where none holds the mood is `none`. */
export function moodSql({ mood }: MoodCondition, asking: Asking): SQL {
  const around = aroundMoods(asking.written);
  const list = asking.written.moods.map(({ id, when, ends_when }) => {
    if (!when) return { id, holds: null };
    const holds = asking.compile(when, around);
    return { id, holds: ends_when ? sql`(${holds} and not ${hasEnded(when, ends_when, asking)})` : holds };
  });
  return firstIsAmong(mood, list, mood.includes('none'));
}

/** What ends it is later than all that its condition asks for. */
function hasEnded(when: Condition, { event, where }: EventCondition, { written, now }: Asking): SQL {
  const beginnings = eventsIn(when, aroundMoods(written));
  const ended = latestOf([{ event, where }], now);
  if (beginnings.length === 0) return sql`(${ended} is not null)`;
  return sql`((${ended} > coalesce(${latestOf(beginnings, now)}, '-infinity')) is true)`;
}
