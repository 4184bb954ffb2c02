import { describe, expect, test } from 'vitest';
import { operatorsSchema, testOf, type Operators } from '../../../src/core/conditions/operators.ts';
import type { Json } from '../../../src/core/json.ts';

describe('an operator', () => {
  test.each<[Operators, Json | undefined, boolean]>([
    [{ is: 'club' }, 'CLUB', true],
    [{ is: 'café' }, 'CAFÉ', true],
    [{ is: 'cafe' }, 'café', false],
    [{ is: 'run' }, ['run'], false],
    [{ is_not: 'run' }, ['run'], true],
    [{ in: ['run', 'yoga'] }, ['run'], false],
    [{ is: 5 }, [5], false],
    [{ is: 89.9 }, '89.90', true],
    [{ is: 5 }, ' 5 ', true],
    [{ is: 'Infinity' }, 'infinity', true],
    [{ at_least: 5 }, 'Infinity', false],
    [{ at_least: 80 }, '89.90', true],
    [{ at_least: '89.90' }, 100, true],
    [{ at_least: '89.90' }, '100', true],
    [{ at_most: '89.90' }, '100', false],
    [{ between: ['9', '11'] }, '10', true],
    [{ at_least: 'gold' }, 'Gold', true],
    [{ more_than: 'gold' }, 'Gold', false],
    [{ less_than: 'gold' }, 'club', true],
    [{ less_than: 'gold' }, 5, false],
    [{ less_than: 'gold' }, { level: 'a' }, false],

    [{ contains: 'trail' }, 'Ultra TRAIL shoes', true],
    [{ contains: 'cafe' }, 'un café', false],
    [{ contains: 'Trail' }, ['run', 'trail'], true],
    [{ contains: 'trail' }, ['trail running'], false],
    [{ contains: 5 }, [4, 5], true],
    [{ contains: 5 }, ['5.0'], true],
    [{ contains: '28' }, 28013, true],
    [{ contains: 'true' }, true, false],
    [{ contains: 'a' }, { a: 1 }, false],
    [{ contains: 'a' }, undefined, false],
    [{ not_contains: 'trail' }, 'Trail', false],
    [{ not_contains: 'trail' }, 'road', true],
    [{ not_contains: 'trail' }, ['road', 'trail'], false],
    [{ not_contains: 'trail' }, ['road'], true],
    [{ not_contains: 'trail' }, [], true],
    [{ not_contains: 'trail' }, undefined, true],
    [{ not_contains: 'trail' }, null, true],
    [{ contains_any: ['run', 'yoga'] }, ['Yoga', 'chess'], true],
    [{ contains_any: ['run', 'yoga'] }, ['chess'], false],
    [{ contains_any: ['run', 'yoga'] }, 'Trail running', true],
    [{ contains_any: ['run', 'yoga'] }, [], false],
    [{ contains_any: ['run', 'yoga'] }, undefined, false],
    [{ contains_all: ['run', 'yoga'] }, ['YOGA', 'chess', 'run'], true],
    [{ contains_all: ['run', 'yoga'] }, ['yoga'], false],
    [{ contains_all: ['run', 'trail'] }, 'Trail running', true],
    [{ contains_all: ['run', 'trail'] }, 'running', false],
    [{ contains_all: [1, '2'] }, [2, 1], true],
    [{ contains_all: ['run'] }, undefined, false],
    [{ starts_with: 'ult' }, 'Ultra trail', true],
    [{ starts_with: 'trail' }, 'Ultra trail', false],
    [{ starts_with: 'É' }, 'éclair', true],
    [{ starts_with: 'e' }, 'éclair', false],
    [{ starts_with: '28' }, 28013, true],
    [{ starts_with: 28 }, '28013', true],
    [{ starts_with: 'run' }, ['running'], false],
    [{ starts_with: 'a' }, undefined, false],
    [{ ends_with: '.ES' }, 'ana@lumbre.es', true],
    [{ ends_with: '.com' }, 'ana@lumbre.es', false],
    [{ ends_with: '13' }, 28013, true],
    [{ ends_with: 's' }, null, false],

    [{ exists: true }, [], true],
    [{ exists: false }, '', true],
    [{}, undefined, true],
    [{ starts_with: 'a', ends_with: 'z' }, 'abcz', true],
    [{ starts_with: 'a', ends_with: 'z' }, 'abc', false],
    [{ is: undefined, starts_with: 'a' }, 'abc', true],
  ])('%j of %j: %s', (operators, value, holds) => {
    expect(testOf(operators)(value)).toBe(holds);
  });

  test('compares dates as text where no zone is known, and as dates where it is', () => {
    const moment = Date.UTC(2026, 10, 30, 23, 30);
    expect(testOf({ less_than: '2026-12-01' })('2026-11-30')).toBe(true);
    expect(testOf({ is: '2026-12-01' })(moment)).toBe(false);
    expect(testOf({ is: '2026-12-01' })(moment, 'Europe/Madrid')).toBe(true);
    expect(testOf({ is: '2026-12-01' })(moment, 'America/New_York')).toBe(false);
  });

  test.each([
    { contains: '' },
    { starts_with: '' },
    { ends_with: '' },
    { contains_any: [] },
    { contains_all: [''] },
    { contains: true },
    { between: [1] },
    { begins_with: 'a' },
  ])('%j cannot be asked', (written) => {
    expect(operatorsSchema.safeParse(written).success).toBe(false);
  });

  test('one set of operators can be asked of many values', () => {
    const operators: Operators = { contains_any: ['run'], not_contains: 'road' };
    const values = ['running', 'road running', 'run', ['run'], ['run', 'road']];
    expect(values.map((value) => testOf(operators)(value))).toEqual([true, false, true, true, false]);
  });
});
