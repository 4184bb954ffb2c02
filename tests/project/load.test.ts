import { describe, expect, test } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import { formatProblem } from '../../src/project/problem.ts';
import { aLoadedProject, projectFiles } from '../support/build.ts';

/** Lumbre in small: each test spoils one thing in it. */
const SOUND = projectFiles({
  data: `fields:
  email: { type: text }
  plan: { type: text }
  lost_cart: { type: boolean }
events:
  product_added: {}
  order_completed: {}
  complaint_opened: {}
`,
  hours: `calendars:
  sending:
    title: When we may write
    open: { weekdays: 09:00-20:00 }
`,
  stages: `stages:
  - { id: awareness, start_here: true }
  - id: decision
    enter_when:
      field: cart.value
      more_than: 0
`,
  tone: `moods:
  - id: upset
    when: { event: complaint_opened, within: 14 days }
  - otherwise: calm_waters
tones:
  friendly: {}
  calm: { falls_back_to: friendly }
rules:
  - name: Upset
    when: { mood: upset }
    use: calm
  - otherwise: friendly
`,
  workflows: {
    abandoned_cart: `enter_when: { event: product_added }
only_if:
  - stage: [awareness, decision]
exit_when:
  - event: order_completed
steps:
  - wait: 1 hour
    since: last_event
  - wait_until: { hours: sending }
  - send_email: cart_reminder
  - wait_for: { event: order_completed }
    up_to: 3 days
    if_not:
      - update_contact: { lost_cart: true }
  - branch:
      - when: { mood: upset }
        steps: [{ exit: upset }]
      - otherwise: [{ exit: done }]
`,
  },
});

const CART = 'workflows/abandoned_cart.yaml';
const STAGES = 'workflows/journey/stages.yaml';
const TONE = 'workflows/journey/tone.yaml';
const MESSAGE = 'templates/cart_reminder/message.yaml';

/** What is said when one text in one file is another. */
function spoilt(file: string, from: string, to: string): string[] {
  const text = SOUND[file] ?? '';
  if (!text.includes(from)) throw new Error(`"${from}" does not stand in ${file}`);
  return problemsOf({ ...SOUND, [file]: text.replace(from, to) });
}

function problemsOf(files: Record<string, string>): string[] {
  const { loaded, problems } = loadProject(files);
  expect(loaded === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  return problems.map(formatProblem);
}

/** Where a word stands in a file: `line:column`. */
function place(file: string, word: string): string {
  const before = (SOUND[file] ?? '').split(word)[0] ?? '';
  const lines = before.split('\n');
  return `${file}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

describe('a sound project', () => {
  test('loads without a problem', () => {
    expect(problemsOf(SOUND)).toEqual([]);
  });

  test('is the same version for the same files in any order, and another after any change', () => {
    const hash = (files: Record<string, string>) => loadProject(files).loaded?.hash;
    const turned = Object.fromEntries(Object.entries(SOUND).reverse());
    expect(hash(turned)).toBe(hash(SOUND));
    expect(hash({ ...SOUND, [CART]: `${SOUND[CART]}# seen\n` })).not.toBe(hash(SOUND));
  });

  test('may do without tone, hours and data: then any event and field will do', () => {
    const { project } = aLoadedProject({
      workflows: { any: 'enter_when: { event: anything }\nsteps: [{ update_contact: { whatever: 1 } }]' },
    });
    expect([...project.workflows.keys()]).toEqual(['any']);
    expect(project.tone.rules).toHaveLength(1);
  });

  test('remembers what its stages, moods and workflows ask for, and no more', () => {
    const { project } = loadProject(SOUND).loaded ?? {};
    expect([...(project?.memory.by_event.keys() ?? [])].sort()).toEqual([
      'complaint_opened',
      'order_completed',
    ]);
  });

  test('keeps old versions beside the deployed, and leaves out those that it cannot read', () => {
    const { project } = aLoadedProject({ workflows: { plan: 'enter_when: { event: go }\nsteps: []' } }, [
      {
        workflow: 'plan',
        version: 'old',
        source: 'version: 1\nworkflow: plan\npurpose: service\nenter_when: { event: go }\nsteps: []',
      },
      { workflow: 'plan', version: 'older', source: 'steps: {' },
    ]);
    expect(project.version('plan', 'old')?.purpose).toBe('service');
    expect(project.version('plan', 'older')).toBeUndefined();
    expect(project.workflows.get('plan')?.purpose).toBe('promotion');
  });
});

