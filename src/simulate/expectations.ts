/** What each kind of expectation asks of a scene. */
import { fieldQuestion } from '../core/conditions/subjects/field.ts';
import type { Contact } from '../core/contacts/contact.ts';
import type { Instant } from '../core/events/event.ts';
import type { Reason } from '../core/reason.ts';
import { openings } from '../core/time/calendar.ts';
import type { Run } from '../core/workflows/run.ts';
import type { LivedMessage } from './live.ts';
import { lengthWords } from './moment.ts';
import { isSameMinute, type Pairs } from './pair-messages.ts';
import { isMessage, nameOf, type ExpectedMessage } from './expected-message.ts';
import type { Render } from './render.ts';
import type { Scene } from './scene.ts';
import type { Expectation } from './test-file.ts';
import { callWords, endWords, messageWords } from './timeline.ts';

export interface Looking {
  readonly scene: Scene;
  readonly pairs: Pairs;
  /** The expectation's place. */
  readonly index: number;
  readonly render: Render;
}

type Of<Verb extends Expectation['verb']> = Extract<Expectation, { verb: Verb }>;

/** What happened instead; null where it came as expected. */
export function verdictOf(expectation: Expectation, looking: Looking): Promise<string | null> {
  return isMessage(expectation)
    ? messageVerdict(expectation, looking)
    : Promise.resolve(plainVerdict(expectation, looking));
}

function plainVerdict(expectation: Exclude<Expectation, ExpectedMessage>, looking: Looking): string | null {
  switch (expectation.verb) {
    case 'held_back':
      return heldBackVerdict(expectation, looking);
    case 'exit':
      return endVerdict(expectation, looking.scene, (run) => endsFor(run, expectation.exit));
    case 'converted':
      return endVerdict(expectation, looking.scene, ({ outcome }) => outcome === 'converted');
    case 'stage':
    case 'segment':
    case 'mood':
    case 'field':
      return stateVerdict(expectation, looking.scene);
    case 'calls':
      return callsVerdict(expectation, looking.scene);
    case 'hours':
      return hoursVerdict(expectation, looking.scene);
    case 'no_more_messages':
      return null;
  }
}

async function messageVerdict(
  expected: ExpectedMessage,
  { scene, pairs, index, render }: Looking,
): Promise<string | null> {
  const lived = pairs.of.get(index);
  if (!lived) return nearestMiss(nameOf(expected), expected, scene, pairs);
  const { message } = lived;
  const slips: string[] = [];
  const compareOne = (name: string, wanted: string | undefined, got: string | undefined): void => {
    if (wanted !== undefined && wanted !== got) slips.push(`${name} ${got ?? 'none'}`);
  };
  compareOne('tone', expected.tone, message.tone);
  compareOne('language', expected.language, message.language);
  compareOne('formality', expected.formality, message.formality[message.language]);
  if (expected.tone !== undefined && expected.tone !== message.tone)
    slips.push(`because ${message.because.en}`);
  if (subjectOf(expected) !== undefined || expected.contains)
    slips.push(...(await wordSlips(expected, lived, render)));
  return slips.length === 0
    ? null
    : `${scene.words(message.owed_at)}  ${message.message}: ${slips.join(', ')}`;
}

function subjectOf(expected: ExpectedMessage): string | undefined {
  return expected.verb === 'email' ? expected.subject : undefined;
}

