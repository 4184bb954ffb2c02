/** Entering, leaving and walking through workflows, one rule at a time. */
import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/core/decide.ts';
import type { Workflow } from '../../../src/core/workflows/workflow.ts';
import type { Project } from '../../../src/core/project.ts';
import {
  aContact,
  aLoadedProject,
  anEvent,
  aProject,
  aStory,
  at,
  DAY,
  HOUR,
  type ProjectParts,
  type Story,
} from '../../support/build.ts';

const START = at('2026-03-02T12:00');
const GO = 'enter_when: { event: go }\n';

/** A story in which `go` has happened at the start. */
function gone(workflow: string, parts: ProjectParts = {}): Story {
  const story = aStory(aProject({ ...parts, workflows: { plan: workflow, ...parts.workflows } }));
  story.tell(START, anEvent('go', { colour: 'red' }, START));
  return story;
}

function happens(story: Story, name: string, hours: number, told = hours): void {
  story.tell(START + told * HOUR, anEvent(name, {}, START + hours * HOUR));
}

/** How each run of "plan" ended, and after how many hours. */
function endings(story: Story): unknown[] {
  return story.runs
    .filter(({ workflow }) => workflow === 'plan')
    .map(({ outcome, ended_at }) => (ended_at === null ? 'walking' : [outcome, (ended_at - START) / HOUR]));
}

describe('entering', () => {
  test('keeps the event that started the run, and hands its properties to the message', () => {
    const story = aStory(aProject({ workflows: { plan: `${GO}steps: [{ send_email: hello }]` } }));
    const decision = story.tell(START, anEvent('go', { colour: 'red' }, START, 'e1'));
    expect(decision.runs).toMatchObject([
      {
        workflow: 'plan',
        number: 1,
        entered_at: START,
        event: { id: 'e1', name: 'go', properties: { colour: 'red' } },
        because: { en: 'go happened', es: 'ocurrió go' },
        outcome: 'completed',
        ended_because: { en: 'walked to the end' },
      },
    ]);
    expect(decision.messages).toMatchObject([
      { message: 'hello', run: 1, step: '1', visit: 1, event: { colour: 'red' } },
    ]);
  });

  test('by an event with where asks for that event only', () => {
    const workflow =
      'enter_when: { event: go, where: { to: { in: [Lima, Quito] } } }\nsteps: [{ wait: 1 day }]';
    const story = aStory(aProject({ workflows: { plan: workflow } }));
    story.tell(START, anEvent('go', { to: 'Madrid' }, START));
    expect(story.runs).toEqual([]);
    story.tell(START, anEvent('go', { to: 'quito' }, START));
    expect(story.runs).toHaveLength(1);
  });

  test.each([
    ['never', [0, 2, 200], 1],
    ['always', [0, 2, 200], 3],
    ['{ after: 7 days }', [0, 2, 168, 169], 2], // counted from the end, at one hour
  ])('re_enter: %s with events after %j hours makes %i runs', (rule, hours, runs) => {
    const story = aStory(
      aProject({ workflows: { plan: `${GO}re_enter: ${rule}\nsteps: [{ wait: 1 hour }]` } }),
    );
    for (const hour of hours) happens(story, 'go', hour);
    expect(story.runs).toHaveLength(runs);
    expect(story.runs.map(({ number }) => number)).toEqual(
      Array.from({ length: runs }, (_, index) => index + 1),
    );
  });

  test('walks a workflow once at a time', () => {
    const story = gone(`${GO}re_enter: always\nsteps: [{ wait: 1 day }]`);
    happens(story, 'go', 5);
    expect(story.runs).toHaveLength(1);
  });

  test('a draft starts nobody', () => {
    expect(gone(`${GO}status: draft\nsteps: [{ send_email: hello }]`).runs).toEqual([]);
  });

  test('does not happen where a way out is open already', () => {
    expect(
      gone(`${GO}exit_when: { field: email, exists: true }\nsteps: [{ send_email: hello }]`).runs,
    ).toEqual([]);
    expect(gone(`${GO}goal: { field: email, exists: true }\nsteps: [{ send_email: hello }]`).runs).toEqual(
      [],
    );
  });

  test('does not happen late for what has been left meanwhile', () => {
    const workflow = `${GO}exit_when: { event: stop }\nsteps: [{ wait: 1 day }]`;
    const story = aStory(aProject({ workflows: { plan: workflow } }));
    happens(story, 'stop', 3);
    happens(story, 'go', 2, 4);
    expect(story.runs).toEqual([]);
    happens(story, 'go', 5);
    expect(story.runs).toHaveLength(1);
  });

  test('takes the zone of the contact, and of the project where that is none', () => {
    const project = aProject({ workflows: { plan: `${GO}steps: [{ wait: 1 day }]` } });
    const before = at('2026-03-28T12:00'); // the night in which the clocks of Madrid go forward
    for (const [time_zone, hours] of [
      ['America/Bogota', 24],
      ['Mars/Olympus', 23],
      [7, 23],
    ] as const) {
      const story = aStory(project, aContact({ fields: { time_zone } }));
      const { next_due_at } = story.tell(before, anEvent('go', {}, before));
      expect(next_due_at).toBe(before + hours * HOUR);
    }
  });
});

