/** Who may send for a domain: SPF, RFC 7208. */
import { isIPv4, isIPv6 } from 'node:net';
import type { Lookup } from './lookup.ts';

export interface Spf {
  /** Records of the domain itself that begin with `v=spf1`; there must be one. */
  readonly records: readonly string[];
  /** Questions that a receiver must ask: `include`, `a`, `mx`, `ptr`, `exists` and `redirect` (4.6.4). */
  readonly lookups: number;
  /** Of them, those that find nothing. */
  readonly voids: number;
  /** What becomes of everybody else; `none` where nothing is said. */
  readonly ending: '-' | '~' | '?' | '+' | 'none';
  readonly uses_ptr: boolean;
  /** For which receivers take the whole record for void (`permerror`). */
  readonly errors: readonly string[];
}

/** Receivers may ask this much (RFC 7208, 4.6.4). */
export const MOST_LOOKUPS = 10;
export const MOST_VOIDS = 2;
/** A chain that is longer than this is not followed to its end. */
const ENOUGH = 30;

interface Tally {
  lookups: number;
  voids: number;
  uses_ptr: boolean;
  readonly errors: string[];
}

/** @throws DnsSilence */
export async function readSpf(lookup: Lookup, domain: string): Promise<Spf> {
  const tally: Tally = { lookups: 0, voids: 0, uses_ptr: false, errors: [] };
  const records = await spfRecords(lookup, domain);
  const [record] = records;
  const ending =
    record === undefined || records.length > 1
      ? 'none'
      : await follow(record, domain, [domain], { lookup, tally });
  return { records, ending, ...tally };
}

/** There must be exactly one; receivers take none of several. @throws DnsSilence */
export async function spfRecords(lookup: Lookup, domain: string): Promise<string[]> {
  return (await lookup.txt(domain)).filter((text) => /^v=spf1( |$)/i.test(text));
}

interface Walk {
  readonly lookup: Lookup;
  readonly tally: Tally;
}

/** Counts what the record asks, and what the ones ask that it takes in; answers how it ends. */
async function follow(
  record: string,
  domain: string,
  path: readonly string[],
  walk: Walk,
): Promise<Spf['ending']> {
  let redirect: string | undefined;
  for (const text of record.split(/ +/).slice(1).filter(Boolean)) {
    const modifier = /^([a-z][\w.-]*)=(.*)$/i.exec(text);
    if (modifier?.[1]?.toLowerCase() === 'redirect') redirect = modifier[2] ?? '';
    if (modifier) continue;
    const term = readTerm(text);
    if (term === undefined) {
      walk.tally.errors.push(`"${text}" in the record of ${domain} means nothing`);
      continue;
    }
    // What stands behind it is not read (5.1).
    if (term.mechanism === 'all') return term.qualifier;
    await ask(term, domain, path, walk);
  }
  return redirect === undefined ? 'none' : enter(redirect, path, walk);
}

interface Term {
  readonly qualifier: '-' | '~' | '?' | '+';
  readonly mechanism: string;
  readonly target: string | undefined;
}

function readTerm(text: string): Term | undefined {
  const parts = /^([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^/]*))?((?:\/.*)?)$/i.exec(text);
  if (!parts) return undefined;
  const [, qualifier = '', name = '', target, length = ''] = parts;
  const mechanism = name.toLowerCase();
  const sound = GRAMMAR[mechanism]?.(target, length) ?? false;
  return sound ? { qualifier: (qualifier || '+') as Term['qualifier'], mechanism, target } : undefined;
}

type Grammar = (target: string | undefined, length: string) => boolean;

const upTo = (length: string, most: number): boolean =>
  length === '' || (/^\/\d{1,3}$/.test(length) && Number(length.slice(1)) <= most);
const named: Grammar = (target, length) => Boolean(target) && length === '';
const hosts: Grammar = (target, length) => target !== '' && /^(\/\d{1,2})?(\/\/\d{1,3})?$/.test(length);

/** RFC 7208, 5. */
const GRAMMAR: Readonly<Record<string, Grammar>> = {
  all: (target, length) => target === undefined && length === '',
  include: named,
  exists: named,
  a: hosts,
  mx: hosts,
  ptr: (target, length) => target !== '' && length === '',
  ip4: (target, length) => isIPv4(target ?? '') && upTo(length, 32),
  ip6: (target, length) => isIPv6(target ?? '') && upTo(length, 128),
};

async function ask(term: Term, domain: string, path: readonly string[], walk: Walk): Promise<void> {
  const { mechanism, target = domain } = term;
  const { lookup, tally } = walk;
  if (mechanism === 'ip4' || mechanism === 'ip6') return;
  if (mechanism === 'include') return void (await enter(target, path, walk));
  tally.lookups++;
  if (mechanism === 'ptr') tally.uses_ptr = true;
  // What a macro or `ptr` asks is only known when a message comes (7.1).
  if (target.includes('%') || mechanism === 'ptr' || tally.lookups > ENOUGH) return;
  const found = mechanism === 'mx' ? await lookup.mx(target) : await lookup.addresses(target);
  if (found.length === 0) tally.voids++;
}

/** `include` and `redirect`: the record of another domain. */
async function enter(target: string, path: readonly string[], walk: Walk): Promise<Spf['ending']> {
  const { lookup, tally } = walk;
  const name = target.toLowerCase();
  tally.lookups++;
  if (name.includes('%') || tally.lookups > ENOUGH) return 'none';
  if (path.includes(name)) {
    tally.errors.push(`${name} takes itself in`);
    return 'none';
  }
  const records = await spfRecords(lookup, name);
  const [record] = records;
  if (record !== undefined && records.length === 1) return follow(record, name, [...path, name], walk);
  if (records.length === 0) tally.voids++;
  tally.errors.push(
    records.length === 0
      ? `${name}, which is taken in, has no SPF record`
      : `${name} has several SPF records`,
  );
  return 'none';
}
