import type { Contact } from '../contacts/contact.ts';
import type { Instant } from '../events/event.ts';
import { reason, type Reason } from '../reason.ts';
import type { MoodNow } from './mood.ts';
import type { VoiceRules } from './voice/rules.ts';

/** How formally somebody is spoken to: `tu` and `usted` in Spanish, `casual` and `formal` in English. */
export type Formality = 'tu' | 'usted' | 'casual' | 'formal';
export type Formalities = Readonly<Record<string, Formality>>;

export type HoldBack = 'promotions' | 'surveys';

export interface ToneStyle {
  readonly id: string;
  readonly formality: Formalities;
  /** Handlebars texts per language. */
  readonly greeting: Readonly<Record<string, string>>;
  readonly sign_off: Readonly<Record<string, string>>;
  readonly falls_back_to: string | null;
  /** Null: what the voice of all tones says. */
  readonly emoji: 'allowed' | 'avoid' | null;
  readonly max_exclamation_marks: number | null;
}

/** When to use which tone. Every part that is written must fit; a rule without parts always fits. */
export interface ToneRule {
  readonly name: Reason;
  readonly channel: readonly string[] | null;
  readonly stage: readonly string[] | null;
  readonly mood: readonly string[] | null;
  readonly tone: string;
  readonly formality: Formalities;
  readonly hold_back: readonly HoldBack[];
}

export interface TonePlan {
  readonly formality: Formalities;
  /** What is asked of all words; a tone may ask for something else. */
  readonly voice: VoiceRules;
  readonly styles: Readonly<Record<string, ToneStyle>>;
  readonly rules: readonly ToneRule[];
}

/** The tone of one message, with the reason. */
export interface Tone {
  readonly tone: string;
  readonly formality: Formalities;
  readonly hold_back: readonly HoldBack[];
  readonly because: Reason;
  /** The first moment at which time alone could change it. */
  readonly until: Instant;
}

/** The first rule that fits the channel, the stage and the mood says how to speak. */
export function chooseTone(plan: TonePlan, channel: string, contact: Contact, mood: MoodNow): Tone {
  const fits = (wanted: readonly string[] | null, actual: string): boolean =>
    wanted?.includes(actual) ?? true;
  const rule = plan.rules.find(
    (one) => fits(one.channel, channel) && fits(one.stage, contact.stage) && fits(one.mood, mood.mood),
  );
  if (!rule) throw new Error('tone rules must end with "otherwise"');
  const style = plan.styles[rule.tone];
  return {
    tone: rule.tone,
    formality: { ...plan.formality, ...style?.formality, ...rule.formality },
    hold_back: rule.hold_back,
    because: rule.mood && mood.because ? withMood(rule.name, mood.mood, mood.because) : rule.name,
    until: mood.until,
  };
}

/** What is asked of words in a tone. */
export function voiceRulesOf({ voice, styles }: TonePlan, tone: string): VoiceRules {
  const style = styles[tone];
  return {
    ...voice,
    emoji: style?.emoji ?? voice.emoji,
    max_exclamation_marks: style?.max_exclamation_marks ?? voice.max_exclamation_marks,
  };
}

function withMood(name: Reason, mood: string, because: Reason): Reason {
  return reason(
    `${name.en}: mood is ${mood}, because ${because.en}`,
    `${name.es}: el ánimo es ${mood}, porque ${because.es}`,
  );
}

/** Words exist per tone, and fall back along `falls_back_to`, then to the first tone that has any. */
export function wordsFor<T>(words: Readonly<Record<string, T>>, tone: string, plan: TonePlan): T | undefined {
  const seen = new Set<string>();
  for (let here: string | null = tone; here !== null && !seen.has(here);) {
    const found = words[here];
    if (found !== undefined) return found;
    seen.add(here);
    here = plan.styles[here]?.falls_back_to ?? null;
  }
  return Object.values(words)[0];
}
