/** What people say on the pages behind the links of a message: no more, what of, how often, in which language. */
import { consentTo, isConfirmed, partsOfKey, type Consents } from '../core/contacts/consent.ts';
import type { Contact } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { FEWER, FREQUENCY, PAUSED_UNTIL, pausedUntil, wantsFewer } from '../core/contacts/preferences.ts';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import { addressOf } from '../core/messages/address-of.ts';
import { after } from '../core/time/duration.ts';
import { localDate } from '../core/time/zone.ts';
import type { Live } from './live-project.ts';
import type { Bell } from './ports.ts';

/** Something that a contact says: an event by name, or fields by `identify`. */
export interface Statement {
  readonly type: 'track' | 'identify';
  readonly name: string;
  readonly properties: JsonObject;
}

/** Who says it, when, and where from. */
export interface Saying {
  readonly message_id: string;
  readonly at: Instant;
  /** By which way: `unsubscribe_link`, `preferences`, … */
  readonly source: string;
  readonly page: 'unsubscribe' | 'preferences' | 'confirm';
}

/** Whom a message went to, and what was said so far. */
export interface Listener {
  readonly contact: Contact;
  readonly channel: string;
  /** As claims read it, which may be newer than the profile. */
  readonly consents: Consents;
}

export interface PreferenceBook {
  /** Undefined where there is no such message. */
  listener(message_id: string): Promise<Listener | undefined>;
  /**
   * Keeps what is said in view of what was said before, by one after the other. Consents hold from then on. Tells the
   * partition in which there is news; undefined where there is none, or no such message.
   */
  say(saying: Saying, what: (listener: Listener) => readonly Statement[]): Promise<number | undefined>;
}

/** Where somebody reads a page from: part of the proof of what is said there. */
export interface PageReader {
  readonly ip: string;
  readonly user_agent: string;
}

/** What somebody wants: what the page shows, and what it sends back. */
export interface Preferences {
  /** By which promotions may come. */
  readonly channels: readonly string[];
  /** What they may be about. */
  readonly topics: readonly string[];
  readonly frequency: 'all' | 'fewer';
  readonly language: string;
  /** Whether there shall be none for a month. */
  readonly pause: boolean;
}

export interface PreferencesNow extends Preferences {
  readonly offers: {
    readonly channels: readonly string[];
    readonly topics: readonly TopicOffer[];
    readonly languages: readonly string[];
  };
  /** The last day of the pause, in the contact's zone; null where there is none. */
  readonly paused_until: string | null;
}

export interface TopicOffer {
  readonly id: string;
  readonly title: string;
  readonly describe: string | null;
}

export interface Pages {
  /** Takes back the consent of whom the message went to. */
  unsubscribe(message_id: string, source: string, reader?: PageReader): Promise<void>;
  /** What whom the message went to wants at present; undefined where there is no such message. */
  findPreferences(message_id: string): Promise<PreferencesNow | undefined>;
  /** Keeps what was chosen. What is as it was is not said again. */
  savePreferences(message_id: string, chosen: Preferences, reader: PageReader): Promise<void>;
  /** Confirms, from the address itself, every yes to promotions by the message's channel: double opt-in. */
  confirmConsents(message_id: string, reader: PageReader): Promise<void>;
}

export interface PageParts {
  readonly book: PreferenceBook;
  readonly bell: Bell;
  readonly live: Live;
  now(): Promise<Instant>;
}

export function createPages({ book, bell, live, now }: PageParts): Pages {
  async function say(
    saying: Omit<Saying, 'at'>,
    what: (listener: Listener, at: Instant) => readonly Statement[],
  ): Promise<void> {
    const at = await now();
    const partition = await book.say({ ...saying, at }, (listener) => what(listener, at));
    if (partition !== undefined) bell.ringTurns([partition]);
  }

  return {
    unsubscribe: (message_id, source, reader) =>
      say({ message_id, source, page: 'unsubscribe' }, (listener) =>
        hasLeft(listener) ? [] : [track('unsubscribed', { channel: listener.channel, ...reader })],
      ),
    async findPreferences(message_id) {
      const listener = await book.listener(message_id);
      return listener && preferencesNow(listener, live(), await now());
    },
    savePreferences: (message_id, chosen, reader) =>
      say({ message_id, source: 'preferences', page: 'preferences' }, (listener, at) =>
        statementsOf(listener, preferencesNow(listener, live(), at), chosen, at, { ...reader }),
      ),
    confirmConsents: (message_id, reader) =>
      say({ message_id, source: 'confirm_link', page: 'confirm' }, (listener) =>
        unconfirmed(listener).map((part) => track('consent_confirmed', { ...part, ...reader })),
      ),
  };
}

function hasLeft({ consents, channel }: Listener): boolean {
  return consents[channel]?.granted === false && !wantsAny(consents, channel);
}

