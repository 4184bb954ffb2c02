/**
 * A workflow as a picture: its steps from the top to the bottom, ways side by side, jumps as dashed arrows at the sides.
 * Every place follows from the steps alone, so the same file always makes the same picture.
 */
import type { StepSource } from '../../core/workflows/verb.ts';
import { escaped, raw, type Html } from '../html.ts';
import type { Language } from '../language.ts';
import { stepWords, waysOn, written, type StepWords, type WayOn } from '../words/step.ts';
import { wrapped } from './wrap.ts';

const BOX = 236;
const LINE = 18;
const APART = 30;
const BESIDE = 26;
const PASSING = 150;
const LABEL = 26;
const LETTERS = 29;
const LANE = 16;

export interface PictureWords extends StepWords {
  readonly start: string;
  readonly end: string;
  /** What somebody is told who does not see it. */
  readonly title: string;
}

export function workflowPicture(steps: readonly StepSource[], language: Language, words: PictureWords): Html {
  const canvas: Canvas = { lines: [], boxes: [], places: new Map(), jumps: [] };
  const start = boxOf(words.start, 'begin', '');
  const block = listBlock(steps, '', { language, words });
  const end = boxOf(words.end, 'finish', '');
  const half = Math.max(block.width, BOX) / 2;
  start.draw(half, 0, canvas);
  const top = start.height + APART;
  straight(canvas, half, start.height, top);
  block.draw(half, top, canvas);
  let height = top + block.height;
  if (!block.ends) {
    straight(canvas, half, height, height + APART);
    end.draw(half, height + APART, canvas);
    height += APART + end.height;
  }
  const lanes = canvas.jumps.length;
  canvas.jumps.forEach((jump, index) => {
    const out = LANE * (index + 1);
    drawJump(canvas, jump, jump.middle.x > half ? half * 2 + out : -out);
  });
  const left = -LANE * (lanes + 1);
  const wide = half * 2 - left * 2;
  return raw(
    `<svg class="picture" role="img" aria-label="${escaped(words.title)}" width="${wide}" height="${height + 8}" viewBox="${left} -4 ${wide} ${height + 8}">` +
      `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker></defs>` +
      `${canvas.lines.join('')}${canvas.boxes.join('')}</svg>`,
  );
}

interface Canvas {
  readonly lines: string[];
  readonly boxes: string[];
  /** Where the steps stand that can be jumped to. */
  readonly places: Map<string, Middle>;
  readonly jumps: { readonly middle: Middle; readonly to: string }[];
}

/** The middle of a step's box. */
interface Middle {
  readonly x: number;
  readonly y: number;
}

/** Something with a place still to be found; `x` is its middle, `y` its top. */
interface Block {
  readonly width: number;
  readonly height: number;
  /** Nothing goes on below it. */
  readonly ends: boolean;
  draw(x: number, y: number, canvas: Canvas): void;
}

interface Saying {
  readonly language: Language;
  readonly words: PictureWords;
}

function listBlock(steps: readonly StepSource[], prefix: string, saying: Saying): Block {
  const items = steps.map((step, index) => stepBlock(step, `${prefix}${index + 1}`, saying));
  const height = items.reduce((sum, item) => sum + item.height, 0) + Math.max(0, items.length - 1) * APART;
  return {
    width: Math.max(PASSING, ...items.map((item) => item.width)),
    height,
    ends: items.at(-1)?.ends ?? false,
    draw(x, y, canvas) {
      let at = y;
      items.forEach((item, index) => {
        item.draw(x, at, canvas);
        const bottom = at + item.height;
        at = bottom + APART;
        if (index < items.length - 1 && !item.ends) straight(canvas, x, bottom, at);
      });
    },
  };
}

function stepBlock(step: StepSource, number: string, saying: Saying): Block {
  const { language, words } = saying;
  const text = stepWords(step, language, words);
  const box = boxOf(capital(text), step.verb, number);
  const ways = waysOn(step, language);
  const head: Block = {
    ...box,
    ends: step.verb === 'exit' || step.verb === 'goto',
    draw(x, y, canvas) {
      const middle = { x, y: y + box.height / 2 };
      if (step.id !== undefined) canvas.places.set(step.id, middle);
      const plain = written(step);
      if (plain.verb === 'goto') canvas.jumps.push({ middle, to: plain.goto });
      box.draw(x, y, canvas);
    },
  };
  return ways.length === 0 ? head : forkBlock(head, ways, number, saying);
}

