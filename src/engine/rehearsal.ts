/** What a workflow would do, without doing it: with one person step by step, or with everybody's last weeks. */
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { DAY } from '../core/time/date.ts';
import { UserError } from '../errors.ts';
import type { ProjectChanges } from '../project/overlay.ts';
import { compare, type Comparison } from '../simulate/compare.ts';
import { EndlessMoment } from '../simulate/live.ts';
import type { Person } from '../simulate/people.ts';
import { simulate } from '../simulate/simulate.ts';
import type { Simulation } from '../simulate/tally.ts';
import type { TryAsked } from '../simulate/try-asked.ts';
import { EndlessTry, tryOut, type Tried } from '../simulate/try-out.ts';
import { contactNow, readRecords } from './explain/records.ts';
import type { LiveProject } from './live-project.ts';
import type { Reader, Renderer } from './ports.ts';
import { renderMessage, type Preview } from './preview.ts';
import type { ProjectDesk } from './project-desk.ts';

export { trySchema } from '../simulate/try-asked.ts';

export interface TriedOut extends Tried {
  readonly live: LiveProject;
  /** The words of the messages, in their order; null beyond the first fifty. */
  readonly words: readonly (Preview | null)[];
}

export interface SimulateAsked {
  readonly workflow: string;
  readonly changes: ProjectChanges;
  readonly days: number;
  /** Of the people, at most. */
  readonly share: number;
}

export interface Rehearsed {
  readonly from: Instant;
  readonly until: Instant;
  /** How many there are, and how many of them lived through it. */
  readonly people: number;
  readonly asked: number;
  /** It took so long that not everybody was asked who should have been. */
  readonly cut_short: boolean;
  readonly after: Simulation;
  /** Null where nothing was changed. */
  readonly comparison: Comparison | null;
}

export interface Rehearsal {
  /** @throws UserError where there is no such contact, where it has no end, or where the changes are not sound */
  tryOut(workflow: string, changes: ProjectChanges, asked: TryAsked): Promise<TriedOut>;
  /** @throws UserError as above */
  simulate(asked: SimulateAsked, onProgress: (share: number) => void): Promise<Rehearsed>;
}

export interface RehearsalParts {
  readonly desk: ProjectDesk;
  readonly reader: Reader;
  renderer(): Renderer;
  live(): LiveProject;
  now(): Promise<Instant>;
}

export function createRehearsal(parts: RehearsalParts): Rehearsal {
  const { desk, reader } = parts;
  return {
    async tryOut(workflow, changes, asked) {
      const live = await desk.prepare(changes);
      refuseUnknown(live.project, workflow);
      const now = await parts.now();
      const who = await whoOf(reader, live.project, asked, now);
      const { given, until, variant, others } = asked;
      const tried = endless(() =>
        tryOut(live.project, {
          ...{ workflow: others ? null : workflow, who, given, now },
          start: asked.start ?? null,
          ...(until ? { until } : {}),
          variants: Object.fromEntries(
            Object.entries(variant).map(([step, name]) => [`${workflow}/${step}`, name]),
          ),
        }),
      );
      return { ...tried, live, words: await wordsOf(tried, live, parts.renderer()) };
    },
    async simulate({ workflow, changes, days, share }, onProgress) {
      const before = parts.live();
      const after = await desk.prepare(changes);
      refuseUnknown(after.project, workflow);
      const until = await parts.now();
      const span = { from: until - days * DAY, until };
      const people = await reader.countContacts();
      const crowd = openCrowd(reader, { people, share, until }, onProgress);
      const lived = await endlessly(async () =>
        after.hash === before.hash
          ? { after: await simulate(after.project, crowd.people(), span), comparison: null }
          : comparisonOf(await compare(before.project, after.project, crowd.people(), span)),
      );
      return { ...span, people, asked: lived.after.people, cut_short: crowd.isCutShort(), ...lived };
    },
  };
}

function comparisonOf(comparison: Comparison): Pick<Rehearsed, 'after' | 'comparison'> {
  return { after: comparison.after, comparison };
}

function refuseUnknown({ workflows }: Project, workflow: string): void {
  if (!workflows.has(workflow))
    throw new UserError('no_such_workflow', `There is no workflow called "${workflow}".`);
}

async function whoOf(reader: Reader, project: Project, asked: TryAsked, now: Instant) {
  if (asked.contact_id === undefined) return { made_up: asked.contact ?? {} };
  const stored = await reader.findContact(asked.contact_id);
  if (!stored) throw new UserError('no_such_contact', `There is no contact "${asked.contact_id}".`);
  return { known: contactNow(await readRecords(reader, stored, now), project), now };
}

const MOST_RENDERED = 50;

async function wordsOf(tried: Tried, live: LiveProject, renderer: Renderer): Promise<(Preview | null)[]> {
  const words: (Preview | null)[] = [];
  for (const { message, contact } of tried.life.messages) {
    const isMore = words.length >= MOST_RENDERED;
    words.push(isMore ? null : await renderMessage(live, renderer, contact, message, message.owed_at));
  }
  return words;
}

function endless<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw endlessError(error);
  }
}

async function endlessly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw endlessError(error);
  }
}

function endlessError(error: unknown): unknown {
  if (error instanceof EndlessMoment)
    return new UserError('endless', `This has no end: ${error.message}. Let one of the workflows wait.`);
  if (error instanceof EndlessTry)
    return new UserError(
      'endless',
      'This goes round so often that it was stopped. Let it wait longer, or try fewer days.',
    );
  return error;
}

const MOST_PEOPLE = 5000;
/** Milliseconds: longer nobody waits. */
const LONGEST = 60_000;
/** After so many, others have their turn. */
const BREATH = 15;

interface Crowd {
  people(): AsyncGenerator<Person>;
  isCutShort(): boolean;
}

/** A share of the people, chosen by chance, with all that happened to them. */
function openCrowd(
  reader: Reader,
  { people, share, until }: { readonly people: number; readonly share: number; readonly until: Instant },
  onProgress: (share: number) => void,
): Crowd {
  const chosen = Math.min(share, people <= MOST_PEOPLE ? 1 : MOST_PEOPLE / people);
  const expected = Math.max(1, people * chosen);
  const began = performance.now();
  let cut_short = false;
  let asked = 0;
  let breathed = began;

  async function breathe(): Promise<void> {
    if (performance.now() - breathed < BREATH) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathed = performance.now();
  }

  return {
    async *people() {
      for await (const batch of reader.contacts({ share: chosen })) {
        const ids = batch.map(({ contact }) => contact.id);
        for (const [contact_id, events] of await reader.eventsOf(ids, until)) {
          await breathe();
          asked += 1;
          onProgress(asked / expected);
          if (performance.now() - began > LONGEST) {
            cut_short = true;
            return;
          }
          if (events.length > 0) yield { contact_id, events };
        }
      }
    },
    isCutShort: () => cut_short,
  };
}
