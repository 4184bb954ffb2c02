/** Users as the console shows them. */
import { z } from 'zod';
import { ROLES } from '../../core/access/roles.ts';
import { USER_STATES } from '../../core/access/user.ts';

export const user = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  state: z.enum(USER_STATES).describe('`invited`: has not chosen a password yet.'),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime().nullable().describe('In a session that is open.'),
});
export type User = z.infer<typeof user>;

export const users = z.object({ users: z.array(user), next: z.string().nullable() });
export type Users = z.infer<typeof users>;

export const invited = z.object({
  user,
  link: z.string().describe('Lets choose a password, once. It is told only now: hand it over yourself.'),
  expires_at: z.iso.datetime(),
});
export type Invited = z.infer<typeof invited>;
