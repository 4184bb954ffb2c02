import { z } from 'zod';
import { reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import { always, type Question } from '../answer.ts';
import { anyOf } from '../combine.ts';

export const segmentConditionSchema = z.strictObject({ segment: oneOrMany(z.string()) });
export type SegmentCondition = z.infer<typeof segmentConditionSchema>;

/** Whether the contact is in one of these segments: asked of their own conditions, so it is never behind. */
export function segmentQuestion(
  { segment }: SegmentCondition,
  segments: (id: string) => Question | undefined,
): Question {
  const names = segment.join(' / ');
  const parts = segment.flatMap((id) => segments(id) ?? []);
  if (parts.length === 0) return nobody(names);
  const any = anyOf(parts);
  return {
    answer: (facts) => any.answer(facts),
    because(facts) {
      const why = any.because(facts);
      return any.answer(facts).holds
        ? reason(`is in segment ${names} (${why.en})`, `está en el segmento ${names} (${why.es})`)
        : reason(`is not in segment ${names} (${why.en})`, `no está en el segmento ${names} (${why.es})`);
    },
    memory: any.memory,
    looks_at: any.looks_at,
  };
}

/** A run that entered by an older version may ask for a segment that has been deleted since. */
function nobody(names: string): Question {
  return {
    answer: () => always(false),
    because: () => reason(`there is no segment ${names} any more`, `el segmento ${names} ya no existe`),
    memory: [],
    looks_at: 0,
  };
}
