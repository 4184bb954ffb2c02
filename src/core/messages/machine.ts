/**
 * Who fetched a picture or a link of a message: a person, or a machine. Mail gateways follow every link at delivery, and
 * privacy proxies fetch every picture; there is no sure sign of a person, only signs of machines. Every touch is kept
 * with the sign it was told by, and only those without any count as a person's.
 */
import type { Instant } from '../events/event.ts';
import type { MachineSign, Touch } from './touch.ts';
import { BARE, FETCHED_AHEAD, IMAGE_PROXIES, SCANNERS } from './user-agents.ts';

/** The number of the link that people can neither see nor reach: only what reads the source of a message follows it. */
export const CANARY = 0xffff;

/**
 * So long after a click or an open, in milliseconds, it is still easily unsaid by what comes after it; what people did is
 * told to workflows no earlier.
 */
export const SETTLES_AFTER = 30_000;

/** A touch, and what only its request tells. */
export interface Fetch extends Touch {
  readonly method: 'GET' | 'HEAD';
  /** The request itself said that nobody looks at the answer yet: `Purpose` or `Sec-Purpose: prefetch`. */
  readonly prefetch: boolean;
}

/** By what a touch was told; `none` is a person's. */
export type Sign =
  | 'none'
  | 'head'
  | 'prefetch'
  | 'scanner'
  | 'canary'
  | 'all_links'
  | 'all_links_from_many'
  | 'beside_canary'
  | 'before_sent'
  | 'too_soon'
  | 'no_user_agent'
  | 'bare_user_agent'
  | 'apple_proxy'
  | 'image_proxy';

export interface Judgement {
  readonly machine: MachineSign;
  readonly sign: Sign;
}

export type JudgedTouch = Touch & { readonly machine: MachineSign; readonly sign: string };

/** What must be known of the message itself. */
export interface TouchedMessage {
  /** Null while it is on its way. */
  readonly sent_at: Instant | null;
  /** How many different links it has, without the canary. */
  readonly link_count: number;
  /** The number of its canary link. */
  readonly canary: number;
}

export interface TouchContext extends TouchedMessage {
  /** Everything that touched this message before, from wherever. */
  readonly earlier: readonly Touch[];
}

/** What a touch is taken for, given all that came before it. */
export function judge(touch: Fetch, context: TouchContext): Judgement {
  const company = scansAmong([...context.earlier, touch], context);
  return stronger(bySelf(touch, context.sent_at), byCompany(touch, company));
}

/** Those of a message's touches for which what came later is a stronger sign than their own, with that sign. */
export function rejudge<T extends JudgedTouch>(touches: readonly T[], message: TouchedMessage): readonly T[] {
  const company = scansAmong(touches, message);
  return touches.flatMap((touch) => {
    const verdict = byCompany(touch, company);
    return rank(verdict.machine) > rank(touch.machine) ? [{ ...touch, ...verdict }] : [];
  });
}

/** What people did with a message. */
export interface Believed {
  /** When a person first opened it; a click is an open too, with pictures or without. */
  readonly opened_at: Instant | undefined;
  /** When a person first clicked on each link. */
  readonly clicked_at: ReadonlyMap<number, Instant>;
}

export function believed(touches: readonly JudgedTouch[]): Believed {
  const human = touches.filter(({ machine }) => machine === 'no').toSorted((a, b) => a.at - b.at);
  const clicked_at = new Map<number, Instant>();
  for (const { link, at } of human) if (link !== null && !clicked_at.has(link)) clicked_at.set(link, at);
  return { opened_at: human[0]?.at, clicked_at };
}

const PERSON: Judgement = { machine: 'no', sign: 'none' };
const certain = (sign: Sign): Judgement => ({ machine: 'certain', sign });
const likely = (sign: Sign): Judgement => ({ machine: 'likely', sign });

const RANKS: readonly MachineSign[] = ['no', 'likely', 'certain'];
const rank = (machine: MachineSign): number => RANKS.indexOf(machine);