describe('a trigger that is a condition', () => {
  const winBack = `
enter_when: { field: orders.last, not_within: 60 days }
only_if: { field: orders.count, at_least: 1 }
re_enter: { after: 180 days }
exit_when: { event: order_completed }
steps: [{ send_email: we_miss_you }, { wait: 14 days }]
`;
  const order = (when: number, order_id: string) =>
    anEvent('order_completed', { order_id, revenue: 9 }, when);

  test('starts exactly when it becomes true by time alone', () => {
    const story = aStory(aProject({ workflows: { win_back: winBack } }));
    const { next_due_at } = story.tell(START, order(START, 'o1'));
    expect(next_due_at).toBe(START + 60 * DAY);
    story.tell(START + 90 * DAY);
    expect(story.runs).toMatchObject([
      {
        entered_at: START + 60 * DAY,
        event: null,
        because: { en: 'orders.last is 2026-03-02 (asked: not within 60 days)' },
      },
    ]);
  });

  test('starts again only after it was false in between', () => {
    const story = aStory(aProject({ workflows: { win_back: winBack.replace('after: 180', 'after: 30') } }));
    story.tell(START, order(START, 'o1'));
    story.tell(START + 150 * DAY);
    expect(story.runs).toHaveLength(1);
    story.tell(START + 150 * DAY, order(START + 150 * DAY, 'o2'));
    story.tell(START + 250 * DAY);
    expect(story.runs.map(({ entered_at }) => (entered_at - START) / DAY)).toEqual([60, 210]);
  });

  test('does not start for somebody for whom it held already when the workflow was first seen', () => {
    const before = aStory(aProject());
    before.tell(START, order(START, 'o1'));
    const story = aStory(aProject({ workflows: { win_back: winBack } }), before.contact);
    story.tell(START + 100 * DAY, anEvent('page_viewed', {}, START + 100 * DAY));
    expect(story.runs).toEqual([]);
    story.tell(START + 200 * DAY, order(START + 200 * DAY, 'o2'));
    story.tell(START + 261 * DAY);
    expect(story.runs.map(({ entered_at }) => (entered_at - START) / DAY)).toEqual([260]);
  });

  test('does not start for an imported history whose moment has long passed', () => {
    const story = aStory(aProject({ workflows: { win_back: winBack } }));
    story.tell(START, order(START - 100 * DAY, 'o1'));
    story.tell(START + 300 * DAY);
    expect(story.runs).toEqual([]);
  });

  test('starts at once for a new contact for whom it holds with the first event', () => {
    const club = 'enter_when: { field: plan, is: club }\nsteps: [{ wait: 1 day }]';
    const story = aStory(aProject({ workflows: { club } }));
    story.tell(START, anEvent('identified', { plan: 'club' }, START));
    expect(story.runs).toHaveLength(1);
  });

  test('starts when another workflow makes it true, at that moment', () => {
    const story = gone(`${GO}steps: [{ wait: 1 hour }, { update_contact: { plan: club } }]`, {
      workflows: { club: 'enter_when: { field: plan, is: club }\nsteps: [{ send_email: welcome }]' },
    });
    story.tell(START + DAY);
    expect(story.messages).toEqual(['2026-03-02T13:00 welcome']);
  });

  test('two workflows that set each other going end', () => {
    const story = aStory(
      aProject({
        workflows: {
          on: 'enter_when: { field: light, is_not: true }\nre_enter: always\nsteps: [{ update_contact: { light: true } }]',
          off: 'enter_when: { field: light, is: true }\nre_enter: always\nsteps: [{ update_contact: { light: false } }]',
        },
      }),
    );
    story.tell(START, anEvent('go', {}, START));
    expect(story.runs.length).toBeLessThan(50);
  });
});

