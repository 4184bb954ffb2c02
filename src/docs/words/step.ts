/** Steps, from their written form, as plain sentences: "wait 1 hour". */
import type { Condition } from '../../core/conditions/condition.ts';
import type { JsonObject } from '../../core/json.ts';
import { durationWords, type Duration } from '../../core/time/duration.ts';
import type { ChannelName } from '../../core/messages/message.ts';
import { sendingOf } from '../../core/workflows/sending.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import type { DateTrigger } from '../../core/workflows/triggers/date.ts';
import type { Language } from '../language.ts';
import { conditionWords, dayWord } from './condition.ts';
import { andList, BY_ID, orList, quotedName, type NameOf } from './names.ts';
import { valueWords } from './operators.ts';
import { readable } from './template.ts';
import { dateWords, timeOfDay } from './trigger.ts';

/** Steps as the schemas of the verbs leave them. */
type WrittenStep = { readonly id?: string | undefined } & (
  | { readonly verb: 'wait'; readonly wait: Duration; readonly since?: 'last_event' }
  | { readonly verb: 'wait_until'; readonly wait_until: WrittenMoment }
  | {
      readonly verb: 'wait_for';
      readonly wait_for: Condition;
      readonly up_to: Duration;
      readonly if_not?: readonly StepSource[];
    }
  | { readonly verb: 'branch'; readonly branch: readonly WrittenWay[] }
  | { readonly verb: 'ab_test'; readonly ab_test: WrittenTest }
  | { readonly verb: 'send_email' | 'send_sms' | 'send_chat' | 'send_webhook' | 'send' }
  | {
      readonly verb: 'ask';
      readonly ask: string;
      readonly up_to?: Duration;
      readonly if_not?: readonly StepSource[];
    }
  | { readonly verb: 'update_contact'; readonly update_contact: JsonObject }
  | { readonly verb: 'start_workflow'; readonly start_workflow: string; readonly with?: JsonObject }
  | { readonly verb: 'tell_team'; readonly tell_team: string; readonly to?: string }
  | {
      readonly verb: 'call_webhook';
      readonly call_webhook: { readonly url: string; readonly save_answer?: string };
      readonly up_to?: Duration;
      readonly if_failed?: readonly StepSource[];
    }
  | { readonly verb: 'goto'; readonly goto: string }
  | { readonly verb: 'exit'; readonly exit: string }
);

type WrittenMoment =
  | { readonly subject: 'hours'; readonly hours: string; readonly spread?: Duration }
  | ({ readonly subject: 'date' } & DateTrigger)
  | {
      readonly subject: 'time';
      readonly time: number;
      readonly day?: readonly string[];
      readonly zone: 'contact' | 'brand';
    };

interface WrittenWay {
  readonly name?: string;
  readonly when?: Condition;
  readonly steps?: readonly StepSource[];
  readonly otherwise?: readonly StepSource[];
}

interface WrittenTest {
  readonly variants: Readonly<
    Record<string, { readonly share: number; readonly steps: readonly StepSource[] }>
  >;
  readonly winner_by?: 'goal' | 'opened' | 'clicked';
  readonly decide_after?: Duration;
}

export function written(step: StepSource): WrittenStep {
  return step as unknown as WrittenStep;
}

/** One way on from a step that has several. */
export interface WayOn {
  /** Short, for the picture: "yes", "otherwise". */
  readonly label: string;
  /** What must hold; undefined where the label says it all. */
  readonly when: Condition | undefined;
  readonly steps: readonly StepSource[];
}

export interface StepWords {
  /** `triggers`: the events that start the workflow, where they are known. */
  readonly triggers?: readonly string[];
  readonly name?: NameOf;
}

