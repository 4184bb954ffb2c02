/**
 * Somebody who does not exist, to look at words with: every field that data.yaml names has a plausible value, the cart
 * holds two products, and one order was made before. Made of events, as anybody else.
 */
import { newContact, type Contact } from '../core/contacts/contact.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import { fold } from '../core/contacts/fold.ts';
import type { Event, EventType, Instant } from '../core/events/event.ts';
import { own, type Json, type JsonObject } from '../core/json.ts';
import { sampleOfNotice } from '../core/notices/words.ts';
import { CHANNELS } from '../core/messages/message.ts';
import { stageOf } from '../core/stages/stages.ts';
import { DAY, HOUR, MINUTE } from '../core/time/date.ts';
import { localDate } from '../core/time/zone.ts';
import type { LoadedProject } from '../project/load.ts';
import { stepsThatSend } from './senders.ts';

/** `language`: which one the sample speaks; absent: the project's first. */
export function sampleContact(loaded: LoadedProject, now: Instant, language?: string): Contact {
  const { project } = loaded;
  const contact = newContact('sample', project.stages.start, now - 30 * DAY);
  const events = eventsOf(loaded, now, language ?? project.languages[0] ?? 'en');
  const profile = events.reduce((known, event) => fold(known, event, project.memory), contact.profile);
  const known = { ...contact, profile };
  const { stage } = stageOf(project.stages, { contact: known, now, zone: zoneOf(known, project) });
  return { ...known, stage };
}

/** Properties such as the event that starts the run would have; empty where no event starts one that sends this message. */
export function sampleEvent(
  loaded: LoadedProject,
  message: string,
  contact: Contact,
  now: Instant,
): JsonObject {
  const told = sampleOfNotice(loaded.project.notices, message, now);
  if (told) return told;
  const name = startOf(loaded, message);
  if (name === undefined) return {};
  const setting = settingOf(loaded, languageOf(contact, loaded.project), now);
  const known = valuesOf(propertyKinds(loaded, name), setting, thingValues(setting));
  return { ...own<JsonObject>(happenings(setting), name), ...known };
}

function startOf({ project, workflow_sources }: LoadedProject, message: string): string | undefined {
  for (const { id, source } of workflow_sources) {
    const workflow = project.workflows.get(id);
    if (!workflow || stepsThatSend(workflow, message).length === 0) continue;
    if (source.enter_when.by === 'event') return source.enter_when.event.event[0];
  }
  return undefined;
}

/** What plausible values depend on. */
interface Setting {
  readonly language: string;
  readonly zone: string;
  readonly currency: string;
  readonly now: Instant;
}

function settingOf({ settings, project }: LoadedProject, language: string, now: Instant): Setting {
  return { language, zone: project.time_zone, currency: settings.currency, now };
}

function eventsOf(loaded: LoadedProject, now: Instant, language: string): readonly Event[] {
  const setting = settingOf(loaded, language, now);
  const { product_added, order_completed } = happenings(setting);
  const [, second = {}] = productsOf(setting);
  const fields = { ...wellKnown(setting), ...valuesOf(fieldKinds(loaded), setting, personValues(setting)) };
  const event = (type: EventType, name: string, ago: number, properties: JsonObject): Event => {
    return { id: `sample-${name}-${ago}`, type, name, occurred_at: now - ago, properties };
  };
  return [
    event('identify', 'identified', 30 * DAY, { ...fields, consent: [...CHANNELS] }),
    event('track', 'order_completed', 20 * DAY, order_completed),
    event('track', 'product_added', 2 * HOUR, product_added),
    event('track', 'product_added', 2 * HOUR - MINUTE, second),
  ];
}

interface Kind {
  readonly type: string;
  readonly values?: readonly string[] | undefined;
}

type Kinds = Readonly<Record<string, Kind>>;

/** Fields that only our own workflows write hold nothing yet. */
function fieldKinds({ data }: LoadedProject): Kinds {
  const fields = Object.entries(data?.fields ?? {});
  return Object.fromEntries(fields.filter(([, { type }]) => type !== 'boolean'));
}

function wellKnown({ language, zone }: Setting): JsonObject {
  return { email: 'ana@example.com', phone: '+34 600 000 000', first_name: 'Ana', language, time_zone: zone };
}

function propertyKinds({ data }: LoadedProject, event: string): Kinds {
  const properties = Object.entries(own(data?.events ?? {}, event)?.properties ?? {});
  return Object.fromEntries(properties.map(([name, type]) => [name, { type }]));
}

function valuesOf(kinds: Kinds, setting: Setting, known: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(kinds).map(([name, { type, values }]) => {
      const value = own(known, name);
      if (value !== undefined && (values?.includes(String(value)) ?? true)) return [name, value];
      return [name, values?.[0] ?? valueOf(name, type, setting)];
    }),
  );
}

function valueOf(name: string, type: string, { now, zone }: Setting): Json {
  switch (type) {
    case 'number':
      return 3;
    case 'boolean':
      return true;
    case 'date':
      return localDate(now + 7 * DAY, zone);
    case 'list':
      return [name.replaceAll('_', ' ')];
    default:
      return /_?url$/.test(name) ? `https://example.com/${name}` : name.replaceAll('_', ' ');
  }
}

/** By the name of a field, whatever the project. */
function personValues(setting: Setting): JsonObject {
  return {
    ...wellKnown(setting),
    ...{ last_name: 'García', name: 'Ana García', country: 'ES', city: 'Madrid' },
    birthday: '1990-05-17',
  };
}

/** By the name of an event's property. */
function thingValues(setting: Setting): JsonObject {
  const [product = {}] = productsOf(setting);
  return {
    ...product,
    ...happenings(setting).order_completed,
    ...{ value: 33.9, survey: 'recommend', score: 9, comment: '', days: 3, channel: 'email', shipping: 0 },
    ...{ tax: 0, discount: 0, coupon: '', path: '/', title: 'Home' },
  };
}

/** The events that the cart and the orders are made of. */
function happenings(setting: Setting): Readonly<Record<'product_added' | 'order_completed', JsonObject>> {
  const products = productsOf(setting);
  const { currency } = setting;
  return {
    product_added: products[0] ?? {},
    order_completed: { order_id: 'A-1042', revenue: 33.9, total: 33.9, currency, products },
  };
}

function productsOf({ language, currency }: Setting): readonly JsonObject[] {
  const [mug, book] = language === 'es' ? ['Taza azul', 'Cuaderno'] : ['Blue mug', 'Notebook'];
  const common = { currency, category: 'home', brand: 'Example', variant: '' };
  return [
    {
      ...common,
      product_id: 'mug',
      sku: 'mug',
      name: mug,
      price: 12.5,
      quantity: 2,
      url: 'https://example.com/mug',
    },
    {
      ...common,
      product_id: 'book',
      sku: 'book',
      name: book,
      price: 8.9,
      quantity: 1,
      url: 'https://example.com/book',
    },
  ];
}
