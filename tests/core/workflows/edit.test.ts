import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { NOTHING_AROUND } from '../../../src/core/conditions/condition.ts';
import { compileWorkflow, workflowSchema } from '../../../src/core/workflows/compile.ts';
import { changesOf, mapSteps } from '../../../src/core/workflows/edit.ts';
import type { Workflow } from '../../../src/core/workflows/workflow.ts';

type Written = Readonly<Record<string, unknown>>;

let versions = 0;

function aWorkflow(steps: readonly Written[], moved_to: Readonly<Record<string, string>> = {}): Workflow {
  const source = workflowSchema.parse({
    version: 1,
    workflow: 'journey',
    purpose: 'promotion',
    when_edited: 'follow',
    enter_when: { event: 'signed_up' },
    moved_to,
    steps,
  });
  return compileWorkflow(source, `v${++versions}`, { conditions: NOTHING_AROUND, time_zone: 'UTC' });
}

const wait = (length: string, id?: string): Written => ({ wait: length, ...(id ? { id } : {}) });
const send = (message: string, id?: string): Written => ({ send_email: message, ...(id ? { id } : {}) });
const waitFor = (event: string, up_to: string, if_not: readonly Written[] = []): Written => ({
  wait_for: { event },
  up_to,
  if_not,
});
const way = (field: string, steps: readonly Written[]): Written => ({
  when: { field, exists: true },
  steps,
});
const branch = (...ways: readonly Written[]): Written => ({ branch: ways });
const otherwise = (...steps: readonly Written[]): Written => ({ otherwise: steps });

/** `1→2` for a step that is still there, `3⇢2` for one that is gone and leads there, `3⇢end`. */
function mapped(
  before: readonly Written[],
  after: readonly Written[],
  moved_to?: Readonly<Record<string, string>>,
): string {
  const map = mapSteps(aWorkflow(before), aWorkflow(after, moved_to));
  return [...map]
    .map(([old, target]) => ('to' in target ? `${old}→${target.to}` : `${old}⇢${target.next ?? 'end'}`))
    .join(' ');
}

