import type { ValueHelper } from '../helper.ts';
import { asNumber, language } from './locale.ts';
import { number } from './number.ts';

/** `{{count cart.items "item"}}` → "1 item", "3 items". Give both words where the plural is irregular. */
export const count: ValueHelper = {
  kind: 'value',
  name: 'count',
  takes: [2, 3],
  example: '{{count cart.items "item"}} or {{count cart.items "foot" "feet"}}',
  print([things, one, many], root) {
    const amount = Array.isArray(things) ? things.length : (asNumber(things) ?? 0);
    const singular = String(one ?? '');
    const isOne = PLURALS[language(root)].select(amount) === 'one';
    const word = isOne ? singular : typeof many === 'string' ? many : regularPlural(singular, language(root));
    return `${number.print([amount], root)} ${word}`;
  },
};

const PLURALS = { en: new Intl.PluralRules('en'), es: new Intl.PluralRules('es') };

type Rule = readonly [ending: RegExp, instead: string];
const REGULAR: { readonly [language in 'en' | 'es']: readonly Rule[] } = {
  en: [
    [/([^aeiou])y$/i, '$1ies'],
    [/(s|x|z|ch|sh)$/i, '$1es'],
    [/$/, 's'],
  ],
  es: [
    [/ión$/i, 'iones'],
    [/z$/i, 'ces'],
    [/([aeiouáéó])$/i, '$1s'],
    [/$/, 'es'],
  ],
};

function regularPlural(word: string, tongue: 'en' | 'es'): string {
  const [ending, instead] = REGULAR[tongue].find(([end]) => end.test(word)) ?? [/$/, ''];
  return word.replace(ending, instead);
}
