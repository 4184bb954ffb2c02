/**
 * What becomes of people who stand inside a workflow when it is edited: each edit, for those who finish the version
 * that they entered and for those who follow. Whatever is edited, nobody is written to twice and nobody is stuck.
 */
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../../../src/core/contacts/contact.ts';
import { remember } from '../../../src/core/contacts/memory.ts';
import { decide, type Decision } from '../../../src/core/decide.ts';
import type { Event, Instant } from '../../../src/core/events/event.ts';
import type { Message } from '../../../src/core/messages/message.ts';
import type { Project } from '../../../src/core/project.ts';
import type { Run } from '../../../src/core/workflows/run.ts';
import {
  loadProject,
  type GoingLive,
  type LoadedProject,
  type OldVersion,
} from '../../../src/project/load.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import { aContact, anEvent, at, HOUR, projectFiles, type ProjectParts } from '../../support/build.ts';

/** A Monday. */
const START = at('2026-03-02T12:00');
const LATER = 24 * 400;

/** The whole of a project at some hour after the start. */
interface Version {
  readonly from: number;
  readonly parts: ProjectParts;
}

interface Told {
  readonly name: string;
  readonly hours: number;
  /** When it is heard of; absent: at once. */
  readonly told?: number;
}

interface Life {
  /** `24 hello`: the hours after the start, and what was owed then. */
  readonly sent: readonly string[];
  /** `plan completed 72`, `plan waits`. */
  readonly ends: readonly string[];
  readonly contact: Contact;
  readonly runs: readonly Run[];
}

/**
 * Lives through the versions and events as the engine does: the contact is asked anew at the moment at which a version
 * goes live, and remembers what that one asks for.
 */
function live(versions: readonly Version[], told: readonly Told[], until = LATER): Life {
  const messages: Message[] = [];
  const runs = new Map<string, Run>();
  const old: OldVersion[] = [];
  const known: Event[] = [];
  let contact = aContact();
  let due = Infinity;

  function turn(project: Project, now: Instant, events: readonly Event[]): void {
    known.push(...events);
    const happenings = events.map((event) => ({ kind: 'event', event }) as const);
    const decision: Decision = decide(contact, happenings, project, now);
    contact = decision.contact;
    due = decision.next_due_at ?? Infinity;
    messages.push(...decision.messages);
    for (const run of decision.runs) runs.set(`${run.workflow}#${run.number}`, run);
    for (const run of contact.runs) expect(canGoOn(run, project), `${run.workflow} is stuck`).toBe(true);
  }

  for (const [index, { from, parts }] of versions.entries()) {
    const live_since = START + from * HOUR;
    const { project, workflow_sources } = load(parts, old, { live_since });
    old.push(...workflow_sources.map(({ id, version, text }) => ({ workflow: id, version, source: text })));
    const memory = known.reduce((all, one) => remember(all, one, project.memory), {});
    contact = { ...contact, profile: { ...contact.profile, memory } };
    const end = versions[index + 1]?.from ?? until + 1;
    const coming = told
      .filter(({ hours, told: heard = hours }) => heard >= from && heard < end)
      .sort((a, b) => (a.told ?? a.hours) - (b.told ?? b.hours));
    if (index > 0 && coming[0]?.hours !== from) turn(project, live_since, []);
    for (let rounds = 0; ; rounds++) {
      if (rounds > 5000) throw new Error('wakes for ever');
      const next = START + (coming[0]?.told ?? coming[0]?.hours ?? Infinity) * HOUR;
      const now = Math.min(next, due);
      if (now >= START + end * HOUR) break;
      const heard =
        now === next
          ? coming.splice(0, coming.findIndex((one) => (one.told ?? one.hours) * HOUR + START > now) >>> 0)
          : [];
      turn(
        project,
        now,
        heard.map(({ name, hours }) => anEvent(name, {}, START + hours * HOUR)),
      );
    }
  }
  const places = messages.map(({ workflow, run, step, visit }) => `${workflow}#${run}/${step}/${visit}`);
  expect(new Set(places).size, 'each visit of a step owes one message').toBe(places.length);
  return {
    sent: messages.map(({ message, owed_at }) => `${(owed_at - START) / HOUR} ${message}`),
    ends: [...runs.values()].map(({ workflow, outcome, ended_at }) =>
      ended_at === null ? `${workflow} waits` : `${workflow} ${outcome} ${(ended_at - START) / HOUR}`,
    ),
    contact,
    runs: [...runs.values()],
  };
}

/** Whatever lints may have to say of it. */
function load(
  parts: ProjectParts,
  old: readonly OldVersion[] = [],
  going_live: GoingLive = {},
): LoadedProject {
  const { loaded, problems } = loadProject(projectFiles(parts), old, going_live);
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded;
}

