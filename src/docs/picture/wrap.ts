/** Breaks a sentence into lines for a picture, by the number of letters: a picture knows no widths of letters. */
export function wrapped(text: string, letters: number, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, letters))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= letters) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  lines.push(line);
  if (lines.length <= most) return lines;
  const last = lines[most - 1] ?? '';
  return [...lines.slice(0, most - 1), `${last.slice(0, letters - 1)}…`];
}

/** Long names are broken after an underscore or a dot, if there is one. */
function pieces(word: string, letters: number): string[] {
  if (word.length <= letters) return [word];
  const place = Math.max(word.lastIndexOf('_', letters - 1), word.lastIndexOf('.', letters - 1));
  const cut = place > letters / 3 ? place + 1 : letters;
  return [word.slice(0, cut), ...pieces(word.slice(cut), letters)];
}
