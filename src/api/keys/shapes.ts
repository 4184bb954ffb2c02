/** Keys as the console shows them. */
import { z } from 'zod';
import { KEY_SCOPES } from '../../core/access/roles.ts';

export const key = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(KEY_SCOPES).describe('`events` may only send events, also from a browser.'),
  created_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
});
export type Key = z.infer<typeof key>;

export const keys = z.object({ keys: z.array(key), next: z.string().nullable() });
export type Keys = z.infer<typeof keys>;

export const madeKey = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(KEY_SCOPES),
  key: z.string().describe('It is told only now, and kept as a hash.'),
});
export type MadeKey = z.infer<typeof madeKey>;
