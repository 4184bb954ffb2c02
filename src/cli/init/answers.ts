/** What a new project is made from: by flags, by questions, or by what this machine tells. */
import { z } from 'zod';
import { settingsFileSchema } from '../../project/files/settings-file.ts';
import { UserError } from '../../errors.ts';

export const KINDS = ['shop', 'subscription', 'services'] as const;
export type KindName = (typeof KINDS)[number];
export type Language = 'en' | 'es';

export interface Answers {
  readonly name: string;
  /** First is the default. */
  readonly languages: readonly Language[];
  readonly time_zone: string;
  readonly currency: string;
  /** The address that messages come from. */
  readonly sender: string;
  readonly address: string;
  readonly kind: KindName;
}

export type Key = keyof Answers;

const { languages, time_zone, currency } = settingsFileSchema.shape;

const oneLine = (mend: string) =>
  z
    .string()
    .trim()
    .min(1, { error: mend })
    // Words of the project end up in one-line comments, subjects and headers.
    .refine((text) => !/[\p{Cc}]/u.test(text), { error: 'write it on one line' });

const SCHEMAS: { readonly [K in Key]: z.ZodType<Answers[K]> } = {
  name: oneLine('write the name of the business'),
  languages: languages
    .min(1, { error: 'choose one language at least' })
    .refine((list) => new Set(list).size === list.length, { error: 'name each language once' }),
  time_zone,
  currency,
  sender: z.email({ error: 'write an e-mail address, like hello@example.com' }),
  address: oneLine('write the postal address; the law wants it in every promotion'),
  kind: z.enum(KINDS, { error: `write one of ${KINDS.join(', ')}` }),
};

/** What is wrong with an answer, as a sentence; undefined where nothing is. */
export function mistakeIn(key: Key, value: unknown): string | undefined {
  const read = SCHEMAS[key].safeParse(value);
  return read.success ? undefined : (read.error.issues[0]?.message ?? 'this cannot be used');
}

/** The flags as they were written. */
export interface Flags {
  readonly name?: string;
  readonly languages?: string;
  readonly timeZone?: string;
  readonly currency?: string;
  readonly sender?: string;
  readonly address?: string;
  readonly kind?: string;
}

/** @throws UserError naming the flag that cannot be used. */
export function readFlags(flags: Flags): Partial<Answers> {
  const written: Partial<Record<Key, unknown>> = {
    name: flags.name?.trim(),
    languages: flags.languages?.split(/[\s,]+/).filter(Boolean),
    time_zone: flags.timeZone,
    currency: flags.currency?.toUpperCase(),
    sender: flags.sender,
    address: flags.address?.trim(),
    kind: flags.kind,
  };
  const given = Object.entries(written).filter(([, value]) => value !== undefined) as [Key, unknown][];
  for (const [key, value] of given) {
    const mistake = mistakeIn(key, value);
    if (mistake === undefined) continue;
    throw new UserError('wrong_flag', `--${key.replace('_', '-')}: ${mistake}.`);
  }
  return Object.fromEntries(given);
}

/** What is taken where nothing was said. `folder`: the name of the folder. */
export function defaultsFor(folder: string, locale: Intl.ResolvedDateTimeFormatOptions): Answers {
  const spanish = locale.locale.startsWith('es');
  const name = titled(folder);
  return {
    name,
    languages: spanish ? ['es', 'en'] : ['en', 'es'],
    time_zone: mistakeIn('time_zone', locale.timeZone) === undefined ? locale.timeZone : 'Europe/Madrid',
    currency: locale.timeZone.startsWith('America/') ? 'USD' : 'EUR',
    sender: `hello@${domainOf(folder)}`,
    address: spanish ? 'Calle y número, código postal, ciudad' : 'Street and number, postcode, town',
    kind: 'shop',
  };
}

function titled(folder: string): string {
  const words = folder.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
  return words === '' ? 'My shop' : words.charAt(0).toUpperCase() + words.slice(1);
}

/** `.example` belongs to nobody (RFC 2606): nothing is written to strangers before the address is set. */
function domainOf(folder: string): string {
  const label = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${label === '' ? 'shop' : label.replaceAll(/-+$/g, '')}.example`;
}
