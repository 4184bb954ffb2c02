/** Where a contact stands at a moment by the rules of the project, why, and what would move it. */
import type { Facts } from '../../core/conditions/answer.ts';
import { churnRiskOf, type ChurnRisk } from '../../core/conditions/subjects/churn-risk.ts';
import type { Instant } from '../../core/events/event.ts';
import { own } from '../../core/json.ts';
import { chooseTone, type Formalities, type HoldBack } from '../../core/messages/tone.ts';
import type { Project } from '../../core/project.ts';
import { reason, type Reason } from '../../core/reason.ts';
import type { SegmentMove } from '../../core/segments/segments.ts';
import { stageOf, type StageMove } from '../../core/stages/stages.ts';
import { after } from '../../core/time/duration.ts';
import type { LoadedProject } from '../../project/load.ts';
import type { Records } from './records.ts';
import { momentOrNever, treeOf, type Tree } from './tree.ts';

/** The rule of one stage. */
export interface StageRule {
  readonly stage: string;
  readonly title: Reason;
  readonly stands_here: boolean;
  readonly holds: boolean;
  readonly until: Instant | null;
  readonly because: Reason;
  /** Null for the stage where everybody begins. */
  readonly tree: Tree | null;
}

export interface StageStanding {
  readonly stage: string;
  readonly title: Reason;
  readonly since: Instant;
  /** Of the move that led here; null where there was none. */
  readonly because: Reason | null;
  readonly history: readonly StageMove[];
  /** In the order of the journey. */
  readonly rules: readonly StageRule[];
  /** Up to then the contact stays, whatever the rules say, unless it goes forward; null where it may go. */
  readonly stays_until: Instant | null;
  /** Where time alone would move it to, if nothing happened. */
  readonly next: StageMove | null;
}

export function stageStanding(
  { stages, project }: LoadedProject,
  records: Records,
  facts: Facts,
): StageStanding {
  const { contact, now, zone } = facts;
  const last = records.stage_moves.at(-1);
  const here = project.stages.list.find(({ id }) => id === contact.stage);
  const free = here?.stay_at_least ? after(contact.stage_since, here.stay_at_least, zone) : now;
  const rules = project.stages.list.map(({ id, title, enter_when }): StageRule => {
    const written = stages.stages.find((stage) => stage.id === id)?.enter_when;
    const answer = enter_when?.answer(facts);
    return {
      ...{ stage: id, title, stands_here: id === contact.stage, holds: answer?.holds ?? true },
      until: momentOrNever(answer?.until ?? Infinity),
      because: enter_when?.because(facts) ?? BEGINS_HERE,
      tree: written ? treeOf(written, project, facts) : null,
    };
  });
  return {
    ...{ stage: contact.stage, title: here?.title ?? reason(contact.stage, contact.stage) },
    since: contact.stage_since,
    because: last?.to === contact.stage ? last.because : null,
    ...{ history: records.stage_moves, rules, stays_until: free > now ? free : null },
    next: nextMove(project, facts),
  };
}

const BEGINS_HERE = reason('everybody begins here', 'todo el mundo empieza aquí');

/** Asked at every moment at which time alone could move the contact, until it does. */
function nextMove({ stages }: Project, facts: Facts): StageMove | null {
  const from = facts.contact.stage;
  let at = facts.now;
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const { stage, because, until } = stageOf(stages, { ...facts, now: at });
    if (because !== null) return { from, to: stage, at, because };
    if (until === Infinity || until <= at) return null;
    at = until;
  }
  return null;
}

const MOST_LOOKS = 1000;

export interface SegmentStanding {
  readonly segment: string;
  readonly title: Reason;
  /** As recorded. */
  readonly inside: boolean;
  readonly since: Instant | null;
  /** Of the move that led in or out; null where there was none. */
  readonly moved_because: Reason | null;
  /** What its condition answers. */
  readonly holds: boolean;
  readonly until: Instant | null;
  readonly because: Reason;
  readonly tree: Tree | null;
}

export function segmentStandings(
  loaded: LoadedProject,
  records: Records,
  facts: Facts,
): readonly SegmentStanding[] {
  return loaded.project.segments.map(({ id, title, when }) => {
    const written = own(loaded.segments.segments, id)?.when;
    const move = records.segment_moves.findLast(({ segment }: SegmentMove) => segment === id);
    const since = own(facts.contact.segments, id);
    const { holds, until } = when.answer(facts);
    return {
      ...{ segment: id, title, inside: since !== undefined, since: since ?? move?.at ?? null },
      moved_because: move?.because ?? null,
      ...{ holds, until: momentOrNever(until), because: when.because(facts) },
      tree: written ? treeOf(written, loaded.project, facts) : null,
    };
  });
}

/** Something that is one of several, such as the mood. */
export interface Found<T> {
  readonly is: T;
  readonly until: Instant | null;
  readonly because: Reason | null;
}

export function moodStanding({ moods }: Project, facts: Facts): Found<string> {
  const { mood, until, because } = moods.of(facts);
  return { is: mood, until: momentOrNever(until), because };
}

/** Null where no persona fits. */
export function personaStanding({ personas }: Project, facts: Facts): Found<string> | null {
  const { persona, until, because } = personas.of(facts);
  return persona === null ? null : { is: persona, until: momentOrNever(until), because };
}

/** Null for whoever never bought. */
export function churnStanding({ contact, now }: Facts): Found<ChurnRisk> | null {
  const found = churnRiskOf(contact.profile, now);
  return found ? { is: found.risk, until: momentOrNever(found.until), because: found.because } : null;
}

export interface ToneStanding {
  readonly channel: string;
  readonly tone: string;
  readonly formality: Formalities;
  /** The rule, and the mood where it is about that. */
  readonly because: Reason;
  readonly hold_back: readonly HoldBack[];
  readonly until: Instant | null;
}

/** For e-mail, and for each channel that a rule names. */
export function toneStandings({ tone: plan, moods }: Project, facts: Facts): readonly ToneStanding[] {
  const channels = new Set(['email', ...plan.rules.flatMap(({ channel }) => channel ?? [])]);
  const mood = moods.of(facts);
  return [...channels].map((channel) => {
    const { tone, formality, because, hold_back, until } = chooseTone(plan, channel, facts.contact, mood);
    return { channel, tone, formality, because, hold_back, until: momentOrNever(until) };
  });
}
