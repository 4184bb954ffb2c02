/** What of the journey could be better, found in the figures and ranked by what it may cost. */
import { reason, type Reason } from '../reason.ts';
import type { Counted, MapGround } from './ground.ts';
import type { MapStage, Opportunity } from './shapes.ts';
import { sureOf } from './sureness.ts';

type Stages = readonly Omit<MapStage, 'before'>[];

export function opportunitiesOf(ground: MapGround, stages: Stages, counted: Counted): readonly Opportunity[] {
  const worth = worthOf(stages);
  const all = [
    ...stages.flatMap((stage, place) => leakOf(stage, stages[place + 1], place, worth, ground.currency)),
    ...stages.flatMap(unmeasuredIn),
    ...silentOnes(ground, stages, counted),
    ...stages.flatMap(feelingGapOf),
    ...stages.flatMap(missedGoalOf),
  ];
  const weightOf = ({ money, people }: Opportunity): number =>
    money ?? people * worth.order * WITHOUT_A_PRICE;
  return all.sort((a, b) => weightOf(b) - weightOf(a));
}

/** What has no price of its own weighs as if one of so many people would have ordered: enough to rank by, not to tell. */
const WITHOUT_A_PRICE = 0.02;

interface Worth {
  /** The mean order, or 1 where there was none. */
  readonly order: number;
  /** Whether anything was ordered. */
  readonly known: boolean;
  /** What somebody who goes on from the stage at this place may be expected to spend. */
  after(place: number): number;
}

/** Who goes on is taken to do as others did: to go on from stage to stage, up to the one where most is ordered. */
function worthOf(stages: Stages): Worth {
  const orders = stages.reduce((sum, one) => sum + one.orders, 0);
  const revenue = stages.reduce((sum, one) => sum + one.revenue, 0);
  const order = orders > 0 && revenue > 0 ? revenue / orders : 1;
  const most = stages.reduce(
    (best, one, place) => (one.orders > (stages[best]?.orders ?? 0) ? place : best),
    0,
  );
  return {
    order,
    known: orders > 0 && revenue > 0,
    after(place) {
      if (place < most)
        return stages
          .slice(place + 1, most + 1)
          .reduce((worth, { people }) => worth * (people.to_next ?? 0), order);
      const next = stages[place + 1];
      const was_in = next ? next.people.at_end + next.people.went_on + next.people.went_back : 0;
      return place === most || was_in === 0 ? order : order * Math.min(1, (next?.orders ?? 0) / was_in);
    },
  };
}

/** Who went back or came to a standstill. */
function leakOf(
  { stage, title, people, friction }: Stages[number],
  next: Stages[number] | undefined,
  place: number,
  worth: Worth,
  currency: string,
): readonly Opportunity[] {
  const lost = people.went_back + friction.stalled;
  if (lost === 0 || !next) return [];
  const money = worth.known ? Math.round(lost * worth.after(place)) : null;
  const share = people.to_next === null ? '' : Math.round(100 * people.to_next);
  const price = money === null || money === 0 ? reason('', '') : inMoney(money, currency);
  const words = reason(
    `${lost} people were lost in ${title.en}: ${people.went_back} went back, ${friction.stalled} have stood there for more than ${friction.stalled_after_days} days. ${share} percent go on to ${next.title.en}.${price.en} Look at what they did last, and give them the next step.`,
    `${lost} personas se perdieron en ${title.es}: ${people.went_back} retrocedieron y ${friction.stalled} llevan más de ${friction.stalled_after_days} días ahí. El ${share} por ciento pasa a ${next.title.es}.${price.es} Mire qué hicieron al final y ofrézcales el paso siguiente.`,
  );
  const sure = sureOf(people.at_end + people.went_on + people.went_back);
  return [{ kind: 'leak', stage, persona: null, touchpoint: null, words, people: lost, money, sure }];
}

function inMoney(money: number, currency: string): Reason {
  return reason(
    ` Had they gone on like the others, that would be about ${money} ${currency}.`,
    ` Si hubieran seguido como los demás, serían unos ${money} ${currency}.`,
  );
}

