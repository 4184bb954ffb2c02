/**
 * What will be sent in the days to come, from the runs that wait now and the messages that are owed: what is sent if
 * nothing else happens, and what may be besides, where it depends on a condition which way a run goes.
 */
import { newContact } from '../core/contacts/contact.ts';
import type { Facts } from '../core/conditions/answer.ts';
import type { Instant } from '../core/events/event.ts';
import type { Project } from '../core/project.ts';
import { nextOpen } from '../core/time/calendar.ts';
import { WEEKDAYS } from '../core/time/date.ts';
import { after, type Duration } from '../core/time/duration.ts';
import { localDate } from '../core/time/zone.ts';
import { sendingOf } from '../core/workflows/sending.ts';
import { compileSchedule } from '../core/workflows/triggers/schedule.ts';
import type { StepSource } from '../core/workflows/verb.ts';
import type { StepOutline, Workflow } from '../core/workflows/workflow.ts';

/** Runs of one version that stand at one step until the same hour. */
export interface WaitingRuns {
  readonly workflow: string;
  readonly version: string;
  readonly step: string;
  /** The step before which they are held; empty before the end, null: they are not held. */
  readonly held_before: string | null;
  readonly due_at: Instant;
  readonly runs: number;
}

/** Messages that wait to leave in the same hour. */
export interface WaitingMessages {
  readonly workflow: string;
  readonly message: string;
  readonly channel: string;
  readonly due_at: Instant;
  readonly messages: number;
}

export interface ForecastBook {
  /** Of some of the partitions, where there are too many for one answer. */
  waitingRuns(
    until: Instant,
  ): Promise<{ readonly groups: readonly WaitingRuns[]; readonly partitions: number }>;
  waitingMessages(until: Instant): Promise<{
    readonly groups: readonly WaitingMessages[];
    /** There are more than were counted. */
    readonly more: boolean;
  }>;
}

/** What one day brings of one message. */
export interface Expected {
  readonly date: string;
  readonly workflow: string;
  readonly message: string;
  readonly channel: string;
  /** Is sent if nothing else happens until then. */
  readonly likely: number;
  /** At most so many more: it depends on a condition. */
  readonly perhaps: number;
}

export interface Waiting {
  readonly runs: readonly WaitingRuns[];
  /** By how much the counts of runs are to be multiplied. */
  readonly scale: number;
  readonly messages: readonly WaitingMessages[];
}

export function forecast(
  project: Project,
  { runs, scale, messages }: Waiting,
  now: Instant,
  until: Instant,
): Expected[] {
  const zone = project.time_zone;
  const book = new Map<string, Expected>();
  const add = (one: Expected): void => {
    const key = JSON.stringify([one.date, one.workflow, one.message, one.channel]);
    const known = book.get(key) ?? { ...one, likely: 0, perhaps: 0 };
    book.set(key, { ...known, likely: known.likely + one.likely, perhaps: known.perhaps + one.perhaps });
  };
  for (const { workflow, message, channel, due_at, messages: likely } of messages)
    add({ date: localDate(Math.max(due_at, now), zone), workflow, message, channel, likely, perhaps: 0 });
  const walkers = new Map<string, Walker>();
  for (const group of runs) {
    const { workflow: id, version } = group;
    const workflow = project.version(id, version);
    if (!workflow || project.workflows.get(id)?.status !== 'live') continue;
    const walker = walkers.get(`${id}@${version}`) ?? createWalker(project, workflow, now, until);
    walkers.set(`${id}@${version}`, walker);
    for (const [place, { likely, perhaps }] of walker.from(group)) {
      const [date = '', message = '', channel = ''] = place.split(' ');
      const people = group.runs * scale;
      add({ date, workflow: id, message, channel, likely: likely * people, perhaps: perhaps * people });
    }
  }
  return [...book.values()].map(rounded).sort(byDate);
}

function rounded(one: Expected): Expected {
  return { ...one, likely: Math.round(one.likely), perhaps: Math.round(one.perhaps) };
}

