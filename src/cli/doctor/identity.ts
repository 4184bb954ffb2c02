/** As whom messages travel: the signatures, where bounces go, and the addresses that connect to other mail servers. */
import { readFile, stat } from 'node:fs/promises';
import type { MailSettings } from '../../settings.ts';

export interface MailIdentity {
  readonly keys: readonly SigningKey[];
  /** The domain of the envelope, where bounces go; undefined: the one that messages come from. */
  readonly bounce_domain: string | undefined;
  /** IP addresses from which mail leaves for the mail servers of others; empty where that is not known. */
  readonly sending_addresses: readonly string[];
}

export interface SigningKey {
  /** The `d=` of its signatures. */
  readonly domain: string;
  readonly selector: string;
  /** Undefined where a provider signs. */
  readonly private_key: PrivateKeyFile | undefined;
}

export type PrivateKeyFile =
  | { readonly path: string; readonly pem: string; readonly mode: number }
  | { readonly path: string; readonly problem: string };

/** What is not set, and can only be told to the command. */
export interface Told {
  /** The name of the provider's key. */
  readonly selector: string | undefined;
  readonly sending_addresses: readonly string[];
}

/** `domain`: that messages come from, where it is known; providers sign for it. */
export async function readIdentity(
  { dkim, bounce_domain }: MailSettings,
  domain: string | undefined,
  { selector, sending_addresses }: Told,
): Promise<MailIdentity> {
  const ours = await Promise.all(
    dkim.map(async ({ file, ...key }) => ({
      ...{ domain: key.domain.toLowerCase(), selector: key.selector },
      private_key: await readKey(file),
    })),
  );
  const theirs =
    selector === undefined || domain === undefined ? [] : [{ domain, selector, private_key: undefined }];
  return { keys: [...ours, ...theirs], bounce_domain, sending_addresses };
}

async function readKey(path: string): Promise<PrivateKeyFile> {
  try {
    const [pem, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { path, pem, mode };
  } catch (error) {
    return { path, problem: String((error as NodeJS.ErrnoException).code) };
  }
}
