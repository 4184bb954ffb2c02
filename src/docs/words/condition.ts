/** Conditions, from their written form, as plain sentences: "the cart's value is at least 100". */
import type { Condition } from '../../core/conditions/condition.ts';
import type { DateCondition } from '../../core/conditions/subjects/date.ts';
import type { FieldCondition } from '../../core/conditions/subjects/field.ts';
import type { StageCondition } from '../../core/conditions/subjects/stage.ts';
import { WEEKDAYS } from '../../core/time/date.ts';
import { durationWords } from '../../core/time/duration.ts';
import type { Both, Language } from '../language.ts';
import { eventWords, messageWords } from './event.ts';
import { andList, BY_ID, orList, quotedName, type NameOf } from './names.ts';
import { operatorWords } from './operators.ts';

/** A clause without a full stop. Lists of conditions are joined. */
export function conditionWords(condition: Condition, language: Language, name: NameOf = BY_ID): string {
  const clause = (inner: Condition): string => conditionWords(inner, language, name);
  const named = (thing: Parameters<NameOf>[0], ids: readonly string[]): string =>
    orList(
      ids.map((id) => quotedName(name(thing, id), language)),
      language,
    );
  const say = (words: Both): string => words[language];
  switch (condition.subject) {
    case 'event':
      return eventWords(condition, language);
    case 'message':
      return messageWords(condition, language);
    case 'field':
      return fieldWords(condition, language);
    case 'date':
      return dateWords(condition, language);
    case 'stage':
      return stageWords(condition, named('stage', condition.stage), language);
    case 'mood':
      return say({
        en: `the mood is ${named('mood', condition.mood)}`,
        es: `el ánimo es ${named('mood', condition.mood)}`,
      });
    case 'segment':
      return say({
        en: `belongs to the segment ${named('segment', condition.segment)}`,
        es: `pertenece al segmento ${named('segment', condition.segment)}`,
      });
    case 'persona':
      return say({
        en: `the persona is ${named('persona', condition.persona)}`,
        es: `la persona es ${named('persona', condition.persona)}`,
      });
    case 'churn_risk':
      return riskWords(condition.churn_risk, language);
    case 'all':
      return condition.all.map(clause).join(say({ en: ', and ', es: ' y, además, ' }));
    case 'any':
      return say({
        en: `at least one of: ${condition.any.map(clause).join('; or ')}`,
        es: `al menos una de estas: ${condition.any.map(clause).join('; o ')}`,
      });
    case 'none':
      return say({
        en: `it is not so that ${condition.none.map(clause).join(', nor that ')}`,
        es: `no se da que ${condition.none.map(clause).join(', ni que ')}`,
      });
  }
}

/** What fields are called that Etapa works out by itself. */
const FIELDS: Readonly<Record<string, Both>> = {
  'cart.items': { en: 'the number of things in the cart', es: 'el número de artículos del carrito' },
  'cart.count': { en: 'the number of pieces in the cart', es: 'el número de unidades del carrito' },
  'cart.value': { en: "the cart's value", es: 'el valor del carrito' },
  'cart.currency': { en: "the cart's currency", es: 'la moneda del carrito' },
  'cart.url': { en: "the cart's address", es: 'la dirección del carrito' },
  'cart.updated': { en: 'the last change of the cart', es: 'el último cambio del carrito' },
  'orders.count': { en: 'the number of orders', es: 'el número de pedidos' },
  'orders.value': { en: 'the value of all orders', es: 'el valor de todos los pedidos' },
  'orders.first': { en: 'the first order', es: 'el primer pedido' },
  'orders.last': { en: 'the last order', es: 'el último pedido' },
  'consent.email': { en: 'the consent to e-mail', es: 'el permiso para escribir correos' },
};

export function fieldName(field: string, language: Language): string {
  return FIELDS[field]?.[language] ?? field;
}

