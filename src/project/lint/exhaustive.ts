/** Whether of several conditions one holds in every case. */
import type { Condition } from '../../core/conditions/condition.ts';
import { ALWAYS_NUMBERS, choicesOf, implies, negation } from './implies.ts';
import { askedNumbers } from './implies-field.ts';
import { coverFrom } from './interval.ts';

/** Everything that a contact can be one of, as the project says. */
export interface Choices {
  readonly stage: readonly string[];
  readonly mood: readonly string[];
}

/** Never yes where it is not certain. */
export function areExhaustive(conditions: readonly Condition[], choices: Choices): boolean {
  return areOpposite(conditions) || holdEveryChoice(conditions, choices) || holdEveryNumber(conditions);
}

/** Whatever one of them leaves is held by the others. */
function areOpposite(conditions: readonly Condition[]): boolean {
  return conditions.some((one, index) => {
    const rest = conditions.filter((_, other) => other !== index);
    const not = negation(one);
    return not !== undefined && rest.length > 0 && implies(not, { subject: 'any', any: rest });
  });
}

function holdEveryChoice(conditions: readonly Condition[], choices: Choices): boolean {
  return Object.entries(choices).some(([of, ids]: readonly [string, readonly string[]]) => {
    const held = conditions.flatMap((one) => ('for' in one ? undefined : choicesOf(one)) ?? []);
    const named = new Set(held.flatMap((one) => (one.of === of ? one.ids : [])));
    return ids.length > 0 && ids.every((id) => named.has(id));
  });
}

/** The ranges of one number leave none out. */
function holdEveryNumber(conditions: readonly Condition[]): boolean {
  return [...ALWAYS_NUMBERS].some((field) => {
    const ranges = conditions.flatMap((one) =>
      one.subject === 'field' && one.field === field ? (askedNumbers(one) ?? []) : [],
    );
    return coverFrom(/\.(count|items)$/.test(field) ? 0 : -Infinity, ranges);
  });
}
