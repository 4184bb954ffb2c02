import { z } from 'zod';
import { compileCondition, conditionSchema, type Conditions } from '../../core/conditions/condition.ts';
import { eventConditionSchema, latestOf } from '../../core/conditions/subjects/event.ts';
import { CHANNELS } from '../../core/messages/message.ts';
import { moodsOf, type Mood, type Moods } from '../../core/messages/mood.ts';
import type { TonePlan, ToneRule, ToneStyle } from '../../core/messages/tone.ts';
import type { VoiceRules } from '../../core/messages/voice/rules.ts';
import { reason } from '../../core/reason.ts';
import { oneOrMany, snakeId, textSchema, type Text } from '../../core/schema.ts';

const formalitySchema = z.strictObject({
  en: z.enum(['casual', 'formal']).optional(),
  es: z.enum(['tu', 'usted']).optional(),
});

const easeSchema = z.number().min(0).max(100);

const voiceSchema = z.strictObject({
  formality: formalitySchema.optional(),
  never_say: z.array(z.string().trim().min(1)).optional(),
  max_exclamation_marks: z.number().int().min(0).optional(),
  max_words_per_sentence: z.number().int().min(3).optional(),
  /** From 0 (hard) to 100 (easy), by the formula of each language. */
  reading_ease_at_least: z.strictObject({ en: easeSchema.optional(), es: easeSchema.optional() }).optional(),
});

const moodSchema = z.union([
  z.strictObject({ id: snakeId, when: conditionSchema, ends_when: eventConditionSchema.optional() }),
  z.strictObject({ otherwise: snakeId }),
]);

const toneSchema = z.strictObject({
  describe: textSchema.optional(),
  formality: formalitySchema.optional(),
  greeting: textSchema.optional(),
  sign_off: textSchema.optional(),
  emoji: z.enum(['allowed', 'avoid']).optional(),
  max_exclamation_marks: z.number().int().min(0).optional(),
  falls_back_to: z.string().optional(),
});

const ruleSchema = z.union([
  z.strictObject({
    name: textSchema,
    when: z
      .strictObject({ mood: oneOrMany(z.string()).optional(), stage: oneOrMany(z.string()).optional() })
      .optional(),
    channel: oneOrMany(z.enum(CHANNELS)).optional(),
    use: z.union([z.string(), z.strictObject({ tone: z.string(), formality: formalitySchema.optional() })]),
    hold_back: z.array(z.enum(['promotions', 'surveys'])).optional(),
  }),
  z.strictObject({ otherwise: z.string() }),
]);

/** `workflows/journey/tone.yaml`: moods, tones, and which tone is used when. */
export const toneFileSchema = z
  .strictObject({
    version: z.literal(1),
    voice: voiceSchema.default({}),
    moods: z.array(moodSchema).default([]),
    tones: z.record(snakeId, toneSchema),
    rules: z.array(ruleSchema).min(1),
  })
  .superRefine((file, context) => {
    lastIsOtherwise(file.rules, 'rules', context);
    if (file.moods.length > 0) lastIsOtherwise(file.moods, 'moods', context);
  });

export type ToneFile = z.infer<typeof toneFileSchema>;

export const DEFAULT_TONE: ToneFile = {
  version: 1,
  voice: {},
  moods: [],
  tones: { plain: {} },
  rules: [{ otherwise: 'plain' }],
};

/** Moods may ask for everything but moods. */
export function compileMoods(file: ToneFile, around: Conditions): Moods {
  return moodsOf(
    file.moods.map((mood): Mood => {
      if ('otherwise' in mood) return { id: mood.otherwise, when: null, ends_when: null };
      const when = compileCondition(mood.when, around);
      return { id: mood.id, when, ends_when: mood.ends_when ? latestOf(mood.ends_when) : null };
    }),
  );
}

export function compileTone(file: ToneFile): TonePlan {
  const styles = Object.entries(file.tones).map(([id, tone]): [string, ToneStyle] => [
    id,
    {
      id,
      formality: known(tone.formality),
      greeting: perLanguage(tone.greeting),
      sign_off: perLanguage(tone.sign_off),
      falls_back_to: tone.falls_back_to ?? null,
      emoji: tone.emoji ?? null,
      max_exclamation_marks: tone.max_exclamation_marks ?? null,
    },
  ]);
  return {
    formality: { en: 'casual', es: 'tu', ...known(file.voice.formality) },
    voice: compileVoice(file.voice),
    styles: Object.fromEntries(styles),
    rules: file.rules.map(compileRule),
  };
}

function compileVoice(voice: ToneFile['voice']): VoiceRules {
  return {
    never_say: voice.never_say ?? [],
    max_exclamation_marks: voice.max_exclamation_marks ?? null,
    max_words_per_sentence: voice.max_words_per_sentence ?? null,
    emoji: null,
    reading_ease_at_least: known(voice.reading_ease_at_least),
  };
}

type RuleSource = ToneFile['rules'][number];

function compileRule(rule: RuleSource): ToneRule {
  if ('otherwise' in rule) {
    return {
      name: USUAL,
      channel: null,
      stage: null,
      mood: null,
      tone: rule.otherwise,
      formality: {},
      hold_back: [],
    };
  }
  const use = typeof rule.use === 'string' ? { tone: rule.use, formality: undefined } : rule.use;
  const name = typeof rule.name === 'string' ? { en: rule.name, es: rule.name } : rule.name;
  return {
    name: reason(name.en ?? name.es ?? '', name.es ?? name.en ?? ''),
    channel: rule.channel ?? null,
    stage: rule.when?.stage ?? null,
    mood: rule.when?.mood ?? null,
    tone: use.tone,
    formality: known(use.formality),
    hold_back: rule.hold_back ?? [],
  };
}

const USUAL = reason('the usual tone', 'el tono de siempre');

function perLanguage(text: Text | undefined): Readonly<Record<string, string>> {
  if (text === undefined) return {};
  return typeof text === 'string' ? { en: text, es: text } : text;
}

function known<T>(by_language: { en?: T | undefined; es?: T | undefined } = {}): Record<string, T> {
  const written = Object.entries(by_language).filter(([, value]) => value !== undefined);
  return Object.fromEntries(written) as Record<string, T>;
}

function lastIsOtherwise(list: readonly object[], name: string, context: z.RefinementCtx): void {
  const place = list.findIndex((entry) => 'otherwise' in entry);
  if (place === list.length - 1) return;
  const path = place === -1 ? [name] : [name, place];
  context.addIssue({
    code: 'custom',
    path,
    message: `the last entry of "${name}", and only that, must be "otherwise: …"`,
  });
}
