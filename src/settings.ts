import { isIP } from 'node:net';
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

/** Addresses and nets; nothing that would trust everybody. No number of hops: whoever reaches us directly could feign them. */
const proxies = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .refine((given) => given.every(isProxy), {
    error: 'must be the addresses or nets of the proxies before Etapa, like "10.0.0.7, 172.16.0.0/12"',
  });

function isProxy(text: string): boolean {
  const [address = '', length] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  const isNet =
    length === undefined || (/^\d{1,3}$/.test(length) && Number(length) >= 8 && Number(length) <= bits);
  return isIP(address) !== 0 && isNet;
}

/** An address to listen on. */
const place = z
  .string()
  .regex(/^[^\s:]+:\d{1,5}$/, { error: 'must be an address to listen on, like "0.0.0.0:2525"' })
  .optional();

const domain = z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i, {
  error: 'must be a domain, like "news.example.com"',
});

/** The mail services that may tell us what became of messages, each with the variable that holds its secrets. */
const PROVIDERS = ['ses', 'sendgrid', 'postmark', 'mailgun', 'brevo', 'sparkpost', 'resend'] as const;

const schema = z.object({
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  REDIS_URL: url(['redis:', 'rediss:']).optional(),
  SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  /** Where text messages are posted to, with what proves who we are, and the number or name they come from. */
  SMS_URL: url(['http:', 'https:']).optional(),
  SMS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be one word of plain letters' })
    .optional(),
  SMS_FROM: z.string().optional(),
  /** The system of one's own that messages of the channel "webhook" are posted to. */
  MESSAGE_WEBHOOK_URL: url(['http:', 'https:']).optional(),
  /** Where people reach this server: begins every link in messages. */
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  /** Hosts that steps may call though they are not on the open internet: `crm.internal, 10.0.0.7:8080`. */
  WEBHOOKS_MAY_REACH: list(/^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/i, 'crm.internal, 10.0.0.7:8080'),
  /** Environment variables that headers of calls may hold: `CRM_TOKEN, ERP_KEY`. */
  WEBHOOK_SECRETS: list(/^[A-Z][A-Z0-9_]*$/, 'CRM_TOKEN, ERP_KEY'),
  /** Refuses to hand a message over unencrypted. */
  SMTP_REQUIRE_TLS: z.enum(['true', 'false']).default('false'),
  /** Who signs: the domain, and for each key the name it has in DNS and the file it is in (PEM). */
  DKIM_DOMAIN: domain.optional(),
  DKIM_SELECTOR: list(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i, 'rsa2026, ed2026'),
  DKIM_PRIVATE_KEY: list(/./, 'keys/rsa2026.pem, keys/ed2026.pem'),
  /** The domain whose mail comes to us: reports about messages, and people's answers. */
  BOUNCE_DOMAIN: domain.optional(),
  /** Where mail for that domain is received: `0.0.0.0:2525`. */
  INBOUND_LISTEN: place,
  /** Where metrics and health are told to those who watch, in each role: `127.0.0.1:9464`. */
  METRICS_LISTEN: place,
  /** How long a process goes on answering after it was told to end, so that nobody is sent to it any more. */
  DRAIN_SECONDS: z.coerce.number().int().min(0).max(15).default(0),
  /** So many requests of one key are answered in a minute. */
  RATE_LIMIT: z.coerce.number().int().min(1).default(60_000),
  /** Whose word about the client's address is taken: proxies before us. Anybody else's is not. */
  TRUST_PROXY: proxies.optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8686),
  ETAPA_HOME: z.string().default('.etapa'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** The names of all variables that are read, beside those that WEBHOOK_SECRETS names. */
export const VARIABLES: readonly string[] = [
  ...Object.keys(schema.shape),
  ...PROVIDERS.map((name) => `${name.toUpperCase()}_WEBHOOK_SECRET`),
];

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
  /** The provider of text messages. */
  readonly sms: SmsSettings | undefined;
  readonly message_webhook_url: string | undefined;
  readonly mail: MailSettings;
  /** By the name of the provider: what its webhooks are proved with, each of them good. None where it is not set up. */
  readonly provider_secrets: Readonly<Record<string, readonly string[]>>;
  /** The addresses and nets of proxies before us. */
  readonly trust_proxy: readonly string[] | undefined;
  readonly host: string;
  readonly port: number;
  /** The folder of the embedded database and of what Etapa writes for editors. */
  readonly home: string;
  readonly log_level: string;
  readonly metrics: Place | undefined;
  readonly drain_seconds: number;
  /** Requests of one key in a minute. */
  readonly rate_limit: number;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface SmsSettings {
  readonly url: string;
  readonly token: string | undefined;
  readonly from: string | undefined;
}

export interface MailSettings {
  readonly require_tls: boolean;
  readonly bounce_domain: string | undefined;
  /** Paths of PEM files, with the names that the keys have in DNS. */
  readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly file: string }[];
  readonly inbound: Place | undefined;
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
    sms:
      value.SMS_URL === undefined
        ? undefined
        : { url: value.SMS_URL, token: value.SMS_TOKEN, from: value.SMS_FROM },
    message_webhook_url: value.MESSAGE_WEBHOOK_URL,
    mail: mailSettings(value, folder),
    provider_secrets: Object.fromEntries(
      PROVIDERS.map((name) => [name, secretsIn(given[`${name.toUpperCase()}_WEBHOOK_SECRET`])]),
    ),
    trust_proxy: value.TRUST_PROXY,
    host: value.HOST,
    port: value.PORT,
    home: resolve(folder, value.ETAPA_HOME),
    log_level: value.LOG_LEVEL,
    metrics: placeOf(value.METRICS_LISTEN),
    drain_seconds: value.DRAIN_SECONDS,
    rate_limit: value.RATE_LIMIT,
  };
}

function mailSettings(value: z.output<typeof schema>, folder: string): MailSettings {
  const { DKIM_DOMAIN, DKIM_SELECTOR, DKIM_PRIVATE_KEY, BOUNCE_DOMAIN, INBOUND_LISTEN } = value;
  if (DKIM_SELECTOR.length !== DKIM_PRIVATE_KEY.length)
    refuse('DKIM_SELECTOR and DKIM_PRIVATE_KEY must name as many keys as each other');
  if (DKIM_SELECTOR.length > 0 && DKIM_DOMAIN === undefined)
    refuse('DKIM_DOMAIN must be set where DKIM_SELECTOR is');
  if (INBOUND_LISTEN !== undefined && BOUNCE_DOMAIN === undefined)
    refuse('BOUNCE_DOMAIN must be set where INBOUND_LISTEN is');
  return {
    require_tls: value.SMTP_REQUIRE_TLS === 'true',
    bounce_domain: BOUNCE_DOMAIN?.toLowerCase(),
    dkim: DKIM_SELECTOR.map((selector, index) => ({
      domain: DKIM_DOMAIN ?? '',
      selector,
      file: resolve(folder, DKIM_PRIVATE_KEY[index] ?? ''),
    })),
    inbound: placeOf(INBOUND_LISTEN),
  };
}

function placeOf(text: string | undefined): Place | undefined {
  const [host = '', port] = text?.split(':') ?? [];
  return text === undefined ? undefined : { host, port: Number(port) };
}

function refuse(detail: string): never {
  throw new UserError('settings', 'The environment is not as it should be.', [detail]);
}

/** Several with spaces in between, so that an old one goes on while a new one is set up. */
function secretsIn(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((secret) => secret !== '');
}