function forkBlock(head: Block, ways: readonly WayOn[], number: string, saying: Saying): Block {
  const lists = ways.map(({ steps }, index) => listBlock(steps, `${number}${letterOf(index)}.`, saying));
  const widths = lists.map(({ width }) => width);
  const total = widths.reduce((sum, width) => sum + width, 0) + BESIDE * (ways.length - 1);
  const ends = lists.every((list) => list.ends);
  const inner = Math.max(...lists.map(({ height }) => height + (height > 0 ? APART : 0)));
  const label = head.height + APART;
  const height = label + LABEL + inner + (ends ? 0 : APART);
  return {
    width: Math.max(head.width, total),
    height,
    ends,
    draw(x, y, canvas) {
      head.draw(x, y, canvas);
      let left = x - total / 2;
      lists.forEach((list, index) => {
        const width = widths[index] ?? 0;
        const middle = left + width / 2;
        left += width + BESIDE;
        elbow(canvas, [x, y + head.height], [middle, y + label], y + head.height + APART / 2);
        drawLabel(canvas, ways[index]?.label ?? '', middle, y + label, width);
        const top = y + label + LABEL + (list.height > 0 ? APART : 0);
        if (list.height > 0) straight(canvas, middle, y + label + LABEL, top);
        list.draw(middle, top, canvas);
        if (!list.ends)
          elbow(canvas, [middle, top + list.height], [x, y + height], y + height - APART / 2, '');
      });
    },
  };
}

function boxOf(text: string, verb: string, number: string): Block {
  const lines = wrapped(text, number === '' ? LETTERS + 2 : LETTERS, 5);
  const height = lines.length * LINE + (number === '' ? 18 : 34);
  return {
    width: BOX,
    height,
    ends: false,
    draw(x, y, canvas) {
      const left = x - BOX / 2;
      const first = y + (number === '' ? 22 : 38);
      const round = number === '' ? 18 : 10;
      canvas.boxes.push(
        `<g class="v-${verb}"><rect class="box" x="${left}" y="${y}" width="${BOX}" height="${height}" rx="${round}"/>` +
          (number === ''
            ? ''
            : `<rect class="bar" x="${left + 12}" y="${y + 10}" width="${16 + number.length * 6.5}" height="15" rx="7.5"/><text class="number" x="${left + 20 + number.length * 3.25}" y="${y + 21.5}" text-anchor="middle">${number}</text>`) +
          lines
            .map((line, index) =>
              number === ''
                ? `<text x="${x}" y="${first + index * LINE}" text-anchor="middle">${escaped(line)}</text>`
                : `<text x="${left + 14}" y="${first + 4 + index * LINE}">${escaped(line)}</text>`,
            )
            .join('') +
          '</g>',
      );
    },
  };
}

function drawLabel(canvas: Canvas, text: string, x: number, y: number, room: number): void {
  const [line = ''] = wrapped(text, Math.floor((room - 22) / 7.4), 1);
  const width = Math.min(room, line.length * 7.4 + 22);
  canvas.boxes.push(
    `<g class="way"><rect x="${x - width / 2}" y="${y}" width="${width}" height="${LABEL}" rx="13"/><text x="${x}" y="${y + 17.5}" text-anchor="middle">${escaped(line)}</text></g>`,
  );
}

const TIP = ' marker-end="url(#tip)"';

function straight({ lines }: Canvas, x: number, from: number, to: number): void {
  lines.push(`<path class="line" d="M${x} ${from}V${to - 1}"${TIP}/>`);
}

/** Down, across at the height `turn`, and down again, with round corners. */
function elbow(
  { lines }: Canvas,
  [x, y]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  turn: number,
  tip = TIP,
): void {
  const way = Math.sign(toX - x);
  const round = Math.min(8, Math.abs(toX - x) / 2);
  const across =
    way === 0
      ? ''
      : `V${turn - round}Q${x} ${turn} ${x + way * round} ${turn}H${toX - way * round}Q${toX} ${turn} ${toX} ${turn + round}`;
  lines.push(`<path class="line" d="M${x} ${y}${across}V${toY - (tip === '' ? 0 : 1)}"${tip}/>`);
}

/** Out at the side that is nearer, along it, and in to the target. */
function drawJump({ lines, places }: Canvas, { middle, to }: Canvas['jumps'][number], lane: number): void {
  const target = places.get(to);
  if (!target) return;
  const side = Math.sign(lane - middle.x) * (BOX / 2);
  lines.push(
    `<path class="line jump" d="M${middle.x + side} ${middle.y}H${lane}V${target.y}H${target.x + side + Math.sign(side)}"${TIP}/>`,
  );
}

/** a, b, c … of the ways on. */
export function letterOf(index: number): string {
  return String.fromCodePoint(97 + (index % 26));
}

/** Names of events and fields keep their small letters. */
export function capital(text: string): string {
  if (/^[a-z0-9]+[_.]/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
