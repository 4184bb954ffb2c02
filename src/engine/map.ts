/** The journey map of the project that is live, by what was counted. */
import { drawMap } from '../core/map/draw.ts';
import type { Counted, GroundStage, MapGround } from '../core/map/ground.ts';
import type { FactKind } from '../core/map/fact.ts';
import type { JourneyMap, MapDays, MapPeriod, PlannedStage } from '../core/map/shapes.ts';
import { inBoth, reason, type Reason } from '../core/reason.ts';
import { DAY, dateOf, dayOf } from '../core/time/date.ts';
import { durationWords, exactMilliseconds, type Duration } from '../core/time/duration.ts';
import { localDate } from '../core/time/zone.ts';
import type { Instant } from '../core/events/event.ts';
import type { LoadedProject } from '../project/load.ts';
import type { Live } from './live-project.ts';

/** Days are inclusive; null: of everybody. */
export interface MapFilter {
  readonly from: string;
  readonly to: string;
  readonly segment: string | null;
  readonly persona: string | null;
  readonly language: string | null;
}

export interface MapBook {
  counted(filter: MapFilter): Promise<Omit<Counted, 'period'>>;
  days(
    filter: MapFilter,
    fact: FactKind,
    stage: string | null,
    key: string | null,
  ): Promise<readonly { readonly day: string; readonly n: number; readonly total: number }[]>;
}

export interface MapAsked extends Partial<MapFilter> {
  /** The period that it is compared with; absent: none. */
  readonly compare_from?: string;
  readonly compare_to?: string;
}

export interface MapDesk {
  /** Of the last thirty days, where nothing else is asked for. */
  draw(asked: MapAsked): Promise<JourneyMap>;
  days(asked: MapAsked, fact: FactKind, stage: string | null, key: string | null): Promise<MapDays>;
}

export interface MapParts {
  readonly book: MapBook;
  readonly live: Live;
  now(): Promise<Instant>;
}

export function createMapDesk({ book, live, now }: MapParts): MapDesk {
  const todayOf = async (): Promise<string> => localDate(await now(), live().project.time_zone);
  return {
    async draw(asked) {
      const today = await todayOf();
      const filter = filterOf(asked, today);
      const { compare_from: from, compare_to: to } = asked;
      const other = from === undefined || to === undefined ? null : { ...filter, from, to };
      const [counted, before] = await Promise.all([countedIn(book, filter), other && countedIn(book, other)]);
      return drawMap(groundOf(live()), counted, before, today);
    },
    async days(asked, fact, stage, key) {
      const filter = filterOf(asked, await todayOf());
      const days = await book.days(filter, fact, stage, key);
      return { days: days.map(({ day, n, total }) => ({ day, n, mean: n > 0 ? total / n : null })) };
    },
  };
}

const USUAL_DAYS = 30;

function filterOf({ from, to, segment, persona, language }: MapAsked, today: string): MapFilter {
  const last = to ?? today;
  return {
    from: from ?? dateOf((dayOf(last) ?? 0) - USUAL_DAYS + 1),
    to: last,
    ...{ segment: segment ?? null, persona: persona ?? null, language: language ?? null },
  };
}

async function countedIn(book: MapBook, filter: MapFilter): Promise<Counted> {
  return { period: periodOf(filter), ...(await book.counted(filter)) };
}

function periodOf({ from, to }: MapFilter): MapPeriod {
  return { from, to, days: (dayOf(to) ?? 0) - (dayOf(from) ?? 0) + 1 };
}

function groundOf({ project, stages, map, segments, settings }: LoadedProject): MapGround {
  const plans = new Map(map.stages.map((planned) => [planned.stage, planned]));
  const titles = new Map(project.stages.list.map(({ id, title }) => [id, title]));
  return {
    title: inBoth(map.title, settings.name),
    zone: project.time_zone,
    currency: settings.currency,
    choices: {
      personas: map.personas.map(({ id, name }) => ({ id, name: inBoth(name, id) })),
      segments: Object.entries(segments.segments).map(([id, { title }]) => ({ id, name: inBoth(title, id) })),
      languages: [...project.languages],
    },
    stages: stages.stages.map(({ id }): GroundStage => {
      const plan = plans.get(id);
      return {
        stage: id,
        title: titles.get(id) ?? reason(id, id),
        planned: plannedOf(plan, titles),
        ...goalOf(plan?.our_goal),
      };
    }),
  };
}

type Plan = LoadedProject['map']['stages'][number];
type Text = NonNullable<Plan['customer_goal']>;
type Goal = Plan['our_goal'];

function plannedOf(plan: Plan | undefined, titles: ReadonlyMap<string, Reason>): PlannedStage {
  const all = (list: readonly Text[] | undefined): Reason[] => (list ?? []).map((text) => inBoth(text, ''));
  return {
    customer_goal: plan?.customer_goal === undefined ? null : inBoth(plan.customer_goal, ''),
    our_goal: plan?.our_goal
      ? { words: goalWords(plan.our_goal, titles), share: shareOf(plan.our_goal.share) }
      : null,
    doing: all(plan?.doing),
    thinking: all(plan?.thinking),
    feeling: plan?.feeling
      ? {
          expected: plan.feeling.expected,
          words: plan.feeling.words === undefined ? null : inBoth(plan.feeling.words, ''),
        }
      : null,
    touchpoints: (plan?.touchpoints ?? []).map(({ name, channel, measured_by, workflow }) => ({
      name: inBoth(name, channel),
      channel,
      measured_by: measured_by ?? null,
      workflow: workflow ?? null,
    })),
    pains: all(plan?.pains),
    ideas: all(plan?.ideas),
    moment_of_truth: plan?.moment_of_truth ?? false,
  };
}

/** Where the goal says how long it may take, whoever takes longer has come to a standstill. */
function goalOf(goal: Goal): Pick<GroundStage, 'goal_stage' | 'stalled_after_days'> {
  if (!goal || !('moves_to' in goal)) return { goal_stage: null, stalled_after_days: USUAL_DAYS };
  return { goal_stage: goal.moves_to, stalled_after_days: daysOf(goal.within) };
}

function daysOf(duration: Duration): number {
  return Math.max(1, Math.ceil(exactMilliseconds(duration) / DAY));
}

function goalWords(goal: NonNullable<Goal>, titles: ReadonlyMap<string, Reason>): Reason {
  if (!('moves_to' in goal))
    return reason(`fulfil what is said of ${goal.field}`, `cumpla lo dicho de ${goal.field}`);
  const to = titles.get(goal.moves_to) ?? reason(goal.moves_to, goal.moves_to);
  return reason(
    `go on to ${to.en} within ${durationWords(goal.within, 'en')}`,
    `pase a ${to.es} en ${durationWords(goal.within, 'es')}`,
  );
}

function shareOf(share: string): number {
  return Number.parseInt(share, 10) / 100;
}
