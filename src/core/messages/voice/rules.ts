/** What a project asks of its words in one tone. Null: nothing is asked. */
export interface VoiceRules {
  readonly never_say: readonly string[];
  /** In one message, subject and preheader included. */
  readonly max_exclamation_marks: number | null;
  readonly max_words_per_sentence: number | null;
  readonly emoji: 'allowed' | 'avoid' | null;
  /** Per language, from 0 (hard) to 100 (easy). */
  readonly reading_ease_at_least: Readonly<Record<string, number>>;
}
