/** `, did you mean "money"?` when one of the known words is near the unknown one, otherwise the empty text. */
export function didYouMean(unknown: string, known: readonly string[]): string {
  const near = known
    .map((word) => ({ word, distance: distance(unknown.toLowerCase(), word) }))
    .filter((found) => found.distance <= Math.max(1, Math.floor(unknown.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  return near ? `, did you mean "${near.word}"?` : '';
}

/** Edits (insert, delete, change one character) from one word to the other. Long words are not compared. */
function distance(from: string, to: string): number {
  if (from.length > 40) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) row = nextRow(row, from[i - 1], to, i);
  return row[to.length] ?? Infinity;
}

function nextRow(row: readonly number[], letter: string | undefined, to: string, first: number): number[] {
  const next = [first];
  for (let j = 1; j <= to.length; j++) {
    const change = (row[j - 1] ?? 0) + (letter === to[j - 1] ? 0 : 1);
    next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
  }
  return next;
}
