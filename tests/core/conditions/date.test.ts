import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/core/conditions/answer.ts';
import { conditionSchema } from '../../../src/core/conditions/condition.ts';
import type { Instant } from '../../../src/core/events/event.ts';
import type { Json } from '../../../src/core/json.ts';
import { check } from '../../../src/core/schema.ts';
import { aContact, aQuestion, at, DAY, HOUR, MINUTE } from '../../support/build.ts';

function ask(condition: string, fields: Record<string, Json>, now: Instant, zone = 'UTC'): Answer {
  return aQuestion(condition).answer({ contact: aContact({ fields }), now, zone });
}

/** The answer with its moment as an instant in words. */
function told({ holds, until }: Answer): readonly [boolean, string] {
  return [holds, until === Infinity ? 'never' : new Date(until).toISOString().replace(':00.000Z', 'Z')];
}

describe('a date that a field holds', () => {
  const NOW = at('2026-03-15T12:00');

  test.each<[string, Json, boolean, string]>([
    ['is: today', '2026-03-15', true, '2026-03-16T00:00Z'],
    ['is: today', '2026-03-16', false, '2026-03-16T00:00Z'],
    ['is: today', '2026-03-14', false, 'never'],
    ['is: today', '2026-03-15T23:59:59', true, '2026-03-16T00:00Z'],
    ['is: today', '2026-03-15T23:30:00-05:00', false, '2026-03-16T00:00Z'],
    ['is: today', at('2026-03-15T20:00'), true, '2026-03-16T00:00Z'],
    ['is: tomorrow', '2026-03-16', true, '2026-03-16T00:00Z'],
    ['is: tomorrow', '2026-03-20', false, '2026-03-19T00:00Z'],
    ['is: yesterday', '2026-03-14', true, '2026-03-16T00:00Z'],
    ['is: yesterday', '2026-03-15', false, '2026-03-16T00:00Z'],
    ['is: [today, tomorrow]', '2026-03-16', true, '2026-03-17T00:00Z'],
    ['is: [yesterday, tomorrow]', '2026-03-16', true, '2026-03-16T00:00Z'],
    ['is: [yesterday, tomorrow]', '2026-03-15', false, '2026-03-16T00:00Z'],
    ['is: 2026-12-24', '2026-12-24', true, 'never'],
    ['is: 2026-12-24', '2026-12-25', false, 'never'],
    ['is: [2026-12-24, 2026-12-25]', '2026-12-25', true, 'never'],
    ['is: [saturday, sunday]', '2026-03-14', true, 'never'],
    ['is: [saturday, sunday]', '2026-03-13', false, 'never'],
    ['before: 2026-04-01', '2026-03-31', true, 'never'],
    ['before: 2026-04-01', '2026-04-01', false, 'never'],
    ['after: 2026-04-01', '2026-04-01', false, 'never'],
    ['after: 2026-04-01', '2026-04-02', true, 'never'],
    ['before: today', '2026-03-14', true, 'never'],
    ['before: today', '2026-03-15', false, '2026-03-16T00:00Z'],
    ['after: today', '2026-03-20', true, '2026-03-20T00:00Z'],
    ['after: tomorrow', '2026-03-16', false, 'never'],
    ['between: [2026-03-01, 2026-03-15]', '2026-03-15', true, 'never'],
    ['between: [2026-03-01, 2026-03-15]', '2026-03-16', false, 'never'],
    ['between: [yesterday, tomorrow]', '2026-03-16', true, '2026-03-18T00:00Z'],
    ['between: [today, 2026-03-31]', '2026-03-20', true, '2026-03-21T00:00Z'],
    ['between: [2026-03-01, tomorrow]', '2026-03-20', false, '2026-03-19T00:00Z'],
    ['within: 7 days', '2026-03-15', true, '2026-03-23T00:00Z'],
    ['within: 7 days', '2026-03-08', true, '2026-03-16T00:00Z'],
    ['within: 7 days', '2026-03-07', false, 'never'],
    ['within: 7 days', '2026-03-16', false, '2026-03-16T00:00Z'],
    ['within: 1 week', '2026-03-08', true, '2026-03-16T00:00Z'],
    ['within: 1 month', '2026-02-15', true, '2026-03-16T00:00Z'],
    ['within: 1 month', '2026-01-31', false, 'never'],
    ['within: 2 years', '2024-03-15', true, '2026-03-16T00:00Z'],
    ['not_within: 7 days', '2026-03-07', true, 'never'],
    ['not_within: 7 days', '2026-03-15', false, '2026-03-23T00:00Z'],
    ['not_within: 7 days', '2026-03-20', true, '2026-03-20T00:00Z'],
    ['within_next: 7 days', '2026-03-15', true, '2026-03-16T00:00Z'],
    ['within_next: 7 days', '2026-03-22', true, '2026-03-23T00:00Z'],
    ['within_next: 7 days', '2026-03-23', false, '2026-03-16T00:00Z'],
    ['within_next: 7 days', '2026-03-14', false, 'never'],
    ['within_next: 1 month', '2026-05-31', false, '2026-05-01T00:00Z'],
    ['within_next: 1 month', '2027-03-31', false, '2027-03-01T00:00Z'],
    ['within_next: 10 years', '2040-02-29', false, '2030-03-01T00:00Z'],
    ['within_next: 7 days, is: [saturday]', '2026-03-21', true, '2026-03-22T00:00Z'],
    ['within: 3 days, within_next: 3 days', '2026-03-18', false, '2026-03-18T00:00Z'],
    ['is: today', 'soon', false, 'never'],
    ['is: today', '2026-02-30', false, 'never'],
    ['is: today', '03-15', false, 'never'],
    ['is: today', null, false, 'never'],
    ['is: today', true, false, 'never'],
    ['is: today', 1e18, false, 'never'],
    ['not_within: 7 days', 'soon', false, 'never'],
  ])('{ %s } of %j: %s until %s', (asked, value, holds, until) => {
    expect(told(ask(`{ date: renewal_on, ${asked} }`, { renewal_on: value }, NOW))).toEqual([holds, until]);
  });

  test('a field that is not there answers no to everything', () => {
    for (const asked of [
      'is: today',
      'before: today',
      'not_within: 7 days',
      'every: year, within_next: 1 week',
    ])
      expect(ask(`{ date: renewal_on, ${asked} }`, {}, NOW)).toEqual({ holds: false, until: Infinity });
  });
});