/** By time, or because its workflow will be live again. */
function canGoOn({ due_at, workflow }: Run, project: Project): boolean {
  return due_at !== null || project.workflows.get(workflow)?.status === 'paused';
}

const HOURS = (open: string) => `calendars:
  sending: { title: When we may write, open: { weekdays: "${open}", saturday: closed, sunday: closed } }
`;

interface Plan {
  readonly steps: string;
  /** Keys of the workflow beside its steps. */
  readonly keys?: string;
  readonly parts?: ProjectParts;
}

function partsOf({ steps, keys = '', parts = {} }: Plan, when_edited: string): ProjectParts {
  const text = `when_edited: ${when_edited}\nenter_when: { event: go }\n${keys}steps: ${steps}\n`;
  return { ...SHOP, ...parts, workflows: { ...SHOP.workflows, plan: text } };
}

/** Every message is there in every version. */
const LETTERS = ['a', 'b', 'c', 'd', 'e'];
const SHOP: ProjectParts = {
  settings: 'time_zone: UTC',
  services: LETTERS,
  workflows: {
    letters: `enter_when: manual\nsteps: [${LETTERS.map((letter) => `{ send_email: ${letter} }`).join(', ')}]\n`,
  },
};

const GO: Told = { name: 'go', hours: 0 };

interface Edit {
  readonly what: string;
  readonly before: Plan;
  readonly after: Plan;
  /** Hours after the start; a day where it is not said. */
  readonly edited?: number;
  readonly told?: readonly Told[];
  /** What is sent to somebody who follows, and how the run ends. */
  readonly follows: readonly string[];
  readonly ends: string;
}

const plan = (steps: string, keys?: string, parts?: ProjectParts): Plan => ({
  steps,
  ...(keys === undefined ? {} : { keys }),
  ...(parts === undefined ? {} : { parts }),
});
const event = (name: string, hours: number, told?: number): Told => ({
  name,
  hours,
  ...(told === undefined ? {} : { told }),
});

const ANSWER =
  '{ wait_for: { event: answered }, up_to: 3 days, if_not: [{ send_email: b }, { exit: silent }] }';
const SINCE = (days: number) => `[{ wait: ${days} days, since: last_event }, { send_email: a }]`;
const WAITS = '[{ wait: 3 days }, { send_email: a }]';

/** Whoever has an address goes to the one step, everybody else to the other. */
const LEADS = (one: string, other: string) => `
  - wait: 3 days
  - branch: [{ when: { field: email, exists: true }, steps: [{ goto: ${one} }] }]
  - goto: ${other}
  - { send_email: a, id: one }
  - exit: x
  - { send_email: b, id: two }`;

