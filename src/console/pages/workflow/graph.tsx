import '@xyflow/react/dist/style.css';
import { Graph as Layout, layout } from '@dagrejs/dagre';
import {
  Controls,
  Handle,
  MarkerType,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
  type ReactFlowInstance,
} from '@xyflow/react';
import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { createContext, use, useEffect, useMemo, useState } from 'react';
import type { Graph } from '../../../api/project-edits/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { inLanguage, useLanguage, useWords } from '../../app/words.ts';
import css from './graph.module.css';

const WORDS = {
  en: { now: 'now', came: 'came', sent: 'sent' },
  es: { now: 'ahora', came: 'llegaron', sent: 'enviados' },
};

export type GraphStep = Graph['nodes'][number] & {
  readonly standing?: number;
  readonly reached?: number | null;
  readonly sent?: number;
};

export interface GraphProps {
  readonly steps: readonly GraphStep[];
  readonly edges: Graph['edges'];
  /** What screen readers call the picture. */
  readonly label: string;
  /** Where somebody stands or has been. */
  readonly lit?: ReadonlySet<string>;
  readonly onChoose?: (step: string) => void;
}

/** Whatever is larger is moved, and never drawn too small to be read before somebody asks for all of it. */
const READABLE = { minZoom: 0.75, maxZoom: 1, padding: 0.05 };
const SEEN_FIRST = 5;

const WIDTH = 230;
const HEIGHT = 92;
const OUTER = 56;

const Choosing = createContext<((step: string) => void) | undefined>(undefined);

/** From the top to the bottom; loaded when it is first drawn, as what draws it is large. */
export default function WorkflowGraph({ steps, edges, label, lit, onChoose }: GraphProps) {
  const language = useLanguage();
  const scheme = useComputedColorScheme('light');
  const { colorScheme } = useMantineColorScheme();
  const placed = useMemo(() => placesOf(steps, edges), [steps, edges]);
  const nodes = useMemo(
    () =>
      steps.map((step): StepNode => {
        const isOuter = step.id.startsWith(':');
        const size = { width: WIDTH, height: isOuter ? OUTER : HEIGHT };
        return {
          id: step.id,
          type: 'step',
          position: placed.get(step.id) ?? { x: 0, y: 0 },
          ...size,
          data: { step, lit: lit?.has(step.id) ?? false },
        };
      }),
    [steps, placed, lit],
  );
  const arrows = useMemo(
    () =>
      edges.map((edge, index): Edge => ({
        id: `${index}`,
        source: edge.from,
        target: edge.to,
        type: 'smoothstep',
        animated: false,
        focusable: false,
        markerEnd: { type: MarkerType.ArrowClosed },
        ...(edge.label ? { label: inLanguage(edge.label, language) } : {}),
        ...(edge.jump ? { style: { strokeDasharray: '5 4' } } : {}),
      })),
    [edges, language],
  );
  const [drawn, setDrawn] = useState<ReactFlowInstance<StepNode>>();
  useEffect(() => {
    if (drawn && lit && lit.size > 0)
      void drawn.fitView({ ...READABLE, nodes: [...lit].map((id) => ({ id })) });
  }, [drawn, lit]);
  return (
    <section className={css['canvas']} aria-label={label}>
      <Choosing value={onChoose}>
        <ReactFlow
          nodes={nodes}
          edges={arrows}
          nodeTypes={NODE_TYPES}
          colorMode={colorScheme === 'auto' ? 'system' : scheme}
          onInit={setDrawn}
          fitView
          fitViewOptions={{ ...READABLE, nodes: steps.slice(0, SEEN_FIRST).map(({ id }) => ({ id })) }}
          minZoom={0.2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          disableKeyboardA11y
        >
          <Controls showInteractive={false} />
        </ReactFlow>
      </Choosing>
    </section>
  );
}

type StepNode = Node<{ readonly step: GraphStep; readonly lit: boolean }, 'step'>;

function StepBox({ data: { step, lit } }: NodeProps<StepNode>) {
  const words = useWords(WORDS);
  const language = useLanguage();
  const { number } = useFormat();
  const choose = use(Choosing);
  const { standing, reached, sent } = step;
  const isOuter = step.id.startsWith(':');
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <button
        type="button"
        className={`${css['step']} nopan`}
        data-outer={isOuter}
        data-sends={step.message !== null}
        data-lit={lit}
        aria-current={lit ? 'step' : undefined}
        onClick={() => choose?.(step.id)}
      >
        <span className={css['words']}>{inLanguage(step.words, language)}</span>
        {standing !== undefined && !isOuter && (
          <span className={css['counts']}>
            <span>
              <strong>{number(standing)}</strong> {words.now}
            </span>
            <span>
              <strong>{number(reached ?? 0)}</strong> {words.came}
            </span>
            {step.message !== null && (
              <span>
                <strong>{number(sent ?? 0)}</strong> {words.sent}
              </span>
            )}
          </span>
        )}
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

const NODE_TYPES = { step: StepBox };

function placesOf(
  steps: readonly GraphStep[],
  edges: Graph['edges'],
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  const graph = new Layout();
  graph.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 52 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of steps)
    graph.setNode(id, { width: WIDTH, height: id.startsWith(':') ? OUTER : HEIGHT });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    steps.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id) as { readonly x?: number; readonly y?: number };
      return [id, { x: x - WIDTH / 2, y: y - (id.startsWith(':') ? OUTER : HEIGHT) / 2 }];
    }),
  );
}
