/** What an editor makes of the schemas: asked of the language server that VS Code's YAML extension runs. */
import { Command } from 'commander';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import { addSchema } from '../../src/cli/schema.ts';
import { FILES_OF } from '../../src/project/json-schema/kinds.ts';
import { projectSchemas } from '../../src/project/json-schema/project-schemas.ts';
import { isSchema, type JsonSchema } from '../../src/project/json-schema/json-schema.ts';
import { idsOf } from '../../src/project/ids.ts';
import { readProjectFiles, type ProjectFiles } from '../../src/project/read-files.ts';
import type { Known } from '../../src/project/references.ts';
import { testFileSchema } from '../../src/simulate/test-file.ts';

const KNOWN: Known = {
  stages: ['awareness', 'decision', 'loyalty'],
  moods: ['upset', 'calm_waters'],
  tones: ['friendly', 'calm'],
  segments: ['vips', 'sleepers'],
  personas: ['lucia', 'everyone_else'],
  workflows: ['abandoned_cart', 'win_back'],
  calendars: ['support', 'sending'],
  topics: [],
  messages: ['cart_reminder_1', 'how_was_it'],
  events: ['product_added', 'order_completed'],
  fields: ['email', 'address'],
};

const WORKFLOW = `version: 1
workflow: abandoned_cart
purpose: promotion
enter_when: { event: product_added }
`;

const SOUND: Readonly<Record<string, string>> = {
  etapa: `version: 1
name: Lumbre
languages: [es, en]
time_zone: Europe/Madrid
currency: EUR
from: { name: Lumbre, email: hola@lumbre.example }
postal_address: Calle del Pez 12
ignore_triggers_older_than: 24 hours
`,
  stages: `version: 1
stages:
  - { id: awareness, start_here: true }
  - id: decision
    enter_when: { field: cart.value, more_than: 0 }
`,
  tone: `version: 1
moods:
  - { id: upset, when: { event: order_completed }, ends_when: { event: product_added } }
  - otherwise: calm_waters
tones: { friendly: {}, calm: { falls_back_to: friendly, sign_off: { en: Bye } } }
rules:
  - { name: Upset, when: { mood: upset, stage: [decision] }, use: { tone: calm } }
  - otherwise: friendly
`,
  hours: `version: 1
calendars:
  sending:
    title: When
    open: { weekdays: '09:00-14:00, 16:00-24:00', sunday: closed }
    holidays: { country: ES, region: MD, except: [2026-10-12] }
    special_days: [{ from: 2026-12-24, hours: closed }]
`,
  data: 'version: 1\nfields: { email: { type: text } }\nevents: { product_added: {} }\n',
  segments: 'version: 1\nsegments: { vips: { when: { field: orders.value, more_than: 500 } } }\n',
  map: `version: 1
map: first_purchase
personas:
  - { id: lucia, when: { field: address.city, is: Madrid } }
  - { id: everyone_else, otherwise: true }
stages:
  - stage: decision
    our_goal: { moves_to: loyalty, within: 7 days, share: 35 percent }
    touchpoints: [{ name: Cart, channel: web, measured_by: product_added, workflow: abandoned_cart }]
`,
  workflow: `${WORKFLOW}only_if: [{ segment: vips }, { persona: [lucia] }, { field: address.city, exists: true }]
steps:
  - { wait: 1 hour, since: last_event }
  - wait_until: { hours: sending, spread: 15 minutes }
  - update_contact: { email: null, address.city: Madrid }
  - ask: how_was_it
  - start_workflow: win_back
  - branch: [{ when: { mood: upset }, steps: [{ exit: upset }] }, { otherwise: [] }]
`,
  message:
    'version: 1\nmessage: cart_reminder_1\npurpose: service\nsubject: { friendly: { en: Hello }, calm: Hello }\n',
  tests: `version: 1
workflow: abandoned_cart
tests:
  - name: Reminds
    start: 2026-11-20 16:30
    given: [{ at: start, event: product_added, with: { price: 89 } }]
    expect: [{ email: cart_reminder_1, at: +1 hour, tone: calm }, { no_more_messages: true }]
`,
};

const schemas = projectSchemas(KNOWN, testFileSchema);

