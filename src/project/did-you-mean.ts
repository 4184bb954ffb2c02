/** Finds the word that somebody meant among the words that are known. */

/** Longer words are not compared, so that nobody can make the comparison slow. */
const LONGEST_WORD = 64;
const FEW = 8;

/**
 * The nearest candidate, or undefined when none is near. Near is: the same but for capitals, dashes, underscores or a
 * plural; the beginning of a single candidate; a few slips of the finger (one in three letters, three at most); or one whole part of a single candidate, as
 * `email` is of `send_email`.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const others = [...candidates].filter((candidate) => candidate !== word);
  const plain = plainForm(word);
  if (plain === '' || word.length > LONGEST_WORD) return undefined;
  return (
    others.find((candidate) => plainForm(candidate) === plain) ??
    begunAs(plain, others) ??
    nearest(plain, others) ??
    partOf(word, others)
  );
}

/** `; did you mean "x"?`, or `; known here: a, b, c` when nothing is near and few words are known, or nothing. */
export function orMeant(word: string, candidates: Iterable<string>): string {
  const known = [...new Set(candidates)];
  const meant = didYouMean(word, known);
  if (meant !== undefined) return `; did you mean "${meant}"?`;
  return known.length > 0 && known.length <= FEW ? `; known here: ${known.join(', ')}` : '';
}

/** Without capitals, separators and the ending of a plural. */
function plainForm(word: string): string {
  const letters = word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return letters.length > 3 ? letters.replace(/ies$/, 'y').replace(/([^s])s$/, '$1') : letters;
}

/** The only candidate of which this is the beginning. */
function begunAs(plain: string, candidates: readonly string[]): string | undefined {
  const begun = candidates.filter((candidate) => plainForm(candidate).startsWith(plain));
  return plain.length >= SHORTEST_BEGINNING && begun.length === 1 ? begun[0] : undefined;
}

const SHORTEST_BEGINNING = 4;

function nearest(plain: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.floor(plain.length / 3)) + 1;
  for (const candidate of candidates) {
    const other = plainForm(candidate);
    if (candidate.length > LONGEST_WORD || Math.abs(other.length - plain.length) >= least) continue;
    const slips = slipsBetween(plain, other);
    if (slips < least) [best, least] = [candidate, slips];
  }
  return best;
}

/** Damerau-Levenshtein (optimal string alignment): letters added, lost, changed, or swapped with their neighbour. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = cell(above, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        changed,
        cell(above, column) + 1,
        cell(current, column - 1) + 1,
        swapped ? cell(before, column - 2) + 1 : Infinity,
      );
    }
    [before, above] = [above, current];
  }
  return cell(above, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

function partOf(word: string, candidates: readonly string[]): string | undefined {
  if (word.length < 4) return undefined;
  const whole = candidates.filter((candidate) => candidate.split(/[_.-]/).includes(word.toLowerCase()));
  return whole.length === 1 ? whole[0] : undefined;
}
