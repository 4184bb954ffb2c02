/** Blocks of `Name: value` lines: delivery status, feedback reports, headers of returned mail. */

export interface Field {
  /** Lower case. */
  readonly name: string;
  /** Unfolded. */
  readonly value: string;
}

const MOST_FIELDS = 2_000;
const LONGEST_VALUE = 4_000;

/** Groups are parted by blank lines. Lines that are no field and continue none are passed over. */
export function fieldGroups(text: string): Field[][] {
  const groups: Field[][] = [];
  let group: Field[] = [];
  let count = 0;
  for (const line of text.split('\n')) {
    if (count >= MOST_FIELDS) break;
    if (line.trim() === '') {
      if (group.length > 0) groups.push(group);
      group = [];
    } else {
      count++;
      addLine(group, line);
    }
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** The first group alone: the header of a message. */
export function headerFields(text: string): Field[] {
  const start = text.replace(/^\n+/, '');
  const end = start.indexOf('\n\n');
  return fieldGroups(end === -1 ? start : start.slice(0, end))[0] ?? [];
}

/** The first value of that name; empty where there is none. */
export function valueOf(fields: readonly Field[], name: string): string {
  return fields.find((field) => field.name === name)?.value ?? '';
}

export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => value);
}

function addLine(group: Field[], line: string): void {
  const last = group.at(-1);
  if (/^[ \t]/.test(line)) {
    if (last && last.value.length < LONGEST_VALUE)
      group[group.length - 1] = { ...last, value: `${last.value} ${line.trim()}`.slice(0, LONGEST_VALUE) };
    return;
  }
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trimEnd();
  if (/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name))
    group.push({
      name: name.toLowerCase(),
      value: line
        .slice(colon + 1)
        .trim()
        .slice(0, LONGEST_VALUE),
    });
}
