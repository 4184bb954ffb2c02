/**
 * Text in small letters as JavaScript has them, whatever the database's locale knows of letters; but for the Turkish İ,
 * which JavaScript makes two characters, and a Greek sigma at the end of a word.
 */
import { sql, type SQL } from 'drizzle-orm';

/** So far as it matters for finding `sought`, which is in small letters: capitals of its own letters are turned. */
export function smallLettersOf(text: SQL, sought: string): SQL {
  const pairs = [...new Set(sought)].flatMap((small) =>
    (capitals().get(small) ?? []).map((capital) => [capital, small] as const),
  );
  return translated(text, pairs);
}

/** All letters, for putting texts in order. Most texts are plain ASCII, for which there is a quick way. */
export function allSmallLetters(text: SQL): SQL {
  const pairs = [...capitals()].flatMap(([small, list]) => list.map((capital) => [capital, small] as const));
  return sql`(case when octet_length(${text}) = length(${text}) then lower(${text} collate "C")
    else ${translated(text, pairs)} end)`;
}

function translated(text: SQL, pairs: readonly (readonly [capital: string, small: string])[]): SQL {
  if (pairs.length === 0) return text;
  const from = pairs.map(([capital]) => capital).join('');
  const to = pairs.map(([, small]) => small).join('');
  return sql`translate(${text}, ${from}, ${to})`;
}

let known: Map<string, string[]> | undefined;

/** For each small letter its capitals: "k" has two, of which one is the sign for kelvin. */
function capitals(): ReadonlyMap<string, readonly string[]> {
  if (known) return known;
  known = new Map();
  for (let code = 0; code <= BEYOND_CAPITALS; code++) {
    const letter = String.fromCodePoint(code);
    const small = letter.toLowerCase();
    if (small === letter || small.length !== letter.length) continue;
    known.set(small, [...(known.get(small) ?? []), letter]);
  }
  return known;
}

/** No script with capitals stands above this code point. */
const BEYOND_CAPITALS = 0x1efff;
