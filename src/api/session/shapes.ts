/** Who signs in, and how: read by the console, and documented. */
import { z } from 'zod';
import { RIGHTS, ROLES } from '../../core/access/roles.ts';

export const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, { error: 'a name has no control characters' });

/** Longer than any password may be, so that the sentence about that is told; short enough to be read. */
const given_password = z.string().max(1000);

export const signInAsked = z.strictObject({ email: z.string().max(254), password: given_password });

export const me = z.object({
  user: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string().describe('Empty for a key, which is answered as well.'),
    role: z.enum(ROLES),
  }),
  rights: z.array(z.enum(RIGHTS)),
  demo: z.boolean().describe('Whether this is "etapa demo", where everybody is signed in.'),
});
export type Me = z.infer<typeof me>;

export const setUpState = z.object({
  wanted: z.boolean().describe('Whether there is no user yet, so that the first owner must be made.'),
});
export type SetUpState = z.infer<typeof setUpState>;

export const setUpAsked = z.strictObject({
  token: z.string().max(100).describe('From the link that "etapa start" tells.'),
  email: z.string().max(254),
  name: personName,
  password: given_password,
});

export const invitation = z.object({
  email: z.string(),
  name: z.string(),
  is_new: z.boolean().describe('False where somebody has a password and chooses another.'),
  expires_at: z.iso.datetime(),
});
export type Invitation = z.infer<typeof invitation>;

export const acceptAsked = z.strictObject({ name: personName, password: given_password });
