/** The text part is made once from the HTML, as a template of its own, so that a message costs no HTML parsing. */
import type { HtmlToTextOptions } from 'html-to-text';
import { hideMustaches } from './hidden.ts';

/**
 * @param html what `compileEmail` made: HTML with Handlebars in it.
 * @returns a Handlebars template of the text part: links as `words <address>`, no images, nothing hidden. To be
 * rendered without escaping; its lines are wrapped when it is rendered, because only then their length is known.
 */
export async function textTemplate(html: string): Promise<string> {
  const { convert } = await import('html-to-text');
  const hidden = hideMustaches(html);
  const text = convert(hidden.text, OPTIONS);
  // Braces that were entities in the HTML must not become tags now.
  return hidden.restore(text.replace(/\{(?=\{)/g, '{ '));
}

const plainHeading = { options: { uppercase: false } };

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxInputLength: 2 ** 24 },
  selectors: [
    { selector: 'img', format: 'skip' },
    { selector: 'title', format: 'skip' },
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '[style*="display: none"]', format: 'skip' },
    {
      selector: 'a',
      options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true, noAnchorUrl: true },
    },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...plainHeading })),
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'cell' },
    { selector: 'th', format: 'cell' },
  ],
  formatters: {
    /** Tables are flattened: a row is a line, a space stands between its cells. */
    cell: (element, walk, builder) => {
      walk(element.children, builder);
      builder.addInline(' ');
    },
  },
};
