import { z } from 'zod';
import type { Moods } from '../../messages/mood.ts';
import { reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import type { Question } from '../answer.ts';
import { exactly } from '../combine.ts';

export const moodConditionSchema = z.strictObject({ mood: oneOrMany(z.string()) });
export type MoodCondition = z.infer<typeof moodConditionSchema>;

/** Whether the contact is in one of these moods now. */
export function moodQuestion({ mood }: MoodCondition, moods: Moods): Question {
  return {
    answer: exactly((facts) => {
      const now = moods.holding(facts);
      return { holds: mood.includes(now.mood), until: now.until };
    }),
    because(facts) {
      const { mood: id, because } = moods.of(facts);
      return because
        ? reason(`the mood is ${id}, because ${because.en}`, `el ánimo es ${id}, porque ${because.es}`)
        : reason(`the mood is ${id}`, `el ánimo es ${id}`);
    },
    memory: moods.memory,
    looks_at: moods.looks_at,
  };
}
