/** Promotions hold a link by which one gets out of them, in the HTML and in the text. */
import { elementsOf, type HtmlElement } from './html-tree.ts';
import type { MailFinding, MailLint } from './mail.ts';

export const wayOut: MailLint = ({ purpose, tree, text, unsubscribe_url }) => {
  if (purpose !== 'promotion') return [];
  const link = [...elementsOf(tree)].some((one) => leadsOut(one, unsubscribe_url));
  return [
    ...(link ? [] : [missing('HTML')]),
    ...(text.includes(unsubscribe_url) ? [] : [missing('text part')]),
  ];
};

function leadsOut(element: HtmlElement, url: string): boolean {
  for (let one: HtmlElement | null = element; one; one = one.parent)
    if (one.style.get('display')?.startsWith('none')) return false;
  return element.name === 'a' && element.attributes.get('href') === url;
}

function missing(where: string): MailFinding {
  const message = `the ${where} of this promotion shows no way out; put <a href="{{url unsubscribe_url}}">…</a> where every tone shows it`;
  return { clue: { file: 'body' }, severity: 'error', message };
}
