/** Whether words speak as the project wants to: pure rules over one message in one language and tone. */
import { emojiAvoided } from './emoji.ts';
import { exclamationMarks } from './exclamation-marks.ts';
import { formalityAgreement } from './formality.ts';
import { neverSay } from './never-say.ts';
import { readingEase } from './reading-ease.ts';
import type { VoiceRules } from './rules.ts';
import type { Said, VoiceFinding, VoiceLint } from './said.ts';
import { sentenceLength } from './sentence-length.ts';

export type { Part, Said, VoiceFinding } from './said.ts';

/** A new lint is a file beside these and a line here. */
const LINTS: readonly VoiceLint[] = [
  neverSay,
  exclamationMarks,
  emojiAvoided,
  sentenceLength,
  formalityAgreement,
  readingEase,
];

export function checkVoice(said: Said, rules: VoiceRules): VoiceFinding[] {
  return LINTS.flatMap((lint) => lint(said, rules));
}