describe('leaving', () => {
  test('happens at once, wherever the run stands, with the reason', () => {
    const story = gone(
      `${GO}exit_when: [{ event: stop }, { field: plan, is: club }]\nsteps: [{ wait: 9 days }]`,
    );
    happens(story, 'stop', 7);
    expect(endings(story)).toEqual([['exited', 7]]);
    expect(story.runs[0]?.ended_because).toEqual({ en: 'stop happened once', es: 'stop ocurrió una vez' });
    expect(story.contact.runs).toEqual([]);
  });

  test('happens by time alone at the very moment, also for a run that has only just begun', () => {
    const story = gone(`${GO}exit_when: { event: go, not_within: 3 days }\nsteps: [{ wait: 9 days }]`);
    story.tell(START + 20 * DAY);
    expect(endings(story)).toEqual([['exited', 72]]);
  });

  test('takes only events after the entry, not the one that started the run', () => {
    const story = gone(`${GO}exit_when: { event: go }\ngoal: { event: go }\nsteps: [{ wait: 9 days }]`);
    happens(story, 'page_viewed', 5);
    expect(endings(story)).toEqual(['walking']);
    happens(story, 'go', 6);
    expect(endings(story)).toEqual([['converted', 6]]);
  });

  test('by the goal counts as converted only within its time', () => {
    const workflow = `${GO}goal: { event: bought, within: 2 days }\nsteps: [{ wait: 9 days }]`;
    const inTime = gone(workflow);
    happens(inTime, 'bought', 48);
    expect(endings(inTime)).toEqual([['converted', 48]]);
    const late = gone(workflow);
    happens(late, 'bought', 49);
    expect(endings(late)).toEqual(['walking']);
  });

  test('by a goal that was reached in time and told too late still counts', () => {
    const story = gone(`${GO}goal: { event: bought, within: 2 days }\nsteps: [{ wait: 9 days }]`);
    happens(story, 'page_viewed', 50);
    happens(story, 'bought', 40, 60); // decided at the latest moment that has been decided
    expect(endings(story)).toEqual([['converted', 50]]);
  });

  test('what was reached too late does not count because something else is told late', () => {
    const story = gone(`${GO}goal: { event: bought, within: 2 days }\nsteps: [{ wait: 9 days }]`);
    happens(story, 'bought', 49);
    happens(story, 'page_viewed', 40, 60);
    expect(endings(story)).toEqual(['walking']);
  });

  test('what happened before the entry and is told after it is an exit and no success', () => {
    const goalOnly = gone(`${GO}goal: { event: bought }\nsteps: [{ wait: 9 days }]`);
    happens(goalOnly, 'bought', -1, 2);
    expect(endings(goalOnly)).toEqual(['walking']);
    const withExit = gone(
      `${GO}goal: { event: bought }\nexit_when: { event: bought }\nsteps: [{ wait: 9 days }]`,
    );
    happens(withExit, 'bought', -1, 2);
    expect(endings(withExit)).toEqual([['exited', 0]]);
  });

  test('of a purchase that starts and converts the same workflow makes one run per purchase', () => {
    const story = aStory(
      aProject({
        workflows: {
          plan: 'enter_when: { event: bought }\nre_enter: always\ngoal: { event: bought, within: 60 days }\nsteps: [{ wait: 90 days }]',
        },
      }),
    );
    for (const hours of [0, 24, 72]) happens(story, 'bought', hours);
    happens(story, 'page_viewed', 80);
    expect(endings(story)).toEqual([['converted', 24], ['converted', 72], 'walking']);
  });

  test('happens with a reason where the version of a run is known no more', () => {
    const story = gone(`${GO}steps: [{ wait: 1 hour }]`);
    const other = aStory(aProject({ workflows: { plan: `${GO}steps: [{ wait: 2 hours }]` } }), story.contact);
    other.tellAfterOutage(START + 2 * HOUR);
    // As of the last decision: from there on other rules hold.
    expect(endings(other)).toEqual([['failed', 0]]);
    expect(other.contact.runs).toEqual([]);
  });
});