function byDate(a: Expected, b: Expected): number {
  const [one, other] = [a, b].map(({ date, workflow, message }) => `${date} ${workflow} ${message}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

/** Of one run: how many messages of a kind it sends on a day. Keys: date, message and channel, with spaces between. */
type Tally = ReadonlyMap<string, { readonly likely: number; readonly perhaps: number }>;

interface Walker {
  from(group: WaitingRuns): Tally;
}

const NOTHING: Tally = new Map();

/** Enough for each workflow; a loop without a wait ends here. */
const MOST_STEPS = 200;

function createWalker(project: Project, workflow: Workflow, now: Instant, until: Instant): Walker {
  const zone = project.time_zone;
  const steps = new Map(workflow.outline.map((step) => [step.id, step]));
  const known = new Map<string, Tally>();
  const nobody = newContact('nobody', project.stages.start, now);
  const facts: Facts = { contact: nobody, now, zone };

  return {
    from({ step, held_before, due_at }) {
      const at = Math.max(due_at, now);
      if (held_before !== null) return held_before === '' ? NOTHING : walk(held_before, at, 0);
      const here = steps.get(step);
      return here ? walk(behindTheWait(here), at, 0) : NOTHING;
    },
  };

  /** Where a wait leads that ends by time alone. */
  function behindTheWait(step: StepOutline): string | undefined {
    return listsIn(step).get('if_not') ?? follower(step);
  }

  /** The step that comes behind: the next of its list, else what follows the step that holds the list. */
  function follower({ id, under }: StepOutline): string | undefined {
    const list = workflow.outline.filter((one) => one.under === under);
    const next = list[list.findIndex((one) => one.id === id) + 1];
    if (next) return next.id;
    const holder = steps.get(under.replace(/\.[^.]*\.$/, ''));
    return under === '' || !holder ? undefined : follower(holder);
  }

  /** The first step of each list that stands in it, by the list's name. */
  function listsIn({ id }: StepOutline): ReadonlyMap<string, string> {
    const lists = new Map<string, string>();
    for (const { id: inner, under } of workflow.outline) {
      const name = under.startsWith(`${id}.`) ? under.slice(id.length + 1, -1) : '';
      if (name !== '' && !name.includes('.') && !lists.has(name)) lists.set(name, inner);
    }
    return lists;
  }

  function walk(id: string | undefined, at: Instant, walked: number): Tally {
    const step = id === undefined ? undefined : steps.get(id);
    if (!step || at >= until || walked > MOST_STEPS) return NOTHING;
    const key = `${step.id} ${at}`;
    const found = known.get(key) ?? walkStep(step, at, walked + 1);
    known.set(key, found);
    return found;
  }

  function walkStep(step: StepOutline, at: Instant, walked: number): Tally {
    const source = JSON.parse(step.text) as StepSource;
    const sending = sendingOf(source);
    const rest = beyond(step, source, at, walked);
    if (!sending) return rest;
    const place = `${localDate(at, zone)} ${sending.message} ${sending.channels[0] ?? 'email'}`;
    return added([rest, new Map([[place, { likely: 1, perhaps: 0 }]])]);
  }

  function beyond(step: StepOutline, source: StepSource, at: Instant, walked: number): Tally {
    const written = source as unknown as Written;
    const lists = listsIn(step);
    switch (step.verb) {
      case 'exit':
        return NOTHING;
      case 'goto':
        return walk(written.goto, at, walked);
      case 'wait':
        return walk(follower(step), after(at, written.wait, zone), walked);
      case 'wait_until':
        return waitUntil(step, written.wait_until, at, walked);
      case 'wait_for':
      case 'ask':
        return walk(behindTheWait(step), written.up_to ? after(at, written.up_to, zone) : at, walked);
      case 'ab_test':
        return added(
          Object.entries(written.ab_test.variants).map(([name, { share }]) =>
            scaled(walk(lists.get(name) ?? follower(step), at, walked), share / 100),
          ),
        );
      case 'branch': {
        const ways = lists.has('otherwise') ? [...lists.values()] : [...lists.values(), follower(step)];
        return oneOf(ways.map((way) => walk(way, at, walked)));
      }
      default:
        return walk(follower(step), at, walked);
    }
  }

  function waitUntil(step: StepOutline, moment: Moment, at: Instant, walked: number): Tally {
    const next = follower(step);
    switch (moment.subject) {
      case 'hours': {
        const calendar = project.calendars[moment.hours];
        const open = calendar && nextOpen(calendar, zone, at);
        return open === undefined ? NOTHING : walk(next, open, walked);
      }
      case 'time': {
        const weekdays = (moment.day ?? WEEKDAYS).map((name) => WEEKDAYS.indexOf(name));
        const every = [{ days: { weekdays }, at: moment.time }];
        const times = compileSchedule({ by: 'schedule', every, zone: 'brand' }, zone);
        const then = times.by === 'moment' ? times.next(facts, at - 1) : undefined;
        return then === undefined ? NOTHING : walk(next, then, walked);
      }
      case 'date':
        return oneOf([walk(next, at, walked), NOTHING]);
    }
  }
}

/** What the steps hold that a walk asks for, as their schemas have read it. */
interface Written {
  readonly goto: string;
  readonly wait: Duration;
  readonly wait_until: Moment;
  readonly up_to?: Duration;
  readonly ab_test: { readonly variants: Readonly<Record<string, { readonly share: number }>> };
}

type Moment =
  | { readonly subject: 'hours'; readonly hours: string }
  | { readonly subject: 'time'; readonly time: number; readonly day?: readonly (typeof WEEKDAYS)[number][] }
  | { readonly subject: 'date' };

function added(tallies: readonly Tally[]): Tally {
  const all = new Map<string, { readonly likely: number; readonly perhaps: number }>();
  for (const tally of tallies)
    for (const [place, { likely, perhaps }] of tally) {
      const before = all.get(place) ?? { likely: 0, perhaps: 0 };
      all.set(place, { likely: before.likely + likely, perhaps: before.perhaps + perhaps });
    }
  return all;
}

/** Of several ways one is taken, and nobody knows which: what all of them send is likely, what only some do is not. */
function oneOf(ways: readonly Tally[]): Tally {
  const places = new Set(ways.flatMap((way) => [...way.keys()]));
  return new Map(
    [...places].map((place) => {
      const counts = ways.map((way) => way.get(place) ?? { likely: 0, perhaps: 0 });
      const likely = Math.min(...counts.map((count) => count.likely));
      const most = Math.max(...counts.map((count) => count.likely + count.perhaps));
      return [place, { likely, perhaps: most - likely }];
    }),
  );
}

function scaled(tally: Tally, by: number): Tally {
  return new Map(
    [...tally].map(([place, { likely, perhaps }]) => [place, { likely: likely * by, perhaps: perhaps * by }]),
  );
}
