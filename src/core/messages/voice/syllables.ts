/** Counts syllables by the letters: right in Spanish but for names from elsewhere, near enough in English for an average. */

/** Groups of vowels, without the silent e of an ending: "shoes" 1, "table" 2, "wanted" 2, "walked" 1. */
export function inEnglish(word: string): number {
  const letters = word.toLowerCase().replace(/[^a-z]/g, '');
  const spoken = HEARD.test(letters) ? letters : letters.replace(/(?<=[^aeiouy])e[sd]?$/, '');
  return Math.max(1, spoken.match(/[aeiouy]+/g)?.length ?? 0);
}

/** Endings whose e is heard: "wanted", "boxes", "table". */
const HEARD = /(?:[td]ed|(?:[sxzcg]|ch|sh)es|[^aeiouy]les?)$/;

/** Two strong vowels, or a weak one with an accent beside a strong one, are two syllables: "le-er", "dí-a", "bue-no". */
export function inSpanish(word: string): number {
  const letters = word
    .toLowerCase()
    .replace(/(?<=[qg])u(?=[eiéí])/g, '')
    .replace(/y(?=[aeiouáéíóú])/g, 'l');
  const groups = letters.match(/[aeiouáéíóúüy]+/g) ?? [];
  return Math.max(
    1,
    groups.reduce((sum, group) => sum + nuclei(group), 0),
  );
}

/** How often a new syllable begins inside a row of vowels, and one. */
function nuclei(vowels: string): number {
  const breaks = vowels.match(/[aeoáéó](?=[aeoáéóíú])|[íú](?=[aeoáéó])/g);
  return 1 + (breaks?.length ?? 0);
}
