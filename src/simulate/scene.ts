/** What a test gives: who it is, what happens and when; lived through, so that it can be looked at moment by moment. */
import { newContact, type Contact } from '../core/contacts/contact.ts';
import type { Event, Instant } from '../core/events/event.ts';
import type { JsonObject } from '../core/json.ts';
import type { Project } from '../core/project.ts';
import { exactMilliseconds } from '../core/time/duration.ts';
import { instantAt, isZone } from '../core/time/zone.ts';
import { WORKFLOW_STARTED, type Call } from '../core/workflows/step.ts';
import { live, type Life, type WebhookAnswer } from './live.ts';
import { clockWords, distanceWords, momentAt, type Moment } from './moment.ts';
import type { Given, OneTest, TestFile } from './test-file.ts';
import { testProject } from './test-project.ts';

export interface Scene {
  readonly project: Project;
  readonly zone: string;
  readonly start: Instant;
  /** Up to when it was watched. */
  readonly end: Instant;
  readonly given: readonly Event[];
  readonly life: Life;
  /** The contact at a moment, after everything that was decided there. */
  contactAt(at: Instant): Contact;
  momentOf(moment: Moment): Instant;
  /** `Fri 2026-11-20 17:30 (+1 hour)`. */
  words(at: Instant): string;
}

/** @throws EndlessMoment */
export function playScene(project: Project, file: TestFile, test: OneTest): Scene {
  const { defaults } = file;
  const fields = { ...defaults.contact, ...test.contact };
  const zone = zoneOf(fields, project);
  const start = instantAt(test.start ?? defaults.start ?? 0, zone);
  const momentOf = (moment: Moment): Instant => momentAt(moment, start, zone);
  const given = test.given.flatMap((one, index) => eventOf(one, index, momentOf));
  const until = test.until ?? defaults.until;
  const end = until ? momentOf(until) : lastMoment(test, start, momentOf) + WATCHED;
  const settled = settle(project, file, test);
  const contact = contactOf(fields, settled, Math.min(start, ...given.map((event) => event.occurred_at)));
  const seen: { at: Instant; contact: Contact }[] = [{ at: -Infinity, contact }];
  const life = live(contact, given, settled, {
    until: end,
    answer: answersOf(test.given, momentOf),
    onDecided: (now, at) => void seen.push({ at, contact: now }),
  });
  return {
    ...{ project: settled, zone, start, end, given, life, momentOf },
    contactAt: (at) => seen.findLast((one) => one.at <= at)?.contact ?? contact,
    words: (at) => `${clockWords(at, zone)} (${distanceWords(at, start, zone)})`,
  };
}

/** How long it is watched after the last moment that the test names, where it does not say. */
const WATCHED = exactMilliseconds({ amount: 90, unit: 'day' });

/** Who it is: what is known, and `consent`, `stage` and `segments`. */
export type Fields = NonNullable<OneTest['contact']>;

/** Where somebody is of whom only this is known. */
export function zoneOf({ time_zone }: Fields, project: Project): string {
  return typeof time_zone === 'string' && isZone(time_zone) ? time_zone : project.time_zone;
}

function lastMoment(test: OneTest, start: Instant, momentOf: (moment: Moment) => Instant): Instant {
  const named = [...test.given, ...test.expect].flatMap((one) =>
    'at' in one && one.at !== undefined ? [momentOf(one.at)] : [],
  );
  return Math.max(start, ...named);
}

function settle(project: Project, { workflow, defaults }: TestFile, test: OneTest): Project {
  const variant = { ...defaults.variant, ...test.variant };
  return testProject(project, {
    workflows: workflow ?? null,
    variants: Object.fromEntries(
      Object.entries(variant).flatMap(([step, name]) =>
        placesOf(project, step).map((place) => [place, name]),
      ),
    ),
    holdout: test.holdout ?? defaults.holdout ?? 'never',
  });
}

/** A step that is named without its workflow is meant wherever there is one of that name. */
function placesOf({ workflows }: Project, step: string): string[] {
  if (step.includes('/')) return [step];
  return [...workflows.values()]
    .filter(({ steps }) => steps.some(({ id }) => id === step))
    .map(({ id }) => `${id}/${step}`);
}

/** Somebody made up. */
export function contactOf(spec: Fields, project: Project, born: Instant): Contact {
  const { consent = [], stage = project.stages.start, segments = [], ...fields } = spec;
  const contact = newContact('test', stage, born);
  const known = Object.entries(fields as JsonObject).map(([name, value]) => [name, { value, at: born }]);
  return {
    ...contact,
    segments: Object.fromEntries(segments.map((id) => [id, born])),
    profile: {
      ...contact.profile,
      fields: Object.fromEntries(known) as Contact['profile']['fields'],
      consent: Object.fromEntries(consent.map((channel) => [channel, { granted: true, at: born }])),
    },
  };
}

/** None for what is no event, such as how a webhook answers. */
export function eventOf(given: Given, index: number, momentOf: (moment: Moment) => Instant): Event[] {
  if (given.verb === 'webhook') return [];
  const { name, properties } = happeningOf(given);
  const type = name === 'identified' ? 'identify' : 'track';
  const id = `given-${String(index + 1).padStart(3, '0')}`;
  return [{ id, type, name, occurred_at: momentOf(given.at), properties }];
}

function happeningOf(given: Exclude<Given, { verb: 'webhook' }>): { name: string; properties: JsonObject } {
  switch (given.verb) {
    case 'event':
      return { name: given.event, properties: given.with ?? {} };
    case 'update':
      return { name: 'identified', properties: given.update };
    case 'started':
      return {
        name: WORKFLOW_STARTED,
        properties: { workflow: given.started, data: given.with ?? {} },
      };
    case 'survey': {
      const { survey, score, comment } = given;
      const said = {
        ...(score === undefined ? {} : { score }),
        ...(comment === undefined ? {} : { comment }),
      };
      return { name: 'survey_answered', properties: { ...(given.with as JsonObject), survey, ...said } };
    }
    default: {
      const properties = { ...(given.with as JsonObject), message: messageOf(given) };
      return { name: `message_${given.verb}`, properties };
    }
  }
}

export type Fate = Extract<Given, { verb: 'opened' | 'clicked' | 'bounced' | 'complained' }>;

export function messageOf(given: Fate): string {
  switch (given.verb) {
    case 'opened':
      return given.opened;
    case 'clicked':
      return given.clicked;
    case 'bounced':
      return given.bounced;
    case 'complained':
      return given.complained;
  }
}

/** How webhooks answer. A step that calls several times gets the answers in their order, and the last one ever after. */
export function answersOf(
  given: readonly Given[],
  momentOf: (moment: Moment) => Instant,
): (call: Call) => WebhookAnswer {
  const asked = new Map<string, number>();
  return ({ step, workflow }) => {
    const answers = given
      .filter((one) => one.verb === 'webhook')
      .filter(({ webhook }) => isStep(webhook, workflow, step));
    const count = asked.get(`${workflow}/${step}`) ?? 0;
    asked.set(`${workflow}/${step}`, count + 1);
    const answer = answers[Math.min(count, answers.length - 1)];
    if (!answer) return { ok: true, answer: null, failure: '' };
    return {
      ok: answer.fails === undefined,
      answer: answer.answers ?? null,
      failure: answer.fails ?? '',
      ...(answer.at ? { at: momentOf(answer.at) } : {}),
    };
  };
}

function isStep(named: string, workflow: string, step: string): boolean {
  return named === step || named === `${workflow}/${step}`;
}