describe('the editor completes', () => {
  test.each<[what: string, text: string, labels: readonly string[]]>([
    [
      'the verbs in a new step',
      'steps:\n  - §',
      [
        'wait',
        'wait_until',
        'wait_for',
        'branch',
        'ab_test',
        'send_email',
        'send_sms',
        'send_chat',
        'send_webhook',
        'send',
        'ask',
        'update_contact',
        'start_workflow',
        'tell_team',
        'call_webhook',
        'goto',
        'exit',
        'id',
      ],
    ],
    ['lengths of time', 'steps:\n  - wait: §', ['30 minutes', '1 hour', '3 days']],
    ['what belongs beside a verb', 'steps:\n  - wait: 1 day\n    §', ['since', 'id']],
    ['the messages that there are', 'steps:\n  - send_email: §', ['cart_reminder_1', 'how_was_it']],
    ['the messages to ask with', 'steps:\n  - ask: §', ['cart_reminder_1', 'how_was_it']],
    ['the workflows', 'steps:\n  - start_workflow: §', ['abandoned_cart', 'win_back']],
    ['the fields to set', 'steps:\n  - update_contact:\n      §', ['email', 'address']],
    ['the calendars', 'steps:\n  - wait_until:\n      hours: §', ['support', 'sending']],
    [
      'what a way of a branch holds',
      'steps:\n  - branch:\n      - §',
      ['name', 'when', 'steps', 'otherwise'],
    ],
    ['the stages', 'only_if:\n  stage: §', ['awareness', 'decision', 'loyalty']],
    ['the stages that are entered', 'only_if: []\nenter_when:\n  enters_stage: §', KNOWN.stages],
    ['the segments', 'only_if:\n  - segment: [§]', ['vips', 'sleepers']],
    ['the personas', 'only_if:\n  - persona: §', ['lucia', 'everyone_else']],
    ['the moods', 'only_if:\n  - mood: §', ['upset', 'calm_waters']],
  ])('%s', async (_, text, labels) => {
    const head = text.includes('enter_when') ? WORKFLOW.replace(/enter_when.*\n/, '') : WORKFLOW;
    expect(await complete('workflow', head + text)).toEqual(labels);
  });

  test('the events of data.yaml first, then those that Etapa tells itself', async () => {
    const labels = await complete('workflow', `${WORKFLOW}exit_when:\n  - event: §`);
    expect(labels.slice(0, 3)).toEqual(['product_added', 'order_completed', 'identified']);
    expect(labels).toContain('message_opened');
  });

  test('the operators as second key of a condition on a field, and no verbs', async () => {
    for (const text of [
      'only_if:\n  - field: email\n    §',
      'only_if:\n  any:\n    - field: email\n      §',
    ]) {
      const labels = await complete('workflow', WORKFLOW + text);
      expect(labels.slice(0, 8)).toEqual([
        'is',
        'is_not',
        'in',
        'not_in',
        'at_least',
        'at_most',
        'more_than',
        'less_than',
      ]);
      expect(labels).not.toContain('times');
      expect(labels).not.toContain('event');
    }
  });

  test('the subjects of conditions and the kinds of triggers under enter_when', async () => {
    const labels = await complete('workflow', 'version: 1\nworkflow: w\npurpose: service\nenter_when:\n  §');
    const wanted = ['event', 'field', 'stage', 'segment', 'any', 'enters_stage', 'leaves_segment', 'every'];
    expect(labels).toEqual(expect.arrayContaining(wanted));
    expect(labels).not.toContain('wait');
  });

  test('whole steps and whole conditions, with the rest of them', async () => {
    const steps = await completions('workflow', `${WORKFLOW}steps:\n  - §`);
    expect(steps.find(({ label }) => label === 'wait for an event')?.insertText).toBe(
      'wait_for:\n    event: $1\n  up_to: ${2:3 days}\n  if_not:\n    - exit: ${3:nothing came}',
    );
    const conditions = await completions('workflow', `${WORKFLOW}only_if:\n  - §`);
    expect(conditions.map(({ label }) => label)).toContain('event, so often within some time');
  });

  test('the tones in tone.yaml and in a message', async () => {
    const rules = 'version: 1\ntones: { calm: {} }\nrules:\n  - name: Upset\n    use: §';
    expect(await complete('tone', rules)).toEqual(['friendly', 'calm']);
    const message = 'version: 1\nmessage: m\npurpose: service\nsubject:\n  §';
    expect(await complete('message', message)).toEqual(['friendly', 'calm']);
  });

  test('the messages and what can be expected in a test', async () => {
    const text = 'version: 1\ntests:\n  - name: a\n    given: []\n    expect:\n      - ';
    expect(await complete('tests', `${text}email: §`)).toEqual(KNOWN.messages);
    expect(await complete('tests', `${text}§`)).toEqual(
      expect.arrayContaining(['email', 'held_back', 'exit', 'no_more_messages']),
    );
  });
});