/** A sentence without a full stop; the ways on are told by `waysOn`. */
export function stepWords(
  source: StepSource,
  language: Language,
  { triggers = [], name = BY_ID }: StepWords = {},
): string {
  const step = written(source);
  const en = language === 'en';
  switch (step.verb) {
    case 'wait':
      return `${en ? 'wait' : 'esperar'} ${durationWords(step.wait, language)}${step.since ? againWords(triggers, language) : ''}`;
    case 'wait_until':
      return momentWords(step.wait_until, language, name);
    case 'wait_for':
      return en
        ? `wait at most ${durationWords(step.up_to, 'en')} until ${conditionWords(step.wait_for, 'en', name)}`
        : `esperar como máximo ${durationWords(step.up_to, 'es')} hasta que se cumpla: ${conditionWords(step.wait_for, 'es', name)}`;
    case 'branch':
      return en ? 'take the first way that fits' : 'seguir por el primer camino que encaje';
    case 'ab_test':
      return testWords(step.ab_test, language);
    case 'send_email':
    case 'send_sms':
    case 'send_chat':
    case 'send_webhook':
    case 'send':
      return sendingWords(source, language);
    case 'ask':
      return `${en ? 'ask with the message' : 'preguntar con el mensaje'} ${step.ask}${step.up_to ? (en ? `, and wait at most ${durationWords(step.up_to, 'en')} for the answer` : ` y esperar la respuesta como máximo ${durationWords(step.up_to, 'es')}`) : ''}`;
    case 'update_contact':
      return `${en ? 'note about the contact: ' : 'anotar en el contacto: '}${fieldsWords(step.update_contact, language)}`;
    case 'start_workflow':
      return `${en ? 'start the workflow' : 'iniciar el flujo'} ${quotedName(name('workflow', step.start_workflow), language)}${step.with ? ` (${fieldsWords(step.with, language)})` : ''}`;
    case 'tell_team':
      return `${en ? 'tell' : 'avisar'} ${step.to ? (en ? step.to : `a ${step.to}`) : en ? 'the team' : 'al equipo'}: ${quotedName(readable(step.tell_team), language)}`;
    case 'call_webhook':
      return `${en ? 'call' : 'llamar a'} ${hostOf(step.call_webhook.url)}${step.call_webhook.save_answer ? (en ? ` and keep the answer as ${step.call_webhook.save_answer}` : ` y guardar la respuesta en ${step.call_webhook.save_answer}`) : ''}${step.up_to ? (en ? `, trying for ${durationWords(step.up_to, 'en')}` : `, intentándolo durante ${durationWords(step.up_to, 'es')}`) : ''}`;
    case 'goto':
      return `${en ? 'go on at' : 'continuar en'} ${step.goto}`;
    case 'exit':
      return `${en ? 'end' : 'terminar'}: ${step.exit}`;
  }
}

function sendingWords(source: StepSource, language: Language): string {
  const { message = '', channels = [] } = sendingOf(source) ?? {};
  const en = language === 'en';
  const words = `${en ? 'send the message' : 'enviar el mensaje'} ${message}`;
  if (source.verb === 'send_email') return words;
  const ways = orList(
    channels.map((channel) => WAYS[channel][language]),
    language,
  );
  return `${words} ${ways}`;
}

const WAYS: Readonly<Record<ChannelName, Readonly<Record<Language, string>>>> = {
  email: { en: 'by e-mail', es: 'por correo' },
  sms: { en: 'by text message', es: 'por SMS' },
  chat: { en: 'in the chat', es: 'en el chat' },
  webhook: { en: 'by way of our own system', es: 'por medio de nuestro propio sistema' },
};