async function wordSlips(
  expected: ExpectedMessage,
  { message, contact }: LivedMessage,
  render: Render,
): Promise<string[]> {
  const { subject, text, html } = await render(message, contact);
  const slips: string[] = [];
  if (!subject.includes(subjectOf(expected) ?? '')) slips.push(`subject "${subject}"`);
  const missing = (expected.contains ?? []).filter(
    (words) => ![subject, text, html].some((part) => part.includes(words)),
  );
  if (missing.length > 0)
    slips.push(`nowhere ${missing.map((words) => `"${words}"`).join(', ')} in "${shortened(text)}"`);
  return slips;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function heldBackVerdict(expected: Of<'held_back'>, { scene, pairs, index }: Looking): string | null {
  const lived = pairs.of.get(index);
  if (!lived) return nearestMiss(expected.held_back, expected, scene, pairs);
  const because = lived.message.held_back;
  if (!because || expected.because === undefined || says(because, expected.because)) return null;
  return `${scene.words(lived.message.owed_at)}  ${messageWords(lived.message)}`;
}

function says(because: Reason | null, words: string): boolean {
  const sought = words.toLowerCase();
  return because !== null && [because.en, because.es].some((text) => text.toLowerCase().includes(sought));
}

type Timed = { readonly at?: Of<'email'>['at'] };

/** The same message at another time or held back, else what came at that time, else how the run went. */
function nearestMiss(name: string, { at }: Timed, scene: Scene, { paired }: Pairs): string {
  const wanted = at ? scene.momentOf(at) : undefined;
  const free = scene.life.messages.filter((lived) => !paired.has(lived));
  const distance = ({ message }: LivedMessage): number =>
    Math.abs(message.owed_at - (wanted ?? message.owed_at));
  const [nearest] = free
    .filter(({ message }) => message.message === name)
    .sort((a, b) => distance(a) - distance(b));
  if (nearest)
    return `${scene.words(nearest.message.owed_at)}  ${messageWords(nearest.message)}${late(nearest, wanted)}`;
  const other = free.find(({ message }) => wanted !== undefined && isSameMinute(message.owed_at, wanted));
  if (other) return `${scene.words(other.message.owed_at)}  ${messageWords(other.message)}`;
  return `${name} was neither sent nor held back${runWords(scene)}`;
}

function late({ message }: LivedMessage, wanted: Instant | undefined): string {
  if (wanted === undefined || isSameMinute(message.owed_at, wanted)) return '';
  const length = lengthWords(Math.abs(message.owed_at - wanted));
  return `, ${length} ${message.owed_at > wanted ? 'later' : 'earlier'}`;
}

/** Why nothing came. */
function runWords({ life, words }: Scene): string {
  if (life.runs.length === 0) return '; no workflow was entered';
  const ended = life.runs.filter((run) => run.ended_at !== null);
  if (ended.length === 0) return '';
  return `; ${ended.map((run) => `${endWords(run)} at ${words(run.ended_at as Instant)}`).join('; ')}`;
}

function endsFor({ outcome, ended_because }: Run, words: string): boolean {
  return outcome === words || says(ended_because, words);
}

function endVerdict({ at }: Timed, scene: Scene, fits: (run: Run) => boolean): string | null {
  const wanted = at && scene.momentOf(at);
  const ended = scene.life.runs.filter((run) => run.ended_at !== null);
  const isThen = ({ ended_at }: Run): boolean => wanted === undefined || isSameMinute(ended_at ?? 0, wanted);
  if (ended.some((run) => isThen(run) && fits(run))) return null;
  const candidates = ended.filter(fits);
  const told = (candidates.length > 0 ? candidates : ended).map(
    (run) => `${scene.words(run.ended_at as Instant)}  ${endWords(run)}`,
  );
  if (told.length > 0) return told.join('; ');
  return scene.life.runs.length === 0 ? 'no workflow was entered' : 'no run had ended';
}

function stateVerdict(
  expected: Of<'stage'> | Of<'segment'> | Of<'mood'> | Of<'field'>,
  scene: Scene,
): string | null {
  const at = expected.at ? scene.momentOf(expected.at) : scene.end;
  const contact = scene.contactAt(at);
  const got = stateOf(expected, contact, at, scene);
  return got === null ? null : `${scene.words(at)}  ${got}`;
}

function stateOf(
  expected: Of<'stage'> | Of<'segment'> | Of<'mood'> | Of<'field'>,
  contact: Contact,
  now: Instant,
  { project, zone }: Scene,
): string | null {
  const facts = { contact, now, zone };
  switch (expected.verb) {
    case 'stage':
      return contact.stage === expected.stage ? null : `stage ${contact.stage}`;
    case 'segment': {
      const isIn = Object.hasOwn(contact.segments, expected.segment);
      return isIn === (expected.is === 'in') ? null : `${isIn ? 'in' : 'out of'} segment ${expected.segment}`;
    }
    case 'mood': {
      const { mood, because } = project.moods.of(facts);
      if (mood === expected.mood) return null;
      return `mood ${mood}${because ? `, because ${because.en}` : ''}`;
    }
    case 'field': {
      const { at: _at, verb: _verb, ...condition } = expected;
      const question = fieldQuestion(condition);
      return question.answer(facts).holds ? null : question.because(facts).en;
    }
  }
}

function callsVerdict({ at, calls: kind, contains = [] }: Of<'calls'>, scene: Scene): string | null {
  const wanted = at && scene.momentOf(at);
  const ofKind = scene.life.calls.filter(({ spec }) => spec.kind === kind);
  const text = (call: (typeof ofKind)[number]): string =>
    `${callWords(call.spec)} ${JSON.stringify(call.spec)}`;
  const fits = ofKind.some(
    (call) =>
      (wanted === undefined || isSameMinute(call.owed_at, wanted)) &&
      contains.every((words) => text(call).includes(words)),
  );
  if (fits) return null;
  if (ofKind.length === 0) return kind === 'team' ? 'the team was told nothing' : 'no webhook was called';
  return ofKind.map(({ owed_at, spec }) => `${scene.words(owed_at)}  ${callWords(spec)}`).join('; ');
}

function hoursVerdict(
  { at, hours, is }: Of<'hours'>,
  { project, zone, momentOf, words }: Scene,
): string | null {
  const calendar = project.calendars[hours];
  const moment = momentOf(at);
  const open = calendar !== undefined && openings(calendar, zone, moment).open;
  return open === (is === 'open') ? null : `${words(moment)}  ${hours} is ${open ? 'open' : 'closed'}`;
}