const EDITS: readonly Edit[] = [
  // Waits
  {
    what: 'a wait is shortened',
    before: plan(WAITS),
    after: plan('[{ wait: 2 days }, { send_email: a }]'),
    follows: ['48 a'],
    ends: 'completed 48',
  },
  {
    what: 'a wait is shortened to less than has been waited',
    before: plan(WAITS),
    after: plan('[{ wait: 6 hours }, { send_email: a }]'),
    follows: ['24 a'],
    ends: 'completed 24',
  },
  {
    what: 'a wait is lengthened',
    before: plan(WAITS),
    after: plan('[{ wait: 5 days }, { send_email: a }]'),
    follows: ['120 a'],
    ends: 'completed 120',
  },
  {
    what: 'a wait since the last event is shortened',
    before: plan(SINCE(3)),
    after: plan(SINCE(2)),
    told: [event('go', 12)],
    follows: ['60 a'],
    ends: 'completed 60',
  },
  {
    what: 'a wait since the last event is lengthened, and starts again with the next',
    before: plan(SINCE(3)),
    after: plan(SINCE(5)),
    told: [event('go', 12), event('go', 30)],
    follows: ['150 a'],
    ends: 'completed 150',
  },
  {
    what: 'a wait is now since the last event',
    before: plan(WAITS),
    after: plan(SINCE(3)),
    told: [event('go', 12), event('go', 30)],
    follows: ['102 a'],
    ends: 'completed 102',
  },
  {
    what: 'a wait is no longer since the last event',
    before: plan(SINCE(3)),
    after: plan(WAITS),
    told: [event('go', 12), event('go', 30)],
    follows: ['84 a'],
    ends: 'completed 84',
  },
  {
    what: 'the last event before the edit is heard of after it',
    before: plan(SINCE(3)),
    after: plan(SINCE(2)),
    told: [event('go', 20, 26)],
    follows: ['68 a'],
    ends: 'completed 68',
  },
  // Steps put in
  {
    what: 'a step is put in ahead',
    before: plan(WAITS),
    after: plan('[{ send_email: b }, { wait: 3 days }, { send_email: a }]'),
    follows: ['72 a'],
    ends: 'completed 72',
  },
  {
    what: 'a wait is put in ahead',
    before: plan(WAITS),
    after: plan('[{ wait: 9 days }, { send_email: b }, { wait: 3 days }, { send_email: a }]'),
    follows: ['72 a'],
    ends: 'completed 72',
  },
  {
    what: 'a step is put in behind',
    before: plan(WAITS),
    after: plan('[{ wait: 3 days }, { send_email: b }, { wait: 1 day }, { send_email: a }]'),
    follows: ['72 b', '96 a'],
    ends: 'completed 96',
  },
  {
    what: 'a step is put into the way of a branch where somebody stands, and a way before it',
    before: plan(
      '[{ branch: [{ when: { field: email, exists: true }, steps: [{ wait: 3 days }, { send_email: a }] }] }, { send_email: c }]',
    ),
    after: plan(`
  - branch:
      - { when: { field: plan, is: club }, steps: [{ wait: 9 days }, { send_email: d }] }
      - { when: { field: email, exists: true }, steps: [{ wait: 3 days }, { send_email: b }, { send_email: a }] }
  - send_email: c`),
    follows: ['72 b', '72 a', '72 c'],
    ends: 'completed 72',
  },
  {
    what: 'steps are wrapped into a branch',
    before: plan('[{ wait: 3 days, id: pause }, { send_email: a }, { send_email: c }]'),
    after: plan(`
  - branch:
      - when: { field: email, exists: true }
        steps: [{ wait: 3 days, id: pause }, { send_email: a }]
      - otherwise: [{ send_email: b }]
  - send_email: c`),
    follows: ['72 a', '72 c'],
    ends: 'completed 72',
  },
  // Words, ways
  {
    what: 'the message upstream is another one',
    before: plan(WAITS),
    after: plan('[{ wait: 3 days }, { send_email: b }]'),
    follows: ['72 b'],
    ends: 'completed 72',
  },
  {
    what: 'the way from the step where it stands leads elsewhere',
    before: plan(LEADS('one', 'two')),
    after: plan(LEADS('two', 'one')),
    follows: ['72 b'],
    ends: 'completed 72',
  },
  {
    what: 'the branch behind asks for something else',
    before: plan(
      '[{ wait: 3 days }, { branch: [{ when: { field: email, exists: true }, steps: [{ send_email: a }] }, { otherwise: [{ send_email: b }] }] }]',
    ),
    after: plan(
      '[{ wait: 3 days }, { branch: [{ when: { field: phone, exists: true }, steps: [{ send_email: a }] }, { otherwise: [{ send_email: b }] }] }]',
    ),
    follows: ['72 b'],
    ends: 'completed 72',
  },
  // Deleted
  {
    what: 'the step where it stands is gone: the nearest that is left',
    before: plan('[{ wait: 3 days }, { send_email: a }, { wait: 1 day }, { send_email: b }]'),
    after: plan('[{ wait: 1 day }, { send_email: b }]'),
    follows: ['48 b'],
    ends: 'completed 48',
  },
  {
    what: 'the step where it stands is gone, by its id: the nearest that is left',
    before: plan(
      '[{ wait: 3 days, id: long }, { send_email: a }, { wait: 1 day, id: short }, { send_email: b }]',
    ),
    after: plan('[{ send_email: a }, { wait: 1 day, id: short }, { send_email: b }]'),
    follows: ['24 a', '48 b'],
    ends: 'completed 48',
  },
  {
    what: 'the step where it stands is gone, and said where to go',
    before: plan(
      '[{ wait: 3 days, id: long }, { send_email: a }, { wait: 5 days, id: short }, { send_email: b }]',
    ),
    after: plan(
      '[{ send_email: a }, { wait: 5 days, id: short }, { send_email: b }]',
      'moved_to: { long: short }\n',
    ),
    follows: ['120 b'],
    ends: 'completed 120',
  },
  {
    what: 'the step where it stands is gone, and said to go to a step of another kind',
    before: plan('[{ wait: 3 days, id: long }, { send_email: a }, { send_email: b, id: second }]'),
    after: plan('[{ send_email: a }, { send_email: b, id: second }]', 'moved_to: { long: second }\n'),
    follows: ['24 b'],
    ends: 'completed 24',
  },
  {
    what: 'the last step, where it stands, is gone',
    before: plan('[{ send_email: a }, { wait: 3 days }]'),
    after: plan('[{ send_email: a }]'),
    follows: ['0 a'],
    ends: 'completed 24',
  },
  {
    what: 'the branch in which it stands is gone',
    before: plan(
      '[{ branch: [{ when: { field: email, exists: true }, steps: [{ wait: 3 days }, { send_email: a }] }] }, { send_email: b }]',
    ),
    after: plan('[{ send_email: b }]'),
    follows: ['24 b'],
    ends: 'completed 24',
  },
  // Waiting for something
  {
    what: 'something else is waited for, and has happened already',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER.replace('answered', 'visited')}, { send_email: a }]`),
    told: [event('visited', 12)],
    follows: ['24 a'],
    ends: 'completed 24',
  },
  {
    what: 'something else is waited for, and happens later',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER.replace('answered', 'visited')}, { send_email: a }]`),
    told: [event('answered', 30), event('visited', 40)],
    follows: ['40 a'],
    ends: 'completed 40',
  },
  {
    what: 'something else is waited for, and never happens',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER.replace('answered', 'visited').replace('3 days', '2 days')}, { send_email: a }]`),
    follows: ['48 b'],
    ends: 'completed 48',
  },
  {
    what: 'the time for an answer is shortened to less than has been waited',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER.replace('3 days', '6 hours')}, { send_email: a }]`),
    told: [event('answered', 30)],
    follows: ['24 b'],
    ends: 'completed 24',
  },
  {
    what: 'a question is asked in other words while its answer is waited for',
    before: plan('[{ ask: a, up_to: 3 days, id: asking }, { send_email: c }]'),
    after: plan('[{ ask: a, up_to: 2 days, id: asking }, { send_email: d }]'),
    follows: ['0 a', '48 d'],
    ends: 'completed 48',
  },
  // Kinds and names
  {
    what: 'the same id is another kind of step, and said to be the same',
    before: plan('[{ wait: 3 days, id: pause }, { send_email: a }]'),
    after: plan(
      '[{ wait_for: { event: answered }, up_to: 1 day, id: pause }, { send_email: a }]',
      'moved_to: { pause: pause }\n',
    ),
    follows: ['48 a'],
    ends: 'completed 48',
  },
  {
    what: 'the same id is another kind of step',
    before: plan('[{ wait: 3 days, id: pause }, { send_email: a }]'),
    after: plan('[{ wait_for: { event: answered }, up_to: 1 day, id: pause }, { send_email: a }]'),
    follows: ['24 a'],
    ends: 'completed 24',
  },
  {
    what: 'ids are others',
    before: plan('[{ wait: 3 days, id: one }, { send_email: a, id: two }]'),
    after: plan('[{ wait: 3 days, id: pause }, { send_email: a, id: letter }]', 'moved_to: { one: pause }\n'),
    follows: ['72 a'],
    ends: 'completed 72',
  },
  {
    what: 'ids are given',
    before: plan(WAITS),
    after: plan('[{ wait: 3 days, id: pause }, { send_email: a, id: letter }]'),
    follows: ['72 a'],
    ends: 'completed 72',
  },
  // Ways out
  {
    what: 'a way out is written that is open already, and the wait is over',
    before: plan(WAITS),
    after: plan('[{ wait: 6 hours }, { send_email: a }]', 'exit_when: { event: bought }\n'),
    told: [event('bought', 12)],
    follows: [],
    ends: 'exited 24',
  },
  {
    what: 'a way out is written that is open already, and the step is gone',
    before: plan('[{ wait: 3 days, id: pause }, { send_email: a }]'),
    after: plan('[{ send_email: a }]', 'goal: { event: bought }\n'),
    told: [event('bought', 12)],
    follows: [],
    ends: 'converted 24',
  },
  {
    what: 'a way out is written, and opens later',
    before: plan(WAITS),
    after: plan(WAITS, 'exit_when: { event: bought }\n'),
    told: [event('bought', 40)],
    follows: [],
    ends: 'exited 40',
  },
  {
    what: 'a way out is taken away',
    before: plan(WAITS, 'exit_when: { event: bought }\n'),
    after: plan(WAITS),
    told: [event('bought', 40)],
    follows: ['72 a'],
    ends: 'completed 72',
  },
  {
    what: 'the goal is another',
    before: plan(WAITS, 'goal: { event: bought }\n'),
    after: plan(WAITS, 'goal: { event: answered }\n'),
    told: [event('bought', 30), event('answered', 50)],
    follows: [],
    ends: 'converted 50',
  },
  // Events about the edit
  {
    what: 'what was waited for happens at the moment of the edit',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER}, { send_email: c }]`),
    told: [event('answered', 24)],
    follows: ['24 c'],
    ends: 'completed 24',
  },
  {
    what: 'what is no longer waited for happens at the moment of the edit',
    before: plan(`[${ANSWER}, { send_email: a }]`),
    after: plan(`[${ANSWER.replace('answered', 'visited')}, { send_email: a }]`),
    told: [event('answered', 24)],
    follows: ['72 b'],
    ends: 'completed 72',
  },
  {
    what: 'an order comes at the moment at which a wait is shortened',
    before: plan(WAITS, 'exit_when: { event: bought }\n'),
    after: plan('[{ wait: 6 hours }, { send_email: a }]', 'exit_when: { event: bought }\n'),
    told: [event('bought', 24)],
    follows: [],
    ends: 'exited 24',
  },
  {
    what: 'an order is heard of together with the edit that deletes the step',
    before: plan('[{ wait: 3 days, id: pause }, { send_email: a }]', 'exit_when: { event: bought }\n'),
    after: plan('[{ send_email: a }]', 'exit_when: { event: bought }\n'),
    told: [event('bought', 24)],
    follows: [],
    ends: 'exited 24',
  },
];

const told = ({ told: more = [] }: Edit): readonly Told[] => [GO, ...more];
const edited = ({ edited: hours = 24 }: Edit): number => hours;

describe('who follows', () => {
  test.each(EDITS.map((edit) => [edit.what, edit] as const))('when %s', (_, edit) => {
    const versions = [
      { from: 0, parts: partsOf(edit.before, 'follow') },
      { from: edited(edit), parts: partsOf(edit.after, 'follow') },
    ];
    const { sent, ends } = live(versions, told(edit));
    expect({ sent, ends }).toEqual({ sent: edit.follows, ends: [`plan ${edit.ends}`] });
  });
});

describe('who finishes the version that was entered', () => {
  test.each(EDITS.map((edit) => [edit.what, edit] as const))('hears nothing of it when %s', (_, edit) => {
    const before = { from: 0, parts: partsOf(edit.before, 'finish_old') };
    const after = { from: edited(edit), parts: partsOf(edit.after, 'finish_old') };
    const untouched = live([before], told(edit));
    const { sent, ends } = live([before, after], told(edit));
    expect({ sent, ends }).toEqual({ sent: untouched.sent, ends: untouched.ends });
    expect(ends).not.toEqual(['plan waits']);
  });

  test('enters the new one the next time', () => {
    const both = 're_enter: always\n';
    const versions = [
      { from: 0, parts: partsOf(plan(WAITS, both), 'finish_old') },
      { from: 24, parts: partsOf(plan('[{ wait: 1 day }, { send_email: b }]', both), 'finish_old') },
    ];
    expect(live(versions, [GO, event('go', 80)]).sent).toEqual(['72 a', '104 b']);
  });

  test('stays so when the new version says follow, and follows where the new version says it', () => {
    const before = partsOf(plan(WAITS), 'finish_old');
    const after = partsOf(plan('[{ wait: 2 days }, { send_email: b }]'), 'follow');
    expect(
      live(
        [
          { from: 0, parts: before },
          { from: 24, parts: after },
        ],
        [GO],
      ).sent,
    ).toEqual(['48 b']);
    const back = [
      { from: 0, parts: partsOf(plan(WAITS), 'follow') },
      { from: 24, parts: partsOf(plan('[{ wait: 2 days }, { send_email: b }]'), 'finish_old') },
    ];
    expect(live(back, [GO]).sent).toEqual(['72 a']);
  });
});

describe.each(['follow', 'finish_old'])('the hours of a wait change (%s)', (when_edited) => {
  const UNTIL = '[{ wait: 6 hours }, { wait_until: { hours: sending } }, { send_email: a }]';
  const through = (before: string, after: string, from: number, steps = UNTIL) =>
    live(
      [
        { from: 0, parts: partsOf(plan(UNTIL, '', { hours: HOURS(before) }), when_edited) },
        { from, parts: partsOf(plan(steps, '', { hours: HOURS(after) }), when_edited) },
      ],
      [GO],
    ).sent;

  // It arrives on Monday at 18:00 and waits for Tuesday, 24 hours after the start at noon.
  test.each([
    ['they open later', '09:00-10:00', '15:00-16:00', 12, ['27 a']],
    ['they open sooner', '15:00-16:00', '09:00-10:00', 12, ['21 a']],
    ['they opened sooner today, and are closed by now', '15:00-16:00', '09:00-10:00', 24, ['45 a']],
    ['they are others and say the same', '09:00-10:00', '09:00-10:00, 16:00-17:00', 12, ['21 a']],
  ])('%s', (_, before, after, from, sent) => {
    expect(through(before, after, from)).toEqual(sent);
  });
});

describe('the status of a workflow with people inside', () => {
  const through =
    (when_edited: string, first: Plan, ...later: (Plan & { from: number })[]) =>
    (more: Told[]) =>
      live(
        [
          { from: 0, parts: partsOf(first, when_edited) },
          ...later.map((one) => ({ from: one.from, parts: partsOf(one, when_edited) })),
        ],
        [GO, ...more],
      );
  const PAUSED = 'status: paused\n';

  test.each(['follow', 'finish_old'])(
    'stopped: who is inside leaves, and is sent nothing more (%s)',
    (mode) => {
      const { sent, ends, runs } = through(mode, plan(WAITS), {
        from: 24,
        ...plan(WAITS, 'status: stopped\n'),
      })([]);
      expect([sent, ends]).toEqual([[], ['plan exited 24']]);
      expect(runs[0]?.ended_because?.en).toBe('the workflow was stopped');
    },
  );

  test.each(['follow', 'finish_old'])('draft: who is inside finishes, and nobody enters (%s)', (mode) => {
    const draft = plan('[{ send_email: b }]', 'status: draft\nre_enter: always\n');
    const { sent, ends } = through(mode, plan(WAITS), { from: 24, ...draft })([event('go', 80)]);
    expect([sent, ends]).toEqual([['72 a'], ['plan completed 72']]);
  });

  test.each(['follow', 'finish_old'])('removed: who is inside finishes (%s)', (mode) => {
    const versions = [
      { from: 0, parts: partsOf(plan(WAITS), mode) },
      { from: 24, parts: SHOP },
    ];
    const { sent, ends } = live(versions, [GO, event('go', 80)]);
    expect([sent, ends]).toEqual([['72 a'], ['plan completed 72']]);
  });

  test.each(['follow', 'finish_old'])('paused: waits end when it is live again (%s)', (mode) => {
    const through_pause = through(
      mode,
      plan(WAITS),
      { from: 24, ...plan(WAITS, PAUSED) },
      { from: 96, ...plan(WAITS) },
    );
    expect(through_pause([]).sent).toEqual(['96 a']);
  });

  test.each(['follow', 'finish_old'])(
    'paused and live again before the wait ends: nothing changes (%s)',
    (mode) => {
      const through_pause = through(
        mode,
        plan(WAITS),
        { from: 24, ...plan(WAITS, PAUSED) },
        { from: 48, ...plan(WAITS) },
      );
      expect(through_pause([]).sent).toEqual(['72 a']);
    },
  );

  test.each(['follow', 'finish_old'])(
    'paused: what is waited for is heard, and followed afterwards (%s)',
    (mode) => {
      const asks = plan(`[${ANSWER}, { send_email: a }]`);
      const through_pause = through(
        mode,
        asks,
        { from: 24, ...plan(asks.steps, PAUSED) },
        { from: 96, ...asks },
      );
      expect(through_pause([event('answered', 30)]).sent).toEqual(['96 a']);
      expect(through_pause([event('answered', 90)]).sent).toEqual(['96 b']);
    },
  );

  test('paused with the step gone where it stands: nothing is sent before it is live again', () => {
    const gone = '[{ send_email: a }, { wait: 1 day }, { send_email: b }]';
    const { sent } = through(
      'follow',
      plan('[{ wait: 3 days, id: pause }, { send_email: a }]'),
      { from: 24, ...plan(gone, PAUSED) },
      { from: 50, ...plan(gone) },
    )([]);
    expect(sent).toEqual(['50 a', '74 b']);
  });

  test('paused with a wait that is over by the new version: it goes on when it is live again', () => {
    const short = '[{ wait: 6 hours }, { send_email: a }]';
    const { sent } = through(
      'follow',
      plan(WAITS),
      { from: 24, ...plan(short, PAUSED) },
      { from: 50, ...plan(short) },
    )([]);
    expect(sent).toEqual(['50 a']);
  });

  test('paused before a step that is then deleted: on at the next, or at the end', () => {
    const asks = `[${ANSWER}, { send_email: a, id: first }, { send_email: c }]`;
    const heard = [event('answered', 30)];
    const paused = { from: 24, ...plan(asks, PAUSED) };
    const shorter = { from: 50, ...plan(`[${ANSWER}, { send_email: c }]`) };
    expect(through('follow', plan(asks), paused, shorter)(heard).sent).toEqual(['50 c']);
    const shortest = { from: 50, ...plan(`[${ANSWER}]`) };
    const { sent, ends } = through('follow', plan(asks), paused, shortest)(heard);
    expect([sent, ends]).toEqual([[], ['plan completed 50']]);
  });

  test('paused and then removed: who is inside finishes', () => {
    const versions = [
      { from: 0, parts: partsOf(plan(WAITS), 'follow') },
      { from: 24, parts: partsOf(plan(WAITS, PAUSED), 'follow') },
      { from: 96, parts: SHOP },
    ];
    expect(live(versions, [GO]).sent).toEqual(['96 a']);
  });
});

describe('several edits', () => {
  const through = (versions: readonly (readonly [number, string, string?])[], more: readonly Told[] = []) =>
    live(
      versions.map(([from, steps, keys]) => ({ from, parts: partsOf(plan(steps, keys), 'follow') })),
      [GO, ...more],
    );

  test('before the contact wakes: the last one holds', () => {
    expect(
      through([
        [0, '[{ wait: 10 days }, { send_email: a }]'],
        [24, '[{ wait: 2 days }, { send_email: b }]'],
        [30, '[{ wait: 4 days }, { send_email: c }]'],
      ]).sent,
    ).toEqual(['96 c']);
  });

  test('of a wait since the last event go on from the last event', () => {
    expect(
      through(
        [
          [0, SINCE(10)],
          [24, SINCE(2)],
          [30, SINCE(4)],
        ],
        [event('go', 12)],
      ).sent,
    ).toEqual(['108 a']);
  });

  test('one after the other, where nobody was decided in between', () => {
    const parts = (steps: string) => partsOf(plan(steps), 'follow');
    const first = load(parts('[{ wait: 10 days }, { send_email: a }]'), [], {
      live_since: START,
    });
    const begun = decide(
      aContact(),
      [{ kind: 'event', event: anEvent('go', {}, START) }],
      first.project,
      START,
    );
    const sources = first.workflow_sources.map(({ id, version, text }) => ({
      workflow: id,
      version,
      source: text,
    }));
    const third = load(parts('[{ send_email: b }, { wait: 2 days }, { send_email: c }]'), sources, {
      live_since: START + HOUR,
    });
    // Every run knows only where it came from, whatever was live in between.
    const { contact } = decide(begun.contact, [], third.project, START + 24 * HOUR);
    expect(contact.runs).toMatchObject([{ due_at: START + 48 * HOUR }]);
  });

  test('the place that one edit said is not taken for the place of the next', () => {
    const steps =
      '[{ wait: 3 days, id: one }, { send_email: a }, { wait: 5 days, id: two }, { send_email: b }]';
    const said = 'moved_to: { one: two }\n';
    const { sent } = through([
      [0, steps],
      [24, steps, said],
      [30, steps.replace('send_email: b', 'send_email: c'), said],
    ]);
    expect(sent).toEqual(['120 c']);
  });
});

describe('a version that nobody knows any more', () => {
  const begun = (): Contact => {
    const { project } = load(partsOf(plan(WAITS), 'follow'), [], { live_since: START });
    return decide(aContact(), [{ kind: 'event', event: anEvent('go', {}, START) }], project, START).contact;
  };
  const afterwards = (when_edited: string, steps: string, keys = '') =>
    decide(
      begun(),
      [],
      load(partsOf(plan(steps, keys), when_edited), [], { live_since: START + HOUR }).project,
      START + 96 * HOUR,
    );

  test('ends the run with that reason, or goes on at the same id where it follows', () => {
    expect(afterwards('finish_old', '[{ wait: 4 days }, { send_email: a }]').runs).toMatchObject([
      { outcome: 'failed' },
    ]);
    expect(afterwards('follow', '[{ wait: 4 days }, { send_email: b }]').messages).toMatchObject([
      { message: 'b' },
    ]);
    expect(afterwards('follow', '[{ wait: 4 days, id: pause }, { send_email: b }]').runs).toMatchObject([
      { outcome: 'failed', ended_because: { en: 'the step where it stood is not known any more' } },
    ]);
  });

  test('keeps nobody awake for ever where the newest is a draft', () => {
    const { runs, next_due_at } = afterwards(
      'follow',
      '[{ wait: 4 days }, { send_email: a }]',
      'status: draft\n',
    );
    expect(runs).toMatchObject([{ outcome: 'failed' }]);
    expect(next_due_at).toBeNull();
  });
});

describe('held out', () => {
  test('stays held out through every edit, and ends when the time for its goal is over', () => {
    const held = (steps: string) =>
      partsOf(plan(steps, 'holdout: 90\ngoal: { event: bought, within: 10 days }\n'), 'follow');
    const someone = Array.from({ length: 50 }, (_, index) => {
      const { project } = load(held(WAITS));
      return decide(
        aContact({ id: `c${index}` }),
        [{ kind: 'event', event: anEvent('go', {}, START) }],
        project,
        START,
      );
    }).find(({ contact }) => contact.runs[0]?.held_out);
    const old = load(held(WAITS)).workflow_sources.map(({ id, version, text }) => ({
      workflow: id,
      version,
      source: text,
    }));
    const { project } = load(held('[{ send_email: b }]'), old, {
      live_since: START + HOUR,
    });
    const followed = decide(someone?.contact as Contact, [], project, START + 24 * HOUR);
    expect(followed.messages).toEqual([]);
    expect(followed.contact.runs).toMatchObject([
      { held_out: true, version: project.workflows.get('plan')?.version },
    ]);
    expect(decide(followed.contact, [], project, START + 240 * HOUR).runs).toMatchObject([
      { outcome: 'completed' },
    ]);
  });
});

describe('any edit at any moment', () => {
  const leaf = fc.oneof(
    fc.integer({ min: 1, max: 90 }).map((hours) => `wait: ${hours} hours`),
    fc.integer({ min: 1, max: 90 }).map((hours) => `wait: ${hours} hours, since: last_event`),
    fc.constantFrom(...LETTERS).map((name) => `send_email: ${name}`),
    fc.integer({ min: 1, max: 60 }).map((hours) => `wait_for: { event: answered }, up_to: ${hours} hours`),
    fc.constant('wait_for: { event: go }, up_to: 2 days, if_not: [{ wait: 5 hours }, { send_email: e }]'),
    fc.constant('wait_until: { hours: sending }'),
    fc.constant('wait_until: { time: "10:00" }'),
    fc.constantFrom(
      'call_webhook: { url: "https://crm.example/x" }, if_failed: [{ send_email: d }]',
      'ask: d, up_to: 2 days',
    ),
  );
  const branches = fc
    .tuple(fc.array(leaf, { maxLength: 3 }), fc.array(leaf, { maxLength: 3 }))
    .map(([one, other]) => {
      const list = (steps: readonly string[]): string => `[${steps.map((step) => `{ ${step} }`).join(', ')}]`;
      return `branch: [{ when: { field: plan, is: club }, steps: ${list(one)} }, { otherwise: ${list(other)} }]`;
    });
  const steps = fc
    .array(
      fc.tuple(fc.oneof({ weight: 5, arbitrary: leaf }, { weight: 1, arbitrary: branches }), fc.boolean()),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((list) => list.map(([text, named], index) => `{ ${text}${named ? `, id: s${index}` : ''} }`));
  const keys = fc.constantFrom(
    '',
    '',
    'exit_when: { event: bought }\n',
    'goal: { event: bought, within: 4 days }\n',
  );
  const status = fc.constantFrom('', '', '', 'status: paused\n', 'status: stopped\n', 'status: draft\n');
  const happenings = fc.array(
    fc
      .tuple(
        fc.constantFrom('go', 'answered', 'bought'),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(0, 0, 0, 7),
      )
      .map(([name, hours, late]) => event(name, hours, hours + late)),
    { maxLength: 6 },
  );
  /** Some of the steps of the one before, in their order, with others among them. */
  const edit = fc.record({
    keep: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    more: steps,
    keys,
    status,
  });
  const versionsOf = (
    first: readonly string[],
    edits: readonly { keep: boolean[]; more: string[]; keys: string; status: string; from: number }[],
    when_edited: string,
  ): Version[] => {
    const hours = HOURS('09:00-12:00');
    let list = first;
    const rest = edits.map(({ keep, more, keys: some, status: now, from }) => {
      const kept = list.filter((_, index) => keep[index % 6]);
      const ids = new Set(kept.flatMap((step) => /id: \w+/.exec(step)?.[0] ?? []));
      const fresh = more.filter((step) => !ids.has(/id: \w+/.exec(step)?.[0] ?? '-'));
      list =
        kept.length === 0 ? fresh : kept.flatMap((step, index) => [step, ...fresh.slice(index, index + 1)]);
      return {
        from,
        parts: partsOf(
          plan(`[${list.join(', ')}]`, `${some}${now}re_enter: always\n`, { hours }),
          when_edited,
        ),
      };
    });
    return [
      {
        from: 0,
        parts: partsOf(plan(`[${first.join(', ')}]`, 're_enter: always\n', { hours }), when_edited),
      },
      ...rest,
    ];
  };

  prop.prop(
    [steps, edit, edit, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), happenings],
    {
      numRuns: 60,
    },
  )('leaves nobody stuck and writes to nobody twice', (first, one, other, at_first, between, heard) => {
    const edits = [
      { ...one, from: at_first },
      { ...other, from: at_first + between },
    ];
    for (const when_edited of ['follow', 'finish_old']) {
      const versions = versionsOf(first, edits, when_edited);
      const { ends } = live(versions, [GO, ...heard], 24 * 60);
      const paused = other.status.includes('paused');
      if (!paused) expect(ends.filter((end) => end.endsWith('waits'))).toEqual([]);
    }
  });

  prop.prop([steps, edit, fc.integer({ min: 1, max: 100 }), happenings], { numRuns: 40 })(
    'is nothing to who finishes the version that was entered',
    (first, one, from, heard) => {
      // What is told late happens, for the engine, when the contact was decided last: by a deployment as well.
      const in_time = heard.map(({ name, hours }) => event(name, hours));
      const versions = versionsOf(first, [{ ...one, status: '', from }], 'finish_old');
      const once = (list: Version[]): Version[] =>
        list.map((version) => ({
          ...version,
          parts: JSON.parse(
            JSON.stringify(version.parts).replaceAll('re_enter: always', 're_enter: never'),
          ) as ProjectParts,
        }));
      const edited_life = live(once(versions), [GO, ...in_time], 24 * 60);
      const untouched = live(once(versions.slice(0, 1)), [GO, ...in_time], 24 * 60);
      expect([edited_life.sent, edited_life.ends]).toEqual([untouched.sent, untouched.ends]);
    },
  );
});
