/** How long an answer stands, what it is, and how much must be remembered for it: by trying everything. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer, Facts, Question } from '../../../src/core/conditions/answer.ts';
import {
  compileCondition,
  NOTHING_AROUND,
  type Condition,
  type Conditions,
} from '../../../src/core/conditions/condition.ts';
import { MESSAGE_FATES } from '../../../src/core/conditions/subjects/message.ts';
import { emptyProfile, type Contact } from '../../../src/core/contacts/contact.ts';
import { fold } from '../../../src/core/contacts/fold.ts';
import { mergeMemories, planMemory, type MemorySpec } from '../../../src/core/contacts/memory.ts';
import type { Event } from '../../../src/core/events/event.ts';
import type { Json } from '../../../src/core/json.ts';
import { exactMilliseconds, type Duration } from '../../../src/core/time/duration.ts';
import { aContact, afterEvents, anEvent, at, DAY } from '../../support/build.ts';

const START = at('2026-03-15T00:00');
const SECOND = 1000;
/** Everything happens in the first minute. */
const MINUTE = 60 * SECOND;
type EventPart = Extract<Condition, { subject: 'event' }>;
type MessagePart = Extract<Condition, { subject: 'message' }>;

// Conditions

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const seconds = fc.constantFrom(1, 5, 10, 15, 37).map((amount): Duration => ({ amount, unit: 'second' }));
const often = fc.integer({ min: 0, max: 4 });
const amount = fc.constantFrom(-1.5, -0.5, 0, 0.07, 1.1, 2, 3, 5.0001);
const names = fc.subarray(['a', 'b'], { minLength: 1 });
const where = seldom(fc.constantFrom({ n: 1 }, { n: { at_least: 2 } }));
const since = seldom(fc.constant('entry' as const));
const other = fc.subarray(['b', 'c'], { minLength: 1 });

const count = fc.oneof(
  fc.constant({}),
  fc.record({ at_least: often }),
  fc.record({ at_most: often }),
  fc.record({ times: often }),
  fc.record({ more_than: often, less_than: often }),
  fc.record({ at_least: often, at_most: often, more_than: maybe(often), less_than: maybe(often) }),
);
const counted = fc
  .tuple(
    fc.record({
      event: names,
      where,
      within: maybe(seconds),
      since,
      after: seldom(other),
    }),
    count,
  )
  .map(([parts, counts]) => ({ ...parts, ...counts }));
const comparison = fc.tuple(fc.constantFrom('at_least', 'at_most', 'more_than', 'less_than'), amount);
const sums = fc
  .record({
    event: names,
    where,
    sum_of: fc.constantFrom('n', 'm.x'),
    compared: fc.array(comparison, { minLength: 1, maxLength: 2 }),
    within: maybe(seconds),
    since,
    after: seldom(other),
  })
  .map(({ compared, ...rest }) => ({ ...rest, ...Object.fromEntries(compared) }));
const quiet = fc.record({ event: names, where, not_within: seconds, since, after: seldom(other) });
const single = fc
  .record({
    event: names,
    where,
    which: fc.constantFrom('first' as const, 'last' as const),
    within: maybe(seconds),
    not_within: maybe(seconds),
    since,
  })
  .map((parts) => (parts.which === 'first' ? { ...parts, since: undefined } : parts));
const earlier = fc.record({ event: names, where, before: other, since, after: seldom(other) });
const events = fc
  .oneof(
    { weight: 3, arbitrary: counted },
    { weight: 3, arbitrary: sums },
    { weight: 1, arbitrary: quiet },
    { weight: 2, arbitrary: single },
    { weight: 1, arbitrary: earlier },
  )
  .map((parts): Condition => ({ subject: 'event', ...parts }));

const fate = fc.constantFrom(...MESSAGE_FATES);
const ids = fc.subarray(['m', 'w'], { minLength: 1 });
const messages = fc
  .oneof(
    fc
      .tuple(fc.record({ message: ids, was: fate, within: maybe(seconds), since }), count)
      .map(([parts, counts]) => (parts.was === 'delivered' ? parts : { ...parts, ...counts })),
    fc.record({ message: ids, was: fate, not_within: seconds, since }),
  )
  .map((parts): Condition => ({ subject: 'message', ...parts }));

const dates = fc
  .record({
    field: fc.constantFrom('renewed', 'orders.last', 'cart.updated'),
    wide: seconds,
    within: fc.boolean(),
  })
  .map(({ field, wide, within }): Condition => {
    return { subject: 'field', field, ...(within ? { within: wide } : { not_within: wide }) };
  });
