/** Words that speak as the project wants, and words that do not. */
import { describe, expect, it, test } from 'vitest';
import type { Formality } from '../../../src/core/messages/tone.ts';
import { voiceRulesOf } from '../../../src/core/messages/tone.ts';
import { checkVoice, type VoiceFinding } from '../../../src/core/messages/voice/index.ts';
import { easeOf } from '../../../src/core/messages/voice/reading-ease.ts';
import type { VoiceRules } from '../../../src/core/messages/voice/rules.ts';
import { inEnglish, inSpanish } from '../../../src/core/messages/voice/syllables.ts';
import { compileTone, toneFileSchema } from '../../../src/project/files/tone-file.ts';

const NOTHING_ASKED: VoiceRules = {
  never_say: [],
  max_exclamation_marks: null,
  max_words_per_sentence: null,
  emoji: null,
  reading_ease_at_least: {},
};

function check(body: string, rules: Partial<VoiceRules>, language = 'en', subject = ''): VoiceFinding[] {
  const formality = language === 'es' ? 'tu' : 'casual';
  const said = { language, formality, words: { subject, preheader: '', body } } as const;
  return checkVoice(said, { ...NOTHING_ASKED, ...rules });
}

const quotes = (findings: readonly VoiceFinding[]): string[] => findings.map(({ quote }) => quote);

describe('words that are never said', () => {
  test.each([
    ['cheap', 'A CHEAP pair', ['CHEAP']],
    ['cheap', 'Cheaper, cheapest, on the cheapside', []],
    ['última oportunidad', 'Es tu ultima  Oportunidad.', ['ultima  Oportunidad']],
    ['ultima oportunidad', 'ÚLTIMA\nOPORTUNIDAD', ['ÚLTIMA\nOPORTUNIDAD']],
    ["don't miss", 'Don’t miss it, don’t miss it', ['Don’t miss', 'don’t miss']],
    ['ano', 'Un buen año', []],
    ['año', 'Un buen AÑO', ['AÑO']],
    ['100 % (gratis)', 'Es 100 % (gratis) hoy', ['100 % (gratis)']],
    ['a.c', 'abc', []],
  ])('%j in %j', (forbidden, text, found) => {
    expect(quotes(check(text, { never_say: [forbidden] }))).toEqual(found);
  });

  it('are told with their place, in each part of a message', () => {
    const [first, second] = check('Not cheap.', { never_say: ['cheap'] }, 'en', 'Cheap!');
    expect(first).toMatchObject({ part: 'subject', at: 0, quote: 'Cheap' });
    expect(second).toMatchObject({
      part: 'body',
      at: 4,
      message: expect.stringContaining('"cheap" is a word'),
    });
  });
});

describe('exclamation marks', () => {
  test.each([
    ['One! Two.', 1, undefined],
    ['¡Hola! Aquí estamos.', 1, undefined],
    ['¡Hola! ¡Qué bien!', 1, [7, 2]],
    ['Hi!!!', 1, [3, 3]],
    ['Hello!', 0, [5, 1]],
    ['¡Hola', 0, [0, 1]],
    ['Calm. Really.', 0, undefined],
  ])('%j with at most %i', (text, most, found) => {
    const [finding] = check(text, { max_exclamation_marks: most });
    const [at, count] = found ?? [];
    expect(finding?.at).toBe(at);
    if (found) expect(finding?.message).toContain(`holds ${count} exclamation mark`);
  });

  it('are counted over the whole message', () => {
    expect(check('Two!', { max_exclamation_marks: 1 }, 'en', 'One!')).toMatchObject([
      { part: 'body', at: 3 },
    ]);
  });
});

test.each([
  ['Good 🎉 news ❤️ 👩‍👩‍👧 🇪🇸 1️⃣', ['🎉', '❤️', '👩‍👩‍👧', '🇪🇸', '1️⃣']],
  ['© 2026 Lumbre™ 2× → ✓ €10 #1', []],
])('emoji in %j', (text, found) => {
  expect(quotes(check(text, { emoji: 'avoid' }))).toEqual(found);
  expect(check(text, { emoji: 'allowed' })).toEqual([]);
});

