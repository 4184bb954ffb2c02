import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fc, test as prop } from '@fast-check/vitest';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { compileCondition, NOTHING_AROUND, type Condition } from '../../src/core/conditions/condition.ts';
import { hoursFileSchema } from '../../src/project/files/hours-file.ts';
import { workflowSchema } from '../../src/core/workflows/compile.ts';
import { dataFileSchema } from '../../src/project/files/data-file.ts';
import { mapFileSchema } from '../../src/project/files/map-file.ts';
import { messageFileSchema } from '../../src/project/files/message-file.ts';
import { segmentsFileSchema } from '../../src/project/files/segments-file.ts';
import { settingsFileSchema } from '../../src/project/files/settings-file.ts';
import { stagesFileSchema } from '../../src/project/files/stages-file.ts';
import { DEFAULT_TONE, toneFileSchema } from '../../src/project/files/tone-file.ts';
import { areExhaustive } from '../../src/project/lint/exhaustive.ts';
import { excludes, implies } from '../../src/project/lint/implies.ts';
import { lintProject } from '../../src/project/lint/index.ts';
import { loadProject } from '../../src/project/load.ts';
import { readTemplates } from '../../src/project/messages.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { readProjectFiles, type ProjectFiles } from '../../src/project/read-files.ts';
import { readYaml } from '../../src/project/yaml.ts';
import {
  aContact,
  afterEvents,
  anEvent,
  at,
  DAY,
  projectFiles,
  type ProjectParts,
} from '../support/build.ts';
import { SHOP_FILES } from '../support/shop.ts';

/** Every problem, as it is told. */
function lint(files: ProjectFiles): string[] {
  return lintProject(inputOf(files)).map(formatProblem);
}

function inputOf(files: ProjectFiles): Parameters<typeof lintProject>[0] {
  const one = <T>(file: string, schema: z.ZodType<T>): T => {
    const { value, problems } = readYaml(file, files[file] ?? '', schema);
    if (value === undefined) throw new Error(problems.map(formatProblem).join('\n'));
    return value;
  };
  const journey = <T>(name: string, schema: z.ZodType<T>, absent: T): T =>
    files[`workflows/journey/${name}.yaml`] === undefined
      ? absent
      : one(`workflows/journey/${name}.yaml`, schema);
  const named = (pattern: RegExp): string[] => Object.keys(files).filter((file) => pattern.test(file));
  const messages = named(/^templates\/\w+\/message\.yaml$/).map((file) => one(file, messageFileSchema));
  return {
    files,
    read: named(/\.yaml$/).map((file) => {
      const text = files[file] ?? '';
      return { file, text, yaml: readYaml(file, text, z.unknown()) };
    }),
    settings: one('etapa.yaml', settingsFileSchema),
    stages: one('workflows/journey/stages.yaml', stagesFileSchema),
    tone: journey('tone', toneFileSchema, DEFAULT_TONE),
    segments: journey('segments', segmentsFileSchema, { version: 1, segments: {} }),
    map: journey('map', mapFileSchema, { version: 1, map: 'journey', personas: [], stages: [] }),
    hours: journey('hours', hoursFileSchema, { version: 1, calendars: {} }),
    data: journey<z.infer<typeof dataFileSchema> | null>('data', dataFileSchema, null),
    templates: readTemplates(files, messages),
    workflows: named(/^workflows\/\w+\.yaml$/).map((file) => ({ source: one(file, workflowSchema) })),
  };
}

function lintParts(parts: ProjectParts): string[] {
  return lint(projectFiles(parts));
}

/** Of a project of one workflow `flow`, entered by `signed_up` where nothing else is written. */
function lintFlow(text: string, parts: ProjectParts = {}): string[] {
  const entry = /^enter_when:/m.test(text) ? '' : 'enter_when: { event: signed_up }\n';
  return lintParts({ ...parts, workflows: { ...parts.workflows, flow: entry + text } });
}

describe('a sound project', () => {
  it('has nothing to be told: the one that is shipped', async () => {
    expect(lint(await readProjectFiles(resolve(import.meta.dirname, '../..')))).toEqual([]);
  });

  it('is linted as it is loaded', () => {
    const files = projectFiles({ workflows: { flow: 'enter_when: { event: a }\nsteps:\n  - goto: b\n' } });
    const { loaded, problems } = loadProject(files);
    expect(loaded).toBeUndefined();
    expect(problems.map(formatProblem)).toEqual(lint(files));
    expect(problems).toHaveLength(1);
  });

  it('has nothing to be told: the one of the tests', () => {
    expect(lint(SHOP_FILES)).toEqual([]);
  });
});

