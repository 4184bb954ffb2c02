import { html, type Html } from '../html.ts';
import { inLanguage } from '../language.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { bullets, facts } from './facts.ts';
import { ruleHtml } from './rule.ts';
import { workflowsNaming } from './workflow-links.ts';

export function peoplePage(ground: Ground): Page {
  const { loaded, t } = ground;
  const segments = Object.keys(loaded.segments.segments);
  const body = html`<h1>${wayTitle('people', ground)}</h1>
    <h2 id="segments">${t('Segments', 'Segmentos')}</h2>
    <p>
      ${t('Whoever fulfils the rule is in the segment, from the very moment to the very moment.', 'Quien cumple la regla está en el segmento, desde ese mismo momento y hasta que deja de cumplirla.')}
    </p>
    ${segments.length === 0 && html`<p>${t('There are none yet.', 'Todavía no hay.')}</p>`}
    <div class="grid">${segments.map((id) => segmentHtml(id, ground))}</div>
    <h2 id="personas">${t('Personas', 'Perfiles')}</h2>
    <p>${t('Everybody has the first that fits.', 'Cada persona tiene el primero que encaja.')}</p>
    ${loaded.map.personas.length === 0 && html`<p>${t('There are none yet.', 'Todavía no hay.')}</p>`}
    <div class="grid">${loaded.map.personas.map((persona) => personaHtml(persona, ground))}</div>`;
  return { file: 'people', title: wayTitle('people', ground), under: 'people', body };
}

function segmentHtml(id: string, ground: Ground): Html {
  const { loaded, language, t, name } = ground;
  const segment = loaded.segments.segments[id];
  if (!segment) return html``;
  return html`<section class="card">
    <h3 id="segment-${id}">${name('segment', id)}</h3>
    <p><code>${id}</code></p>
    ${segment.describe !== undefined && html`<p>${inLanguage(segment.describe, language)}</p>`}
    <div>${ruleHtml(segment.when, ground)}</div>
    ${facts([[t('Used by', 'Lo usan'), workflowsNaming(id, ground)]])}
  </section>`;
}

type Persona = Ground['loaded']['map']['personas'][number];

function personaHtml({ id, about, when, goals = [], worries = [] }: Persona, ground: Ground): Html {
  const { language, t, name } = ground;
  const texts = (list: typeof goals): Html | undefined =>
    bullets(list.map((text) => inLanguage(text, language) ?? ''));
  return html`<section class="card">
    <h3 id="persona-${id}">${name('persona', id)}</h3>
    ${about !== undefined && html`<p>${inLanguage(about, language)}</p>`}
    <div>${when ? ruleHtml(when, ground) : t('Everybody else.', 'Todas las demás personas.')}</div>
    ${facts([
      [t('Wants', 'Quiere'), texts(goals)],
      [t('Worries about', 'Le preocupa'), texts(worries)],
    ])}
  </section>`;
}
