/** The journey map, by the API: what was counted, beside what was planned. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { FACT_KINDS, STEP_FACTS } from '../core/map/fact.ts';
import { journeyMap, mapDays } from '../core/map/shapes.ts';
import { dayOf } from '../core/time/date.ts';
import type { App } from '../app.ts';
import type { MapAsked } from '../engine/map.ts';
import type { Access } from './access.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, prepareZodRoutes, readAs } from './zod-routes.ts';

export interface MapOptions {
  readonly access: Access;
  readonly map: App['map'];
}

const day = z
  .string()
  .refine((text) => dayOf(text) !== undefined, { error: 'write a day like "2026-10-31"' })
  .describe('In the zone of the project, like "2026-10-31".');
const id = z.string().min(1).max(100);

const filters = {
  from: day.optional().describe('The first day; thirty days up to `to` where it is absent.'),
  to: day.optional().describe('The last day; today where it is absent.'),
  segment: id.optional(),
  persona: id.optional(),
  language: id.optional(),
};
const mapQuery = z.strictObject({
  ...filters,
  compare_from: day.optional().describe('The first day of the period that it is compared with.'),
  compare_to: day.optional(),
});
const daysQuery = z.strictObject({
  ...filters,
  fact: z
    .enum(FACT_KINDS)
    .exclude(['since', ...STEP_FACTS])
    .describe('What is counted.'),
  stage: id.optional(),
  key: z
    .string()
    .max(400)
    .optional()
    .describe(
      'Of moves the stage that they lead to, of events their name, of messages `workflow/tone/channel/outcome`.',
    ),
});

/** GET /v1/map, GET /v1/map/days */
export function mapRoutes({ access, map }: MapOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'read');
    app.get('/v1/map', documentedBy(MAP), ({ query }) => {
      const asked = readAs(mapQuery, query);
      refuseBackwards(asked);
      if ((asked.compare_from === undefined) !== (asked.compare_to === undefined))
        throw new ApiProblem(
          422,
          'period_incomplete',
          'Send "compare_from" and "compare_to" together.',
          '/compare_to',
        );
      return map.draw(withoutAbsent(asked));
    });
    app.get('/v1/map/days', documentedBy(DAYS), ({ query }) => {
      const { fact, stage = null, key = null, ...asked } = readAs(daysQuery, query);
      refuseBackwards(asked);
      return map.days(withoutAbsent(asked), fact, stage, key);
    });
  };
}

const LONGEST_DAYS = 750;

type Asked = { readonly [Key in keyof MapAsked]?: MapAsked[Key] | undefined };

function refuseBackwards({ from, to, compare_from, compare_to }: Asked): void {
  for (const [first, last, pointer] of [
    [from, to, '/from'],
    [compare_from, compare_to, '/compare_from'],
  ] as const) {
    if (typeof first !== 'string' || typeof last !== 'string') continue;
    const days = (dayOf(last) ?? 0) - (dayOf(first) ?? 0) + 1;
    if (days < 1)
      throw new ApiProblem(422, 'period_backwards', 'The first day comes after the last one.', pointer);
    if (days > LONGEST_DAYS)
      throw new ApiProblem(422, 'period_too_long', `A period has ${LONGEST_DAYS} days at most.`, pointer);
  }
}

function withoutAbsent(asked: Asked): MapAsked {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as MapAsked;
}

const TAG = 'Map';

const MAP = {
  tag: TAG,
  summary: 'Read the journey map',
  description:
    'Each figure is a sum that turns and senders keep while they work, so that the map answers at once however many contacts there are.',
  query: mapQuery,
  answers: { 200: { description: 'The map', holds: journeyMap } },
};

const DAYS = {
  tag: TAG,
  summary: 'Read one figure of the map day by day',
  query: daysQuery,
  answers: { 200: { description: 'One entry for each day of the period', holds: mapDays } },
};