describe('steps that no run comes to', () => {
  it('are told after an exit and a goto, the first of each row', () => {
    expect(
      lintFlow(`steps:
  - wait: 1 day
    id: again
  - branch:
      - when: { field: x, exists: true }
        steps:
          - goto: again
          - send_email: a
          - send_email: b
  - exit: done
  - send_email: c
`),
    ).toEqual([
      'workflows/flow.yaml:12:13  no run ever comes to this step, as "goto" stands above it; delete it, or give it an id and lead to it with "goto"',
      'workflows/flow.yaml:15:5  no run ever comes to this step, as "exit" stands above it; delete it, or give it an id and lead to it with "goto"',
    ]);
  });

  it('are told after a branch that lets nobody through, and not when a goto leads there', () => {
    const branch = `steps:
  - branch:
      - when: { field: x, exists: true }
        steps: [{ goto: last }]
      - otherwise: [{ exit: done }]
  - send_email: a
`;
    expect(lintFlow(`${branch}    id: first\n  - exit: x\n    id: last\n`)).toEqual([
      expect.stringMatching(/^workflows\/flow\.yaml:10:5 .*as every way through the "branch" above ends/),
    ]);
    expect(lintFlow(`${branch}    id: last\n`)).toEqual([]);
  });
});

describe('ways of a branch', () => {
  const ways = (...conditions: string[]): string[] =>
    lintFlow(
      `steps:\n  - branch:\n${conditions.map((when) => `      - when: ${when}\n        steps: []\n`).join('')}`,
    );

  test.each([
    ['the same', '{ event: a }', '{ event: [a] }'],
    ['a higher number', '{ field: x, at_least: 50 }', '{ field: x, at_least: 100 }'],
    ['a number in a range', '{ field: x, between: [0, 100] }', '{ field: x, between: [10, 40] }'],
    ['one of a list', '{ field: x, in: [a, b] }', '{ field: x, is: B }'],
    ['known at all', '{ field: x, exists: true }', '{ field: x, contains: b }'],
    ['not another', '{ field: x, is_not: a }', '{ field: x, is: b }'],
    ['more often', '{ event: a, at_least: 2, within: 7 days }', '{ event: a, at_least: 3, within: 7 days }'],
    ['in less time', '{ event: [a, b], within: 7 days }', '{ event: a, where: { x: 1 }, within: 1 day }'],
    [
      'longer ago',
      '{ field: orders.last, not_within: 7 days }',
      '{ field: orders.last, not_within: 30 days }',
    ],
    ['not for longer', '{ event: a, not_within: 7 days }', '{ event: a, at_most: 0, within: 30 days }'],
    ['one more condition', '{ stage: awareness }', '[{ stage: awareness }, { event: a }]'],
    ['a part of any', '{ any: [{ event: a }, { event: b }] }', '{ event: b }'],
    ['none of more', '{ none: [{ event: a }] }', '{ none: [{ event: a }, { event: b }] }'],
    ['longer in a stage', '{ stage: [awareness] }', '{ stage: awareness, for: 3 days }'],
  ])('are told that are never taken: %s', (_, first, second) => {
    expect(ways(first, second)).toEqual([
      'workflows/flow.yaml:9:9  this way is never taken, as way 1 holds whenever it does and stands above; put it further up, or delete it',
    ]);
    expect(implies(conditionOf(first), conditionOf(second))).toBe(
      implies(conditionOf(second), conditionOf(first)) && implies(conditionOf(first), conditionOf(second)),
    );
  });

  test.each([
    ['{ field: x, at_least: 100 }', '{ field: x, at_least: 50 }'],
    ['{ event: a, at_least: 3 }', '{ event: a, at_least: 2 }'],
    ['{ event: a, within: 1 day }', '{ event: a, within: 7 days }'],
    ['{ event: a, where: { x: 1 } }', '{ event: a }'],
    ['{ field: x, is: "5" }', '{ field: x, is: 5 }'],
    ['{ field: x, is_not: a }', '{ field: x, exists: true }'],
    ['{ stage: awareness, for: 3 days }', '{ stage: awareness }'],
    ['{ segment: one }', '{ segment: two }'],
    ['{ event: a, at_most: 0 }', '{ event: a, at_most: 0, within: 7 days }'],
  ])('are not told that can be taken: %s, then %s', (first, second) => {
    expect(ways(first, second)).toEqual([]);
  });

  it('are told by the ways that together take everybody', () => {
    expect(ways('{ event: a }', '{ event: b }', '{ any: [{ event: a }, { event: b }] }')).toEqual([
      expect.stringContaining(
        ':11:9  this way is never taken, as one of the ways above holds whenever it does',
      ),
    ]);
  });

  it('are told whose conditions exclude each other', () => {
    expect(ways('[{ field: x, at_least: 10 }, { field: x, less_than: 10 }]')).toEqual([
      'workflows/flow.yaml:7:9  these conditions never hold together, so this way is never taken; take one of them away',
    ]);
    expect(ways('[{ stage: a }, { stage: b }]')).toHaveLength(1);
    expect(ways('[{ segment: a }, { segment: b }]')).toEqual([]);
  });

  const withOtherwise = (...conditions: string[]): string[] =>
    lintFlow(
      `steps:\n  - branch:\n${conditions.map((when) => `      - when: ${when}\n        steps: []\n`).join('')}      - otherwise: []\n`,
      {
        stages:
          'stages:\n  - { id: awareness, start_here: true }\n  - { id: decision, enter_when: { event: a } }\n',
      },
    );

  test.each([
    [
      'both sides of a number',
      ['{ field: cart.value, at_least: 100 }', '{ field: cart.value, less_than: 100 }'],
    ],
    [
      'every number',
      [
        '{ field: orders.count, is: 0 }',
        '{ field: orders.count, between: [0, 3] }',
        '{ field: orders.count, more_than: 3 }',
      ],
    ],
    ['something and its opposite', ['{ field: x, exists: true }', '{ field: x, exists: false }']],
    ['often and seldom', ['{ event: a, at_least: 2 }', '{ event: a, less_than: 2 }']],
    ['every stage', ['{ stage: awareness }', '{ stage: [decision] }']],
    [
      'all, and not all',
      ['[{ event: a }, { event: b }]', '{ none: [{ event: a }] }', '{ none: [{ event: b }] }'],
    ],
  ])('leave nobody for "otherwise": %s', (_, conditions) => {
    const line = 7 + 2 * conditions.length;
    expect(withOtherwise(...conditions)).toEqual([
      `workflows/flow.yaml:${line}:9  warning: "otherwise" is never taken, as one of the ways above always holds; delete it, or narrow the ways above`,
    ]);
  });

  test.each([
    [
      'a field that may not be known',
      ['{ field: score, at_least: 100 }', '{ field: score, less_than: 100 }'],
    ],
    ['a gap', ['{ field: orders.count, is: 0 }', '{ field: orders.count, more_than: 1 }']],
    ['a stage that is missing', ['{ stage: awareness }']],
    ['a stage for so long', ['{ stage: awareness }', '{ stage: decision, for: 2 days }']],
    ['different times', ['{ event: a, within: 2 days }', '{ event: a, not_within: 7 days }']],
  ])('leave somebody for "otherwise": %s', (_, conditions) => {
    expect(withOtherwise(...conditions)).toEqual([]);
  });

  it('whose ranges overlap are told, and not those that only touch or lie in each other', () => {
    expect(ways('{ field: x, between: [10, 50] }', '{ field: x, between: [40, 90] }')).toEqual([
      'workflows/flow.yaml:9:15  warning: both way 1 and this way hold while x is from 40 to 50, and the first that holds is taken; let one range end where the other begins',
    ]);
    expect(ways('{ field: x, between: [10, 50] }', '{ field: x, between: [50, 90] }')).toEqual([]);
    expect(ways('{ field: x, between: [20, 30] }', '{ field: x, between: [10, 90] }')).toEqual([]);
    expect(ways('{ field: x, at_least: 50 }', '{ field: x, at_least: 10 }')).toEqual([]);
  });
});

