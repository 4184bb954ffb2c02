/** The whole language lived through: every trigger, every way of coming again, every verb, one beside the other. */
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { planMemory } from '../../../src/core/contacts/memory.ts';
import { decide, type Decision } from '../../../src/core/decide.ts';
import type { Event, Instant } from '../../../src/core/events/event.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Message } from '../../../src/core/messages/message.ts';
import type { Project } from '../../../src/core/project.ts';
import { compileWorkflow, workflowSchema } from '../../../src/core/workflows/compile.ts';
import type { Run } from '../../../src/core/workflows/run.ts';
import { CALL_ANSWERED, WORKFLOW_STARTED, type Call } from '../../../src/core/workflows/step.ts';
import { loadProject, type GoingLive } from '../../../src/project/load.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import {
  aContact,
  anEvent,
  aStory,
  at,
  DAY,
  HOUR,
  MINUTE,
  projectFiles,
  type ProjectParts,
  type Story,
} from '../../support/build.ts';

/** A Monday, in the summer time of nobody. */
const START = at('2026-03-02T12:00');
const UTC = 'time_zone: UTC';
const HELLO = 'steps: [{ send_email: hello }]\n';

function storyOf(
  workflows: Readonly<Record<string, string>>,
  parts: ProjectParts = {},
  contact?: Contact,
): Story {
  const services = [
    ...Object.values(workflows)
      .join('\n')
      .matchAll(/(?:send_email|ask): (\w+)/g),
  ].map(([, id = '']) => id);
  return aStory(soundProject({ settings: UTC, services, ...parts, workflows }), contact);
}

/** Whatever lints may advise. */
function soundProject(parts: ProjectParts, going_live: GoingLive = {}): Project {
  const { loaded, problems } = loadProject(projectFiles(parts), [], going_live);
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded.project;
}

function happens(story: Story, name: string, hours: number, properties: JsonObject = {}): Decision {
  return story.tell(START + hours * HOUR, anEvent(name, properties, START + hours * HOUR));
}

function startedByHand(workflow: string, data: JsonObject, when: Instant): Event {
  return anEvent(WORKFLOW_STARTED, { workflow, data }, when);
}

/** `plan#1 completed`, `plan#2 waits at 3`. */
function fates({ runs }: Story): string[] {
  return runs.map(
    ({ workflow, number, outcome, step }) => `${workflow}#${number} ${outcome ?? `waits at ${step}`}`,
  );
}

describe('stages and segments that start workflows', () => {
  const stages = `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { field: cart.value, more_than: 0 } }
  - { id: experience, enter_when: { field: orders.count, at_least: 1 } }
`;
  const segments =
    'segments:\n  busy: { title: Busy, when: { event: page_viewed, at_least: 2, within: 3 days } }\n';
  const add = { product_id: 'a', price: 5 };

  test('by coming in and by going out, at the moment of the move and with its reason', () => {
    const story = storyOf(
      {
        welcome: `enter_when: { enters_stage: [decision, experience] }\nre_enter: always\n${HELLO}`,
        zbye: 'enter_when: { leaves_stage: decision }\nsteps: [{ send_email: bye }]\n',
      },
      { stages },
    );
    happens(story, 'product_added', 1, add);
    happens(story, 'order_completed', 5, { order_id: 'o', revenue: 5, products: [add] });
    expect(story.messages).toEqual([
      '2026-03-02T13:00 hello',
      '2026-03-02T17:00 hello',
      '2026-03-02T17:00 bye',
    ]);
    expect(story.runs.find(({ workflow }) => workflow === 'zbye')?.because.en).toMatch(
      /^moved from decision to experience: /,
    );
  });

  test('by time alone, at the very moment at which a segment is left', () => {
    const story = storyOf(
      {
        come: `enter_when: { enters_segment: busy }\nre_enter: always\n${HELLO}`,
        go: 'enter_when: { leaves_segment: busy }\nre_enter: always\nsteps: [{ send_email: bye }]\n',
      },
      { segments },
    );
    happens(story, 'page_viewed', 1);
    happens(story, 'page_viewed', 10);
    story.tell(START + 30 * DAY);
    // The first view leaves the three days at hour 73.
    expect(story.messages).toEqual(['2026-03-02T22:00 hello', '2026-03-05T13:00 bye']);
    expect(story.runs[0]?.because.en).toMatch(/^came into segment busy: /);
  });

  test('by what another workflow writes, in the same moment', () => {
    const story = storyOf(
      {
        mark: 'enter_when: { event: go }\nsteps: [{ update_contact: { plan: club } }]\n',
        club: `enter_when: { enters_segment: club }\n${HELLO}`,
      },
      { segments: 'segments:\n  club: { title: Club, when: { field: plan, is: club } }\n' },
    );
    happens(story, 'go', 1);
    expect(story.messages).toEqual(['2026-03-02T13:00 hello']);
  });
});

