/** Comparisons as they are said of a value: "is at least 100". */
import type { Operators } from '../../core/conditions/operators.ts';
import type { Language } from '../language.ts';
import { andList, orList } from './names.ts';

type Value = string | number | boolean;

/** Each comparison after the thing it is about; none where nothing is compared. */
function operatorPhrases(operators: Operators, language: Language): string[] {
  return Object.entries(operators).flatMap(([name, wanted]) =>
    wanted === undefined ? [] : [phrase(name as keyof Operators, wanted, language)],
  );
}

/** All of them in one: "is at least 5 and is at most 9". */
export function operatorWords(operators: Operators, language: Language): string {
  return andList(operatorPhrases(operators, language), language);
}

function phrase(name: keyof Operators, wanted: Value | Value[], language: Language): string {
  const list = (Array.isArray(wanted) ? wanted : [wanted]).map((value) => valueWords(value, language));
  if (name === 'exists') return EXISTS[language][wanted === true ? 0 : 1];
  if (name === 'between') return BETWEEN[language].replace('1', list[0] ?? '').replace('2', list[1] ?? '');
  const values = name === 'contains_all' ? andList(list, language) : orList(list, language);
  return `${WORDS[language][name]} ${values}`;
}

export function valueWords(value: Value | null | readonly Value[], language: Language): string {
  if (value === null) return language === 'en' ? 'nothing' : 'nada';
  if (typeof value === 'boolean') return YES_NO[language][value ? 0 : 1];
  if (typeof value === 'number') return value.toLocaleString(language, { maximumFractionDigits: 4 });
  return typeof value === 'string' ? value : value.map((one) => valueWords(one, language)).join(', ');
}

const YES_NO = { en: ['yes', 'no'], es: ['sí', 'no'] } as const;
const EXISTS = { en: ['is known', 'is not known'], es: ['se conoce', 'no se conoce'] } as const;
const BETWEEN = { en: 'is between 1 and 2', es: 'está entre 1 y 2' } as const;

const WORDS: Readonly<Record<Language, Readonly<Record<keyof Operators, string>>>> = {
  en: {
    is: 'is',
    is_not: 'is not',
    in: 'is',
    not_in: 'is not',
    at_least: 'is at least',
    at_most: 'is at most',
    more_than: 'is more than',
    less_than: 'is less than',
    between: '',
    contains: 'contains',
    not_contains: 'does not contain',
    contains_any: 'contains',
    contains_all: 'contains',
    starts_with: 'starts with',
    ends_with: 'ends with',
    exists: '',
  },
  es: {
    is: 'es',
    is_not: 'no es',
    in: 'es',
    not_in: 'no es',
    at_least: 'es al menos',
    at_most: 'es como máximo',
    more_than: 'es más de',
    less_than: 'es menos de',
    between: '',
    contains: 'contiene',
    not_contains: 'no contiene',
    contains_any: 'contiene',
    contains_all: 'contiene',
    starts_with: 'empieza por',
    ends_with: 'termina en',
    exists: '',
  },
};
