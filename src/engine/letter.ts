import { cartView } from '../core/contacts/cart.ts';
import type { Contact } from '../core/contacts/contact.ts';
import { ordersView } from '../core/contacts/orders.ts';
import { languageOf, zoneOf } from '../core/contacts/locale.ts';
import type { Instant } from '../core/events/event.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { soleAddress } from '../core/messages/address-of.ts';
import { messageContext, type Reserved } from '../core/messages/context.ts';
import { BAD_ADDRESS, holdBackNow, waitForHours, type Wait } from '../core/messages/may-send.ts';
import { planOf, type TextChannel } from '../core/messages/message.ts';
import { scoresOf } from '../core/messages/survey.ts';
import { heldByNotice } from '../core/notices/meanwhile.ts';
import { notesShownAt, noticeWords } from '../core/notices/words.ts';
import { chooseTone, wordsFor, type Tone } from '../core/messages/tone.ts';
import { reason, type Reason } from '../core/reason.ts';
import type { MessageTemplate } from '../project/messages.ts';
import type { CompiledEmail, LiveProject } from './live-project.ts';
import type { ClaimedCall, ClaimedMessage, Parcel, RenderJob, Rendered } from './ports.ts';

/** A claimed message as it stands at the moment of sending: to whom, in which tone and words; or why not at all, or not yet. */
export type Letter =
  | { readonly held_back: Reason }
  | { readonly wait: Wait }
  | { readonly to: string; readonly tone: Tone; readonly language: string; readonly job: RenderJob };

/**
 * Asks everything once more with what is known now: consent and suppression as read in the claim, the address, the
 * mood and tone. What was true when the message was owed may no longer be.
 */
export function writeLetter(
  message: ClaimedMessage,
  live: LiveProject,
  now: Instant,
  links: LetterLinks,
): Letter {
  const { contact, channel } = message;
  const to = soleAddress(contact, channel);
  if (to === undefined) return { held_back: BAD_ADDRESS };
  const voice = voiceOf(contact, channel, live, now);
  const held_back = guard(message, live, voice, now) ?? heldByNotice(live.project.notices, message, now);
  if (held_back) return { held_back };
  const wait = waitForHours(contact, message.purpose, live.project, now);
  if (wait) return wait.until === Infinity ? { held_back: wait.because } : { wait };
  const job = jobOf(message, live, now, voice, links);
  if (!job) return { held_back: NO_WORDS };
  return { to, tone: voice.tone, language: voice.language, job };
}

/** How a contact is spoken to at one moment. */
export interface Voice {
  readonly tone: Tone;
  readonly mood: string;
  readonly language: string;
  readonly zone: string;
}

export function voiceOf(contact: Contact, channel: string, live: LiveProject, now: Instant): Voice {
  const { project } = live;
  const zone = zoneOf(contact, project);
  const mood = project.moods.of({ contact, now, zone });
  const tone = chooseTone(project.tone, channel, contact, mood);
  return { tone, mood: mood.mood, language: languageOf(contact, project), zone };
}

/** The links of one message to one contact. */
export interface LetterLinks extends PageLinks {
  readonly survey_url: string | undefined;
}

/** Those that lead to pages about what is wanted; only promotions lead out. */
interface PageLinks {
  readonly unsubscribe_url: string | undefined;
  readonly preferences_url: string;
  readonly confirm_url: string;
}

/** What the renderer needs to make the words; undefined where the deployed project has none for it. */
export function jobOf(
  message: Pick<ClaimedMessage, 'message' | 'channel' | 'contact' | 'event'>,
  live: LiveProject,
  now: Instant,
  { tone, language, zone }: Voice,
  { survey_url, ...pages }: LetterLinks,
): RenderJob | undefined {
  const templates = templatesFor(live, message, language, tone.tone);
  if (!templates) return undefined;
  const survey = live.templates[message.message]?.survey ?? null;
  const setting = {
    ...{ tone, language, now, zone, pages },
    ...(survey === null || survey_url === undefined ? {} : { survey: surveyLinks(survey, survey_url) }),
  };
  return { ...templates, context: contextOf(message, live, setting) };
}

type SurveyLinks = Pick<Reserved, 'survey_url' | 'survey_links'>;

function surveyLinks(survey: string, survey_url: string): SurveyLinks {
  const survey_links = scoresOf(survey).map((score) => ({ score, url: `${survey_url}?score=${score}` }));
  return { survey_url, survey_links };
}

