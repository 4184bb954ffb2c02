/** Chance that can be repeated: the same seed and stream give the same throws on every machine. */

export interface Dice {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  /** True in `share` of all throws; 0 never, 1 always. */
  chance(share: number): boolean;
  /** One of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item;
  /** One of a list, the heavier the likelier. Weights are not negative and not all zero. */
  weighted<Item>(list: readonly Item[], weight: (item: Item) => number): Item;
  shuffle<Item>(list: readonly Item[]): Item[];
  /** A random id in the form that browsers give to their visitors (UUID version 4). */
  uuid(): string;
}

/** Each stream of a seed is its own sequence, so one person's throws do not move another's. */
export function makeDice(seed: number, stream: number): Dice {
  const next = smallFastCounting(seed, stream);
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    chance: (share) => next() < share,
    pick: (list) => entry(list, whole(0, list.length - 1)),
    weighted: (list, weight) => pickWeighted(list, weight, next()),
    shuffle: (list) => shuffle(list, whole),
    uuid: () => uuid(whole),
  };
}

/** The generator "sfc32" (small fast counting): 128 bits of state, the fourth word a counter. */
function smallFastCounting(seed: number, stream: number): () => number {
  let [a, b, c, counter] = [seed | 0, stream | 0, Math.floor(seed / 2 ** 32) | 0, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first throws of neighbouring seeds resemble one another.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

function pickWeighted<Item>(list: readonly Item[], weight: (item: Item) => number, throw_: number): Item {
  const total = list.reduce((sum, item) => sum + weight(item), 0);
  let rest = throw_ * total;
  const found = list.find((item) => (rest -= weight(item)) < 0);
  return found ?? entry(list, list.length - 1);
}

function shuffle<Item>(list: readonly Item[], whole: (from: number, to: number) => number): Item[] {
  const left = [...list];
  return list.map(() => entry(left.splice(whole(0, left.length - 1), 1), 0));
}

function uuid(whole: (from: number, to: number) => number): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => whole(0, 15).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${whole(8, 11).toString(16)}${digits(3)}-${digits(12)}`;
}

function entry<Item>(list: readonly Item[], index: number): Item {
  if (index < 0 || index >= list.length) throw new RangeError('Nothing to choose from: the list is empty.');
  return list[index] as Item;
}
