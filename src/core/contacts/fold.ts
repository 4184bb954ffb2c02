import type { Event, Instant } from '../events/event.ts';
import { COMMERCE_RANK } from '../events/commerce.ts';
import { canonicalText, own, type Json, type JsonObject } from '../json.ts';
import { foldCart } from './cart.ts';
import type { Consent, FieldValue, Profile } from './contact.ts';
import { remember, type MemoryPlan } from './memory.ts';
import { foldOrder, lastOrderedAt } from './orders.ts';

/**
 * Adds one event to what we know. The result does not depend on the order in which events arrive:
 * fields carry their time, memories are sets of times, the cart is folded from its changes since the last order.
 */
export function fold(profile: Profile, event: Event, plan: MemoryPlan): Profile {
  const orders = foldOrder(profile.orders, event);
  return {
    fields:
      event.type === 'identify'
        ? setFields(profile.fields, event.properties, event.occurred_at)
        : profile.fields,
    memory: remember(profile.memory, event, plan),
    cart: foldCart(profile.cart, event, lastOrderedAt(orders)),
    orders,
    consent: foldConsent(profile.consent, event),
  };
}

/** Happenings of one moment are folded in this order: who it is, what was looked at, what was put in the cart, what was bought. */
export function byOccurrence(a: Event, b: Event): number {
  if (a.occurred_at !== b.occurred_at) return a.occurred_at - b.occurred_at;
  const rank = commerceRank(a) - commerceRank(b);
  if (rank !== 0) return rank;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

type Fields = Readonly<Record<string, FieldValue>>;

/** For each field the value of the latest moment stays; two of one moment are settled by the greater text. */
function setFields(fields: Fields, values: JsonObject, at: Instant): Fields {
  let next = fields;
  for (const [name, value] of Object.entries(values)) {
    if (name === 'context' || name === 'consent') continue;
    if (isNewer({ value, at }, own(fields, name))) next = { ...next, [name]: { value, at } };
  }
  return next;
}

/** What a step sets holds at once, also over what was told at the same moment. */
export function overwriteFields(fields: Fields, values: JsonObject, at: Instant): Fields {
  const written = Object.entries(values).map(([name, value]): [string, FieldValue] => [name, { value, at }]);
  return { ...fields, ...Object.fromEntries(written) };
}

export function mergeFields(a: Fields, b: Fields): Fields {
  const merged: Record<string, FieldValue> = { ...a };
  for (const [name, field] of Object.entries(b)) if (isNewer(field, own(merged, name))) merged[name] = field;
  return merged;
}

type Consents = Readonly<Record<string, Consent>>;

/** The strictest: whoever of the two has said no, has said no for both. */
export function mergeConsent(a: Consents, b: Consents): Consents {
  const merged: Record<string, Consent> = { ...a };
  for (const [channel, theirs] of Object.entries(b)) {
    const mine = own(merged, channel);
    if (!mine || (mine.granted && !theirs.granted)) merged[channel] = theirs;
    else if (mine.granted === theirs.granted && theirs.at > mine.at) merged[channel] = theirs;
  }
  return merged;
}

function isNewer(field: FieldValue, known: FieldValue | undefined): boolean {
  if (!known || field.at > known.at) return true;
  return field.at === known.at && canonicalText(field.value) > canonicalText(known.value);
}

function commerceRank(event: Event): number {
  return event.type === 'identify' ? -1 : (COMMERCE_RANK[event.name] ?? 0);
}

/**
 * `identify` with `consent: [email]` grants and with a list that lacks a channel says nothing about it;
 * `consent_given` grants; `consent_withdrawn` and `unsubscribed` take back (the channel `email` unless they name
 * another, legibly).
 */
function foldConsent(consent: Consents, event: Event): Consents {
  if (event.type === 'identify') {
    return channelsOf(event.properties.consent).reduce(
      (all, channel) => say(all, channel, true, event.occurred_at),
      consent,
    );
  }
  const granted = own(SAYS, event.name);
  if (granted === undefined) return consent;
  const named = channelsOf(event.properties.channel ?? 'email');
  const channels = named.length === 0 && !granted ? ['email'] : named;
  return channels.reduce((all, channel) => say(all, channel, granted, event.occurred_at), consent);
}

const SAYS: Readonly<Record<string, boolean>> = {
  consent_given: true,
  consent_withdrawn: false,
  unsubscribed: false,
};

/** At one and the same moment "no" wins over "yes". */
function say(consent: Consents, channel: string, granted: boolean, at: Instant): Consents {
  const known = own(consent, channel);
  if (known && (known.at > at || (known.at === at && !known.granted))) return consent;
  return { ...consent, [channel]: { granted, at } };
}

function channelsOf(value: Json | undefined): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const names = list.flatMap((entry) => (typeof entry === 'string' ? [entry.trim().toLowerCase()] : []));
  return names.filter((name) => /^[a-z_]{1,32}$/.test(name));
}
