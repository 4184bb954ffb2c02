import type { LoadedProject } from '../project/load.ts';
import { DERIVED_FIELDS } from '../core/conditions/subjects/field.ts';
import { CALL_NAMES } from '../core/events/names.ts';
import type { Path } from '../core/schema.ts';
import type { Workflow } from '../core/workflows/workflow.ts';
import { orMeant } from '../project/did-you-mean.ts';
import { sortProblems, type Problem } from '../project/problem.ts';
import { readYaml, type YamlFile } from '../project/yaml.ts';
import { nameOf } from './expected-message.ts';
import { testFileSchema, type Expectation, type Given, type OneTest, type TestFile } from './test-file.ts';

export interface ReadTests {
  /** Only when nothing is wrong with it. */
  readonly file?: TestFile;
  readonly problems: readonly Problem[];
  readonly positionOf: YamlFile<TestFile>['positionOf'];
}

/** Reads a file of tests, and checks that everything it names is there in the project. */
export function readTests(name: string, text: string, loaded: LoadedProject): ReadTests {
  const { value, problems, positionOf } = readYaml<TestFile>(name, text, testFileSchema);
  if (value === undefined) return { problems, positionOf };
  const variants = variantsOf(loaded);
  const known = namedBy(loaded, variants);
  const wrong = [
    ...namesIn(value).flatMap((one) => wrongName(one, known)),
    ...setupsOf(value).flatMap(([setup, path]) => wrongVariants(setup, path, variants)),
  ];
  if (wrong.length === 0) return { file: value, problems, positionOf };
  const told = wrong.map(({ path, at, message }): Problem => {
    return { file: name, ...positionOf(path, at), message, severity: 'error' };
  });
  return { problems: sortProblems(told), positionOf };
}

interface Wrong {
  readonly path: Path;
  readonly at: 'key' | 'value';
  readonly message: string;
}

type Noun =
  | 'message'
  | 'workflow'
  | 'stage'
  | 'segment'
  | 'mood'
  | 'tone'
  | 'calendar'
  | 'event'
  | 'field'
  | 'step "ab_test"'
  | 'step "call_webhook"';

interface Name {
  readonly noun: Noun;
  readonly word: string;
  readonly path: Path;
  readonly at: 'key' | 'value';
}

/** What there is of each; null where anything will do. */
type Known = Readonly<Record<Noun, readonly string[] | null>>;

function wrongName({ noun, word, path, at }: Name, known: Known): Wrong[] {
  const list = known[noun];
  if (list === null || list.includes(word)) return [];
  return [{ path, at, message: `there is no ${noun} called "${word}"${orMeant(word, list)}` }];
}

function namedBy({ project, tone, data }: LoadedProject, variants: Variants): Known {
  const workflows = [...project.workflows.values()];
  return {
    message: Object.keys(project.messages),
    workflow: workflows.map(({ id }) => id),
    stage: project.stages.list.map(({ id }) => id),
    segment: project.segments.map(({ id }) => id),
    mood: tone.moods.map((mood) => ('otherwise' in mood ? mood.otherwise : mood.id)),
    tone: Object.keys(tone.tones),
    calendar: Object.keys(project.calendars),
    event: data && [...Object.keys(data.events), ...Object.values(CALL_NAMES)],
    field: data && [...Object.keys(data.fields), ...DERIVED_FIELDS],
    'step "ab_test"': [...variants.keys()],
    'step "call_webhook"': stepsOf(workflows, 'call_webhook'),
  };
}

/** Steps may be named alone or with their workflow. */
function stepsOf(workflows: readonly Workflow[], verb: string): string[] {
  return workflows.flatMap(({ id, steps }) =>
    steps.filter((step) => step.verb === verb).flatMap((step) => [step.id, `${id}/${step.id}`]),
  );
}

/** The variants of each `ab_test`, by its id alone and with its workflow. */
type Variants = ReadonlyMap<string, readonly string[]>;

function variantsOf({ workflow_sources }: LoadedProject): Variants {
  return new Map(
    workflow_sources.flatMap(({ id, source }) =>
      testsIn(source.steps).flatMap(([step, names]): [string, readonly string[]][] => [
        [step, names],
        [`${id}/${step}`, names],
      ]),
    ),
  );
}