describe('a branch that asks whether a message was opened', () => {
  const branch = (...ways: string[]): string[] =>
    lintParts({
      workflows: {
        flow: `enter_when: { event: a }
steps:
  - send_email: hello
  - wait: 1 day
  - branch:
${ways.map((when) => `      - when: ${when}\n        steps:\n          - exit: done\n`).join('')}      - otherwise:
          - exit: other\n`,
      },
    });
  const OPENED = '{ message: hello, was: opened, since: entry }';
  const CLICKED = '{ message: hello, was: clicked, since: entry }';

  it.each([[OPENED], [`{ none: [${OPENED}] }`], [`{ all: [${OPENED}, { stage: awareness }] }`]])(
    'and nothing else of what somebody did is a warning: %s',
    (when) => {
      expect(branch(when)).toEqual([
        expect.stringMatching(
          /^workflows\/flow\.yaml:\d+:\d+ {2}warning: this branch knows only whether a message was opened.*ask "was: clicked"/,
        ),
      ]);
    },
  );

  it('is told once, at the way that asks it', () => {
    const told = branch('{ stage: awareness }', OPENED, `{ none: [${OPENED}] }`);
    expect(told.filter((problem) => problem.includes('was opened'))).toHaveLength(1);
    expect(told[0]).toMatch(/^workflows\/flow\.yaml:1\d:/);
  });

  it.each([
    [[CLICKED]],
    [[`{ all: [${OPENED}, { none: [${CLICKED}] }] }`]],
    [[CLICKED, OPENED]],
    [[`{ any: [${OPENED}, { event: product_viewed, since: entry }] }`]],
  ])('has nothing told of it where another sign stands beside: %j', (ways) => {
    expect(branch(...ways).filter((problem) => problem.includes('was opened'))).toEqual([]);
  });
});

