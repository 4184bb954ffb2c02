/**
 * Looks through the words of a project as they would be read: every message in every language and tone is made, and
 * asked whether it speaks as tone.yaml wants and whether it is good mail.
 */
import type { Instant } from '../core/events/event.ts';
import { voiceRulesOf } from '../core/messages/tone.ts';
import { checkVoice, type Part, type Said } from '../core/messages/voice/index.ts';
import type { LiveProject } from '../engine/live-project.ts';
import type { TemplateFile } from '../project/messages.ts';
import { sortProblems, type Problem } from '../project/problem.ts';
import { NO_ALT, picturesWithoutAlt } from './mail/alt-texts.ts';
import { checkMail, type Clue } from './mail/index.ts';
import { markMessage } from './marks.ts';
import { placeAt, placeOfCode, placeOfWords, type Ground, type Place } from './places.ts';
import { createRenderer, type Renderer } from './renderer.ts';
import { lengthOfSms } from './sms-length.ts';
import {
  everyVariant,
  renderVariants,
  SAMPLE_UNSUBSCRIBE_URL,
  type Unmade,
  type Variant,
  type Wanted,
} from './variants.ts';

/** Of words that compile. */
export async function checkWords(live: LiveProject, now: Instant): Promise<Problem[]> {
  const renderer = createRenderer({ time_limit: PATIENCE });
  try {
    const wanted = everyVariant(live);
    const made = await renderVariants(live, renderer, wanted, now);
    const findings = made.flatMap((one) => findingsOf(live, one));
    const placed = await placeAll(live, renderer, findings, now);
    return sortProblems([...toneByTone(placed, wanted), ...withoutAlt(live)]);
  } finally {
    await renderer.close();
  }
}

/** Milliseconds for one message: a busy machine is no mistake of the words. */
const PATIENCE = 2000;

interface Finding {
  readonly variant: Wanted;
  readonly severity: Problem['severity'];
  readonly message: string;
  readonly clue: Clue | WordsClue;
}

interface WordsClue {
  readonly part: Part;
  readonly quote: string;
  readonly at: number;
}

function findingsOf(live: LiveProject, one: Variant | Unmade): Finding[] {
  if ('reason' in one) {
    const message = `the words cannot be made: ${one.reason.replace(/\.$/, '')}`;
    return [{ variant: one, severity: 'error', message, clue: { file: 'body' } }];
  }
  const medium = one.channel === 'email' ? mailFindings(live, one) : textFindings(one);
  return [...voiceFindings(live, one), ...medium];
}

function voiceFindings({ project }: LiveProject, variant: Variant): Finding[] {
  return checkVoice(saidBy(variant), voiceRulesOf(project.tone, variant.tone)).map(
    ({ part, quote, at, message }): Finding => ({
      ...{ variant, severity: 'warning', message },
      clue: { part, quote, at },
    }),
  );
}

function saidBy({ language, formality, subject, preheader, prose }: Variant): Said {
  return { language, formality, words: { subject, preheader, body: withoutAddresses(prose) } };
}

/** Addresses of links are not read aloud. */
export function withoutAddresses(prose: string): string {
  return prose.replace(/ ?<[^<>\s]*>/g, '').replace(/\b(?:https?:\/\/|mailto:)\S+/g, '');
}

function mailFindings({ settings }: LiveProject, variant: Variant): Finding[] {
  const { postal_address } = settings;
  const found = checkMail({ ...variant, postal_address, unsubscribe_url: SAMPLE_UNSUBSCRIBE_URL });
  return found.map((finding) => ({ variant, ...finding }));
}

function textFindings(variant: Variant): Finding[] {
  const found = variant.channel === 'sms' ? lengthOfSms(variant.text) : undefined;
  if (!found) return [];
  const clue: WordsClue = { part: 'body', quote: found.quote, at: 0 };
  return [{ variant, severity: 'warning', message: found.message, clue }];
}

type Placed = Finding & { readonly place: Place };

/** Marks are only made for messages of which something is to be told. */
async function placeAll(
  live: LiveProject,
  renderer: Renderer,
  findings: readonly Finding[],
  now: Instant,
): Promise<Placed[]> {
  const groups = groupedBy(findings, ({ variant }) => wordsOf(variant));
  const placed: Placed[] = [];
  for (const group of groups.values()) {
    const isMail = group[0]?.variant.channel === 'email';
    placed.push(...(isMail ? await placeGroup(live, renderer, group, now) : placeInTexts(live, group)));
  }
  return placed;
}

/** Plain text is found again by its own words, where it does not come from a value. */
function placeInTexts({ templates }: LiveProject, findings: readonly Finding[]): Placed[] {
  return findings.flatMap((finding): Placed[] => {
    const { message, channel, language } = finding.variant;
    const source = channel === 'email' ? undefined : templates[message]?.texts[channel][language];
    const quote = 'quote' in finding.clue ? (finding.clue.quote ?? '') : '';
    return source
      ? [{ ...finding, place: placeAt(source.file, source.text, offsetOf(source.text, quote)) }]
      : [];
  });
}

