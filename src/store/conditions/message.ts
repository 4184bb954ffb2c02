import { sql, type SQL } from 'drizzle-orm';
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import type { MessageCondition } from '../../core/conditions/subjects/message.ts';
import type { Where } from '../../core/conditions/where.ts';
import type { Instant } from '../../core/events/event.ts';
import { eventSql } from './event.ts';
import { latestOf, type Which } from './happened.ts';

/** By the events that tell what became of a message. */
export function messageSql(condition: MessageCondition, now: Instant): SQL {
  const { message, was, within, not_within } = condition;
  if (was !== 'delivered') return eventSql(asEvent(condition, was), now);
  const window = within ?? not_within;
  const arrived = message.map((id) => {
    const handed: EventCondition = { ...handedOver([id]), within: window };
    return sql`(${eventSql(handed, now)} and not ${cameBack(id, now)})`;
  });
  const happened = sql`(${sql.join(arrived, sql` or `)})`;
  return not_within ? sql`(not ${happened})` : happened;
}

function cameBack(id: string, now: Instant): SQL {
  const handed = sql`coalesce(${latestOf([handedOver([id])], now)}, '-infinity')`;
  return sql`((${latestOf([bounced([id])], now)} > ${handed}) is true)`;
}

/** The kinds of events that such a condition remembers. */
export function messageEvents(condition: MessageCondition): readonly Which[] {
  const { message, was } = condition;
  return was === 'delivered' ? [handedOver(message), bounced(message)] : [asEvent(condition, was)];
}

function asEvent({ message, was: _, ...limits }: MessageCondition, fate: string): EventCondition {
  const byPeople: Where = fate === 'opened' || fate === 'clicked' ? { machine: { is_not: true } } : {};
  return { ...limits, event: [`message_${fate}`], where: { message: { in: message }, ...byPeople } };
}

function handedOver(message: string[]): { event: string[]; where: Where } {
  return { event: ['message_sent', 'message_delivered'], where: { message: { in: message } } };
}

function bounced(message: string[]): { event: string[]; where: Where } {
  return { event: ['message_bounced'], where: { message: { in: message } } };
}