describe('loops', () => {
  const loop = (step: string, exit = '', more = ''): string[] =>
    lintFlow(`${more}steps:\n  - update_contact: { x: 1 }\n    id: again\n${step}${exit}  - goto: again\n`);
  const EXIT = '  - branch:\n      - when: { field: y, exists: true }\n        steps: [{ exit: done }]\n';

  test.each([
    ['nothing at all', ''],
    ['open hours', '  - wait_until: { hours: sending }\n'],
    ['the minute that it is', '  - wait_until: { time: "10:00" }\n'],
    ['what holds already', '  - wait_for: { field: x, is: 1 }\n    up_to: 1 day\n'],
    ['an event that need not happen', '  - wait_for: { event: a, at_most: 3 }\n    up_to: 1 day\n'],
  ])('without a wait are an error: %s', (_, step) => {
    expect(loop(step, EXIT)).toEqual([
      expect.stringMatching(
        /^workflows\/flow\.yaml:\d+:11 {2}from "again" a run comes back here without any wait, and would go round for ever in one moment; put a "wait" into the loop/,
      ),
    ]);
  });

  test.each([
    ['a wait', '  - wait: 1 day\n'],
    ['an event that must happen', '  - wait_for: { event: a }\n    up_to: 1 day\n'],
    ['a call', '  - call_webhook: { url: "https://crm.example/deals" }\n'],
  ])('may go through %s', (_, step) => {
    expect(loop(step, EXIT)).toEqual([]);
  });

  it('out of which only exits lead are a warning', () => {
    expect(loop('  - wait: 1 day\n', '', 'exit_when: { event: a }\n')).toEqual([
      'workflows/flow.yaml:10:11  warning: no step leads out of the loop that begins at "again", so only "exit_when" or the goal ever ends a run; put a "branch" with an "exit" into it',
    ]);
    expect(loop('  - wait: 1 day\n')).toEqual([expect.stringContaining('so nobody ever leaves')]);
  });

  const circle = (re_enter: string, first = ''): string[] =>
    lintParts({
      workflows: Object.fromEntries(
        ['one', 'two'].map((id, index) => [
          id,
          `enter_when: manual\nre_enter: ${re_enter}\nsteps:\n${first}  - start_workflow: ${['two', 'one'][index]}\n`,
        ]),
      ),
    });

  it('of workflows that start each other are an error without a wait, else a warning', () => {
    expect(circle('always')).toEqual([
      'workflows/one.yaml:7:21  these workflows start each other for ever at one moment: one → two → one; put a "wait" before one of the starts, or let one of them be entered once with "re_enter: never"',
    ]);
    expect(circle('always', '  - wait: 1 day\n')).toEqual([
      'workflows/one.yaml:8:21  warning: these workflows start each other for ever: one → two → one; let one of them end with "exit"',
    ]);
    expect(circle('{ after: 7 days }')).toEqual([expect.stringContaining('warning: these workflows start')]);
    expect(circle('never')).toEqual([]);
  });
});

describe('steps that are led to', () => {
  it('must be there, and are guessed', () => {
    const steps = 'steps:\n  - wait: 1 day\n    id: first_wait\n  - goto: frist_wait\n';
    expect(lintFlow(steps)).toEqual([
      'workflows/flow.yaml:8:11  there is no step with the id "frist_wait"; did you mean "first_wait"?',
    ]);
    expect(lintFlow('moved_to: { old: nowhere }\nsteps:\n  - wait: 1 day\n')).toEqual([
      'workflows/flow.yaml:5:18  there is no step with the id "nowhere"; write "id: nowhere" beside the step that is meant',
    ]);
  });

  it('are not moved away from while they are there', () => {
    const verb_changed = 'moved_to: { a: a }\nsteps:\n  - wait: 1 day\n    id: a\n';
    expect(lintFlow(verb_changed)).toEqual([]);
    expect(lintFlow('moved_to: { a: "2" }\nsteps:\n  - wait: 1 day\n    id: a\n  - wait: 2 days\n')).toEqual([
      'workflows/flow.yaml:5:13  warning: step "a" is still there, and people who stand at it would be moved to "2"; delete this line, or the step',
    ]);
  });
});