describe('a reference to what is not there', () => {
  test.each([
    [
      'message',
      CART,
      'cart_reminder',
      'cart_remindr',
      'there is no message called "cart_remindr"; did you mean "cart_reminder"?',
    ],
    [
      'event',
      CART,
      'product_added',
      'product_aded',
      'there is no event called "product_aded"; did you mean "product_added"?',
    ],
    [
      'event to wait for',
      CART,
      'order_completed }',
      'order_complete }',
      'there is no event called "order_complete"; did you mean "order_completed"?',
    ],
    [
      'field',
      STAGES,
      'cart.value',
      'cart.valeu',
      'there is no field called "cart.valeu"; did you mean "cart.value"?',
    ],
    ['stage', CART, 'decision]', 'decison]', 'there is no stage called "decison"; did you mean "decision"?'],
    ['mood', CART, 'upset }', 'upst }', 'there is no mood called "upst"; did you mean "upset"?'],
    [
      'mood in the tones',
      TONE,
      'upset }\n    use',
      'upst }\n    use',
      'there is no mood called "upst"; did you mean "upset"?',
    ],
    [
      'tone',
      TONE,
      'calm\n  - otherwise',
      'clam\n  - otherwise',
      'there is no tone called "clam"; did you mean "calm"?',
    ],
    [
      'tone to fall back to',
      TONE,
      'friendly }',
      'frendly }',
      'there is no tone called "frendly"; did you mean "friendly"?',
    ],
    ['calendar', CART, 'sending', 'sendin', 'there is no calendar called "sendin"; did you mean "sending"?'],
  ])('%s', (_name, file, from, to, message) => {
    expect(spoilt(file, from, to)).toEqual([`${place(file, from)}  ${message}`]);
  });

  test('field that a workflow writes: the key is at fault', () => {
    expect(spoilt(CART, 'lost_cart', 'last_card')).toEqual([
      `${place(CART, 'lost_cart')}  there is no field called "last_card"; did you mean "lost_cart"?`,
    ]);
  });

  test('tone of a subject, at its key', () => {
    expect(spoilt(MESSAGE, 'friendly', 'freindly')).toEqual([
      `${place(MESSAGE, 'friendly')}  there is no tone called "freindly"; did you mean "friendly"?`,
    ]);
  });

  test('tone called like what every object has', () => {
    expect(spoilt(MESSAGE, 'friendly', 'constructor')).toEqual([
      `${place(MESSAGE, 'friendly')}  there is no tone called "constructor"; known here: friendly, calm`,
    ]);
  });

  test('names the few that are known where nothing is near', () => {
    expect(spoilt(CART, 'sending', 'zzz')[0]).toMatch(/no calendar called "zzz"; known here: sending$/);
  });

  test('is told for all references at once, from the top', () => {
    const text = (SOUND[CART] ?? '')
      .replaceAll('order_completed', 'order_done')
      .replace('hours: sending', 'hours: x');
    expect(problemsOf({ ...SOUND, [CART]: text })).toHaveLength(3);
  });

  test('is none below "where", whose words are the shop’s', () => {
    const to = 'product_added, where: { stage: gone, event: x, field: { is: y } }';
    expect(spoilt(CART, 'product_added', to)).toEqual([]);
  });
});

describe('a mistake in the language', () => {
  test.each([
    [
      'step',
      'wait: 1 hour',
      'wayt: 1 hour',
      'wait: 1 hour',
      '"wayt" is not a known step; did you mean "wait"?',
    ],
    [
      'option',
      'since: last_event',
      'sinse: last_event',
      'since: last',
      '"sinse" does not belong here; did you mean "since"?',
    ],
    [
      'length of time',
      '1 hour',
      '1 our',
      '1 hour',
      '"1 our" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"',
    ],
    [
      'missing up_to',
      '    up_to: 3 days\n',
      '',
      'wait_for',
      '"up_to" is missing; write it like "30 minutes"',
    ],
    [
      'operator',
      'more_than: 0',
      'more_then: 0',
      'more_than',
      '"more_then" does not belong here; did you mean "more_than"?',
    ],
    [
      'purpose',
      'promotion',
      'promotions',
      'promotion',
      '"promotions" is not one of promotion, service; did you mean "promotion"?',
    ],
    [
      'subject',
      '{ event: product_added }',
      '{ evnt: product_added }',
      'event: product_added',
      '"evnt" is not a known trigger, such as "event", "date", "every" or "enters_stage"; did you mean "event"?',
    ],
    [
      'way after otherwise',
      '      - otherwise: [{ exit: done }]\n',
      '      - otherwise: [{ exit: a }]\n      - when: { mood: upset }\n        steps: []\n',
      'otherwise',
      'no way after "otherwise" is ever taken; let it stand last',
    ],
  ])('%s', (_name, from, to, where, message) => {
    const file = (SOUND[CART] ?? '').includes(from) ? CART : STAGES;
    expect(spoilt(file, from, to)).toEqual([`${place(file, where)}  ${message}`]);
  });

  test('two steps with one id', () => {
    const problems = spoilt(
      CART,
      '  - wait_for: { event: order_completed }\n',
      '  - { exit: x, id: twice }\n  - branch:\n      - when: { mood: upset }\n        steps: [{ exit: x, id: twice }]\n  - wait_for: { event: order_completed }\n',
    );
    expect(problems).toEqual([`${CART}:17:32  another step has the id "twice" already`]);
  });

  test('a workflow that is called otherwise than its file', () => {
    expect(spoilt(CART, 'workflow: abandoned_cart', 'workflow: abandoned_carts')).toEqual([
      `${CART}:2:11  the id "abandoned_carts" must be equal to the name "abandoned_cart" of its file`,
    ]);
  });

  test('a message that is called otherwise than its folder', () => {
    expect(spoilt(MESSAGE, 'message: cart_reminder', 'message: cart_reminders')).toEqual([
      `${MESSAGE}:2:10  the id "cart_reminders" must be equal to the name "cart_reminder" of its folder`,
    ]);
  });

  test('a first stage where nobody starts', () => {
    expect(spoilt(STAGES, ', start_here: true', '')).toEqual([
      `${STAGES}:3:5  stage "awareness" needs "enter_when"`,
      `${STAGES}:3:5  the first stage must say "start_here: true"`,
    ]);
  });

  test('a second stage where everybody starts', () => {
    expect(spoilt(STAGES, '  - id: decision\n', '  - id: decision\n    start_here: true\n')).toEqual([
      `${STAGES}:4:5  only the first stage may say "start_here: true"`,
    ]);
  });

  test('a tone without a last word', () => {
    expect(spoilt(TONE, '  - otherwise: friendly\n', '')).toEqual([
      `${place(TONE, '- name: Upset')}  the last entry of "rules", and only that, must be "otherwise: …"`,
    ]);
  });

  test('a zone that does not exist', () => {
    expect(spoilt('etapa.yaml', 'Europe/Madrid', 'Europe/Madird')[0]).toContain(
      '"Europe/Madird" is not a time zone; write it like Europe/Madrid',
    );
  });
});