const stage = fc.constantFrom('now', 'before').map((id) => [id]);
const stages = fc
  .oneof(
    fc.record({ stage, for: maybe(seconds) }),
    fc.record({
      stage,
      was: fc.constant('ever' as const),
      within: maybe(seconds),
    }),
  )
  .map((parts): Condition => ({ subject: 'stage', ...parts }));

const simple = fc.oneof(
  { weight: 5, arbitrary: events },
  { weight: 2, arbitrary: messages },
  { weight: 1, arbitrary: dates },
  { weight: 1, arbitrary: stages },
  { weight: 1, arbitrary: fc.constant<Condition>({ subject: 'segment', segment: ['some'] }) },
);
const { any: combined } = fc.letrec<{ any: Condition }>((tie) => {
  const several = fc.array(tie('any'), { minLength: 1, maxLength: 3 });
  return {
    any: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      simple,
      several.map((all): Condition => ({ subject: 'all', all })),
      several.map((any): Condition => ({ subject: 'any', any })),
      several.map((none): Condition => ({ subject: 'none', none })),
    ),
  };
});

// What happened

/** Often at one and the same moment, sometimes a thousandth of a second apart. */
const offset = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.constantFrom(0, 0, 0, 0, 1, -1))
  .map(([step, by]) => Math.max(step * 5 * SECOND + by, 0));
const value = fc.constantFrom<Json>(1, 2, 3, -1, -1.5, -2, '0.07', ' 2 ', '-0', 'none', '', null, true);
const tracked = fc.record({ name: fc.constantFrom('a', 'b', 'a', 'b', 'c'), offset, n: value });
const told = fc.record({
  name: fc.constantFrom(...MESSAGE_FATES, 'sent', 'bounced').map((was) => `message_${was}`),
  offset,
  message: fc.constantFrom('m', 'm', 'w'),
  machine: fc.boolean(),
});
const bought = fc.record({ name: fc.constantFrom('order_completed', 'product_added'), offset });

function historyOf(occurrence: fc.Arbitrary<{ readonly name: string; readonly offset: number }>) {
  return fc.array(occurrence, { minLength: 4, maxLength: 12, size: 'max' }).map((list) =>
    list.map(({ name, offset, ...properties }, index) => {
      const m = 'n' in properties ? { m: { x: properties.n as Json } } : {};
      const order = { order_id: `o${index}`, product_id: `p${index}` };
      return anEvent(name, { ...properties, ...m, ...order }, START + offset, `e${index}`);
    }),
  );
}
const history = historyOf(fc.oneof(tracked, tracked, told, bought));

/** What is asked, and what happened that it could ask for. */
const asked = fc.oneof(
  fc.record({ condition: events, happened: historyOf(tracked) }),
  fc.record({ condition: messages, happened: historyOf(told) }),
  fc.record({ condition: combined, happened: history }),
);

interface World {
  readonly condition: Condition;
  readonly question: Question;
  /** The condition of the segment that the condition may ask for. */
  readonly some: Condition;
  readonly happened: readonly Event[];
  readonly contact: Contact;
  readonly entered_at: number | undefined;
  readonly scope: 'ever' | 'entry';
  readonly around: Conditions;
}

const world = fc
  .record({
    asked,
    some: fc.oneof(events, messages),
    renewed: offset.map((by) => START + 2 * by),
    stage_since: offset.map((by) => START + by),
    left: offset.map((by) => START + by),
    entered: maybe(offset),
    scope: fc.constantFrom('ever' as const, 'entry' as const),
  })
  .map(({ asked: { condition, happened }, some, renewed, stage_since, left, entered, scope }): World => {
    const segment = compileCondition(some, NOTHING_AROUND);
    const around = { ...NOTHING_AROUND, segment: () => segment };
    const question = compileCondition(condition, around, scope);
    const person = aContact({ stage: 'now', since: stage_since, fields: { renewed } });
    const contact = afterEvents(happened, [question], { ...person, stages_left: { before: left } });
    const entered_at = entered === undefined ? undefined : START + entered;
    return { condition, question, some, happened, contact, entered_at, scope, around };
  });

function factsOf({ contact, entered_at }: World, now: number): Facts {
  return { contact, now, zone: 'UTC', ...(entered_at === undefined ? {} : { entered_at }) };
}

