import { durationWords } from '../../core/time/duration.ts';
import type { LoadedProject } from '../../project/load.ts';
import { html, sentence, type Html } from '../html.ts';
import { inLanguage } from '../language.ts';
import { feelingCurve } from '../picture/feeling-curve.ts';
import { capital } from '../picture/workflow-picture.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { conditionWords } from '../words/condition.ts';
import { bullets } from './facts.ts';
import { ruleHtml } from './rule.ts';

type Stage = LoadedProject['stages']['stages'][number];
type Planned = LoadedProject['map']['stages'][number];
type Touchpoint = NonNullable<Planned['touchpoints']>[number];

export function stagesPage(ground: Ground): Page {
  const { loaded, language, t } = ground;
  const { stages, map } = loaded;
  const body = html`<h1>${t('The journey', 'El recorrido')}</h1>
    <p class="lead">
      ${
        stages.may_go_back
          ? t(
              'Everybody stands in the last stage whose rule holds. Going forward happens at once; who no longer fulfils the rule goes back.',
              'Cada persona está en la última etapa cuya regla se cumple. Avanza en el acto; quien deja de cumplirla retrocede.',
            )
          : t(
              'Everybody stands in the last stage whose rule has ever held. Nobody goes back.',
              'Cada persona está en la última etapa cuya regla se cumplió alguna vez. Nadie retrocede.',
            )
      }
    </p>
    <ol class="stages">
      ${stages.stages.map((stage) => stageHtml(stage, ground))}
    </ol>
    ${
      map.stages.length > 0 &&
      html`<h2 id="map">
          ${inLanguage(map.title, language) ?? t('The journey as planned', 'El recorrido planeado')}
        </h2>
        ${map.scope !== undefined && html`<p>${inLanguage(map.scope, language)}</p>`} ${mapHtml(ground)}`
    }`;
  return { file: 'stages', title: wayTitle('stages', ground), under: 'stages', body };
}

function stageHtml(stage: Stage, ground: Ground): Html {
  const { language, t, name } = ground;
  const { id, describe, enter_when, stay_at_least } = stage;
  return html`<li class="stage">
    <h2 id="${id}">${name('stage', id)}</h2>
    ${describe !== undefined && html`<p>${inLanguage(describe, language)}</p>`}
    <h3>${t('One gets in', 'Se entra')}</h3>
    ${enter_when ? html`<div>${ruleHtml(enter_when, ground)}</div>` : html`<p>${t('Everybody new begins here.', 'Toda persona nueva empieza aquí.')}</p>`}
    ${
      stay_at_least &&
      html`<p class="note">
        ${t(`Stays for at least ${durationWords(stay_at_least, 'en')} before going back.`, `Permanece al menos ${durationWords(stay_at_least, 'es')} antes de retroceder.`)}
      </p>`
    }
  </li>`;
}

function mapHtml(ground: Ground): Html {
  const { loaded, language, t, name } = ground;
  const columns = loaded.stages.stages.map(({ id }) => loaded.map.stages.find(({ stage }) => stage === id));
  const ids = loaded.stages.stages.map(({ id }) => id);
  const texts = (list: Planned['doing']): Html | undefined =>
    bullets((list ?? []).map((text) => inLanguage(text, language) ?? ''));
  const row = (head: string, cell: (planned: Planned) => Html | string | undefined): Html | undefined =>
    columns.some((planned) => planned && cell(planned) !== undefined)
      ? html`<tr>
          <th scope="row">${head}</th>
          ${columns.map((planned) => html`<td>${planned && cell(planned)}</td>`)}
        </tr>`
      : undefined;
  const feelings = columns.map((planned) => planned?.feeling?.expected);
  const curve = feelings.some((feeling) => feeling !== undefined);
  const label = t(
    'How it should feel in each stage, from −2 to 2',
    'Cómo debería sentirse cada etapa, de −2 a 2',
  );
  return html`<div class="wide" tabindex="0" role="region" aria-labelledby="map">
    <table class="map">
      <thead>
        <tr>
          <td></td>
          ${columns.map(
            (planned, index) =>
              html`<th scope="col">
                ${name('stage', ids[index] ?? '')}${planned?.moment_of_truth === true && html`<br /><small class="badge">${t('moment of truth', 'momento de la verdad')}</small>`}
              </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${row(t('They want', 'Quieren'), ({ customer_goal }) => inLanguage(customer_goal, language))}
        ${row(t('We want', 'Queremos'), ({ our_goal }) => our_goal && goalWords(our_goal, ground))}
        ${row(t('Doing', 'Hacen'), ({ doing }) => texts(doing))}
        ${row(t('Thinking', 'Piensan'), ({ thinking }) => texts(thinking))}
        ${
          curve &&
          html`<tr>
            <th scope="row">${t('Feeling', 'Sienten')}</th>
            <td class="curve" colspan="${columns.length}">${feelingCurve(feelings, label)}</td>
          </tr>`
        }
        ${row(curve ? '' : t('Feeling', 'Sienten'), ({ feeling }) => inLanguage(feeling?.words, language))}
        ${row(t('Touchpoints', 'Puntos de contacto'), ({ touchpoints }) => bullets((touchpoints ?? []).map((one) => touchpointHtml(one, ground))))}
        ${row(t('Pains', 'Dolores'), ({ pains }) => texts(pains))}
        ${row(t('Ideas', 'Ideas'), ({ ideas }) => texts(ideas))}
      </tbody>
    </table>
  </div>`;
}

function goalWords(goal: NonNullable<Planned['our_goal']>, { t, language, name }: Ground): Html {
  const share = goal.share.replace(' percent', ' %');
  if ('moves_to' in goal)
    return html`${t(
      `${share} move on to ${name('stage', goal.moves_to)} within ${durationWords(goal.within, 'en')}`,
      `El ${share} pasa a ${name('stage', goal.moves_to)} en ${durationWords(goal.within, 'es')}`,
    )}`;
  const { share: _, ...field } = goal;
  const words = conditionWords({ subject: 'field', ...field }, language, name);
  return sentence(t(`For ${share}, ${words}`, `En el ${share}, ${words}`));
}

function touchpointHtml(
  { name: title, channel, measured_by, workflow }: Touchpoint,
  { language, name }: Ground,
): Html {
  return html`${capital(inLanguage(title, language) ?? '')}
    <small>(${channel})</small>${measured_by !== undefined && html`<br /><code>${measured_by}</code>`}${
      workflow !== undefined &&
      html`<br /><a href="workflow-${workflow}.html">${name('workflow', workflow)}</a>`
    }`;
}
