import { z } from 'zod';
import { ApiProblem } from './problem.ts';

/** What is no id belongs to nothing. */
export function idOr404(text: string): string {
  if (z.uuid().safeParse(text).success) return text;
  throw new ApiProblem(404, 'not_found', 'There is nothing with this id.');
}