/** Every moment at which anything could change, those next to it, and those in between. */
function momentsOf({ condition, some, happened, contact }: World): number[] {
  const widths = [0, ...widthsIn([condition, some])];
  const times = [
    ...happened.map(({ occurred_at }) => occurred_at),
    Number(contact.profile.fields.renewed?.value),
    contact.stage_since,
    Number(contact.stages_left.before),
  ];
  const edges = times.flatMap((time) => widths.map((width) => time + width));
  const last = Math.max(...happened.map(({ occurred_at }) => occurred_at), contact.stage_since, START);
  const near = [last, ...edges.flatMap((edge) => [edge - 1, edge, edge + 1])].filter((time) => time >= last);
  const sorted = [...new Set(near)].toSorted((a, b) => a - b);
  const between = sorted.slice(1).map((time, index) => Math.floor((time + Number(sorted[index])) / 2));
  return [...new Set([...sorted, ...between])].toSorted((a, b) => a - b);
}

function widthsIn(node: unknown): number[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('unit' in node) return [exactMilliseconds(node as Duration)];
  return Object.values(node).flatMap(widthsIn);
}

describe('until', () => {
  test('is exactly the first change, whatever is asked, and nothing changes in between', () => {
    fc.assert(
      fc.property(world, (given) => {
        const moments = momentsOf(given);
        const answers = moments.map((now) => given.question.answer(factsOf(given, now)));
        expect(answers.map(({ until }) => until)).toEqual(firstChanges(moments, answers));
      }),
      { numRuns: 3000 },
    );
  });

  /** For each moment the first later one that has another answer. */
  function firstChanges(moments: readonly number[], answers: readonly Answer[]): number[] {
    const changes: number[] = [];
    for (let index = moments.length - 1, next = Infinity; index >= 0; index--) {
      if (answers[index + 1] && answers[index + 1]?.holds !== answers[index]?.holds)
        next = Number(moments[index + 1]);
      changes.unshift(next);
    }
    return changes;
  }
});

