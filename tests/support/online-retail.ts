/** Every sale of a British wholesaler of gifts from December 2010 to December 2011: the UCI set "Online Retail". */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { IncomingEvent, Instant } from '../../src/core/events/event.ts';

const FILE = new URL(
  '../../../shared/data/online-retail-uci/online_retail_by_day_concat.csv.gz',
  import.meta.url,
);

export const isOnlineRetailHere = existsSync(FILE);

/** One line of an invoice. */
export interface Sale {
  readonly invoice: string;
  readonly customer: string;
  readonly country: string;
  readonly at: Instant;
  readonly product_id: string;
  readonly name: string;
  readonly quantity: number;
  /** Of one piece, in pounds. */
  readonly price: number;
}

/** One invoice: an order, at the minute of its first line. */
export interface Order {
  readonly invoice: string;
  readonly customer: string;
  readonly at: Instant;
  readonly sales: readonly Sale[];
}

const LINE =
  /^(\w+),([^,]*),("(?:[^"]|"")*"|[^,]*),(-?\d+),(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(-?[\d.]+),(\d+)\.0,(.*)$/;

/**
 * The sales that count, in the order of the file: the customer is known, the invoice is no cancellation (`C…`), at
 * least one piece at a price above zero. That is 397,884 lines of the 541,909. Times are taken as UTC.
 */
export async function readSales(): Promise<readonly Sale[]> {
  const text = (await promisify(gunzip)(await readFile(FILE))).toString('utf8');
  return text.split('\n').flatMap((line) => {
    const sale = readSale(line);
    return sale ? [sale] : [];
  });
}

/** Lines without a customer do not have the shape, nor has the line of the columns' names. */
function readSale(line: string): Sale | undefined {
  const found = LINE.exec(line);
  if (!found) return undefined;
  const [, invoice = '', product_id = '', name = '', pieces, day, time, price, customer = '', country = ''] =
    found;
  const quantity = Number(pieces);
  if (invoice.startsWith('C') || quantity <= 0 || Number(price) <= 0) return undefined;
  return {
    invoice,
    customer,
    country: unquoted(country),
    at: Date.parse(`${day}T${time}Z`),
    product_id,
    name: unquoted(name),
    quantity,
    price: Number(price),
  };
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.trim();
}

/** The invoices, in the order of time. */
export function ordersOf(sales: readonly Sale[]): readonly Order[] {
  const invoices = new Map<string, Sale[]>();
  for (const sale of sales) {
    const lines = invoices.get(sale.invoice);
    if (lines) lines.push(sale);
    else invoices.set(sale.invoice, [sale]);
  }
  const orders = [...invoices].map(([invoice, lines]): Order => {
    const customer = lines[0]?.customer ?? '';
    return { invoice, customer, at: Math.min(...lines.map(({ at }) => at)), sales: lines };
  });
  return orders.sort((a, b) => a.at - b.at);
}

/** The order as a shop tells of it, with one product for each line. */
export function orderCompleted({ invoice, customer, at, sales }: Order): IncomingEvent {
  const pence = sales.reduce((sum, { price, quantity }) => sum + Math.round(price * quantity * 100), 0);
  return {
    message_id: `order-${invoice}`,
    user_id: customer,
    type: 'track',
    name: 'order_completed',
    occurred_at: at,
    received_at: at,
    properties: {
      order_id: invoice,
      revenue: pence / 100,
      currency: 'GBP',
      products: sales.map(productOf),
    },
  };
}

export function productOf({ product_id, name, price, quantity }: Sale): IncomingEvent['properties'] {
  return { product_id, name, price, quantity };
}