function testsIn(node: unknown): [string, readonly string[]][] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(testsIn);
  const { verb, id, ab_test } = node as Partial<Record<string, unknown>>;
  if (verb !== 'ab_test') return inner;
  return [[String(id), Object.keys((ab_test as { readonly variants: object }).variants)], ...inner];
}

type Setup = Pick<OneTest, 'contact' | 'variant'>;

function setupsOf({ defaults, tests }: TestFile): [Setup, Path][] {
  return [[defaults, ['defaults']], ...tests.map((test, index): [Setup, Path] => [test, ['tests', index]])];
}

function wrongVariants({ variant = {} }: Setup, path: Path, variants: Variants): Wrong[] {
  return Object.entries(variant).flatMap(([step, word]) => {
    const list = variants.get(step);
    if (!list || list.includes(word)) return [];
    const message = `"${step}" has no variant called "${word}"${orMeant(word, list)}`;
    return [{ path: [...path, 'variant', step], at: 'value', message }];
  });
}

function namesIn(file: TestFile): Name[] {
  const { workflow = [], tests } = file;
  return [
    ...workflow.map((word, index) => named('workflow', word, ['workflow', index])),
    ...setupsOf(file).flatMap(([setup, path]) => namesInSetup(setup, path)),
    ...tests.flatMap((test, index) => [
      ...test.given.flatMap((one, place) => namesInGiven(one, ['tests', index, 'given', place])),
      ...test.expect.flatMap((one, place) => namesInExpectation(one, ['tests', index, 'expect', place])),
    ]),
  ];
}

function named(noun: Noun, word: string, path: Path, at: Name['at'] = 'value'): Name {
  return { noun, word, path, at };
}

function namesInSetup({ contact = {}, variant = {} }: Setup, path: Path): Name[] {
  const { consent: _consent, stage, segments = [], ...fields } = contact;
  const here = [...path, 'contact'];
  return [
    ...(stage === undefined ? [] : [named('stage', stage, [...here, 'stage'])]),
    ...segments.map((word, index) => named('segment', word, [...here, 'segments', index])),
    ...namesOfKeys('field', fields, here),
    ...namesOfKeys('step "ab_test"', variant, [...path, 'variant']),
  ];
}

function namesOfKeys(noun: Noun, map: object, path: Path): Name[] {
  return Object.keys(map).map((key) => named(noun, key, [...path, key], 'key'));
}

function namesInGiven(given: Given, path: Path): Name[] {
  switch (given.verb) {
    case 'event':
      return [named('event', given.event, [...path, 'event'])];
    case 'update':
      return namesOfKeys('field', without(given.update, 'consent'), [...path, 'update']);
    case 'started':
      return [named('workflow', given.started, [...path, 'started'])];
    case 'opened':
      return [named('message', given.opened, [...path, 'opened'])];
    case 'clicked':
      return [named('message', given.clicked, [...path, 'clicked'])];
    case 'bounced':
      return [named('message', given.bounced, [...path, 'bounced'])];
    case 'complained':
      return [named('message', given.complained, [...path, 'complained'])];
    case 'webhook':
      return [named('step "call_webhook"', given.webhook, [...path, 'webhook'])];
    case 'survey':
      return [];
  }
}

function without(map: object, key: string): object {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

function namesInExpectation(expected: Expectation, path: Path): Name[] {
  switch (expected.verb) {
    case 'email':
    case 'sms':
    case 'chat':
    case 'webhook':
      return [
        named('message', nameOf(expected), [...path, expected.verb]),
        ...(expected.tone === undefined ? [] : [named('tone', expected.tone, [...path, 'tone'])]),
      ];
    case 'held_back':
      return [named('message', expected.held_back, [...path, 'held_back'])];
    case 'stage':
      return [named('stage', expected.stage, [...path, 'stage'])];
    case 'segment':
      return [named('segment', expected.segment, [...path, 'segment'])];
    case 'mood':
      return [named('mood', expected.mood, [...path, 'mood'])];
    case 'field':
      return isNested(expected.field) ? [] : [named('field', expected.field, [...path, 'field'])];
    case 'hours':
      return [named('calendar', expected.hours, [...path, 'hours'])];
    case 'exit':
    case 'converted':
    case 'calls':
    case 'no_more_messages':
      return [];
  }
}

/** Into a field of several parts: `address.city`. */
function isNested(field: string): boolean {
  return field.includes('.') && !/^(cart|orders)\./.test(field);
}