describe('rules that change', () => {
  const MOVES = {
    by_stage: 'enter_when: { enters_stage: decision }\nsteps: [{ send_email: a }]\n',
    by_segment: 'enter_when: { enters_segment: club }\nsteps: [{ send_email: b }]\n',
    by_condition: 'enter_when: { field: plan, is: club }\nsteps: [{ send_email: c }]\n',
  };
  const rules = (plan: string): ProjectParts => ({
    settings: UTC,
    stages: `stages:\n  - { id: awareness, start_here: true }\n  - { id: decision, enter_when: { field: plan, is: ${plan} } }\n`,
    segments: `segments:\n  club: { title: Club, when: { field: plan, is: ${plan} } }\n`,
    workflows: { ...MOVES, by_condition: MOVES.by_condition.replace('club', plan) },
  });
  const member = (): Contact => {
    const story = aStory(soundProject(rules('vip')), aContact({ fields: { plan: 'club' } }));
    story.tell(START, anEvent('page_viewed', {}, START));
    return story.contact;
  };
  const afterwards = (live_since: Instant | null): Story => {
    return aStory(soundProject(rules('club'), { live_since }), member());
  };

  test('move people, and start nothing because of that', () => {
    const story = afterwards(START + DAY);
    const { moves, segment_moves } = story.tell(START + DAY + MINUTE);
    expect(moves).toMatchObject([{ to: 'decision', at: START + DAY }]);
    expect(segment_moves).toMatchObject([{ segment: 'club', way: 'enters' }]);
    expect([story.messages, story.runs]).toEqual([[], []]);
    story.tell(START + 9 * DAY, anEvent('page_viewed', {}, START + 9 * DAY));
    expect(story.runs).toEqual([]);
  });

  test('start what they move where that is asked for', () => {
    const story = afterwards(null);
    story.tell(START + DAY);
    expect(story.messages.map((line) => line.split(' ')[1]).sort()).toEqual(['a', 'b', 'c']);
  });

  test('start as ever what happens from then on', () => {
    const story = afterwards(START + DAY);
    story.tell(START + DAY + MINUTE);
    const change = (plan: string, hours: number) => happens(story, 'identified', hours, { plan });
    change('none', 30);
    change('club', 40);
    expect(story.messages.map((line) => line.split(' ')[1]).sort()).toEqual(['a', 'b', 'c']);
  });

  describe('of a schedule', () => {
    const weekly = (day: string, more: Record<string, string> = {}): ProjectParts => ({
      settings: UTC,
      workflows: { news: `enter_when: { every: ${day} }\n${HELLO}`, ...more },
    });
    const subscriber = (): Contact => {
      const story = aStory(soundProject(weekly('friday 10:00')));
      story.tell(START, anEvent('page_viewed', {}, START));
      return story.contact;
    };
    const through = (day: string, live_since: Instant, decided: Instant, more = {}): Story => {
      const story = aStory(soundProject(weekly(day, more), { live_since }), subscriber());
      story.tell(decided);
      return story;
    };
    const thursday = at('2026-03-05T05:00');

    test('start nothing for a moment that only they put into the past', () => {
      const story = through('wednesday 10:00', thursday, thursday + MINUTE);
      expect(story.messages).toEqual([]);
      story.tell(at('2026-03-12T00:00'));
      expect(story.messages).toEqual(['2026-03-11T10:00 hello']);
    });

    test('lose nobody whose moment had come just before they went live', () => {
      const friday = at('2026-03-06T10:00');
      const story = through('friday 10:00', friday + 1000, friday + 5000, {
        other: `enter_when: manual\n${HELLO}`,
      });
      expect(story.messages).toEqual(['2026-03-06T10:00 hello']);
    });
  });
});

describe('dates and schedules', () => {
  test('a birthday starts at nine where the contact is, every year', () => {
    const birthday = `enter_when: { date: birthday, every: year }\n${HELLO}`;
    const sentTo = (time_zone: string): readonly string[] => {
      const story = storyOf({ birthday }, {}, aContact({ fields: { time_zone, birthday: '1990-03-10' } }));
      happens(story, 'page_viewed', 1);
      story.tell(START + 400 * DAY);
      return story.messages;
    };
    expect(sentTo('Europe/Madrid')).toEqual(['2026-03-10T08:00 hello', '2027-03-10T08:00 hello']);
    expect(sentTo('America/Mexico_City')).toEqual(['2026-03-10T15:00 hello', '2027-03-10T15:00 hello']);
    expect(sentTo('Pacific/Auckland')).toEqual(['2026-03-09T20:00 hello', '2027-03-09T20:00 hello']);
  });

  test('a date that changes before it comes counts as it is then; one that has gone by starts nothing', () => {
    const trip = `enter_when: { date: trip, offset: 1 day before }\n${HELLO}`;
    const story = storyOf({ trip });
    happens(story, 'identified', 1, { trip: '2026-03-20' });
    happens(story, 'identified', 200, { trip: '2026-03-15' });
    happens(story, 'identified', 201, { trip: '2026-03-01' });
    happens(story, 'identified', 202, { trip: '2026-03-18' });
    story.tell(START + 60 * DAY);
    expect(story.messages).toEqual(['2026-03-17T09:00 hello']);
  });

  test('who moves to another zone is greeted at nine there, and once', () => {
    const story = storyOf(
      { birthday: `enter_when: { date: birthday, every: year }\n${HELLO}` },
      {},
      aContact({ fields: { time_zone: 'Europe/Madrid', birthday: '1990-03-10' } }),
    );
    happens(story, 'identified', 24, { time_zone: 'America/Mexico_City' });
    story.tell(at('2026-03-10T15:30'));
    happens(story, 'identified', (at('2026-03-10T16:00') - START) / HOUR, { time_zone: 'Pacific/Honolulu' });
    story.tell(START + 60 * DAY);
    // By the clock of Honolulu nine o’clock comes once more; the run of the day is over, so it starts again.
    expect(story.messages[0]).toBe('2026-03-10T15:00 hello');
    expect(story.messages.length).toBeLessThanOrEqual(2);
  });

  test('a schedule starts each week, and an outage makes up for the last one only, and only for a day', () => {
    const news = { news: `enter_when: { every: monday 10:00 }\n${HELLO}` };
    const story = storyOf(news);
    happens(story, 'page_viewed', 1);
    story.tell(at('2026-03-17T00:00'));
    expect(story.messages).toEqual(['2026-03-09T10:00 hello', '2026-03-16T10:00 hello']);
    story.tellAfterOutage(at('2026-04-07T09:00'));
    expect(story.messages.slice(2)).toEqual(['2026-04-06T10:00 hello']);
    story.tellAfterOutage(at('2026-04-15T09:00'));
    expect(story.messages).toHaveLength(3);
  });

  test('a condition on who may come in is asked at each moment', () => {
    const story = storyOf({
      news: `enter_when: { every: day 10:00 }\nonly_if: { field: plan, is: club }\n${HELLO}`,
    });
    happens(story, 'page_viewed', 1);
    happens(story, 'identified', 30, { plan: 'club' });
    happens(story, 'identified', 80, { plan: 'none' });
    story.tell(START + 9 * DAY);
    expect(story.messages).toEqual(['2026-03-04T10:00 hello', '2026-03-05T10:00 hello']);
  });
});