describe('the editor underlines', () => {
  test.each(Object.entries(SOUND))('nothing in a sound %s', async (kind, text) => {
    expect(await validate(kind, text)).toEqual([]);
  });

  const length = 'This is not a length of time; write it like "30 minutes", "1 hour" or "3 days".';
  const id = 'This is not an id; write it in small letters, digits and "_", like "second_reminder".';
  const hours = 'These are not the hours of a day; write them like "09:00-14:00, 16:00-19:00", or "closed".';
  const notOf = (...values: string[]) =>
    `Value is not accepted. Valid values: ${values.map((value) => `"${value}"`).join(', ')}.`;

  test.each<[kind: string, from: string, slip: string, message: string]>([
    ['workflow', 'wait: 1 hour', 'wait: §1h', length],
    ['workflow', 'wait: 1 hour, since: last_event', '§wayt: 1 hour', 'Property wayt is not allowed.'],
    ['workflow', 'since:', '§sinc:', 'Property sinc is not allowed.'],
    ['workflow', 'hours: sending', 'hours: §sendin', notOf('support', 'sending')],
    ['workflow', 'ask: how_was_it', 'ask: §how_is_it', notOf(...KNOWN.messages)],
    ['workflow', '{ email: null', '{ §emial: null', 'Property emial is not allowed.'],
    ['workflow', 'mood: upset', 'mood: §upste', notOf(...KNOWN.moods)],
    ['workflow', '{ persona: [lucia] }', '{ persona: [§lucai] }', notOf(...KNOWN.personas)],
    ['workflow', 'exists: true', '§exist: true', 'Property exist is not allowed.'],
    ['workflow', 'workflow: abandoned_cart', 'workflow: §Abandoned', id],
    ['hours', 'sunday: closed', 'sunday: §25:00-26:00', hours],
    ['tone', 'falls_back_to: friendly', 'falls_back_to: §frendly', notOf(...KNOWN.tones)],
    ['map', 'moves_to: loyalty', 'moves_to: §loyality', notOf(...KNOWN.stages)],
    ['message', 'calm: Hello', '§clam: Hello', 'Property clam is not allowed.'],
    ['tests', 'email: cart_reminder_1', 'email: §cart_reminder', notOf(...KNOWN.messages)],
  ])('in %s instead of "%s" the slip "%s"', async (kind, from, slip, message) => {
    const sound = SOUND[kind] ?? '';
    expect(sound).toContain(from);
    const lines = (sound.replace(from, slip).split('§')[0] ?? '').split('\n');
    const place = `${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
    const text = sound.replace(from, slip.replace('§', ''));
    expect(await validate(kind, text)).toEqual([`${place} ${message}`]);
  });
});

describe('ids that are not known', () => {
  const nothing: Known = {
    stages: [],
    moods: [],
    tones: [],
    segments: [],
    personas: [],
    workflows: [],
    calendars: [],
    topics: [],
    messages: [],
    events: null,
    fields: null,
  };

  test.each(Object.entries(SOUND))('are not underlined in %s', async (kind, text) => {
    expect(await validate(kind, text, projectSchemas(nothing, testFileSchema))).toEqual([]);
  });

  test('what could be read of a broken project is completed all the same', async () => {
    const known = idsOf({
      'etapa.yaml': 'name: {',
      'workflows/journey/stages.yaml': SOUND['stages'] ?? '',
      'workflows/journey/data.yaml': 'events: {',
    });
    const broken = projectSchemas(known);
    const text = `${WORKFLOW}only_if:\n  stage: §`;
    expect(await complete('workflow', text, broken)).toEqual(['awareness', 'decision']);
    expect(await validate('workflow', `${WORKFLOW}steps: []\n`, broken)).toEqual([]);
  });
});

describe('the editor explains', () => {
  test.each([
    [
      'workflow',
      `${WORKFLOW}steps:\n  - wait_f§or: { event: product_added }\n    up_to: 3 days`,
      'Both ways go on below.',
    ],
    [
      'workflow',
      `${WORKFLOW}only_if: { event: product_added, with§in: 3 days }\nsteps: []`,
      'Not longer ago than this',
    ],
    ['hours', SOUND['hours']?.replace('special_days', 'special§_days') ?? '', 'such as holidays'],
  ])('a key of %s', async (kind, text, words) => {
    expect(await hover(kind, text)).toContain(words);
  });

  test('every key of every kind of file', () => {
    const silent = Object.entries(schemas).flatMap(([kind, schema]) =>
      keysWithoutWords(schema).map((key) => `${kind}: ${key}`),
    );
    const own = [...(KNOWN.fields ?? []), ...KNOWN.tones];
    expect(silent.filter((key) => !own.includes(key.split(' ')[1] ?? ''))).toEqual([]);
  });
});

describe('the project of this repository', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  let files: ProjectFiles;
  let shipped: Readonly<Record<string, JsonSchema>>;

  beforeAll(async () => {
    files = await readProjectFiles(root);
    shipped = projectSchemas(idsOf(files), testFileSchema);
  });

  test('has nothing underlined, by the schema that each file names in its first line', async () => {
    const yaml = Object.entries(files).filter(([path]) => path.endsWith('.yaml'));
    expect(yaml.length).toBeGreaterThan(20);
    for (const [path, text] of yaml) {
      const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
      const place = new URL(named, `file:///${path}`).pathname;
      const kind = /^\/\.etapa\/schema\/(\w+)\.json$/.exec(place)?.[1] ?? 'none';
      expect(patternOf(kind).test(path), `${path} names ${named}`).toBe(true);
      expect(await validate(kind, text.replace(/^#.*/, '#'), shipped), path).toEqual([]);
    }
  });
});

describe('etapa schema', () => {
  let folder: string;
  let said: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etapa-schema-'));
    said = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    await writeFile(join(folder, 'etapa.yaml'), 'name: {'); // a broken project has schemas as well
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  const run = async (...options: string[]) => {
    const program = new Command().exitOverride();
    addSchema(program);
    await program.parseAsync(['node', 'etapa', 'schema', '-C', folder, ...options]);
  };

  test('writes a schema for each kind of file, and which files each is for', async () => {
    await run();
    const kinds = Object.keys(FILES_OF);
    const written = await readdir(join(folder, '.etapa/schema'));
    expect(written.sort()).toEqual(kinds.map((kind) => `${kind}.json`).sort());
    const settings: unknown = JSON.parse(await readFile(join(folder, '.vscode/settings.json'), 'utf8'));
    expect(settings).toMatchObject({
      'yaml.schemas': { './.etapa/schema/workflow.json': 'workflows/*.yaml' },
    });
    expect(said.join('')).toContain(`${kinds.length + 1} files written`);
  });

  test('leaves settings of the editor alone that are there already', async () => {
    await run();
    await writeFile(join(folder, '.vscode/settings.json'), '{}');
    await run('--json');
    expect(await readFile(join(folder, '.vscode/settings.json'), 'utf8')).toBe('{}');
    expect(JSON.parse(said.at(-1) ?? '')).toEqual({
      written: Object.keys(FILES_OF).map((kind) => `.etapa/schema/${kind}.json`),
    });
  });

  test('prints one, and says which there are when asked for another', async () => {
    await run('--print', 'hours');
    expect(JSON.parse(said.join(''))).toMatchObject({ title: 'hours', type: 'object' });
    await expect(run('--print', 'ours')).rejects.toThrow(/no schema called "ours".*etapa, stages, tone/);
    expect(await readdir(folder)).toEqual(['etapa.yaml']);
  });
});

/** An editor's pattern as a regular expression, of which one star does not cross a folder. */
function patternOf(kind: string): RegExp {
  const files = (FILES_OF as Readonly<Record<string, string>>)[kind] ?? '';
  return new RegExp(`^${files.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`);
}

function keysWithoutWords(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keysWithoutWords);
  if (!isSchema(schema)) return [];
  const { properties = {}, ...rest } = schema;
  const silent = Object.entries(properties).filter(([, inner]) => inner.description === undefined);
  return [
    ...silent.map(([key]) => key),
    ...Object.values(properties).flatMap(keysWithoutWords),
    ...Object.values(rest).flatMap(keysWithoutWords),
  ];
}

type Schemas = Readonly<Record<string, JsonSchema>>;
let opened = 0;

/** `§` is where the cursor stands. The server changes schemas and remembers documents: each time gets its own. */
function open(kind: string, text: string, among: Schemas) {
  const uri = `file:///project/${++opened}.yaml`;
  const service = getLanguageService({
    schemaRequestService: () => Promise.resolve(JSON.stringify(among[kind])),
    workspaceContext: { resolveRelativePath: (path) => path },
  });
  const schema = { uri: `file:///schema/${opened}.json`, fileMatch: ['*.yaml'] };
  service.configure({ validate: true, hover: true, completion: true, schemas: [schema] });
  const document = TextDocument.create(uri, 'yaml', 1, text.replace('§', ''));
  return { service, document, cursor: document.positionAt(text.indexOf('§')) };
}

async function completions(kind: string, text: string, among: Schemas = schemas) {
  const { service, document, cursor } = open(kind, text, among);
  return (await service.doComplete(document, cursor, false)).items;
}

/** Labels of keys and values, without the whole texts that are offered besides. */
async function complete(kind: string, text: string, among: Schemas = schemas): Promise<string[]> {
  const items = await completions(kind, text, among);
  return items.filter(({ sortText }) => sortText === undefined).map(({ label }) => label);
}

async function validate(kind: string, text: string, among: Schemas = schemas): Promise<string[]> {
  const { service, document } = open(kind, text, among);
  const found = await service.doValidation(document, false);
  return found.map(({ range: { start }, message }) => `${start.line + 1}:${start.character + 1} ${message}`);
}

async function hover(kind: string, text: string): Promise<string> {
  const { service, document, cursor } = open(kind, text, schemas);
  return JSON.stringify((await service.doHover(document, cursor))?.contents);
}
