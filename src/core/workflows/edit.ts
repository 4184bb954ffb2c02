/**
 * What became of each step when a workflow was edited, so that people inside can go on in the new version. Written ids
 * tell it; steps without one are aligned list by list, as two texts are compared line by line.
 */
import type { StepOutline, Workflow } from './workflow.ts';

/** Where somebody goes who stands at an old step. */
export type StepTarget =
  /** The same step, or the one that the author named for it: a wait goes on. */
  | { readonly to: string }
  /** It was deleted. The step to arrive at; null: nothing is left to do. */
  | { readonly gone: true; readonly next: string | null };

/** By the id of the old step. */
export type StepMap = ReadonlyMap<string, StepTarget>;

/** Where the steps of one version are in another; `moved_to` of the new version comes first. */
export function mapSteps(before: Workflow, after: Workflow): StepMap {
  return edit(before, after).map;
}

/** What an edit did to one step, for people. */
export type StepChange =
  | { readonly change: 'added'; readonly step: StepOutline }
  /** `next`: where people go who stand there; null: their run ends. */
  | { readonly change: 'removed'; readonly step: StepOutline; readonly next: string | null }
  | { readonly change: 'changed' | 'moved'; readonly before: StepOutline; readonly after: StepOutline };

/** In the order of the old file, then what is new in the order of the new one. */
export function changesOf(before: Workflow, after: Workflow): readonly StepChange[] {
  const { map, pairs, lists } = edit(before, after);
  const moved = movedSteps(before, after, { pairs, lists });
  const taken = new Set(pairs.values());
  const newer = new Map(after.outline.map((step) => [step.id, step]));
  return [
    ...before.outline.flatMap((step): StepChange[] => {
      const same = newer.get(pairs.get(step.id) ?? '');
      if (!same) return [{ change: 'removed', step, next: nextOf(map.get(step.id)) }];
      return [
        ...(same.text === step.text ? [] : [{ change: 'changed' as const, before: step, after: same }]),
        ...(moved.has(step.id) ? [{ change: 'moved' as const, before: step, after: same }] : []),
      ];
    }),
    ...after.outline
      .filter(({ id }) => !taken.has(id))
      .map((step): StepChange => ({ change: 'added', step })),
  ];
}

function nextOf(target: StepTarget | undefined): string | null {
  return target === undefined ? null : 'to' in target ? target.to : target.next;
}

/** What is the same in both versions, one to one. */
interface Pairs {
  /** Old id → id of the same step. */
  readonly pairs: ReadonlyMap<string, string>;
  /** Name of a new list → name of the old one. */
  readonly lists: ReadonlyMap<string, string>;
}

interface Edit extends Pairs {
  readonly map: StepMap;
}

/** Every run of a workflow asks for the same two versions. */
const edits = new WeakMap<Workflow, WeakMap<Workflow, Edit>>();

function edit(before: Workflow, after: Workflow): Edit {
  const known = edits.get(before) ?? new WeakMap<Workflow, Edit>();
  edits.set(before, known);
  const made = known.get(after) ?? compare(before, after);
  known.set(after, made);
  return made;
}

function compare(before: Workflow, after: Workflow): Edit {
  const written = listsOf(before);
  const { pairs, lists } = pairSteps(written, listsOf(after));
  const named = namedTargets(before, after);
  const survives = (id: string): string | undefined => named.get(id) ?? pairs.get(id);
  const map = new Map<string, StepTarget>();
  for (const { id } of before.outline) {
    const to = survives(id);
    map.set(id, to === undefined ? { gone: true, next: nextSurvivor(id, written, survives) } : { to });
  }
  return { map, pairs, lists };
}

/** What `moved_to` says of this edit. What the old version said already was meant for an earlier one. */
function namedTargets(before: Workflow, after: Workflow): Map<string, string> {
  const there = new Set(after.outline.map(({ id }) => id));
  const said = new Map(Object.entries(before.moved_to));
  return new Map(Object.entries(after.moved_to).filter(([old, to]) => there.has(to) && said.get(old) !== to));
}

/** The next one below in the old version that is still there: in the same list, then below the step that holds it. */
function nextSurvivor(
  id: string,
  { steps, by_name }: Lists,
  survives: (id: string) => string | undefined,
): string | null {
  let here = steps.get(id);
  while (here) {
    const list = by_name.get(here.under) ?? [];
    for (const step of list.slice(list.indexOf(here) + 1)) {
      const to = survives(step.id);
      if (to !== undefined) return to;
    }
    here = steps.get(placeOf(here.under).parent);
  }
  return null;
}

