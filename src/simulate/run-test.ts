/** Runs one test: plays what is given, and looks whether what is expected came of it, and what came instead if not. */
import type { Project } from '../core/project.ts';
import { EndlessMoment } from './live.ts';
import { pairMessages, type Pairs } from './pair-messages.ts';
import { expectedWords } from './expectation-words.ts';
import { verdictOf } from './expectations.ts';
import type { Render } from './render.ts';
import { messageOf, playScene, type Fate, type Scene } from './scene.ts';
import type { OneTest, TestFile } from './test-file.ts';
import { messageWords, timelineOf, type Told } from './timeline.ts';

/** One expectation. */
export interface Check {
  /** Its place in `expect`. */
  readonly index: number;
  readonly expected: string;
  /** What happened instead; null where it came as expected. */
  readonly instead: string | null;
}

export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
  /** Messages that nobody expected, where there must be none. */
  readonly unexpected: readonly string[];
  /** What is given and could not have happened, with its place in `given`. */
  readonly mistakes: readonly { readonly index: number; readonly message: string }[];
  /** Everything that happened, told for whoever looks for the reason. */
  readonly timeline: readonly Told[];
  readonly milliseconds: number;
}

export async function runTest(
  project: Project,
  file: TestFile,
  test: OneTest,
  render: Render,
): Promise<TestResult> {
  const began = performance.now();
  const result = await runScene(project, file, test, render);
  return { ...result, milliseconds: performance.now() - began };
}

async function runScene(
  project: Project,
  file: TestFile,
  test: OneTest,
  render: Render,
): Promise<Omit<TestResult, 'milliseconds'>> {
  let scene: Scene;
  try {
    scene = playScene(project, file, test);
  } catch (error) {
    if (!(error instanceof EndlessMoment)) throw error;
    return { ...EMPTY, name: test.name, mistakes: [{ index: 0, message: error.message }] };
  }
  const pairs = pairMessages(scene, test.expect);
  const checks: Check[] = [];
  for (const [index, expectation] of test.expect.entries()) {
    const instead = await verdictOf(expectation, { scene, pairs, index, render });
    checks.push({ index, expected: expectedWords(expectation, scene), instead });
  }
  const unexpected = unexpectedOf(test, scene, pairs);
  const mistakes = mistakesOf(test, scene);
  const passed = checks.every(({ instead }) => instead === null) && unexpected.length + mistakes.length === 0;
  return { name: test.name, passed, checks, unexpected, mistakes, timeline: timelineOf(scene) };
}

const EMPTY = { passed: false, checks: [], unexpected: [], timeline: [] };

function unexpectedOf(test: OneTest, scene: Scene, { paired }: Pairs): string[] {
  const isClosed = test.expect.some(({ verb }) => verb === 'no_more_messages');
  if (!isClosed && !test.exactly) return [];
  return scene.life.messages
    .filter((lived) => !paired.has(lived) && (test.exactly || !lived.message.held_back))
    .map(({ message }) => `${scene.words(message.owed_at)}  ${messageWords(message)}`);
}

/** Nobody opens what was never sent: such a test would prove nothing. */
function mistakesOf({ given }: OneTest, scene: Scene): TestResult['mistakes'] {
  return given.flatMap((one, index) => {
    if (!isFate(one)) return [];
    const at = scene.momentOf(one.at);
    const name = messageOf(one);
    const wasSent = scene.life.messages.some(
      ({ message }) => message.message === name && !message.held_back && message.owed_at <= at,
    );
    if (wasSent) return [];
    return [
      {
        index,
        message: `"${name}" cannot be ${WORDS[one.verb]} at ${scene.words(at)}: it was not sent by then`,
      },
    ];
  });
}

const WORDS = {
  opened: 'opened',
  clicked: 'clicked',
  bounced: 'bounced',
  complained: 'complained of',
} as const;

function isFate(given: OneTest['given'][number]): given is Fate {
  return Object.hasOwn(WORDS, given.verb);
}
