import { deliver } from '../aftermath.ts';
import { addWithExtra, buy, removeOne, startCheckout, viewCart } from '../buying.ts';
import type { Diary } from '../diary.ts';
import { DAY, HOUR, leisureMoment, type Span } from '../humane-hours.ts';
import { openAccount } from '../identity.ts';
import { arrive, likedCategory, lookAround } from '../looking.ts';
import { visit, visits, type Visit } from '../visit.ts';
import { lastDays, stretch } from './behaviour.ts';

/** People who fill a cart and go. */

/** Never comes back to buy, though half of them look at the cart once more, and some fill another one later. */
export function leaveCart(diary: Diary, season: Span): void {
  fillAndLeave(diary, season);
  if (diary.dice.chance(0.5)) comeBack(diary, season, viewCart);
  const rest = { from: diary.busy_until + 6 * DAY, to: season.to };
  if (rest.from < rest.to && diary.dice.chance(0.6)) fillAndLeave(diary, rest);
}

/** Comes back within hours or days, and buys what is left in the cart. */
export function leaveCartAndReturn(diary: Diary, season: Span): void {
  fillAndLeave(diary, season);
  comeBack(diary, season, (here) => {
    viewCart(here);
    if (diary.dice.chance(0.25)) removeOne(here);
    deliver(diary, buy(here));
  });
}

function fillAndLeave(diary: Diary, season: Span): void {
  const { dice } = diary;
  // Some of it is fresh, so that reminders are still to come when the history ends.
  const { from, to } = dice.chance(0.3) ? lastDays(season, 4) : stretch(diary, season, 8);
  const count = dice.whole(1, 3);
  visits(diary, from, to, count, (here, number) => {
    arrive(here);
    const seen = lookAround(here, likedCategory(here), dice.whole(2, 3));
    if (number === count - 1) addWithExtra(here, dice.pick(seen));
    if (number === count - 1) hesitate(here);
  });
}

function hesitate(here: Visit): void {
  const { dice } = here.diary;
  if (dice.chance(0.15)) removeOne(here);
  if (dice.chance(0.5)) startCheckout(here);
  else if (dice.chance(0.6)) openAccount(here);
  else viewCart(here);
}

function comeBack(diary: Diary, season: Span, doings: (here: Visit) => void): void {
  const from = diary.busy_until + HOUR;
  const to = Math.min(from + 4 * DAY, season.to);
  visit(diary, leisureMoment(diary.dice, diary.person.time_zone, { from, to }), doings);
}
