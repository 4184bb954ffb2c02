/** Messages as they arrive: sent by the e-mail channel over real SMTP, kept to the octet, and checked by mailauth. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { createEmailChannel, type EmailOptions } from '../../../src/channels/email.ts';
import type { DkimKey } from '../../../src/channels/dkim.ts';
import { createLinks } from '../../../src/engine/links.ts';
import type { Parcel } from '../../../src/engine/ports.ts';
import { closedAfterEach } from '../../support/closing.ts';
import {
  startScriptedSmtp,
  type ScriptedSmtp,
  type SmtpAnswer,
  type SmtpMoment,
} from '../../support/scripted-smtp.ts';
import { verdictsOf, type Verdict } from '../../support/dkim-verdicts.ts';
import { aParcel } from '../parcel.ts';

export const closing = closedAfterEach();

export const OPEN = (): Promise<boolean> => Promise.resolve(true);

export async function serve(answer?: (moment: SmtpMoment) => SmtpAnswer): Promise<ScriptedSmtp> {
  const smtp = await startScriptedSmtp(answer);
  closing.push(() => smtp.stop());
  return smtp;
}

export interface Captured {
  /** As a receiver keeps it, dot-stuffing undone. */
  readonly raw: Buffer;
  /** One character per octet. */
  readonly text: string;
  /** As written, with their folds. */
  readonly lines: readonly string[];
  /** Names in lower case with unfolded values, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly from: string;
  readonly to: readonly string[];
}

type Way = Omit<EmailOptions, 'url'>;

/** What a server gets when this parcel is sent. */
export async function capture(parts: Partial<Parcel> = {}, way: Way = {}): Promise<Captured> {
  const smtp = await serve();
  const channel = createEmailChannel({ url: smtp.url, connections: 1, ...way });
  closing.push(() => channel.close());
  expect(await channel.deliver(aParcel(parts), OPEN)).toMatchObject({ outcome: 'accepted' });
  const [mail] = smtp.accepted;
  const wire = mail?.raw ?? '';
  return {
    ...read(Buffer.from(wire.replaceAll('\r\n.', '\r\n').replace(/^\./, ''), 'latin1')),
    from: mail?.from ?? '',
    to: mail?.to ?? [],
  };
}

function read(raw: Buffer): Omit<Captured, 'from' | 'to'> {
  const text = raw.toString('latin1');
  const lines = text.split('\r\n');
  const fields = text
    .slice(0, text.indexOf('\r\n\r\n'))
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line): [string, string] => {
      const place = line.indexOf(':');
      return [line.slice(0, place).toLowerCase(), line.slice(place + 1).trim()];
    });
  return { raw, text, lines, fields };
}

export function valuesOf({ fields }: Pick<Captured, 'fields'>, wanted: string): string[] {
  return fields.filter(([name]) => name === wanted).map(([, value]) => value);
}

/** The names that each signature covers. */
export function signedNames(captured: Captured): string[][] {
  return valuesOf(captured, 'dkim-signature').map((value) =>
    (/;\s*h=([^;]+)/.exec(value)?.[1] ?? '').replaceAll(/\s/g, '').split(':'),
  );
}

const DOMAIN = 'shop.example';

function aKey(selector: string, key: { privateKey: KeyObject }, domain = DOMAIN): DkimKey {
  return { domain, selector, private_key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}

const rsa_pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519_pair = generateKeyPairSync('ed25519');
export const RSA = aKey('rsa', rsa_pair);
export const ED25519 = aKey('ed', ed25519_pair);
export const BOTH = [RSA, ED25519];
export const rsaKeyOf = (domain: string): DkimKey => aKey('rsa', rsa_pair, domain);

/** What a receiver finds who asks DNS for the public halves of these keys. */
export function verdicts(raw: Buffer, keys: readonly DkimKey[] = BOTH): Promise<Verdict[]> {
  return verdictsOf(raw, keys);
}

export const PASSED: readonly Verdict[] = [
  { algorithm: 'rsa-sha256', domain: DOMAIN, result: 'pass' },
  { algorithm: 'ed25519-sha256', domain: DOMAIN, result: 'pass' },
];

export const LINKS = createLinks('https://shop.example', ['a secret']);
export const BOUNCES = { domain: 'news.shop.example', tokenOf: LINKS.bounceToken };
