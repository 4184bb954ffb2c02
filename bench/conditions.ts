import { parse } from '@marcbachmann/cel-js';
import type { Question } from '../src/core/conditions/answer.ts';
import { compileCondition, conditionSchema, NOTHING_AROUND } from '../src/core/conditions/condition.ts';
import { newContact, type Contact } from '../src/core/contacts/contact.ts';
import { ordersView } from '../src/core/contacts/orders.ts';
import { DAY } from '../src/core/time/date.ts';
import { readYaml } from '../src/project/yaml.ts';
import { spread, timed, type Spread } from './surroundings.ts';

export interface ConditionFigures {
  readonly evaluations: number;
  /** Evaluations per second of one core's time. */
  readonly by_hand: Spread;
  readonly answer: Spread;
  readonly with_reason: Spread;
  readonly cel: Spread;
  /** Of the function written by hand, measured in the same round. */
  readonly answer_ratio: Spread;
  readonly with_reason_ratio: Spread;
  readonly cel_ratio: Spread;
}

const CONDITION = `
- { field: orders.count, at_least: 2 }
- { field: orders.last, within: 90 days }
- { field: country, in: [ES, MX, AR] }
`;
const CEL = 'count >= 2.0 && last <= now && now - last < 7776000000.0 && country in ["ES", "MX", "AR"]';

const NOW = Date.UTC(2026, 0, 31);
const WITHIN = 90 * DAY;
const ZONE = 'Europe/Madrid';
const COUNTRIES = ['ES', 'MX', 'AR', 'FR', 'GB', 'DE'];

/** "At least two orders, the last within 90 days, from Spain, Mexico or Argentina", asked of a thousand people. */
export async function benchConditions(evaluations: number, rounds: number): Promise<ConditionFigures> {
  const people = Array.from({ length: 1000 }, (_, index) => aPerson(index));
  const question = aQuestion(CONDITION);
  const contexts = new Map(people.map((contact) => [contact, contextOf(contact)]));
  const cel = parse(CEL);
  const facts = people.map((contact) => ({ contact, now: NOW, zone: ZONE }));
  const ways = {
    by_hand: (index: number) => byHand(people[index] as Contact),
    answer: (index: number) => question.answer(facts[index] as Facts).holds,
    with_reason: (index: number) => {
      const { holds } = question.answer(facts[index] as Facts);
      return question.because(facts[index] as Facts).en !== '' && holds;
    },
    cel: (index: number) => cel(contexts.get(people[index] as Contact)) === true,
  };
  refuseDisagreement(ways, people.length);
  // Not measured: by the first asking the engine learns how.
  for (const way of Object.values(ways)) ask(way, evaluations, people.length);
  const rates: Record<Way, number[]> = { by_hand: [], answer: [], with_reason: [], cel: [] };
  for (let round = 0; round < rounds; round++) {
    for (const way of Object.keys(ways) as Way[]) {
      const { core } = await timed(() => ask(ways[way], evaluations, people.length));
      rates[way].push(evaluations / core);
    }
  }
  const ratio = (way: Way): Spread =>
    spread(rates[way].map((rate, round) => rate / (rates.by_hand[round] ?? 1)));
  return {
    evaluations,
    by_hand: spread(rates.by_hand),
    answer: spread(rates.answer),
    with_reason: spread(rates.with_reason),
    cel: spread(rates.cel),
    answer_ratio: ratio('answer'),
    with_reason_ratio: ratio('with_reason'),
    cel_ratio: ratio('cel'),
  };
}

type Facts = Parameters<Question['answer']>[0];
type Way = 'by_hand' | 'answer' | 'with_reason' | 'cel';

/** The first fifth of the people never ordered; the others did one to four times, up to 180 days ago. */
function aPerson(index: number): Contact {
  const contact = newContact(`c${index}`, 'awareness', 0);
  const count = index < 200 ? 0 : 1 + (index % 4);
  const list = Array.from({ length: count }, (_, order) => ({
    id: `${index}-${order}`,
    at: NOW - ((index * 7) % 181) * DAY - (count - 1 - order) * DAY,
    revenue: 30,
    product_ids: [],
  }));
  return {
    ...contact,
    profile: {
      ...contact.profile,
      fields: { country: { value: COUNTRIES[index % COUNTRIES.length] ?? '', at: 0 } },
      orders: { list, cancelled: {}, refunded: {} },
    },
  };
}

function aQuestion(yaml: string): Question {
  const { value, problems } = readYaml('condition.yaml', yaml, conditionSchema);
  if (value === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return compileCondition(value, NOTHING_AROUND);
}

function byHand({ profile }: Contact): boolean {
  const { count, last } = ordersView(profile.orders);
  if (count < 2 || last === undefined || last > NOW || NOW - last >= WITHIN) return false;
  const country = profile.fields.country?.value;
  return country === 'ES' || country === 'MX' || country === 'AR';
}

function contextOf({ profile }: Contact): Record<string, unknown> {
  const { count, last = -Infinity } = ordersView(profile.orders);
  return { count, last, now: NOW, country: profile.fields.country?.value };
}

type Ask = (index: number) => boolean;

function refuseDisagreement(ways: Readonly<Record<Way, Ask>>, people: number): void {
  let holding = 0;
  for (let index = 0; index < people; index++) {
    const expected = ways.by_hand(index);
    if (expected) holding++;
    for (const [way, holds] of Object.entries(ways))
      if (holds(index) !== expected) throw new Error(`person ${index}: "${way}" does not answer ${expected}`);
  }
  if (holding < people / 10 || holding > people / 2) throw new Error(`${holding} of ${people} is no sample`);
}

/** The count is of use to nobody, and keeps the questions from being left out. */
function ask(holds: Ask, evaluations: number, people: number): number {
  let count = 0;
  for (let index = 0; index < evaluations; index++) if (holds(index % people)) count++;
  return count;
}
