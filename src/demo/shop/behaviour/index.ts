import type { Dice } from '../random.ts';
import type { Behaviour } from './behaviour.ts';
import { beDelighted, buyGifts, buyOnImpulse, buyRegularly, driftAway } from './buyers.ts';
import { leaveCart, leaveCartAndReturn } from './cart-leavers.ts';
import { compareWithCare, passBy, readNewsletter, unsubscribe, windowShop } from './lookers.ts';
import { beLetDown } from './unhappy.ts';

/** Of a hundred people, how many behave in which way. */
const CAST: readonly (readonly [Behaviour, number])[] = [
  [windowShop, 21],
  [compareWithCare, 14],
  [leaveCart, 17],
  [buyRegularly, 9],
  [passBy, 6],
  [buyOnImpulse, 5],
  [leaveCartAndReturn, 5],
  [beLetDown, 6],
  [driftAway, 5],
  [readNewsletter, 5],
  [beDelighted, 3],
  [buyGifts, 2],
  [unsubscribe, 2],
];

const CAST_SIZE = CAST.reduce((sum, [, share]) => sum + share, 0);

/** One behaviour for each of so many people, in their shares and in no order. */
export function castBehaviours(dice: Dice, people: number): Behaviour[] {
  return dice.shuffle(
    Array.from({ length: people }, (_, number) => behaviourAt(((number + 0.5) / people) * CAST_SIZE)),
  );
}

function behaviourAt(place: number): Behaviour {
  let rest = place;
  const found = CAST.find(([, share]) => (rest -= share) < 0);
  return found ? found[0] : windowShop;
}
