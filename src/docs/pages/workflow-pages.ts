import { durationWords } from '../../core/time/duration.ts';
import type { WorkflowSource } from '../../core/workflows/compile.ts';
import { sendingOf } from '../../core/workflows/sending.ts';
import type { StepSource } from '../../core/workflows/verb.ts';
import { html, sentence, type Html } from '../html.ts';
import { inLanguage } from '../language.ts';
import { capital, letterOf, workflowPicture } from '../picture/workflow-picture.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { conditionWords } from '../words/condition.ts';
import { stepWords, waysOn, written } from '../words/step.ts';
import { triggerWords } from '../words/trigger.ts';
import { bullets, facts } from './facts.ts';
import { ruleHtml } from './rule.ts';

export function workflowsPage(ground: Ground): Page {
  const { loaded, language, t, name } = ground;
  const row = ({ id, source }: (typeof loaded.workflow_sources)[number]): Html =>
    html`<tr>
      <th scope="row">
        <a href="workflow-${id}.html">${name('workflow', id)}</a><br /><small
          >${inLanguage(source.describe, language)}</small
        >
      </th>
      <td>${sentence(capital(triggerWords(source.enter_when, language, name)))}</td>
      <td>${statusWords(source, ground)}</td>
      <td>${purposeWords(source.purpose, ground)}</td>
      <td>${messagesOf(source.steps).length}</td>
    </tr>`;
  const body = html`<h1>${wayTitle('workflows', ground)}</h1>
    <div class="wide" tabindex="0" role="region" aria-label="${wayTitle('workflows', ground)}">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('Workflow', 'Flujo')}</th>
            <th scope="col">${t('Starts', 'Empieza')}</th>
            <th scope="col">${t('Status', 'Estado')}</th>
            <th scope="col">${t('Purpose', 'Propósito')}</th>
            <th scope="col">${t('Messages', 'Mensajes')}</th>
          </tr>
        </thead>
        <tbody>
          ${loaded.workflow_sources.map(row)}
        </tbody>
      </table>
    </div>`;
  return { file: 'workflows', title: wayTitle('workflows', ground), under: 'workflows', body };
}

export function workflowPage(source: WorkflowSource, ground: Ground): Page {
  const { language, t, name } = ground;
  const title = name('workflow', source.workflow);
  const triggers = source.enter_when.by === 'event' ? source.enter_when.event.event : [];
  const started = capital(triggerWords(source.enter_when, language, name));
  const picture = workflowPicture(source.steps, language, {
    triggers,
    name,
    start: started,
    end: t('End', 'Fin'),
    title: t(
      `Picture of the workflow ${title}; the steps are told in words below`,
      `Dibujo del flujo ${title}; los pasos se cuentan con palabras más abajo`,
    ),
  });
  const body = html`<h1>${title}</h1>
    ${source.describe !== undefined && html`<p class="lead">${inLanguage(source.describe, language)}</p>`}
    <p>${statusWords(source, ground)} <span class="badge">${purposeWords(source.purpose, ground)}</span></p>
    ${frameFacts(source, started, ground)}
    <h2 id="picture">${t('The picture', 'El dibujo')}</h2>
    ${legend(ground)}
    <div class="wide" tabindex="0" role="region" aria-labelledby="picture">${picture}</div>
    <h2 id="steps">${t('Step by step', 'Paso a paso')}</h2>
    ${stepsHtml(source.steps, '', triggers, ground)}`;
  return { file: `workflow-${source.workflow}`, title, under: 'workflows', body };
}

function frameFacts(source: WorkflowSource, started: string, ground: Ground): Html {
  const { t, loaded, language } = ground;
  const { only_if, exit_when = [], goal, holdout, priority, owner, steps, when_edited } = source;
  const messages = messagesOf(steps).filter((id) => loaded.templates[id]);
  return facts([
    [t('Starts', 'Empieza'), sentence(started)],
    [t('Only if', 'Solo si'), only_if && ruleHtml(only_if, ground)],
    [
      t('Left at once when', 'Se sale en el acto cuando'),
      bullets(exit_when.map((one) => ruleHtml(one, ground))),
    ],
    [t('Goal', 'Objetivo'), goal && goalHtml(goal, ground)],
    [t('Again', 'Otra vez'), againWords(source, ground)],
    [
      t('Get nothing, for comparison', 'No reciben nada, para comparar'),
      holdout > 0 ? t(`${holdout} % of the people`, `el ${holdout} % de las personas`) : undefined,
    ],
    [t('Priority', 'Prioridad'), PRIORITIES[priority][language]],
    [
      t('When edited', 'Al editarlo'),
      when_edited === 'follow'
        ? t('whoever is inside goes on in the new version', 'quien está dentro sigue en la versión nueva')
        : t(
            'whoever is inside finishes the version that they entered',
            'quien está dentro termina la versión en la que entró',
          ),
    ],
    [
      t('Messages', 'Mensajes'),
      bullets(messages.map((id) => html`<a href="message-${id}.html"><code>${id}</code></a>`)),
    ],
    [t('Looked after by', 'A cargo de'), owner],
  ]);
}

