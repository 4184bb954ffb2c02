import { useComputedColorScheme } from '@mantine/core';
import { SankeyChart } from 'echarts/charts';
import { init, use as take } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { ECBasicOption } from 'echarts/types/dist/shared';
import { useEffect, useRef } from 'react';
import type { JourneyMap } from '../../../api/map/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { stageColor } from '../../parts/stage.ts';
import classes from './map.module.css';
import { useStageTitle } from './stage-title.ts';
import { WORDS } from './words.ts';

take([SankeyChart, SVGRenderer]);

/** A Sankey whose left side is where people were, and whose right side is where they went, so that ways back can be drawn. */
export default function MovesChart({ map }: { readonly map: JourneyMap }) {
  const words = useWords(WORDS);
  const place = useRef<HTMLDivElement>(null);
  const { number } = useFormat();
  const titleOf = useStageTitle(map);
  const scheme = useComputedColorScheme('light');
  const ends = endsOf(map, (stage, n) => `${titleOf(stage)}  ${number(n)}`);
  const drawn = JSON.stringify([ends, map.moves, scheme]);
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, null, { renderer: 'svg' });
    const [nodes, moves] = JSON.parse(drawn) as [End[], JourneyMap['moves']];
    const draw = (): void => {
      chart.resize();
      chart.setOption(drawing(nodes, moves, chart.getWidth()));
    };
    const watcher = new ResizeObserver(draw);
    watcher.observe(place.current);
    return () => {
      watcher.disconnect();
      chart.dispose();
    };
  }, [drawn]);
  return <div ref={place} className={classes.movesChart} role="img" aria-label={words.moves_chart} />;
}

interface End {
  readonly name: string;
  readonly stage: string;
  readonly side: 'left' | 'right';
  readonly label: string;
}

function endsOf({ stages, moves }: JourneyMap, tell: (stage: string, n: number) => string): End[] {
  const count = (side: 'from' | 'to', stage: string): number =>
    moves.filter((move) => move[side] === stage).reduce((total, { n }) => total + n, 0);
  return stages.flatMap(({ stage }) =>
    (['from', 'to'] as const).flatMap((side) => {
      const n = count(side, stage);
      if (n === 0) return [];
      return [
        {
          name: `${side} ${stage}`,
          stage,
          side: side === 'from' ? 'left' : 'right',
          label: tell(stage, n),
        } as const,
      ];
    }),
  );
}

const NARROW = 600;

function drawing(ends: readonly End[], moves: JourneyMap['moves'], width: number): ECBasicOption {
  const style = getComputedStyle(document.documentElement);
  const margin = width < NARROW ? 128 : 150;
  const { fontFamily } = getComputedStyle(document.body);
  const colorOf = (stage: string): string => resolved(stageColor(stage), style);
  return {
    animation: false,
    series: [
      {
        type: 'sankey',
        left: margin,
        right: margin,
        top: 8,
        bottom: 8,
        nodeGap: 14,
        nodeWidth: 10,
        draggable: false,
        silent: true,
        // In the order of the journey, not by size.
        layoutIterations: 0,
        lineStyle: { color: 'source', opacity: 0.35, curveness: 0.5 },
        data: ends.map(({ name, stage, side, label }) => ({
          name,
          itemStyle: { color: colorOf(stage), borderWidth: 0 },
          label: {
            position: side,
            formatter: label,
            fontSize: 12,
            fontFamily,
            color: style.getPropertyValue('--mantine-color-text').trim(),
          },
        })),
        links: moves.map(({ from, to, n }) => ({ source: `from ${from}`, target: `to ${to}`, value: n })),
      },
    ],
  };
}

/** What a token stands for now: charts know no tokens. */
function resolved(color: string, style: CSSStyleDeclaration): string {
  const [, token] = /^var\((--[\w-]+)\)$/.exec(color) ?? [];
  return token === undefined ? color : style.getPropertyValue(token).trim();
}
