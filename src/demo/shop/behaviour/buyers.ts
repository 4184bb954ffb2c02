import { deliver, deliverInTime, rateShop } from '../aftermath.ts';
import { add, addWithExtra, buy } from '../buying.ts';
import type { Diary } from '../diary.ts';
import { DAY, HOUR, leisureMoment, MINUTE, type Span } from '../humane-hours.ts';
import { logIn, openAccount } from '../identity.ts';
import { arrive, likedCategory, likedProduct, lookAround, view } from '../looking.ts';
import { visit, visits } from '../visit.ts';
import { lastDays, stretch } from './behaviour.ts';

/** People who buy. */

/** Sees it, wants it, has paid ten minutes later. Some fill another cart that evening and leave it. */
export function buyOnImpulse(diary: Diary, season: Span): void {
  const { dice } = diary;
  visits(diary, season.from, season.to, 1, (here) => {
    arrive(here);
    const product = likedProduct(here);
    view(here, product);
    addWithExtra(here, product);
    deliver(diary, buy(here));
  });
  if (!dice.chance(0.55)) return;
  visit(diary, diary.busy_until + dice.whole(30, 300) * MINUTE, (here) => {
    const product = likedProduct(here);
    view(here, product);
    add(here, product);
  });
}

/** Has an account, looks in every week or so, orders two to four times, and forgets a cart now and then. */
export function buyRegularly(diary: Diary, season: Span): void {
  const { dice } = diary;
  const orders = dice.pick([2, 2, 3, 3, 4]);
  const length = (season.to - season.from) / orders;
  for (let number = 0; number < orders; number += 1) {
    const from = season.from + number * length;
    lookAndOrder(diary, { from, to: from + length });
  }
}

/** A few visits, the last but one with the order, so that there often is a cart after it. */
function lookAndOrder(diary: Diary, { from, to }: Span): void {
  const { dice } = diary;
  const count = dice.whole(4, 6);
  visits(diary, from, to, count, (here, number) => {
    arrive(here);
    logIn(here);
    const seen = lookAround(here, likedCategory(here), dice.whole(1, 3));
    if (diary.known_on.size === 0) openAccount(here);
    const orders_now = number === count - 2;
    if (orders_now || dice.chance(0.3)) addWithExtra(here, dice.pick(seen));
    if (orders_now) deliver(diary, buy(here));
  });
}

/** Buys for others: a little of everything, wrapped, in one order. */
export function buyGifts(diary: Diary, season: Span): void {
  const { dice } = diary;
  const { from, to } = stretch(diary, season, 9);
  const count = dice.whole(2, 3);
  visits(diary, from, to, count, (here, number) => {
    arrive(here);
    const seen = lookAround(here, likedCategory(here), dice.whole(2, 3));
    if (dice.chance(0.8) || number === count - 1) add(here, dice.pick(seen), dice.whole(1, 2));
    if (number === count - 1) deliver(diary, buy(here, { gift: true }));
  });
}

/** Ordered two to three months ago and has been quiet since, but for a glance that some of them take. */
export function driftAway(diary: Diary, season: Span): void {
  const { dice, person } = diary;
  const length = season.to - season.from;
  const last_order_at = season.to - length * (55 / 60 + (dice.next() * 45) / 60);
  const earliest = season.to - 2 * length;
  orderOnce(diary, { from: earliest, to: last_order_at - 9 * DAY }, dice.chance(0.45));
  orderOnce(diary, { from: Math.max(earliest, last_order_at - DAY), to: last_order_at }, true);
  if (!dice.chance(0.3)) return;
  const glance = leisureMoment(dice, person.time_zone, lastDays(season, 20));
  visit(diary, glance, (here) => {
    arrive(here);
    view(here, likedProduct(here));
  });
}

function orderOnce(diary: Diary, span: Span, happens: boolean): void {
  if (!happens || span.to <= span.from) return;
  visits(diary, span.from, span.to, 1, (here) => {
    arrive(here);
    lookAround(here, likedCategory(here), diary.dice.whole(1, 3));
    addWithExtra(here, likedProduct(here));
    deliver(diary, buy(here));
  });
}

/** Orders, is asked whether to recommend the shop, answers 9 or 10; most of them order again. */
export function beDelighted(diary: Diary, season: Span): void {
  const { dice } = diary;
  const middle = (season.from + season.to) / 2;
  visits(diary, season.from, middle, 1, (here) => {
    arrive(here);
    const [product] = lookAround(here, likedCategory(here), 2);
    addWithExtra(here, product ?? likedProduct(here));
    const order = buy(here);
    rateShop(diary, deliverInTime(diary, order), dice.whole(9, 10));
  });
  if (!dice.chance(0.7)) return;
  visits(
    diary,
    Math.max(middle, diary.busy_until + 12 * HOUR),
    season.to,
    dice.whole(1, 2),
    (here, number) => {
      arrive(here);
      logIn(here);
      const [product] = lookAround(here, likedCategory(here), 2);
      addWithExtra(here, product ?? likedProduct(here));
      if (number === 0) deliver(diary, buy(here));
    },
  );
}
