import { LINK_WORDS } from '../page.ts';

/** What the page of a survey says. */
export interface SurveyWords {
  readonly title: string;
  question(survey: string, name: string): string;
  readonly choose: string;
  /** What the lowest and the highest score mean. */
  readonly ends: readonly [lowest: string, highest: string];
  readonly comment: string;
  readonly button: string;
  thanks(name: string): string;
  /** A score that the survey does not have, or none. */
  readonly unclear: string;
  readonly ended: string;
  readonly unknown: string;
  readonly away: string;
}

const WORDS: Readonly<Record<'en' | 'es', SurveyWords>> = {
  en: {
    ...LINK_WORDS.en,
    title: 'Survey',
    question: (survey, name) =>
      survey === 'recommend'
        ? `How likely are you to recommend ${name} to somebody you know?`
        : `How satisfied are you with ${name}?`,
    choose: 'Your answer',
    ends: ['not at all', 'very'],
    comment: 'Would you like to tell us why? (optional)',
    button: 'Send my answer',
    thanks: (name) => `Thank you. ${name} has your answer.`,
    unclear: 'Please choose one of the numbers and press the button.',
    ended: 'This survey has ended. Thank you all the same.',
  },
  es: {
    ...LINK_WORDS.es,
    title: 'Encuesta',
    question: (survey, name) =>
      survey === 'recommend'
        ? `¿Qué probabilidad hay de que recomiende ${name} a alguien que conozca?`
        : `¿Cómo de satisfecho está con ${name}?`,
    choose: 'Su respuesta',
    ends: ['nada', 'mucho'],
    comment: '¿Quiere contarnos por qué? (opcional)',
    button: 'Enviar mi respuesta',
    thanks: (name) => `Gracias. ${name} ha recibido su respuesta.`,
    unclear: 'Elija, por favor, uno de los números y pulse el botón.',
    ended: 'Esta encuesta ha terminado. Gracias de todos modos.',
  },
};

export function wordsIn(language: string): SurveyWords {
  return language === 'es' ? WORDS.es : WORDS.en;
}
