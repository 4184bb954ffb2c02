import { z } from 'zod';
import { durationSchema, exactMilliseconds, parseDuration } from '../../core/time/duration.ts';

/** For how long at least, so that nothing is deleted that is still asked for. */
function atLeast(least: string) {
  const shortest = parseDuration(least);
  return durationSchema
    .refine((given) => shortest !== undefined && exactMilliseconds(given) >= exactMilliseconds(shortest), {
      error: `must be at least ${least}; what is younger is still needed`,
    })
    .optional();
}

/** `keep` of `etapa.yaml`: after how long what happened is deleted. Where nothing is written: never, or see `USUAL`. */
export const keepSchema = z.strictObject({
  /** Lift of experiments and the history that new rules are asked of. */
  events: atLeast('13 months'),
  /** Links in mails that people open late, bounces that come late, warm-up and complaints. */
  messages: atLeast('6 months'),
  /** Moves from stage to stage, and into segments and out of them. */
  moves: atLeast('1 month'),
  /** Runs that ended: experiments count them. */
  runs: atLeast('13 months'),
  calls: atLeast('1 month'),
  touches: atLeast('1 month'),
  /** Complaints of a week and full mailboxes of thirty days are counted. */
  reports: atLeast('3 months'),
  rejected_events: atLeast('1 day'),
  /** Who changed what, over the API and in the console. */
  audit_log: atLeast('3 months'),
});

export type Keep = z.infer<typeof keepSchema>;
