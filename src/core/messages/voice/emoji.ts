/** Pictures among the words of a tone that avoids them. */
import { matchesIn, type VoiceLint } from './said.ts';

export const emojiAvoided: VoiceLint = (said, { emoji }) => {
  if (emoji !== 'avoid') return [];
  return matchesIn(said, EMOJI).map((found) => {
    return { ...found, message: `this tone avoids emoji, and ${found.quote} is one; leave it out` };
  });
};

/**
 * What is shown as a picture by itself, asked to be shown so (U+FE0F), flags and keycaps, each with what is joined to
 * it. Unicode Technical Standard 51, 1.4. Signs such as © or ✓ are text.
 */
const EMOJI =
  /(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{FE0F}|[#*0-9]\u{FE0F}?\u{20E3})(?:[\u{FE0F}\p{Emoji_Modifier}]|\u{200D}\p{Extended_Pictographic}|\p{Regional_Indicator})*/gu;