describe('versions', () => {
  test('a run walks the version that it entered to the end', () => {
    const parts = (message: string) => ({
      workflows: { plan: `${GO}steps: [{ wait: 1 hour }, { send_email: ${message} }]` },
    });
    const before = aLoadedProject(parts('old_words'));
    const story = aStory(before.project);
    story.tell(START, anEvent('go', {}, START));
    const [source] = before.workflow_sources;
    const old = [{ workflow: 'plan', version: source?.version ?? '', source: source?.text ?? '' }];
    const edited = aStory(aLoadedProject(parts('new_words'), old).project, story.contact);
    edited.tellAfterOutage(START + HOUR);
    expect(edited.messages).toEqual(['2026-03-02T13:00 old_words']);
  });
});

describe('wait_for', () => {
  const workflow = `${GO}steps:
  - wait_for: { event: answered }
    up_to: 3 days
    if_not: [{ update_contact: { silent: true } }]
  - update_contact: { asked: true }
`;
  const fields = ({ contact }: Story) => {
    const { silent, asked } = contact.profile.fields;
    return { silent: silent?.value, asked: asked?.value };
  };

  test('goes on at the moment at which it is met', () => {
    const story = gone(workflow);
    happens(story, 'answered', 5);
    expect(endings(story)).toEqual([['completed', 5]]);
    expect(fields(story)).toEqual({ silent: undefined, asked: true });
  });

  test('goes the other way when the time is over, and both ways go on below', () => {
    const story = gone(workflow);
    story.tell(START + 9 * DAY);
    expect(endings(story)).toEqual([['completed', 72]]);
    expect(fields(story)).toEqual({ silent: true, asked: true });
  });

  test('is met by what happened in time though it is told after it', () => {
    const story = gone(workflow);
    story.tellAfterOutage(START + 80 * HOUR, anEvent('answered', {}, START + 70 * HOUR));
    expect(fields(story)).toEqual({ silent: undefined, asked: true });
  });

  test('is not met by what happened after its time', () => {
    const story = gone(workflow);
    story.tellAfterOutage(START + 80 * HOUR, anEvent('answered', {}, START + 73 * HOUR));
    expect(fields(story)).toEqual({ silent: true, asked: true });
  });

  test('is not met by what happened before the run came here', () => {
    const story = aStory(aProject({ workflows: { plan: workflow } }));
    happens(story, 'answered', -5);
    happens(story, 'go', 0);
    expect(endings(story)).toEqual(['walking']);
    happens(story, 'answered', -1, 2);
    expect(endings(story)).toEqual(['walking']);
  });

  test('asks for one event each, also where two stand one after the other', () => {
    const story = gone(`${GO}steps:
  - { wait_for: { event: go }, up_to: 3 days }
  - { wait_for: { event: go }, up_to: 3 days }
`);
    expect(endings(story)).toEqual(['walking']);
    happens(story, 'go', 1);
    expect(endings(story)).toEqual(['walking']);
    happens(story, 'go', 2);
    expect(endings(story)).toEqual([['completed', 2]]);
  });

  test('can wait for quiet, which comes by time alone', () => {
    const story = gone(`${GO}steps: [{ wait_for: { event: go, not_within: 2 days }, up_to: 30 days }]`);
    happens(story, 'go', 24);
    story.tell(START + 30 * DAY);
    expect(endings(story)).toEqual([['completed', 72]]);
  });

  test('can wait for a stage, also for one that time alone brings', () => {
    const stages = `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { event: go, within: 5 days } }
`;
    const story = gone(`${GO}steps: [{ wait_for: { stage: awareness }, up_to: 30 days }]`, { stages });
    expect(story.contact.stage).toBe('decision');
    story.tell(START + 30 * DAY);
    expect(endings(story)).toEqual([['completed', 120]]);
  });

  test('can wait for several', () => {
    const story = gone(`${GO}steps: [{ wait_for: { event: answered, at_least: 2 }, up_to: 3 days }]`);
    happens(story, 'answered', 1);
    expect(endings(story)).toEqual(['walking']);
    happens(story, 'answered', 2);
    expect(endings(story)).toEqual([['completed', 2]]);
  });

  test('is not written anew where an event changes nothing about it', () => {
    const story = gone(workflow);
    const decision = story.tell(START + HOUR, anEvent('page_viewed', {}, START + HOUR));
    expect(decision.runs).toEqual([]);
  });
});

