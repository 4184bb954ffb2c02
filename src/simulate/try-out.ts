/** One person's way through a workflow in virtual time, step by step: somebody made up, or somebody as they stand now. */
import type { Contact } from '../core/contacts/contact.ts';
import { zoneOf as zoneOfContact } from '../core/contacts/locale.ts';
import type { Event, Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { exactMilliseconds } from '../core/time/duration.ts';
import { instantAt } from '../core/time/zone.ts';
import { END, type Step, type Then, type Walk } from '../core/workflows/step.ts';
import type { Workflow } from '../core/workflows/workflow.ts';
import { live, type Life } from './live.ts';
import { momentAt, type Moment } from './moment.ts';
import { answersOf, contactOf, eventOf, zoneOf, type Fields } from './scene.ts';
import type { Given } from './test-file.ts';
import { testProject } from './test-project.ts';

export interface TryOut {
  /** Only this one runs, also where it is a draft; null: the whole project, as it stands. */
  readonly workflow: string | null;
  readonly who: { readonly made_up: Fields } | { readonly known: Contact; readonly now: Instant };
  /** By the clock of whom it is about: milliseconds that UTC would need to show the same. Null: now, or today at ten. */
  readonly start: number | null;
  /** Where nothing says when it starts. */
  readonly now: Instant;
  readonly given: readonly Given[];
  /** Absent: 30 days after the last thing that is given. */
  readonly until?: Moment | undefined;
  /** By `workflow/step`. */
  readonly variants?: Readonly<Record<string, string>>;
}

/** One stay at one step. */
export interface Stay {
  readonly workflow: string;
  readonly run: number;
  readonly step: string;
  readonly visit: number;
  readonly arrived_at: Instant;
  left_at: Instant | null;
  /** Where it went on; null where it ended here or stands here still, and `END` where nothing follows. */
  to: string | null;
}

export interface Tried {
  readonly zone: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly given: readonly Event[];
  /** In the order of arrival. */
  readonly stays: readonly Stay[];
  readonly life: Life;
}

const WATCHED = exactMilliseconds({ amount: 30, unit: 'day' });
const LONGEST = exactMilliseconds({ amount: 400, unit: 'day' });
/** A workflow that goes round once an hour decides as often within some weeks. */
const MOST_DECISIONS = 2000;

/** The workflow goes round so often that nobody would look at it. */
export class EndlessTry extends Error {}

/** @throws EndlessMoment, EndlessTry */
export function tryOut(project: Project, asked: TryOut): Tried {
  const stays = new Map<string, Stay>();
  const settled = testProject(project, {
    workflows: asked.workflow === null ? null : [asked.workflow],
    variants: asked.variants ?? {},
    holdout: 'never',
  });
  const { who } = asked;
  const zone = 'known' in who ? zoneOfContact(who.known, settled) : zoneOf(who.made_up, settled);
  const start = asked.start === null ? asked.now : instantAt(asked.start, zone);
  const momentOf = (moment: Moment): Instant => momentAt(moment, start, zone);
  const given = asked.given.flatMap((one, index) => eventOf(one, index, momentOf));
  const last = Math.max(start, ...given.map(({ occurred_at }) => occurred_at));
  const end = Math.min(asked.until ? momentOf(asked.until) : last + WATCHED, start + LONGEST);
  const born = Math.min(start, ...given.map(({ occurred_at }) => occurred_at));
  const contact = 'known' in who ? who.known : contactOf(who.made_up, settled, born);
  const watched = watchedProject('known' in who ? { ...settled, live_since: who.now } : settled, stays);
  let decisions = 0;
  const life = live(contact, given, watched, {
    until: end,
    answer: answersOf(asked.given, momentOf),
    onDecided() {
      decisions += 1;
      if (decisions > MOST_DECISIONS) throw new EndlessTry();
    },
  });
  return { zone, start, end, given, stays: [...stays.values()], life };
}

/** Its steps note who comes and goes. */
function watchedProject(project: Project, stays: Map<string, Stay>): Project {
  const list = [...project.workflows.values()].map((workflow): Workflow => ({
    ...workflow,
    steps: workflow.steps.map((step) => watchedStep(step, workflow, stays)),
  }));
  const by_id = new Map(list.map((workflow) => [workflow.id, workflow]));
  return {
    ...project,
    workflows: by_id,
    version(id, version) {
      const workflow = by_id.get(id);
      return workflow?.version === version ? workflow : project.version(id, version);
    },
  };
}

function watchedStep(step: Step, { steps }: Workflow, stays: Map<string, Stay>): Step {
  const { due, happen } = step;
  const noteStay = ({ run }: Walk): Stay => {
    const { workflow, number, visit, arrived_at } = run;
    const key = `${workflow}#${number}/${visit}`;
    const known = stays.get(key);
    if (known?.step === step.id) return known;
    const stay: Stay = {
      ...{ workflow, run: number, step: step.id, visit },
      ...{ arrived_at, left_at: null, to: null },
    };
    stays.set(key, stay);
    return stay;
  };
  const noteThen = <T extends Then | undefined>(walk: Walk, then: T): T => {
    if (!then || 'stay_until' in then) return then;
    const stay = noteStay(walk);
    stay.left_at = walk.now;
    stay.to = 'go' in then ? (then.go === END ? AT_END : (steps[then.go]?.id ?? null)) : null;
    return then;
  };
  return {
    ...step,
    arrive(walk) {
      noteStay(walk);
      return noteThen(walk, step.arrive(walk));
    },
    ...(due ? { due: (walk: Walk) => noteThen(walk, due(walk)) } : {}),
    ...(happen ? { happen: (walk, event) => noteThen(walk, happen(walk, event)) } : {}),
  };
}

/** Where whoever has walked to the end of a workflow goes. */
const AT_END = ':end';