/** What the words of a call may speak of: the same as those of a message, in the shop's own first language. */
export function callContext(call: ClaimedCall, live: LiveProject, now: Instant): JsonObject {
  const { project } = live;
  const facts = { contact: call.contact, now, zone: zoneOf(call.contact, project) };
  const tone = chooseTone(project.tone, 'email', call.contact, project.moods.of(facts));
  const language = project.languages[0] ?? 'en';
  return contextOf(call, live, { tone, language, now, zone: facts.zone });
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
    about: { message: message.message, tone: letter.tone.tone },
    headers: {
      'X-Etapa-Workflow': message.workflow,
      'X-Etapa-Template': message.message,
      'X-Etapa-Tone': letter.tone.tone,
      'X-Etapa-Stage': message.contact.stage,
    },
    unsubscribe_url,
  };
}

/** The claim has read what the contact said last, and whether the address is suppressed. */
function guard(message: ClaimedMessage, live: LiveProject, voice: Voice, now: Instant): Reason | null {
  const { suppressed, contact, purpose, channel, consents } = message;
  if (suppressed !== null) {
    return reason(`the address is suppressed: ${suppressed}`, `la dirección está excluida: ${suppressed}`);
  }
  const plan = planOf(live.project.messages, message.message);
  const { tone, mood, zone } = voice;
  const sending = { purpose, plan, channel, tone, mood, now, zone, consents };
  return holdBackNow(contact, sending, live.project);
}

const NO_WORDS = reason(
  'the message has no words in the deployed project',
  'el mensaje no tiene textos en el proyecto publicado',
);

/** Words in the contact's language, else in the project's first; subject and greeting in the tone, or what it falls back to. */
function templatesFor(
  live: LiveProject,
  { message, channel }: Pick<ClaimedMessage, 'message' | 'channel'>,
  language: string,
  tone: string,
): Omit<RenderJob, 'context'> | undefined {
  const template = live.templates[message];
  const own = template && wordsOf(live, template, channel, language);
  if (!template || !own) return undefined;
  const style = live.project.tone;
  const pick = (texts: readonly (readonly [string, Readonly<Record<string, string>>])[]): string => {
    const written = texts.filter(([, words]) => words[language] !== undefined);
    return wordsFor(Object.fromEntries(written), tone, style)?.[language] ?? '';
  };
  const styles = Object.values(style.styles);
  return {
    key: `${live.hash}/${own.hash}/${channel}/${message}/${language}/${tone}`,
    templates: {
      subject: channel === 'email' ? pick(Object.entries(template.subject)) : '',
      html: own.html,
      text: own.text,
      preheader: template.preheader[language] ?? '',
      greeting: pick(styles.map(({ id, greeting }) => [id, greeting])),
      sign_off: pick(styles.map(({ id, sign_off }) => [id, sign_off])),
    },
  };
}

/** Only a webhook may do without words: what it tells is that the message is due. */
function wordsOf(
  { emails }: LiveProject,
  { id, texts }: MessageTemplate,
  channel: string,
  language: string,
): CompiledEmail | undefined {
  if (channel === 'email') return emails.get(`${id}.${language}`);
  const text = texts[channel as TextChannel]?.[language]?.text ?? (channel === 'webhook' ? '' : undefined);
  return text === undefined ? undefined : { hash: 'text', html: '', text };
}

interface Setting {
  readonly tone: Tone;
  readonly language: string;
  readonly now: Instant;
  readonly zone: string;
  readonly pages?: PageLinks;
  readonly survey?: SurveyLinks;
}

/** What the words may speak of. */
function contextOf(
  { contact, event }: Pick<ClaimedMessage, 'contact' | 'event'>,
  live: LiveProject,
  setting: Setting,
): JsonObject {
  const { profile } = contact;
  const cart = cartView(profile.cart);
  const orders = ordersView(profile.orders);
  const { settings } = live;
  return messageContext(fieldValues(contact), {
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
    ...pageLinks(setting.pages),
    ...setting.survey,
    ...noticesFor(live, event, setting),
  });
}

function pageLinks(pages: PageLinks | undefined): Partial<Reserved> {
  if (!pages) return {};
  const { unsubscribe_url, ...others } = pages;
  return unsubscribe_url === undefined ? others : { ...others, unsubscribe_url };
}

/** What is shown in the foot of every message, and the notice that this one tells. */
function noticesFor(
  { project }: LiveProject,
  event: JsonObject,
  { language, now }: Setting,
): Pick<Reserved, 'notices'> & Partial<Pick<Reserved, 'notice'>> {
  const notice = noticeWords(project.notices, event, language, now);
  const notices = notesShownAt(project, now, 'email_footer', language);
  return { notices, ...(notice ? { notice } : {}) };
}

export function fieldValues({ profile }: Contact): JsonObject {
  return Object.fromEntries(Object.entries(profile.fields).map(([name, { value }]) => [name, value]));
}

function plain(view: object): JsonObject {
  return Object.fromEntries<Json>(Object.entries(view).filter(([, value]) => value !== undefined));
}
