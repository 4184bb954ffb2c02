/** The words of the live project to look at: which messages there are, and one as it would leave, with what is wrong. */
import type { Contact } from '../core/contacts/contact.ts';
import { fold } from '../core/contacts/fold.ts';
import type { Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Limit } from '../core/messages/may-send.ts';
import { CHANNELS, type ChannelName } from '../core/messages/message.ts';
import { voiceRulesOf } from '../core/messages/tone.ts';
import { checkVoice, type Part } from '../core/messages/voice/index.ts';
import { contactNow, readRecords } from '../engine/explain/records.ts';
import type { Live, LiveProject } from '../engine/live-project.ts';
import type { Reader, Renderer } from '../engine/ports.ts';
import { renderMessage, type Preview } from '../engine/preview.ts';
import { sampleContact, sampleEvent } from '../engine/sample-contact.ts';
import { stepsThatSend } from '../engine/senders.ts';
import { UserError } from '../errors.ts';
import { loadProject } from '../project/load.ts';
import { channelsOf, type MessageTemplate } from '../project/messages.ts';
import { formatProblem, type Problem } from '../project/problem.ts';
import type { ProjectFiles } from '../project/read-files.ts';
import { withoutAddresses } from './check-words.ts';
import { compileProject } from './compile-project.ts';
import { checkMail } from './mail/index.ts';
import { createRenderer } from './renderer.ts';
import { lengthOfSms } from './sms-length.ts';
import { SAMPLE_UNSUBSCRIBE_URL } from './variants.ts';

export interface TemplateAsked {
  readonly message: string;
  /** Absent: the first that it has words for. */
  readonly channel?: string | undefined;
  /** Absent: as the rules say. */
  readonly tone?: string | undefined;
  /** Absent: the receiver's own. */
  readonly language?: string | undefined;
  /** Somebody who is known; absent: somebody made up. */
  readonly contact?: string | undefined;
  /** What else is known of somebody made up. */
  readonly fields?: JsonObject | undefined;
  /** Files that stand in place of those that are live. */
  readonly files?: ProjectFiles | undefined;
}

/** What should be better. */
export interface WordsWarning {
  readonly about: 'voice' | 'mail' | 'length';
  readonly severity: Problem['severity'];
  readonly part: Part | 'layout';
  /** The words that are meant; empty where the part as a whole is. */
  readonly quote: string;
  readonly message: string;
}

export interface TemplatePreview extends Preview {
  readonly channel: ChannelName;
  /** Null: somebody made up. */
  readonly contact_id: string | null;
  readonly warnings: readonly WordsWarning[];
}

export interface TemplateSummary extends Pick<
  MessageTemplate,
  'id' | 'purpose' | 'survey' | 'topic' | 'for_stages' | 'over_limit' | 'covers' | 'subject' | 'preheader'
> {
  readonly channels: readonly { readonly channel: ChannelName; readonly languages: readonly string[] }[];
  readonly sent_by: readonly { readonly workflow: string; readonly steps: readonly string[] }[];
}

export interface TemplateList {
  readonly languages: readonly string[];
  readonly tones: readonly string[];
  readonly limits: { readonly promotions: Limit | null; readonly fewer: Limit; readonly any: Limit | null };
  readonly templates: readonly TemplateSummary[];
}

export interface TemplateDesk {
  list(): TemplateList;
  /** @throws UserError where something is not known, or the words cannot be made. */
  preview(asked: TemplateAsked): Promise<TemplatePreview>;
  close(): Promise<void>;
}

export interface TemplateParts {
  readonly live: Live;
  readonly reader: Reader;
  now(): Promise<Instant>;
}

export function openTemplateDesk(parts: TemplateParts): TemplateDesk {
  let renderer: Renderer | undefined;
  return {
    list: () => listTemplates(parts.live()),
    async preview(asked) {
      renderer ??= createRenderer();
      return preview(asked, renderer, parts);
    },
    close: async () => renderer?.close(),
  };
}

function listTemplates({ project, templates }: LiveProject): TemplateList {
  const { languages, tone, limits } = project;
  return {
    languages,
    tones: Object.keys(tone.styles),
    limits,
    templates: Object.values(templates).map((template) => ({
      ...summaryOf(template),
      sent_by: [...project.workflows.values()].flatMap((workflow) => {
        const steps = stepsThatSend(workflow, template.id);
        return steps.length === 0 ? [] : [{ workflow: workflow.id, steps }];
      }),
    })),
  };
}

function summaryOf(template: MessageTemplate): Omit<TemplateSummary, 'sent_by'> {
  const { id, purpose, survey, topic, for_stages, over_limit, covers, subject, preheader } = template;
  const channels = channelsOf(template).map((channel) => ({
    channel,
    languages: Object.keys(channel === 'email' ? template.email : template.texts[channel]),
  }));
  return { id, purpose, survey, topic, for_stages, over_limit, covers, subject, preheader, channels };
}

