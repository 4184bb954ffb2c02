/** Opening hours, special days, and what the calendar alone starts, over twelve months. */
import { WEEK, type Calendar } from '../../core/time/calendar.ts';
import { DAY, dayOf, weekdayOf } from '../../core/time/date.ts';
import type { OpenHours } from '../../core/time/hours.ts';
import { localDate } from '../../core/time/zone.ts';
import type { ScheduleTime } from '../../core/workflows/triggers/schedule.ts';
import { html, sentence, type Html } from '../html.ts';
import { inLanguage, type Language } from '../language.ts';
import { capital } from '../picture/workflow-picture.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { dayWord } from '../words/condition.ts';
import { triggerWords } from '../words/trigger.ts';
import { bullets } from './facts.ts';

export function calendarPage(ground: Ground): Page {
  const { loaded, t, language, name } = ground;
  const calendars = Object.entries(loaded.hours.calendars);
  const dated = loaded.workflow_sources.filter(({ source }) =>
    ['schedule', 'date'].includes(source.enter_when.by),
  );
  const body = html`<h1>${wayTitle('calendar', ground)}</h1>
    <h2 id="hours">${t('Opening hours', 'Horarios')}</h2>
    <p>${t('By the clock of each person.', 'Según el reloj de cada persona.')}</p>
    ${calendars.length === 0 && html`<p>${t('There are none yet.', 'Todavía no hay.')}</p>`}
    <div class="grid">${calendars.map(([id, calendar]) => calendarHtml(id, calendar, ground))}</div>
    <h2 id="started">${t('Started by the calendar', 'Lo que inicia el calendario')}</h2>
    ${
      bullets(
        dated.map(
          ({ id, source }) =>
            html`<a href="workflow-${id}.html">${name('workflow', id)}</a>:
              ${sentence(triggerWords(source.enter_when, language, name))}`,
        ),
      ) ?? html`<p>${t('Nothing yet.', 'Nada todavía.')}</p>`
    }
    <h2 id="year">${t('Twelve months', 'Doce meses')}</h2>
    <ul class="legend">
      <li><span class="dot special"></span>${t('special day', 'día especial')}</li>
      <li><span class="dot closed"></span>${t('closed everywhere', 'todo cerrado')}</li>
      <li><span class="dot starts"></span>${t('a workflow starts', 'empieza un flujo')}</li>
    </ul>
    <div class="year">${monthsFrom(ground).map((month) => monthHtml(month, ground))}</div>`;
  return { file: 'calendar', title: wayTitle('calendar', ground), under: 'calendar', body };
}

