/** The audit log as the console shows it. */
import { z } from 'zod';

export const auditEntry = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  actor: z
    .string()
    .describe('`user:` or `key:` with an id, `command line`, or `nobody` where signing in failed.'),
  actor_name: z.string().nullable().describe('null where the user or key is gone.'),
  action: z.string().describe('Method and route, or the command.'),
  subject: z.string().nullable().describe('The ids that it was about.'),
  detail: z.record(z.string(), z.unknown()),
  ip: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditPage = z.object({ entries: z.array(auditEntry), next: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPage>;