describe('a file', () => {
  test('that is missing', () => {
    const { 'etapa.yaml': _settings, [STAGES]: _stages, ...others } = SOUND;
    expect(problemsOf(others)).toEqual([
      'etapa.yaml:1:1  this file is missing',
      `${STAGES}:1:1  this file is missing`,
    ]);
  });

  test('with the words of a language that is missing', () => {
    expect(spoilt('etapa.yaml', 'languages: [en]', 'languages: [en, es]')).toEqual([
      'templates/cart_reminder/email.es.mjml:1:1  message "cart_reminder" has no words in "es": this file is missing',
    ]);
  });

  test('with a subject that is missing in a language', () => {
    const files = {
      ...SOUND,
      'etapa.yaml': (SOUND['etapa.yaml'] ?? '').replace('[en]', '[en, es]'),
      'templates/cart_reminder/email.es.mjml': SOUND['templates/cart_reminder/email.en.mjml'] ?? '',
      [MESSAGE]: (SOUND[MESSAGE] ?? '').replace('friendly: Hello', 'friendly: { en: Hello }'),
    };
    expect(problemsOf(files)).toEqual([
      `${MESSAGE}:4:12  the subject for tone "friendly" is missing in "es"`,
    ]);
  });

  test.each([
    ['workflows/journey/stage.yaml', 'no file called "stage" belongs here; did you mean "stages"?'],
    [
      'workflows/journey/zzz.yaml',
      'no file called "zzz" belongs here; known here: stages, tone, segments, map, hours, data',
    ],
    [
      'workflows/carts/abandoned.yaml',
      "nothing is read from here; a workflow stands in workflows/ itself, the journey's files in workflows/journey/",
    ],
    [
      'workflows/journey/old/stages.yaml',
      "nothing is read from here; a workflow stands in workflows/ itself, the journey's files in workflows/journey/",
    ],
  ])('%s that would be without effect', (file, message) => {
    expect(problemsOf({ ...SOUND, [file]: 'version: 1\n' })).toEqual([`${file}:1:1  ${message}`]);
  });

  test.each(['{', '- a', 'a: &x [*x]', '', '\u0000', '\uFEFF{}', '%YAML 1.1\n---\na: 1', '!!js/function x'])(
    'that is no workflow at all (%j) is told and nothing is thrown',
    (text) => {
      expect(problemsOf({ ...SOUND, [CART]: text }).length).toBeGreaterThan(0);
    },
  );

  test('with a byte order mark and Windows line ends is read as any other, references too', () => {
    const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
    expect(problemsOf({ ...SOUND, [CART]: windows(SOUND[CART] ?? '') })).toEqual([]);
    const wrong = windows((SOUND[CART] ?? '').replace('hours: sending', 'hours: sendin'));
    expect(problemsOf({ ...SOUND, [CART]: wrong })).toEqual([
      `${place(CART, 'sending')}  there is no calendar called "sendin"; did you mean "sending"?`,
    ]);
  });
});