describe('today', () => {
  const SATURDAY = at('2026-12-05T12:00');

  test.each<[string, boolean, string]>([
    ['is: saturday', true, '2026-12-06T00:00Z'],
    ['is: [saturday, sunday]', true, '2026-12-07T00:00Z'],
    ['is: friday', false, '2026-12-11T00:00Z'],
    ['is: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]', true, 'never'],
    ['is: [friday, 2026-12-06]', false, '2026-12-06T00:00Z'],
    ['is: 2026-12-05', true, '2026-12-06T00:00Z'],
    ['is: 2026-12-04', false, 'never'],
    ['before: 2026-12-24', true, '2026-12-24T00:00Z'],
    ['before: 2026-12-05', false, 'never'],
    ['after: 2026-12-05', false, '2026-12-06T00:00Z'],
    ['after: 2026-12-04', true, 'never'],
    ['between: [2026-12-01, 2026-12-24]', true, '2026-12-25T00:00Z'],
    ['between: [2026-12-06, 2026-12-24]', false, '2026-12-06T00:00Z'],
    ['between: [2026-11-01, 2026-12-04]', false, 'never'],
    ['is: wednesday, after: 2028-02-29', false, '2028-03-01T00:00Z'],
    ['is: saturday, between: [2026-12-07, 2026-12-11]', false, 'never'],
    ['before: 2040-01-01', true, '2040-01-01T00:00Z'],
  ])('{ %s } on Saturday 5 December 2026: %s until %s', (asked, holds, until) => {
    expect(told(ask(`{ date: today, ${asked} }`, {}, SATURDAY))).toEqual([holds, until]);
  });

  test('is the day where the contact is', () => {
    const evening = at('2026-12-04T20:00');
    expect(told(ask('{ date: today, is: saturday }', {}, evening, 'Asia/Tokyo'))).toEqual([
      true,
      '2026-12-05T15:00Z',
    ]);
    expect(told(ask('{ date: today, is: saturday }', {}, evening, 'Europe/Madrid'))).toEqual([
      false,
      '2026-12-04T23:00Z',
    ]);
  });
});

