import { html, type Html } from '../html.ts';
import type { Ground } from '../site-frame.ts';

/** Links to the workflows whose file names this; undefined where none does. */
export function workflowsNaming(id: string, { loaded, name }: Ground): Html | undefined {
  const word = new RegExp(`(?<![\\w.])${id}(?!\\w)`);
  const found = loaded.workflow_sources.filter(({ text }) => word.test(withoutComments(text)));
  if (found.length === 0) return undefined;
  return html`${found.map(
    (workflow, index) =>
      html`${index > 0 && ', '}<a href="workflow-${workflow.id}.html">${name('workflow', workflow.id)}</a>`,
  )}`;
}

function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)#.*$/gm, '$1');
}
