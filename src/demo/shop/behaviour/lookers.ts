import { deliver } from '../aftermath.ts';
import { add, addWithExtra, buy, emptyCart } from '../buying.ts';
import type { ShopProduct } from '../catalogue.ts';
import { productProperties, writeFromShop, type Diary } from '../diary.ts';
import { DAY, leisureMoment, type Span } from '../humane-hours.ts';
import { openAccount, subscribe } from '../identity.ts';
import {
  arrive,
  browse,
  likedCategory,
  likedProduct,
  lookAround,
  readJournal,
  readPrices,
  view,
} from '../looking.ts';
import { act, visit, visits, type Visit } from '../visit.ts';
import { lastDays, stretch } from './behaviour.ts';

/** People who mostly look. */

/** Comes once, sees a thing or two, stays a stranger for ever. */
export function passBy(diary: Diary, season: Span): void {
  visits(diary, season.from, season.to, 1, (here) => {
    arrive(here);
    lookAround(here, likedCategory(here), diary.dice.whole(1, 2));
  });
}

/** Comes back now and then without buying; some put one thing in the cart, some leave an address. */
export function windowShop(diary: Diary, season: Span): void {
  const { dice } = diary;
  const { from, to } = dice.chance(0.35) ? lastDays(season, 14) : stretch(diary, season, dice.whole(6, 30));
  const count = dice.whole(4, 9);
  const subscribes = dice.chance(0.22);
  const fills_cart = dice.chance(0.62);
  const empties_it = dice.chance(0.3);
  visits(diary, from, to, count, (here, number) => {
    arrive(here);
    const seen = lookAround(here, likedCategory(here), dice.whole(1, 3));
    if (subscribes && number === count - 1) subscribe(here);
    if (fills_cart && number === count - 2) add(here, dice.pick(seen));
    if (empties_it && number === count - 1) emptyCart(here);
  });
}

/** Weighs a few products of one kind against each other for days, and reads about shipping and returns. */
export function compareWithCare(diary: Diary, season: Span): void {
  const { dice } = diary;
  const { from, to } = stretch(diary, season, dice.whole(7, 22));
  const category = dice.pick(diary.person.tastes);
  const count = dice.whole(5, 10);
  const opens_account = dice.chance(0.7);
  const ends = dice.weighted(COMPARING_ENDS, ({ weight }) => weight);
  visits(diary, from, to, count, (here, number) => {
    arrive(here);
    const [favourite] = lookAround(here, category, dice.whole(2, 4));
    if (dice.chance(0.6)) readPrices(here);
    if (favourite && dice.chance(0.25)) wish(here, favourite);
    if (number === 1 && opens_account) openAccount(here);
    if (favourite && number === count - 1) ends.doings(here, favourite);
  });
}

const COMPARING_ENDS: readonly { weight: number; doings: (here: Visit, product: ShopProduct) => void }[] = [
  { weight: 5, doings: (here, product) => add(here, product) },
  { weight: 3, doings: () => undefined },
  { weight: 2, doings: buyAtLast },
];

function buyAtLast(here: Visit, product: ShopProduct): void {
  addWithExtra(here, product);
  deliver(here.diary, buy(here));
}

/** A wish list belongs to an account, so strangers have none. */
function wish(here: Visit, product: ShopProduct): void {
  const { person, known_on } = here.diary;
  if (known_on.has(here.device)) act(here, 'product_added_to_wishlist', productProperties(person, product));
}

/** Subscribes early, then comes to read, and looks at the odd product. */
export function readNewsletter(diary: Diary, season: Span): void {
  const { dice } = diary;
  const { from, to } = stretch(diary, season, 45);
  visits(diary, from, to, dice.whole(4, 9), (here, number) => {
    if (number === 0) arrive(here);
    readJournal(here);
    if (number === 0) subscribe(here);
    else if (dice.chance(0.5)) view(here, likedProduct(here));
  });
}

/** Subscribes or buys, and after some weeks wants no more mail. */
export function unsubscribe(diary: Diary, season: Span): void {
  const { dice, person } = diary;
  const { from, to } = stretch(diary, season, 40);
  visit(diary, leisureMoment(dice, person.time_zone, { from, to: from + 3 * DAY }), (here) => {
    arrive(here);
    browse(here, likedCategory(here));
    if (dice.chance(0.4)) buyAtLast(here, likedProduct(here));
    else subscribe(here);
  });
  const at = leisureMoment(dice, person.time_zone, { from: Math.max(from + 4 * DAY, diary.busy_until), to });
  writeFromShop(diary, dice.chance(0.65) ? 'unsubscribed' : 'consent_withdrawn', at, { channel: 'email' });
}