function stronger(one: Judgement, other: Judgement): Judgement {
  return rank(other.machine) > rank(one.machine) ? other : one;
}

/** Nobody finds, opens and follows a message within two seconds of its leaving. */
const TOO_SOON = 2000;

function bySelf(fetch: Fetch, sent_at: Instant | null): Judgement {
  const name = fetch.user_agent.trim().toLowerCase();
  if (fetch.method === 'HEAD') return certain('head');
  if (fetch.prefetch) return certain('prefetch');
  if (SCANNERS.some((word) => name.includes(word))) return certain('scanner');
  if (sent_at === null || fetch.at < sent_at) return likely('before_sent');
  if (fetch.at - sent_at < TOO_SOON) return likely('too_soon');
  if (name === '') return likely('no_user_agent');
  if (fetch.kind === 'open') return byProxy(name);
  return name === BARE ? likely('bare_user_agent') : PERSON;
}

function byProxy(name: string): Judgement {
  if (name === BARE) return likely('apple_proxy');
  const is_proxy = IMAGE_PROXIES.some((word) => name.includes(word)) || name.endsWith(FETCHED_AHEAD);
  return is_proxy ? likely('image_proxy') : PERSON;
}

/** A touch that gives a machine away, and with it what else that machine did. */
interface Scan {
  readonly touch: Touch;
  readonly sign: 'canary' | 'all_links' | 'all_links_from_many';
}

/** Who follows all links of a message follows them at once. */
const AT_ONCE = 10_000;
/** With two links alone, two people of one household or list would look like one machine. */
const FEWEST_FROM_MANY = 3;

function scansAmong(touches: readonly Touch[], { link_count, canary }: TouchedMessage): readonly Scan[] {
  const clicks = touches.filter(({ kind, link }) => kind === 'click' && link !== canary);
  const addresses = [...new Set(clicks.map(({ ip }) => ip))];
  const from_one = addresses.flatMap((address) =>
    sweeps(
      clicks.filter(({ ip }) => ip === address),
      Math.max(link_count, 2),
    ),
  );
  const others = clicks.filter((touch) => !from_one.includes(touch));
  const from_many = sweeps(others, Math.max(link_count, FEWEST_FROM_MANY));
  return [
    ...touches.filter(({ link }) => link === canary).map((touch): Scan => ({ touch, sign: 'canary' })),
    ...from_one.map((touch): Scan => ({ touch, sign: 'all_links' })),
    ...from_many.map((touch): Scan => ({ touch, sign: 'all_links_from_many' })),
  ];
}

/** The clicks that stand so near to others that together they follow that many links at once. */
function sweeps(clicks: readonly Touch[], links: number): readonly Touch[] {
  if (clicks.length < links) return [];
  const sorted = clicks.toSorted((a, b) => a.at - b.at);
  const swept = new Set<Touch>();
  for (const last of sorted) {
    const near = sorted.filter(({ at }) => at <= last.at && last.at - at <= AT_ONCE);
    if (new Set(near.map(({ link }) => link)).size >= links) for (const touch of near) swept.add(touch);
  }
  return [...swept];
}

function byCompany(touch: Touch, scans: readonly Scan[]): Judgement {
  return scans.map((scan) => byScan(touch, scan)).reduce(stronger, PERSON);
}

function byScan(touch: Touch, { touch: scan, sign }: Scan): Judgement {
  if (sign === 'all_links_from_many') return touch === scan ? likely(sign) : PERSON;
  if (isSameVisitor(touch, scan)) return certain(sign);
  const is_near = touch.kind === 'click' && Math.abs(touch.at - scan.at) <= AT_ONCE;
  return sign === 'canary' && is_near ? likely('beside_canary') : PERSON;
}

/** A gateway in the house has the address of the people in it: they are told apart by their browsers, and by time. */
const SAME_VISIT = 60_000;

function isSameVisitor(one: Touch, other: Touch): boolean {
  if (one.ip !== other.ip) return false;
  return one.user_agent === other.user_agent || Math.abs(one.at - other.at) <= SAME_VISIT;
}