describe('the answer', () => {
  test('is that of somebody who looks at all that ever happened', () => {
    fc.assert(
      fc.property(world, (given) => {
        for (const now of momentsOf(given)) {
          const { holds } = given.question.answer(factsOf(given, now));
          expect(holds).toBe(holdsByHand(given.condition, given, now, given.scope));
        }
      }),
      { numRuns: 1500 },
    );
  });

  test('comes with a reason in two languages', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { en, es } = given.question.because(factsOf(given, START + MINUTE));
        expect(en).not.toMatch(/undefined|NaN|Infinity|^$/);
        expect(es).not.toMatch(/undefined|NaN|Infinity|^$/);
      }),
      { numRuns: 300 },
    );
  });

  function holdsByHand(condition: Condition, given: World, now: number, scope: World['scope']): boolean {
    const inner = (part: Condition): boolean => holdsByHand(part, given, now, scope);
    switch (condition.subject) {
      case 'all':
        return condition.all.every(inner);
      case 'any':
        return condition.any.some(inner);
      case 'none':
        return !condition.none.some(inner);
      case 'segment':
        return holdsByHand(given.some, given, now, 'ever');
      case 'message':
        return messageByHand(condition, given, now, scope);
      case 'event': {
        const all = given.happened.filter(({ name }) => condition.event.includes(name));
        return eventByHand(condition, all, matchesByHand(condition), given, now, scope);
      }
      default:
        return compileCondition(condition, given.around, scope).answer(factsOf(given, now)).holds;
    }
  }

  type Asked = Omit<EventPart, 'subject' | 'event' | 'where'>;

  function eventByHand(
    asked: Asked,
    all: readonly Event[],
    matches: (event: Event) => boolean,
    { happened, entered_at }: World,
    now: number,
    scope: World['scope'],
  ): boolean {
    const counts = asked.since === 'entry' || (scope === 'entry' && !asked.not_within);
    const entry = counts ? (entered_at ?? -Infinity) : -Infinity;
    const age = (duration: Duration | undefined, none: number) =>
      duration ? exactMilliseconds(duration) : none;
    const young = ({ occurred_at }: Event) => now - occurred_at < age(asked.within, Infinity);
    const old = ({ occurred_at }: Event) => now - occurred_at >= age(asked.not_within, -Infinity);
    if (asked.which) {
      const times = all.map(({ occurred_at }) => occurred_at);
      const time = asked.which === 'first' ? Math.min(...times) : Math.max(...times);
      return all.some(
        (event) => event.occurred_at === time && matches(event) && time > entry && young(event) && old(event),
      );
    }
    const timesOf = (wanted: readonly string[]) =>
      happened.filter(({ name }) => wanted.includes(name)).map(({ occurred_at }) => occurred_at);
    const floor = asked.after ? (timesOf(asked.after).toSorted((a, b) => b - a)[0] ?? Infinity) : -Infinity;
    const left = all.filter(
      (event) => matches(event) && event.occurred_at > Math.max(entry, floor) && young(event),
    );
    if (asked.before) {
      const end = Math.min(...timesOf(asked.before));
      return left.some(({ occurred_at }) => occurred_at < end);
    }
    if (asked.not_within) return left.every(old);
    const sum = left.reduce((total, event) => total + (amountOf(event, asked.sum_of) ?? 0), 0);
    const found = asked.sum_of ? Math.round(sum * 10_000) / 10_000 : left.length;
    const { at_least, at_most, more_than, less_than, times } = asked;
    const comparisons = [at_least, at_most, more_than, less_than, times];
    if (comparisons.every((one) => one === undefined)) return found >= 1;
    return (
      found >= (at_least ?? -Infinity) &&
      found <= (at_most ?? Infinity) &&
      found > (more_than ?? -Infinity) &&
      found < (less_than ?? Infinity) &&
      found === (times ?? found)
    );
  }

  function amountOf({ properties }: Event, path: string | undefined): number | undefined {
    const n = path === undefined ? undefined : properties.n;
    if (typeof n === 'number') return n;
    return typeof n === 'string' && /\d/.test(n) ? Number(n) : undefined;
  }

  function matchesByHand({ where }: EventPart): (event: Event) => boolean {
    return (event) => {
      const n = amountOf(event, 'n');
      if (!where) return true;
      return where.n === 1 ? n === 1 : n !== undefined && n >= 2;
    };
  }

  function messageByHand(asked: MessagePart, given: World, now: number, scope: World['scope']): boolean {
    const isOf = (fate: string, ids: readonly string[]) =>
      given.happened.filter(
        ({ name, properties }) => name === `message_${fate}` && ids.includes(String(properties.message)),
      );
    if (asked.was === 'delivered') {
      const arrived = asked.message.some((id) => {
        const handed = [...isOf('sent', [id]), ...isOf('delivered', [id])];
        const latest = Math.max(...handed.map(({ occurred_at }) => occurred_at));
        if (isOf('bounced', [id]).some(({ occurred_at }) => occurred_at > latest)) return false;
        const limits = { within: asked.within ?? asked.not_within, since: asked.since };
        const inside = asked.not_within ? 'ever' : scope;
        return eventByHand(limits, handed, () => true, given, now, inside);
      });
      return asked.not_within ? !arrived : arrived;
    }
    const byPeople = isOf(asked.was, asked.message).filter(
      ({ properties }) => properties.machine !== true || !['opened', 'clicked'].includes(asked.was),
    );
    return eventByHand(asked, byPeople, () => true, given, now, scope);
  }
});

