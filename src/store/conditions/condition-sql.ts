/**
 * The same conditions that the code asks of one contact, as SQL over all contacts: for counts and previews, also of
 * conditions that are not deployed. What happened is therefore read from the events, and not from what profiles
 * remember of them.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { Condition } from '../../core/conditions/condition.ts';
import type { Instant } from '../../core/events/event.ts';
import type { Asking, Written } from './asking.ts';
import { churnRiskSql } from './churn-risk.ts';
import { dateSql } from './date.ts';
import { eventSql } from './event.ts';
import { fieldSql } from './field.ts';
import { messageSql } from './message.ts';
import { moodSql } from './mood.ts';
import { personaSql } from './persona.ts';
import { segmentSql } from './segment.ts';
import { stageSql } from './stage.ts';

export type { Written };

/** Whether a contact `c` (`from contacts c`) fulfils the condition. Never null; every value is a parameter. */
export function conditionSql(condition: Condition, written: Written, now: Instant): SQL {
  const asking: Asking = { written, now, compile: (inner, around) => conditionSql(inner, around, now) };
  const list = (parts: readonly Condition[]): SQL[] => parts.map((part) => conditionSql(part, written, now));
  switch (condition.subject) {
    case 'event':
      return eventSql(condition, now);
    case 'field':
      return fieldSql(condition, asking);
    case 'stage':
      return stageSql(condition, now);
    case 'mood':
      return moodSql(condition, asking);
    case 'segment':
      return segmentSql(condition, asking);
    case 'persona':
      return personaSql(condition, asking);
    case 'message':
      return messageSql(condition, now);
    case 'date':
      return dateSql(condition, asking);
    case 'churn_risk':
      return churnRiskSql(condition, now);
    case 'all':
      return sql`(${sql.join(list(condition.all), sql` and `)})`;
    case 'any':
      return sql`(${sql.join(list(condition.any), sql` or `)})`;
    case 'none':
      return sql`(not (${sql.join(list(condition.none), sql` or `)}))`;
  }
}
