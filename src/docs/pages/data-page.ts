import { html, type Html } from '../html.ts';
import { wayTitle, type Ground, type Page } from '../site-frame.ts';
import { workflowsNaming } from './workflow-links.ts';

export function dataPage(ground: Ground): Page {
  const { loaded, t } = ground;
  const { data } = loaded;
  const types: Readonly<Record<string, string>> = {
    text: t('text', 'texto'),
    number: t('number', 'número'),
    boolean: t('yes or no', 'sí o no'),
    date: t('date', 'fecha'),
    list: t('list', 'lista'),
  };
  const fields = Object.entries(data?.fields ?? {}).map(
    ([id, { type, personal, values }]) =>
      html`<tr>
        <th scope="row"><code>${id}</code></th>
        <td>${types[type]}</td>
        <td>${values?.join(', ')}</td>
        <td>${personal === true && t('personal', 'personal')}</td>
        <td>${workflowsNaming(id, ground)}</td>
      </tr>`,
  );
  const events = Object.entries(data?.events ?? {}).map(
    ([id, { properties = {} }]) =>
      html`<tr>
        <th scope="row"><code>${id}</code></th>
        <td>
          ${Object.entries(properties).map(([name, type], index) => html`${index > 0 && ', '}<code>${name}</code> <small>${types[type]}</small>`)}
        </td>
        <td>${workflowsNaming(id, ground)}</td>
      </tr>`,
  );
  const body = html`<h1>${wayTitle('data', ground)}</h1>
    ${!data && html`<p>${t('The project does not list its fields and events; any name may be used.', 'El proyecto no enumera sus campos y eventos; vale cualquier nombre.')}</p>`}
    <h2 id="fields">${t('Fields of a contact', 'Campos de un contacto')}</h2>
    ${table('fields', [t('Field', 'Campo'), t('Type', 'Tipo'), t('Values', 'Valores'), t('Protected', 'Protegido'), t('Used by', 'Lo usan')], fields)}
    <h2 id="events">${t('Events', 'Eventos')}</h2>
    ${table('events', [t('Event', 'Evento'), t('Properties', 'Propiedades'), t('Used by', 'Lo usan')], events)}`;
  return { file: 'data', title: wayTitle('data', ground), under: 'data', body };
}

function table(labelled: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-labelledby="${labelled}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
