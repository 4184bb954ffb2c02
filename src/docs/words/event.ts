/** Conditions about what happened, and about what became of messages. */
import type { EventCondition } from '../../core/conditions/subjects/event.ts';
import type { MessageCondition } from '../../core/conditions/subjects/message.ts';
import type { Where } from '../../core/conditions/where.ts';
import { durationWords } from '../../core/time/duration.ts';
import type { Language } from '../language.ts';
import { andList, orList } from './names.ts';
import { operatorWords, valueWords } from './operators.ts';

/** "product_viewed has happened at least 3 times in the last 14 days, where price is more than 0". */
export function eventWords(condition: EventCondition, language: Language): string {
  const names = orList(condition.event, language);
  const asked =
    condition.sum_of === undefined
      ? happened(condition, names, language)
      : summed(condition, names, language);
  return [asked, ...limits(condition, language), whereWords(condition.where, language)]
    .filter(Boolean)
    .join('');
}

function happened(condition: EventCondition, names: string, language: Language): string {
  const { which, not_within, within } = condition;
  if (which !== undefined) {
    const [en, es] = which === 'first' ? ['the first', 'el primer'] : ['the latest', 'el último'];
    const when = within
      ? {
          en: ` was in the last ${durationWords(within, 'en')}`,
          es: ` fue en el plazo de ${durationWords(within, 'es')}`,
        }
      : not_within
        ? {
            en: ` was more than ${durationWords(not_within, 'en')} ago`,
            es: ` fue hace más de ${durationWords(not_within, 'es')}`,
          }
        : { en: ' counts', es: ' cuenta' };
    return language === 'en' ? `${en} ${names}${when.en}` : `${es} ${names}${when.es}`;
  }
  if (not_within)
    return language === 'en'
      ? `${names} has not happened in the last ${durationWords(not_within, 'en')}`
      : `${names} no ha ocurrido en el plazo de ${durationWords(not_within, 'es')}`;
  const often = oftenWords(condition, language);
  if (often === NEVER[language])
    return language === 'en' ? `${names} has not happened` : `${names} no ha ocurrido`;
  return `${names} ${language === 'en' ? 'has happened' : 'ha ocurrido'}${often}`;
}

function summed(condition: EventCondition, names: string, language: Language): string {
  const { at_least, at_most, more_than, less_than, sum_of = '' } = condition;
  const compared = operatorWords({ at_least, at_most, more_than, less_than }, language);
  return language === 'en'
    ? `the sum of ${sum_of} of ${names} ${compared}`
    : `la suma de ${sum_of} de ${names} ${compared}`;
}

interface Counts {
  readonly at_least?: number | undefined;
  readonly at_most?: number | undefined;
  readonly more_than?: number | undefined;
  readonly less_than?: number | undefined;
  readonly times?: number | undefined;
}

const NEVER = { en: ' never', es: ' nunca' } as const;

/** " at least 3 times"; empty for once or more. */
function oftenWords({ at_least, at_most, more_than, less_than, times }: Counts, language: Language): string {
  if (times === 0 || at_most === 0 || less_than === 1) return NEVER[language];
  const en = language === 'en';
  const parts = [
    at_least === undefined ? '' : `${en ? 'at least' : 'al menos'} ${count(at_least, language)}`,
    at_most === undefined ? '' : `${en ? 'at most' : 'como máximo'} ${count(at_most, language)}`,
    more_than === undefined ? '' : `${en ? 'more than' : 'más de'} ${count(more_than, language)}`,
    less_than === undefined ? '' : `${en ? 'fewer than' : 'menos de'} ${count(less_than, language)}`,
    times === undefined ? '' : `${en ? 'exactly' : 'exactamente'} ${count(times, language)}`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : ` ${andList(parts, language)}`;
}

function count(times: number, language: Language): string {
  if (language === 'en') return times === 1 ? 'once' : `${times} times`;
  return times === 1 ? 'una vez' : `${times} veces`;
}

function limits(condition: EventCondition, language: Language): string[] {
  const { within, which, since, after, before } = condition;
  const en = language === 'en';
  return [
    within && which === undefined ? withinWords(within, language) : '',
    since ? (en ? ' since entering the workflow' : ' desde que entró en el flujo') : '',
    after ? `${en ? ' after the latest' : ' después del último'} ${orList(after, language)}` : '',
    before ? `${en ? ' before any' : ' antes de cualquier'} ${orList(before, language)}` : '',
  ];
}

function withinWords(within: Parameters<typeof durationWords>[0], language: Language): string {
  const long = durationWords(within, language);
  return language === 'en' ? ` in the last ${long}` : ` en el plazo de ${long}`;
}

/** ", where price is more than 0"; empty where nothing is asked of the properties. */
export function whereWords(where: Where | undefined, language: Language): string {
  const asked = Object.entries(where ?? {}).map(([path, wanted]) =>
    typeof wanted === 'object'
      ? `${path} ${operatorWords(wanted, language)}`
      : `${path} ${language === 'en' ? 'is' : 'es'} ${valueWords(wanted, language)}`,
  );
  if (asked.length === 0) return '';
  return `${language === 'en' ? ', where ' : ', donde '}${andList(asked, language)}`;
}

/** "cart_reminder_1 was opened since entering the workflow". */
export function messageWords(condition: MessageCondition, language: Language): string {
  const { message, was, not_within, within, since } = condition;
  const en = language === 'en';
  const names = orList(message, language);
  const often = oftenWords(condition, language);
  const not = often === NEVER[language] || not_within !== undefined;
  const verb = en
    ? not
      ? FATES.en[was].replace('was ', 'was not ')
      : FATES.en[was]
    : `${not ? 'no ' : ''}${FATES.es[was]}`;
  const verbs = en && not && !verb.includes(' not ') ? `has not ${verb}` : verb;
  return [
    `${en ? 'the message' : 'el mensaje'} ${names} ${verbs}`,
    often === NEVER[language] ? '' : often,
    within ? withinWords(within, language) : '',
    not_within ? withinWords(not_within, language) : '',
    since ? (en ? ' since entering the workflow' : ' desde que entró en el flujo') : '',
  ].join('');
}

const FATES = {
  en: {
    sent: 'was sent',
    delivered: 'was delivered',
    opened: 'was opened',
    clicked: 'was clicked',
    bounced: 'bounced',
    complained: 'was marked as spam',
  },
  es: {
    sent: 'se envió',
    delivered: 'se entregó',
    opened: 'se abrió',
    clicked: 'recibió un clic',
    bounced: 'rebotó',
    complained: 'se marcó como correo no deseado',
  },
} as const;
