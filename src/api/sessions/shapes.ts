/** Sessions as the console shows them. */
import { z } from 'zod';

export const session = z.object({
  id: z.uuid(),
  user_id: z.uuid(),
  user_name: z.string(),
  is_yours: z.boolean().describe('The one that asks.'),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  user_agent: z.string(),
  ip: z.string(),
});
export type Session = z.infer<typeof session>;

export const sessions = z.object({ sessions: z.array(session), next: z.string().nullable() });
export type Sessions = z.infer<typeof sessions>;
