/** Promotions by the API: whether they go, stopping them, and letting them go on. */
import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { PAUSE_AT, WARN_AT } from '../core/messages/complaint-rate.ts';
import { CHANNELS } from '../core/messages/message.ts';
import type { SendingControl } from '../engine/sending-control.ts';
import type { Access } from './access.ts';
import {
  sendingResumed,
  sendingState,
  sendingStopped,
  type SendingResumed,
  type SendingState,
  type SendingStopped,
} from './sending/shapes.ts';
import { documentedBy, prepareZodRoutes, readAs, type Documented } from './zod-routes.ts';

export interface SendingOptions {
  readonly access: Access;
  readonly sending: SendingControl;
}

/** GET /v1/sending, POST /v1/sending/stop, POST /v1/sending/resume */
export function sendingRoutes({ access, sending }: SendingOptions): FastifyPluginAsync {
  return async (app) => {
    prepareZodRoutes(app, access, 'publish');

    app.get('/v1/sending', documentedBy(STATE), async (): Promise<SendingState> => {
      const { stops, complaints } = await sending.state();
      return {
        stops: stops.map((stop) => ({ ...stop, since: new Date(stop.since).toISOString() })),
        complaints: { ...complaints, warn_at: WARN_AT, pause_at: PAUSE_AT },
      };
    });

    app.post('/v1/sending/stop', documentedBy(STOP), async ({ body }): Promise<SendingStopped> => {
      const { channel } = readAs(stopBody, body);
      return { channel, stopped_before: !(await sending.stop(channel)) };
    });

    app.post('/v1/sending/resume', documentedBy(RESUME), ({ body }): Promise<SendingResumed> =>
      sending.resume(readAs(resumeBody, body).channel),
    );
  };
}

const channel = z.enum([...CHANNELS, 'all']);
const stopBody = z.strictObject({ channel: channel.default('all') });
const resumeBody = z.strictObject({
  channel: channel.optional().describe('Absent: whatever people or complaints have stopped.'),
});

const TAG = 'Sending';

const STATE: Documented = {
  tag: TAG,
  right: 'read',
  summary: 'Tell whether promotions leave, and what holds them back',
  answers: {
    200: { description: 'What holds them back, and how many readers complain', holds: sendingState },
  },
};

const STOP: Documented = {
  tag: TAG,
  summary: 'Let promotions wait',
  description: 'Service messages go on. What waits loses no attempt, and goes when promotions go on.',
  body: stopBody,
  answers: { 200: { description: 'They wait, everywhere within seconds', holds: sendingStopped } },
};

const RESUME: Documented = {
  tag: TAG,
  summary: 'Let promotions go on',
  description:
    'Ends what people or complaints stopped. A domain that is not set up is mended in DNS; `etapa doctor` says how.',
  body: resumeBody,
  answers: { 200: { description: 'They go on', holds: sendingResumed } },
};
