/** Questions to DNS. That there is no such record is an answer; that nobody answers is not. */
import { Resolver as NodeResolver } from 'node:dns/promises';

/** As of `node:dns/promises`. */
export interface Resolver {
  resolveTxt(name: string): Promise<string[][]>;
  resolveMx(name: string): Promise<{ exchange: string; priority: number }[]>;
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  reverse(address: string): Promise<string[]>;
}

export interface Lookup {
  /** The parts of each record put together (RFC 7208, 3.3). */
  txt(name: string): Promise<string[]>;
  mx(name: string): Promise<{ exchange: string; priority: number }[]>;
  addresses(name: string): Promise<string[]>;
  names(address: string): Promise<string[]>;
  /** False where DNS says that neither the name is there nor anything below it. */
  isKnown(name: string): Promise<boolean>;
}

/** Nobody answered, or what was answered is no answer. */
export class DnsSilence extends Error {
  readonly asked: string;
  readonly code: string;

  constructor(asked: string, code: string) {
    super(`DNS did not answer about ${asked} (${code})`);
    this.asked = asked;
    this.code = code;
  }
}

const PATIENCE = 3000;

/** The resolver of this machine, which waits three seconds for an answer. */
export function systemResolver(): Resolver {
  return new NodeResolver({ timeout: PATIENCE, tries: 1 });
}

export function openLookup(resolver: Resolver): Lookup {
  return {
    txt: async (name) => (await orNone(name, resolver.resolveTxt(name))).map((parts) => parts.join('')),
    mx: (name) => orNone(name, resolver.resolveMx(name)),
    async addresses(name) {
      const [four, six] = await Promise.all([
        orNone(name, resolver.resolve4(name)),
        orNone(name, resolver.resolve6(name)),
      ]);
      return [...four, ...six];
    },
    names: (address) => orNone(address, resolver.reverse(address)),
    isKnown: (name) =>
      resolver.resolveTxt(name).then(
        () => true,
        (error: unknown) => (error as { code?: unknown }).code !== 'ENOTFOUND',
      ),
  };
}

async function orNone<T>(name: string, answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (NO_SUCH.has(code)) return [];
    throw new DnsSilence(name, code);
  }
}

/** Also names that cannot be, such as those with an empty label. */
const NO_SUCH = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/** The tags of a record such as `v=DKIM1; k=rsa; p=…`, in their order. */
export function tagsOf(record: string): ReadonlyMap<string, string> {
  const pairs = record
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.includes('='))
    .map((part): [string, string] => {
      const place = part.indexOf('=');
      return [part.slice(0, place).trim().toLowerCase(), part.slice(place + 1).trim()];
    });
  return new Map(pairs);
}

/** The domain, then those above it with at least two labels. */
export function upwards(domain: string): string[] {
  const labels = domain.split('.');
  const above = labels.slice(1, -1).map((_, index) => labels.slice(index + 1).join('.'));
  return [domain, ...above];
}
