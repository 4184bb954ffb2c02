import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from './errors.ts';

const url = (schemes: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: `must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  });

/** Words with commas in between. */
const list = (word: RegExp, example: string) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
    .refine((words) => words.every((one) => word.test(one)), {
      error: `must be a list with commas in between, like "${example}"`,
    });

const schema = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  /** Where people reach this server: begins every link in messages. */
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  /** Hosts that steps may call though they are not on the open internet: `crm.internal, 10.0.0.7:8080`. */
  WEBHOOKS_MAY_REACH: list(/^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/i, 'crm.internal, 10.0.0.7:8080'),
  /** Environment variables that headers of calls may hold: `CRM_TOKEN, ERP_KEY`. */
  WEBHOOK_SECRETS: list(/^[A-Z][A-Z0-9_]*$/, 'CRM_TOKEN, ERP_KEY'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8686),
  ETAPA_HOME: z.string().default('.etapa'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** What the surroundings say. Empty variables count as absent. */
export interface Settings {
  readonly database_url: string | undefined;
  readonly redis_url: string | undefined;
  readonly smtp_url: string | undefined;
  readonly public_url: string | undefined;
  /** Whom steps may call, and the values of the variables that their headers may hold. */
  readonly webhooks: {
    readonly may_reach: readonly string[];
    readonly secrets: Readonly<Record<string, string | undefined>>;
  };
  readonly host: string;
  readonly port: number;
  /** The folder of the embedded database and of what Etapa writes for editors. */
  readonly home: string;
  readonly log_level: string;
}

/** @throws UserError naming the variable and what it must be. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, folder: string): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (!read.success) {
    const details = read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new UserError('settings', 'The environment is not as it should be.', details);
  }
  const value = read.data;
  return {
    database_url: value.DATABASE_URL,
    redis_url: value.REDIS_URL,
    smtp_url: value.SMTP_URL,
    public_url: value.PUBLIC_URL,
    webhooks: {
      may_reach: value.WEBHOOKS_MAY_REACH.map((host) => host.toLowerCase()),
      secrets: Object.fromEntries(value.WEBHOOK_SECRETS.map((name) => [name, given[name]])),
    },
    host: value.HOST,
    port: value.PORT,
    home: resolve(folder, value.ETAPA_HOME),
    log_level: value.LOG_LEVEL,
  };
}