describe('coming again', () => {
  test('for each order by itself, side by side, and once for each', () => {
    const story = storyOf({
      thanks:
        'enter_when: { event: bought }\nre_enter: { per: order_id }\nsteps: [{ wait: 1 day }, { send_email: hello }]\n',
    });
    happens(story, 'bought', 0, { order_id: 'a' });
    happens(story, 'bought', 1, { order_id: 'b' });
    happens(story, 'bought', 2, { order_id: 'a' });
    expect(story.contact.runs.map(({ key, number }) => [key, number])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    happens(story, 'bought', 50, { order_id: 'b' });
    happens(story, 'bought', 51, {});
    happens(story, 'bought', 52, {});
    story.tell(START + 9 * DAY);
    expect(story.messages).toEqual([
      '2026-03-03T12:00 hello',
      '2026-03-03T13:00 hello',
      '2026-03-05T15:00 hello',
    ]);
  });

  test('each of several side by side hears of what it waits for and goes its own way', () => {
    const story = storyOf({
      thanks: `enter_when: { event: bought }
re_enter: { per: order.id }
steps: [{ wait_for: { event: delivered }, up_to: 2 days, if_not: [{ exit: lost }] }, { send_email: hello }]
`,
    });
    happens(story, 'bought', 0, { order: { id: 1 } });
    happens(story, 'bought', 30, { order: { id: 2 } });
    happens(story, 'delivered', 60);
    expect(story.runs.map(({ key, outcome, ended_because }) => [key, outcome, ended_because?.en])).toEqual([
      ['1', 'completed', 'lost'],
      ['2', 'completed', 'walked to the end'],
    ]);
    expect(story.messages).toHaveLength(1);
  });

  test('of two contacts who become one keeps what each was about', () => {
    const thanks =
      'enter_when: { event: bought }\nre_enter: { per: order_id }\nsteps: [{ wait: 1 day }, { send_email: hello }]\n';
    const one = storyOf({ thanks });
    const other = storyOf({ thanks }, {}, aContact({ id: 'c2' }));
    happens(one, 'bought', 0, { order_id: 'a' });
    happens(other, 'bought', 1, { order_id: 'b' });
    one.merge(START + 2 * HOUR, other.contact);
    happens(one, 'bought', 3, { order_id: 'b' });
    happens(one, 'bought', 4, { order_id: 'c' });
    expect(one.contact.runs.map(({ key, number }) => [key, number])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });

  test.each([
    ['never', ['0', '2']],
    ['always', ['0', '2', '5', '9']],
    ['{ after: 4 hours }', ['0', '2', '9']],
  ])('by hand obeys re_enter: %s', (rule, hours) => {
    const story = storyOf({ plan: `enter_when: manual\nre_enter: ${rule}\n${HELLO}` });
    for (const hour of [0, 2, 5, 9])
      story.tell(START + hour * HOUR, startedByHand('plan', {}, START + hour * HOUR));
    const expected = rule === 'never' ? ['0'] : rule === 'always' ? hours : ['0', '5', '9'];
    expect(story.messages).toEqual(
      expected.map((hour) => `2026-03-02T${String(12 + Number(hour)).padStart(2, '0')}:00 hello`),
    );
  });
});

describe('started by hand', () => {
  test('hands its data to the words, whatever the trigger says', () => {
    const story = storyOf({ plan: `enter_when: { event: never_told }\n${HELLO}` });
    const { messages, runs } = story.tell(START, startedByHand('plan', { code: 'X1' }, START));
    expect(messages).toMatchObject([{ message: 'hello', event: { code: 'X1' } }]);
    expect(runs).toMatchObject([{ because: { en: 'started by hand', es: 'se inició a mano' } }]);
  });

  test('asks only_if and the ways out as any other start does, and knows no others', () => {
    const workflows = {
      only: `enter_when: manual\nonly_if: { field: plan, is: club }\n${HELLO}`,
      out: `enter_when: manual\nexit_when: { field: email, exists: true }\n${HELLO}`,
      done: `enter_when: manual\ngoal: { field: email, exists: true }\n${HELLO}`,
      draft: `enter_when: manual\nstatus: draft\n${HELLO}`,
      stopped: `enter_when: manual\nstatus: stopped\n${HELLO}`,
    };
    const story = storyOf(workflows);
    for (const id of [...Object.keys(workflows), 'nowhere']) story.tell(START, startedByHand(id, {}, START));
    expect(story.runs).toEqual([]);
  });
});

describe('ab_test', () => {
  const TEST = `enter_when: { event: go }
re_enter: always
steps:
  - ab_test:
      variants:
        one: { share: 30, steps: [{ send_email: one }] }
        two: { share: 70, steps: [{ send_email: two }] }
    id: test
`;
  const testing = (winners: Readonly<Record<string, string>> = {}): Project =>
    soundProject({ settings: UTC, services: ['one', 'two'], workflows: { plan: TEST } }, { winners });
  const sentTo = (id: string, project: Project): string[] => {
    const story = aStory(project, aContact({ id }));
    for (const hour of [0, 5, 9]) happens(story, 'go', hour);
    return story.messages.map((line) => line.split(' ')[1] ?? '');
  };

  test('sends each contact the same way each time, and the shares of people as written', () => {
    const project = testing();
    const people = Array.from({ length: 400 }, (_, index) => sentTo(`person-${index}`, project));
    for (const messages of people) expect(new Set(messages).size).toBe(1);
    const one = people.filter(([first]) => first === 'one').length;
    expect(one).toBeGreaterThan(90);
    expect(one).toBeLessThan(150);
  });

  test('sends everybody the way that has won', () => {
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      expect(sentTo(id, testing({ 'plan/test': 'one' }))).toEqual(['one', 'one', 'one']);
  });
});

describe('holdout', () => {
  const HELD = `enter_when: { event: go }
holdout: 50
goal: { event: bought, within: 5 days }
steps: [{ send_email: hello }, { wait: 1 day }, { call_webhook: { url: "https://crm.example/x" } }]
`;
  const people = (): Story[] => {
    const project = soundProject({ settings: UTC, workflows: { plan: HELD } });
    return Array.from({ length: 60 }, (_, index) => aStory(project, aContact({ id: `person-${index}` })));
  };

  test('lets some get nothing, always the same, and watches them for their goal', () => {
    const all = people();
    for (const story of all) happens(story, 'go', 0);
    const held = all.filter(({ runs }) => runs[0]?.held_out);
    expect(held.length).toBeGreaterThan(15);
    expect(held.length).toBeLessThan(45);
    for (const story of held) expect(story.messages).toEqual([]);
    const [buyer, other] = held as [Story, Story];
    happens(buyer, 'bought', 30);
    expect(buyer.runs).toMatchObject([{ outcome: 'converted', held_out: true }]);
    const calls = [1, 2, 3].flatMap((day) => other.tell(START + day * DAY).calls);
    other.tell(START + 9 * DAY);
    expect([calls, other.runs[0]?.outcome, other.runs[0]?.ended_at]).toEqual([
      [],
      'completed',
      START + 5 * DAY,
    ]);
  });
});

describe('loops, chains and circles', () => {
  test('a loop through a wait goes round until its way out opens, each round in a place of its own', () => {
    const story = storyOf({
      plan: `enter_when: { event: go }
exit_when: { event: stop }
steps:
  - send_email: hello
    id: again
  - branch: [{ when: { field: plan, is: club }, steps: [{ send_email: club }] }]
  - wait: 7 hours
  - goto: again
`,
    });
    happens(story, 'go', 0);
    const visits: string[] = [];
    for (let hour = 7; hour <= 7 * 30; hour += 7)
      visits.push(...story.tell(START + hour * HOUR).messages.map(({ step, visit }) => `${step}/${visit}`));
    expect(visits).toHaveLength(30);
    expect(new Set(visits).size).toBe(30);
    happens(story, 'stop', 7 * 30 + 1);
    story.tell(START + 90 * DAY);
    expect([story.messages.length, fates(story)]).toEqual([31, ['plan#1 exited']]);
  });

  test('a chain of workflows is walked in one moment, with the data of each', () => {
    const links = Array.from({ length: 8 }, (_, index) => [
      `link_${index}`,
      `enter_when: manual\nsteps: [{ send_email: letter_${index} }, { start_workflow: link_${index + 1}, with: { depth: ${index + 1} } }]\n`,
    ]);
    const story = storyOf({
      ...(Object.fromEntries(links) as Record<string, string>),
      link_8: 'enter_when: manual\nsteps: [{ send_email: last }]\n',
    });
    const { messages } = story.tell(START, startedByHand('link_0', {}, START));
    expect(messages.map(({ message, event }) => [message, event.depth])).toEqual([
      ...Array.from({ length: 8 }, (_, index) => [`letter_${index}`, index === 0 ? undefined : index]),
      ['last', 8],
    ]);
  });

  test('a circle of workflows comes to rest, and lets everything else go on', () => {
    const turn = (other: string) =>
      `enter_when: manual\nre_enter: always\nsteps: [{ start_workflow: ${other} }]\n`;
    const project = projectOf({
      one: turn('two'),
      two: turn('one'),
      three: 'enter_when: { event: go }\nsteps: [{ wait: 1 hour }, { send_email: c }]\n',
    });
    const story = aStory(project);
    story.tell(START, startedByHand('one', {}, START), anEvent('go', {}, START));
    story.tell(START + DAY);
    expect(story.messages).toEqual(['2026-03-02T13:00 c']);
    expect(story.runs.length).toBeLessThan(30);
    expect(story.contact.runs).toEqual([]);
  });

  test('workflows that start two of each other each come to rest as well', () => {
    const twice =
      'enter_when: manual\nre_enter: always\nsteps: [{ start_workflow: one }, { start_workflow: two }]\n';
    const story = aStory(projectOf({ one: twice, two: twice }));
    story.tell(START, startedByHand('one', {}, START));
    expect(story.runs.length).toBeLessThan(150);
    // What was left over is nobody's any more.
    story.tell(START + HOUR, anEvent('page_viewed', {}, START + HOUR));
    expect(story.runs.every(({ entered_at }) => entered_at === START)).toBe(true);
  });

  test('a circle through a wait goes round for ever, one run at a time', () => {
    const turn = (other: string) =>
      `enter_when: manual\nre_enter: always\nsteps: [{ wait: 1 day }, { start_workflow: ${other} }]\n`;
    const story = storyOf({ one: turn('two'), two: turn('one') });
    story.tell(START, startedByHand('one', {}, START));
    story.tell(START + 100 * DAY);
    expect(story.runs).toHaveLength(101);
    expect(story.contact.runs).toHaveLength(1);
  });

  test('starts itself again where it may', () => {
    const story = storyOf({
      plan: 'enter_when: { event: go }\nre_enter: always\nsteps: [{ send_email: hello }, { wait: 1 day }, { start_workflow: plan }]\n',
    });
    happens(story, 'go', 0);
    story.tell(START + 3 * DAY);
    expect(story.messages).toHaveLength(4);
  });
});

describe('telling others', () => {
  const CALLS = `enter_when: { event: go }
steps:
  - tell_team: "Look after {{email}}"
    to: luis@lumbre.example
  - call_webhook: { url: "https://crm.example/deals", save_answer: deal }
    up_to: 2 hours
    if_failed: [{ send_email: sorry }, { exit: no crm }]
  - branch: [{ when: { field: deal.level, at_least: 3 }, steps: [{ send_email: warm }] }, { otherwise: [{ send_email: cold }] }]
`;
  const called = (): { story: Story; webhook: Call } => {
    const story = storyOf({ plan: CALLS });
    const { calls } = happens(story, 'go', 0, { code: 7 });
    expect(calls.map(({ step, visit, spec, event }) => [step, visit, spec.kind, event])).toEqual([
      ['1', 1, 'team', { code: 7 }],
      ['2', 2, 'webhook', { code: 7 }],
    ]);
    return { story, webhook: calls[1] as Call };
  };
  const answer = (
    { workflow, run, step, visit }: Call,
    ok: boolean,
    given: JsonObject | null,
  ): JsonObject => ({
    ...{ workflow, run, step, visit },
    ...{ ok, answer: given, failure: ok ? '' : 'crm.example answered 500.' },
  });

  test.each([
    [true, { level: 5 }, 'warm'],
    [true, { level: 1 }, 'cold'],
    [true, null, 'cold'],
    [false, null, 'sorry'],
  ])('goes on with the answer: ok %s with %j sends %s', (ok, given, message) => {
    const { story, webhook } = called();
    happens(story, CALL_ANSWERED, 1, answer(webhook, ok, given));
    expect(story.messages).toEqual([`2026-03-02T13:00 ${message}`]);
    // The same answer once more, or a late one, is nobody's any more.
    happens(story, CALL_ANSWERED, 2, answer(webhook, true, { level: 9 }));
    story.tell(START + 9 * DAY);
    expect([story.messages.length, fates(story)]).toEqual([1, ['plan#1 completed']]);
  });

  test('takes the way for failures where nothing is ever answered', () => {
    const { story } = called();
    story.tell(START + DAY);
    expect(story.messages).toEqual(['2026-03-02T14:10 sorry']);
  });

  test('an answer to another run of the same step is not taken for its own', () => {
    const story = storyOf({ plan: CALLS.replace('event: go }', 'event: go }\nre_enter: { per: id }') });
    const [, first] = happens(story, 'go', 0, { id: 1 }).calls as [Call, Call];
    happens(story, 'go', 0.5, { id: 2 });
    happens(story, CALL_ANSWERED, 1, answer(first, true, { level: 5 }));
    expect(fates(story)).toEqual(['plan#1 completed', 'plan#2 waits at 2']);
  });
});

describe('several workflows at one moment', () => {
  const wants = (message: string, keys: string) =>
    `enter_when: { event: go }\n${keys}steps: [{ send_email: ${message} }]\n`;
  const LIMIT = `${UTC}\nlimits: { promotions: { messages: 1, per: 1 day } }`;

  test('the more important one writes, the others are held back with the reason', () => {
    const story = storyOf(
      {
        aaa: wants('low', 'priority: low\n'),
        bbb: wants('normal', ''),
        ccc: wants('high', 'priority: high\n'),
      },
      { settings: LIMIT, services: [] },
    );
    happens(story, 'go', 0);
    expect(story.messages).toEqual([
      '2026-03-02T12:00 high',
      '2026-03-02T12:00 normal (already 1 promotions within 1 day)',
      '2026-03-02T12:00 low (already 1 promotions within 1 day)',
    ]);
    expect(fates(story)).toEqual(['aaa#1 completed', 'bbb#1 completed', 'ccc#1 completed']);
  });

  test('services go first, and no limit of promotions holds them back', () => {
    const settings = `${UTC}\nlimits: { any: { messages: 1, per: 1 day } }`;
    const story = storyOf(
      { aaa: wants('news', 'priority: high\n'), bbb: wants('receipt', 'priority: low\n') },
      { settings, services: ['receipt'] },
    );
    happens(story, 'go', 0);
    expect(story.messages).toEqual([
      '2026-03-02T12:00 receipt',
      '2026-03-02T12:00 news (already 1 messages within 1 day)',
    ]);
  });

  test('of the same importance write in the order of their names', () => {
    const story = storyOf(
      { aaa: wants('first', ''), bbb: wants('second', '') },
      { settings: LIMIT, services: [] },
    );
    happens(story, 'go', 0);
    expect(story.messages.map((line) => line.split(' ')[1])).toEqual(['first', 'second']);
  });

  test('waits that end together share the moment, too', () => {
    const story = storyOf(
      {
        aaa: wants('low', 'priority: low\n').replace('[', '[{ wait: 1 hour }, '),
        bbb: wants('high', 'priority: high\n').replace('[', '[{ wait: 1 hour }, '),
      },
      { settings: LIMIT, services: [] },
    );
    happens(story, 'go', 0);
    story.tell(START + DAY);
    expect(story.messages).toEqual([
      '2026-03-02T13:00 high',
      '2026-03-02T13:00 low (already 1 promotions within 1 day)',
    ]);
  });

  test('one that is exited by what another writes at that moment has written before', () => {
    const story = storyOf({
      aaa: 'enter_when: { event: go }\nexit_when: { field: plan, is: club }\nsteps: [{ send_email: hello }, { wait: 1 day }, { send_email: late }]\n',
      bbb: 'enter_when: { event: go }\nsteps: [{ update_contact: { plan: club } }]\n',
    });
    happens(story, 'go', 0);
    story.tell(START + 3 * DAY);
    expect([story.messages, fates(story)]).toEqual([
      ['2026-03-02T12:00 hello'],
      ['aaa#1 exited', 'bbb#1 completed'],
    ]);
  });
});

describe('ask', () => {
  test('goes on with the answer that names it, and takes the other way without one', () => {
    const survey = `enter_when: { event: go }
re_enter: { per: id }
steps:
  - ask: how_was_it
    up_to: 2 days
    if_not: [{ send_email: please }, { exit: silent }]
  - branch: [{ when: { event: survey_answered, where: { score: { at_most: 6 } } }, steps: [{ tell_team: "Call {{email}}" }] }]
  - send_email: thanks
`;
    const story = storyOf({ survey });
    happens(story, 'go', 0, { id: 1 });
    happens(story, 'survey_answered', 1, { message: 'another', score: 3 });
    const { calls } = happens(story, 'survey_answered', 2, { message: 'how_was_it', score: 3 });
    expect(calls).toMatchObject([{ spec: { kind: 'team' } }]);
    happens(story, 'go', 10, { id: 2 });
    story.tell(START + 9 * DAY);
    expect(story.messages).toEqual([
      '2026-03-02T12:00 how_was_it',
      '2026-03-02T14:00 thanks',
      '2026-03-02T22:00 how_was_it',
      '2026-03-04T22:00 please',
    ]);
  });
});

// Any project and anything that happens

const FLAGS = ['red', 'blue', 'green'];
const NAMES = ['go', 'answered', 'bought', 'page_viewed'];
const LETTERS = ['a', 'b', 'c'];
const WORKFLOWS = ['one', 'two', 'three'];

const hours = (most: number) => fc.integer({ min: 1, max: most }).map((count) => `${count} hours`);
const name = fc.constantFrom(...NAMES);
const flag = fc.constantFrom(...FLAGS);
const letter = fc.constantFrom(...LETTERS);
const workflow = fc.constantFrom(...WORKFLOWS);

const condition: fc.Arbitrary<string> = fc.oneof(
  name.map((event) => `{ event: ${event} }`),
  fc.tuple(name, hours(90)).map(([event, within]) => `{ event: ${event}, at_least: 2, within: ${within} }`),
  fc.tuple(name, hours(90)).map(([event, within]) => `{ event: ${event}, not_within: ${within} }`),
  fc.tuple(flag, fc.boolean()).map(([field, is]) => `{ field: ${field}, is: ${is} }`),
  fc.constantFrom(
    '{ stage: decision }',
    '{ segment: busy }',
    '{ segment: flagged }',
    '{ field: plan, exists: true }',
  ),
  fc
    .tuple(flag, flag)
    .map(
      ([one, other]) => `{ any: [{ field: ${one}, is: true }, { none: [{ field: ${other}, is: true }] }] }`,
    ),
);

/** Verbs that go on at once. */
const quick = fc.oneof(
  letter.map((id) => `send_email: ${id}`),
  letter.map((id) => `ask: ${id}`),
  fc
    .tuple(flag, fc.constantFrom('true', 'false', '7', 'null'))
    .map(([field, value]) => `update_contact: { ${field}: ${value} }`),
  workflow.map((id) => `start_workflow: ${id}, with: { from: here }`),
  fc.constant('tell_team: "Look {{email}}"'),
  fc.constant('exit: enough'),
);
const slow = fc.oneof(
  fc
    .tuple(hours(60), fc.boolean())
    .map(([length, since]) => `wait: ${length}${since ? ', since: last_event' : ''}`),
  fc
    .tuple(condition, hours(60), letter)
    .map(([sought, up_to, id]) => `wait_for: ${sought}, up_to: ${up_to}, if_not: [{ send_email: ${id} }]`),
  fc.constantFrom(
    'wait_until: { hours: sending, spread: 20 minutes }',
    'wait_until: { time: "10:00", day: [monday, thursday] }',
    'wait_until: { date: birthday, every: year }',
    'ask: b, up_to: 9 hours, if_not: [{ send_email: c }]',
    'call_webhook: { url: "https://crm.example/x", save_answer: plan }, up_to: 3 hours',
    'call_webhook: { url: "https://crm.example/x" }, if_failed: [{ update_contact: { red: true } }]',
  ),
);

/** A list of steps of which some hold others; `goto` leads to the step `s` at the top. */
function stepsOf(leaf: fc.Arbitrary<string>, with_goto: boolean): fc.Arbitrary<string> {
  const list = (some: readonly string[]): string => `[${some.map((step) => `{ ${step} }`).join(', ')}]`;
  const inner = fc.array(leaf, { maxLength: 3 }).map(list);
  const branch = fc
    .tuple(condition, inner, inner)
    .map(
      ([when, steps, otherwise]) =>
        `branch: [{ when: ${when}, steps: ${steps} }, { otherwise: ${otherwise} }]`,
    );
  const test_of = fc
    .tuple(inner, inner)
    .map(
      ([one, other]) =>
        `ab_test: { variants: { x: { share: 40, steps: ${one} }, y: { share: 60, steps: ${other} } } }`,
    );
  const step = fc.oneof(
    { weight: 6, arbitrary: leaf },
    { weight: 2, arbitrary: branch },
    { weight: 1, arbitrary: test_of },
  );
  return fc.tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([some, loops]) => {
    const named = some.map((text, index) => (text.startsWith('ab_test') ? `${text}, id: t${index}` : text));
    const first = named[0]?.includes(', id: ') ? named[0] : `${named[0] ?? ''}, id: s`;
    const target = /id: (\w+)$/.exec(first ?? '')?.[1] ?? 's';
    const back = with_goto && loops ? [`goto: ${target}`] : [];
    return list([first ?? '', ...named.slice(1), ...back]);
  });
}

const trigger: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: name.map((event) => `{ event: ${event} }`) },
  { weight: 2, arbitrary: condition.map((asked) => `[${asked}, { field: email, exists: true }]`) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '{ enters_stage: decision }',
      '{ leaves_stage: decision }',
      '{ enters_segment: [busy, flagged] }',
      '{ leaves_segment: busy }',
      'manual',
      '{ date: birthday, every: year }',
      '{ every: [monday 10:00, day 18:00] }',
    ),
  },
);

