import type { EventType, Instant } from '../../core/events/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { write, type Diary } from './diary.ts';
import { HOUR, leisureMoment, MINUTE, SECOND } from './humane-hours.ts';
import type { Device } from './people.ts';

/** One stay in the web shop, on one device. Its clock goes on with each thing done. */
export interface Visit {
  readonly diary: Diary;
  readonly device: Device;
  now: Instant;
}

/** Lets the person come at the given moment, or as soon as their last visit is over. */
export function visit(diary: Diary, at: Instant, doings: (visit: Visit) => void): void {
  const here: Visit = { diary, device: pickDevice(diary), now: Math.max(at, diary.busy_until) };
  const first = diary.entries.length;
  doings(here);
  diary.busy_until = here.now + 10 * MINUTE;
  if (losesConnection(here, first)) holdBack(here, first);
}

/** One visit at each of so many moments within the span, in order of time. */
export function visits(
  diary: Diary,
  from: Instant,
  to: Instant,
  count: number,
  doings: (visit: Visit, number: number) => void,
): void {
  const draw = (): Instant => leisureMoment(diary.dice, diary.person.time_zone, { from, to });
  const moments = Array.from({ length: count }, draw).sort((a, b) => a - b);
  moments.forEach((at, number) => visit(diary, at, (here) => doings(here, number)));
}

/** Writes down what the visitor does next, some seconds or minutes after the last thing. */
export function act(here: Visit, name: string, properties: JsonObject, type: EventType = 'track'): void {
  here.now += pauseBefore(here, name);
  write(here.diary, { type, name, at: here.now, properties, device: here.device });
}

/** Seconds of thought before doing this: from, to. */
const PAUSES: Readonly<Record<string, readonly [number, number]>> = {
  page_viewed: [2, 40],
  product_list_viewed: [3, 30],
  products_searched: [4, 25],
  product_viewed: [6, 150],
  product_added: [8, 90],
  cart_viewed: [2, 45],
  checkout_started: [10, 180],
  identified: [12, 75],
  payment_info_entered: [30, 160],
  order_completed: [5, 45],
};

function pauseBefore({ diary }: Visit, name: string): number {
  const [from, to] = PAUSES[name] ?? [5, 60];
  const patience = diary.dice.next() ** 2;
  return Math.round((from + (to - from) * patience) * SECOND);
}

function pickDevice(diary: Diary): Device {
  const [first, second] = diary.person.devices;
  const picked = second && diary.dice.chance(0.35) ? second : first;
  return diary.cart.size === 0 || seesCartOn(diary, picked) ? picked : diary.cart_device;
}

function seesCartOn({ cart_device, known_on }: Diary, device: Device): boolean {
  return known_on.has(device) && known_on.has(cart_device);
}

/** A phone in the underground: only while looking, since nobody signs up or pays without a connection. */
function losesConnection({ diary, device }: Visit, first: number): boolean {
  const entries = diary.entries.slice(first);
  const only_looked = entries.every(({ type, name }) => type !== 'identify' && !ONLINE_ONLY.includes(name));
  return device.kind === 'mobile' && entries.length > 1 && only_looked && diary.dice.chance(0.09);
}

const ONLINE_ONLY = ['checkout_started', 'payment_info_entered', 'order_completed', 'newsletter_joined'];

/** Everything after the first page waits in the phone and is delivered at once, minutes to hours later. */
function holdBack({ diary, now }: Visit, first: number): void {
  const hours = diary.dice.chance(0.6) ? 1 : 9;
  const received_at = now + Math.round(5 * MINUTE + diary.dice.next() * hours * HOUR);
  if (received_at > diary.ends_at) return;
  const waiting = diary.entries.splice(first + 1);
  diary.entries.push(...waiting.map((entry) => ({ ...entry, received_at })));
}
