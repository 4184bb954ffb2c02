import type { Event, Instant } from '../events/event.ts';
import { COMMERCE_RANK } from '../events/commerce.ts';
import { canonicalText, own, type JsonObject } from '../json.ts';
import { foldCart } from './cart.ts';
import { foldConsent } from './consent.ts';
import type { FieldValue, Profile } from './contact.ts';
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

/** What an identify says besides fields. */
const NO_FIELDS: ReadonlySet<string> = new Set(['context', 'consent', 'consent_proof']);

type Fields = Readonly<Record<string, FieldValue>>;

/** For each field the value of the latest moment stays; two of one moment are settled by the greater text. */
function setFields(fields: Fields, values: JsonObject, at: Instant): Fields {
  let next = fields;
  for (const [name, value] of Object.entries(values)) {
    if (NO_FIELDS.has(name)) continue;
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

function isNewer(field: FieldValue, known: FieldValue | undefined): boolean {
  if (!known || field.at > known.at) return true;
  return field.at === known.at && canonicalText(field.value) > canonicalText(known.value);
}

function commerceRank(event: Event): number {
  return event.type === 'identify' ? -1 : (COMMERCE_RANK[event.name] ?? 0);
}
