/**
 * A message as it would leave for a contact at a moment, without sending it: the same tone, words and reasons that the
 * sender comes to, made by the same code.
 */
import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import { addressOf } from '../core/messages/address-of.ts';
import { holdBack } from '../core/messages/may-send.ts';
import { planOf, type ChannelName, type Message } from '../core/messages/message.ts';
import type { Formality, Tone, TonePlan } from '../core/messages/tone.ts';
import { reason, type Reason } from '../core/reason.ts';
import { UserError } from '../errors.ts';
import { jobOf, voiceOf, writeLetter, type LetterLinks, type Voice } from './letter.ts';
import type { LiveProject } from './live-project.ts';
import type { ClaimedMessage, RenderJob, Renderer } from './ports.ts';

/** Which message, and the properties of the event that started its run. */
export interface Previewed {
  readonly message: string;
  readonly channel: ChannelName;
  readonly event: JsonObject;
}

/** To be looked at in another tone or language than the contact's own. */
export interface Forced {
  readonly tone?: string | undefined;
  readonly language?: string | undefined;
}

export interface Preview {
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
  /** The text before it was broken into lines: a line is a paragraph, a heading or a row. */
  readonly prose: string;
  /** As the contact's field says; null where it has none. */
  readonly to: string | null;
  readonly tone: string;
  readonly language: string;
  readonly formality: Formality;
  /** Why this tone. */
  readonly because: Reason;
  /** Why it would not be sent now; the words are made all the same. Null where it would. */
  readonly held_back: Reason | null;
}

/** @throws UserError where there is no such message, tone or language, or its words cannot be made. */
export async function renderMessage(
  live: LiveProject,
  renderer: Renderer,
  contact: Contact,
  message: Previewed,
  now: Instant,
  forced: Forced = {},
): Promise<Preview> {
  checkNames(live, message.message, forced);
  const claimed = claimedOf(live, contact, message, now);
  const own = voiceOf(contact, message.channel, live, now);
  const voice = forcedVoice(own, forced, live.project.tone);
  const job = jobOf(claimed, live, now, voice, linksOf(claimed));
  if (!job) throw unspoken(message.message, `there are no words in "${voice.language}"`);
  const { subject, html, text, preheader, prose } = await rendered(renderer, job, message.message);
  return {
    ...{ subject, preheader, html, text, prose },
    to: addressOf(contact, message.channel) ?? null,
    tone: voice.tone.tone,
    language: voice.language,
    formality: voice.tone.formality[voice.language] ?? 'casual',
    because: voice.tone.because,
    held_back: heldBack(live, claimed, own, now),
  };
}

/** The words of what was owed, for the contact as it stood then. */
export function createPreviewer(
  live: LiveProject,
  renderer: Renderer,
): (owed: Message, contact: Contact) => Promise<Preview> {
  return (owed, contact) => renderMessage(live, renderer, contact, owed, owed.owed_at);
}

function checkNames({ templates, project }: LiveProject, message: string, { tone, language }: Forced): void {
  if (!Object.hasOwn(templates, message)) throw unknown('message', message);
  if (tone !== undefined && !Object.hasOwn(project.tone.styles, tone)) throw unknown('tone', tone);
  if (language !== undefined && !project.languages.includes(language)) throw unknown('language', language);
}

function unknown(noun: string, word: string): UserError {
  return new UserError(`no_such_${noun}`, `There is no ${noun} called "${word}".`);
}

function claimedOf(
  live: LiveProject,
  contact: Contact,
  { message, channel, event }: Previewed,
  now: Instant,
): ClaimedMessage {
  return {
    id: 'preview',
    contact,
    workflow: '',
    message,
    channel,
    purpose: live.templates[message]?.purpose ?? 'promotion',
    owed_at: now,
    stage: contact.stage,
    language: '',
    event,
    attempts: 1,
    uncertain_before: false,
    consents: contact.profile.consent,
    suppressed: null,
  };
}

function forcedVoice(own: Voice, { tone, language = own.language }: Forced, plan: TonePlan): Voice {
  return { ...own, language, tone: tone === undefined ? own.tone : forcedTone(own.tone, tone, plan) };
}

function forcedTone(own: Tone, tone: string, plan: TonePlan): Tone {
  if (tone === own.tone) return own;
  const formality = { ...plan.formality, ...plan.styles[tone]?.formality };
  return { ...own, tone, formality, because: ASKED_FOR };
}

const ASKED_FOR = reason('it was asked for', 'así se pidió');

/** They lead nowhere: nobody is unsubscribed by looking. */
function linksOf({ purpose }: ClaimedMessage): LetterLinks {
  return {
    unsubscribe_url: purpose === 'promotion' ? 'https://example.com/unsubscribe' : undefined,
    preferences_url: 'https://example.com/preferences',
    confirm_url: 'https://example.com/confirm',
    survey_url: 'https://example.com/survey',
  };
}

/** What the decision to send would say, and then what the sender would. */
function heldBack(live: LiveProject, message: ClaimedMessage, voice: Voice, now: Instant): Reason | null {
  const { project } = live;
  const { contact, purpose, channel } = message;
  const plan = planOf(project.messages, message.message);
  const { tone, mood, zone } = voice;
  const sending = { purpose, plan, channel, tone, mood, now, zone };
  const by_decision = holdBack(contact, sending, project);
  if (by_decision) return by_decision;
  const letter = writeLetter(message, live, now, linksOf(message));
  if ('wait' in letter) return letter.wait.because;
  return 'held_back' in letter ? letter.held_back : null;
}

/**
 * The renderer answers with a subject, and so the line that inboxes show after it is rendered as another one. Without
 * HTML it breaks no lines.
 */
async function rendered(
  renderer: Renderer,
  job: RenderJob,
  message: string,
): Promise<Pick<Preview, 'subject' | 'html' | 'text' | 'preheader' | 'prose'>> {
  const { preheader } = job.templates;
  const templates = { ...job.templates, subject: preheader, html: '' };
  const [whole, line] = await renderer.renderBatch([
    job,
    { key: `${job.key}/preheader`, templates, context: job.context },
  ]);
  if (!whole?.ok) throw unspoken(message, whole?.reason ?? 'no answer');
  if (!line?.ok) throw unspoken(message, line?.reason ?? 'no answer');
  const { subject, html, text } = whole;
  return { subject, html, text, preheader: line.subject, prose: line.text };
}

function unspoken(message: string, why: string): UserError {
  return new UserError('words_unsound', `The words of "${message}" could not be made: ${why}`);
}