describe('messages', () => {
  const flow = { flow: 'enter_when: { event: a }\nsteps:\n  - send_email: hello\n' };
  const MESSAGE = 'templates/hello/message.yaml';

  it('that nothing sends are a warning', () => {
    const files = projectFiles({ workflows: flow });
    delete files['workflows/flow.yaml'];
    expect(lint(files)).toEqual([
      `${MESSAGE}:2:10  warning: nothing sends the message "hello"; write "send_email: hello" in a workflow, or delete the folder`,
    ]);
  });

  it('that promote need a link out of them, in the words or in the layout', () => {
    const layout = {
      'templates/layout/email.en.mjml': '<mjml><mj-body>\n{{content}}\n<!-- unsubscribe_url -->',
    };
    const files = { ...projectFiles({ workflows: flow }), ...layout };
    const told = [
      'templates/hello/email.en.mjml:1:1  a promotion needs a way out; put <a href="{{url unsubscribe_url}}">…</a> here or into templates/layout/email.en.mjml',
    ];
    expect(lint(files)).toEqual(told);
    const words = { 'templates/hello/email.en.mjml': '<mj-section>{{url unsubscribe_url}}</mj-section>' };
    expect(lint({ ...files, ...words })).toEqual([]);
    expect(lint({ ...projectFiles({ workflows: flow, services: ['hello'] }), ...layout })).toEqual([]);
  });

  const tone = `moods:
  - { id: upset, when: { event: complaint } }
  - otherwise: fine
tones:
  friendly: { greeting: { en: Hi } }
  calm: { greeting: Hello }
  brief: { falls_back_to: friendly }
rules:
  - { name: Upset, when: { mood: upset }, use: calm, hold_back: [promotions] }
  - { name: Chat, channel: chat, use: loud }
  - { name: Regulars, when: { stage: awareness }, use: brief }
  - otherwise: friendly
`;

  it('have a subject for each tone in which they can go out', () => {
    expect(lintParts({ tone, workflows: flow })).toEqual([]);
    expect(lintParts({ tone, workflows: flow, services: ['hello'] })).toEqual([
      `${MESSAGE}:4:1  warning: there is no subject for tone "calm", so the one of "friendly" is used; add it, or write "falls_back_to" beside the tone`,
    ]);
  });

  it('have greetings and preheaders in every language', () => {
    const files = projectFiles({ tone, workflows: flow, settings: 'languages: [en, es]\n' });
    const text = `version: 1\nmessage: hello\npurpose: promotion\nsubject: { friendly: Hello }\npreheader: { es: Hola }\n`;
    expect(lint({ ...files, [MESSAGE]: text })).toEqual([
      `${MESSAGE}:5:1  warning: the preheader is missing in "en", and stays empty for people who read that; add it`,
      'workflows/journey/tone.yaml:6:15  warning: the greeting of tone "friendly" is missing in "es", and stays empty for people who read that; add it',
    ]);
  });

  it('have a message.yaml', () => {
    const files = projectFiles({ workflows: flow });
    expect(lint({ ...files, 'templates/helo/email.en.mjml': '' })).toEqual([
      'templates/helo/email.en.mjml:1:1  templates/helo/message.yaml is missing, so these words belong to no message; write it, or delete the folder',
    ]);
  });
});

describe('limits', () => {
  const settings = 'limits: { promotions: { messages: 3, per: 7 days }, any: { messages: 2, per: 1 day } }\n';
  const send = (...ids: string[]): string => ids.map((id) => `  - send_email: ${id}\n`).join('');

  it('hold back what one run sends too much', () => {
    const daily = ['a', 'b', 'c', 'd'].map((id) => `${send(id)}  - wait: 1 day\n`).join('');
    expect(lintFlow(`steps:\n${daily}`, { settings })).toEqual([
      'workflows/flow.yaml:12:5  warning: "d" would always be held back, as a run has sent 3 promotions within 7 days by then and etapa.yaml allows no more; wait longer before it, or leave one out',
    ]);
    expect(lintFlow(`steps:\n${daily.replaceAll('1 day', '3 days')}`, { settings })).toEqual([]);
    expect(lintFlow(`steps:\n${daily}`, { settings, services: ['d'] })).toEqual([]);
    expect(lintFlow(`steps:\n${send('a', 'b', 'c')}`, { settings, services: ['a', 'b'] })).toEqual([
      expect.stringContaining('"c" would always be held back, as a run has sent 2 messages within 1 day'),
    ]);
  });

  it('hold nothing back that one way spares', () => {
    const branch = `  - branch:\n      - when: { event: a }\n        steps: [{ send_email: b }]\n`;
    expect(lintFlow(`steps:\n${send('a')}${branch}${send('c')}`, { settings })).toEqual([]);
    const both = `${branch}      - otherwise: [{ send_email: d }]\n`;
    expect(lintFlow(`steps:\n${send('a')}${both}${send('c')}`, { settings })).toEqual([
      expect.stringContaining('"c" would always be held back'),
    ]);
  });

  it('that another workflow uses up starve one of lower priority', () => {
    const two = (more: { first?: string; second?: string; wait?: string } = {}): string[] =>
      lintParts({
        settings,
        workflows: {
          big: `enter_when: { event: joined }\n${more.first ?? ''}steps:\n${send('a', 'b')}`,
          small: `enter_when: { event: joined }\n${more.second ?? 'priority: low\n'}steps:\n${more.wait ?? ''}${send('c')}`,
        },
      });
    expect(two()).toEqual([
      'workflows/small.yaml:7:5  warning: "c" would always be held back, as workflow "big" is entered at the same moment and sends the 2 messages that etapa.yaml allows within 1 day; wait longer before it, or give this workflow a higher "priority"',
    ]);
    expect(two({ wait: '  - wait: 2 hours\n', second: 'priority: normal\n' })).toHaveLength(1);
    expect(two({ wait: '  - wait: 2 days\n' })).toEqual([]);
    expect(two({ second: 'priority: normal\n' })).toEqual([]);
    expect(two({ first: 'only_if: { field: x, exists: true }\n' })).toEqual([]);
    expect(two({ first: 'exit_when: { event: left }\n' })).toEqual([]);
    expect(two({ first: 'status: draft\n' })).toEqual([]);
    expect(two({ second: 'priority: low\nre_enter: always\n' })).toEqual([]);
  });
});