describe('wait_until', () => {
  const hours = `calendars:
  sending: { title: When we may write, open: { weekdays: 09:00-10:00 } }
`;
  const morning = (spread: string) => `${GO}steps: [{ wait_until: { hours: sending, spread: ${spread} } }]`;
  const night = at('2026-03-02T22:00');

  test.each(['30 minutes', '1 day'])('spreads people over %s, never beyond the hours', (spread) => {
    const project = aProject({ hours, workflows: { plan: morning(spread) }, settings: 'time_zone: UTC' });
    const dues = Array.from({ length: 200 }, (_, person) => {
      const story = aStory(project, aContact({ id: `c${person}` }));
      return story.tell(night, anEvent('go', {}, night)).next_due_at ?? 0;
    });
    const wide = spread === '1 day' ? HOUR : HOUR / 2;
    const opening = at('2026-03-03T09:00');
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(opening);
    expect(Math.max(...dues)).toBeLessThan(opening + wide);
    expect(Math.max(...dues) - Math.min(...dues)).toBeGreaterThan(wide * 0.8);
  });

  test('goes on at once in open hours', () => {
    const story = aStory(
      aProject({ hours, workflows: { plan: morning('1 hour') }, settings: 'time_zone: UTC' }),
    );
    const open = at('2026-03-02T09:30');
    story.tell(open, anEvent('go', {}, open));
    expect(story.runs[0]?.ended_at).toBe(open);
  });
});

describe('branch', () => {
  const branching = `${GO}steps:
  - branch:
      - name: Club
        when: { field: plan, is: club }
        steps: [{ send_email: for_club }]
      - name: Anybody known
        when: [{ field: plan, exists: true }, { field: email, exists: true }]
        steps: [{ send_email: for_known }]
      - otherwise: [{ send_email: for_strangers }]
  - send_email: for_all
`;

  test.each([
    ['club', 'for_club'],
    ['free', 'for_known'],
    ['', 'for_strangers'],
  ])('takes the first way that holds: plan "%s" gets %s', (plan, message) => {
    const story = aStory(aProject({ workflows: { plan: branching } }), aContact({ fields: { plan } }));
    story.tell(START, anEvent('go', {}, START));
    expect(story.messages.map((line) => line.split(' ')[1])).toEqual([message, 'for_all']);
  });

  test('without "otherwise" goes on below where no way holds', () => {
    const story = gone(`${GO}steps:
  - branch: [{ when: { field: plan, is: club }, steps: [{ send_email: for_club }] }]
  - send_email: for_all
`);
    expect(story.messages).toEqual(['2026-03-02T12:00 for_all']);
  });

  test('sees what the step before it has written, and the last writing holds', () => {
    const story = gone(`${GO}steps:
  - update_contact: { plan: zebra }
  - update_contact: { plan: club, tags: [a, b], gone: null }
  - branch:
      - { when: { field: plan, is: club }, steps: [{ send_email: for_club }] }
      - otherwise: [{ send_email: for_all }]
`);
    expect(story.messages).toEqual(['2026-03-02T12:00 for_club']);
    expect(story.contact.profile.fields).toMatchObject({
      plan: { value: 'club', at: START },
      tags: { value: ['a', 'b'] },
      gone: { value: null },
    });
  });
});

