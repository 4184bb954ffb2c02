/** Asks of one field of the contact, or of what Etapa works out from the cart, the orders and the consents. */
import { z } from 'zod';
import { cartView } from '../../contacts/cart.ts';
import { consentKey } from '../../contacts/consent.ts';
import type { Contact, Profile } from '../../contacts/contact.ts';
import { ordersView } from '../../contacts/orders.ts';
import type { Instant } from '../../events/event.ts';
import { at, own, type Json, type JsonObject } from '../../json.ts';
import { reason, type Reason } from '../../reason.ts';
import { durationSchema, durationWords, exactMilliseconds, type Duration } from '../../time/duration.ts';
import { instantOf, readMoment } from '../../time/moment.ts';
import { localDate } from '../../time/zone.ts';
import { always, LOOKS, type Answer, type Facts, type Question } from '../answer.ts';
import { operatorShape, operatorWords, show, testOf, type Operators } from '../operators.ts';

export const fieldConditionSchema = z
  .strictObject({
    field: z.string(),
    ...operatorShape,
    /** It lies so far back or less. A week is 7 times 24 hours, a month 30 days. */
    within: durationSchema.optional(),
    /** It lies farther back, or has yet to come. */
    not_within: durationSchema.optional(),
    /** It has yet to come, and that so soon or sooner. */
    within_next: durationSchema.optional(),
  })
  .refine((condition) => Object.values(condition).filter((value) => value !== undefined).length > 1, {
    message: 'say what the field must be, for example "is: …", "at_least: …" or "exists: true"',
    // A misspelt operator is told as such, and not again as a missing one.
    when: ({ issues }) => issues.length === 0,
  });

export type FieldCondition = z.infer<typeof fieldConditionSchema>;

/** From the cart and the orders of a profile; undefined where there is nothing to tell. */
const worked_out = {
  'cart.items': ({ cart }) => cartView(cart).items.length,
  'cart.count': ({ cart }) => cartView(cart).count,
  'cart.value': ({ cart }) => cartView(cart).value,
  'cart.currency': ({ cart }) => cartView(cart).currency,
  'cart.url': ({ cart }) => cartView(cart).url,
  'cart.updated': ({ cart }) => cartView(cart).updated_at,
  'orders.count': ({ orders }) => ordersView(orders).count,
  'orders.value': ({ orders }) => ordersView(orders).value,
  'orders.first': ({ orders }) => ordersView(orders).first,
  'orders.last': ({ orders }) => ordersView(orders).last,
} as const satisfies Readonly<Record<string, (profile: Profile) => Json | undefined>>;

type WorkedOut = keyof typeof worked_out;

/** Those that hold a moment, as milliseconds. */
const MOMENTS: ReadonlySet<string> = new Set<WorkedOut>(['cart.updated', 'orders.first', 'orders.last']);

const CONSENT = 'consent.';

/** Fields that Etapa works out by itself; all others are the contact's own. */
export const DERIVED_FIELDS: readonly string[] = [...Object.keys(worked_out), `${CONSENT}email`];

/** Undefined where it is not known. Paths lead into nested values: `address.city`. */
export function fieldValue({ profile }: Contact, path: string): Json | undefined {
  return fieldReader(path)(profile);
}

type Reader = (profile: Profile) => Json | undefined;

/** `fieldValue` of one path, made ready to be asked many times. */
export function fieldReader(path: string): Reader {
  if (Object.hasOwn(worked_out, path)) return worked_out[path as WorkedOut];
  if (path.startsWith(CONSENT)) {
    const [channel = '', topic = null] = path.slice(CONSENT.length).split('.');
    const key = consentKey(channel, topic);
    return ({ consent }) => own(consent, key)?.granted;
  }
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return ({ fields }) => own(fields, name)?.value;
  const inside = rest.join('.');
  return ({ fields }) => at(own(fields, name)?.value, inside);
}

/** What `fieldValue` looks at, of `LOOKS`. */
export function looksAtField(path: string): number {
  if (Object.hasOwn(worked_out, path)) return path.startsWith('cart.') ? LOOKS.cart : LOOKS.orders;
  return path.startsWith(CONSENT) ? LOOKS.consent : LOOKS.fields;
}