describe('where people go who stand at a step that was edited', () => {
  test.each<
    [what: string, before: Written[], after: Written[], map: string, moved_to?: Record<string, string>]
  >([
    ['nothing changed', [wait('1 day'), send('a')], [wait('1 day'), send('a')], '1→1 2→2'],
    ['a wait is longer', [wait('1 day'), send('a')], [wait('3 days'), send('a')], '1→1 2→2'],
    [
      'one of two waits is longer',
      [wait('1 day'), send('a'), wait('2 days'), send('b')],
      [wait('1 day'), send('a'), wait('5 days'), send('b')],
      '1→1 2→2 3→3 4→4',
    ],
    [
      'a step is put in ahead',
      [wait('1 day'), send('a')],
      [send('hello'), wait('1 day'), send('a')],
      '1→2 2→3',
    ],
    [
      'a step is put in behind',
      [wait('1 day'), send('a')],
      [wait('1 day'), wait('2 days'), send('a')],
      '1→1 2→3',
    ],
    ['another message is another step', [wait('1 day'), send('a')], [wait('1 day'), send('b')], '1→1 2⇢end'],
    [
      'a message with an id is the same step in other words',
      [send('a', 'first'), wait('1 day')],
      [send('b', 'first'), wait('1 day')],
      'first→first 2→2',
    ],
    [
      'a deleted wait leads to the next step that is there',
      [wait('1 day'), send('a'), send('b')],
      [send('b')],
      '1⇢1 2⇢1 3→1',
    ],
    ['the last step was deleted', [send('a'), wait('1 day')], [send('a')], '1→1 2⇢end'],
    [
      'a deleted step with a new place',
      [wait('1 day', 'pause'), send('a'), send('b', 'second')],
      [send('a'), send('b', 'second')],
      'pause→second 2→1 second→second',
      { pause: 'second' },
    ],
    [
      'a new place for a step without an id',
      [wait('1 day'), send('a'), wait('3 days')],
      [wait('1 day'), send('a'), wait('3 days', 'later')],
      '1→later 2→2 3→later',
      { '1': 'later' },
    ],
    [
      'a new place that is not there counts for nothing',
      [wait('1 day'), send('a')],
      [send('a')],
      '1⇢1 2→1',
      { '1': 'nowhere' },
    ],
    [
      'an id was given to a step',
      [wait('1 day'), send('a')],
      [wait('1 day', 'pause'), send('a')],
      '1→pause 2→2',
    ],
    [
      'a step with an id moved up',
      [wait('1 day'), send('a'), send('b', 'last')],
      [send('b', 'last'), wait('1 day'), send('a')],
      '1→2 2→3 last→last',
    ],
    [
      'the same id for another verb is another step',
      [wait('1 day', 'x'), send('a')],
      [send('a', 'x')],
      'x⇢x 2→x',
    ],
    ['a wait is no wait_for', [wait('1 day'), send('a')], [waitFor('order', '1 day'), send('a')], '1⇢2 2→2'],
    [
      'the condition of a wait changed',
      [waitFor('order', '3 days', [send('a')])],
      [waitFor('visit', '3 days', [send('a')])],
      '1→1 1.if_not.1→1.if_not.1',
    ],
    [
      'at the end of a nested list what follows below',
      [waitFor('order', '3 days', [send('a'), wait('1 day')]), send('b')],
      [waitFor('order', '3 days', [send('a')]), send('b')],
      '1→1 1.if_not.1→1.if_not.1 1.if_not.2⇢2 2→2',
    ],
    [
      'the step that held the list is gone too',
      [branch(way('x', [wait('1 day')]), otherwise(wait('2 days'))), send('b')],
      [send('b')],
      '1⇢1 1.1.1⇢1 1.otherwise.1⇢1 2→1',
    ],
    [
      'a way is put in before another',
      [branch(way('x', [wait('1 day'), send('a')]), otherwise(send('b')))],
      [
        branch(
          way('y', [wait('2 days'), send('c')]),
          way('x', [wait('1 day'), send('a')]),
          otherwise(send('b')),
        ),
      ],
      '1→1 1.1.1→1.2.1 1.1.2→1.2.2 1.otherwise.1→1.otherwise.1',
    ],
    [
      'a step moved into a way',
      [wait('1 day'), send('a'), wait('9 days')],
      [wait('1 day'), branch(way('x', [send('a')])), wait('9 days')],
      '1→1 2→2.1.1 3→3',
    ],
    [
      'steps that stand there twice are not guessed at when they move',
      [wait('1 day'), send('a'), send('b'), send('a')],
      [wait('1 day'), send('b'), branch(way('x', [send('a')]))],
      '1→1 2⇢2 3→2 4⇢end',
    ],
  ])('%s', (_, before, after, map, moved_to) => {
    expect(mapped(before, after, moved_to)).toBe(map);
  });

  it('reads what "moved_to" said already as meant for the edit before', () => {
    const steps = [wait('1 day', 'a'), wait('2 days', 'b')];
    const second = aWorkflow(steps, { a: 'b' });
    const third = aWorkflow([...steps, send('bye')], { a: 'b' });
    expect(mapSteps(aWorkflow(steps), third).get('a')).toEqual({ to: 'b' });
    expect(mapSteps(second, third).get('a')).toEqual({ to: 'a' });
  });

  it('is worked out once for two versions', () => {
    const [before, after] = [aWorkflow([wait('1 day')]), aWorkflow([wait('2 days')])];
    expect(mapSteps(before, after)).toBe(mapSteps(before, after));
  });
});

