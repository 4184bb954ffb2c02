import type { ValueHelper } from '../helper.ts';
import { asNumber, formatter, locale } from './locale.ts';

export const number: ValueHelper = {
  kind: 'value',
  name: 'number',
  takes: [1, 1],
  example: '{{number orders.count}}',
  print([value], root) {
    const amount = asNumber(value);
    if (amount === undefined) return '';
    const place = locale(root);
    return formatter(`number ${place}`, () => new Intl.NumberFormat(place)).format(amount);
  },
};