/** All that is worked out from the cart and the orders, by the names that conditions use: `{ "cart.value": 89 }`. */
export function derivedValues(profile: Profile): JsonObject {
  const all = Object.entries(worked_out).map(([name, valueOf]) => [name, valueOf(profile)] as const);
  return Object.fromEntries(
    all.filter((entry): entry is [WorkedOut, string | number] => entry[1] !== undefined),
  );
}

export function fieldQuestion(condition: FieldCondition): Question {
  const { field } = condition;
  const operators = operatorsOf(condition);
  const valueOf = fieldReader(field);
  const test = testOf(operators);
  const windows = windowsOf(condition);
  const words = wordsOf(condition, operators);
  const holdsMoment = windows !== undefined || MOMENTS.has(field);
  return {
    answer({ contact, zone, now }) {
      const value = valueOf(contact.profile);
      if (!test(value, zone)) return always(false);
      return windows ? inWindows(value, windows, zone, now) : always(true);
    },
    because: (facts) => explain(field, holdsMoment, words, facts),
    memory: [],
    looks_at: looksAtField(field),
  };
}

function operatorsOf(condition: FieldCondition): Operators {
  const written = Object.entries(condition).filter(([name]) => Object.hasOwn(operatorShape, name));
  return Object.fromEntries(written) as Operators;
}

/** In milliseconds; null where it is not asked. */
interface Windows {
  readonly within: number | null;
  readonly not_within: number | null;
  readonly within_next: number | null;
}

function windowsOf({ within, not_within, within_next }: FieldCondition): Windows | undefined {
  if (!within && !not_within && !within_next) return undefined;
  const width = (duration: Duration | undefined) => (duration ? exactMilliseconds(duration) : null);
  return { within: width(within), not_within: width(not_within), within_next: width(within_next) };
}

/** As time goes on, the answer can change only when the moment comes, or comes into a window or out of it. */
function inWindows(value: Json | undefined, windows: Windows, zone: string, now: Instant): Answer {
  const moment = readMoment(value);
  if (!moment) return always(false);
  const time = instantOf(moment, zone);
  const holds = liesIn(windows, time, now);
  const until = Math.min(
    changeAt(time, time, windows, now, holds),
    changeAt(time + (windows.within ?? 0), time, windows, now, holds),
    changeAt(time + (windows.not_within ?? 0), time, windows, now, holds),
    changeAt(time - (windows.within_next ?? 0), time, windows, now, holds),
  );
  return until === Infinity ? always(holds) : { holds, until };
}

/** The edge, where the answer is another from there on. */
function changeAt(edge: Instant, time: Instant, windows: Windows, now: Instant, holds: boolean): Instant {
  return edge > now && liesIn(windows, time, edge) !== holds ? edge : Infinity;
}

function liesIn({ within, not_within, within_next }: Windows, time: Instant, now: Instant): boolean {
  if (within !== null && !(time <= now && now < time + within)) return false;
  if (not_within !== null && time <= now && now < time + not_within) return false;
  return within_next === null || (time - within_next <= now && now < time);
}

function wordsOf({ within, not_within, within_next }: FieldCondition, operators: Operators): Reason {
  const en = operatorWords(operators).map((words) => words.en);
  const es = operatorWords(operators).map((words) => words.es);
  if (within) {
    en.push(`within ${durationWords(within, 'en')}`);
    es.push(`hace menos de ${durationWords(within, 'es')}`);
  }
  if (not_within) {
    en.push(`not within ${durationWords(not_within, 'en')}`);
    es.push(`no hace menos de ${durationWords(not_within, 'es')}`);
  }
  if (within_next) {
    en.push(`within the next ${durationWords(within_next, 'en')}`);
    es.push(`dentro de ${durationWords(within_next, 'es')} o antes`);
  }
  return reason(en.join(', '), es.join(', '));
}

function explain(field: string, holdsMoment: boolean, asked: Reason, { contact, zone }: Facts): Reason {
  const value = fieldValue(contact, field);
  if (value === undefined || value === null)
    return reason(
      `${field} is not known (asked: ${asked.en})`,
      `${field} no se conoce (se pide: ${asked.es})`,
    );
  const isMoment = holdsMoment && typeof value === 'number' && readMoment(value) !== undefined;
  const shown = isMoment ? localDate(value, zone) : show(value);
  return reason(`${field} is ${shown} (asked: ${asked.en})`, `${field} es ${shown} (se pide: ${asked.es})`);
}