/** Nobody knows what happens there: it has no event that tells, or the event never came. */
function unmeasuredIn({ stage, title, planned, doing, people }: Stages[number]): readonly Opportunity[] {
  const seen = new Set(doing.filter(({ n }) => n > 0).map(({ event }) => event));
  return planned.touchpoints
    .filter(({ workflow }) => workflow === null)
    .filter(({ measured_by }) => measured_by === null || !seen.has(measured_by))
    .map(({ name, measured_by }) => ({
      kind: 'unmeasured_touchpoint',
      ...{ stage, persona: null, touchpoint: name, people: people.at_end, money: null, sure: 'no_data' },
      words:
        measured_by === null
          ? reason(
              `Nobody knows what happens at "${name.en}" in ${title.en}: write the event that tells of it as "measured_by" in map.yaml.`,
              `Nadie sabe qué ocurre en «${name.es}» en ${title.es}: escriba el evento que lo cuenta como «measured_by» en map.yaml.`,
            )
          : reason(
              `"${name.en}" in ${title.en} is measured by ${measured_by}, which did not come in this time. Does the shop send it?`,
              `«${name.es}» en ${title.es} se mide con ${measured_by}, que no llegó en este tiempo. ¿Lo envía la tienda?`,
            ),
    }));
}

/** People of a persona who stand in a stage and heard nothing from us. */
function silentOnes({ choices }: MapGround, stages: Stages, counted: Counted): readonly Opportunity[] {
  const heard = new Set(
    counted.sums.flatMap(({ fact, stage, key, persona, n }) =>
      fact === 'message' && key.endsWith('/sent') && n > 0 ? [`${stage}/${persona}`] : [],
    ),
  );
  return counted.people
    .filter(({ stage, persona, at_end }) => at_end > 0 && persona !== '' && !heard.has(`${stage}/${persona}`))
    .flatMap(({ stage, persona, at_end }) => {
      const title = stages.find((one) => one.stage === stage)?.title;
      const name = choices.personas.find(({ id }) => id === persona)?.name ?? reason(persona, persona);
      if (!title) return [];
      const words = reason(
        `${at_end} people like ${name.en} stand in ${title.en}, and no workflow wrote to them in this time. Have you nothing to say to them?`,
        `${at_end} personas como ${name.es} están en ${title.es} y ningún flujo les escribió en este tiempo. ¿No hay nada que decirles?`,
      );
      return [
        {
          kind: 'silent_stage' as const,
          ...{ stage, persona, touchpoint: null, words, people: at_end, money: null },
          sure: sureOf(at_end),
        },
      ];
    });
}

/** So much worse than it should be, on a scale of four, is told. */
const TOLD_FROM = 0.5;

function feelingGapOf({ stage, title, planned, feeling, people }: Stages[number]): readonly Opportunity[] {
  const expected = planned.feeling?.expected;
  if (expected === undefined || feeling.actual === null || expected - feeling.actual < TOLD_FROM) return [];
  const [is, should] = [signed(feeling.actual), signed(expected)];
  const words = reason(
    `${title.en} should feel like ${should} and feels like ${is}, by ${feeling.n} who said so. Read what they wrote.`,
    `${title.es} debería sentirse como ${should} y se siente como ${is}, según ${feeling.n} que lo dijeron. Lea lo que escribieron.`,
  );
  return [
    {
      kind: 'feeling_gap',
      ...{ stage, persona: null, touchpoint: null, words, people: people.at_end, money: null },
      sure: feeling.sure,
    },
  ];
}

function missedGoalOf({ stage, title, planned, people }: Stages[number]): readonly Opportunity[] {
  const goal = planned.our_goal;
  if (!goal || people.goal === null || people.goal >= goal.share) return [];
  const was_in = people.at_end + people.went_on + people.went_back;
  const missing = Math.ceil((goal.share - people.goal) * was_in);
  const [is, should] = [Math.round(100 * people.goal), Math.round(100 * goal.share)];
  const words = reason(
    `The goal of ${title.en} is that ${should} percent ${goal.words.en}; ${is} percent did. ${missing} people more would reach it.`,
    `La meta de ${title.es} es que el ${should} por ciento ${goal.words.es}; lo hizo el ${is}. Con ${missing} personas más se alcanzaría.`,
  );
  return [
    {
      kind: 'goal_missed',
      ...{ stage, persona: null, touchpoint: null, words, people: missing, money: null },
      sure: people.sure,
    },
  ];
}

function signed(feeling: number): string {
  const rounded = Math.round(feeling * 10) / 10;
  return rounded > 0 ? `+${rounded}` : String(rounded).replace('-', '−');
}
