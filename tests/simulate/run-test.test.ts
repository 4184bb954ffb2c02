/** The language of tests: what each expectation accepts, and what is told when something else happened. */
import { describe, expect, test } from 'vitest';
import type { LoadedProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { readProjectFiles } from '../../src/project/read-files.ts';
import { loadProject } from '../../src/project/load.ts';
import { readTests } from '../../src/simulate/check-test-file.ts';
import type { Render } from '../../src/simulate/render.ts';
import { runTest, type TestResult } from '../../src/simulate/run-test.ts';
import { aLoadedProject, type ProjectParts } from '../support/build.ts';

const REPOSITORY = new URL('../..', import.meta.url).pathname;

const SHOP: ProjectParts = {
  stages:
    'stages:\n  - { id: awareness, start_here: true }\n  - { id: decision, enter_when: { field: cart.value, more_than: 0 } }\n',
  tone: `moods:
  - { id: upset, when: { event: complaint_opened, within: 14 days } }
  - otherwise: calm_waters
tones:
  friendly: {}
  calm: { formality: { en: formal } }
rules:
  - { name: { en: Somebody is upset, es: Alguien está molesto }, when: { mood: upset }, use: calm, hold_back: [promotions] }
  - otherwise: friendly
`,
  hours:
    'calendars:\n  sending: { title: Sending, open: { weekdays: 09:00-20:00, weekends: 10:00-18:00 } }\n',
  workflows: {
    cart: `
enter_when: { event: product_added }
re_enter: always
exit_when: { event: order_completed }
steps:
  - wait: 1 hour
  - wait_until: { hours: sending, spread: 2 hours }
  - send_email: reminder
  - update_contact: { reminded: true }
  - wait: 1 day
  - branch:
      - when: { message: reminder, was: opened }
        steps: [{ exit: has seen it }]
      - otherwise: [{ send_email: again }]
`,
    deal: `
status: draft
holdout: 50
enter_when: { event: quote_requested }
steps:
  - call_webhook: { url: https://crm.example.com/deals, save_answer: deal }
    id: crm
    if_failed: [{ exit: no deal }]
  - ab_test:
      variants:
        short: { share: 50, steps: [{ send_email: short }] }
        long: { share: 50, steps: [{ send_email: long }] }
    id: length
  - tell_team: A quote of {{event.value}}
`,
  },
};

const render: Render = (owed, { profile }) =>
  Promise.resolve({
    subject: `About ${owed.message}`,
    text: `Hello ${String(profile.fields.first_name?.value)}`,
    html: '<p>89 euros</p>',
  });

const HEAD = `version: 1
defaults:
  start: 2026-11-20 16:30
  contact: { email: ana@example.com, first_name: Ana, time_zone: America/Mexico_City, consent: [email] }
tests:
`;

async function resultsOf(text: string, loaded: LoadedProject): Promise<TestResult[]> {
  const { file, problems } = readTests('a.test.yaml', text, loaded);
  if (!file) throw new Error(problems.map(formatProblem).join('\n'));
  const results: TestResult[] = [];
  for (const one of file.tests) results.push(await runTest(loaded.project, file, one, render));
  return results;
}

/** Runs one test of the small shop; its lines stand below `- name: x`. */
async function run(lines: string, head = HEAD): Promise<TestResult> {
  const [result] = await resultsOf(
    `${head}  - name: x\n${lines.replace(/^/gm, '    ')}`,
    aLoadedProject(SHOP),
  );
  if (!result) throw new Error('no test was read');
  return result;
}

/** What came instead, of all that did not come as expected. */
function misses({ checks }: TestResult): (string | null)[] {
  return checks.flatMap(({ instead }) => (instead === null ? [] : [instead]));
}

const ADDED = 'given: [{ at: start, event: product_added, with: { product_id: s1, price: 89 } }]';

describe('A test', () => {
  test('holds when everything came as expected, in whatever order it is written', async () => {
    const result = await run(`${ADDED}
expect:
  - { at: +1 day 1 hour, email: again }
  - { at: +1 hour, email: reminder, subject: About, contains: [Ana, "89"], tone: friendly, language: en, formality: casual }
  - { at: +1 hour, field: reminded, is: true }
  - { at: start, field: reminded, exists: false }
  - { at: start, stage: decision }
  - { at: start, mood: calm_waters }
  - { at: 2026-11-20 19:59, hours: sending, is: open }
  - { at: 2026-11-20 20:00, hours: sending, is: closed }
  - { at: +1 day 1 hour, exit: completed }
  - no_more_messages: true`);
    expect(misses(result)).toEqual([]);
    expect(result).toMatchObject({ passed: true, unexpected: [], mistakes: [] });
  });

  test('goes on at the opening minute, where people are else spread over two hours', async () => {
    const result = await run(`start: 2026-11-20 23:30
${ADDED}
expect: [{ at: 2026-11-21 10:00, email: reminder }]`);
    expect(misses(result)).toEqual([]);
  });

  test('tells a message that came at another time', async () => {
    const result = await run(`${ADDED}\nexpect: [{ at: +3 hours, email: reminder }]`);
    expect(misses(result)).toEqual([
      'Fri 2026-11-20 17:30 (+1 hour)  email reminder, tone friendly, 2 hours earlier',
    ]);
    expect(result.checks[0]?.expected).toBe('Fri 2026-11-20 19:30 (+3 hours)  email reminder');
    expect(result.passed).toBe(false);
  });

  test('tells a message that was held back instead, and why', async () => {
    const result = await run(`given:
  - { at: -1 day, event: complaint_opened }
  - { at: start, event: product_added, with: { product_id: s1, price: 89 } }
expect:
  - { at: +1 hour, email: reminder }
  - { at: start, mood: calm_waters }`);
    expect(misses(result)).toEqual([
      expect.stringMatching(
        /^Fri 2026-11-20 17:30 \(\+1 hour\) {2}held back reminder: promotions are held back while mood is upset/,
      ),
      expect.stringMatching(/mood upset, because complaint_opened happened once/),
    ]);
  });

  test('asks for the reason of holding back in either language', async () => {
    const given = `given:
  - { at: -1 day, event: complaint_opened }
  - { at: start, event: product_added, with: { product_id: s1, price: 89 } }`;
    const asked = (because: string): Promise<TestResult> =>
      run(`${given}\nexpect: [{ at: +1 hour, held_back: reminder, because: ${because} }]`);
    expect(misses(await asked('promotions are held back while mood is upset'))).toEqual([]);
    expect(misses(await asked('Alguien está molesto'))).toEqual([]);
    expect(misses(await asked('over the limit'))).toHaveLength(1);
  });

  test('tells which words, tone and language there were instead', async () => {
    const result = await run(`${ADDED}
expect: [{ at: +1 hour, email: reminder, subject: Sale, contains: Luis, tone: calm, language: es }]`);
    expect(misses(result)).toEqual([
      'Fri 2026-11-20 17:30 (+1 hour)  reminder: tone friendly, language en, because the usual tone, ' +
        'subject "About reminder", nowhere "Luis" in "Hello Ana"',
    ]);
  });

  test('tells how the run went where the message was never near', async () => {
    const result = await run(`given:
  - { at: start, event: product_added, with: { product_id: s1, price: 89 } }
  - { at: +10 minutes, event: order_completed }
expect: [{ at: +1 hour, email: reminder }]`);
    expect(misses(result)).toEqual([
      'reminder was neither sent nor held back; cart ends exited: order_completed happened once at Fri 2026-11-20 16:40 (+10 minutes)',
    ]);
    const nothing = await run('expect: [{ at: +1 hour, email: reminder }]');
    expect(misses(nothing)).toEqual(['reminder was neither sent nor held back; no workflow was entered']);
  });

  test('minds messages that nobody expected only where there must be none', async () => {
    const some = await run(`${ADDED}\nexpect: [{ at: +1 hour, email: reminder }]`);
    expect(some).toMatchObject({ passed: true, unexpected: [] });
    const closed = await run(
      `${ADDED}\nexpect: [{ at: +1 hour, email: reminder }, { no_more_messages: true }]`,
    );
    expect(closed).toMatchObject({
      passed: false,
      unexpected: ['Sat 2026-11-21 17:30 (+1 day 1 hour)  email again, tone friendly'],
    });
    const watched = await run(
      `until: +1 day\n${ADDED}\nexpect: [{ at: +1 hour, email: reminder }, { no_more_messages: true }]`,
    );
    expect(watched.passed).toBe(true);
  });

  test('minds also what is held back where it asks for everything exactly', async () => {
    const result = await run(`exactly: true
contact: { consent: [] }
${ADDED}
expect: [{ at: +1 hour, held_back: reminder }]`);
    expect(result.unexpected).toEqual([
      'Sat 2026-11-21 17:30 (+1 day 1 hour)  held back again: never allowed promotions by email',
    ]);
  });

  test('tells who opened what, and refuses an opening of what was not sent', async () => {
    const opened = await run(`given:
  - { at: start, event: product_added, with: { product_id: s1, price: 89 } }
  - { at: +2 hours, opened: reminder }
expect: [{ at: +1 day 1 hour, exit: has seen it }, { no_more_messages: true, }]`);
    expect(misses(opened)).toEqual([]);
    expect(opened.unexpected).toEqual(['Fri 2026-11-20 17:30 (+1 hour)  email reminder, tone friendly']);
    const early = await run(`given:
  - { at: start, event: product_added, with: { product_id: s1, price: 89 } }
  - { at: +30 minutes, opened: reminder }
expect: [{ at: +1 hour, email: reminder }]`);
    expect(early.mistakes).toEqual([
      {
        index: 1,
        message: '"reminder" cannot be opened at Fri 2026-11-20 17:00 (+30 minutes): it was not sent by then',
      },
    ]);
    expect(early.passed).toBe(false);
  });

  test('takes what was updated and surveyed as the shop would tell it', async () => {
    const result = await run(`given:
  - { at: start, update: { first_name: Eva } }
  - { at: +1 hour, survey: recommend, score: 9, comment: Good }
expect:
  - { at: start, field: first_name, is: Eva }
  - { at: -1 minute, field: first_name, is: Ana }`);
    expect(misses(result)).toEqual([]);
    expect(result.timeline.map(({ what }) => what)).toEqual(['given: identified', 'given: survey_answered']);
  });
});

describe('A test of one workflow', () => {
  const DEAL = HEAD.replace('version: 1', 'version: 1\nworkflow: deal').replace(
    'tests:',
    '  variant: { length: long }\ntests:',
  );
  const QUOTE = '{ at: start, event: quote_requested, with: { value: 500 } }';

  test('runs it also as a draft, holds nobody out, takes the named variant, and no other workflow', async () => {
    const result = await run(
      `given: [${QUOTE}, { at: start, event: product_added, with: { product_id: s1, price: 89 } }, { webhook: crm, answers: { id: 7 } }]
expect:
  - { at: start, email: long }
  - { at: start, field: deal.id, is: 7 }
  - { at: start, calls: webhook, contains: crm.example.com }
  - { at: start, calls: team, contains: A quote }
  - no_more_messages: true`,
      DEAL,
    );
    expect(misses(result)).toEqual([]);
    expect(result.passed).toBe(true);
  });

  test('lets a test choose otherwise', async () => {
    const other = await run(
      `variant: { length: short }\ngiven: [${QUOTE}]\nexpect: [{ at: start, email: short }]`,
      DEAL,
    );
    expect(misses(other)).toEqual([]);
    const held = await run(
      `holdout: always\ngiven: [${QUOTE}]\nexpect: [{ at: start, email: long }, { calls: webhook }]`,
      DEAL,
    );
    expect(misses(held)).toEqual([
      expect.stringMatching(/^long was neither sent nor held back/),
      'no webhook was called',
    ]);
  });

  test('lets a webhook fail, and answer late', async () => {
    const failed = await run(
      `given: [${QUOTE}, { webhook: crm, fails: the server is away }]\nexpect: [{ at: start, exit: no deal }]`,
      DEAL,
    );
    expect(misses(failed)).toEqual([]);
    const late = await run(
      `given: [${QUOTE}, { at: +20 minutes, webhook: crm, answers: null }]\nexpect: [{ at: +20 minutes, email: long }]`,
      DEAL,
    );
    expect(misses(late)).toEqual([]);
  });
});

describe('A file of tests', () => {
  function problemsOf(text: string): string[] {
    return readTests('a.test.yaml', text, aLoadedProject(SHOP)).problems.map(formatProblem);
  }

  test.each<[what: string, lines: string, problem: string]>([
    [
      'an unknown message',
      'expect: [{ email: remindr }]',
      '7:23  there is no message called "remindr"; did you mean "reminder"?',
    ],
    [
      'an unknown stage',
      'expect: [{ stage: decisions }]',
      '7:23  there is no stage called "decisions"; did you mean "decision"?',
    ],
    [
      'an unknown calendar',
      'expect: [{ at: start, hours: send, is: open }]',
      '7:34  there is no calendar called "send"; did you mean "sending"?',
    ],
    [
      'an unknown expectation',
      'expect: [{ emial: reminder }]',
      '7:16  "emial" is not a known expectation; did you mean "email"?',
    ],
    [
      'an unknown thing given',
      'given: [{ at: start, evnt: x }]\n    expect: [{ converted: true }]',
      '7:26  "evnt" is not a known thing to be given; did you mean "event"?',
    ],
    [
      'what is no moment',
      'expect: [{ at: 1 hour, email: reminder }]',
      '7:20  "1 hour" is not a moment; write "start", "+1 hour", "-1 day" or what the contact\'s clock shows, like "2026-11-21 10:00"',
    ],
    [
      'an unknown variant',
      'variant: { length: medium }\n    expect: [{ converted: true }]',
      '7:24  "length" has no variant called "medium"; known here: short, long',
    ],
    [
      'an unknown test of variants',
      'variant: { lenght: long }\n    expect: [{ converted: true }]',
      '7:16  there is no step "ab_test" called "lenght"; did you mean "length"?',
    ],
    [
      'a webhook without an answer',
      'given: [{ webhook: crm }]\n    expect: [{ converted: true }]',
      '7:13  say how the webhook of this step answers: "answers: { … }" or "fails: the server is away"',
    ],
    [
      'a field of which nothing is asked',
      'expect: [{ field: first_name }]',
      '7:14  say what the field must be, for example "is: …", "at_least: …" or "exists: true"',
    ],
    ['nothing expected', 'expect: []', '7:13  "expect" must have at least 1 entry'],
  ])('tells %s with its place', (_what, lines, problem) => {
    expect(problemsOf(`${HEAD}  - name: x\n    ${lines}\n`)).toEqual([`a.test.yaml:${problem}`]);
  });

  test('asks for a start, and for names that tell tests apart', () => {
    const text =
      'version: 1\ntests:\n  - { name: x, expect: [{ converted: true }] }\n  - { name: x, start: 2026-01-01 10:00, expect: [{ converted: true }] }\n';
    expect(problemsOf(text)).toEqual([
      'a.test.yaml:3:5  no "start" is written here nor under "defaults"; write it like "start: 2026-11-20 16:30"',
      'a.test.yaml:4:13  another test of this file has the same name; tell what is different here',
    ]);
  });
});

describe('The example of the language', () => {
  const EXAMPLE = `version: 1
workflow: abandoned_cart
defaults:
  start: 2026-11-20 16:30
  contact: { email: ana@example.com, first_name: Ana, time_zone: America/Mexico_City, consent: [email], stage: decision }
  holdout: never
tests:
  - name: Buys after the first reminder and gets no second one
    given:
      - { at: start, event: product_added, with: { product_id: s1, price: 89, quantity: 1 } }
      - { at: +2 hours, event: order_completed, with: { order_id: o1, revenue: 89 } }
    expect:
      - { at: +1 hour, email: cart_reminder_1, subject: About, contains: [Ana, "89"], tone: friendly }
      - { at: +2 hours, exit: order_completed }
      - no_more_messages: true
  - name: Somebody who just complained is written to calmly, and not sold to
    given:
      - { at: -1 day, event: complaint_opened, with: { topic: delivery } }
      - { at: start, event: product_added, with: { product_id: s1, price: 89, quantity: 1 } }
    expect:
      - { at: +1 hour, held_back: cart_reminder_1, because: promotions are held back while mood is upset }
  - name: Never writes at night, waits for the contact's morning
    start: 2026-11-20 23:30
    given:
      - { at: start, event: product_added, with: { product_id: s1, price: 150, quantity: 1 } }
    expect:
      - { at: 2026-11-21 10:00, email: cart_reminder_1 }
      - { at: 2026-11-24 10:00, email: cart_reminder_3_free_shipping }
      - { at: 2026-11-27 10:00, exit: three reminders sent }
`;

  test('holds for the project that is shipped', async () => {
    const { loaded, problems } = loadProject(await readProjectFiles(REPOSITORY));
    if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
    const results = await resultsOf(EXAMPLE, loaded);
    expect(results.flatMap(misses)).toEqual([]);
    expect(results.map(({ passed }) => passed)).toEqual([true, true, true]);
  });
});
