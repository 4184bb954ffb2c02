/**
 * Every way in which the messages of a project can be said: each in each language and tone, for a contact who is made
 * up, by the code that makes those which are sent.
 */
import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Formalities, Formality, TonePlan } from '../core/messages/tone.ts';
import type { ChannelName } from '../core/messages/message.ts';
import { reason } from '../core/reason.ts';
import { jobOf, voiceOf, type Voice } from '../engine/letter.ts';
import type { LiveProject } from '../engine/live-project.ts';
import { sampleContact, sampleEvent } from '../engine/sample-contact.ts';
import { channelsOf, type MessageTemplate } from '../project/messages.ts';
import type { RenderJob, Renderer, RenderResult } from './renderer.ts';
import { wrapText } from './wrap.ts';

/** Which words. */
export interface Wanted {
  readonly message: string;
  readonly channel: ChannelName;
  readonly language: string;
  readonly tone: string;
  /** As it stands in the tone, or in a rule that changes it. */
  readonly formality: Formality;
}

export interface Variant extends Wanted {
  readonly purpose: 'promotion' | 'service';
  readonly subject: string;
  readonly preheader: string;
  /** Empty for channels of plain text. */
  readonly html: string;
  /** As it is sent, an e-mail's in short lines. */
  readonly text: string;
  /** The text part before it was broken into lines: a line is a paragraph, a heading or a row. */
  readonly prose: string;
}

export interface Unmade extends Wanted {
  /** Why it could not be made. */
  readonly reason: string;
}

/** The way out of every variant; it leads nowhere. */
export const SAMPLE_UNSUBSCRIBE_URL = 'https://example.com/unsubscribe';
const SAMPLE_PREFERENCES_URL = 'https://example.com/preferences';
const SAMPLE_CONFIRM_URL = 'https://example.com/confirm';
const SAMPLE_SURVEY_URL = 'https://example.com/survey';

/** Tones with the formality of their own, and what rules for mail make of that; of each pair one. */
export function everyVariant(live: LiveProject): Wanted[] {
  const { languages, tone } = live.project;
  return Object.values(live.templates).flatMap((template) =>
    channelsOf(template).flatMap((channel) =>
      languages
        .filter((language) => hasWords(live, template, channel, language))
        .flatMap((language) =>
          waysOf(tone, channel, language).map((way) => ({ message: template.id, channel, language, ...way })),
        ),
    ),
  );
}

function hasWords(
  { emails }: LiveProject,
  { id, texts }: MessageTemplate,
  channel: ChannelName,
  language: string,
): boolean {
  return channel === 'email' ? emails.has(`${id}.${language}`) : texts[channel][language] !== undefined;
}

function waysOf(
  plan: TonePlan,
  channel: ChannelName,
  language: string,
): Pick<Wanted, 'tone' | 'formality'>[] {
  const way = (tone: string, more: Formalities = {}): Pick<Wanted, 'tone' | 'formality'> => {
    const formalities = { ...plan.formality, ...plan.styles[tone]?.formality, ...more };
    return { tone, formality: formalities[language] ?? 'casual' };
  };
  const ways = [
    ...Object.keys(plan.styles).map((tone) => way(tone)),
    ...plan.rules
      .filter(({ channel: by }) => by?.includes(channel) ?? true)
      .map((rule) => way(rule.tone, rule.formality)),
  ];
  return [...new Map(ways.map((one) => [`${one.tone} ${one.formality}`, one])).values()];
}

/** In the order of what is wanted. */
export async function renderVariants(
  live: LiveProject,
  renderer: Renderer,
  wanted: readonly Wanted[],
  now: Instant,
): Promise<(Variant | Unmade)[]> {
  const samples = samplesOf(live, now);
  const jobs = wanted.map((one) => jobFor(live, one, samples(one), now));
  const whole = await renderer.renderBatch(jobs.map(htmlOf));
  const prose = await renderer.renderBatch(jobs.map(proseOf));
  return wanted.map((one, index) => variantOf(live, one, whole[index], prose[index]));
}

interface Sample {
  readonly contact: Contact;
  readonly event: JsonObject;
}

function samplesOf(live: LiveProject, now: Instant): (wanted: Wanted) => Sample {
  const contacts = new Map<string, Sample['contact']>();
  return ({ message, language }) => {
    const contact = contacts.get(language) ?? sampleContact(live, now, language);
    contacts.set(language, contact);
    return { contact, event: sampleEvent(live, message, contact, now) };
  };
}

function jobFor(live: LiveProject, wanted: Wanted, { contact, event }: Sample, now: Instant): RenderJob {
  const { message, channel, language, tone, formality } = wanted;
  const own = voiceOf(contact, channel, live, now);
  const voice: Voice = {
    ...own,
    language,
    tone: { ...own.tone, tone, formality: { [language]: formality }, because: LOOKED_AT },
  };
  const promotion = live.templates[message]?.purpose === 'promotion';
  const job = jobOf({ message, channel, contact, event }, live, now, voice, {
    unsubscribe_url: promotion ? SAMPLE_UNSUBSCRIBE_URL : undefined,
    preferences_url: SAMPLE_PREFERENCES_URL,
    confirm_url: SAMPLE_CONFIRM_URL,
    survey_url: SAMPLE_SURVEY_URL,
  });
  if (!job) throw new Error(`there are no compiled words for ${message} in ${language}`);
  return job;
}

const LOOKED_AT = reason('it is looked at', 'se está revisando');

/** The text comes with the prose. */
function htmlOf({ key, templates, context }: RenderJob): RenderJob {
  return { key: `${key}/html`, templates: { ...templates, text: '' }, context };
}

/** Without HTML the renderer breaks no lines; and it answers with one line of words, here the preheader. */
function proseOf({ key, templates, context }: RenderJob): RenderJob {
  const { preheader = '' } = templates;
  return { key: `${key}/prose`, templates: { ...templates, subject: preheader, html: '' }, context };
}

function variantOf(
  live: LiveProject,
  wanted: Wanted,
  whole: RenderResult | undefined,
  prose: RenderResult | undefined,
): Variant | Unmade {
  if (!whole?.ok) return { ...wanted, reason: whole?.reason ?? 'there was no answer' };
  if (!prose?.ok) return { ...wanted, reason: prose?.reason ?? 'there was no answer' };
  return {
    ...wanted,
    purpose: live.templates[wanted.message]?.purpose ?? 'promotion',
    subject: whole.subject,
    preheader: prose.subject,
    html: whole.html,
    text: whole.html === '' ? prose.text : wrapText(prose.text),
    prose: prose.text,
  };
}
