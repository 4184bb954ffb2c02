import type { Instant } from '../../core/events/event.ts';
import type { JsonObject } from '../../core/json.ts';
import { CART_URL, CURRENCY, SMALL_EXTRAS, type ShopProduct } from './catalogue.ts';
import { cartId, cartProperties, inCents, isKnown, lineProperties, worth, type CartLine } from './diary.ts';
import { DAY } from './humane-hours.ts';
import { giveDetails, logIn } from './identity.ts';
import { act, type Visit } from './visit.ts';

/** The cart and the way to the till. */

export interface PlacedOrder {
  readonly order_id: string;
  readonly at: Instant;
  readonly products: readonly ShopProduct[];
}

export function add(here: Visit, product: ShopProduct, quantity = 1): void {
  tidyOldCart(here);
  const already = here.diary.cart.get(product.product_id)?.quantity ?? 0;
  here.diary.cart.set(product.product_id, { product, quantity: already + quantity });
  touchCart(here, 'product_added', { product, quantity });
}

/** The thing itself and, half of the time, a small one with it. */
export function addWithExtra(here: Visit, product: ShopProduct): void {
  add(here, product);
  if (here.diary.dice.chance(0.5)) add(here, here.diary.dice.pick(SMALL_EXTRAS));
}

function remove(here: Visit, line: CartLine): void {
  here.diary.cart.delete(line.product.product_id);
  touchCart(here, 'product_removed', line);
}

/** Has second thoughts about one thing of several. */
export function removeOne(here: Visit): void {
  const lines = [...here.diary.cart.values()];
  if (lines.length > 1) remove(here, here.diary.dice.pick(lines));
}

/** Takes out whatever is in it; what is put in later is another cart. */
export function emptyCart(here: Visit): void {
  if (here.diary.cart.size === 0) return;
  viewCart(here);
  for (const line of here.diary.cart.values()) remove(here, line);
  beginNewCart(here);
}

export function viewCart(here: Visit): void {
  act(here, 'cart_viewed', cartProperties(here.diary));
}

/** Goes to the till and says who they are, but does not pay yet. */
export function startCheckout(here: Visit): void {
  viewCart(here);
  act(here, 'checkout_started', { ...cartProperties(here.diary), checkout_id: checkoutId(here) });
  if (isKnown(here.diary)) logIn(here);
  else giveDetails(here);
}

/** Pays for all that is in the cart. */
export function buy(here: Visit, more: JsonObject = {}): PlacedOrder {
  startCheckout(here);
  act(here, 'payment_info_entered', {
    checkout_id: checkoutId(here),
    payment_method: here.diary.dice.pick(['card', 'card', 'wallet', 'bank_transfer']),
  });
  const order = orderProperties(here);
  const products = [...here.diary.cart.values()].map(({ product }) => product);
  here.diary.order_number += 1;
  act(here, 'order_completed', { ...order, ...more });
  beginNewCart(here);
  return { order_id: order.order_id, at: here.now, products };
}

/** Who comes back after weeks to a forgotten cart takes the old things out before putting new ones in. */
function tidyOldCart(here: Visit): void {
  if (here.now - here.diary.cart_touched_at >= 5 * DAY) emptyCart(here);
}

function beginNewCart({ diary }: Visit): void {
  diary.cart.clear();
  diary.cart_number += 1;
}

function touchCart(here: Visit, name: string, line: CartLine): void {
  const { diary } = here;
  act(here, name, { ...lineProperties(diary, line), cart_id: cartId(diary), cart_url: CART_URL });
  diary.cart_touched_at = here.now;
  diary.cart_device = here.device;
}

function checkoutId({ diary }: Visit): string {
  return `checkout-${diary.person.number}-${diary.cart_number}`;
}

/** More orders than any customer here places. */
const ORDERS_PER_PERSON = 20;

function orderProperties(here: Visit): JsonObject & { readonly order_id: string } {
  const { diary } = here;
  const lines = [...diary.cart.values()];
  const subtotal = worth(lines);
  const shipping = shippingFor(diary.person.country, subtotal);
  return {
    order_id: `LU-${40_000 + diary.person.number * ORDERS_PER_PERSON + diary.order_number}`,
    checkout_id: checkoutId(here),
    cart_id: cartId(diary),
    subtotal,
    revenue: subtotal,
    shipping,
    total: inCents(subtotal + shipping),
    currency: CURRENCY,
    products: lines.map((line) => lineProperties(diary, line)),
  };
}

/** Free from 60 euros on; from the two warehouses (Madrid, Mexico City) it is cheap, elsewhere dearer. */
function shippingFor(country: string, subtotal: number): number {
  if (subtotal >= 60) return 0;
  return country === 'ES' || country === 'MX' ? 4.95 : 12.9;
}