const keys = fc
  .record({
    re_enter: fc.constantFrom('never', 'always', '{ after: 9 hours }', '{ per: id }'),
    exit_when: fc.option(condition),
    goal: fc.option(condition),
    only_if: fc.option(condition, { freq: 6 }),
    holdout: fc.constantFrom(0, 0, 50),
    priority: fc.constantFrom('low', 'normal', 'high'),
  })
  .map((given) =>
    Object.entries(given)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );

function workflowsOf(leaf: fc.Arbitrary<string>, with_goto: boolean): fc.Arbitrary<Record<string, string>> {
  const text = fc
    .tuple(trigger, keys, stepsOf(leaf, with_goto))
    .map(([enters, more, steps]) => `enter_when: ${enters}\n${more}steps: ${steps}\n`);
  return fc
    .tuple(text, text, text)
    .map((texts) => Object.fromEntries(WORKFLOWS.map((id, index) => [id, texts[index] ?? ''])));
}

/** Who is held out waits as well: until the time for the goal is over. */
const withoutWaits = workflowsOf(quick, false).map((workflows) =>
  Object.fromEntries(
    Object.entries(workflows).map(([id, text]) => [id, text.replace('holdout: 50', 'holdout: 0')]),
  ),
);

const GROUND = soundProject({
  settings:
    'time_zone: Europe/Madrid\nignore_triggers_older_than: 900 days\nlimits: { promotions: { messages: 3, per: 1 day } }',
  services: ['c'],
  stages: `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { event: page_viewed, within: 40 hours }, stay_at_least: 5 hours }
  - { id: experience, enter_when: { event: bought, within: 50 hours } }
`,
  segments: `segments:
  busy: { title: Busy, when: { event: [page_viewed, go], at_least: 2, within: 30 hours } }
  flagged: { title: Flagged, when: { field: red, is: true } }
`,
  hours:
    'calendars:\n  sending: { title: When we may write, open: { weekdays: "09:00-12:00", saturday: "10:00-11:00" } }\n',
  workflows: {
    letters: `enter_when: manual\nsteps: [${LETTERS.map((id) => `{ send_email: ${id} }`).join(', ')}]\n`,
  },
});