describe('ways in and out of a workflow', () => {
  const told = (text: string): string[] => lintFlow(`${text}steps:\n  - wait: 1 day\n`);

  test.each([
    [
      'a trigger and what must hold',
      'enter_when: { field: x, is: a }\nonly_if: { field: x, is: b }\n',
      /only_if.*never true when/,
    ],
    ['the event that starts it', 'only_if: { event: signed_up, not_within: 7 days }\n', /nobody ever enters/],
    ['a stage', 'enter_when: { enters_stage: awareness }\nonly_if: { stage: other }\n', /nobody ever enters/],
    [
      'what must hold',
      'only_if: [{ field: x, is: a }, { field: x, is: b }]\n',
      /never hold together, so nobody ever enters/,
    ],
    [
      'what starts it',
      'enter_when: [{ field: x, at_least: 3 }, { field: x, less_than: 2 }]\n',
      /never hold together/,
    ],
  ])('exclude each other: %s', (_, text, words) => {
    expect(told(text)).toEqual([expect.stringMatching(words)]);
  });

  test.each([
    ['by the trigger', 'enter_when: { field: x, at_least: 5 }\nexit_when: { field: x, at_least: 3 }\n'],
    ['by what must hold', 'only_if: { stage: awareness }\nexit_when: [{ event: a }, { stage: awareness }]\n'],
    ['by a stage', 'enter_when: { enters_stage: awareness }\nexit_when: { stage: [awareness] }\n'],
    ['by nothing having happened yet', 'exit_when: { event: a, at_most: 2 }\n'],
    ['by no event since', 'exit_when: { none: [{ event: a }] }\n'],
    ['by the goal', 'only_if: { field: x, is: 1 }\ngoal: { field: x, exists: true }\n'],
  ])('hold at once: %s', (_, text) => {
    expect(told(text)).toEqual([
      expect.stringMatching(
        /holds already for everybody who enters, so nobody ever gets in; ask for something/,
      ),
    ]);
  });

  test.each([
    ['events count from the entry', 'exit_when: { event: signed_up }\n'],
    ['more is asked', 'only_if: { field: x, at_least: 3 }\nexit_when: { field: x, at_least: 5 }\n'],
    ['another event', 'only_if: { event: order_completed, not_within: 7 days }\n'],
    ['one of two events', 'enter_when: { event: [a, b] }\nonly_if: { event: a, at_most: 0 }\n'],
    ['longer ago', 'only_if: { event: signed_up, at_most: 1, within: 7 days }\n'],
  ])('go together: %s', (_, text) => {
    expect(told(text)).toEqual([]);
  });
});

describe('rules of which one counts', () => {
  it('are told where an earlier mood or persona takes everybody', () => {
    const tone = (ends: string): string => `moods:
  - { id: upset, when: { event: complaint, within: 30 days }${ends} }
  - { id: furious, when: { event: complaint, at_least: 2, within: 7 days } }
  - otherwise: fine
tones: { plain: {} }
rules: [{ otherwise: plain }]
`;
    expect(lintParts({ tone: tone('') })).toEqual([
      'workflows/journey/tone.yaml:4:5  nobody is ever mood "furious", as "upset" above holds whenever it does; put it further up, or delete it',
    ]);
    expect(lintParts({ tone: tone(', ends_when: { event: solved }') })).toEqual([]);
    const map =
      'map: m\npersonas:\n  - { id: a, when: { event: x } }\n  - { id: b, when: [{ event: x }, { event: y }] }\n';
    expect(lintParts({ map })).toEqual([
      expect.stringMatching(
        /map\.yaml:5:5 {2}nobody is ever persona "b", as "a" above holds whenever it does/,
      ),
    ]);
    const rest =
      'map: m\npersonas:\n  - { id: a, when: { event: x } }\n  - { id: b, when: { event: x, at_most: 0 } }\n  - { id: c, otherwise: true }\n';
    expect(lintParts({ map: rest })).toEqual([
      expect.stringContaining('map.yaml:6:5  warning: nobody is ever persona "c"'),
    ]);
  });

  it('are told where a later stage takes everybody, and where two moods have one name', () => {
    const stages = `stages:
  - { id: awareness, start_here: true }
  - { id: regular, enter_when: { field: orders.count, at_least: 5 } }
  - { id: customer, enter_when: { field: orders.count, at_least: 1 } }
`;
    expect(lintParts({ stages })).toEqual([
      'workflows/journey/stages.yaml:4:5  nobody ever comes to stage "regular", as the rule of "customer", which comes later, holds whenever its own does; narrow the later rule',
    ]);
    const tone = `moods: [{ id: a, when: { event: x } }, { id: a, when: { event: y } }, { otherwise: b }]\ntones: { plain: {} }\nrules: [{ otherwise: plain }]\n`;
    expect(lintParts({ tone })).toEqual([expect.stringContaining('mood "a" stands here twice')]);
  });

  it('are told where segments go round in a circle, or ask for what comes after them', () => {
    const segments = `segments:
  a: { when: { any: [{ event: x }, { segment: b }] } }
  b: { when: { none: [{ segment: [c, d] }] } }
  c: { when: { segment: a } }
  d: { when: { event: y } }
  e: { when: { segment: a } }
  f: { when: { mood: fine } }
`;
    expect(lintParts({ segments })).toEqual([
      'workflows/journey/segments.yaml:3:3  segments ask for each other in a circle: a → b → c → a; let one of them say without the others who is in it',
      'workflows/journey/segments.yaml:8:14  a segment cannot ask for a mood, as that is decided after it; write out what the mood asks for',
    ]);
  });
});