function fieldWords(condition: FieldCondition, language: Language): string {
  const { field, within, not_within, within_next, ...operators } = condition;
  const { subject: _, ...compared } = operators as typeof operators & { subject?: string };
  const en = language === 'en';
  const asked = [
    operatorWords(compared, language),
    within ? `${en ? 'was in the last' : 'fue en el plazo de'} ${durationWords(within, language)}` : '',
    not_within
      ? `${en ? 'was not in the last' : 'no fue en el plazo de'} ${durationWords(not_within, language)}`
      : '',
    within_next ? `${en ? 'comes within' : 'llega en menos de'} ${durationWords(within_next, language)}` : '',
  ].filter(Boolean);
  return `${fieldName(field, language)} ${andList(asked, language)}`;
}

function stageWords({ for: long, was, within }: StageCondition, stages: string, language: Language): string {
  const en = language === 'en';
  if (was) {
    const lately = within
      ? en
        ? ` within ${durationWords(within, 'en')}`
        : ` en el plazo de ${durationWords(within, 'es')}`
      : '';
    return (en ? `is, or was, in the stage ${stages}` : `está, o estuvo, en la etapa ${stages}`) + lately;
  }
  const since = long
    ? en
      ? ` for at least ${durationWords(long, 'en')}`
      : ` desde hace al menos ${durationWords(long, 'es')}`
    : '';
  return (en ? `is in the stage ${stages}` : `está en la etapa ${stages}`) + since;
}

function dateWords(condition: DateCondition, language: Language): string {
  const { date, every, is, before, after, between, within, not_within, within_next } = condition;
  const en = language === 'en';
  const day = (word: string): string => dayWord(word, language);
  const about = date === 'today' ? day('today') : fieldName(date, language);
  const yearly = every ? (en ? ' (every year)' : ' (cada año)') : '';
  const asked = [
    is ? `${en ? 'is' : 'es'} ${orList(is.map(day), language)}` : '',
    before ? `${en ? 'is before' : 'es antes de'} ${day(before)}` : '',
    after ? `${en ? 'is after' : 'es después de'} ${day(after)}` : '',
    between
      ? `${en ? 'is between' : 'está entre'} ${day(between[0])} ${en ? 'and' : 'y'} ${day(between[1])}`
      : '',
    within
      ? `${en ? 'was at most' : 'fue hace como máximo'} ${durationWords(within, language)}${en ? ' ago' : ''}`
      : '',
    not_within
      ? `${en ? 'was not in the last' : 'no fue en el plazo de'} ${durationWords(not_within, language)}`
      : '',
    within_next
      ? `${en ? 'is today or within' : 'es hoy o en menos de'} ${durationWords(within_next, language)}`
      : '',
  ].filter(Boolean);
  return `${about}${yearly} ${andList(asked, language)}`;
}

/** Words of the language of dates; dates themselves stay as they are. */
export function dayWord(word: string, language: Language): string {
  return language === 'en' ? (EN_DAYS[word] ?? word) : (ES_DAYS[word] ?? word);
}

const EN_DAYS: Readonly<Record<string, string>> = Object.fromEntries(
  WEEKDAYS.map((day) => [day, day.charAt(0).toUpperCase() + day.slice(1)]),
);
const ES_DAYS: Readonly<Record<string, string>> = {
  today: 'hoy',
  tomorrow: 'mañana',
  yesterday: 'ayer',
  monday: 'lunes',
  tuesday: 'martes',
  wednesday: 'miércoles',
  thursday: 'jueves',
  friday: 'viernes',
  saturday: 'sábado',
  sunday: 'domingo',
};

function riskWords(risks: readonly ('low' | 'medium' | 'high')[], language: Language): string {
  const es = { low: 'bajo', medium: 'medio', high: 'alto' };
  return language === 'en'
    ? `the risk of leaving is ${orList(risks, 'en')}`
    : `el riesgo de abandono es ${orList(
        risks.map((risk) => es[risk]),
        'es',
      )}`;
}
