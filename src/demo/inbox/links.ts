/** The links of a mail's HTML, so that the page can list them without ever opening the HTML in its own document. */
import { convert } from 'html-to-text';
import type { DomNode, FormatCallback } from 'html-to-text';

export interface MailLink {
  /** http, https or mailto; other schemes are left out. */
  url: string;
  /** Its words, else the alt text of its image, else empty. */
  label: string;
}

/** In their order in the mail, doubles included. */
export function findLinks(html: string): MailLink[] {
  const links: MailLink[] = [];
  const collect: FormatCallback = (element) => {
    const url = attribute(element, 'href').trim();
    if (/^(https?|mailto):/i.test(url)) links.push({ url, label: labelOf(element) });
  };
  convert(html, { formatters: { collect }, selectors: [{ selector: 'a', format: 'collect' }] });
  return links;
}

function labelOf(element: DomNode): string {
  return wordsIn(element).join('').replace(/\s+/g, ' ').trim();
}

function wordsIn(node: DomNode): string[] {
  if (node.type === 'text') return [node.data ?? ''];
  if (node.name === 'img') return [attribute(node, 'alt')];
  return (node.children ?? []).flatMap(wordsIn);
}

function attribute(node: DomNode, name: string): string {
  return (node.attribs as Record<string, string> | undefined)?.[name] ?? '';
}
