/** Whether sparing questions ever changes what is decided: everything is compared with a decision that spares none. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compileCondition, NOTHING_AROUND, type Conditions } from '../../../src/core/conditions/condition.ts';
import { latestOf } from '../../../src/core/conditions/subjects/event.ts';
import { newContact } from '../../../src/core/contacts/contact.ts';
import { planMemory } from '../../../src/core/contacts/memory.ts';
import { decide, type Decision, type Happening } from '../../../src/core/decide.ts';
import type { Known } from '../../../src/core/deciding/known.ts';
import type { Event, Instant } from '../../../src/core/events/event.ts';
import { moodsOf } from '../../../src/core/messages/mood.ts';
import type { Project } from '../../../src/core/project.ts';
import { reason } from '../../../src/core/reason.ts';
import { personasOf } from '../../../src/core/segments/personas.ts';
import type { Workflow } from '../../../src/core/workflows/workflow.ts';
import { aProject, DAY } from '../../support/build.ts';
import { peopleOf, rules } from '../../support/random-conditions.ts';

/** Steps that change what conditions look at, also the zone in which days begin. */
const SKELETON = aProject({
  stages: `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { field: age, is: 7 } }
  - { id: experience, enter_when: { field: age, is: 7 }, stay_at_least: 1 day }
`,
  workflows: {
    by_event: `
enter_when: { event: product_viewed }
re_enter: always
goal: { event: order_completed, within: 7 days }
exit_when: { field: age, is: 7 }
steps:
  - wait: 2 days
    since: last_event
  - update_contact: { name: Vigo }
  - wait_for: { event: survey_answered, at_least: 2 }
    up_to: 5 days
    if_not:
      - update_contact: { time_zone: Pacific/Auckland }
  - wait: 3 days
`,
    by_condition: `
enter_when: { field: age, is: 7 }
re_enter: { after: 2 days }
exit_when: { field: age, is: 7 }
steps:
  - wait: 1 day
  - update_contact: { age: 7, tags: [a] }
  - start_workflow: by_hand
`,
    by_date: `
enter_when: { date: birthday, every: year }
steps:
  - update_contact: { time_zone: America/Bogota }
`,
    by_move: `
enter_when: { enters_stage: decision }
re_enter: always
exit_when: { stage: experience }
steps:
  - wait: 30 days
`,
    by_hand: `
enter_when: manual
re_enter: always
exit_when: { event: wrote, at_least: 2, within: 2 days }
steps:
  - wait: 3 days
  - update_contact: { age: 89.9 }
`,
  },
});

type Rules = typeof rules extends fc.Arbitrary<infer Value> ? Value : never;

/** The skeleton with any conditions in the place of its own. */
function projectOf(sets: readonly Rules[]): Project {
  const { written } = sets[0] as Rules;
  const segment: Conditions['segment'] = (id) => {
    const when = written.segments[id];
    return when && compileCondition(when, { ...NOTHING_AROUND, segment });
  };
  const alone = { ...NOTHING_AROUND, segment };
  const personas = personasOf(
    written.personas.map(({ id, when }) => ({ id, when: when && compileCondition(when, alone) })),
  );
  const moods = moodsOf(
    written.moods.map(({ id, when, ends_when }) => ({
      id,
      when: when && compileCondition(when, { ...alone, personas }),
      ends_when: ends_when && latestOf(ends_when),
    })),
  );
  const around = { moods, personas, segment };
  const asked = (index: number, scope: 'ever' | 'entry' = 'ever') =>
    compileCondition((sets[index] as Rules).condition, around, scope);
  const segments = Object.keys(written.segments).flatMap((id) => {
    const when = segment(id);
    return when ? [{ id, title: reason(id, id), when }] : [];
  });
  const [start, ...stages] = SKELETON.stages.list;
  const list = [
    ...(start ? [start] : []),
    ...stages.map((stage, index) => ({ ...stage, enter_when: asked(index) })),
  ];
  const [trigger, exit, goal] = [asked(2), asked(3, 'entry'), asked(4, 'entry')];
  const workflows = new Map<string, Workflow>(SKELETON.workflows);
  change('by_event', (one) => ({ exits: [exit], goal: { reached: goal, within: one.goal?.within ?? null } }));
  change('by_condition', () => ({ trigger: { by: 'condition', when: trigger }, exits: [exit] }));
  change('by_hand', () => ({ goal: { reached: goal, within: null } }));
  const questions = [
    ...list.flatMap(({ enter_when }) => enter_when ?? []),
    ...segments.map(({ when }) => when),
  ];
  const memory = planMemory([
    ...[...workflows.values()].flatMap((workflow) => workflow.memory),
    ...[...questions, trigger, exit, goal, personas, moods].flatMap((one) => one.memory),
  ]);
  return {
    ...SKELETON,
    stages: { ...SKELETON.stages, list },
    ...{ segments, personas, moods, workflows, memory, time_zone: written.time_zone },
    version: (id) => workflows.get(id),
  };

  function change(id: string, changed: (workflow: Workflow) => Partial<Workflow>): void {
    const workflow = workflows.get(id) as Workflow;
    workflows.set(id, { ...workflow, ...changed(workflow) });
  }
}

