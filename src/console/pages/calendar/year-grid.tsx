import { Stack, Text, VisuallyHidden } from '@mantine/core';
import { useRef, type KeyboardEvent } from 'react';
import type { CalendarYear } from '../../../api/calendar/shapes.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import { weekdayOf, type Day } from './day.ts';

const WORDS = {
  en: {
    legend: 'What the signs mean',
    today: 'today',
    closed: 'closed everywhere',
    special: 'holiday or special day',
    notice: 'a notice is on',
    notice_on: (id: string) => `notice ${id}`,
    campaign: 'a campaign begins',
    how: 'Arrow keys go from day to day.',
  },
  es: {
    legend: 'Qué significan las señales',
    today: 'hoy',
    closed: 'todo cerrado',
    special: 'festivo o día especial',
    notice: 'hay un aviso vigente',
    notice_on: (id: string) => `aviso ${id}`,
    campaign: 'empieza una campaña',
    how: 'Con las flechas se pasa de un día a otro.',
  },
};

export interface YearGridProps {
  readonly year: CalendarYear;
  readonly days: ReadonlyMap<string, Day>;
  readonly chosen: string;
  readonly choose: (date: string) => void;
}

/** Twelve months. One day is in the order of tabs; the arrow keys lead to the others. */
export function YearGrid({ year, days, chosen, choose }: YearGridProps) {
  const words = useWords(WORDS);
  const grid = useRef<HTMLDivElement>(null);
  const dates = [...days.keys()];
  const entered = days.has(chosen) ? chosen : days.has(year.today) ? year.today : dates[0];
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    const date = (event.target as HTMLElement).dataset['date'];
    if (step === undefined || date === undefined) return;
    event.preventDefault();
    const next = dates[dates.indexOf(date) + step];
    if (next !== undefined) grid.current?.querySelector<HTMLElement>(`[data-date="${next}"]`)?.focus();
  };
  return (
    <Stack gap="md">
      <Legend />
      {/* The days themselves are buttons; this only hears the arrows that they do not use. */}
      <div className="months" ref={grid} onKeyDown={onKeyDown} role="presentation">
        {Array.from({ length: 12 }, (_, month) => (
          <Month
            key={month}
            year={year}
            days={dates
              .filter((date) => Number(date.slice(5, 7)) === month + 1)
              .flatMap((date) => days.get(date) ?? [])}
            chosen={chosen}
            entered={entered ?? ''}
            choose={choose}
          />
        ))}
      </div>
      <VisuallyHidden>{words.how}</VisuallyHidden>
    </Stack>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Some signs are seen on a figure alone. */
const SAMPLE = 9;

function Legend() {
  const words = useWords(WORDS);
  const signs = [
    [{ 'data-today': true }, words.today],
    [{ 'data-closed': true }, words.closed],
    [{ 'data-special': true }, words.special],
    [{ 'data-notice': true }, words.notice],
    [{ 'data-campaign': true }, words.campaign],
  ] as const;
  return (
    <ul className="legend" aria-label={words.legend}>
      {signs.map(([sign, meaning]) => (
        <li key={meaning}>
          <span className="day sample-day" {...sign} aria-hidden="true">
            {SAMPLE}
          </span>
          <Text fz="xs">{meaning}</Text>
        </li>
      ))}
    </ul>
  );
}

interface MonthProps extends Pick<YearGridProps, 'year' | 'chosen' | 'choose'> {
  readonly days: readonly Day[];
  readonly entered: string;
}

function Month({ year, days, chosen, entered, choose }: MonthProps) {
  const language = useLanguage();
  const locale = language === 'es' ? 'es' : 'en-GB';
  const [first] = days;
  if (!first) return null;
  const cells: (Day | null)[] = [...Array.from({ length: weekdayOf(first.date) }, () => null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, index) =>
    Array.from({ length: 7 }, (_day, day) => cells[index * 7 + day] ?? null),
  );
  const name = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.parse(first.date),
  );
  return (
    <table className="month">
      <caption>{name}</caption>
      <thead>
        <tr>
          {WEEK.map((date) => (
            <th key={date} scope="col" abbr={weekdayName(locale, date, 'long')}>
              {weekdayName(locale, date, 'narrow')}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week.find(Boolean)?.date ?? ''}>
            {week.map((day, index) => (
              <td key={day?.date ?? index}>
                {day && (
                  <DayButton
                    day={day}
                    is_today={day.date === year.today}
                    is_chosen={day.date === chosen}
                    is_entered={day.date === entered}
                    choose={choose}
                  />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A week that begins with a Monday. */
const WEEK = Array.from({ length: 7 }, (_, day) => `2026-06-0${day + 1}`);

function weekdayName(locale: string, date: string, weekday: 'long' | 'narrow'): string {
  return new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(Date.parse(date));
}

interface DayButtonProps {
  readonly day: Day;
  readonly is_today: boolean;
  readonly is_chosen: boolean;
  readonly is_entered: boolean;
  readonly choose: (date: string) => void;
}

function DayButton({ day, is_today, is_chosen, is_entered, choose }: DayButtonProps) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { date, names, special, closed, notices, campaigns } = day;
  const said = [
    fullDate(date, language),
    ...(is_today ? [words.today] : []),
    ...names.map((name) => inLanguage(name, language)),
    ...(closed ? [words.closed] : []),
    ...notices.map(({ id }) => words.notice_on(id)),
    ...campaigns.map(({ title }) => inLanguage(title, language)),
  ].join(', ');
  return (
    <button
      type="button"
      className="day"
      aria-label={said}
      title={said}
      aria-pressed={is_chosen}
      tabIndex={is_entered ? 0 : -1}
      data-date={date}
      data-today={is_today || undefined}
      data-closed={closed || undefined}
      data-special={special || undefined}
      data-notice={notices.length > 0 || undefined}
      data-campaign={campaigns.length > 0 || undefined}
      onClick={() => choose(date)}
    >
      {Number(date.slice(8))}
    </button>
  );
}

export function fullDate(date: string, language: 'en' | 'es'): string {
  const format = new Intl.DateTimeFormat(language === 'es' ? 'es' : 'en-GB', {
    dateStyle: 'full',
    timeZone: 'UTC',
  });
  return format.format(Date.parse(date));
}
