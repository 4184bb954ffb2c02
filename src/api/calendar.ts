/** The calendar by the API: a year with its hours, holidays, notices and campaigns, and whom a notice reaches. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { localDate } from '../core/time/zone.ts';
import { calendarYear as yearOf, type CalendarInYear, type NoticeInYear } from '../engine/calendar-year.ts';
import type { Live } from '../engine/live-project.ts';
import type { NoticeDesk } from '../engine/notices.ts';
import type { App } from '../app.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { calendarYear, noticeReach, type CalendarYear, type NoticeReach } from './calendar/shapes.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, prepareZodRoutes, readAs, type Documented } from './zod-routes.ts';

export interface CalendarOptions {
  readonly access: Access;
  readonly live: Live;
  readonly notices: NoticeDesk;
  readonly reach: App['reach'];
  now(): Promise<Instant>;
}

/** GET /v1/calendar, GET /v1/notices/:id/reach */
export function calendarRoutes(options: CalendarOptions): FastifyPluginAsync {
  const { access, live, notices, reach, now } = options;
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/calendar', documentedBy(YEAR), async ({ query }): Promise<CalendarYear> => {
      const standings = await notices.list();
      const at = await now();
      const this_year = Number(localDate(at, live().project.time_zone).slice(0, 4));
      const { year = this_year } = readAs(yearQuery, query);
      const told = yearOf(live(), year, at);
      return {
        ...told,
        calendars: told.calendars.map((one) => ({ ...one, ...openDays(one) })),
        quiet_hours: told.quiet_hours.map((one) => ({ ...one, ...openDays(one) })),
        campaigns: told.campaigns.map((one) => ({ ...one, times: one.times.map((time) => iso(time)) })),
        notices: told.notices.map((notice) => ({
          ...toldNotice(notice),
          is_on: standings.find(({ id }) => id === notice.id)?.is_on ?? false,
          started_by: standings.find(({ id }) => id === notice.id)?.started_by ?? null,
        })),
      };
    });

    app.get<{ Params: { id: string } }>('/v1/notices/:id/reach', documentedBy(REACH), ({ params }) =>
      reachOf(params.id, live, reach),
    );
  };
}

type ToldNotice = Omit<CalendarYear['notices'][number], 'is_on' | 'started_by'>;

function toldNotice({ show_in, pause, hold_back, occurrences, ...notice }: NoticeInYear): ToldNotice {
  return {
    ...notice,
    show_in: [...show_in],
    pause: [...pause],
    hold_back: [...hold_back],
    occurrences: occurrences.map(({ from, to, told_at, name }) => ({
      from: iso(from),
      to: to === null ? null : iso(to),
      told_at: told_at === null ? null : iso(told_at),
      name,
    })),
  };
}

function openDays({
  week,
  exceptions,
}: Pick<CalendarInYear, 'week' | 'exceptions'>): Pick<
  CalendarYear['calendars'][number],
  'week' | 'exceptions'
> {
  return {
    week: week.map((hours) => [...hours]),
    exceptions: exceptions.map((one) => ({ ...one, hours: [...one.hours] })),
  };
}

async function reachOf(id: string, live: Live, reach: App['reach']): Promise<NoticeReach> {
  const { project, hours } = live();
  const notice = project.notices.find((one) => one.id === id);
  if (!notice) throw new ApiProblem(404, 'no_such_notice', `There is no notice called "${id}".`);
  const segment = hours.notices?.find((one) => one.id === id)?.tell?.segment;
  const people = segment === undefined ? 0 : await reach.peopleIn(segment);
  const paused = [];
  for (const workflow of notice.pause) paused.push({ workflow, runs: await reach.runsIn(workflow) });
  return {
    told: segment === undefined ? null : { segment, people },
    paused,
    counted_to: reach.counted_to,
  };
}

const yearQuery = z.strictObject({
  year: z.coerce.number().int().min(1970).max(2200).optional().describe('This year when absent.'),
});

const TAG = 'Calendar';

const YEAR: Documented = {
  tag: TAG,
  summary: 'Show a year',
  description:
    'Opening hours with public holidays and special days, notices, workflows that the calendar starts, and when promotions may go. Public holidays are known from the year before this one to three years after.',
  query: yearQuery,
  answers: { 200: { description: 'The year', holds: calendarYear } },
};

const REACH: Documented = {
  tag: 'Notices',
  summary: 'Count whom a notice tells, and whose runs it lets wait',
  params: z.object({ id: z.string().describe('The id of a notice of hours.yaml.') }),
  answers: { 200: { description: 'How many they are now', holds: noticeReach } },
};
