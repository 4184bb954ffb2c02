import type { MapStage } from '../../../../api/map/shapes.ts';
import type { Format } from '../../../app/format.ts';
import { inLanguage, type Language } from '../../../app/words.ts';
import { readable, signed } from '../names.ts';
import { sendingByWorkflow } from '../sending.ts';
import { touchpointsOf } from '../touchpoints.ts';
import type { MapWords } from '../words.ts';
import { wrapped, type Line } from './text-lines.ts';

export type DrawnWords = {
  readonly [K in keyof MapWords]: MapWords[K] extends string ? string : MapWords[K];
};

export interface Telling {
  readonly words: DrawnWords;
  readonly language: Language;
  readonly format: Format;
}

/** The cells of a stage in the rows of the drawing, from above; the curve stands between the second and the third. */
export const CELL_LINES: readonly {
  readonly title: 'row_people' | 'row_doing' | 'row_feeling' | 'row_sending' | 'row_friction';
  readonly lines: (stage: MapStage, telling: Telling, width: number) => Line[];
}[] = [
  { title: 'row_people', lines: peopleLines },
  { title: 'row_doing', lines: doingLines },
  { title: 'row_feeling', lines: feelingLines },
  { title: 'row_sending', lines: sendingLines },
  { title: 'row_friction', lines: frictionLines },
];

function peopleLines({ people }: MapStage, { words, format: { number, percent, days } }: Telling): Line[] {
  const lines: Line[] = [
    {
      text: `${number(people.at_end)} ${people.at_end === 1 ? words.people_one : words.people}`,
      look: 'big',
    },
    { text: `${number(people.entered)} ${words.entered}` },
  ];
  if (people.to_next !== null) {
    const after =
      people.days_until_next === null ? '' : `, ${words.after_days(days(people.days_until_next))}`;
    lines.push({ text: `→ ${words.go_on(percent(people.to_next))}${after}`, look: 'bold' });
  }
  return [...lines, { text: words[`sure_${people.sure}`], look: 'quiet' }];
}

function doingLines(stage: MapStage, { words, language, format: { number } }: Telling): Line[] {
  return touchpointsOf(stage).map(({ name, counted }) =>
    counted.n === null
      ? { text: `${inLanguage(name, language)} (${words.not_measured})`, look: 'quiet' }
      : { text: inLanguage(name, language), figure: number(counted.n) },
  );
}

function feelingLines(
  { feeling, planned }: MapStage,
  { words, language, format: { number } }: Telling,
  width: number,
): Line[] {
  const lines: Line[] = [
    feeling.actual === null
      ? { text: words.no_answers, look: 'quiet' }
      : { text: `${words.actual} (n ${number(feeling.n)})`, figure: signed(feeling.actual, language) },
  ];
  if (planned.feeling) {
    const { expected, words: told } = planned.feeling;
    const text = `${words.expected} ${signed(expected, language)}${told ? `: ${inLanguage(told, language)}` : ''}`;
    lines.push(...wrapped(text, width, 'quiet'));
  }
  if (feeling.nps !== null) lines.push({ text: words.nps, figure: number(Math.round(feeling.nps)) });
  if (feeling.csat !== null) lines.push({ text: words.csat, figure: number(feeling.csat) });
  return lines;
}

const MOST_WORKFLOWS = 6;

function sendingLines({ sending }: MapStage, { words, format: { number } }: Telling): Line[] {
  const workflows = sendingByWorkflow(sending).slice(0, MOST_WORKFLOWS);
  if (workflows.length === 0) return [{ text: words.nothing_sent, look: 'quiet' }];
  return workflows.flatMap(({ workflow, sent, tones }) => [
    { text: readable(workflow), figure: number(sent) },
    {
      text: tones.map(({ tone, sent: n }) => `${readable(tone)} ${number(n)}`).join(' · '),
      look: 'quiet' as const,
    },
  ]);
}

function frictionLines({ friction }: MapStage, { words, format: { number, days } }: Telling): Line[] {
  const lines = [
    { text: words.stalled(days(friction.stalled_after_days)), n: friction.stalled },
    { text: words.went_back, n: friction.went_back },
    { text: words.complained, n: friction.complained },
    { text: words.unsubscribed, n: friction.unsubscribed },
    { text: words.asked, n: friction.asked },
    { text: words.bounced, n: friction.bounced },
  ].filter(({ n }) => n > 0);
  if (lines.length === 0) return [{ text: words.no_friction, look: 'quiet' }];
  return lines.map(({ text, n }) => ({ text, figure: number(n) }));
}
