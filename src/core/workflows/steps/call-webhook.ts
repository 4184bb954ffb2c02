import { z } from 'zod';
import type { Event } from '../../events/event.ts';
import { own } from '../../json.ts';
import { reason, type Reason } from '../../reason.ts';
import { snakeId } from '../../schema.ts';
import { after, durationSchema, type Duration } from '../../time/duration.ts';
import { CALL_ANSWERED, type CallSpec, type Step, type Then, type Walk } from '../step.ts';
import { defineVerb, stepId, type StepListSchema } from '../verb.ts';

/**
 * `call_webhook: { url: https://crm.example/deals, save_answer: deal }` calls another system and goes on when it has
 * answered, with the answer in that field of the contact. It is tried for `up_to`; after that the run takes
 * `if_failed: [steps]`, or ends as failed.
 */
export const callWebhook = (list: StepListSchema) =>
  defineVerb({
    schema: z.strictObject({
      call_webhook: webhookSchema,
      up_to: durationSchema.optional(),
      if_failed: list.optional(),
      id: stepId,
    }),
    compile({ call_webhook: options, up_to = ONE_HOUR, if_failed }, { id, next, steps }): Step {
      const failed = if_failed ? steps(if_failed, 'if_failed', next) : null;
      const fail = (because: Reason): Then =>
        failed === null ? { end: because, outcome: 'failed' } : { go: failed };
      return {
        id,
        verb: 'call_webhook',
        arrive({ now, clock, facts }) {
          const end = after(clock, up_to, facts.zone);
          // The call is owed at the moment that is decided, which may lie before the clock's.
          return { stay_until: end + GRACE, effects: [{ do: 'call', call: specOf(options, end - now) }] };
        },
        happen(walk, event) {
          if (!event || !isAnswer(walk, event)) return undefined;
          const { ok, answer = null, failure } = event.properties;
          if (ok !== true) return fail(failedBy(String(failure)));
          if (options.save_answer === undefined) return { go: next };
          return { go: next, effects: [{ do: 'update', fields: { [options.save_answer]: answer } }] };
        },
        due: () => fail(UNANSWERED),
      };
    },
  });

const ONE_HOUR: Duration = { amount: 1, unit: 'hour' };

/** The failure itself comes back as an event; only where that gets lost does the run go on by time alone. */
const GRACE = 10 * 60_000;

const urlSchema = z
  .url({
    protocol: /^https?$/,
    abort: true,
    error: ({ input }) =>
      typeof input === 'string'
        ? `${JSON.stringify(input)} is not an address to call; write it like "https://crm.example.com/deals"`
        : undefined,
  })
  .refine((url) => !/[{}]/.test(url), {
    error: 'an address is the same for every contact; put what differs into "body"',
  })
  .refine((url) => !/^\w+:\/*[^/?#]*@/.test(url), {
    error:
      'a name and a password do not belong into an address; put them into "headers", like "Authorization: $CRM_TOKEN"',
  });

const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, {
  error: ({ input }) => `${JSON.stringify(input)} is not the name of a header; write it like "Authorization"`,
});

/** `$CRM_TOKEN` as the whole value is that environment variable of the process that calls; here it stays a name. */
const headerValue = z
  .string()
  .regex(/^[\t\x20-\x7e]*$/, { abort: true, error: 'a header is one line of plain letters without accents' })
  .refine((value) => /^\$[A-Z][A-Z0-9_]*$/.test(value) || !/\$\{?[A-Z]/.test(value), {
    error:
      'an environment variable is the whole of a header, like "Authorization: $CRM_TOKEN"; put words such as "Bearer" into the variable',
  });

const webhookSchema = z
  .strictObject({
    url: urlSchema,
    method: z.enum(['POST', 'PUT', 'PATCH', 'GET']).optional(),
    headers: z.record(headerName, headerValue).optional(),
    body: z.record(z.string(), z.json()).optional(),
    save_answer: snakeId.optional(),
  })
  .refine(({ method, body }) => method !== 'GET' || body === undefined, {
    path: ['body'],
    error: 'a GET carries no body; write "method: POST", or take "body" away',
  });

type WebhookOptions = z.output<typeof webhookSchema>;

function specOf(
  { url, method = 'POST', headers = {}, body }: WebhookOptions,
  keep_trying_ms: number,
): CallSpec {
  return { kind: 'webhook', url, method, headers, body: body ?? null, keep_trying_ms };
}

/**
 * Only the answer to the very call that this run waits for: in a loop there are several. The visit alone names the
 * step, which may have got another id since, where the workflow was edited.
 */
function isAnswer({ run }: Walk, { name, properties }: Event): boolean {
  return (
    name === CALL_ANSWERED &&
    own(properties, 'workflow') === run.workflow &&
    own(properties, 'run') === run.number &&
    own(properties, 'visit') === run.visit
  );
}

function failedBy(failure: string): Reason {
  return reason(`the call failed: ${failure}`, `la llamada falló: ${failure}`);
}

const UNANSWERED = reason('the call was never answered', 'la llamada no tuvo respuesta');
