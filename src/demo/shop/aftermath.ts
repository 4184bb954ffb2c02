import type { Instant } from '../../core/events/event.ts';
import type { PlacedOrder } from './buying.ts';
import { writeFromShop, type Diary } from './diary.ts';
import { DAY, HOUR, leisureMoment, workingMoment } from './humane-hours.ts';

/** What follows an order: parcels, surveys, complaints and their mending. Told by the shop's own systems. */

/** The parcel arrives within days; answers when. */
export function deliverInTime(diary: Diary, order: PlacedOrder): Instant {
  const shipped_at = ship(diary, order);
  return arriveAt(diary, order, shipped_at + 20 * HOUR, shipped_at + 4 * DAY);
}

/** The parcel is announced as late and arrives long after; answers when it was announced. */
export function deliverLate(diary: Diary, order: PlacedOrder): Instant {
  const shipped_at = ship(diary, order);
  const late_at = atWork(diary, shipped_at + 3 * DAY, shipped_at + 5 * DAY);
  const { order_id } = order;
  writeFromShop(diary, 'order_late', late_at, { order_id, days_late: diary.dice.whole(2, 6) });
  arriveAt(diary, order, late_at + 2 * DAY, late_at + 6 * DAY);
  return late_at;
}

/** Most people have their parcel in time and say so when asked; a few wait longer. */
export function deliver(diary: Diary, order: PlacedOrder): void {
  const { dice } = diary;
  if (dice.chance(0.05)) return void deliverLate(diary, order);
  const delivered_at = deliverInTime(diary, order);
  if (dice.chance(0.35)) rateOrder(diary, order, delivered_at, dice.pick([3, 4, 4, 5, 5, 5]));
  if (dice.chance(0.12)) reviewProduct(diary, order, delivered_at, dice.pick([4, 4, 5, 5, 5]));
}

/** The survey on one order, from 1 (bad) to 5 (very good). */
export function rateOrder(diary: Diary, order: PlacedOrder, after: Instant, score: number): void {
  const answer = { survey: 'satisfaction', score, order_id: order.order_id };
  writeFromShop(diary, 'survey_answered', atLeisure(diary, after + 6 * HOUR, after + 3 * DAY), answer);
}

/** "Would you recommend us?", from 0 to 10. */
export function rateShop(diary: Diary, after: Instant, score: number): void {
  const at = atLeisure(diary, after + DAY, after + 6 * DAY);
  writeFromShop(diary, 'survey_answered', at, { survey: 'recommend', score });
}

function reviewProduct(diary: Diary, order: PlacedOrder, after: Instant, rating: number): void {
  const [product] = order.products;
  if (!product) return;
  const review = { review_id: `review-${order.order_id}`, product_id: product.product_id, rating };
  writeFromShop(diary, 'product_reviewed', atLeisure(diary, after + 2 * DAY, after + 12 * DAY), review);
}

/** Answers when it was opened. */
export function complain(diary: Diary, order: PlacedOrder, after: Instant, topic: string): Instant {
  const at = atLeisure(diary, after + 2 * HOUR, after + 2 * DAY);
  const channel = diary.dice.pick(['email', 'email', 'chat', 'phone']);
  writeFromShop(diary, 'complaint_opened', at, { ...complaint(order), topic, channel });
  return at;
}

export function solve(diary: Diary, order: PlacedOrder, opened_at: Instant): void {
  const at = atWork(diary, opened_at + DAY, opened_at + 7 * DAY);
  const how = diary.dice.pick(['replaced', 'refunded_shipping', 'explained']);
  writeFromShop(diary, 'complaint_solved', at, { ...complaint(order), how });
}

function ship(diary: Diary, { order_id, at }: PlacedOrder): Instant {
  const shipped_at = atWork(diary, at + 2 * HOUR, at + 2.5 * DAY);
  writeFromShop(diary, 'order_shipped', shipped_at, { order_id, carrier: diary.dice.pick(CARRIERS) });
  return shipped_at;
}

const CARRIERS = ['Correo Veloz', 'Paquetería Sol', 'Northway Parcels'];

function arriveAt(diary: Diary, { order_id }: PlacedOrder, from: Instant, to: Instant): Instant {
  const at = atWork(diary, from, to);
  writeFromShop(diary, 'order_delivered', at, { order_id });
  return at;
}

function complaint({ order_id }: PlacedOrder): { readonly complaint_id: string; readonly order_id: string } {
  return { complaint_id: `complaint-${order_id}`, order_id };
}

function atWork({ dice, person }: Diary, from: Instant, to: Instant): Instant {
  return workingMoment(dice, person.time_zone, { from, to });
}

function atLeisure({ dice, person }: Diary, from: Instant, to: Instant): Instant {
  return leisureMoment(dice, person.time_zone, { from, to });
}
