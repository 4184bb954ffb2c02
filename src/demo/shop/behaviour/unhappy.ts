import type { Instant } from '../../../core/events/event.ts';
import { complain, deliverInTime, deliverLate, rateOrder, rateShop, solve } from '../aftermath.ts';
import { add, addWithExtra, buy, type PlacedOrder } from '../buying.ts';
import type { Diary } from '../diary.ts';
import { DAY, HOUR, type Span } from '../humane-hours.ts';
import { logIn } from '../identity.ts';
import { arrive, likedCategory, likedProduct, lookAround, view } from '../looking.ts';
import { visits } from '../visit.ts';
import { lastDays } from './behaviour.ts';

/**
 * An order that goes wrong. Many of these people are upset as the history ends, and some of those have
 * something in the cart again: the ones to whom nobody should be selling just now.
 */
export function beLetDown(diary: Diary, season: Span): void {
  const { dice } = diary;
  const is_fresh = dice.chance(0.42);
  const bought = is_fresh ? daysBefore(season, 13, 7) : daysBefore(season, 50, 14);
  visits(diary, bought.from, bought.to, 1, (here) => {
    arrive(here);
    lookAround(here, likedCategory(here), dice.whole(1, 3));
    addWithExtra(here, likedProduct(here));
    const order = buy(here);
    const upset_at = goWrong(diary, order, is_fresh ? 0.4 : 0.95);
    if (dice.chance(0.5)) rateShop(diary, upset_at, dice.whole(0, 5));
  });
  if (dice.chance(is_fresh ? 0.8 : 0.3)) lookAgain(diary, is_fresh ? lastDays(season, 2) : season);
}

/** Late or not as promised; answers when the trouble became known. */
function goWrong(diary: Diary, order: PlacedOrder, solved: number): Instant {
  const { dice } = diary;
  const is_late = dice.chance(0.55);
  const known_at = is_late ? deliverLate(diary, order) : deliverInTime(diary, order);
  if (!is_late || dice.chance(0.5)) {
    const topic = is_late ? 'late_delivery' : dice.pick(['wrong_size', 'damaged', 'missing_item', 'quality']);
    const opened_at = complain(diary, order, known_at, topic);
    if (dice.chance(solved)) solve(diary, order, opened_at);
  }
  if (dice.chance(0.6)) rateOrder(diary, order, known_at, dice.whole(1, 2));
  return known_at;
}

function lookAgain(diary: Diary, span: Span): void {
  visits(diary, Math.max(span.from, diary.busy_until + 6 * HOUR), span.to, 1, (here) => {
    arrive(here);
    logIn(here);
    const product = likedProduct(here);
    view(here, product);
    add(here, product);
  });
}

/** The span between so many and so many days before the end of the season, but within it. */
function daysBefore(season: Span, most: number, least: number): Span {
  const from = Math.max(season.from, season.to - most * DAY);
  return { from, to: Math.max(from, season.to - least * DAY) };
}
