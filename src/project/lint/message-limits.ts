/** Promotions that the limits of the project would always hold back. */
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { durationWords, exactMilliseconds, type Duration } from '../../core/time/duration.ts';
import type { Problem } from '../problem.ts';
import { areEqual, implies } from './implies.ts';
import { problemAt, reEntryOf, workflowFile, type Lint, type LintInput } from './input.ts';
import { timelinesOf, type Sending } from './timeline.ts';

export const messageLimits: Lint = (input) => {
  const live = input.workflows.map(({ source }) => source).filter(({ status }) => status === 'live');
  return live.flatMap((source) => {
    const own = ownTooMany(input, source);
    return own.length > 0 ? own : live.flatMap((other) => starvedBy(input, source, other)).slice(0, 1);
  });
};

interface Limit {
  readonly messages: number;
  readonly per: Duration;
  /** Whether messages of this purpose count; only promotions are ever held back. */
  counts(purpose: string): boolean;
  readonly what: string;
}

function limitsOf({ settings: { limits } }: LintInput): Limit[] {
  const { promotions } = limits;
  return [
    ...(promotions
      ? [{ ...promotions, counts: (purpose: string) => purpose === 'promotion', what: 'promotions' }]
      : []),
    ...(limits.any ? [{ ...limits.any, counts: () => true, what: 'messages' }] : []),
  ];
}

/** What of a timeline is sent, and what is held back by which limit. */
interface Sent {
  readonly marks: readonly Sending[];
  readonly held: readonly { readonly sending: Sending; readonly limit: Limit }[];
}

function send(input: LintInput, timeline: readonly Sending[]): Sent {
  const purposeOf = ({ message }: Sending): string => input.templates[message]?.purpose ?? 'service';
  const marks: Sending[] = [];
  const held: { sending: Sending; limit: Limit }[] = [];
  for (const sending of timeline) {
    const limit = limitsOf(input).find(({ messages, per, counts }) => {
      const from = sending.at - exactMilliseconds(per);
      return marks.filter((mark) => mark.at > from && counts(purposeOf(mark))).length >= messages;
    });
    if (limit && purposeOf(sending) === 'promotion') held.push({ sending, limit });
    else marks.push(sending);
  }
  return { marks, held };
}

/** Only what is held back on every way that leads to it. */
function ownTooMany(input: LintInput, source: WorkflowSource): Problem[] {
  const ways = timelinesOf(source.steps).map((timeline) => send(input, timeline));
  const free = new Set(ways.flatMap(({ marks }) => marks.map(placeOf)));
  const held = new Map(ways.flatMap((way) => way.held.map((one) => [placeOf(one.sending), one])));
  return [...held].flatMap(([place, { sending, limit }]) => {
    if (free.has(place)) return [];
    const message =
      `"${sending.message}" would always be held back, as a run has sent ${limit.messages} ${limit.what} within ` +
      `${durationWords(limit.per, 'en')} by then and etapa.yaml allows no more; wait longer before it, or leave one out`;
    return [problemAt(input, 'warning', workflowFile(source), sending.path, message)];
  });
}

function placeOf({ path }: Sending): string {
  return path.join('/');
}

/** Whoever enters this workflow enters the other too, which uses up the limit before it sends its first promotion. */
function starvedBy(input: LintInput, source: WorkflowSource, other: WorkflowSource): Problem[] {
  if (source === other || !takesAll(source, other)) return [];
  const others = timelinesOf(other.steps).map((timeline) => send(input, timeline).marks);
  const firsts = timelinesOf(source.steps).flatMap((timeline) => firstPromotion(input, timeline) ?? []);
  const [first] = firsts;
  if (!first || others.length === 0 || !firsts.every(({ exact }) => exact)) return [];
  const is_ahead = RANKS[other.priority] > RANKS[source.priority];
  const limit = limitsOf(input).find((one) =>
    firsts.every((mine) => others.every((marks) => isUsedUp(input, one, marks, mine, is_ahead))),
  );
  if (!limit) return [];
  const message =
    `"${first.message}" would always be held back, as workflow "${other.workflow}" is entered at the same moment and ` +
    `sends the ${limit.messages} ${limit.what} that etapa.yaml allows within ${durationWords(limit.per, 'en')}; ` +
    'wait longer before it, or give this workflow a higher "priority"';
  return [problemAt(input, 'warning', workflowFile(source), first.path, message)];
}

function firstPromotion({ templates }: LintInput, timeline: readonly Sending[]): Sending | undefined {
  return timeline.find(({ message }) => templates[message]?.purpose === 'promotion');
}

/** At one moment the workflow of higher priority sends first. */
function isUsedUp(
  { templates }: LintInput,
  limit: Limit,
  marks: readonly Sending[],
  mine: Sending,
  is_ahead: boolean,
): boolean {
  const from = mine.at - exactMilliseconds(limit.per);
  const used = marks.filter(
    ({ at, exact, message }) =>
      exact &&
      at > from &&
      (at < mine.at || (at === mine.at && is_ahead)) &&
      limit.counts(templates[message]?.purpose ?? 'service'),
  );
  return used.length >= limit.messages;
}

const RANKS = { high: 2, normal: 1, low: 0 } as const;

/** Whether everybody who is in this workflow has entered the other at the same moment, and is in it for as long. */
function takesAll(source: WorkflowSource, other: WorkflowSource): boolean {
  const isSameTrigger = JSON.stringify(source.enter_when) === JSON.stringify(other.enter_when);
  const { only_if } = other;
  const enters = only_if === undefined || (source.only_if !== undefined && implies(source.only_if, only_if));
  const again = reEntryOf(other);
  const isAlways = again === 'always' || (again === 'never' && reEntryOf(source) === 'never');
  const outs = [...(source.exit_when ?? []), ...(source.goal ? [source.goal] : [])];
  const stays = [...(other.exit_when ?? []), ...(other.goal ? [other.goal] : [])].every((out) =>
    outs.some((mine) => areEqual(mine, out)),
  );
  return (
    isSameTrigger && source.enter_when.by !== 'hand' && enters && isAlways && stays && other.holdout === 0
  );
}
