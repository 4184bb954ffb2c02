/** What mail programs that many people use do not show, so that a message should not lean on it. */
import { elementsOf, type HtmlElement } from './html-tree.ts';
import type { MailFinding, MailLint } from './mail.ts';

/** @returns what of it an element has, as a sentence names it, and by which MJML it is found. */
type Sighting = (
  element: HtmlElement,
) => { readonly what: string; readonly code: readonly string[] } | undefined;

/** By the vendors' own lists of what they keep, and by https://www.caniemail.com. */
const BREAKAGES: readonly (readonly [Sighting, then: string])[] = [
  [tag('svg'), 'Gmail and Outlook leave it out; use a PNG'],
  [tag('video'), 'Gmail and Outlook do not play it; use a picture that links to the film'],
  [tag('audio'), 'Gmail and Outlook do not play it; link to it'],
  [tag('form'), 'Outlook does not send it and Gmail warns of it; link to a page with the form'],
  [tag('iframe'), 'mail programs leave it out; link to the page'],
  [tag('object'), 'mail programs leave it out; link to it'],
  [tag('embed'), 'mail programs leave it out; link to it'],
  [tag('canvas'), 'no mail program draws on it; use a picture'],
  [styleSheet, 'Gmail and Outlook do not load it; write the styles into <mj-style>'],
  [css('display', /^(inline-)?flex\b/i), 'Outlook ignores it; use <mj-column> or a table'],
  [css('display', /^(inline-)?grid\b/i), 'Gmail and Outlook ignore it; use <mj-column> or a table'],
  [
    css('position', /^(absolute|fixed|sticky|relative)\b/i),
    'Gmail and Outlook ignore it; use tables and padding',
  ],
];

function tag(name: string): Sighting {
  return (element) => (element.name === name ? { what: `<${name}>`, code: [`<${name}`] } : undefined);
}

function css(property: string, values: RegExp): Sighting {
  return ({ style }) => {
    const value = style.get(property) ?? '';
    if (!values.test(value)) return undefined;
    return { what: `"${property}: ${value}"`, code: [`${property}:${value}`, `${property}: ${value}`] };
  };
}

function styleSheet({ name, attributes, children }: HtmlElement): ReturnType<Sighting> {
  const isLinked = name === 'link' && /\bstylesheet\b/i.test(attributes.get('rel') ?? '');
  const isImported =
    name === 'style' && children.some((text) => typeof text === 'string' && /@import\b/i.test(text));
  if (!isLinked && !isImported) return undefined;
  const href = attributes.get('href') ?? '@import';
  return { what: 'an external style sheet', code: [href, href.replaceAll('&', '&amp;'), '@import'] };
}

export const clientSupport: MailLint = ({ tree }) => {
  const elements = [...elementsOf(tree)];
  return BREAKAGES.flatMap(([sighting, then]) =>
    elements.flatMap((element): MailFinding[] => {
      const seen = sighting(element);
      if (!seen) return [];
      const message = `${seen.what} is used here; ${then}`;
      return [{ clue: { file: 'body', code: seen.code }, severity: 'warning', message }];
    }),
  );
};