describe('a date that comes round every year', () => {
  const NOW = at('2026-03-15T12:00');

  test.each<[string, Json, boolean, string]>([
    ['is: today', '1990-03-15', true, '2026-03-16T00:00Z'],
    ['is: today', '1990-03-14', false, '2027-03-14T00:00Z'],
    ['is: tomorrow', '1990-03-16', true, '2026-03-16T00:00Z'],
    ['is: yesterday', '1990-03-14', true, '2026-03-16T00:00Z'],
    ['within_next: 7 days', '1990-03-22', true, '2026-03-23T00:00Z'],
    ['within_next: 7 days', '1990-03-23', false, '2026-03-16T00:00Z'],
    ['within_next: 7 days', '1990-03-14', false, '2027-03-07T00:00Z'],
    ['within: 7 days', '1990-03-08', true, '2026-03-16T00:00Z'],
    ['within: 7 days', '1990-03-16', false, '2026-03-16T00:00Z'],
    ['not_within: 7 days', '1990-03-16', true, '2026-03-16T00:00Z'],
    ['within_next: 364 days', '1990-03-14', true, '2027-03-15T00:00Z'],
    ['within_next: 7 days', '03-22', true, '2026-03-23T00:00Z'],
    ['within_next: 7 days', '--03-22', true, '2026-03-23T00:00Z'],
    ['is: today', '02-30', false, 'never'],
    ['is: today', at('1990-03-15T23:00'), true, '2026-03-16T00:00Z'],
    ['is: today', '2026-03-15', true, '2026-03-16T00:00Z'],
    ['is: today', '2027-03-15', false, '2027-03-15T00:00Z'],
    ['within_next: 2 weeks', '2031-03-20', false, '2031-03-06T00:00Z'],
  ])('{ every: year, %s } of %j: %s until %s', (asked, value, holds, until) => {
    const condition = `{ date: birthday, every: year, ${asked} }`;
    expect(told(ask(condition, { birthday: value }, NOW))).toEqual([holds, until]);
  });

  test('in the last days of December the birthdays of January are near', () => {
    const condition = '{ date: birthday, every: year, within_next: 7 days }';
    expect(told(ask(condition, { birthday: '1990-01-03' }, at('2026-12-28T09:00')))).toEqual([
      true,
      '2027-01-04T00:00Z',
    ]);
    const past = '{ date: birthday, every: year, within: 7 days }';
    expect(ask(past, { birthday: '1990-12-28' }, at('2027-01-03T09:00')).holds).toBe(true);
  });

  test.each([
    ['2027-02-27T12:00', false, '2027-02-28T00:00Z'],
    ['2027-02-28T12:00', true, '2027-03-01T00:00Z'],
    ['2027-03-01T12:00', false, '2028-02-29T00:00Z'],
    ['2028-02-28T12:00', false, '2028-02-29T00:00Z'],
    ['2028-02-29T12:00', true, '2028-03-01T00:00Z'],
    ['2100-02-28T12:00', true, '2100-03-01T00:00Z'],
  ])('who was born on 29 February, on %s: %s until %s', (now, holds, until) => {
    for (const birthday of ['1992-02-29', '02-29', '--02-29'])
      expect(told(ask('{ date: birthday, every: year, is: today }', { birthday }, at(now)))).toEqual([
        holds,
        until,
      ]);
  });
});

describe('midnights that are not as others', () => {
  test('in Santiago the day of the change of the clocks begins at 01:00', () => {
    const answer = ask('{ date: today, is: 2026-09-06 }', {}, at('2026-09-05T12:00'), 'America/Santiago');
    expect(told(answer)).toEqual([false, '2026-09-06T04:00Z']);
  });

  test('in Apia 30 December 2011 did not happen', () => {
    const now = at('2011-12-29T20:00'); // 10:00 on the 29th there
    const on = (day: string) => told(ask(`{ date: today, is: ${day} }`, {}, now, 'Pacific/Apia'));
    expect(on('2011-12-29')).toEqual([true, '2011-12-30T10:00Z']);
    expect(on('2011-12-30')).toEqual([false, 'never']);
    expect(on('2011-12-31')).toEqual([false, '2011-12-30T10:00Z']);
    expect(told(ask('{ date: today, is: [2011-12-29, 2011-12-31] }', {}, now, 'Pacific/Apia'))).toEqual([
      true,
      '2011-12-31T10:00Z',
    ]);
  });

  test("in St John's the clocks once went back into yesterday a minute after midnight", () => {
    const zone = 'America/St_Johns';
    const change = at('2010-11-07T02:31'); // 00:01 became 23:01
    const on = (day: string, now: Instant) => ask(`{ date: today, is: ${day} }`, {}, now, zone);
    expect(on('2010-11-07', change - HOUR)).toEqual({ holds: false, until: change - MINUTE });
    expect(on('2010-11-07', change - MINUTE)).toEqual({ holds: true, until: change });
    expect(on('2010-11-07', change)).toEqual({ holds: false, until: change + 59 * MINUTE });
    expect(on('2010-11-07', change + 59 * MINUTE).until).toBe(change + 59 * MINUTE + DAY);
    expect(ask('{ date: today, after: 2010-11-06 }', {}, change - 1, zone)).toEqual({
      holds: true,
      until: change,
    });
  });
});