function calendarHtml(id: string, calendar: Calendar, ground: Ground): Html {
  const { t, language, name } = ground;
  const special = calendar.special_days ?? [];
  return html`<section class="card">
    <h3 id="calendar-${id}">${name('calendar', id)}</h3>
    <table>
      <tbody>
        ${WEEK.map(
          ([day, kind]) =>
            html`<tr>
              <th scope="row">${capital(dayWord(day, language))}</th>
              <td>${hoursWords(calendar.open[day] ?? calendar.open[kind], ground)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      special.length > 0 &&
      html`<h4>${t('Special days', 'Días especiales')}</h4>
        <ul>
          ${special.map(
            ({ from, to, hours, name: title }) =>
              html`<li>
                ${dateWords(from, language)}${to !== undefined && html` – ${dateWords(to, language)}`}:
                ${inLanguage(title, language) ?? ''}${title !== undefined && ', '}${hoursWords(hours, ground)}
              </li>`,
          )}
        </ul>`
    }
  </section>`;
}

function hoursWords(hours: readonly OpenHours[] | undefined, { t }: Ground): string {
  if (hours === undefined || hours.length === 0) return t('closed', 'cerrado');
  return hours.map(({ from, to }) => `${clock(from)}–${clock(to)}`).join(', ');
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function dateWords(date: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

interface Month {
  readonly year: number;
  /** 0 for January. */
  readonly month: number;
}

function monthsFrom({ loaded, now }: Ground): readonly Month[] {
  const [year = 0, month = 1] = localDate(now, loaded.settings.time_zone).split('-').map(Number);
  return Array.from({ length: 12 }, (_, index) => ({
    year: year + Math.floor((month - 1 + index) / 12),
    month: (month - 1 + index) % 12,
  }));
}

function monthHtml({ year, month }: Month, ground: Ground): Html {
  const { language } = ground;
  const first = Date.UTC(year, month, 1) / DAY;
  const last = Date.UTC(year, month + 1, 0) / DAY;
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const cells = [...Array.from({ length: weekdayOf(first) }, () => undefined), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, index) =>
    cells.slice(index * 7, index * 7 + 7),
  );
  const title = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    first * DAY,
  );
  return html`<table class="month">
    <caption>
      ${capital(title)}
    </caption>
    <thead>
      <tr>
        ${WEEK.map(([day]) => html`<th scope="col" abbr="${dayWord(day, language)}">${dayWord(day, language).slice(0, 2)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${weeks.map(
        (week) =>
          html`<tr>
            ${Array.from({ length: 7 }, (_, index) => cellHtml(week[index], ground))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellHtml(day: number | undefined, ground: Ground): Html {
  if (day === undefined) return html`<td></td>`;
  const { special, closed, starts } = marksOf(day, ground);
  const told = [...special, ...starts].join('; ');
  const kinds = [special.length > 0 && 'special', closed && 'closed', starts.length > 0 && 'starts']
    .filter(Boolean)
    .join(' ');
  const number = new Date(day * DAY).getUTCDate();
  if (told === '' && kinds === '') return html`<td>${number}</td>`;
  return html`<td class="${kinds}" title="${told}">
    ${number}${told !== '' && html`<span class="unseen">: ${told}</span>`}
  </td>`;
}

interface Marks {
  readonly special: readonly string[];
  readonly closed: boolean;
  readonly starts: readonly string[];
}

function marksOf(day: number, { loaded, language, name, t }: Ground): Marks {
  const calendars = Object.values(loaded.hours.calendars);
  const specials = calendars.flatMap((calendar) => specialOn(day, calendar));
  const names = specials.map(
    ({ name: title }) => inLanguage(title, language) ?? t('special hours', 'horario especial'),
  );
  const closed = calendars.length > 0 && calendars.every((calendar) => hoursOn(day, calendar).length === 0);
  const starts = loaded.workflow_sources.flatMap(({ id, source: { enter_when } }) =>
    enter_when.by === 'schedule' &&
    !isDaily(enter_when.every) &&
    enter_when.every.some((time) => isOn(day, time))
      ? [name('workflow', id)]
      : [],
  );
  return { special: [...new Set(names)], closed, starts };
}

function isWithin(
  day: number,
  { from, to = from }: { readonly from: string; readonly to?: string | undefined },
): boolean {
  return day >= (dayOf(from) ?? NaN) && day <= (dayOf(to) ?? NaN);
}

type SpecialDay = Pick<NonNullable<Calendar['special_days']>[number], 'hours' | 'name'>;

/** Special days win over public holidays, which are closed. */
function specialOn(
  day: number,
  { special_days = [], public_holidays = [] }: Calendar,
): readonly SpecialDay[] {
  const special = special_days.filter((one) => isWithin(day, one));
  if (special.length > 0) return special;
  return public_holidays.filter(({ date }) => dayOf(date) === day).map(({ name }) => ({ hours: [], name }));
}

function hoursOn(day: number, calendar: Calendar): readonly OpenHours[] {
  const [special] = specialOn(day, calendar);
  if (special) return special.hours;
  const { open } = calendar;
  const [named, kind] = WEEK[weekdayOf(day)] ?? WEEK[0];
  return open[named] ?? open[kind] ?? [];
}

/** A mark on every day would tell nothing. */
function isDaily(times: readonly ScheduleTime[]): boolean {
  return times.some(({ days }) => 'weekdays' in days && days.weekdays.length === 7);
}

function isOn(day: number, { days }: ScheduleTime): boolean {
  if ('weekdays' in days) return days.weekdays.includes(weekdayOf(day));
  const date = new Date(day * DAY);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.getUTCDate() === Math.min(days.day_of_month, last);
}
