import { html, sentence, type Html } from '../html.ts';
import { inLanguage } from '../language.ts';
import { capital } from '../picture/workflow-picture.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { conditionWords } from '../words/condition.ts';
import { orList, quotedName } from '../words/names.ts';
import { readable } from '../words/template.ts';
import { facts } from './facts.ts';
import { ruleHtml } from './rule.ts';

export function tonePage(ground: Ground): Page {
  const { loaded, t } = ground;
  const { tone } = loaded;
  const { voice } = tone;
  const body = html`<h1>${wayTitle('tone', ground)}</h1>
    <h2 id="voice">${t('Our voice', 'Nuestra voz')}</h2>
    ${facts([
      [t('Register', 'Trato'), formalityWords(voice.formality, ground)],
      [t('We never say', 'Nunca decimos'), voice.never_say?.join(' · ')],
      [
        t('Exclamation marks, at most', 'Signos de exclamación, como máximo'),
        amount(voice.max_exclamation_marks),
      ],
      [
        t('Words in a sentence, at most', 'Palabras por frase, como máximo'),
        amount(voice.max_words_per_sentence),
      ],
    ])}
    <h2 id="tones">${t('Tones', 'Tonos')}</h2>
    <div class="grid">${Object.keys(tone.tones).map((id) => toneHtml(id, ground))}</div>
    <h2 id="rules">${t('Which tone is used', 'Qué tono se usa')}</h2>
    <p>${t('The first rule that fits decides.', 'Decide la primera regla que encaja.')}</p>
    <ol class="rules">
      ${tone.rules.map((rule) => html`<li>${toneRule(rule, ground)}</li>`)}
    </ol>
    ${
      tone.moods.length > 0 &&
      html`<h2 id="moods">${t('Moods', 'Ánimos')}</h2>
        <p>
          ${t('A mood is made of what happened; the first that holds is the one.', 'El ánimo se deduce de lo que pasó; vale el primero que se cumple.')}
        </p>
        <div class="grid">${tone.moods.map((mood) => moodHtml(mood, ground))}</div>`
    }`;
  return { file: 'tone', title: wayTitle('tone', ground), under: 'tone', body };
}

type ToneFile = Ground['loaded']['tone'];

function toneHtml(id: string, ground: Ground): Html {
  const { loaded, language, t } = ground;
  const tone = loaded.tone.tones[id];
  if (!tone) return html``;
  return html`<section class="card">
    <h3 id="tone-${id}">${id}</h3>
    ${tone.describe !== undefined && html`<p>${inLanguage(tone.describe, language)}</p>`}
    ${facts([
      [t('Greeting', 'Saludo'), readable(inLanguage(tone.greeting, language))],
      [t('Sign-off', 'Despedida'), readable(inLanguage(tone.sign_off, language))],
      [t('Register', 'Trato'), formalityWords(tone.formality, ground)],
      [
        t('Emoji', 'Emojis'),
        tone.emoji && (tone.emoji === 'allowed' ? t('allowed', 'permitidos') : t('avoid', 'evitar')),
      ],
      [
        t('Exclamation marks, at most', 'Signos de exclamación, como máximo'),
        amount(tone.max_exclamation_marks),
      ],
      [t('What is missing is taken from', 'Lo que falte se toma de'), tone.falls_back_to],
    ])}
  </section>`;
}

function toneRule(rule: ToneFile['rules'][number], { language, t, name }: Ground): Html {
  if ('otherwise' in rule)
    return html`<p>
      ${t('Otherwise the tone is', 'En los demás casos el tono es')} <b>${rule.otherwise}</b>.
    </p>`;
  const use = typeof rule.use === 'string' ? { tone: rule.use, formality: undefined } : rule.use;
  const named = (thing: 'mood' | 'stage', ids: readonly string[]): string =>
    orList(
      ids.map((id) => quotedName(name(thing, id), language)),
      language,
    );
  const when = [
    rule.when?.mood &&
      t(`the mood is ${named('mood', rule.when.mood)}`, `el ánimo es ${named('mood', rule.when.mood)}`),
    rule.when?.stage &&
      t(`the stage is ${named('stage', rule.when.stage)}`, `la etapa es ${named('stage', rule.when.stage)}`),
    rule.channel && t(`it goes by ${orList(rule.channel, 'en')}`, `va por ${orList(rule.channel, 'es')}`),
  ].filter((one) => one !== undefined);
  const held = (rule.hold_back ?? []).map((what) =>
    what === 'promotions' ? t('promotions', 'promociones') : t('surveys', 'encuestas'),
  );
  return html`<p>
    <b>${inLanguage(rule.name, language)}.</b>
    ${when.length > 0 && t(`When ${when.join(' and ')}: `, `Cuando ${when.join(' y ')}: `)}${t('the tone is', 'el tono es')}
    <b>${use.tone}</b>${use.formality && html` (${formality(use.formality, t)})`}.${
      held.length > 0 &&
      html` ${t(`Meanwhile no ${held.join(' and no ')} are sent.`, `Mientras tanto no se envían ${held.join(' ni ')}.`)}`
    }
  </p>`;
}

function moodHtml(mood: ToneFile['moods'][number], ground: Ground): Html {
  const { t, language, name } = ground;
  if ('otherwise' in mood)
    return html`<section class="card">
      <h3 id="mood-${mood.otherwise}">${mood.otherwise}</h3>
      <p>${t('In all other cases.', 'En todos los demás casos.')}</p>
    </section>`;
  const ends =
    mood.ends_when && capital(conditionWords({ subject: 'event', ...mood.ends_when }, language, name));
  return html`<section class="card">
    <h3 id="mood-${mood.id}">${mood.id}</h3>
    <div>${ruleHtml(mood.when, ground)}</div>
    ${ends !== undefined && html`<p>${t('Ends early when:', 'Termina antes si:')} ${sentence(ends)}.</p>`}
  </section>`;
}

type Formality = { readonly en?: string | undefined; readonly es?: string | undefined };

function formalityWords(written: Formality | undefined, { t }: Ground): string | undefined {
  return written && formality(written, t);
}

function formality({ en, es }: Formality, t: Ground['t']): string {
  return [
    en === undefined ? '' : t(`${en} in English`, `${en === 'formal' ? 'formal' : 'informal'} en inglés`),
    es === undefined ? '' : t(`“${es}” in Spanish`, `de ${es} en español`),
  ]
    .filter(Boolean)
    .join(', ');
}

function amount(number: number | undefined): string | undefined {
  return number === undefined ? undefined : String(number);
}
