import type { ValueHelper } from '../helper.ts';

/** The value, or the second word when there is none (missing, null or empty text; 0 and false are values). */
export const defaultTo: ValueHelper = {
  kind: 'value',
  name: 'default',
  takes: [2, 2],
  example: '{{default first_name "friend"}}',
  print: ([value, fallback]) => textOf(isEmpty(value) ? fallback : value),
};

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function textOf(value: unknown): string {
  return value === null || typeof value === 'object' ? '' : String(value ?? '');
}