test.each([
  ['One two three four.', 4, []],
  ['One two three four five.', 4, [5]],
  ['One two. Three four five six seven! Eight?', 4, [5]],
  ['A heading of four\nAnd a line of five', 4, [5]],
  ['It costs 33.90 at lumbre.example today', 6, []],
  ['“Too small.” Then we changed it.', 4, []],
  ['Runner-up isn’t a word more', 5, []],
])('sentences of %j with at most %i words', (text, most, found) => {
  const told = check(text, { max_words_per_sentence: most }).map(({ message }) =>
    Number(/has (\d+) words/.exec(message)?.[1]),
  );
  expect(told).toEqual(found);
});

describe('Spanish', () => {
  const address = (text: string, formality: Formality): string[] =>
    quotes(
      checkVoice(
        { language: 'es', formality, words: { subject: '', preheader: '', body: text } },
        NOTHING_ASKED,
      ),
    );

  test.each([
    ['Tu carrito te espera.', ['Tu', 'te']],
    ['Lo guardamos para ti; iremos contigo y con los tuyos.', ['ti', 'contigo', 'tuyos']],
    ['Si tienes dudas o quieres cambiar algo', ['tienes', 'quieres']],
    ['Nos pediste un aviso y echaste un vistazo.', ['pediste', 'echaste']],
    ['Lo que buscabas. ¿Lo recomendarías? ¿Podrías?', ['buscabas', 'recomendarías', 'Podrías']],
    ['Mañana lo recibirás y verás que va bien.', ['recibirás', 'verás']],
    ['Qué gusto conocerte. Estamos escribiéndote.', ['conocerte', 'escribiéndote']],
    ['Quédate, suscríbete y cuéntanos cómo va.', ['Quédate', 'suscríbete', 'cuéntanos']],
    ['Responde a este correo. Elige la talla.', ['Responde', 'Elige']],
    ['Ahora, no olvides la factura.', ['olvides']],
  ])('says tú, which is told where it is usted: %j', (text, found) => {
    expect(address(text, 'usted')).toEqual(found);
    expect(address(text, 'tu')).toEqual([]);
  });

  test.each([
    ['Esto es para usted.', ['usted']],
    ['Su carrito sigue aquí, con su último pedido.', ['Su carrito', 'su último']],
    ['Le escribimos poco. Con gusto se lo explicamos.', ['Le escribimos', 'se lo explicamos']],
    ['Estamos para ayudarle y atenderle.', ['ayudarle', 'atenderle']],
    ['Si lo desea, aquí estamos. Si no prefiere otra cosa.', ['Si lo desea', 'Si no prefiere']],
    ['Tómese su tiempo. Regístrese y cuéntenos.', ['Tómese', 'Regístrese', 'cuéntenos']],
    ['Si hay dudas, responda a este correo. Elija la talla.', ['responda', 'Elija']],
    ['No olvide la factura.', ['No olvide']],
  ])('says usted, which is told where it is tú: %j', (text, found) => {
    expect(address(text, 'tu')).toEqual(found);
    expect(address(text, 'usted')).toEqual([]);
  });

  test.each([
    'Contesta una persona que también corre. Responde el equipo.',
    'Muchas gracias: el desgaste existe, es triste y no hay parte fuerte. Además, quizás, atrás.',
    'Nuestras cafeterías y librerías; las categorías de siempre; sílabas y guayabas.',
    'La tienda y su equipo. Nuria cuenta su carrera. Que cada uno lo cuente como quiera.',
    'Un té, un tuit, la última vez. Viste bien y llega el jueves. Entre las dos y las tres.',
    'El importe del transporte se reparte aparte; el envío corre por nuestra cuenta.',
  ])('speaks of others, which is nobody spoken to: %j', (text) => {
    expect(address(text, 'usted')).toEqual([]);
    expect(address(text, 'tu')).toEqual([]);
  });

  it('is not looked for in other languages', () => {
    expect(check('Te has tu usted', {}, 'en')).toEqual([]);
  });
});

