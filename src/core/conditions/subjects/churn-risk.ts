/**
 * How likely a customer is to have left, told without training and in a sentence: by how long the silence since the
 * last order is, measured by the usual time between this customer's orders.
 */
import { z } from 'zod';
import type { Profile } from '../../contacts/contact.ts';
import type { Orders } from '../../contacts/orders.ts';
import type { Instant } from '../../events/event.ts';
import { reason, type Reason } from '../../reason.ts';
import { oneOrMany } from '../../schema.ts';
import { DAY } from '../../time/date.ts';
import { always, LOOKS, type Answer, type Question } from '../answer.ts';

export const CHURN_RISKS = ['low', 'medium', 'high'] as const;
export type ChurnRisk = (typeof CHURN_RISKS)[number];

export const churnRiskConditionSchema = z.strictObject({ churn_risk: oneOrMany(z.enum(CHURN_RISKS)) });
export type ChurnRiskCondition = z.infer<typeof churnRiskConditionSchema>;

/** So many gaps between orders tell a rhythm of one's own. */
const ENOUGH_GAPS = 3;
/** What is expected of somebody who has ordered once; with fewer gaps than enough it weighs as one more. */
const DEFAULT_GAP = 60 * DAY;
/** Who orders every other day is not about to leave after a week-end. */
const SHORTEST_GAP = 7 * DAY;
/** After so many usual gaps of silence the risk is medium, or high. */
const MEDIUM_FROM = 1.5;
const HIGH_FROM = 3;

export interface ChurnRiskNow {
  readonly risk: ChurnRisk;
  /** When silence alone raises it; `Infinity` when it is high. */
  readonly until: Instant;
  readonly because: Reason;
}

/** Undefined without an order that still stands: who has not come cannot leave. */
export function churnRiskOf(profile: Profile, now: Instant): ChurnRiskNow | undefined {
  const rhythm = rhythmOf(profile.orders);
  if (!rhythm) return undefined;
  const because = explain(rhythm, now);
  if (now < rhythm.medium_at) return { risk: 'low', until: rhythm.medium_at, because };
  if (now < rhythm.high_at) return { risk: 'medium', until: rhythm.high_at, because };
  return { risk: 'high', until: Infinity, because };
}

export function churnRiskQuestion({ churn_risk }: ChurnRiskCondition): Question {
  const isMeant = { low: false, medium: false, high: false };
  for (const risk of churn_risk) isMeant[risk] = true;
  return {
    answer({ contact, now }) {
      const rhythm = rhythmOf(contact.profile.orders);
      return rhythm ? answerOf(isMeant, rhythm, now) : always(false);
    },
    because({ contact, now }) {
      const found = churnRiskOf(contact.profile, now);
      if (!found)
        return reason('there is no churn risk without an order', 'sin pedidos no hay riesgo de abandono');
      const { risk, because } = found;
      return reason(
        `the churn risk is ${risk}: ${because.en}`,
        `el riesgo de abandono es ${ES[risk]}: ${because.es}`,
      );
    },
    memory: [],
    looks_at: LOOKS.orders,
  };
}

const ES: Readonly<Record<ChurnRisk, string>> = { low: 'bajo', medium: 'medio', high: 'alto' };

function answerOf(isMeant: Readonly<Record<ChurnRisk, boolean>>, rhythm: Rhythm, now: Instant): Answer {
  const at = (time: Instant): boolean =>
    isMeant[time < rhythm.medium_at ? 'low' : time < rhythm.high_at ? 'medium' : 'high'];
  const holds = at(now);
  const until = [rhythm.medium_at, rhythm.high_at].find((edge) => edge > now && at(edge) !== holds);
  return { holds, until: until ?? Infinity };
}

interface Rhythm {
  readonly last: Instant;
  /** Milliseconds from one order to the next. */
  readonly usual: number;
  /** Whether it is the customer's own, or still leans on what is expected of everybody. */
  readonly own: boolean;
  readonly medium_at: Instant;
  readonly high_at: Instant;
}

const rhythms = new WeakMap<Orders, Rhythm>();

function rhythmOf(orders: Orders): Rhythm | undefined {
  const known = rhythms.get(orders);
  if (known) return known;
  const times = orders.list.flatMap(({ id, at }) => (Object.hasOwn(orders.cancelled, id) ? [] : [at]));
  const last = times.at(-1);
  if (last === undefined) return undefined;
  const gaps = times.slice(1).map((time, index) => time - (times[index] as Instant));
  const own = gaps.length >= ENOUGH_GAPS;
  const usual = Math.max(SHORTEST_GAP, Math.round(own ? medianOf(gaps) : leaningMean(gaps)));
  const silentFor = (times_usual: number): Instant => Math.ceil(last + times_usual * usual);
  const rhythm = { last, usual, own, medium_at: silentFor(MEDIUM_FROM), high_at: silentFor(HIGH_FROM) };
  rhythms.set(orders, rhythm);
  return rhythm;
}

function medianOf(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] as number;
  return (lower + upper) / 2;
}

function leaningMean(gaps: readonly number[]): number {
  return gaps.reduce((sum, gap) => sum + gap, DEFAULT_GAP) / (gaps.length + 1);
}

function explain({ last, usual, own }: Rhythm, now: Instant): Reason {
  const silence = Math.max(0, Math.floor((now - last) / DAY));
  const every = Math.round(usual / DAY);
  return reason(
    `last bought ${silence === 0 ? 'less than a day' : days(silence, 'day')} ago, ${own ? 'usually' : 'expected'} every ${days(every, 'day')}`,
    `compró por última vez hace ${silence === 0 ? 'menos de un día' : days(silence, 'día')}, ${own ? 'normalmente' : 'se espera'} cada ${days(every, 'día')}`,
  );
}

function days(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}