/** The ways on from a step; none where it has only one. */
export function waysOn(source: StepSource, language: Language): readonly WayOn[] {
  const step = written(source);
  const en = language === 'en';
  const plain = (label: string, steps: readonly StepSource[] = []): WayOn => ({
    label,
    when: undefined,
    steps,
  });
  switch (step.verb) {
    case 'branch': {
      const ways = step.branch.map(({ name, when, steps, otherwise }, index): WayOn =>
        otherwise
          ? plain(en ? 'otherwise' : 'si no', otherwise)
          : { label: name ?? `${en ? 'way' : 'camino'} ${index + 1}`, when, steps: steps ?? [] },
      );
      const closed = step.branch.some(({ otherwise }) => otherwise !== undefined);
      return closed ? ways : [...ways, plain(en ? 'otherwise' : 'si no')];
    }
    case 'ab_test':
      return Object.entries(step.ab_test.variants).map(([name, { share, steps }]) =>
        plain(`${name} · ${share} %`, steps),
      );
    case 'wait_for':
      return step.if_not
        ? [
            plain(en ? 'it happened' : 'se cumplió'),
            plain(en ? 'time is over' : 'se acabó el plazo', step.if_not),
          ]
        : [];
    case 'ask':
      return step.if_not
        ? [plain(en ? 'answered' : 'respondió'), plain(en ? 'no answer' : 'sin respuesta', step.if_not)]
        : [];
    case 'call_webhook':
      return step.if_failed
        ? [plain(en ? 'answered' : 'respondió'), plain(en ? 'failed' : 'falló', step.if_failed)]
        : [];
    case 'wait':
    case 'wait_until':
    case 'send_email':
    case 'send_sms':
    case 'send_chat':
    case 'send_webhook':
    case 'send':
    case 'update_contact':
    case 'start_workflow':
    case 'tell_team':
    case 'goto':
    case 'exit':
      return [];
  }
}

function againWords(triggers: readonly string[], language: Language): string {
  const events = triggers.length > 0 ? orList(triggers, language) : undefined;
  return language === 'en'
    ? ` (starts again with each new ${events ?? 'event of the trigger'})`
    : ` (vuelve a empezar con cada nuevo ${events ?? 'evento que lo inicia'})`;
}

function momentWords(moment: WrittenMoment, language: Language, name: NameOf): string {
  const en = language === 'en';
  switch (moment.subject) {
    case 'hours': {
      const spread = moment.spread
        ? en
          ? `, spread over ${durationWords(moment.spread, 'en')}`
          : `, repartido en ${durationWords(moment.spread, 'es')}`
        : '';
      const calendar = quotedName(name('calendar', moment.hours), language);
      return `${en ? `wait until ${calendar} is open` : `esperar a que esté abierto ${calendar}`}${spread}`;
    }
    case 'date':
      return `${en ? 'wait until' : 'esperar hasta'} ${dateWords(moment, language)}`;
    case 'time': {
      const days = moment.day
        ? orList(
            moment.day.map((day) => dayWord(day, language)),
            language,
          )
        : undefined;
      return en
        ? `wait until ${days === undefined ? '' : `${days} at `}${timeOfDay(moment.time)}`
        : `esperar hasta ${days === undefined ? '' : `el ${days} a `}las ${timeOfDay(moment.time)}`;
    }
  }
}

function testWords({ variants, winner_by, decide_after }: WrittenTest, language: Language): string {
  const en = language === 'en';
  const names = andList(Object.keys(variants), language);
  const head = en ? `try ${names} against each other` : `comparar ${names}`;
  if (!winner_by || !decide_after) return `${head}${en ? ', without an end' : ', sin final'}`;
  const by = BY[language][winner_by];
  return en
    ? `${head}; after ${durationWords(decide_after, 'en')} the better one by ${by} is taken`
    : `${head}; después de ${durationWords(decide_after, 'es')} se queda la mejor por ${by}`;
}

const BY = {
  en: { goal: 'reached goals', opened: 'opens', clicked: 'clicks' },
  es: { goal: 'objetivos logrados', opened: 'aperturas', clicked: 'clics' },
} as const;

function fieldsWords(fields: JsonObject, language: Language): string {
  return Object.entries(fields)
    .map(([field, value]) => `${field} = ${valueWords(value as string, language)}`)
    .join(', ');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