describe('what is easily regretted', () => {
  it('is told: overwriting what only the contact knows', () => {
    const data = 'fields:\n  email: { type: text, personal: true }\n  plan: { type: text }\n';
    const steps = 'steps:\n  - update_contact: { plan: club, email: x, email_consent: true }\n';
    expect(lintFlow(steps, { data })).toEqual([
      'workflows/flow.yaml:6:35  warning: "email" is personal, and what the contact said is lost when a workflow overwrites it: this cannot be undone; use a field of your own',
      'workflows/flow.yaml:6:45  warning: "email_consent" reads as if it were consent, and what the contact said is lost when a workflow overwrites it: this cannot be undone; use a field of your own',
    ]);
  });

  it('is told: a message for every look', () => {
    const text = (event: string, more: string): string[] =>
      lintFlow(`enter_when: { event: ${event} }\nre_enter: always\nsteps:\n${more}  - send_email: a\n`);
    expect(text('page_viewed', '')).toEqual([
      'workflows/flow.yaml:7:5  warning: "a" would go out at every single "page_viewed"; begin with "wait: 1 hour" and "since: last_event", or write "re_enter: { after: 7 days }"',
    ]);
    expect(text('page_viewed', '  - wait: 1 hour\n    since: last_event\n')).toEqual([]);
    expect(text('order_completed', '')).toEqual([]);
  });
});