describe('any workflow', () => {
  /** Plain steps with an id or without, each with words of its own. */
  const plain = fc
    .array(
      fc.record({
        verb: fc.constantFrom('wait', 'send_email', 'update_contact', 'tell_team'),
        named: fc.boolean(),
      }),
      { maxLength: 7 },
    )
    .map((list) => list.map(({ verb, named }, index) => aStep(verb, index, named)));

  function aStep(verb: string, number: number, named = false): Written {
    const value: Readonly<Record<string, unknown>> = {
      wait: `${number + 1} hours`,
      send_email: `message_${number}`,
      update_contact: { [`field_${number}`]: true },
      tell_team: `word ${number}`,
    };
    return { [verb]: value[verb], ...(named ? { id: `step_${number}` } : {}) };
  }

  /** The same with a branch, a wait_for and a test in it. */
  const nested = fc.tuple(plain, plain, plain, fc.nat()).map(([top, one, other, place]) => {
    const inner = (list: readonly Written[], from: number): Written[] =>
      list.map((step, index) => aStep(Object.keys(step)[0] ?? '', from + index));
    const holder = branch(way('x', inner(one, 100)), otherwise(waitFor('y', '5 days', inner(other, 200))));
    return top.toSpliced(place % (top.length + 1), 0, holder);
  });

  const idsOf = (workflow: Workflow): string[] => workflow.outline.map(({ id }) => id);

  prop.prop([nested])('leads from each step to the same when nothing was edited', (steps) => {
    const [before, after] = [aWorkflow(steps), aWorkflow(steps)];
    const map = mapSteps(before, after);
    for (const id of idsOf(before)) expect(map.get(id)).toEqual({ to: id });
    expect(changesOf(before, after)).toEqual([]);
  });

  prop.prop([nested, fc.nat(), fc.constantFrom('wait', 'send_email', 'update_contact'), fc.boolean()])(
    'leads from every other step to itself when one is put in',
    (steps, place, verb, named) => {
      const index = place % (steps.length + 1);
      const before = aWorkflow(steps);
      const after = aWorkflow(steps.toSpliced(index, 0, aStep(verb, 300, named)));
      const kept = after.outline.filter(({ text }) => !/30[01]/.test(text));
      const map = mapSteps(before, after);
      expect(before.outline.map(({ id }) => map.get(id))).toEqual(kept.map(({ id }) => ({ to: id })));
      expect(changesOf(before, after)).toMatchObject([{ change: 'added', step: { verb } }]);
    },
  );

  prop.prop([nested, fc.nat()])('leads on from a step that was deleted to the next one', (steps, place) => {
    const index = place % steps.length;
    const before = aWorkflow(steps);
    const after = aWorkflow(steps.toSpliced(index, 1));
    const map = mapSteps(before, after);
    const next = before.outline.filter(({ under }) => under === '')[index + 1];
    const to = next && map.get(next.id);
    const target = to && 'to' in to ? to.to : null;
    const gone = before.outline.filter(({ under }) => under === '')[index]?.id ?? '';
    expect(map.get(gone)).toEqual({ gone: true, next: target });
    expect(changesOf(before, after).every(({ change }) => change === 'removed')).toBe(true);
  });

  prop.prop([nested, nested])('leads nowhere to another verb, and to no step twice', (one, other) => {
    const [before, after] = [aWorkflow(one), aWorkflow(other)];
    const verbs = new Map(after.outline.map(({ id, verb }) => [id, verb]));
    const seen = new Set<string>();
    for (const [old, target] of mapSteps(before, after)) {
      if ('next' in target) {
        if (target.next !== null) expect(verbs.has(target.next)).toBe(true);
        continue;
      }
      expect(verbs.get(target.to)).toBe(before.outline.find(({ id }) => id === old)?.verb);
      expect(seen.has(target.to)).toBe(false);
      seen.add(target.to);
    }
    expect(idsOf(before).every((id) => mapSteps(before, after).has(id))).toBe(true);
  });
});

describe('what an edit did, for people', () => {
  const changes = (before: readonly Written[], after: readonly Written[]): string[] =>
    changesOf(aWorkflow(before), aWorkflow(after)).map((one) => {
      if (one.change === 'added') return `added ${one.step.id}`;
      if (one.change === 'removed') return `removed ${one.step.id}, on at ${one.next ?? 'end'}`;
      return `${one.change} ${one.before.id} ${one.before.text} to ${one.after.id} ${one.after.text}`;
    });

  it('tells what was added, removed, changed with both texts, and moved', () => {
    expect(
      changes(
        [wait('1 day'), send('a'), send('b'), send('c', 'last')],
        [send('c', 'last'), wait('2 days'), send('a'), send('d')],
      ),
    ).toEqual([
      'changed 1 {"verb":"wait","wait":{"amount":1,"unit":"day"}} to 2 {"verb":"wait","wait":{"amount":2,"unit":"day"}}',
      'removed 3, on at last',
      'moved last {"verb":"send_email","send_email":"c"} to last {"verb":"send_email","send_email":"c"}',
      'added 4',
    ]);
  });

  it('tells a step as moved that is now in a way', () => {
    expect(changes([send('a'), send('b')], [branch(way('x', [send('a')])), send('b')])).toEqual([
      'moved 1 {"verb":"send_email","send_email":"a"} to 1.1.1 {"verb":"send_email","send_email":"a"}',
      'added 1',
    ]);
  });
});
