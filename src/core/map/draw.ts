/** Draws the journey map: what was planned, beside what was counted. */
import { DAY, dayOf } from '../time/date.ts';
import type { FactKind, MessageOutcome } from './fact.ts';
import type { Counted, GroundStage, MapGround } from './ground.ts';
import { opportunitiesOf } from './opportunities.ts';
import type { JourneyMap, MapFigures } from './shapes.ts';
import { sureOf } from './sureness.ts';

export function drawMap(
  ground: MapGround,
  counted: Counted,
  before: Counted | null,
  today: string,
): JourneyMap {
  const order = ground.stages.map(({ stage }) => stage);
  const stages = ground.stages.map((stage) => ({
    ...{ stage: stage.stage, title: stage.title, planned: stage.planned },
    ...figuresOf(stage, counted, order, today),
    before: before && figuresOf(stage, before, order, today),
  }));
  return {
    ...{ title: ground.title, zone: ground.zone, currency: ground.currency, choices: ground.choices },
    period: counted.period,
    compared: before?.period ?? null,
    stages,
    moves: movesIn(counted),
    opportunities: [...opportunitiesOf(ground, stages, counted)],
    counted_since: counted.counted_since,
  };
}

function figuresOf(
  ground: GroundStage,
  counted: Counted,
  order: readonly string[],
  today: string,
): MapFigures {
  const ask = askedOf(ground.stage, counted);
  const people = peopleOf(ground, counted, order);
  const orders = ask('order');
  return {
    people,
    doing: ask.byKey('event').map(({ key: event, n }) => ({ event, n })),
    feeling: feelingOf(ask),
    sending: sendingOf(ask),
    friction: frictionOf(ground, counted, people.went_back, ask, today),
    orders: orders.n,
    revenue: cents(orders.total),
  };
}

interface Summed {
  readonly n: number;
  readonly total: number;
}

interface Ask {
  (fact: FactKind, ...keys: readonly string[]): Summed;
  /** The most first. */
  byKey(fact: FactKind): readonly (Summed & { readonly key: string })[];
}

/** Sums of one stage, of all personas together. */
function askedOf(stage: string, { sums }: Counted): Ask {
  const own = sums.filter((sum) => sum.stage === stage);
  const ask = (fact: FactKind, ...keys: readonly string[]): Summed =>
    own
      .filter((sum) => sum.fact === fact && (keys.length === 0 || keys.includes(sum.key)))
      .reduce((all, { n, total }) => ({ n: all.n + n, total: all.total + total }), NOTHING);
  const keysOf = (fact: FactKind): readonly string[] => [
    ...new Set(own.flatMap((sum) => (sum.fact === fact ? [sum.key] : []))),
  ];
  return Object.assign(ask, {
    byKey: (fact: FactKind) =>
      keysOf(fact)
        .map((key) => ({ key, ...ask(fact, key) }))
        .sort((a, b) => b.n - a.n || (a.key < b.key ? -1 : 1)),
  });
}

const NOTHING: Summed = { n: 0, total: 0 };

function peopleOf(
  { stage, goal_stage }: GroundStage,
  counted: Counted,
  order: readonly string[],
): MapFigures['people'] {
  const place = order.indexOf(stage);
  const moves = counted.sums.filter(({ fact }) => fact === 'move');
  const away = moves.filter((move) => move.stage === stage);
  const on = away.filter(({ key }) => order.indexOf(key) > place);
  const standing = counted.people.filter((one) => one.stage === stage);
  const [at_end, at_begin] = [sumOf(standing, ({ at_end: n }) => n), sumOf(standing, ({ at_begin: n }) => n)];
  const [went_on, left] = [sumOf(on, ({ n }) => n), sumOf(away, ({ n }) => n)];
  const reached = sumOf(
    away.filter(({ key }) => key === goal_stage),
    ({ n }) => n,
  );
  const was_in = left + at_end;
  return {
    ...{ at_end, at_begin, went_on, went_back: left - went_on },
    entered: sumOf(
      moves.filter(({ key }) => key === stage),
      ({ n }) => n,
    ),
    to_next: place === order.length - 1 || was_in === 0 ? null : went_on / was_in,
    days_until_next: went_on === 0 ? null : sumOf(on, ({ total }) => total) / went_on / DAY,
    goal: goal_stage === null || was_in === 0 ? null : reached / was_in,
    sure: sureOf(was_in),
  };
}

function sumOf<T>(list: readonly T[], figure: (one: T) => number): number {
  return list.reduce((sum, one) => sum + figure(one), 0);
}

function feelingOf(ask: Ask): MapFigures['feeling'] {
  const [felt, nps, csat] = [ask('feeling'), ask('nps'), ask('csat')];
  return {
    actual: felt.n === 0 ? null : felt.total / felt.n,
    n: felt.n,
    nps: nps.n === 0 ? null : (100 * nps.total) / nps.n,
    nps_answers: nps.n,
    csat: csat.n === 0 ? null : csat.total / csat.n,
    csat_answers: csat.n,
    moods: ask.byKey('mood').map(({ key: mood, n: contact_days }) => ({ mood, contact_days })),
    sure: sureOf(felt.n),
  };
}

function sendingOf(ask: Ask): MapFigures['sending'] {
  const lines = new Map<string, MapFigures['sending'][number]>();
  for (const { key, n } of ask.byKey('message')) {
    const [workflow = '', tone = '', channel = '', outcome = ''] = key.split('/');
    const name = `${workflow}/${tone}/${channel}`;
    const line = lines.get(name) ?? { workflow, tone, channel, sent: 0, held_back: 0, refused: 0 };
    const column = COLUMNS[outcome as MessageOutcome];
    lines.set(name, { ...line, [column]: line[column] + n });
  }
  return [...lines.values()].sort((a, b) => b.sent - a.sent || b.held_back - a.held_back);
}

const COLUMNS = { sent: 'sent', suppressed: 'held_back', refused: 'refused' } as const;

function frictionOf(
  { stage, stalled_after_days }: GroundStage,
  { since }: Counted,
  went_back: number,
  ask: Ask,
  today: string,
): MapFigures['friction'] {
  const last = (dayOf(today) ?? 0) - stalled_after_days;
  const here = since.filter((one) => one.stage === stage);
  const stalled = sumOf(
    here.filter(({ day }) => (dayOf(day) ?? Infinity) < last),
    ({ n }) => n,
  );
  return {
    ...{ stalled, stalled_after_days, went_back },
    complained: ask('event', 'complaint_opened', 'message_complained').n,
    unsubscribed: ask('event', 'unsubscribed', 'consent_withdrawn').n,
    asked: ask('event', 'chat_message_written').n,
    bounced: ask('event', 'message_bounced').n,
    sure: sureOf(sumOf(here, ({ n }) => n)),
  };
}

function movesIn({ sums }: Counted): JourneyMap['moves'] {
  const all = new Map<string, { from: string; to: string; n: number; total: number }>();
  for (const { fact, stage: from, key: to, n, total } of sums) {
    if (fact !== 'move') continue;
    const known = all.get(`${from}/${to}`) ?? { from, to, n: 0, total: 0 };
    all.set(`${from}/${to}`, { from, to, n: known.n + n, total: known.total + total });
  }
  return [...all.values()]
    .filter(({ n }) => n > 0)
    .map(({ from, to, n, total }) => ({ from, to, n, mean_days: total / n / DAY }))
    .sort((a, b) => b.n - a.n);
}

function cents(money: number): number {
  return Math.round(money * 100) / 100;
}
