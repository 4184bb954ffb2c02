import { LINK_WORDS } from '../page.ts';

/** What the preference page says. */
export interface PreferenceWords {
  readonly title: string;
  heading(name: string): string;
  readonly channels: string;
  readonly topics: string;
  readonly frequency: string;
  readonly all: string;
  readonly fewer: string;
  readonly language: string;
  readonly pause: string;
  paused(until: string): string;
  readonly button: string;
  readonly saved: string;
  readonly unclear: string;
  readonly unknown: string;
  readonly away: string;
  readonly channel_names: Readonly<Record<string, string>>;
}

/** Languages by the name that those give them who speak them. */
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = { en: 'English', es: 'Español' };

const WORDS: Readonly<Record<'en' | 'es', PreferenceWords>> = {
  en: {
    ...LINK_WORDS.en,
    title: 'Preferences',
    heading: (name) => `What may ${name} write to you about?`,
    channels: 'Channels',
    topics: 'What about',
    frequency: 'How often',
    all: 'Whenever there is something',
    fewer: 'Less often',
    language: 'In which language',
    pause: 'Nothing for a month',
    paused: (until) => `Nothing until ${until}`,
    button: 'Save',
    saved: 'Saved. Messages about your orders reach you in any case.',
    channel_names: { email: 'E-mail', sms: 'Text message', chat: 'Inbox in the shop' },
  },
  es: {
    ...LINK_WORDS.es,
    title: 'Preferencias',
    heading: (name) => `¿De qué puede escribirle ${name}?`,
    channels: 'Canales',
    topics: 'Sobre qué',
    frequency: 'Con qué frecuencia',
    all: 'Cuando haya algo que contar',
    fewer: 'Menos a menudo',
    language: 'En qué idioma',
    pause: 'Nada durante un mes',
    paused: (until) => `Nada hasta el ${until}`,
    button: 'Guardar',
    saved: 'Guardado. Los mensajes sobre sus pedidos le llegarán en todo caso.',
    channel_names: { email: 'Correo electrónico', sms: 'Mensaje de texto', chat: 'Buzón en la tienda' },
  },
};

export function wordsIn(language: string): PreferenceWords {
  return language === 'es' ? WORDS.es : WORDS.en;
}