type Decide = typeof decide;

/** One life, decision by decision; `known` is handed on or not. Of what would wake it for ever, a stretch is enough. */
function live(
  decideBy: Decide,
  events: readonly Event[],
  project: Project,
  handsOn: boolean,
): Omit<Decision, 'known'>[] {
  const made: Omit<Decision, 'known'>[] = [];
  const end = (events.at(-1)?.occurred_at ?? 0) + 60 * DAY;
  let contact = newContact('c1', project.stages.start, events[0]?.occurred_at ?? 0);
  let known: Known | undefined;
  let due: Instant | null = null;
  const turn = (now: Instant, happenings: readonly Happening[]): void => {
    const { known: found, ...decision } = decideBy(
      contact,
      happenings,
      project,
      now,
      handsOn ? known : undefined,
    );
    [contact, due, known] = [decision.contact, decision.next_due_at, found];
    made.push(upTo(end, decision));
  };
  const wakeUntil = (last: Instant): void => {
    for (let turns = 0; due !== null && due <= last && turns < 8; turns++) turn(due, []);
  };
  for (let index = 0; index < events.length; index += 1 + (index % 3)) {
    const some = events.slice(index, index + 1 + (index % 3));
    const now = some.at(-1)?.occurred_at ?? 0;
    wakeUntil(now - 1);
    turn(
      Math.max(now, contact.decided_at ?? now),
      some.map((event) => ({ kind: 'event', event })),
    );
  }
  wakeUntil(end);
  return made;
}

/** After a thousand looks ahead an answer is early, and which one depends on when it was asked. Nobody lives to see it. */
function upTo(end: Instant, decision: Omit<Decision, 'known'>): Omit<Decision, 'known'> {
  const { contact, next_due_at } = decision;
  const seen = (moment: Instant): Instant => (moment > end ? Infinity : moment);
  return {
    ...decision,
    contact: { ...contact, settled_until: seen(contact.settled_until) },
    next_due_at: next_due_at === null ? null : seen(next_due_at),
  };
}

test('what is known from before changes no decision', { timeout: 60_000 }, async () => {
  vi.resetModules();
  vi.doMock('../../../src/core/deciding/known.ts', async (original) => ({
    ...(await original<object>()),
    stands: () => false,
  }));
  const { decide: decideInFull } = await import('../../../src/core/decide.ts');
  const people = peopleOf(20260402, 40);
  let moves = 0;
  let runs = 0;
  fc.assert(
    fc.property(fc.tuple(rules, rules, rules, rules, rules), fc.nat(), (sets, pick) => {
      const project = projectOf(sets);
      const { events } = people[pick % people.length] as (typeof people)[number];
      const expected = live(decideInFull, events, project, false);
      expect(live(decide, events, project, true)).toEqual(expected);
      expect(live(decide, events, project, false)).toEqual(expected);
      moves += expected.reduce(
        (sum, decision) => sum + decision.moves.length + decision.segment_moves.length,
        0,
      );
      runs += expected.reduce((sum, decision) => sum + decision.runs.length, 0);
    }),
    { numRuns: RULES },
  );
  // Where nothing moves, agreeing says little.
  expect(moves).toBeGreaterThan(2 * RULES);
  expect(runs).toBeGreaterThan(2 * RULES);
});

const RULES = 200;
