/** Words that are there in one language or tone, and not in another. */
import type { Text } from '../../core/schema.ts';
import type { ToneFile } from '../files/tone-file.ts';
import type { MessageTemplate } from '../messages.ts';
import type { Problem } from '../problem.ts';
import { JOURNEY, messageFile, problemAt, type Lint, type LintInput } from './input.ts';

export const missingWords: Lint = (input) => [
  ...Object.values(input.templates).flatMap((template) => [
    ...withoutPreheader(input, template),
    ...withoutTone(input, template),
  ]),
  ...Object.entries(input.tone.tones).flatMap(([id, tone]) => [
    ...withoutVoice(input, id, 'greeting', tone.greeting),
    ...withoutVoice(input, id, 'sign_off', tone.sign_off),
  ]),
];

function withoutPreheader(input: LintInput, { id, preheader }: MessageTemplate): Problem[] {
  if (Object.keys(preheader).length === 0) return [];
  return input.settings.languages
    .filter((language) => preheader[language] === undefined)
    .map((language) => {
      const message = `the preheader is missing in "${language}", and stays empty for people who read that; add it`;
      return problemAt(input, 'warning', messageFile(id), ['preheader'], message, 'key');
    });
}

/** Tones in which the message can be sent, and for which its subject is only that of some other tone. */
function withoutTone(input: LintInput, { id, purpose, survey, subject }: MessageTemplate): Problem[] {
  const [first] = Object.keys(subject);
  const strange = tonesOf(input.tone, purpose, survey !== null).filter(
    (tone) => !fallbacksOf(input.tone, tone).some((one) => Object.hasOwn(subject, one)),
  );
  if (strange.length === 0 || first === undefined) return [];
  const names = strange.map((tone) => `"${tone}"`).join(' and ');
  const message = `there is no subject for tone ${names}, so the one of "${first}" is used; add it, or write "falls_back_to" beside the tone`;
  return [problemAt(input, 'warning', messageFile(id), ['subject'], message, 'key')];
}

/** Of the rules that can choose a tone for a mail, those that do not hold such a message back. */
function tonesOf({ rules }: ToneFile, purpose: MessageTemplate['purpose'], is_survey: boolean): string[] {
  const chosen = rules.flatMap((rule) => {
    if ('otherwise' in rule) return [rule.otherwise];
    const held = rule.hold_back ?? [];
    const isHeld =
      (purpose === 'promotion' && held.includes('promotions')) || (is_survey && held.includes('surveys'));
    const isForMail = rule.channel?.includes('email') ?? true;
    return isHeld || !isForMail ? [] : [typeof rule.use === 'string' ? rule.use : rule.use.tone];
  });
  return [...new Set(chosen)];
}

/** The tone, and those whose words stand in for its own. */
function fallbacksOf({ tones }: ToneFile, tone: string): readonly string[] {
  const chain: string[] = [];
  for (let here: string | undefined = tone; here !== undefined && !chain.includes(here);) {
    chain.push(here);
    here = tones[here]?.falls_back_to;
  }
  return chain;
}

function withoutVoice(
  input: LintInput,
  tone: string,
  what: 'greeting' | 'sign_off',
  text: Text | undefined,
): Problem[] {
  if (text === undefined || typeof text === 'string') return [];
  return input.settings.languages
    .filter((language) => text[language] === undefined)
    .map((language) => {
      const message = `the ${what} of tone "${tone}" is missing in "${language}", and stays empty for people who read that; add it`;
      return problemAt(input, 'warning', `${JOURNEY}tone.yaml`, ['tones', tone, what], message, 'key');
    });
}