function track(name: string, properties: JsonObject): Statement {
  return { type: 'track', name, properties };
}

type Around = ReturnType<Live>;

function preferencesNow(listener: Listener, { project, settings }: Around, now: Instant): PreferencesNow {
  const { contact, consents } = listener;
  const language = languageOf(contact, project);
  const zone = zoneOf(contact, project);
  const until = pausedUntil(contact, now, zone);
  const offered = channelsOf(listener);
  const topics = Object.entries(settings.topics);
  const wants = (topic: string | null): boolean =>
    offered.some((channel) => consentTo(consents, channel, topic)?.granted === true);
  return {
    channels: offered.filter((channel) => wantsAny(consents, channel)),
    topics: topics.flatMap(([id]) => (wants(id) ? [id] : [])),
    frequency: wantsFewer(contact) ? 'fewer' : 'all',
    language,
    pause: until !== undefined,
    paused_until: until === undefined ? null : localDate(until, zone),
    offers: {
      channels: offered,
      topics: topics.map(([id, { title, describe }]) => ({
        ...{ id, title: inLanguage(title, language) },
        describe: describe === undefined ? null : inLanguage(describe, language),
      })),
      languages: project.languages,
    },
  };
}

/** The message's own, and others by which the contact can be reached. */
function channelsOf({ contact, channel, consents }: Listener): readonly string[] {
  const spoken_of = Object.keys(consents).map((key) => partsOfKey(key).channel);
  const reached = [...new Set(spoken_of)].filter((one) => addressOf(contact, one) !== undefined);
  return [channel, ...reached.filter((one) => one !== channel)];
}

function wantsAny(consents: Consents, channel: string): boolean {
  return Object.keys(consents).some((key) => {
    const part = partsOfKey(key);
    return part.channel === channel && consentTo(consents, channel, part.topic)?.granted === true;
  });
}

function inLanguage(text: string | Readonly<Partial<Record<string, string>>>, language: string): string {
  return typeof text === 'string' ? text : (text[language] ?? Object.values(text)[0] ?? '');
}

function statementsOf(
  listener: Listener,
  before: PreferencesNow,
  chosen: Preferences,
  at: Instant,
  proof: JsonObject,
): readonly Statement[] {
  const fields = fieldsOf(before, chosen, at);
  const said = before.offers.channels.flatMap((channel) =>
    channelStatements(listener, before, chosen, channel),
  );
  return [
    ...said.map(({ name, properties }) => track(name, { ...properties, ...proof })),
    ...(Object.keys(fields).length === 0
      ? []
      : [{ type: 'identify', name: 'identified', properties: fields } as const]),
  ];
}

/** Whoever chooses topics says yes to these and no to the others; the word on the whole channel stays as it was. */
function channelStatements(
  { channel: own, consents }: Listener,
  { offers }: PreferencesNow,
  chosen: Preferences,
  channel: string,
): readonly Statement[] {
  const is_wanted = chosen.channels.includes(channel);
  if (!is_wanted) return wantsAny(consents, channel) ? [track('consent_withdrawn', { channel })] : [];
  // The link came to this very address: a yes behind it needs no other confirmation.
  const yes = channel === own ? 'consent_confirmed' : 'consent_given';
  const holds = (topic: string | null): boolean => consentTo(consents, channel, topic)?.granted === true;
  if (offers.topics.length === 0) return holds(null) ? [] : [track(yes, { channel })];
  return offers.topics.flatMap(({ id: topic }) => {
    const is_chosen = chosen.topics.includes(topic);
    if (is_chosen === holds(topic)) return [];
    return [track(is_chosen ? yes : 'consent_withdrawn', { channel, topic })];
  });
}

function fieldsOf(before: PreferencesNow, chosen: Preferences, at: Instant): JsonObject {
  return {
    ...(chosen.language === before.language ? {} : { language: chosen.language }),
    ...(chosen.frequency === before.frequency
      ? {}
      : { [FREQUENCY]: chosen.frequency === 'fewer' ? FEWER : 'all' }),
    ...(chosen.pause === before.pause
      ? {}
      : { [PAUSED_UNTIL]: chosen.pause ? new Date(after(at, MONTH, 'UTC')).toISOString() : null }),
  };
}

const MONTH = { amount: 1, unit: 'month' } as const;

interface Part extends JsonObject {
  readonly channel: string;
  readonly topic?: string;
}

function unconfirmed({ channel, consents }: Listener): readonly Part[] {
  return Object.entries(consents).flatMap(([key, consent]): Part[] => {
    const part = partsOfKey(key);
    if (part.channel !== channel || !consent.granted || isConfirmed(consent)) return [];
    return [part.topic === null ? { channel } : { channel, topic: part.topic }];
  });
}
