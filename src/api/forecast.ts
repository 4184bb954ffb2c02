/** What will be sent in the days to come, by the API. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { DAY, dateOf } from '../core/time/date.ts';
import { dayAt } from '../core/time/days.ts';
import { firstInstantFrom } from '../core/time/zone.ts';
import { calendarYear, scheduledTimes } from '../engine/calendar-year.ts';
import { forecast as forecastOf, type Expected, type ForecastBook } from '../engine/forecast.ts';
import type { Live, LiveProject } from '../engine/live-project.ts';
import { PARTITIONS } from '../engine/ports.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import { forecast, type Forecast } from './forecast/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs, type Documented } from './zod-routes.ts';

export interface ForecastOptions {
  readonly access: Access;
  readonly live: Live;
  readonly book: ForecastBook;
  now(): Promise<Instant>;
}

/** GET /v1/forecast */
export function forecastRoutes({ access, live, book, now }: ForecastOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/forecast', documentedBy(FORECAST), async ({ query }): Promise<Forecast> => {
      const { days } = readAs(daysQuery, query);
      const from = Math.floor(await now());
      const project = live();
      const zone = project.project.time_zone;
      const to = firstInstantFrom((dayAt(from, zone) + days) * DAY, zone);
      const [waiting, owed] = await Promise.all([book.waitingRuns(to), book.waitingMessages(to)]);
      const scale = PARTITIONS / waiting.partitions;
      const messages = forecastOf(
        project.project,
        { runs: waiting.groups, scale, messages: owed.groups },
        from,
        to,
      );
      return {
        ...{ from: iso(from), to: iso(to), zone },
        days: daysOf(messages, dayAt(from, zone), days),
        messages: [...messages],
        counted: { share: 1 / scale, more_messages: owed.more },
        scheduled: scheduledIn(project, from, to),
      };
    });
  };
}

function daysOf(messages: readonly Expected[], first: number, days: number): Forecast['days'] {
  return Array.from({ length: days }, (_, index) => {
    const date = dateOf(first + index);
    const those = messages.filter((one) => one.date === date);
    const sum = (of: 'likely' | 'perhaps'): number => those.reduce((total, one) => total + one[of], 0);
    return { date, likely: sum('likely'), perhaps: sum('perhaps') };
  });
}

function scheduledIn(live: LiveProject, from: Instant, to: Instant): Forecast['scheduled'] {
  const { campaigns } = calendarYear(live, new Date(from).getUTCFullYear(), from);
  return campaigns
    .filter(({ date_field, status }) => date_field === null && status === 'live')
    .flatMap(({ workflow, title }) =>
      scheduledTimes(live, workflow, { from, to }).map((at) => ({ workflow, title, at: iso(at) })),
    );
}

const daysQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(31).default(7).describe('Today and so many more, less one.'),
});

const FORECAST: Documented = {
  tag: 'Calendar',
  summary: 'Tell what will be sent in the next days',
  description: [
    'From the runs that wait until a known moment, walked on through their steps, and the messages that are owed. It',
    'knows nothing of who will come in, buy or leave until then, and what consent, limits and quiet hours will hold back',
    'is not taken away.',
  ].join(' '),
  query: daysQuery,
  answers: { 200: { description: 'By day, workflow and message', holds: forecast } },
};