describe('a paused workflow', () => {
  const text = `${GO}exit_when: { event: stop }\nsteps: [{ wait_for: { event: answered }, up_to: 1 day }, { send_email: thanks }]`;
  const live = aProject({ workflows: { plan: text } });
  const paused: Project = {
    ...live,
    workflows: new Map([['plan', { ...(live.workflows.get('plan') as Workflow), status: 'paused' }]]),
  };
  const waiting = () => {
    const story = aStory(live);
    story.tell(START, anEvent('go', {}, START));
    return story.contact;
  };

  test('starts nobody and asks for no waking', () => {
    const story = aStory(paused);
    expect(story.tell(START, anEvent('go', {}, START)).next_due_at).toBeNull();
    expect(story.runs).toEqual([]);
  });

  test('keeps its runs where they are, and they go on when it is live again', () => {
    const story = aStory(paused, waiting());
    expect(story.tellAfterOutage(START + 9 * DAY).next_due_at).toBeNull();
    expect(story.messages).toEqual([]);
    const again = aStory(live, story.contact);
    again.tellAfterOutage(START + 10 * DAY);
    expect(again.messages).toEqual(['2026-03-12T12:00 thanks']);
  });

  test('sends nothing for an event that a run waited for, and knows of it afterwards', () => {
    const story = aStory(paused, waiting());
    story.tellAfterOutage(START + HOUR, anEvent('answered', {}, START + HOUR));
    expect(story.messages).toEqual([]);
    const again = aStory(live, story.contact);
    again.tellAfterOutage(START + 2 * HOUR);
    expect(again.messages).toEqual(['2026-03-02T14:00 thanks']);
  });

  test('still lets people out', () => {
    const story = aStory(paused, waiting());
    story.tellAfterOutage(START + HOUR, anEvent('stop', {}, START + HOUR));
    expect(endings(story)).toEqual([['exited', 1]]);
  });
});

describe('walking', () => {
  test('a hundred steps without a wait fail the run and nothing else', () => {
    const steps = Array.from({ length: 120 }, (_, step) => `  - update_contact: { step: ${step} }`).join(
      '\n',
    );
    const story = gone(`${GO}steps:\n${steps}\n`, {
      workflows: { other: `${GO}steps: [{ send_email: hello }]` },
    });
    expect(endings(story)).toEqual([['failed', 0]]);
    expect(story.runs.find(({ workflow }) => workflow === 'plan')?.ended_because?.en).toBe(
      'walked 100 steps without a wait',
    );
    expect(story.messages).toEqual(['2026-03-02T12:00 hello']);
  });

  test('a loop of steps fails the run instead of hanging', () => {
    const project = aProject({ workflows: { plan: `${GO}steps: [{ update_contact: { n: 1 } }]` } });
    const plan = project.workflows.get('plan') as Workflow;
    const turning: Workflow = {
      ...plan,
      steps: plan.steps.map((step) => ({ ...step, arrive: () => ({ go: 0 }) })),
    };
    const story = aStory({
      ...project,
      workflows: new Map([['plan', turning]]),
      version: () => turning,
    });
    story.tell(START, anEvent('go', {}, START));
    expect(endings(story)).toEqual([['failed', 0]]);
  });

  test('the words of "exit" are the reason', () => {
    const story = gone(`${GO}steps: [{ exit: all said }]`);
    expect(story.runs[0]?.ended_because).toEqual({ en: 'all said', es: 'all said' });
    expect(story.messages).toEqual([]);
  });

  test('each message of a run has its own place: step and visit', () => {
    const story = aStory(
      aProject({
        workflows: {
          plan: `${GO}steps:
  - send_email: one
  - branch: [{ when: { field: email, exists: true }, steps: [{ send_email: two }, { send_email: three, id: third }] }]
  - send_email: one
`,
        },
      }),
    );
    const { messages } = story.tell(START, anEvent('go', {}, START));
    expect(messages.map(({ step, visit }) => [step, visit])).toEqual([
      ['1', 1],
      ['2.1.1', 3],
      ['third', 4],
      ['3', 5],
    ]);
  });
});