/** On that ground, whatever a lint would say of the workflows. */
function projectOf(workflows: Readonly<Record<string, string>>): Project {
  const { moods, personas, segments, memory, time_zone } = GROUND;
  const segment = (id: string) => segments.find((one) => one.id === id)?.when;
  const around = { conditions: { moods, personas, segment }, time_zone };
  const compiled = new Map(
    Object.entries(workflows).map(([id, text]) => {
      const source = parse(`version: 1\nworkflow: ${id}\npurpose: promotion\n${text}`) as unknown;
      return [id, compileWorkflow(workflowSchema.parse(source), 'v1', around)];
    }),
  );
  const specs = [...memory.by_event.values(), ...[...compiled.values()].map((one) => one.memory)].flat();
  return {
    ...GROUND,
    workflows: compiled,
    version: (id) => compiled.get(id),
    memory: planMemory(specs),
  };
}

const happening = fc
  .record({
    name: fc.constantFrom(...NAMES, ...NAMES, 'identified', 'survey_answered', WORKFLOW_STARTED),
    minutes: fc.oneof(fc.integer({ min: 0, max: 14 * 24 * 60 }), fc.constantFrom(60, 120, 1440)),
    id: fc.integer({ min: 1, max: 3 }),
    field: flag,
    value: fc.boolean(),
    workflow,
    letter,
  })
  .map(
    ({
      name: what,
      minutes,
      id,
      field,
      value,
      workflow: started,
      letter: message,
    }): [string, JsonObject, Instant] => {
      const when = START + minutes * MINUTE;
      if (what === 'identified') return [what, { [field]: value, birthday: `1990-03-${10 + id}` }, when];
      if (what === 'survey_answered') return [what, { message, score: id }, when];
      if (what === WORKFLOW_STARTED) return [what, { workflow: started, data: { id } }, when];
      return [what, { id }, when];
    },
  );