describe('memory', () => {
  /** Conditions for which little, much and different things must be remembered. */
  const several = fc.array(fc.oneof(events, messages), { minLength: 1, maxLength: 4 });
  const arrivals = fc.record({
    several,
    happened: history.chain((list) =>
      fc.record({
        list: fc.constant(list),
        shuffled: fc.shuffledSubarray(list, { minLength: list.length }),
        cut: fc.integer({ min: 0, max: list.length }),
      }),
    ),
    scope: fc.constantFrom('ever' as const, 'entry' as const),
    /** So small that what is let go matters. */
    keep: maybe(fc.integer({ min: 0, max: 3 })),
  });

  const memoryAfter = (list: readonly Event[], specs: readonly MemorySpec[]) =>
    list.reduce((profile, event) => fold(profile, event, planMemory(specs)), emptyProfile()).memory;

  test('is the same in whatever order events arrive, and as if two contacts had been one', () => {
    fc.assert(
      fc.property(arrivals, ({ several, happened: { list, shuffled, cut }, scope, keep }) => {
        const wanted = several.flatMap((one) => compileCondition(one, NOTHING_AROUND, scope).memory);
        const specs = keep === undefined ? wanted : wanted.map((spec) => ({ ...spec, keep }));
        const whole = memoryAfter(list, specs);
        expect(memoryAfter(shuffled, specs)).toEqual(whole);
        const one = memoryAfter(shuffled.slice(0, cut), specs);
        const other = memoryAfter(shuffled.slice(cut), specs);
        expect(mergeMemories(one, other, planMemory(specs))).toEqual(whole);
        expect(mergeMemories(other, one, planMemory(specs))).toEqual(whole);
      }),
      { numRuns: 1500 },
    );
  });

  test('comes back from a database as it was', () => {
    fc.assert(
      fc.property(several, history, (conditions, list) => {
        const memory = memoryAfter(
          list,
          conditions.flatMap((one) => compileCondition(one, NOTHING_AROUND).memory),
        );
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
      }),
      { numRuns: 500 },
    );
  });

  test('that is kept is always enough, also beside what other conditions want', () => {
    fc.assert(
      fc.property(world, several, (given, others) => {
        const { question, happened, contact } = given;
        const boundless = question.memory.map((spec) => ({ ...spec, keep: 1000, width: undefined }));
        const shared = [
          ...others.flatMap((one) => compileCondition(one, NOTHING_AROUND).memory),
          ...question.memory,
        ];
        const withMemory = (specs: readonly MemorySpec[]): Contact => ({
          ...contact,
          profile: { ...contact.profile, memory: memoryAfter(happened, specs) },
        });
        const [full, beside] = [withMemory(boundless), withMemory(shared)];
        for (const now of momentsOf(given)) {
          const facts = factsOf(given, now);
          const answer = question.answer(facts);
          expect(question.answer({ ...facts, contact: full })).toEqual(answer);
          expect(question.answer({ ...facts, contact: beside })).toEqual(answer);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const many = (count: number, apart: number) =>
    Array.from({ length: count }, (_, index) => anEvent('a', { n: 0.1 }, START + index * apart));
  const remembered = (asked: Omit<EventPart, 'subject' | 'event'>, list: readonly Event[]) => {
    const question = compileCondition({ subject: 'event', event: ['a'], ...asked }, NOTHING_AROUND);
    return afterEvents(list, [question]).profile.memory[question.memory[0]?.key ?? ''];
  };
  const week: Duration = { amount: 7, unit: 'day' };

  test.each([
    ['how often within a time: as many as are asked for', { at_least: 3, within: week }, 3],
    ['how often ever: none', { at_least: 3 }, 0],
    ['how much ever: none', { sum_of: 'n', at_least: 3 }, 0],
    ['how much within a time: those of that time', { sum_of: 'n', at_least: 3, within: week }, 8],
    ['how much after others: a thousand', { sum_of: 'n', at_least: 3, after: ['b'] }, 1000],
    ['the first: none', { which: 'first' as const, within: week }, 0],
    ['the latest: one', { which: 'last' as const, within: week }, 1],
  ])('keeps few times however many events arrive; %s', (_name, asked, kept) => {
    const memory = remembered(asked, many(1200, DAY));
    expect(memory).toMatchObject({ count: 1200, first: START });
    expect(memory?.times).toHaveLength(kept);
    if ('sum_of' in asked) expect(memory).toMatchObject({ sum: 1_200_000 });
    expect(memory?.values?.length).toBe('sum_of' in asked ? kept : undefined);
  });

  test('is as wide as the widest window that shares it', () => {
    const ask = (days: number): Condition => ({
      subject: 'event',
      event: ['a'],
      sum_of: 'n',
      at_least: 0.5,
      within: { amount: days, unit: 'day' },
    });
    const [narrow, wide] = [
      compileCondition(ask(1), NOTHING_AROUND),
      compileCondition(ask(9), NOTHING_AROUND),
    ];
    const facts = { now: START + 7 * DAY, zone: 'UTC' };
    for (const both of [
      [narrow, wide],
      [wide, narrow],
    ]) {
      const contact = afterEvents(many(8, DAY), both);
      expect(wide.answer({ ...facts, contact }).holds).toBe(true);
      expect(narrow.answer({ ...facts, contact }).holds).toBe(false);
    }
    expect(planMemory(wide.memory).shape).not.toBe(planMemory(narrow.memory).shape);
    expect(planMemory([...narrow.memory, ...wide.memory]).shape).toBe(planMemory(wide.memory).shape);
  });

  test('keeps at most a thousand for a sum within a time', () => {
    const asked = { sum_of: 'n', at_least: 3, within: week };
    expect(remembered(asked, many(1200, SECOND))?.times).toHaveLength(1000);
  });
});
