import type { Project } from '../core/project.ts';
import type { Calendar } from '../core/time/calendar.ts';
import { MINUTE } from '../core/time/date.ts';
import type { Step, Then, Walk } from '../core/workflows/step.ts';
import type { Workflow } from '../core/workflows/workflow.ts';

/** What a test settles that is otherwise left to each contact's share. */
export interface Settled {
  /** Only these run, also where they are drafts or paused; null: all, as they stand. */
  readonly workflows: readonly string[] | null;
  /** By `workflow/step`. */
  readonly variants: Readonly<Record<string, string>>;
  readonly holdout: 'never' | 'always';
}

/**
 * The project as a test runs it: whoever enters is or is not held out, takes the variant that the test names, and goes
 * on at the opening minute itself, where people are else spread over the minutes after it.
 */
export function testProject(project: Project, { workflows, variants, holdout }: Settled): Project {
  const chosen = [...project.workflows.values()].filter(({ id }) => workflows?.includes(id) ?? true);
  const settled = chosen.map((workflow): Workflow => ({
    ...workflow,
    status: workflows ? 'live' : workflow.status,
    holdout: workflow.holdout > 0 && holdout === 'always' ? 100 : 0,
    steps: workflow.steps.map((step) => (step.verb === 'wait_until' ? unspread(step) : step)),
  }));
  const by_id = new Map(settled.map((workflow) => [workflow.id, workflow]));
  return {
    ...project,
    live_since: -Infinity,
    winners: { ...project.winners, ...variants },
    workflows: by_id,
    version: (id, version) => {
      const workflow = by_id.get(id);
      return workflow?.version === version ? workflow : project.version(id, version);
    },
  };
}

/** Nobody is ever spread beyond the hours, so where these last a minute, everybody goes on within that minute. */
function unspread(step: Step): Step {
  const soonest = (
    walk: Walk,
    then: Then | undefined,
    ask: (walk: Walk) => Then | undefined,
  ): Then | undefined => {
    if (!then || !('stay_until' in then) || then.stay_until === null) return then;
    const again = ask({ ...walk, calendars: openForAMinute(walk.calendars) });
    if (!again || !('stay_until' in again) || again.stay_until === null) return then;
    if (again.stay_until === then.stay_until) return then;
    return { ...then, stay_until: Math.floor(again.stay_until / MINUTE) * MINUTE };
  };
  const { due } = step;
  return {
    ...step,
    arrive: (walk) => soonest(walk, step.arrive(walk), step.arrive) as Then,
    ...(due ? { due: (walk: Walk) => soonest(walk, due(walk), due) as Then } : {}),
  };
}

type Calendars = Readonly<Record<string, Calendar>>;
type Hours = readonly { readonly from: number; readonly to: number }[];

const shortened = new WeakMap<Calendars, Calendars>();

function openForAMinute(calendars: Calendars): Calendars {
  const known = shortened.get(calendars);
  if (known) return known;
  const short = Object.fromEntries(
    Object.entries(calendars).map(([id, calendar]) => [id, shorten(calendar)]),
  );
  shortened.set(calendars, short);
  return short;
}

function shorten(calendar: Calendar): Calendar {
  const firstMinute = (hours: Hours): Hours => hours.map(({ from }) => ({ from, to: from + 1 }));
  const open = Object.entries(calendar.open).map(([day, hours]) => [day, hours && firstMinute(hours)]);
  return {
    ...calendar,
    open: Object.fromEntries(open) as Calendar['open'],
    ...(calendar.special_days
      ? { special_days: calendar.special_days.map((day) => ({ ...day, hours: firstMinute(day.hours) })) }
      : {}),
  };
}