describe('what is said of conditions', () => {
  const number = fc.constantFrom(0, 1, 2, 5);
  const value = fc.constantFrom<string | number | boolean>(
    ...['a', 'A', 'b', '', '5', '2026-06-18', '2026-06-18T10:00', '2026-06-22'],
    ...[0, 1, 5, true, false],
  );
  const days = fc.constantFrom(1, 3, 7).map((amount) => ({ amount, unit: 'day' as const }));
  const operators = fc.oneof(
    ...['at_least', 'at_most', 'more_than', 'less_than'].map((name) => number.map((n) => ({ [name]: n }))),
    ...['is', 'is_not'].map((name) => value.map((one) => ({ [name]: one }))),
    ...['in', 'not_in'].map((name) =>
      fc.array(value, { minLength: 1, maxLength: 3 }).map((list) => ({ [name]: list })),
    ),
    fc.tuple(number, number).map((range) => ({ between: range })),
    ...['contains', 'not_contains', 'starts_with', 'ends_with'].map((name) =>
      fc.constantFrom('a', '5', 'B').map((text) => ({ [name]: text })),
    ),
    fc.boolean().map((exists) => ({ exists })),
  );
  const asked = fc.oneof(
    operators,
    fc.tuple(operators, operators).map(([one, other]) => ({ ...one, ...other })),
  );
  const field = fc
    .tuple(fc.constantFrom('x', 'y', 'cart.value', 'cart.items'), asked)
    .map(([name, rest]) => ({ subject: 'field', field: name, ...rest }));
  const recent = fc.oneof(
    days.map((within) => ({ within })),
    days.map((not_within) => ({ not_within })),
    days.map((within_next) => ({ within_next })),
    fc.tuple(days, days).map(([within, not_within]) => ({ within, not_within })),
  );
  const dated = fc
    .tuple(fc.constantFrom('cart.updated', 'x'), recent)
    .map(([name, window]) => ({ subject: 'field', field: name, ...window }));
  const counted = fc.oneof(
    ...['at_least', 'at_most', 'more_than', 'less_than', 'times'].map((name) =>
      fc.constantFrom(0, 1, 2).map((n) => ({ [name]: n })),
    ),
    fc.constant({}),
  );
  const event = fc
    .tuple(
      fc.subarray(['looked', 'product_added'], { minLength: 1 }),
      fc.option(
        asked.map((one) => ({ where: { n: one } })),
        { nil: {} },
      ),
      counted,
      fc.option(
        days.map((within) => ({ within })),
        { nil: {} },
      ),
    )
    .map(([names, where, count, window]) => ({
      subject: 'event',
      event: names,
      ...where,
      ...count,
      ...window,
    }));
  const quiet = fc
    .tuple(fc.subarray(['looked', 'product_added'], { minLength: 1 }), days)
    .map(([names, not_within]) => ({ subject: 'event', event: names, not_within }));
  const stage = fc
    .tuple(
      fc.subarray(['awareness', 'decision'], { minLength: 1 }),
      fc.oneof(
        fc.constant({}),
        days.map((length) => ({ for: length })),
        fc.constant({ was: 'ever' }),
        days.map((within) => ({ was: 'ever', within })),
      ),
    )
    .map(([names, rest]) => ({ subject: 'stage', stage: names, ...rest }));
  const single = fc.oneof(field, field, dated, event, quiet, stage);
  const { condition } = fc.letrec<{ condition: object; list: object[] }>((tie) => ({
    list: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
    condition: fc.oneof(
      { depthSize: 'small' },
      single,
      tie('list').map((all) => ({ subject: 'all', all })),
      tie('list').map((any) => ({ subject: 'any', any })),
      tie('list').map((none) => ({ subject: 'none', none })),
    ),
  }));

  const NOW = at('2026-06-20T12:00');
  const contact = fc.record({
    x: fc.option(value),
    y: fc.option(value),
    stage: fc.constantFrom('awareness', 'decision'),
    since: fc.constantFrom(0, 2, 5, 20),
    left: fc.option(fc.tuple(fc.constantFrom('awareness', 'decision'), fc.constantFrom(0, 2, 5, 20))),
    events: fc.array(
      fc.tuple(fc.constantFrom('looked', 'product_added'), fc.option(value), fc.constantFrom(0, 2, 5, 20)),
      { maxLength: 4 },
    ),
  });

  type Somebody = typeof contact extends fc.Arbitrary<infer Made> ? Made : never;

  /** Whether each condition holds for this contact. */
  function answers(conditions: readonly object[], made: Somebody): boolean[] {
    const questions = conditions.map((one) => compileCondition(one as Condition, NOTHING_AROUND));
    const list = made.events
      .toSorted(([, , a], [, , b]) => b - a)
      .map(([name, n, ago]) =>
        anEvent(
          name,
          { ...(n === null ? {} : { n }), product_id: 'shoe', price: 5, quantity: 1 },
          NOW - ago * DAY - 1,
        ),
      );
    const fields = Object.fromEntries(Object.entries({ x: made.x, y: made.y }).filter(([, v]) => v !== null));
    const start = aContact({ fields, stage: made.stage, since: NOW - made.since * DAY - 1 });
    const stages_left = made.left ? { [made.left[0]]: NOW - made.left[1] * DAY - 1 } : {};
    const after = afterEvents(list, questions, { ...start, stages_left });
    return questions.map((one) => one.answer({ contact: after, now: NOW, zone: 'UTC' }).holds);
  }

  /** Conditions that resemble each other, so that there is something to be said. */
  const pair = fc.oneof(
    fc.tuple(condition, condition),
    fc.tuple(field, field).map(([a, b]) => [a, { ...b, field: a.field }] as [object, object]),
    fc.tuple(event, event).map(([a, b]) => [a, { ...b, event: a.event }] as [object, object]),
    fc.tuple(event, quiet),
    fc.tuple(stage, stage),
    fc.tuple(dated, dated),
    fc.tuple(condition, condition).map(([a, b]) => [{ subject: 'all', all: [a, b] }, b] as [object, object]),
    fc
      .tuple(condition, condition)
      .map(([a, b]) => [{ subject: 'none', none: [a, b] }, a] as [object, object]),
  );
  const people = fc.array(contact, { minLength: 12, maxLength: 12 });
  const RUNS = { numRuns: 1500 };
  let proven = { implied: 0, excluded: 0, exhausted: 0 };

  prop.prop([pair, people], RUNS)('is true of everybody: what implies, and what excludes', ([a, b], list) => {
    const [one, other] = [a as Condition, b as Condition];
    const [implied, excluded] = [implies(one, other), excludes(one, other)];
    proven = {
      ...proven,
      implied: proven.implied + Number(implied),
      excluded: proven.excluded + Number(excluded),
    };
    if (!implied && !excluded) return;
    for (const somebody of list) {
      const [first, second] = answers([a, b], somebody);
      if (implied && first) expect(second).toBe(true);
      if (excluded) expect(first && second).toBe(false);
    }
  });

  prop.prop([fc.array(single, { minLength: 2, maxLength: 4 }), people], RUNS)(
    'is true of everybody: what leaves nobody out',
    (list, somebodies) => {
      const choices = { stage: ['awareness', 'decision'], mood: [] };
      const widened = list.map((one, index) =>
        index > 0 && 'field' in one && 'field' in (list[0] ?? {}) ? { ...one, field: 'cart.value' } : one,
      );
      if (!areExhaustive(widened as Condition[], choices)) return;
      proven = { ...proven, exhausted: proven.exhausted + 1 };
      for (const somebody of somebodies) expect(answers(widened, somebody)).toContain(true);
    },
  );

  it('is said often enough in these tests to mean something', () => {
    expect(proven.implied).toBeGreaterThan(100);
    expect(proven.excluded).toBeGreaterThan(100);
    expect(proven.exhausted).toBeGreaterThan(5);
  });
});

function conditionOf(yaml: string): Condition {
  const { workflows } = inputOf(
    projectFiles({
      workflows: { one: `enter_when: manual\nonly_if: ${yaml}\nsteps: []\n` },
    }),
  );
  return workflows[0]?.source.only_if as Condition;
}

describe('the lints', () => {
  it('all stand on the list', () => {
    const folder = resolve(import.meta.dirname, '../../src/project/lint');
    const index = readFileSync(join(folder, 'index.ts'), 'utf8');
    expect(index.match(/^ {2}\w+,$/gm)).toHaveLength(
      index.match(/^import \{ \w+ \} from '\.\//gm)?.length ?? 0,
    );
  });
});