describe('an e-commerce journey', () => {
  /** Enter at the first cart; a purchase converts; 24 hours without one is abandoned; both may come again. */
  const story = () =>
    aStory(
      aProject({
        workflows: {
          plan: `
enter_when: { event: product_added }
re_enter: always
goal: { event: order_completed }
steps:
  - wait: 24 hours
    since: last_event
  - exit: abandoned
`,
        },
      }),
    );
  const add = (hours: number) =>
    anEvent('product_added', { product_id: 'a', price: 5 }, START + hours * HOUR);
  const order = (hours: number) =>
    anEvent('order_completed', { order_id: `o${hours}` }, START + hours * HOUR);

  test('tells won from abandoned and begins anew', () => {
    const shopper = story();
    for (const event of [add(0), order(10), add(30), add(50), add(100), order(101)])
      shopper.tell(event.occurred_at, event);
    expect(endings(shopper)).toEqual([
      ['converted', 10],
      ['completed', 74],
      ['converted', 101],
    ]);
  });
});

describe('each step', () => {
  const STEPS = 'steps: [{ wait: 1 hour, id: first }, { send_email: hello }, { wait: 2 hours, id: last }]';
  const passed = ({ passes }: Decision): readonly string[] =>
    passes.map(({ step, at: moment, stayed }) => {
      const hours = (moment - START) / HOUR;
      return stayed === null ? `${hours}: came to ${step}` : `${hours}: left ${step} after ${stayed / HOUR}`;
    });
  const tellGo = (workflow: string): readonly [Story, Decision] => {
    const story = aStory(aProject({ workflows: { plan: workflow } }));
    return [story, story.tell(START, anEvent('go', {}, START))];
  };

  test('tells who came to it and who left it, after how long', () => {
    const [story, begun] = tellGo(`${GO}${STEPS}`);
    expect(passed(begun)).toEqual(['0: came to first']);
    expect(passed(story.tell(START + HOUR))).toEqual([
      '1: left first after 1',
      '1: came to 2',
      '1: left 2 after 0',
      '1: came to last',
    ]);
    expect(passed(story.tell(START + 2 * HOUR))).toEqual([]);
    expect(passed(story.tell(START + 3 * HOUR))).toEqual(['3: left last after 2']);
  });

  test('is left by whoever leaves the workflow', () => {
    const [story] = tellGo(`${GO}exit_when: { event: stop }\n${STEPS}`);
    const moment = START + 0.5 * HOUR;
    expect(passed(story.tell(moment, anEvent('stop', {}, moment)))).toEqual(['0.5: left first after 0.5']);
  });

  test('is come to once more in a loop', () => {
    const loop = `${GO}steps: [{ wait: 1 hour, id: first }, { goto: first }]`;
    const [story] = tellGo(loop);
    const turned = passed(story.tell(START + HOUR)).filter((words) => words.includes('first'));
    expect(turned).toEqual(['1: left first after 1', '1: came to first']);
  });

  test('is nothing to those who are held out', () => {
    const [story, begun] = tellGo(`${GO}holdout: 90\ngoal: { event: bought, within: 1 hour }\n${STEPS}`);
    expect(begun.runs).toMatchObject([{ held_out: true }]);
    expect([...passed(begun), ...passed(story.tell(START + HOUR))]).toEqual([]);
  });
});