const PRIORITIES = {
  high: { en: 'high', es: 'alta' },
  normal: { en: 'normal', es: 'normal' },
  low: { en: 'low', es: 'baja' },
} as const;

function goalHtml(goal: NonNullable<WorkflowSource['goal']>, ground: Ground): Html {
  const { t, language, name } = ground;
  if (goal.subject !== 'event' || !goal.within) return ruleHtml(goal, ground);
  const { within, ...event } = goal;
  return sentence(
    `${capital(conditionWords(event, language, name))}${t(`, within ${durationWords(within, 'en')} of the entry`, `, en ${durationWords(within, 'es')} desde la entrada`)}`,
  );
}

function againWords({ re_enter, enter_when }: WorkflowSource, { t }: Ground): string {
  const usual = enter_when.by === 'date' || enter_when.by === 'schedule' ? 'always' : 'never';
  const rule = re_enter ?? usual;
  if (rule === 'never') return t('once in a lifetime', 'una sola vez en la vida');
  if (rule === 'always') return t('as often as it starts', 'todas las veces que empiece');
  if ('per' in rule) return t(`once for each ${rule.per}`, `una vez por cada ${rule.per}`);
  return t(
    `${durationWords(rule.after, 'en')} after the end of the last time`,
    `${durationWords(rule.after, 'es')} después de acabar la última vez`,
  );
}

function statusWords({ status }: WorkflowSource, { t }: Ground): Html {
  const words = {
    live: t('live', 'en marcha'),
    draft: t('draft', 'borrador'),
    paused: t('paused', 'en pausa'),
    stopped: t('stopped', 'parado'),
  };
  return html`<span class="badge s-${status}">${words[status]}</span>`;
}

export function purposeWords(purpose: 'promotion' | 'service', { t }: Ground): string {
  return purpose === 'promotion' ? t('promotion', 'promoción') : t('service', 'servicio');
}

function legend({ t }: Ground): Html {
  const entries = [
    ['wait', t('waits', 'espera')],
    ['send_email', t('writes', 'escribe')],
    ['branch', t('decides', 'decide')],
    ['update_contact', t('acts', 'actúa')],
    ['exit', t('ends or jumps', 'termina o salta')],
  ] as const;
  return html`<ul class="legend">
    ${entries.map(([verb, words]) => html`<li><span class="dot v-${verb}"></span>${words}</li>`)}
  </ul>`;
}

function stepsHtml(
  steps: readonly StepSource[],
  prefix: string,
  triggers: readonly string[],
  ground: Ground,
): Html {
  return html`<ol class="steps">
    ${steps.map((step, index) => stepHtml(step, `${prefix}${index + 1}`, triggers, ground))}
  </ol>`;
}

function stepHtml(step: StepSource, number: string, triggers: readonly string[], ground: Ground): Html {
  const { language, name, t } = ground;
  const words = sentence(`${capital(stepWords(step, language, { triggers, name }))}.`);
  const ways = waysOn(step, language);
  return html`<li id="step-${number}">
    <span class="dot v-${step.verb}"></span><b class="number">${number}</b>
    ${words}${linkOf(step, ground)}${step.id !== undefined && html` <small>(<code>${step.id}</code>)</small>`}
    ${ways.map(
      ({ label, when, steps }, index) =>
        html`<div class="way">
          <p><b>${number}${letterOf(index)}</b> ${capital(label)}</p>
          ${when && html`<div class="when">${ruleHtml(when, ground)}</div>`}
          ${steps.length > 0 ? stepsHtml(steps, `${number}${letterOf(index)}.`, triggers, ground) : html`<p class="note">${t('Goes on below.', 'Sigue más abajo.')}</p>`}
        </div>`,
    )}
  </li>`;
}

function linkOf(source: StepSource, { t, loaded }: Ground): Html | undefined {
  const step = written(source);
  const message = sendingOf(source)?.message;
  if (message !== undefined && loaded.templates[message])
    return html` <a href="message-${message}.html"
      >${t('See it', 'Verlo')}<span class="unseen"> ${message}</span></a
    >`;
  if (step.verb === 'start_workflow')
    return html` <a href="workflow-${step.start_workflow}.html"
      >${t('See it', 'Verlo')}<span class="unseen"> ${step.start_workflow}</span></a
    >`;
  return undefined;
}

/** Ids of the messages that these steps send, each once, in order. */
function messagesOf(steps: readonly StepSource[]): readonly string[] {
  return [...new Set(steps.flatMap(sentBy))];
}

function sentBy(source: StepSource): readonly string[] {
  const { message } = sendingOf(source) ?? {};
  return [
    ...(message === undefined ? [] : [message]),
    ...waysOn(source, 'en').flatMap(({ steps }) => messagesOf(steps)),
  ];
}
