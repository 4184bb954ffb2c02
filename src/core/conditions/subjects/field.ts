import { z } from 'zod';
import { cartView } from '../../contacts/cart.ts';
import type { Contact } from '../../contacts/contact.ts';
import { ordersView } from '../../contacts/orders.ts';
import type { Instant } from '../../events/event.ts';
import { at, own, type Json } from '../../json.ts';
import { reason, type Reason } from '../../reason.ts';
import { dayOf } from '../../time/date.ts';
import { durationSchema, durationWords, exactMilliseconds } from '../../time/duration.ts';
import { instantAt } from '../../time/zone.ts';
import { always, type Answer, type Facts, type Question } from '../answer.ts';
import { compare, operatorShape, type Operators } from '../operators.ts';

export const fieldConditionSchema = z
  .strictObject({
    field: z.string(),
    ...operatorShape,
    within: durationSchema.optional(),
    not_within: durationSchema.optional(),
  })
  .refine((condition) => Object.values(condition).filter((value) => value !== undefined).length > 1, {
    message: 'say what the field must be, for example "is: …", "at_least: …" or "exists: true"',
    // A misspelt operator is told as such, and not again as a missing one.
    when: ({ issues }) => issues.length === 0,
  });

export type FieldCondition = z.infer<typeof fieldConditionSchema>;

/** Fields that Etapa works out by itself; all others are the contact's own. */
export const DERIVED_FIELDS = [
  'cart.items',
  'cart.count',
  'cart.value',
  'cart.currency',
  'cart.url',
  'cart.updated',
  'orders.count',
  'orders.value',
  'orders.first',
  'orders.last',
] as const;

export function fieldQuestion(condition: FieldCondition): Question {
  const { field, within, not_within } = condition;
  const operators = operatorsOf(condition);
  const window = within ?? not_within;
  const width = window ? exactMilliseconds(window) : 0;
  const answer = (facts: Facts): Answer => {
    const value = fieldValue(facts.contact, field);
    if (!compare(value, operators)) return always(false);
    return window
      ? recency(instantOf(value, facts.zone), width, within !== undefined, facts.now)
      : always(true);
  };
  return { answer, because: (facts) => explain(condition, operators, facts.contact), memory: [] };
}

function operatorsOf(condition: FieldCondition): Operators {
  const written = Object.entries(condition).filter(([name]) => Object.hasOwn(operatorShape, name));
  return Object.fromEntries(written) as Operators;
}

function fieldValue(contact: Contact, path: string): Json | undefined {
  if (isDerived(path)) return derived[path](contact);
  const [name = '', ...rest] = path.split('.');
  const value = own(contact.profile.fields, name)?.value;
  return rest.length === 0 ? value : at(value, rest.join('.'));
}

function isDerived(path: string): path is keyof Derived {
  return Object.hasOwn(derived, path);
}

type Derived = Readonly<Record<(typeof DERIVED_FIELDS)[number], (contact: Contact) => Json | undefined>>;

const derived: Derived = {
  'cart.items': ({ profile }) => cartView(profile.cart).items.length,
  'cart.count': ({ profile }) => cartView(profile.cart).count,
  'cart.value': ({ profile }) => cartView(profile.cart).value,
  'cart.currency': ({ profile }) => cartView(profile.cart).currency,
  'cart.url': ({ profile }) => cartView(profile.cart).url,
  'cart.updated': ({ profile }) => cartView(profile.cart).updated_at,
  'orders.count': ({ profile }) => ordersView(profile.orders).count,
  'orders.value': ({ profile }) => ordersView(profile.orders).value,
  'orders.first': ({ profile }) => ordersView(profile.orders).first,
  'orders.last': ({ profile }) => ordersView(profile.orders).last,
};

/** Whether a date lies within the window before now. A field that holds no date answers no to both questions. */
function recency(time: Instant | undefined, width: number, wantWithin: boolean, now: Instant): Answer {
  if (time === undefined) return always(false);
  if (time > now) return { holds: !wantWithin, until: time };
  const leaves = time + width;
  return leaves > now ? { holds: wantWithin, until: leaves } : always(!wantWithin);
}

/** Dates and times without an offset are those of the contact's own clock. */
function instantOf(value: Json | undefined, zone: string): Instant | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || dayOf(value.slice(0, 10)) === undefined) return undefined;
  const isDate = value.length === 10;
  const isZoned = !isDate && /(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const time = Date.parse(isDate || isZoned ? value : `${value}Z`);
  if (Number.isNaN(time)) return undefined;
  return isZoned ? time : instantAt(time, zone);
}

function explain(condition: FieldCondition, operators: Operators, contact: Contact): Reason {
  const { field, within, not_within } = condition;
  const value = fieldValue(contact, field);
  const isDate = within !== undefined || not_within !== undefined || /\.(first|last|updated)$/.test(field);
  const shown =
    isDate && typeof value === 'number' ? new Date(value).toISOString().slice(0, 10) : show(value);
  const wanted = [
    ...Object.entries(operators).flatMap(([name, want]) =>
      want === undefined ? [] : [`${name.replaceAll('_', ' ')} ${show(want as Json)}`],
    ),
    ...(within ? [`within ${durationWords(within, 'en')}`] : []),
    ...(not_within ? [`not within ${durationWords(not_within, 'en')}`] : []),
  ].join(', ');
  return reason(
    `${field} is ${shown ?? 'not known'} (asked: ${wanted})`,
    `${field} es ${shown ?? 'desconocido'} (se pide: ${wanted})`,
  );
}

function show(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
