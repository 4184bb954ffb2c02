/**
 * A template as people read it: each thing that is filled in stands in brackets, by its field, and what only chooses
 * between words is left out.
 */
export function readable<T extends string | undefined>(template: T): T {
  return template?.replaceAll(/\{\{\{?~?([^{}]*?)~?\}?\}\}/g, (_all, inside: string) =>
    filledIn(inside.trim()),
  ) as T;
}

/** `money cart.value` is `[cart.value]`, `default first_name "you"` is `[first_name]`; `#if plan` is nothing. */
function filledIn(inside: string): string {
  if (/^[#/^!]|^else\b/.test(inside)) return '';
  const [first = '', second] = inside.split(/\s+/);
  const field = second === undefined || /^["'(]/.test(second) ? first : second;
  return `[${field}]`;
}
