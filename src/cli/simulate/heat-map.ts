import colors from 'picocolors';
import { DAY, dateOf, dayOf, weekdayOf } from '../../core/time/date.ts';

/** Messages by date. */
export type Days = Readonly<Record<string, number>>;

const MOST_WEEKS = 70;
const SHADES = ['·', '░', '▒', '▓', '█'] as const;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A line for each weekday and a column for each week, darker where more goes out; of long times the last weeks. */
export function heatMap(days: Days): string[] {
  const known = Object.keys(days).map((date) => dayOf(date) ?? 0);
  if (known.length === 0) return [];
  const last = mondayOf(Math.max(...known));
  const first = Math.max(mondayOf(Math.min(...known)), last - 7 * (MOST_WEEKS - 1));
  const mondays = Array.from({ length: (last - first) / 7 + 1 }, (_, week) => first + 7 * week);
  const most = Math.max(...Object.values(days));
  const lines = WEEKDAYS.map((name, weekday) => {
    const cells = mondays.map((monday) => shadeOf(days[dateOf(monday + weekday)] ?? 0, most));
    return `${colors.dim(name)} ${cells.join('')}`;
  });
  return [`    ${colors.dim(monthsOf(mondays))}`, ...lines, legendOf(most)];
}

/** The calendars of several workflows in one. */
export function addDays(calendars: Iterable<Days>): Days {
  const sum: Record<string, number> = {};
  for (const days of calendars) {
    for (const [date, count] of Object.entries(days)) sum[date] = (sum[date] ?? 0) + count;
  }
  return sum;
}

function mondayOf(day: number): number {
  return day - weekdayOf(day);
}

function shadeOf(count: number, most: number): string {
  const shade = count === 0 ? 0 : Math.min(4, Math.ceil((4 * count) / most));
  const sign = SHADES[shade] ?? '';
  return shade === 0 ? colors.dim(sign) : colors.green(sign);
}

/** The name of each month above its first week, where there is room. */
function monthsOf(mondays: readonly number[]): string {
  let line = '';
  mondays.forEach((monday, week) => {
    const date = dateOf(monday + 6);
    const isFirst = week === 0 || date.slice(0, 7) !== dateOf(monday - 1).slice(0, 7);
    if (isFirst && line.length <= week) line = `${line.padEnd(week)}${monthName(monday + 6)} `;
  });
  return line.trimEnd();
}

function monthName(day: number): string {
  return new Date(day * DAY).toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' }).slice(0, 3);
}

function legendOf(most: number): string {
  const bounds = [1, 2, 3, 4].map(
    (shade) => `${colors.green(SHADES[shade])} ≤ ${Math.floor((shade * most) / 4)}`,
  );
  return `    ${[...new Set(bounds)].join('  ')}  ${colors.dim('messages a day')}`;
}
