import { z } from 'zod';

/** How far work has got that takes longer than anybody waits for an answer. */
export const job = z.object({
  id: z.uuid(),
  kind: z.enum(['preview', 'simulate']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  progress: z.number().describe('From 0 to 1.'),
  result: z.unknown().describe('What came of it; null before it is done.'),
  error: z.object({ code: z.string(), message: z.string(), details: z.array(z.string()) }).nullable(),
});
/** `R`: what comes of it. */
export type JobAnswer<R> = Omit<z.infer<typeof job>, 'result'> & { readonly result: R | null };
