/** The map as one picture that stands for itself: for slides, walls and mails. It is drawn light, whatever the theme. */
import type { JourneyMap, MapStage } from '../../../../api/map/shapes.ts';
import { inLanguage } from '../../../app/words.ts';
import { pathThrough, placeOnScale } from '../curve-path.ts';
import { CELL_LINES, type Telling } from './cell-lines.ts';
import { escaped, heightOf, LINE_HEIGHT, wrapped, writeLines, type Line } from './text-lines.ts';

const WIDTH = 1640;
const MARGIN = 36;
const LABELS = 130;
const PADDING = 12;
const CURVE_HEIGHT = 150;
const CURVE_EDGE = 24;
const MOST_OPPORTUNITIES = 5;

const STAGE_COLORS = ['#5b7a99', '#3f7f76', '#b3400e', '#7a6196', '#96701a'];
const STYLE = `text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:#1f1b18}
.title{font-size:26px;font-weight:600}.big{font-size:20px;font-weight:600}.bold{font-weight:600}.quiet{fill:#5c554f;font-size:12px}`;

export function drawMap(map: JourneyMap, telling: Telling): string {
  const { stages } = map;
  const column = (WIDTH - 2 * MARGIN - LABELS) / Math.max(1, stages.length);
  const parts: string[] = [];
  let y = MARGIN;
  const add = (part: string, height: number): void => {
    parts.push(part);
    y += height;
  };
  add(drawTitle(map, telling, y), 66);
  const heads = row(stages, column, y, '', (stage, width) => headLines(stage, telling, width));
  add(stageBars(stages, column, y) + heads.part, heads.height);
  for (const { title, lines } of CELL_LINES) {
    if (title === 'row_feeling') add(drawCurve(stages, column, y), CURVE_HEIGHT);
    const drawn = row(stages, column, y, telling.words[title], (stage, width) =>
      lines(stage, telling, width),
    );
    add(drawn.part, drawn.height);
  }
  const opportunities = drawOpportunities(map, telling, y + 16);
  add(opportunities.part, opportunities.height + 16);
  const height = Math.ceil(y + MARGIN);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"><style>${STYLE}</style><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}</svg>`;
}

function drawTitle(
  { title, period }: JourneyMap,
  { words, language, format: { date } }: Telling,
  y: number,
): string {
  const about = words.period(date(period.from), date(period.to), period.days);
  return `<text x="${MARGIN}" y="${y + 24}" class="title">${escaped(inLanguage(title, language))}</text>
<text x="${MARGIN}" y="${y + 48}" class="quiet">${escaped(`${words.title} · ${about}`)}</text>`;
}

function headLines({ title, planned }: MapStage, { words, language }: Telling, width: number): Line[] {
  return [
    { text: inLanguage(title, language), look: 'big' },
    ...(planned.customer_goal ? wrapped(inLanguage(planned.customer_goal, language), width, 'quiet') : []),
    ...(planned.moment_of_truth ? [{ text: `◆ ${words.moment_of_truth}`, look: 'bold' as const }] : []),
  ];
}

interface Drawn {
  readonly part: string;
  readonly height: number;
}

function row(
  stages: readonly MapStage[],
  column: number,
  y: number,
  label: string,
  linesOf: (stage: MapStage, width: number) => Line[],
): Drawn {
  const width = column - 2 * PADDING;
  const cells = stages.map((stage) => linesOf(stage, width));
  const labels = label === '' ? [] : wrapped(label, LABELS - PADDING, 'bold');
  const height = Math.max(...[...cells, labels].map(heightOf)) + 2 * PADDING;
  const ruler = `<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${y}" y2="${y}" stroke="#e2dcd5"/>`;
  const written = cells.map((lines, place) =>
    writeLines(lines, columnAt(place, column) + PADDING, y + PADDING - 4, width),
  );
  return {
    part: ruler + writeLines(labels, MARGIN, y + PADDING - 4, LABELS) + written.join(''),
    height,
  };
}

function columnAt(place: number, column: number): number {
  return MARGIN + LABELS + place * column;
}

function stageBars(stages: readonly MapStage[], column: number, y: number): string {
  return stages
    .map((_stage, place) => {
      const color = STAGE_COLORS[place % STAGE_COLORS.length];
      return `<rect x="${columnAt(place, column) + 4}" y="${y - 4}" width="${column - 8}" height="4" fill="${color}"/>`;
    })
    .join('');
}

function drawCurve(stages: readonly MapStage[], column: number, y: number): string {
  const points = (feelingOf: (stage: MapStage) => number | null) =>
    stages.flatMap((stage, place) => {
      const feeling = feelingOf(stage);
      if (feeling === null) return [];
      const x = columnAt(place, column) + column / 2;
      return [{ x, y: y + placeOnScale(feeling, CURVE_HEIGHT, CURVE_EDGE) }];
    });
  const expected = points(({ planned }) => planned.feeling?.expected ?? null);
  const actual = points(({ feeling }) => feeling.actual);
  const middle = y + placeOnScale(0, CURVE_HEIGHT, CURVE_EDGE);
  return `<line x1="${MARGIN}" x2="${WIDTH - MARGIN}" y1="${y}" y2="${y}" stroke="#e2dcd5"/>
<line x1="${MARGIN + LABELS}" x2="${WIDTH - MARGIN}" y1="${middle}" y2="${middle}" stroke="#e2dcd5"/>
<path d="${pathThrough(expected)}" fill="none" stroke="#5c554f" stroke-width="1.5" stroke-dasharray="5 5"/>
<path d="${pathThrough(actual)}" fill="none" stroke="#b3400e" stroke-width="3"/>
${actual.map((point) => `<circle cx="${point.x}" cy="${point.y}" r="5" fill="#b3400e"/>`).join('')}`;
}

function drawOpportunities(map: JourneyMap, { words, language }: Telling, y: number): Drawn {
  const width = WIDTH - 2 * MARGIN;
  const lines = map.opportunities
    .slice(0, MOST_OPPORTUNITIES)
    .flatMap(({ words: told }, place) => wrapped(`${place + 1}. ${inLanguage(told, language)}`, width));
  if (lines.length === 0) return { part: '', height: 0 };
  const all: Line[] = [{ text: words.opportunities, look: 'big' }, ...lines];
  return { part: writeLines(all, MARGIN, y, width), height: heightOf(all) + LINE_HEIGHT };
}
