import { z } from 'zod';
import { at, type JsonObject } from '../json.ts';
import { operatorsSchema, testOf, type Operators } from './operators.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Conditions on an event's properties: `{ survey: satisfaction, score: { at_most: 2 } }`. */
export const whereSchema = z.record(
  z.string(),
  z.union([scalar, operatorsSchema], {
    error: 'write a value, or operators such as { at_least: 2 }',
  }),
);

export type Where = z.infer<typeof whereSchema>;

export function matcher(where: Where): (properties: JsonObject) => boolean {
  const tests = Object.entries(where).map(([path, wanted]) => {
    const operators: Operators = typeof wanted === 'object' ? wanted : { is: wanted };
    const test = testOf(operators);
    return (properties: JsonObject) => test(at(properties, path));
  });
  return (properties) => tests.every((test) => test(properties));
}
