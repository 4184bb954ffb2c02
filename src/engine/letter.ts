import { cartView } from '../core/contacts/cart.ts';
import { ordersView } from '../core/contacts/orders.ts';
import { languageOf, zoneOf } from '../core/decide.ts';
import type { Instant } from '../core/events/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { address as checkedAddress } from '../core/messages/address.ts';
import { messageContext } from '../core/messages/context.ts';
import { addressOf } from '../core/messages/may-send.ts';
import { chooseTone, wordsFor, type Tone } from '../core/messages/tone.ts';
import { reason, type Reason } from '../core/reason.ts';
import type { LiveProject } from './live-project.ts';
import type { ClaimedMessage, Parcel, RenderJob, Rendered } from './ports.ts';

/** A claimed message as it stands at the moment of sending: to whom, in which tone and words; or why not at all. */
export type Letter =
  | { readonly held_back: Reason }
  | { readonly to: string; readonly tone: Tone; readonly language: string; readonly job: RenderJob };

/**
 * Asks everything once more with what is known now: consent and suppression as read in the claim, the address, the
 * mood and tone. What was true when the message was owed may no longer be.
 */
export function writeLetter(
  message: ClaimedMessage,
  live: LiveProject,
  now: Instant,
  unsubscribe_url: string | undefined,
): Letter {
  const { contact, channel } = message;
  const to = checkedAddress(addressOf(contact, channel) ?? '');
  if (to === undefined) return { held_back: BAD_ADDRESS };
  const facts = { contact, now, zone: zoneOf(contact, live.project) };
  const mood = live.project.moods.of(facts);
  const tone = chooseTone(live.project.tone, channel, contact, mood);
  const held_back = guard(message, tone, mood.mood);
  if (held_back) return { held_back };
  const language = languageOf(contact, live.project);
  const templates = templatesFor(live, message.message, language, tone.tone);
  if (!templates) return { held_back: NO_WORDS };
  const context = contextOf(message, live, { tone, language, now, zone: facts.zone, unsubscribe_url });
  return { to, tone, language, job: { ...templates, context } };
}

export function parcelOf(
  message: ClaimedMessage,
  letter: Extract<Letter, { to: string }>,
  rendered: Extract<Rendered, { ok: true }>,
  live: LiveProject,
  now: Instant,
  unsubscribe_url: string | undefined,
): Parcel {
  const { settings } = live;
  return {
    id: message.id,
    to: letter.to,
    from: settings.from,
    reply_to: settings.reply_to,
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    date: now,
    language: letter.language,
    headers: {
      'X-Etapa-Workflow': message.workflow,
      'X-Etapa-Template': message.message,
      'X-Etapa-Tone': letter.tone.tone,
      'X-Etapa-Stage': message.contact.stage,
    },
    unsubscribe_url,
  };
}

function guard(message: ClaimedMessage, tone: Tone, mood: string): Reason | null {
  if (message.suppressed !== null) {
    return reason(
      `the address is suppressed: ${message.suppressed}`,
      `la dirección está excluida: ${message.suppressed}`,
    );
  }
  if (message.purpose === 'service') return null;
  if (message.consent_granted !== true) return NO_CONSENT;
  if (!tone.hold_back.includes('promotions')) return null;
  return reason(
    `promotions are held back while mood is ${mood}`,
    `no se envían promociones mientras el ánimo es ${mood}`,
  );
}

const BAD_ADDRESS = reason(
  'there is no address that one recipient alone can have',
  'no hay una dirección válida de una sola persona',
);
const NO_CONSENT = reason(
  'no consent to promotions at the moment of sending',
  'sin permiso para promociones en el momento de enviar',
);
const NO_WORDS = reason(
  'the message has no words in the deployed project',
  'el mensaje no tiene textos en el proyecto publicado',
);

/** Words in the contact's language, else in the project's first; subject and greeting in the tone, or what it falls back to. */
function templatesFor(
  live: LiveProject,
  message: string,
  language: string,
  tone: string,
): Omit<RenderJob, 'context'> | undefined {
  const template = live.templates[message];
  const email = live.emails.get(`${message}.${language}`);
  if (!template || !email) return undefined;
  const style = live.project.tone;
  const pick = (texts: Readonly<Record<string, Readonly<Record<string, string>>>>): string =>
    wordsFor(texts, tone, style)?.[language] ?? '';
  const greetings = Object.fromEntries(Object.values(style.styles).map((one) => [one.id, one.greeting]));
  const sign_offs = Object.fromEntries(Object.values(style.styles).map((one) => [one.id, one.sign_off]));
  return {
    key: `${live.hash}/${email.hash}/${message}/${language}/${tone}`,
    templates: {
      subject: pick(template.subject),
      html: email.html,
      text: email.text,
      preheader: template.preheader[language] ?? '',
      greeting: pick(greetings),
      sign_off: pick(sign_offs),
    },
  };
}

interface Setting {
  readonly tone: Tone;
  readonly language: string;
  readonly now: Instant;
  readonly zone: string;
  readonly unsubscribe_url: string | undefined;
}

/** What the words may speak of. */
function contextOf({ contact, event }: ClaimedMessage, live: LiveProject, setting: Setting): JsonObject {
  const { profile } = contact;
  const cart = cartView(profile.cart);
  const orders = ordersView(profile.orders);
  const { settings } = live;
  const fields = Object.fromEntries(Object.entries(profile.fields).map(([name, { value }]) => [name, value]));
  return messageContext(fields, {
    cart: plain(cart),
    orders: plain(orders),
    event,
    sender: { name: settings.from.name, email: settings.from.email, postal_address: settings.postal_address },
    tone: setting.tone.tone,
    formality: setting.tone.formality[setting.language] ?? 'casual',
    language: setting.language as 'en' | 'es',
    time_zone: setting.zone,
    currency: cart.currency ?? settings.currency,
    now: setting.now,
    ...(setting.unsubscribe_url === undefined ? {} : { unsubscribe_url: setting.unsubscribe_url }),
  });
}

function plain(view: object): JsonObject {
  return Object.fromEntries<Json>(Object.entries(view).filter(([, value]) => value !== undefined));
}
