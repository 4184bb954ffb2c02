/** What a contact said about promotions: by which channel, and about what. */
import type { Event, Instant } from '../events/event.ts';
import { isJsonObject, own, type Json } from '../json.ts';

/** What was said last, and what it rests on. */
export interface Consent {
  readonly granted: boolean;
  readonly at: Instant;
  /** When it was last confirmed by a link in a message to the address; absent: never. */
  readonly confirmed_at?: Instant;
  /** When the contact last said no; absent: never. */
  readonly refused_at?: Instant;
}

/** By channel, `email`, and by channel and topic, `email/tips`. */
export type Consents = Readonly<Record<string, Consent>>;

/** What can be said of a consent. */
export type ConsentWord = 'given' | 'confirmed' | 'withdrawn';

/** One thing that an event says about one consent. */
export interface Saying {
  /** `email`, or `email/tips`. */
  readonly key: string;
  readonly word: ConsentWord;
}

export function consentKey(channel: string, topic: string | null): string {
  return topic === null ? channel : `${channel}/${topic}`;
}

export function partsOfKey(key: string): { readonly channel: string; readonly topic: string | null } {
  const [channel = '', topic = null] = key.split('/');
  return { channel, topic };
}

/**
 * What holds for a topic of a channel. The topic's own word counts, but for a yes that is older than a no to the whole
 * channel; without a word on the topic, what was said of the channel.
 */
export function consentTo(consents: Consents, channel: string, topic: string | null): Consent | undefined {
  const general = own(consents, channel);
  const specific = topic === null ? undefined : own(consents, consentKey(channel, topic));
  if (!specific) return general;
  return general && !general.granted && general.at >= specific.at ? general : specific;
}

/** Whether a yes was confirmed from the address itself, and no "no" came after that: double opt-in. */
export function isConfirmed({ confirmed_at, refused_at }: Consent): boolean {
  return confirmed_at !== undefined && confirmed_at > (refused_at ?? -Infinity);
}

/** What one event changes. The same for every order in which events arrive. */
export function foldConsent(consents: Consents, event: Event): Consents {
  return sayingsOf(event).reduce(
    (all, { key, word }) => ({ ...all, [key]: heard(own(all, key), word, event.occurred_at) }),
    consents,
  );
}

/**
 * What an event says: `identify` with `consent: [email, email/tips]` gives these and says nothing of others;
 * `consent_given`, `consent_confirmed`, `consent_withdrawn` and `unsubscribed` speak of their `channel` (one or several;
 * `email` where none is named) and, if given, their `topic` (one or several).
 */
export function sayingsOf({ type, name, properties }: Event): readonly Saying[] {
  if (type === 'identify') return keysOf(properties.consent).map((key) => ({ key, word: 'given' }));
  const word = type === 'track' ? own(WORDS, name) : undefined;
  if (word === undefined) return [];
  const named = keysOf(properties.channel ?? 'email');
  // A "no" that cannot be read is a "no" all the same.
  const channels = named.length === 0 && word === 'withdrawn' ? ['email'] : named;
  const topics = keysOf(properties.topic).filter((topic) => !topic.includes('/'));
  if (properties.topic === undefined) return channels.map((key) => ({ key, word }));
  return channels.flatMap((channel) => topics.map((topic) => ({ key: consentKey(channel, topic), word })));
}

/** How it was said, where the source of the event knew: GDPR art. 7 (1) asks who sends to show it. */
export interface Proof {
  /** Which wording the contact saw. */
  readonly text_version: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
}

/** Told by the event's properties, or by `consent_proof` in them. */
export function proofIn({ properties }: Event): Proof {
  const { consent_proof } = properties;
  const told = isJsonObject(consent_proof) ? { ...properties, ...consent_proof } : properties;
  const textOf = (value: Json | undefined): string | null =>
    typeof value === 'string' ? value.slice(0, LONGEST_PROOF) : null;
  return {
    text_version: textOf(told.text_version),
    ip: textOf(told.ip),
    user_agent: textOf(told.user_agent),
  };
}

const LONGEST_PROOF = 300;

/** The strictest: whoever of the two has said no, has said no for both. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  const merged: Record<string, Consent> = { ...a };
  for (const [key, theirs] of Object.entries(b)) {
    const mine = own(merged, key);
    merged[key] = mine ? { ...stricter(mine, theirs), ...lasting(mine, theirs) } : theirs;
  }
  return merged;
}

const WORDS: Readonly<Record<string, ConsentWord>> = {
  consent_given: 'given',
  consent_confirmed: 'confirmed',
  consent_withdrawn: 'withdrawn',
  unsubscribed: 'withdrawn',
};

/** At one and the same moment "no" wins over "yes". A confirmation is a yes too. */
function heard(known: Consent | undefined, word: ConsentWord, at: Instant): Consent {
  const granted = word !== 'withdrawn';
  const marks: Omit<Consent, 'granted' | 'at'> = {
    ...(word === 'confirmed' ? { confirmed_at: at } : {}),
    ...(granted ? {} : { refused_at: at }),
  };
  if (!known) return { granted, at, ...marks };
  const is_older = known.at > at || (known.at === at && !known.granted);
  const last = is_older ? known : { granted, at };
  return { granted: last.granted, at: last.at, ...lasting(known, { granted, at, ...marks }) };
}

function stricter(mine: Consent, theirs: Consent): Pick<Consent, 'granted' | 'at'> {
  const { granted, at } =
    mine.granted === theirs.granted ? (theirs.at > mine.at ? theirs : mine) : mine.granted ? theirs : mine;
  return { granted, at };
}

function lasting(a: Consent, b: Consent): Omit<Consent, 'granted' | 'at'> {
  const confirmed_at = Math.max(a.confirmed_at ?? -Infinity, b.confirmed_at ?? -Infinity);
  const refused_at = Math.max(a.refused_at ?? -Infinity, b.refused_at ?? -Infinity);
  return {
    ...(confirmed_at === -Infinity ? {} : { confirmed_at }),
    ...(refused_at === -Infinity ? {} : { refused_at }),
  };
}

/** Names of channels or topics, legible ones only. */
function keysOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const names = list.flatMap((entry) => (typeof entry === 'string' ? [entry.trim().toLowerCase()] : []));
  return [...new Set(names.filter((name) => NAME.test(name)))];
}

const NAME = /^[a-z_]{1,32}(?:\/[a-z][a-z0-9_]{0,63})?$/;