function offsetOf(text: string, quote: string): number {
  const [first = ''] = quote.split(/\s/);
  return Math.max(0, text.includes(quote) ? text.indexOf(quote) : text.indexOf(first));
}

async function placeGroup(
  live: LiveProject,
  renderer: Renderer,
  findings: readonly Finding[],
  now: Instant,
): Promise<Placed[]> {
  const [first] = findings;
  const source = first && live.templates[first.variant.message]?.email[first.variant.language];
  if (!first || !source) return [];
  const marked = await markMessage(live, first.variant.message, first.variant.language);
  const ground: Ground = { live, ...source, origins: marked.origins };
  const variants = [...new Set(findings.map(({ variant }) => variant))];
  const made = await renderVariants(marked.live, renderer, variants, now);
  const markedOf = new Map(variants.map((variant, index) => [variant, made[index]] as const));
  return findings.flatMap((finding): Placed[] => {
    const words = markedOf.get(finding.variant);
    const place = placeOf(ground, finding.clue, words && 'prose' in words ? saidBy(words).words : undefined);
    return place ? [{ ...finding, place }] : [];
  });
}

type Words = Said['words'];

/** Undefined for what is to be said of a layout that is not the project's own. */
function placeOf(ground: Ground, clue: Finding['clue'], words: Words | undefined): Place | undefined {
  const top = { file: ground.body.file, line: 1, column: 1 };
  if ('part' in clue) return (words && wordsPlace(ground, clue, words)) ?? top;
  const coded = placeOfCode(ground, clue.code ?? []);
  if (clue.file === 'layout') return layoutPlace(ground, coded);
  const { file: part, quote = '' } = clue;
  const quoted = words && wordsPlace(ground, { part, quote, at: 0 }, words);
  return (isWritten(ground, part, quoted) ? quoted : coded) ?? top;
}

/** What is wrong with the body of a mail is mended in its MJML, also where its words come from elsewhere. */
function isWritten({ body, layout }: Ground, part: Part, place: Place | undefined): boolean {
  return place !== undefined && (part === 'subject' || [body.file, layout.file].includes(place.file));
}

/** What is true of the body as a whole is told at its beginning. */
function wordsPlace(ground: Ground, { part, quote, at }: WordsClue, words: Words): Place | undefined {
  if (part === 'body' && quote === '') return undefined;
  return placeOfWords(ground, words[part], quote, at) ?? placeOfPart(ground, part, words);
}

function placeOfPart(ground: Ground, part: Part, words: Words): Place | undefined {
  return part === 'body' ? undefined : placeOfWords(ground, words[part], '', 0);
}

function layoutPlace({ live, layout }: Ground, coded: Place | undefined): Place | undefined {
  if (!Object.hasOwn(live.files, layout.file)) return undefined;
  return coded?.file === layout.file ? coded : placeAt(layout.file, layout.text, 0);
}

/** What is the same in several tones is told once, with the tones where it is not so in all. */
function toneByTone(placed: readonly Placed[], wanted: readonly Wanted[]): Problem[] {
  const same = groupedBy(placed, ({ place, message }) => JSON.stringify([place, message]));
  return [...same.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const message = first.message + tonesIn(group, wanted);
    return [{ ...first.place, message, severity: first.severity }];
  });
}

function tonesIn(group: readonly Placed[], wanted: readonly Wanted[]): string {
  const words = new Set(group.map(({ variant }) => wordsOf(variant)));
  const all = wanted.filter((one) => words.has(wordsOf(one)));
  const ways = new Set(group.map(({ variant }) => wayOf(variant)));
  if (all.every((one) => ways.has(wayOf(one)))) return '';
  const names = group.map(({ variant }) => nameOf(variant, all));
  return ` (tone ${[...new Set(names)].join(', ')})`;
}

/** The formality is only told where the tone comes with several. */
function nameOf(variant: Wanted, all: readonly Wanted[]): string {
  const { tone, language, formality } = variant;
  const isOne = all.every(
    (one) => one.tone !== tone || one.language !== language || one.formality === formality,
  );
  return isOne ? tone : wayOf(variant);
}

function groupedBy<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

function wordsOf({ message, channel, language }: Wanted): string {
  return `${message}.${channel}.${language}`;
}

function wayOf({ tone, formality }: Wanted): string {
  return `${tone} with ${formality}`;
}

function withoutAlt({ templates, files }: LiveProject): Problem[] {
  const sources = Object.values(templates).flatMap(({ email }) =>
    Object.values(email).flatMap(({ body, layout }) => [body, layout]),
  );
  const own = new Map(sources.map((source) => [source.file, source]));
  return [...own.values()].filter(({ file }) => Object.hasOwn(files, file)).flatMap(picturesIn);
}

function picturesIn({ file, text }: TemplateFile): Problem[] {
  return picturesWithoutAlt(text).map((offset) => ({
    ...placeAt(file, text, offset),
    message: NO_ALT,
    severity: 'warning',
  }));
}
