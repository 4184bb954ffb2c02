/** A workflow as nodes and arrows, for whoever draws it anew: with the ids that runs remember their place by. */
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { sendingOf } from '../../core/workflows/sending.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import type { LoadedProject } from '../../project/load.ts';
import { inLanguage, type Both, type Language } from '../language.ts';
import { conditionWords } from '../words/condition.ts';
import { namesOf, type NameOf } from '../words/names.ts';
import { stepWords, waysOn, written } from '../words/step.ts';
import { triggerWords } from '../words/trigger.ts';
import { capital } from './workflow-picture.ts';

/** Where everybody comes in, and where whoever has walked it goes out; no step can have such an id. */
export const START = ':start';
export const END = ':end';

export interface GraphNode {
  readonly id: string;
  readonly verb: string;
  readonly words: Both;
  /** The message that it sends; null where it sends none. */
  readonly message: string | null;
  /** Where it stands in the file; empty for the start and the end. */
  readonly path: readonly (string | number)[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Null where there is only one way. */
  readonly label: Both | null;
  /** What must hold to go this way; null where the label says it all. */
  readonly when: Both | null;
  /** A step that leads elsewhere by `goto`. */
  readonly jump: boolean;
}

export interface WorkflowGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** In the order of the file. `loaded` tells what things are called. */
export function workflowGraph(source: WorkflowSource, loaded: LoadedProject): WorkflowGraph {
  const names = { en: namesOf(loaded, 'en'), es: namesOf(loaded, 'es') };
  const triggers = source.enter_when.by === 'event' ? source.enter_when.event.event : [];
  const nodes: GraphNode[] = [outerNode(START, startWords(source, names))];
  const edges: GraphEdge[] = [];
  addArrow(START, placeList(source.steps, '', ['steps'], END));
  nodes.push(outerNode(END, { en: 'End', es: 'Fin' }));
  return { nodes, edges };

  /** Answers the id at which whoever comes to the list goes on. */
  function placeList(
    list: readonly StepSource[],
    under: string,
    path: GraphNode['path'],
    after: string,
  ): string {
    list.forEach((step, index) => {
      const next = list[index + 1];
      placeStep(
        step,
        idIn(under, step, index),
        [...path, index],
        next ? idIn(under, next, index + 1) : after,
      );
    });
    return list[0] ? idIn(under, list[0], 0) : after;
  }

  function placeStep(step: StepSource, id: string, path: GraphNode['path'], next: string): void {
    const words = both((language) => capital(stepWords(step, language, { triggers, name: names[language] })));
    const asked = written(step);
    const message = asked.verb === 'ask' ? asked.ask : (sendingOf(step)?.message ?? null);
    nodes.push({ id, verb: step.verb, words, message, path });
    if (asked.verb === 'exit') return addArrow(id, END);
    if (asked.verb === 'goto') return void edges.push({ ...PLAIN, from: id, to: asked.goto, jump: true });
    const ways = waysOn(step, 'en');
    const in_spanish = waysOn(step, 'es');
    if (ways.length === 0) return addArrow(id, next);
    const lists = listsOf(step);
    ways.forEach(({ label, when, steps }, index) => {
      const list = lists[index];
      const to = list ? placeList(steps, `${id}.${list.name}.`, [...path, ...list.path], next) : next;
      edges.push({
        from: id,
        to,
        label: { en: label, es: in_spanish[index]?.label ?? label },
        when: when ? both((language) => conditionWords(when, language, names[language])) : null,
        jump: false,
      });
    });
  }

  function addArrow(from: string, to: string): void {
    edges.push({ ...PLAIN, from, to });
  }
}

const PLAIN = { label: null, when: null, jump: false } as const;

/** What somebody must do or be for the goal; null where there is none. */
export function goalWords({ goal }: WorkflowSource, loaded: LoadedProject): Both | null {
  return goal ? both((language) => conditionWords(goal, language, namesOf(loaded, language))) : null;
}

/** What starts it. */
export function startsWords(source: WorkflowSource, loaded: LoadedProject): Both {
  return startWords(source, { en: namesOf(loaded, 'en'), es: namesOf(loaded, 'es') });
}

/** A text of the project in both languages; the other one where one is missing. */
export function inBoth(text: Parameters<typeof inLanguage>[0], otherwise: string): Both {
  return both((language) => inLanguage(text, language) ?? otherwise);
}

function startWords({ enter_when }: WorkflowSource, names: Readonly<Record<Language, NameOf>>): Both {
  return both((language) => capital(triggerWords(enter_when, language, names[language])));
}

function both(words: (language: Language) => string): Both {
  return { en: words('en'), es: words('es') };
}

function outerNode(id: string, words: Both): GraphNode {
  return { id, verb: id.slice(1), words, message: null, path: [] };
}

/** As `compileWorkflow` names steps. */
function idIn(under: string, step: StepSource, index: number): string {
  return step.id ?? `${under}${index + 1}`;
}

interface NestedList {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/** The lists that stand in a step, in the order of its ways; undefined for a way without one. */
function listsOf(source: StepSource): readonly (NestedList | undefined)[] {
  const step = written(source);
  switch (step.verb) {
    case 'branch':
      return step.branch.map(({ otherwise }, index) =>
        otherwise
          ? { name: 'otherwise', path: ['branch', index, 'otherwise'] }
          : { name: String(index + 1), path: ['branch', index, 'steps'] },
      );
    case 'ab_test':
      return Object.keys(step.ab_test.variants).map((name) => ({
        name,
        path: ['ab_test', 'variants', name, 'steps'],
      }));
    case 'wait_for':
    case 'ask':
      return [undefined, { name: 'if_not', path: ['if_not'] }];
    case 'call_webhook':
      return [undefined, { name: 'if_failed', path: ['if_failed'] }];
    default:
      return [];
  }
}
