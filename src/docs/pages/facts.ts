import { html, type Html } from '../html.ts';

/** Terms and what is said of each; those with nothing to say are left out. */
export function facts(list: readonly (readonly [string, Html | string | undefined])[]): Html {
  const said = list.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl class="facts">
    ${said.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

export function bullets(list: readonly (Html | string)[]): Html | undefined {
  return list.length === 0
    ? undefined
    : html`<ul>
        ${list.map((one) => html`<li>${one}</li>`)}
      </ul>`;
}