type Parts = Readonly<Record<string, string | readonly string[]>>;

/** What the words mean, day by day and by other means. */
function meaning(asked: Parts, value: Temporal.PlainDate, today: Temporal.PlainDate): boolean {
  const compare = Temporal.PlainDate.compare;
  const day = (word: string): Temporal.PlainDate => {
    const near = ['yesterday', 'today', 'tomorrow'].indexOf(word);
    return near === -1 ? Temporal.PlainDate.from(word) : today.add({ days: near - 1 });
  };
  const length = (words: string): Temporal.Duration => {
    const [amount, unit = ''] = words.split(' ');
    return Temporal.Duration.from({ [unit.replace(/s?$/, 's')]: Number(amount) });
  };
  const days = ['', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const isPast = (kept: Temporal.PlainDate, words: string): boolean =>
    compare(kept, today) <= 0 && compare(today, kept.add(length(words))) <= 0;
  const tests: Readonly<Record<string, (kept: Temporal.PlainDate, wanted: never) => boolean>> = {
    is: (kept, words: readonly string[]) =>
      words.some((word) =>
        days.includes(word) ? days[kept.dayOfWeek] === word : compare(kept, day(word)) === 0,
      ),
    before: (kept, word: string) => compare(kept, day(word)) < 0,
    after: (kept, word: string) => compare(kept, day(word)) > 0,
    between: (kept, [from, to]: readonly [string, string]) =>
      compare(kept, day(from)) >= 0 && compare(kept, day(to)) <= 0,
    within: isPast,
    within_next: (kept, words: string) =>
      compare(today, kept) <= 0 && compare(kept, today.add(length(words))) <= 0,
  };
  const kept =
    asked.every === undefined
      ? [value]
      : [-1, 0, 1, 2]
          .map((step) => value.with({ year: today.year + step }))
          .filter(({ year }) => year >= value.year);
  return Object.entries(asked).every(([name, wanted]) => {
    if (name === 'date' || name === 'every') return true;
    if (name === 'not_within') return !kept.some((one) => isPast(one, wanted as string));
    return kept.some((one) => tests[name]?.(one, wanted as never));
  });
}

describe('until', () => {
  const START = Temporal.PlainDate.from('2026-01-01');
  const dates = fc.integer({ min: -700, max: 700 }).map((days) => START.add({ days }).toString());
  const lengths = fc
    .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('day', 'week'))
    .map(([amount, unit]) => `${amount} ${unit}s`);
  const months = fc.integer({ min: 1, max: 11 }).map((amount) => `${amount} months`);
  const long = fc.oneof(lengths, months);
  const near = fc.constantFrom('yesterday', 'today', 'tomorrow');
  const weekday = fc.constantFrom('monday', 'wednesday', 'saturday', 'sunday');
  const span = fc.tuple(dates, dates).map((two): readonly string[] => two.sort());
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 });

  const ofField = fc.record(
    {
      date: fc.constant('kept'),
      is: some(fc.oneof(near, weekday, dates)),
      before: fc.oneof(near, dates),
      after: fc.oneof(near, dates),
      within: long,
      not_within: long,
      within_next: long,
    },
    { requiredKeys: ['date'] },
  );
  const ofYear = fc.record(
    {
      date: fc.constant('kept'),
      every: fc.constant('year'),
      is: some(near),
      within: long,
      not_within: long,
      within_next: long,
    },
    { requiredKeys: ['date', 'every'] },
  );
  const ofToday = fc.record(
    {
      date: fc.constant('today'),
      is: some(fc.oneof(weekday, dates)),
      before: dates,
      after: dates,
      between: span,
    },
    { requiredKeys: ['date'] },
  );
  const asked = fc.oneof(ofField, ofYear, ofToday).filter((parts) => {
    const { date: _date, every: _every, ...questions } = parts as Record<string, unknown>;
    const count = Object.keys(questions).length;
    return count === 1 || count === 2;
  }) as fc.Arbitrary<Parts>;

  const places = fc.constantFrom(
    ['Europe/Madrid', '2026-03-29T00:00'],
    ['America/New_York', '2026-11-01T04:00'],
    ['America/Santiago', '2026-09-06T04:00'],
    ['America/Santiago', '2026-04-05T03:00'],
    ['Asia/Kathmandu', '2026-02-28T18:15'],
    ['Pacific/Apia', '2011-12-30T10:00'],
    ['UTC', '2028-02-29T00:00'],
  );
  const moments = fc
    .tuple(
      places,
      fc.oneof(
        fc.integer({ min: -2 * DAY, max: 2 * DAY }),
        fc.integer({ min: -3, max: 3 }).map((hours) => hours * HOUR),
        fc.integer({ min: -400, max: 400 }).map((days) => days * DAY),
      ),
    )
    .map(([[zone = '', around = ''], shift]) => ({ zone, now: at(around) + shift }));

  /** The field lies near the moment, so that something happens. */
  const near_value = fc.oneof(
    fc.integer({ min: -420, max: 420 }),
    fc.integer({ min: -45, max: 45 }),
    fc.integer({ min: -45, max: 45 }).map((days) => days - 365 * 20),
  );

  test('is exactly the first moment at which the answer is another', () => {
    let flips = 0;
    fc.assert(
      fc.property(asked, moments, near_value, (parts, { zone, now }, away) => {
        const local = (instant: Instant): Temporal.PlainDate =>
          Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDate();
        const stored = local(now).add({ days: away });
        const known = new Map<string, boolean>();
        const naive = (instant: Instant): boolean => {
          const today = local(instant);
          const key = today.toString();
          if (!known.has(key)) known.set(key, meaning(parts, parts.date === 'today' ? today : stored, today));
          return known.get(key) as boolean;
        };
        const question = aQuestion(JSON.stringify(parts));
        const contact = aContact({ fields: { kept: stored.toString() } });
        const { holds, until } = question.answer({ contact, now, zone });
        expect(holds).toBe(naive(now));
        expect(until).toBeGreaterThan(now);
        const end = Math.min(until - 1, now + 450 * DAY);
        for (let look = now; look < end; look += 20 * HOUR)
          expect([look, naive(look)]).toEqual([look, holds]);
        expect(naive(end)).toBe(holds);
        if (until > now + 7 * 366 * DAY) return;
        flips++;
        expect(naive(until)).toBe(!holds);
      }),
      { numRuns: 150 },
    );
    expect(flips).toBeGreaterThan(30);
  }, 60_000);
});

