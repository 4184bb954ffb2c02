/** How mail arrives, by the API: by receiving domain and by day, with the limits that receivers set. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import type { Instant } from '../core/events/event.ts';
import { PAUSE_AT, WARN_AT } from '../core/messages/complaint-rate.ts';
import { DAY } from '../core/time/date.ts';
import type { DeliveryBook } from '../engine/deliverability.ts';
import type { SetUpLook } from '../engine/set-up.ts';
import { iso } from './iso.ts';
import type { Access } from './access.ts';
import {
  deliverability,
  deliverySetUp,
  type Deliverability,
  type DeliverySetUp,
} from './deliverability/shapes.ts';
import { ApiProblem } from './problem.ts';
import { documentedBy, prepareZodRoutes, readAs, type Documented } from './zod-routes.ts';

export interface DeliverabilityOptions {
  readonly access: Access;
  readonly book: DeliveryBook;
  /** Absent where mail stays in the house. */
  readonly set_up: SetUpLook | undefined;
  /** By whose clock days begin. */
  zone(): string;
  now(): Promise<Instant>;
}

/** GET /v1/deliverability, GET /v1/deliverability/set-up */
export function deliverabilityRoutes(options: DeliverabilityOptions): FastifyPluginAsync {
  const { access, book, set_up, zone } = options;
  return async (app) => {
    prepareZodRoutes(app, access, 'read');

    app.get('/v1/deliverability', documentedBy(COUNTED), async ({ query }): Promise<Deliverability> => {
      const { from, to } = await periodOf(query, options);
      const [counted, stops] = await Promise.all([
        book.counts({ from, to, zone: zone() }),
        book.stops(MOST_STOPS),
      ]);
      return {
        ...counted,
        ...{ from: iso(from), to: iso(to) },
        domains: [...counted.domains],
        days: [...counted.days],
        counted_since: iso(counted.counted_since),
        limits: { warn_at: WARN_AT, pause_at: PAUSE_AT },
        stops: stops.map((stop) => ({
          ...stop,
          since: iso(stop.since),
          ended_at: iso(stop.ended_at),
        })),
      };
    });

    app.get('/v1/deliverability/set-up', documentedBy(SET_UP), () => lookAtSetUp(set_up));
  };
}

const MOST_STOPS = 20;
const USUAL_PERIOD = 30 * DAY;
const LONGEST_PERIOD = 92 * DAY;

async function periodOf(
  query: unknown,
  { now }: DeliverabilityOptions,
): Promise<{ readonly from: Instant; readonly to: Instant }> {
  const asked = readAs(periodQuery, query);
  const to = asked.to === undefined ? Math.floor(await now()) : Date.parse(asked.to);
  const from = asked.from === undefined ? to - USUAL_PERIOD : Date.parse(asked.from);
  if (from < to && to - from <= LONGEST_PERIOD) return { from, to };
  throw new ApiProblem(
    422,
    'period_unusable',
    'Let "from" be before "to", and not more than 92 days.',
    '/from',
  );
}

/** DNS may keep silent for seconds, and it is no fault of who asks. */
async function lookAtSetUp(set_up: SetUpLook | undefined): Promise<DeliverySetUp> {
  if (!set_up) return { domain: null, missing: [] };
  const domain = set_up.domain();
  const missing = await set_up.missing(domain).catch(() => null);
  return { domain, missing: missing && [...missing] };
}

const moment = z.iso.datetime({ offset: true });
const periodQuery = z.strictObject({
  from: moment.optional().describe('Thirty days before `to` when absent.'),
  to: moment.optional().describe('Now when absent; what is owed just then is not in it.'),
});

const TAG = 'Deliverability';

const COUNTED: Documented = {
  tag: TAG,
  summary: 'Count what receivers took, put off and refused, and what their people did with it',
  description:
    'Of the e-mails that were owed in a period. What came back later is counted with the message that it is about. At most the newest 10,000 messages are counted: `counted_since` tells back to when.',
  query: periodQuery,
  answers: { 200: { description: 'By receiving domain and by day', holds: deliverability } },
};

const SET_UP: Documented = {
  tag: TAG,
  summary: 'Look whether the domain of the sender is set up in DNS',
  answers: { 200: { description: 'What is missing', holds: deliverySetUp } },
};