const happenings = fc
  .array(happening, { maxLength: 12 })
  .map((list) =>
    [['page_viewed', {}, START] as const, ...list]
      .map(([what, properties, when], index) =>
        anEvent(what, properties, when, `e${String(index).padStart(3, '0')}`),
      )
      .sort((a, b) => a.occurred_at - b.occurred_at || (a.id < b.id ? -1 : 1)),
  );

interface Lived {
  readonly contact: Contact;
  readonly messages: readonly Message[];
  readonly calls: readonly Call[];
  readonly runs: ReadonlyMap<string, Run>;
}

interface Living {
  /** Moments at which it is decided though nothing is due. */
  readonly polls?: readonly Instant[];
  /** What becomes of the contact between two decisions. */
  between?(contact: Contact): Contact;
}

const END = START + 21 * DAY;

/** Decides at every event and whenever something is due; each webhook is answered after a while, or never. */
function live(
  project: Project,
  events: readonly Event[],
  { polls = [], between = (same) => same }: Living = {},
): Lived {
  const waiting = [...events];
  const looks = [...polls].sort((a, b) => a - b);
  const messages: Message[] = [];
  const calls: Call[] = [];
  const runs = new Map<string, Run>();
  let contact = aContact();
  let due = Infinity;
  for (let turns = 0; ; turns++) {
    if (turns > 4000) throw new Error('wakes for ever');
    const next = Math.min(waiting[0]?.occurred_at ?? Infinity, due, looks[0] ?? Infinity);
    if (next > END) break;
    while (looks[0] === next) looks.shift();
    const now = Math.max(next, contact.decided_at ?? next);
    const taken = waiting.filter(({ occurred_at }) => occurred_at <= next);
    waiting.splice(0, taken.length);
    const decision = decide(
      contact,
      taken.map((event) => ({ kind: 'event', event })),
      project,
      now,
    );
    contact = between(decision.contact);
    due = decision.next_due_at ?? Infinity;
    messages.push(...decision.messages);
    calls.push(...decision.calls);
    for (const run of decision.runs) runs.set(`${run.workflow}#${run.number}`, run);
    for (const answer of decision.calls.flatMap((call) => answerTo(call, now))) {
      waiting.push(answer);
      waiting.sort((a, b) => a.occurred_at - b.occurred_at || (a.id < b.id ? -1 : 1));
    }
    for (const run of contact.runs)
      expect(run.due_at, `${run.workflow} at ${run.step} waits for nothing`).not.toBeNull();
  }
  return { contact, messages, calls, runs };
}

