import type { Root, ValueHelper } from '../helper.ts';
import { asNumber, formatter, locale } from './locale.ts';

/** The currency is the second word, or the one of the context (ISO 4217). An unknown one is written after the number. */
export const money: ValueHelper = {
  kind: 'value',
  name: 'money',
  takes: [1, 2],
  example: '{{money cart.value}} or {{money cart.value "EUR"}}',
  print([value, currency], root) {
    const amount = asNumber(value);
    if (amount === undefined) return '';
    const code = typeof currency === 'string' ? currency : root['currency'];
    return typeof code === 'string' && /^[A-Za-z]{3}$/.test(code)
      ? inCurrency(amount, code.toUpperCase(), root)
      : plain(amount, root);
  },
};

function inCurrency(amount: number, currency: string, root: Root): string {
  const place = locale(root);
  const make = () =>
    new Intl.NumberFormat(place, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  return formatter(`money ${place} ${currency}`, make).format(amount);
}

function plain(amount: number, root: Root): string {
  const place = locale(root);
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return formatter(`amount ${place}`, () => new Intl.NumberFormat(place, digits)).format(amount);
}
