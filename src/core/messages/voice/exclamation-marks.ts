/** How loud a message is. The two marks around a Spanish exclamation are one. */
import { matchesIn, type VoiceLint } from './said.ts';

export const exclamationMarks: VoiceLint = (said, { max_exclamation_marks: most }) => {
  if (most === null) return [];
  const marks = matchesIn(said, EXCLAMATION);
  const [tooMany] = marks.slice(most);
  if (!tooMany) return [];
  const allowed = most === 0 ? 'none is allowed' : `at most ${most} ${most === 1 ? 'is' : 'are'} allowed`;
  const message = `the message holds ${counted(marks.length)} and ${allowed} in this tone; end calmer sentences with a full stop`;
  return [{ ...tooMany, message }];
};

/** A closing mark, with the opening one where there is one; or an opening one that is never closed. */
const EXCLAMATION = /¡[^¡!\n]*!|!|¡/g;

function counted(count: number): string {
  return `${count} exclamation ${count === 1 ? 'mark' : 'marks'}`;
}
