/** Which scores a survey can be answered with, ascending: 0 to 10 for `recommend`, 1 to 5 for `satisfaction` and names of one's own. */
export function scoresOf(survey: string): readonly number[] {
  return survey === 'recommend' ? FROM_0_TO_10 : FROM_1_TO_5;
}

const FROM_0_TO_10 = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const FROM_1_TO_5 = [1, 2, 3, 4, 5];
