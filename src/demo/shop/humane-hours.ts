import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../../core/events/event.ts';
import type { Dice } from './random.ts';

/** When people do things: moments drawn so that evenings, lunch, weekends and paydays come out likelier. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** How likely a local moment is; at most 1. */
type Likelihood = (local: Temporal.ZonedDateTime) => number;

/** A moment within the span at which somebody in this zone may well be shopping. */
export function leisureMoment(dice: Dice, zone: string, span: Span): Instant {
  return drawMoment(dice, zone, span, leisure);
}

/** A moment within the span at which a warehouse or a help desk works: weekdays, 9 to 18. */
export function workingMoment(dice: Dice, zone: string, span: Span): Instant {
  return drawMoment(dice, zone, span, working);
}

const MOST_DRAWS = 40;

/** Draws until a moment is accepted; a span without any likely moment yields the likeliest that was drawn. */
function drawMoment(dice: Dice, zone: string, { from, to }: Span, likelihood: Likelihood): Instant {
  let [best, best_likelihood] = [from, -1];
  for (let draw = 0; draw < MOST_DRAWS && to > from; draw += 1) {
    const at = Math.floor(from + dice.next() * (to - from));
    const likely = likelihood(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone));
    if (dice.chance(likely)) return at;
    if (likely > best_likelihood) [best, best_likelihood] = [at, likely];
  }
  return best;
}

// prettier-ignore
const WEEKDAY_HOURS = [
  0.2, 0.08, 0.02, 0.01, 0.01, 0.03, 0.1, 0.3, 0.4, 0.35, 0.35, 0.4,
  0.45, 0.6, 0.75, 0.6, 0.4, 0.4, 0.5, 0.65, 0.8, 1, 0.95, 0.55,
];
// prettier-ignore
const WEEKEND_HOURS = [
  0.3, 0.15, 0.06, 0.02, 0.01, 0.01, 0.04, 0.12, 0.3, 0.55, 0.75, 0.85,
  0.8, 0.65, 0.5, 0.55, 0.6, 0.7, 0.8, 0.85, 0.85, 0.9, 0.8, 0.5,
];

function leisure(local: Temporal.ZonedDateTime): number {
  const isWeekend = local.dayOfWeek >= 6;
  const byHour = (isWeekend ? WEEKEND_HOURS : WEEKDAY_HOURS)[local.hour] ?? 0;
  const byDay = local.dayOfWeek === 7 ? 1 : isWeekend ? 0.85 : 0.7;
  return byHour * byDay * (isAfterPayday(local) ? 1 : 0.72);
}

/** Wages come at the end of the month in Europe, and also on the 15th in the Americas. */
function isAfterPayday({ day, timeZoneId }: Temporal.ZonedDateTime): boolean {
  const isFortnightly = timeZoneId.startsWith('America/');
  return day >= 28 || day <= 2 || (isFortnightly && day >= 15 && day <= 17);
}

function working({ dayOfWeek, hour }: Temporal.ZonedDateTime): number {
  return dayOfWeek <= 5 && hour >= 9 && hour < 18 ? 1 : 0;
}