/** Of three visits one is answered with yes, one with no, and one never. */
function answerTo({ workflow: id, run, step, visit, spec }: Call, now: Instant): Event[] {
  if (spec.kind !== 'webhook' || visit % 3 === 0) return [];
  const ok = visit % 3 === 1;
  const properties = {
    workflow: id,
    run,
    step,
    visit,
    ok,
    answer: { level: visit },
    failure: ok ? '' : 'It is away.',
  };
  return [anEvent(CALL_ANSWERED, properties, now + 20 * MINUTE, `z-${id}-${run}-${step}-${visit}`)];
}

const placeOf = ({
  workflow: id,
  run,
  step,
  visit,
}: Pick<Message, 'workflow' | 'run' | 'step' | 'visit'>): string => `${id}#${run}/${step}/${visit}`;

/** A database keeps no infinity. */
function throughJson(contact: Contact): Contact {
  const kept = JSON.parse(JSON.stringify(contact)) as Contact;
  return { ...kept, settled_until: kept.settled_until ?? Infinity };
}

describe('any project and any events', () => {
  prop.prop([workflowsOf(fc.oneof(quick, slow), true), happenings], { numRuns: 150 })(
    'come to decisions: each message has a place of its own, each run goes on or ends, numbers go up by one',
    (workflows, events) => {
      const { messages, calls, runs, contact } = live(projectOf(workflows), events);
      const places = messages.map(placeOf);
      expect(new Set(places).size).toBe(places.length);
      expect(new Set(calls.map(placeOf)).size).toBe(calls.length);
      for (const id of WORKFLOWS) {
        const numbers = [...runs.values()].filter((run) => run.workflow === id).map(({ number }) => number);
        expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
        const keys_walked = contact.runs.filter((run) => run.workflow === id).map(({ key }) => key);
        expect(new Set(keys_walked).size).toBe(keys_walked.length);
      }
      for (const run of runs.values()) expect(run.ended_at === null).toBe(run.outcome === null);
      const alive = [...runs.values()].filter(({ ended_at }) => ended_at === null).length;
      expect(contact.runs).toHaveLength(alive);
    },
  );

  prop.prop(
    [
      workflowsOf(fc.oneof(quick, slow), true),
      happenings,
      fc.array(fc.integer({ min: 0, max: 20 * 24 * 60 }), { maxLength: 20 }),
    ],
    { numRuns: 80 },
  )('come to the same however often they are looked at, and through JSON', (workflows, events, polls) => {
    const project = projectOf(workflows);
    const plainly = live(project, events);
    const looked_at = live(project, events, {
      polls: polls.map((minutes) => START + minutes * MINUTE + 1),
      between: throughJson,
    });
    expect(looked_at).toEqual(plainly);
  });

  prop.prop([withoutWaits, happenings], { numRuns: 80 })(
    'without waits come to the same in one go as step by step',
    (workflows, events) => {
      const project = projectOf(workflows);
      const stepwise = live(project, events);
      const at_once = decide(
        aContact(),
        events.map((event) => ({ kind: 'event', event })),
        project,
        END,
      );
      expect(at_once.contact).toEqual(stepwise.contact);
      expect(at_once.messages).toEqual(stepwise.messages);
      expect(at_once.calls).toEqual(stepwise.calls);
    },
  );
});
