import type { Helper } from '../helper.ts';
import { count } from './count.ts';
import { date } from './date.ts';
import { defaultTo } from './default.ts';
import { formal } from './formal.ts';
import { is } from './is.ts';
import { money } from './money.ts';
import { moreThan } from './more-than.ts';
import { number } from './number.ts';
import { tone } from './tone.ts';
import { url } from './url.ts';

/** The shelf of helpers: the only words, with if, unless, each and with, that a template may call. */
export const HELPERS: readonly Helper[] = [
  count,
  date,
  defaultTo,
  formal,
  is,
  money,
  moreThan,
  number,
  tone,
  url,
];
