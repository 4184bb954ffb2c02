/** Walks the steps of a workflow as they are written, whatever verbs there are. */
import type { Path } from '../../core/schema.ts';
import { sendingOf } from '../../core/workflows/sending.ts';
import type { StepSource } from '../../core/workflows/verb.ts';

/** A list of steps that stands in a step. */
export interface InnerList {
  /** As it stands in the ids of its steps: `1`, `otherwise`, `if_not`, the name of a variant. */
  readonly name: string;
  readonly steps: readonly StepSource[];
  /** From the step. */
  readonly path: Path;
}

/** A step with its place. */
export interface PlacedStep {
  readonly step: StepSource;
  /** The written one, or the one made from the place. */
  readonly id: string;
  /** From the top of the file. */
  readonly path: Path;
  /** The id of the step above it in the same list; null for the first. */
  readonly above: string | null;
}

/** Every step, in the order of the file. */
export function everyStep(steps: readonly StepSource[]): PlacedStep[] {
  return placed(steps, '', ['steps']);
}

function placed(list: readonly StepSource[], under: string, path: Path): PlacedStep[] {
  const idOf = (index: number): string => list[index]?.id ?? `${under}${index + 1}`;
  return list.flatMap((step, index) => {
    const id = idOf(index);
    const here = [...path, index];
    const inner = innerLists(step).flatMap((one) =>
      placed(one.steps, `${id}.${one.name}.`, [...here, ...one.path]),
    );
    return [{ step, id, path: here, above: index === 0 ? null : idOf(index - 1) }, ...inner];
  });
}

/** The lists in a step, also empty ones, in the order of the file. */
export function innerLists(step: StepSource): InnerList[] {
  return listsIn(step, []);
}

/** What stands below these is the shop's own. */
const OPAQUE: ReadonlySet<string> = new Set(['body', 'headers', 'with', 'where', 'update_contact']);

function listsIn(node: unknown, path: Path): InnerList[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node) && node.every(isStep))
    return [{ name: nameOf(path), steps: node as readonly StepSource[], path }];
  return Object.entries(node)
    .filter(([key]) => !OPAQUE.has(key))
    .flatMap(([key, value]) => listsIn(value, [...path, Array.isArray(node) ? Number(key) : key]));
}

function isStep(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'verb' in value;
}

/** The list at `branch`, 0, `steps` is called `1`, that at `ab_test`, `variants`, `reviews`, `steps` is called `reviews`. */
function nameOf(path: Path): string {
  const last = path.at(-1) === 'steps' ? path.at(-2) : path.at(-1);
  return typeof last === 'number' ? String(last + 1) : String(last);
}

/** What is written beside a key of a step; undefined where nothing is. */
export function written(step: StepSource, key: string): unknown {
  return (step as unknown as Readonly<Record<string, unknown>>)[key];
}

/** The message that a step sends; undefined for all other steps. */
export function messageOf(step: StepSource): string | undefined {
  return sendingOf(step)?.message;
}
