import type { Diary } from '../diary.ts';
import { DAY, type Span } from '../humane-hours.ts';

/** One way of being a customer: fills the diary with what such a person does while the season lasts. */
export type Behaviour = (diary: Diary, season: Span) => void;

/** A stretch of at most so many days, beginning anywhere in the season. */
export function stretch({ dice }: Diary, season: Span, days: number): Span {
  const latest_start = Math.max(season.from, season.to - Math.min(days, 6) * DAY);
  const from = season.from + dice.next() * (latest_start - season.from);
  return { from, to: Math.min(from + days * DAY, season.to) };
}

/** The last so many days of the season. */
export function lastDays(season: Span, days: number): Span {
  return { from: Math.max(season.from, season.to - days * DAY), to: season.to };
}