describe('what cannot be asked', () => {
  const mistake = (written: Record<string, unknown>): string => {
    const checked = check(conditionSchema, written);
    return checked.ok
      ? ''
      : checked.findings.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
  };

  test.each<[Record<string, unknown>, string]>([
    [{ date: 'birthday' }, 'date: say what the date must be'],
    [{ date: 'birthday', every: 'year' }, 'date: say what the date must be'],
    [{ date: 'today', within_next: '7 days' }, 'date: today does not come round and is never ahead'],
    [{ date: 'today', every: 'year', is: 'monday' }, 'date: today does not come round'],
    [{ date: 'today', is: 'today' }, 'date: today is always today'],
    [{ date: 'today', before: 'tomorrow' }, 'date: today is always today'],
    [{ date: 'birthday', within: '2 hours' }, 'within: dates are counted in days'],
    [{ date: 'birthday', within_next: '30 minutes' }, 'within_next: dates are counted in days'],
    [{ date: 'birthday', within: 'a while' }, 'within: "a while" is not a length of time'],
    [{ date: 'birthday', every: 'month', is: 'today' }, 'every: '],
    [{ date: 'birthday', every: 'year', is: 'saturday' }, 'every: what comes round every year is asked with'],
    [
      { date: 'birthday', every: 'year', before: '2026-12-24' },
      'every: what comes round every year is asked',
    ],
    [
      { date: 'birthday', every: 'year', within_next: '365 days' },
      'every: what comes round every year is never',
    ],
    [{ date: 'birthday', every: 'year', within: '1 year' }, 'every: what comes round every year is never'],
    [{ date: 'birthday', is: 'sábado' }, '"sábado" is not a day; write a date like 2026-12-24, today'],
    [{ date: 'birthday', is: '2026-02-30' }, '"2026-02-30" is not a day'],
    [
      { date: 'birthday', before: 'saturday' },
      'before: "saturday" is not a day; write a date like 2026-12-24',
    ],
    [{ date: 'birthday', before: 20261224 }, 'before: "20261224" is not a day'],
    [
      { date: 'today', between: ['2026-12-24', '2026-12-01'] },
      'between: the first day of "between" is after',
    ],
    [{ date: 'renewal', between: ['tomorrow', 'yesterday'] }, 'between: the first day of "between" is after'],
    [{ date: 'birthday', whithin: '7 days' }, '"whithin" does not belong here'],
  ])('%j is refused with the mend', (written, message) => {
    expect(mistake(written)).toContain(message);
  });

  test('a misspelt operator is told once', () => {
    expect(mistake({ date: 'birthday', whithin: '7 days' }).split('\n')).toHaveLength(1);
  });
});
