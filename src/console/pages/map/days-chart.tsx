import { Table, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { MapDays } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import classes from './map.module.css';
import { WORDS } from './words.ts';

const HEIGHT = 140;
const FLOOR = 20;
const CEILING = 16;

export interface DaysChartProps {
  readonly title: string;
  readonly days: MapDays['days'];
  /** What of a day is drawn: how many, or the mean of what they said. */
  readonly show: 'n' | 'mean';
}

/** A line over days; the table below says the same. */
export function DaysChart({ title, days, show }: DaysChartProps) {
  const words = useWords(WORDS);
  const { number, date } = useFormat();
  const { ref, width } = useElementSize();
  const values = days.map((day) => day[show]);
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <Text c="dimmed">{words.days_none}</Text>;
  const highest = Math.max(...known);
  const first = days[0];
  const last = days.at(-1);
  const top = days[values.indexOf(highest)];
  const toldHighest = top ? words.highest(number(highest), date(top.day)) : '';
  return (
    <figure className={classes.figure} ref={ref}>
      <figcaption>{title}</figcaption>
      <svg width="100%" height={HEIGHT} role="img" aria-label={`${title}. ${toldHighest}`}>
        <line x1={0} x2="100%" y1={HEIGHT - FLOOR} y2={HEIGHT - FLOOR} className={classes.middle} />
        <path d={lineOf(values, width, highest, Math.min(0, ...known))} className={classes.actual} />
        <text x={0} y={12} className={classes.scaleText}>
          {toldHighest}
        </text>
        <text x={0} y={HEIGHT - 5} className={classes.scaleText}>
          {first && date(first.day)}
        </text>
        <text x="100%" y={HEIGHT - 5} textAnchor="end" className={classes.scaleText}>
          {last && date(last.day)}
        </text>
      </svg>
      <DaysTable days={days} show={show} />
    </figure>
  );
}

/** Straight from day to day; a day without a figure is a gap. */
function lineOf(values: readonly (number | null)[], width: number, highest: number, lowest: number): string {
  const span = highest - lowest || 1;
  const step = values.length > 1 ? (width - 6) / (values.length - 1) : 0;
  let drawing = false;
  return values
    .map((value, place) => {
      const letter = drawing ? 'L' : 'M';
      drawing = value !== null;
      if (value === null) return '';
      const y = CEILING + (1 - (value - lowest) / span) * (HEIGHT - FLOOR - CEILING - 4) + 2;
      // A day alone between two gaps is a dot: its line has round ends.
      return `${letter}${(3 + place * step).toFixed(1)} ${y.toFixed(1)}${letter === 'M' ? 'h0.1' : ''}`;
    })
    .join('');
}

function DaysTable({ days, show }: Omit<DaysChartProps, 'title'>) {
  const words = useWords(WORDS);
  const { number, date } = useFormat();
  return (
    <details>
      <summary>{words.days_table}</summary>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.day}</Table.Th>
            {show === 'mean' && <Table.Th className="figure">{words.actual}</Table.Th>}
            <Table.Th className="figure">n</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.map(({ day, n, mean }) => (
            <Table.Tr key={day}>
              <Table.Td>{date(day)}</Table.Td>
              {show === 'mean' && <Table.Td className="figure">{mean === null ? '' : number(mean)}</Table.Td>}
              <Table.Td className="figure">{number(n)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
