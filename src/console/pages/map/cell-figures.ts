import type { MapStage } from '../../../api/map/shapes.ts';
import { useFormat, type Format } from '../../app/format.ts';
import { useLanguage, useWords, type Language } from '../../app/words.ts';
import { useFrictionLines } from './friction-cell.tsx';
import { readable, signed } from './names.ts';
import type { Cell } from './open-cell.ts';
import { sendingByWorkflow } from './sending.ts';
import { sum } from './touchpoints.ts';
import { WORDS, type MapWords } from './words.ts';

/** A figure as it is read, and that of the period before where one is compared. */
export interface CellFigure {
  readonly name: string;
  readonly now: string;
  readonly before: string | undefined;
}

type Figures = Pick<MapStage, 'people' | 'doing' | 'feeling' | 'sending' | 'friction' | 'orders' | 'revenue'>;

interface Telling {
  readonly words: Words;
  readonly format: Format;
  readonly language: Language;
  readonly currency: string;
}
type Words = Pick<
  MapWords,
  | 'people'
  | 'entered'
  | 'went_on'
  | 'went_back'
  | 'actual'
  | 'of_answers'
  | 'nps'
  | 'csat'
  | 'contact_days'
  | 'sent'
  | 'held_back'
  | 'refused'
  | 'orders'
  | 'revenue'
>;

type Told = readonly (readonly [name: string, value: string])[];

/** What a cell is made of, in full. */
export function useCellFigures(cell: Cell, stage: MapStage, currency: string): CellFigure[] {
  const words = useWords(WORDS);
  const language = useLanguage();
  const format = useFormat();
  const friction = useFrictionLines(stage);
  if (cell.kind === 'friction')
    return friction.map(({ name, n, before }) => ({
      name,
      now: format.number(n),
      before: before === undefined ? undefined : format.number(before),
    }));
  const telling: Telling = { words, format, language, currency };
  const now = TELLERS[cell.kind](stage, cell, telling);
  const before = stage.before && new Map(TELLERS[cell.kind](stage.before, cell, telling));
  return now.map(([name, value]) => ({
    name,
    now: value,
    before: before ? (before.get(name) ?? '') : undefined,
  }));
}

type Teller = (figures: Figures, cell: Cell, telling: Telling) => Told;

const TELLERS: Readonly<Record<Exclude<Cell['kind'], 'friction'>, Teller>> = {
  people: ({ people }, _cell, { words, format: { number } }) => [
    [words.people, number(people.at_end)],
    [words.entered, number(people.entered)],
    [words.went_on, number(people.went_on)],
    [words.went_back, number(people.went_back)],
  ],
  event: ({ doing }, { key = '' }, { format: { number } }) => [
    [readable(key), number(sum(doing.filter(({ event }) => event === key).map(({ n }) => n)))],
  ],
  orders: ({ orders, revenue }, _cell, { words, format: { number, money }, currency }) => [
    [words.orders, number(orders)],
    [words.revenue, money(revenue, currency)],
  ],
  feeling: ({ feeling }, _cell, { words, format: { number }, language }) => [
    ...(feeling.actual === null ? [] : [[words.actual, signed(feeling.actual, language)] as const]),
    [words.of_answers, number(feeling.n)],
    ...(feeling.nps === null ? [] : [[words.nps, number(feeling.nps)] as const]),
    ...(feeling.csat === null ? [] : [[words.csat, number(feeling.csat)] as const]),
    ...feeling.moods.map(
      ({ mood, contact_days }) =>
        [`${readable(mood)} (${words.contact_days})`, number(contact_days)] as const,
    ),
  ],
  workflow: ({ sending }, { key = '' }, { words, format: { number } }) => {
    const found = sendingByWorkflow(sending).find(({ workflow }) => workflow === key);
    return [
      [words.sent, number(found?.sent ?? 0)],
      ...(found?.tones ?? []).map(({ tone, sent }) => [readable(tone), number(sent)] as const),
      [words.held_back, number(found?.held_back ?? 0)],
      [words.refused, number(found?.refused ?? 0)],
    ];
  },
};