async function preview(
  asked: TemplateAsked,
  renderer: Renderer,
  parts: TemplateParts,
): Promise<TemplatePreview> {
  const live = asked.files ? await liveWith(parts.live(), asked.files, asked.message) : parts.live();
  const channel = channelFor(asked, live);
  const now = await parts.now();
  const { contact, event } = await receiverOf(asked, live, now, parts.reader);
  const { message, tone, language } = asked;
  const made = await renderMessage(live, renderer, contact, { message, channel, event }, now, {
    tone,
    language,
  });
  const contact_id = asked.contact === undefined ? null : contact.id;
  return { ...made, channel, contact_id, warnings: warningsOf(made, channel, message, live) };
}

/** What stands in these files in place of those that are live; of the words only those of this message are made. */
async function liveWith(live: LiveProject, files: ProjectFiles, message: string): Promise<LiveProject> {
  const { loaded, problems } = loadProject({ ...live.files, ...files }, [], { trusted: true });
  refuseErrors(problems);
  if (!loaded) return live;
  const template = loaded.templates[message];
  const alone = { ...loaded, templates: template ? { [message]: template } : {} };
  const compiled = await compileProject(alone, NOT_KEPT);
  refuseErrors(compiled.problems);
  return { ...loaded, emails: compiled.emails };
}

const NOT_KEPT = { get: () => Promise.resolve(new Map()), put: () => Promise.resolve() };

function refuseErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  if (errors.length > 0)
    throw new UserError('words_unsound', `These files have problems: ${errors.join('; ')}`, errors);
}

function channelFor({ message, channel }: TemplateAsked, { templates }: LiveProject): ChannelName {
  const template = Object.hasOwn(templates, message) ? templates[message] : undefined;
  const written = template ? channelsOf(template) : [];
  if (channel === undefined) return written[0] ?? 'webhook';
  const found = CHANNELS.find((one) => one === channel && (one === 'webhook' || written.includes(one)));
  if (found) return found;
  const sentence = `"${message}" has no words for "${channel}"; it has some for: ${written.join(', ') || 'none'}.`;
  throw new UserError('no_such_channel', sentence);
}

interface Receiver {
  readonly contact: Contact;
  readonly event: JsonObject;
}

async function receiverOf(
  { message, contact: who, fields = {}, language }: TemplateAsked,
  live: LiveProject,
  now: Instant,
  reader: Reader,
): Promise<Receiver> {
  if (who !== undefined) return knownReceiver(who, message, live, now, reader);
  const sample = sampleContact(live, now, language);
  const said = { id: 'sample-fields', type: 'identify', name: 'identified', occurred_at: now } as const;
  const profile = fold(sample.profile, { ...said, properties: fields }, live.project.memory);
  const contact = { ...sample, profile };
  return { contact, event: sampleEvent(live, message, contact, now) };
}

async function knownReceiver(
  who: string,
  message: string,
  live: LiveProject,
  now: Instant,
  reader: Reader,
): Promise<Receiver> {
  const stored = await reader.findContact(who);
  if (!stored) throw new UserError('contact_unknown', 'There is no such contact.');
  const records = await readRecords(reader, stored, now);
  const contact = contactNow(records, live.project);
  const earlier = records.messages.findLast((one) => one.message === message)?.event;
  return { contact, event: earlier ?? sampleEvent(live, message, contact, now) };
}

function warningsOf(
  made: Preview,
  channel: ChannelName,
  message: string,
  { project, settings, templates }: LiveProject,
): readonly WordsWarning[] {
  const { subject, preheader, prose, language, formality, tone } = made;
  const said = { language, formality, words: { subject, preheader, body: withoutAddresses(prose) } };
  const voice = checkVoice(said, voiceRulesOf(project.tone, tone)).map((finding): WordsWarning => {
    const { part, quote } = finding;
    return { about: 'voice', severity: 'warning', part, quote, message: finding.message };
  });
  if (channel === 'sms') return [...voice, ...lengthWarnings(made.text)];
  if (channel !== 'email') return voice;
  const mail = {
    ...made,
    purpose: templates[message]?.purpose ?? 'promotion',
    postal_address: settings.postal_address,
    unsubscribe_url: SAMPLE_UNSUBSCRIBE_URL,
  };
  return [
    ...voice,
    ...checkMail(mail).map(({ clue, severity, message: sentence }): WordsWarning => {
      return { about: 'mail', severity, part: clue.file, quote: clue.quote ?? '', message: sentence };
    }),
  ];
}

function lengthWarnings(text: string): readonly WordsWarning[] {
  const found = lengthOfSms(text);
  return found ? [{ about: 'length', severity: 'warning', part: 'body', ...found }] : [];
}
