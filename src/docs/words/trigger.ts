/** What starts a workflow, as a sentence. */
import { durationWords } from '../../core/time/duration.ts';
import type { DateTrigger } from '../../core/workflows/triggers/date.ts';
import type { TriggerSource } from '../../core/workflows/triggers/index.ts';
import type { ScheduleTime } from '../../core/workflows/triggers/schedule.ts';
import type { Language } from '../language.ts';
import { conditionWords, dayWord, fieldName } from './condition.ts';
import { whereWords } from './event.ts';
import { andList, BY_ID, orList, quotedName, type NameOf } from './names.ts';

export function triggerWords(trigger: TriggerSource, language: Language, name: NameOf = BY_ID): string {
  const en = language === 'en';
  switch (trigger.by) {
    case 'event':
      return `${en ? 'each time' : 'cada vez que ocurre'} ${orList(trigger.event.event, language)}${en ? ' happens' : ''}${whereWords(trigger.event.where, language)}`;
    case 'condition':
      return `${en ? 'when this becomes true: ' : 'cuando empieza a cumplirse: '}${conditionWords(trigger.when, language, name)}`;
    case 'move': {
      const names = orList(
        trigger.ids.map((id) => quotedName(name(trigger.of, id), language)),
        language,
      );
      return en
        ? `when somebody ${trigger.way} the ${trigger.of} ${names}`
        : `cuando alguien ${ES_MOVES[trigger.way][trigger.of]} ${names}`;
    }
    case 'date':
      return dateWords(trigger, language);
    case 'schedule':
      return `${andList(
        trigger.every.map((time) => scheduleWords(time, language)),
        language,
      )}${clockWords(trigger.zone, language)}`;
    case 'hand':
      return en
        ? 'by hand, by another system or by another workflow'
        : 'a mano, desde otro sistema o desde otro flujo';
  }
}

const ES_MOVES = {
  enters: { stage: 'entra en la etapa', segment: 'entra en el segmento' },
  leaves: { stage: 'sale de la etapa', segment: 'sale del segmento' },
} as const;

export function dateWords({ date, every, offset, at, zone }: DateTrigger, language: Language): string {
  const en = language === 'en';
  const field = fieldName(date, language);
  const far = offset && durationWords(offset.length, language);
  const day = offset
    ? en
      ? `${far} ${offset.way} ${field}`
      : `${far} ${offset.way === 'before' ? 'antes' : 'después'} de ${field}`
    : en
      ? `on the day of ${field}`
      : `el día de ${field}`;
  const yearly = every ? (en ? ' every year' : ' cada año') : '';
  return `${day}${yearly} ${en ? 'at' : 'a las'} ${timeOfDay(at)}${clockWords(zone, language)}`;
}

/** "every Monday at 10:00". */
function scheduleWords({ days, at }: ScheduleTime, language: Language): string {
  return `${daysWords(days, language)} ${language === 'en' ? 'at' : 'a las'} ${timeOfDay(at)}`;
}

function daysWords(days: ScheduleTime['days'], language: Language): string {
  const en = language === 'en';
  if ('day_of_month' in days) {
    if (days.day_of_month === LAST_DAY)
      return en ? 'on the last day of each month' : 'el último día de cada mes';
    return en ? `on day ${days.day_of_month} of each month` : `el día ${days.day_of_month} de cada mes`;
  }
  if (days.weekdays.length === 7) return en ? 'every day' : 'todos los días';
  const names = days.weekdays.map((day) => dayWord(WEEK[day] ?? '', language));
  return en ? `every ${orList(names, 'en')}` : `cada ${orList(names, 'es')}`;
}

const LAST_DAY = 31;
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function clockWords(zone: 'contact' | 'brand', language: Language): string {
  if (zone === 'contact')
    return language === 'en' ? ", by each person's clock" : ', según el reloj de cada persona';
  return language === 'en' ? ', by our own clock' : ', según nuestro reloj';
}

/** `09:00`, from milliseconds since local midnight. */
export function timeOfDay(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
