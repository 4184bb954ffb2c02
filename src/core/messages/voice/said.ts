/** What the lints of voice look at, and how they answer. */
import type { Formality } from '../tone.ts';
import type { VoiceRules } from './rules.ts';

export const PARTS = ['subject', 'preheader', 'body'] as const;
export type Part = (typeof PARTS)[number];

/** The words of one message in one language and tone, as somebody would read them, without addresses of links. */
export interface Said {
  readonly language: string;
  readonly formality: Formality;
  /** In plain text; a line is a paragraph, a heading or a row. */
  readonly words: Readonly<Record<Part, string>>;
}

export interface VoiceFinding {
  readonly part: Part;
  /** Offset in the words of that part. */
  readonly at: number;
  /** The words there that are meant; empty where the part as a whole is. */
  readonly quote: string;
  /** One plain sentence without a full stop: what is wrong, and the mend. */
  readonly message: string;
}

/** One rule of good voice: where the words break it. */
export type VoiceLint = (said: Said, rules: VoiceRules) => readonly VoiceFinding[];

/** What a pattern finds in each part, in the order of reading. */
export function matchesIn(said: Said, pattern: RegExp): { part: Part; at: number; quote: string }[] {
  return PARTS.flatMap((part) =>
    [...said.words[part].matchAll(pattern)].map((match) => ({ part, at: match.index, quote: match[0] })),
  );
}