/** The steps of a version by id, and its lists by name (`4.otherwise.`; empty for the top). */
interface Lists {
  readonly steps: ReadonlyMap<string, StepOutline>;
  readonly by_name: ReadonlyMap<string, readonly StepOutline[]>;
  /** The names of the lists in a step. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
}

function listsOf({ outline }: Workflow): Lists {
  const by_name = new Map<string, StepOutline[]>();
  for (const step of outline) by_name.set(step.under, [...(by_name.get(step.under) ?? []), step]);
  const inside = new Map<string, string[]>();
  for (const under of by_name.keys()) {
    const { parent } = placeOf(under);
    if (under !== '') inside.set(parent, [...(inside.get(parent) ?? []), under]);
  }
  return { steps: new Map(outline.map((step) => [step.id, step])), by_name, inside };
}

/** `4.otherwise.` is the list `otherwise` of the step `4`. */
function placeOf(under: string): { readonly parent: string; readonly list: string } {
  const path = under.replace(/\.$/, '');
  const dot = path.lastIndexOf('.');
  return { parent: path.slice(0, Math.max(dot, 0)), list: path.slice(dot + 1) };
}

/** The work in progress of one comparison. */
interface Pairing {
  readonly before: Lists;
  readonly after: Lists;
  readonly pairs: Map<string, string>;
  readonly lists: Map<string, string>;
  readonly taken: Set<string>;
  /** Pairs of lists that are still to be aligned, by name. */
  readonly waiting: [string, string][];
}

function pairSteps(before: Lists, after: Lists): Pairs {
  const pairing: Pairing = {
    before,
    after,
    pairs: new Map(),
    lists: new Map(),
    taken: new Set(),
    waiting: [['', '']],
  };
  for (const step of before.steps.values()) {
    const same = after.steps.get(step.id);
    if (step.named && same?.named && same.verb === step.verb) pair(pairing, step, same);
  }
  do alignWaiting(pairing);
  while (pairUnique(pairing));
  return pairing;
}

function pair(pairing: Pairing, old: StepOutline, now: StepOutline): void {
  pairing.pairs.set(old.id, now.id);
  pairing.taken.add(now.id);
  pairing.waiting.push(...pairLists(pairing, old.id, now.id));
}

/**
 * Which list of a step became which. Lists with a name of their own keep it; the ways of a branch are only numbered, so
 * those belong together, in order, that have most in common.
 */
function pairLists({ before, after }: Pairing, old: string, now: string): [string, string][] {
  const [olds, news] = [before.inside.get(old) ?? [], after.inside.get(now) ?? []];
  const isWay = (under: string): boolean => /^\d+$/.test(placeOf(under).list);
  const named = olds
    .filter((under) => !isWay(under))
    .flatMap((under): [string, string][] => {
      const same = news.find((other) => placeOf(other).list === placeOf(under).list);
      return same === undefined ? [] : [[under, same]];
    });
  const likeness = (a: string, b: string): number => {
    const [one, other] = [before.by_name.get(a) ?? [], after.by_name.get(b) ?? []];
    const common = alignment(one, other, (x, y) => (isEqual(x, y) ? 1 : 0)).length;
    return 2 * common + (placeOf(a).list === placeOf(b).list ? 1 : 0);
  };
  return [...named, ...alignment(inOrder(olds.filter(isWay)), inOrder(news.filter(isWay)), likeness)];
}

function inOrder(ways: readonly string[]): readonly string[] {
  return ways.toSorted((a, b) => Number(placeOf(a).list) - Number(placeOf(b).list));
}

function alignWaiting(pairing: Pairing): void {
  for (let next = pairing.waiting.shift(); next; next = pairing.waiting.shift()) {
    const [old, now] = next;
    pairing.lists.set(now, old);
    alignLists(pairing, pairing.before.by_name.get(old) ?? [], pairing.after.by_name.get(now) ?? []);
  }
}

function alignLists(pairing: Pairing, olds: readonly StepOutline[], news: readonly StepOutline[]): void {
  const fits = (old: StepOutline, now: StepOutline): number => {
    if (pairing.pairs.get(old.id) === now.id) return 1;
    // A step with an id is found again wherever it stands, so it must not keep others from being found.
    return isFree(pairing, old, now) && isEqual(old, now) ? 2 : 0;
  };
  const anchors = alignment(olds, news, fits);
  for (const [old, now] of anchors) if (!pairing.pairs.has(old.id)) pair(pairing, old, now);
  let [from_old, from_new] = [0, 0];
  for (const [old, now] of [...anchors, [undefined, undefined]] as const) {
    const to_old = old ? olds.indexOf(old) : olds.length;
    const to_new = now ? news.indexOf(now) : news.length;
    fillGap(pairing, olds.slice(from_old, to_old), news.slice(from_new, to_new));
    [from_old, from_new] = [to_old + 1, to_new + 1];
  }
}

/** Between two steps that stayed, the same verbs belong together in their order. */
function fillGap(pairing: Pairing, olds: readonly StepOutline[], news: readonly StepOutline[]): void {
  let from = 0;
  for (const old of olds) {
    if (old.named || SAME_ONLY_IF_EQUAL.has(old.verb)) continue;
    const index = news.findIndex(
      (now, place) => place >= from && !now.named && now.verb === old.verb && isFree(pairing, old, now),
    );
    if (index === -1) continue;
    pair(pairing, old, news[index] as StepOutline);
    from = index + 1;
  }
}

/** With other words or another target these are other steps, and not the same one changed. */
const SAME_ONLY_IF_EQUAL: ReadonlySet<string> = new Set([
  'send_email',
  'send_sms',
  'send_chat',
  'send_webhook',
  'send',
  'ask',
  'ab_test',
  'start_workflow',
  'call_webhook',
]);

/** A step that moved to another list is known again where there is only one such step, before and after. */
function pairUnique(pairing: Pairing): boolean {
  const news = byText(pairing.after);
  const found = [...byText(pairing.before)].flatMap(([text, [old, another]]) => {
    const [now, twin] = news.get(text) ?? [];
    return old && now && !another && !twin && isFree(pairing, old, now) ? [[old, now] as const] : [];
  });
  for (const [old, now] of found) pair(pairing, old, now);
  return found.length > 0;
}

function byText({ steps }: Lists): Map<string, StepOutline[]> {
  const found = new Map<string, StepOutline[]>();
  for (const step of steps.values()) {
    const key = `${step.verb} ${step.text}`;
    found.set(key, [...(found.get(key) ?? []), step]);
  }
  return found;
}

function isEqual(a: StepOutline, b: StepOutline): boolean {
  return a.verb === b.verb && a.text === b.text;
}

/** Neither has its counterpart yet. */
function isFree({ pairs, taken }: Pairing, old: StepOutline, now: StepOutline): boolean {
  return !pairs.has(old.id) && !taken.has(now.id);
}

/** The pairs, in the order of both lists, whose weights add up to the most: a longest common subsequence. */
function alignment<T>(
  a: readonly T[],
  b: readonly T[],
  weight: (one: T, other: T) => number,
): [one: T, other: T][] {
  const weights = a.map((one) => b.map((other) => weight(one, other)));
  const best: number[][] = [...a.map((): number[] => []), b.map(() => 0)];
  const at = (row: number, column: number): number => best[row]?.[column] ?? 0;
  const together = (row: number, column: number): number => {
    const gained = weights[row]?.[column] ?? 0;
    return gained === 0 ? -1 : gained + at(row + 1, column + 1);
  };
  for (let row = a.length - 1; row >= 0; row--) {
    for (let column = b.length - 1; column >= 0; column--) {
      const most = Math.max(at(row + 1, column), at(row, column + 1), together(row, column));
      (best[row] as number[])[column] = most;
    }
  }
  const pairs: [T, T][] = [];
  for (let row = 0, column = 0; row < a.length && column < b.length;) {
    if (together(row, column) === at(row, column)) pairs.push([a[row++] as T, b[column++] as T]);
    else if (at(row + 1, column) === at(row, column)) row++;
    else column++;
  }
  return pairs;
}

/** Steps that came from another list, or passed a step that stayed where it was. */
function movedSteps(before: Workflow, after: Workflow, { pairs, lists }: Pairs): ReadonlySet<string> {
  const [olds, news] = [listsOf(before), listsOf(after)];
  const partners = new Map([...pairs].map(([old, now]) => [now, old]));
  const moved = new Set<string>();
  for (const [under, list] of news.by_name) {
    const came = list.flatMap(({ id }) => olds.steps.get(partners.get(id) ?? '') ?? []);
    const old = lists.get(under);
    const home = old === undefined ? [] : (olds.by_name.get(old) ?? []);
    const stayed = new Set(alignment(home, came, (a, b) => (a === b ? 1 : 0)).map(([step]) => step));
    for (const step of came) if (!stayed.has(step)) moved.add(step.id);
  }
  return moved;
}