describe('reading ease', () => {
  const EASY =
    'We run in the rain. The sun is out. You can run too. It is fun to run with a dog or a cat. '.repeat(2);
  const HARD =
    'Notwithstanding considerable organisational difficulties, international collaboration necessitates comprehensive institutional reconsideration. '.repeat(
      4,
    );
  const FACIL =
    'El sol ya está aquí. Hoy hay pan y sal. Mi pie va bien. No hay que ir más. Es un buen día. '.repeat(2);
  const DIFICIL =
    'Consideraciones organizativas internacionales imposibilitaron colaboraciones interinstitucionales extraordinariamente significativas. '.repeat(
      4,
    );

  test.each([
    ['en', EASY, HARD],
    ['es', FACIL, DIFICIL],
  ])('tells easy words from hard ones: %s', (language, easy, hard) => {
    expect(easeOf(easy, language)).toBeGreaterThan(90);
    expect(easeOf(hard, language)).toBeLessThan(30);
    const rules = { reading_ease_at_least: { [language]: 60 } };
    expect(check(easy, rules, language)).toEqual([]);
    expect(check(hard, rules, language)).toMatchObject([{ part: 'body', quote: '' }]);
  });

  it('is exactly what the formulas say', () => {
    // 32 words of one syllable in 4 sentences.
    const words = 'one two three four five six eight ten. '.repeat(4);
    expect(easeOf(words, 'en')).toBeCloseTo(206.835 - 1.015 * 8 - 84.6, 6);
    const palabras = 'sol mar pan sal pie sur luz fin. '.repeat(4);
    expect(easeOf(palabras, 'es')).toBeCloseTo(206.84 - 60 - 1.02 * 8, 6);
  });

  it('is not asked of a few words, nor of other languages', () => {
    expect(easeOf('Extraordinary circumstances.', 'en')).toBeUndefined();
    expect(easeOf(EASY, 'de')).toBeUndefined();
  });

  test.each([
    ['shoes', 1],
    ['table', 2],
    ['wanted', 2],
    ['walked', 1],
    ['boxes', 2],
    ['delivery', 4],
    ['the', 1],
  ])('counts English syllables: %s', (word, count) => expect(inEnglish(word)).toBe(count));

  test.each([
    ['leer', 2],
    ['día', 2],
    ['bueno', 2],
    ['mayo', 2],
    ['ahora', 3],
    ['guía', 2],
    ['quién', 1],
    ['pingüino', 3],
    ['muy', 1],
    ['y', 1],
    ['zapatilla', 4],
  ])('counts Spanish syllables: %s', (word, count) => expect(inSpanish(word)).toBe(count));
});

it('is asked as tone.yaml says, a tone before the voice of all', () => {
  const plan = compileTone(
    toneFileSchema.parse({
      version: 1,
      voice: {
        never_say: ['cheap'],
        max_exclamation_marks: 1,
        max_words_per_sentence: 22,
        reading_ease_at_least: { es: 60 },
      },
      tones: { friendly: { emoji: 'allowed' }, calm: { emoji: 'avoid', max_exclamation_marks: 0 } },
      rules: [{ otherwise: 'friendly' }],
    }),
  );
  const all = { never_say: ['cheap'], max_words_per_sentence: 22, reading_ease_at_least: { es: 60 } };
  expect(voiceRulesOf(plan, 'friendly')).toEqual({ ...all, emoji: 'allowed', max_exclamation_marks: 1 });
  expect(voiceRulesOf(plan, 'calm')).toEqual({ ...all, emoji: 'avoid', max_exclamation_marks: 0 });
});
